"""Which bar is the present one, of the bars that indicators are computed of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rustybt.data.cursor import NO_ROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from rustybt.data.adjusted import BarColumns
    from rustybt.data.chunk_window import ChunkWindow
    from rustybt.data.chunks import Chunk
    from rustybt.data.portal import PolarsDataPortal
    from rustybt.indicators._readings import RowCursor


class Present(Protocol):
    """The present of a run, in bars of one length.

    Attributes:
        window: Where the bars are read.
        columns: Their columns, as of today.
        rows: What indicators ask for the row of the present bar.
        lag: How many bars after a bar it becomes visible, and so is read as of that day.
    """

    window: ChunkWindow
    columns: BarColumns
    rows: RowCursor
    lag: int

    @property
    def bar(self) -> int:
        """The newest bar that is visible, -1 where there is none."""

    @property
    def chunk(self) -> Chunk:
        """The bars around it; another one is told to who follows."""

    def reach(self, back: int) -> None:
        """Have the chunk hold `back` bars before the newest one."""

    def complete(self, sid: int) -> None:
        """Have the chunk hold an asset that was admitted."""

    def follow(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever the chunk is another one."""


class RunBars:
    """The bars of the run: each is visible when it ends.

    Args:
        portal: The data of the run.
    """

    lag = 0

    def __init__(self, portal: PolarsDataPortal) -> None:
        self.window = portal.windows[0]
        self.columns = portal.bar_columns()
        self._cursor = portal.cursor
        self.rows: RowCursor = self._cursor

    @property
    def bar(self) -> int:
        """See `Present`."""
        return self._cursor.bar

    @property
    def chunk(self) -> Chunk:
        """See `Present`."""
        return self._cursor.chunk

    def reach(self, back: int) -> None:
        """See `Present`."""
        self._cursor.reach(back)

    def complete(self, sid: int) -> None:
        """See `Present`."""
        if sid not in self._cursor.chunk:
            self._cursor.refresh()

    def follow(self, listener: Callable[[], None]) -> None:
        """See `Present`."""
        self._cursor.on_new_chunk(listener)


class PastSessions:
    """The sessions of a run of shorter bars: each is visible from the next one on.

    Args:
        portal: The data of the run.
    """

    lag = 1

    def __init__(self, portal: PolarsDataPortal) -> None:
        self.window = portal.windows[1]
        self.columns = portal.session_columns()
        self.rows: RowCursor = self
        self._cursor = portal.cursor
        self._chunk: Chunk | None = None
        self._next = 1
        self._listeners: list[Callable[[], None]] = []

    @property
    def bar(self) -> int:
        """See `Present`."""
        return self._cursor.session - 1

    @property
    def bar_row(self) -> int:
        """The row of the session before today's."""
        row = self._cursor.session - self._next
        return row if row >= 0 else NO_ROW

    @property
    def chunk(self) -> Chunk:
        """See `Present`."""
        chunk = self._chunk
        if chunk is None or not chunk.first <= self.bar < chunk.stop:
            chunk = self._take(self.window.cover(max(self.bar, 0)))
        return chunk

    def reach(self, back: int) -> None:
        """See `Present`."""
        self._take(self.window.cover(self.bar, back))

    def complete(self, sid: int) -> None:
        """See `Present`."""
        if sid not in self.chunk:
            self._take(self.window.cover(self.bar))

    def follow(self, listener: Callable[[], None]) -> None:
        """See `Present`."""
        self._listeners.append(listener)

    def _take(self, chunk: Chunk) -> Chunk:
        if chunk is not self._chunk:
            self._chunk = chunk
            self._next = chunk.first + 1
            for listener in self._listeners:
                listener()
        return chunk
