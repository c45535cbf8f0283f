"""The bars of assets that a run held, read after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rustybt.data.chunks import ALWAYS, ChunkLoader
from rustybt.data.coefficients import present
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS
from rustybt.simulation.trips.trade_records import HeldBars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rustybt.assets import Asset
    from rustybt.clock.axis import BarAxis
    from rustybt.data.bundle import BundleData
    from rustybt.data.chunks import Chunk
    from rustybt.data.coefficients import IntArray
    from rustybt.simulation.trips.trade_records import Span


class BarPiece(NamedTuple):
    """Consecutive bars of an asset, raw.

    Attributes:
        asset: Whose.
        first: Number of the first bar on the axis.
        labels: Ends of the bars.
        chunk: Their columns, of other assets too.
    """

    asset: Asset
    first: int
    labels: IntArray
    chunk: Chunk

    def column(self, field: str) -> IntArray:
        """Coefficients of a field of the bars; a volume is 0 where nothing traded."""
        return self.chunk.column(self.asset.sid, field)


class RunBars:
    """Reads raw bars of a bundle on the axis of a run, all assets together, piece by piece.

    Args:
        bundle: The data.
        axis: The bars of the run; those of the data are as long or shorter.
        budget_cells: How many numbers are read at a time, about.

    Attributes:
        scale: Decimals of the prices.
        volume_scale: Decimals of the volumes.
    """

    def __init__(self, bundle: BundleData, axis: BarAxis, *, budget_cells: int = 4_000_000) -> None:
        intraday = axis.resolution.is_intraday
        reader = bundle.minute if intraday else bundle.daily or bundle.minute
        assert reader is not None, "a run has bars"
        scales = dict.fromkeys(PRICE_FIELDS, reader.price_scale)
        self._loader = ChunkLoader(reader, axis, {**scales, "volume": reader.volume_scale})
        self._axis = axis
        self.scale = reader.price_scale
        self.volume_scale = reader.volume_scale
        self._budget = budget_cells

    def __call__(self, spans: Mapping[Asset, Span]) -> Iterator[HeldBars]:
        """The bars of assets over their spans; see `trade_records.BarsOf`."""
        for piece in self.pieces(spans):
            high, low = piece.column("high"), piece.column("low")
            known = present(high) & present(low)
            yield HeldBars(piece.asset, piece.labels[known], high[known], low[known], self.scale)

    def pieces(self, spans: Mapping[Asset, Span]) -> Iterator[BarPiece]:
        """The bars of assets over their spans, with all their fields, in order of time."""
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

    def _read(self, assets: list[Asset], first: int, stop: int) -> Iterator[BarPiece]:
        lives = {asset.sid: ALWAYS for asset in assets}
        chunk = self._loader.load(first, stop, lives, dict.fromkeys(lives))
        labels = self._axis.labels(first, stop)
        for asset in assets:
            yield BarPiece(asset, first, labels, chunk)
