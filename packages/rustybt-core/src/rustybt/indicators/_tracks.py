"""One indicator of one asset over a run: its kernel, and the values near the present."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rustybt.data.coefficients import present
from rustybt.indicators._rows import NAN, counted_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rustybt.data.adjusted import AdjustedColumns
    from rustybt.data.chunks import Chunk
    from rustybt.indicators._declared import Indicator
    from rustybt.indicators.kernels import IndicatorKernel

    Floats = NDArray[np.float64]


class Track:
    """Takes the bars of an asset in order, each once as long as they stand on one scale.

    Args:
        sid: The asset.
        fields: What its kernel takes.
        kernel: The kernel at its beginning.

    Attributes:
        indicators: What shows its outputs, in order.
        stop: The bar after the last one that was taken.
        version: The version of the columns that they were taken from; -1 before the first.
        known: The first bar of the present chunk whose value is there.
    """

    __slots__ = (
        "_chunk",
        "_fresh",
        "_kernel",
        "_newest",
        "_values",
        "fields",
        "indicators",
        "known",
        "sid",
        "stop",
        "version",
    )

    def __init__(
        self,
        sid: int,
        fields: tuple[str, ...],
        kernel: IndicatorKernel,
    ) -> None:
        self.sid = sid
        self.fields = fields
        self.indicators: tuple[Indicator, ...] = ()
        self._fresh = kernel
        self.restart(-1, 0)

    def restart(self, version: int, first: int) -> None:
        """Begin again with a bar, with columns of a version."""
        self._kernel = self._fresh.copy()
        self._newest = [NAN] * len(self._kernel.outputs)
        self._values: list[list[float]] = [[] for _ in self._newest]
        self._chunk: Chunk | None = None
        self.version = version
        self.stop = self.known = first

    def pass_over(self, columns: AdjustedColumns, chunk: Chunk, stop: int) -> None:
        """Take the bars of a chunk before `stop` without keeping values."""
        stop = min(stop, chunk.stop)
        if self.stop < stop:
            self._take(columns, chunk, max(self.stop, chunk.first), stop)
            self.stop = self.known = stop
            self._values = [[] for _ in self._newest]

    def show(self, columns: AdjustedColumns, chunk: Chunk, stop: int) -> None:
        """Take the bars of the present chunk before `stop`, and let their values be read.

        All bars before the chunk have been taken.
        """
        self._move_to(chunk)
        if self.stop < stop:
            taken = self._take(columns, chunk, self.stop, stop)
            for values, more in zip(self._values, taken, strict=True):
                values.extend(more.tolist())
            self.stop = stop
        for indicator, values in zip(self.indicators, self._values, strict=True):
            indicator.values = values
            indicator.first_row = self.known - chunk.first

    def _move_to(self, chunk: Chunk) -> None:
        """Have the values begin with the first bar of a chunk: it is row 0."""
        if chunk is self._chunk:
            return
        first = self.stop - len(self._values[0])
        if first < chunk.first:
            self._values = [values[chunk.first - first :] for values in self._values]
        elif first > chunk.first:
            unknown = [NAN] * (first - chunk.first)
            self._values = [unknown + values for values in self._values]
        self.known = max(self.known, chunk.first)
        self._chunk = chunk

    def _take(
        self, columns: AdjustedColumns, chunk: Chunk, first: int, stop: int
    ) -> Sequence[Floats]:
        """The values of some bars, the newest one in bars that do not count."""
        given = self._inputs(columns, chunk, first - chunk.first, stop - chunk.first)
        results = counted_rows(self._kernel, given, self._newest)
        self._newest = [float(result[-1]) for result in results]
        return results

    def _inputs(
        self, columns: AdjustedColumns, chunk: Chunk, first: int, stop: int
    ) -> list[Floats]:
        """The fields as floats, NaN where there is no bar."""
        given = []
        for field in self.fields:
            column = columns.column(chunk, self.sid, field, first)
            numbers = column.values[first - column.first : stop - column.first]
            # A volume is 0 where there is no bar.
            known = chunk.column(self.sid, "close")[first:stop] if field == "volume" else numbers
            floats: Floats = numbers / 10 ** columns.scales[field]
            floats[~present(known)] = np.nan
            given.append(floats)
        return given


def oldest_stop(tracks: Sequence[Track]) -> int:
    """The first bar that one of some tracks has not taken."""
    return min(track.stop for track in tracks)
