"""Windows over data whose units change: as of each session, whatever the expression is."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from small_markets import bundle, equities, frame, weekdays

from rustybt.pipeline import CustomFactor, Pipeline
from rustybt.pipeline.columns import Columns
from rustybt.pipeline.data import BoundColumn, Column, DataSet
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.loaders import Loaded, LoadRequest, Steps

CALENDAR = weekdays("2024-01-01", 60)
SYMBOLS = ("A", "B", "C", "D")
MARKET = bundle(CALENDAR, equities(SYMBOLS), daily=frame({"A": {"2024-01-01": 10}}))
WINDOW = 4


class Trades(DataSet):
    """Prices and volumes, that splits change in different ways, and a number that none does."""

    price = Column(dtype=float)
    volume = Column(dtype=float)
    fixed = Column(dtype=float)


class Table:
    """Brings columns that were reported, with factors, by sessions of the calendar.

    Args:
        values: Columns as they were reported, (assets, sessions).
        prices: Rows ``(asset, since, through, factor)``.
        volumes: The same for volumes.
    """

    def __init__(
        self,
        values: Mapping[str, Sequence[Sequence[float]]],
        prices: Sequence[tuple[int, int, int, float]],
        volumes: Sequence[tuple[int, int, int, float]],
    ) -> None:
        self._values = {name: np.array(rows, dtype=float) for name, rows in values.items()}
        self._steps = {"price": prices, "volume": volumes, "fixed": ()}

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        made: dict[tuple[tuple[int, int, int, float], ...], Steps | None] = {}
        for rows in self._steps.values():
            made[tuple(rows)] = _steps(rows, request)
        return {
            column: Loaded(
                self._values[column.name][:, request.first : request.stop],
                made[tuple(self._steps[column.name])],
            )
            for column in columns
        }

    def first_session(self, request: LoadRequest) -> int | None:
        return None


def _steps(rows: Sequence[tuple[int, int, int, float]], request: LoadRequest) -> Steps | None:
    known = [
        (asset, max(since - request.first, 0), through - request.first, factor)
        for asset, since, through, factor in sorted(rows, key=lambda row: row[1])
        if since < request.stop and through >= request.first
    ]
    if not known:
        return None
    assets, since, through, factors = zip(*known, strict=True)
    return Steps(np.array(assets), np.array(since), np.array(through), np.array(factors))


def run(pipeline: Pipeline, table: Table, first: int, last: int, *sizes: int) -> pl.DataFrame:
    engine = PipelineEngine(MARKET, calendar=CALENDAR, loaders={Trades: table})
    start, end = (CALENDAR.session_date(index) for index in (first, last))
    return pl.concat(list(engine.chunks(pipeline, start, end, sizes)))


# ------------------------------------------------------------------ terms, in two ways


class Spread(Factor):
    """The largest price less the smallest, in money that traded on the last day; no degrees."""

    inputs = (Trades.price, Trades.volume, Trades.fixed)
    window_length = WINDOW

    def expressions(self, columns: Columns) -> pl.Expr:
        price, volume, fixed = columns.inputs
        length = self.window_length
        spread = price.rolling_max(length) - price.rolling_min(length)
        # The square root makes sure that no power of a unit would do.
        return spread + (volume.rolling_sum(length) + fixed.rolling_sum(length)).sqrt()


class SpreadOfWindows(CustomFactor):
    inputs = (Trades.price, Trades.volume, Trades.fixed)
    window_length = WINDOW

    def compute(self, today: Any, assets: Any, out: Any, *inputs: Any) -> None:
        price, volume, fixed = inputs
        out[:] = price.max(0) - price.min(0) + np.sqrt(volume.sum(0) + fixed.sum(0))


class Total(Factor):
    """The sum of prices: a power of the unit is known."""

    inputs = (Trades.price,)
    window_length = WINDOW
    degrees = 1

    def expressions(self, columns: Columns) -> pl.Expr:
        return columns.inputs[0].rolling_sum(self.window_length)


class TotalOfWindows(CustomFactor):
    inputs = (Trades.price,)
    window_length = WINDOW

    def compute(self, today: Any, assets: Any, out: Any, *inputs: Any) -> None:
        out[:] = inputs[0].sum(0)


class Turnover(Factor):
    """The sum of prices times volumes: a power of each unit."""

    inputs = (Trades.price, Trades.volume)
    window_length = WINDOW
    degrees = (1, 1)

    def expressions(self, columns: Columns) -> pl.Expr:
        price, volume = columns.inputs
        return (price * volume).rolling_sum(self.window_length)


class TurnoverOfWindows(CustomFactor):
    inputs = (Trades.price, Trades.volume)
    window_length = WINDOW

    def compute(self, today: Any, assets: Any, out: Any, *inputs: Any) -> None:
        out[:] = (inputs[0] * inputs[1]).sum(0)


class Odd(Filter):
    inputs = (Trades.fixed,)
    window_length = 1

    def expressions(self, columns: Columns) -> pl.Expr:
        return columns.inputs[0] % 2 == 1


# ------------------------------------------------------------------ by hand


def test_mixed_units_of_a_split_by_hand() -> None:
    # One asset; price 10, 20, 30 and then, after a 2:1 split in the fifth session (row 4), 8, 9;
    # volumes 4, 4, 4, then 8 and 8; the third column is always 0. A window of two rows:
    # row 2: 20, 30; 4, 4          30 - 20 + sqrt(8)
    # row 3: 30, 8 as reported     the split is not known yet: 30 - 8 + sqrt(4 + 8)
    # row 4: 8 / 2 = 4, 9; 16, 9   9 - 4 + sqrt(8 * 2 + 9)
    table = Table(
        {
            "price": [[10, 20, 30, 8, 9]] * 4,
            "volume": [[4, 4, 4, 8, 9]] * 4,
            "fixed": [[0, 0, 0, 0, 0]] * 4,
        },
        prices=[(0, 4, 3, 0.5)],
        volumes=[(0, 4, 3, 2.0)],
    )
    found = run(Pipeline({"spread": Spread(window_length=2)}), table, 2, 4)
    own = found.filter(pl.col("symbol") == "A")["spread"].to_list()
    assert_allclose(own, [10 + 8**0.5, 22 + 12**0.5, 5 + 25**0.5], rtol=1e-14)
    other = found.filter(pl.col("symbol") == "B")["spread"].to_list()
    # Never split: 8, 9 in row 4, with volumes 8 and 9.
    assert_allclose(other, [10 + 8**0.5, 22 + 12**0.5, 1 + 17**0.5], rtol=1e-14)


def test_factor_that_becomes_known_late_by_hand() -> None:
    # A spin-off: rows up to 2 are worth half, which is known from row 4 on only. Sums of three:
    # row 3: 10 + 10 + 6                  not known yet
    # row 4: 5 (row 2) + 6 + 6            rows 3 and 4 stay
    # row 5: 6 + 6 + 6
    table = Table(
        {name: [[10, 10, 10, 6, 6, 6]] * 4 for name in ("price", "volume", "fixed")},
        prices=[(1, 4, 2, 0.5)],
        volumes=[],
    )
    found = run(Pipeline({"total": Total(window_length=3)}), table, 3, 5)
    assert found.filter(pl.col("symbol") == "B")["total"].to_list() == [26.0, 17.0, 18.0]
    assert found.filter(pl.col("symbol") == "C")["total"].to_list() == [26.0, 22.0, 18.0]


# ------------------------------------------------------------------ against windows

ROWS = 24
FIRST = 6
FACTORS = st.sampled_from([0.5, 2.0, 0.98, 1.25, 1 / 3])


@st.composite
def events(draw: st.DrawFn, *, irregular: bool) -> list[tuple[int, int, int, float]]:
    """Factors of assets by session; some become known late."""
    found = []
    for _ in range(draw(st.integers(0, 8))):
        asset, since = draw(st.integers(0, 2)), draw(st.integers(1, ROWS - 1))
        late = draw(st.integers(0, 3)) if irregular else 0
        found.append((asset, since, max(since - late, 0), draw(FACTORS)))
    return found


@settings(deadline=None, max_examples=40)
@given(
    prices=events(irregular=True),
    volumes=st.none() | events(irregular=False),
    seed=st.integers(0, 2**31),
    masked=st.booleans(),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=3),
)
def test_expressions_equal_windows_as_of_each_session(
    prices: list[tuple[int, int, int, float]],
    volumes: list[tuple[int, int, int, float]] | None,
    seed: int,
    masked: bool,
    sizes: list[int],
) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    values = {name: rng.integers(1, 100, (4, ROWS)) for name in ("price", "volume", "fixed")}
    table = Table(values, prices, prices if volumes is None else volumes)  # type: ignore[arg-type]
    mask = {"mask": Odd()} if masked else {}
    pipeline = Pipeline(
        {
            "spread": Spread(**mask),
            "spread_of_windows": SpreadOfWindows(**mask),
            "total": Total(**mask),
            "total_of_windows": TotalOfWindows(**mask),
            "turnover": Turnover(**mask),
            "turnover_of_windows": TurnoverOfWindows(**mask),
        }
    )
    found = run(pipeline, table, FIRST, ROWS - 1, *sizes)
    assert found.height == (ROWS - FIRST) * len(SYMBOLS)
    for name in ("spread", "total", "turnover"):
        assert found[name].null_count() == found[f"{name}_of_windows"].null_count()
        assert_allclose(found[name].to_numpy(), found[f"{name}_of_windows"].to_numpy(), rtol=1e-9)
    whole = run(pipeline, table, FIRST, ROWS - 1, ROWS)
    for name in ("spread", "total", "turnover"):
        assert_allclose(found[name].to_numpy(), whole[name].to_numpy(), rtol=1e-9)


def test_other_dtypes_are_put_back_too() -> None:
    class Rising(Filter):
        inputs = (Trades.price, Trades.volume)
        window_length = 2

        def expressions(self, columns: Columns) -> pl.Expr:
            price, volume = columns.inputs
            return (price > price.shift(1)) & (volume > 0)

    # 10 and 8: falling as reported; after the split 10 is worth 5.
    table = Table(
        {"price": [[1, 10, 8]] * 4, "volume": [[1, 1, 1]] * 4, "fixed": [[0, 0, 0]] * 4},
        prices=[(0, 2, 1, 0.5), (1, 2, 2, 0.5)],
        volumes=[],
    )
    found = run(Pipeline({"rising": Rising()}), table, 2, 2)
    # Of B both rows are halved: 5 and 4.
    assert found["rising"].to_list() == [True, False, False, False]


@pytest.mark.parametrize("window", [1, 2, 3])
def test_several_events_at_once_and_before_the_panel_begins(window: int) -> None:
    table = Table(
        {name: [[8, 8, 8, 8, 8, 8, 8]] * 4 for name in ("price", "volume", "fixed")},
        prices=[(0, 5, 5, 0.5), (0, 5, 4, 0.5), (0, 3, 3, 0.25)],
        volumes=[],
    )
    found = run(Pipeline({"total": Total(window_length=window)}), table, 4, 6)
    own = found.filter(pl.col("symbol") == "A")["total"].to_list()
    # Worth of each row as of rows 4, 5 and 6: rows 0-3 are quartered from row 3 on; as of row 5
    # rows up to 4 are quartered, row 5 is halved.
    worth: dict[int, list[float]] = {
        4: [2, 2, 2, 2, 8],
        5: [0.5] * 4 + [2, 4],
        6: [0.5] * 4 + [2, 4, 8],
    }
    assert own == [sum(worth[row][-window:]) for row in (4, 5, 6)]


def test_functions_of_numpy_are_called_once_a_chunk() -> None:
    calls: list[int] = []

    def noted(values: pl.Series) -> pl.Series:
        calls.append(len(values))
        return values * 2

    class Doubled(Factor):
        inputs = (Trades.fixed,)
        window_length = 1

        def expressions(self, columns: Columns) -> pl.Expr:
            return columns.inputs[0].map_batches(noted, return_dtype=pl.Float64)

    table = Table({name: [[1, 2, 3, 4]] * 4 for name in ("price", "volume", "fixed")}, [], [])
    found = run(Pipeline({"doubled": Doubled()}), table, 1, 3)
    assert found["doubled"].to_list() == [4.0] * 4 + [6.0] * 4 + [8.0] * 4
    assert calls == [12]
