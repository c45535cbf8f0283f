"""The bars of assets that a run held, read after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.data.chunks import ALWAYS, ChunkLoader
from rustybt.data.coefficients import present
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS
from rustybt.simulation.trade_records import HeldBars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rustybt.assets import Asset
    from rustybt.clock.axis import BarAxis
    from rustybt.data.bundle import BundleData
    from rustybt.simulation.trade_records import Span


class RunBars:
    """Reads raw bars of a bundle on the axis of a run, all assets together, piece by piece.

    Args:
        bundle: The data.
        axis: The bars of the run; those of the data are as long or shorter.
        budget_cells: How many numbers are read at a time, about.
    """

    def __init__(self, bundle: BundleData, axis: BarAxis, *, budget_cells: int = 4_000_000) -> None:
        intraday = axis.resolution.is_intraday
        reader = bundle.minute if intraday else bundle.daily or bundle.minute
        assert reader is not None, "a run has bars"
        scales = dict.fromkeys(PRICE_FIELDS, reader.price_scale)
        self._loader = ChunkLoader(reader, axis, {**scales, "volume": reader.volume_scale})
        self._axis = axis
        self._scale = reader.price_scale
        self._budget = budget_cells

    def __call__(self, spans: Mapping[Asset, Span]) -> Iterator[HeldBars]:
        """The bars of assets over their spans; see `trade_records.BarsOf`."""
        rows = {
            asset: (self._bar(first), self._bar(last) + 1) for asset, (first, last) in spans.items()
        }
        start = min(first for first, _ in rows.values())
        stop = max(last for _, last in rows.values())
        step = max(self._budget // (len(BAR_FIELDS) * len(rows)), 1)
        for first in range(start, stop, step):
            last = min(first + step, stop)
            wanted = [asset for asset, (a, b) in rows.items() if a < last and first < b]
            if wanted:
                yield from self._read(wanted, first, last)

    def _bar(self, at: int) -> int:
        return self._axis.index_of(at, direction="next")

    def _read(self, assets: list[Asset], first: int, stop: int) -> Iterator[HeldBars]:
        lives = {asset.sid: ALWAYS for asset in assets}
        chunk = self._loader.load(first, stop, lives, dict.fromkeys(lives))
        labels = self._axis.labels(first, stop)
        for asset in assets:
            high, low = (chunk.column(asset.sid, field) for field in ("high", "low"))
            known = present(high) & present(low)
            yield HeldBars(asset, labels[known], high[known], low[known], self._scale)
