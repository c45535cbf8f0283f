"""Windows that a strategy asks for again and again."""

from collections.abc import Callable
from typing import Generic

import polars as pl

from rustybt.data.adjusted import BarColumns
from rustybt.data.blocks import Wanted
from rustybt.data.chunks import Chunk
from rustybt.data.cursor import Cursor
from rustybt.data.history import GroupedWindow, Window
from rustybt.data.polars_shapes import TIMESTAMP, PolarsShape, ShapeT


class WindowRequest(Generic[ShapeT]):
    """A window as a series or frame, cut anew at the present whenever it is called.

    Args:
        cursor: Where the run is.
        bars: The columns of the run's own bars: windows of them are cut from one block until
            the chunk or an adjustment changes.
        windows: Finds the rows of a number of bars.
        shape: The form of the window.
        wanted: Its columns.
        count: How many bars.
    """

    __slots__ = (
        "_back",
        "_bars",
        "_block",
        "_chunk",
        "_count",
        "_cursor",
        "_epoch",
        "_first",
        "_shape",
        "_wanted",
        "_windows",
    )

    _block: ShapeT
    _shape: PolarsShape[ShapeT]

    def __init__(
        self,
        cursor: Cursor,
        bars: BarColumns,
        windows: Callable[[int], Window],
        shape: PolarsShape[ShapeT],
        wanted: Wanted,
        count: int,
    ) -> None:
        self._cursor = cursor
        self._bars = bars
        self._windows = windows
        self._shape = shape
        self._wanted = wanted
        self._count = count
        self._back = count - 1
        self._chunk: Chunk | None = None
        self._epoch = -1
        self._first = 0

    def __call__(self) -> ShapeT:
        cursor = self._cursor
        first = cursor.row - self._back
        if cursor.chunk is self._chunk and cursor.epoch == self._epoch and first >= self._first:
            return self._block.slice(first - self._first, self._count)
        return self._cut()

    def _cut(self) -> ShapeT:
        window = self._windows(self._count)
        if isinstance(window, GroupedWindow):
            return self._shape.grouped(window, self._wanted)
        parts = []
        for piece in window:
            block, first = self._shape.blocks.cut(piece, self._wanted)
            parts.append(block.slice(piece.first - first, piece.stop - piece.first))
            if piece.columns is self._bars:
                self._block, self._first = block, first
                self._chunk, self._epoch = piece.chunk, self._cursor.epoch
        return parts[0] if len(parts) == 1 else self._shape.joined(parts)


class LongRequest:
    """``timestamp``, ``symbol`` and a column per field; by time, then in order of the assets.

    Args:
        requests: The window of each field, a column per asset.
        fields: The fields.
    """

    def __init__(
        self, requests: list[WindowRequest[pl.DataFrame]], fields: tuple[str, ...]
    ) -> None:
        self._requests = requests
        self._fields = fields

    def __call__(self) -> pl.DataFrame:
        stacked = [
            request().unpivot(index=TIMESTAMP, variable_name="symbol", value_name=field)
            for request, field in zip(self._requests, self._fields, strict=True)
        ]
        columns = [frame[field] for frame, field in zip(stacked[1:], self._fields[1:], strict=True)]
        return stacked[0].with_columns(columns).sort(TIMESTAMP, maintain_order=True)
