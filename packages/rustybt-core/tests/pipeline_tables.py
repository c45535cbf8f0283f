"""A small market and a pipeline on it, with what it shows, computed by hand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markets import Market, daily_market, split, stock

from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import BoundColumn, EquityPricing
from rustybt.pipeline.factors import SimpleMovingAverage
from rustybt.pipeline.loaders import BarLoader, Loaded, LoadRequest

A, B = stock("AAA", 1), stock("BBB", 2)
CLOSE = EquityPricing.close
MEAN = SimpleMovingAverage(inputs=[CLOSE], window_length=2)
PIPELINE = Pipeline({"close": CLOSE.latest, "mean": MEAN, "cheap": MEAN < 10})

# Monday 1 June to Friday 5 June 2020. One share of A becomes two on Thursday the 4th, and on
# Wednesday B has no bar.
MARKET = daily_market(
    {A: ["10", "11", "12", "6.5", "7"], B: ["20", "22", None, "24", "25"]},
    events=[split(A, date(2020, 6, 4), "1/2")],
)

# sid, symbol, close of the session before, mean of the two before, mean < 10; the arithmetic is
# that of the prices as of the session.
EXPECTED: dict[int, list[tuple[Any, ...]]] = {
    # A: 11, (10 + 11) / 2; B: 22, (20 + 22) / 2
    3: [(1, "AAA", 11.0, 10.5, False), (2, "BBB", 22.0, 21.0, False)],
    # A: 12 / 2, (11 / 2 + 12 / 2) / 2; B: nothing, 22 / 1
    4: [(1, "AAA", 6.0, 5.75, True), (2, "BBB", None, 22.0, False)],
    # A: 6.5, (12 / 2 + 6.5) / 2; B: 24, 24 / 1
    5: [(1, "AAA", 6.5, 6.25, True), (2, "BBB", 24.0, 24.0, False)],
}


class NotingLoader(BarLoader):
    """The bars of the bundle, and which rows were asked for."""

    fingerprint = None  # type: ignore[assignment]  # it does not say what its data depend on

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, int]] = []

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        self.asked.append((request.first, request.stop))
        return super().load(columns, request)


def long_market() -> Market:
    """Twenty sessions from Monday 1 June 2020 on, of closes 1, 2, 3 and so on."""
    return daily_market({A: [str(n) for n in range(1, 21)]})
