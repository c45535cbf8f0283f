"""Where a run is: the one object that knows the present."""

from collections.abc import Callable
from typing import Final

from rustybt.data.chunk_window import ChunkWindow
from rustybt.data.chunks import Chunk
from rustybt.data.factors import FactorBook
from rustybt.errors import SessionOutOfRange

NO_ROW: Final = 2**62
"""A row that no column has: between bars every look-up takes the slow, careful way."""


class Cursor:
    """The present of a run and the chunk around it.

    The engine moves it, portal, history and views read it. What lies after `row` in the chunk is
    the future and must not be handed out.

    Attributes:
        now: The moment, in ns UTC.
        session: Index of today's session in the calendar.
        today: Day of that session: adjustments effective up to it are applied.
        bar: The newest bar that is visible, -1 while there is none.
        row: Its row in the chunk.
        bar_row: The same row once that bar belongs to today's session, else `NO_ROW`.
        chunk: The bars around the present; not set before the first `move`.
        epoch: Changes when an adjustment of an asset in use becomes effective.

    Args:
        window: The bars of the run.
        factors: Splits and dividends.
        before_open_sees_today: Zipline's daily runs: today's bar is visible before the open.
    """

    __slots__ = (
        "_axis",
        "_chunk_stop",
        "_days",
        "_factors",
        "_last_bar",
        "_listeners",
        "_sees_today",
        "_window",
        "bar",
        "bar_row",
        "chunk",
        "epoch",
        "now",
        "row",
        "session",
        "today",
    )

    chunk: Chunk

    def __init__(
        self, window: ChunkWindow, factors: FactorBook, *, before_open_sees_today: bool = False
    ) -> None:
        self._window = window
        self._axis = window.loader.axis
        self._factors = factors
        self._days: list[int] = self._axis.calendar.sessions.tolist()
        self._sees_today = before_open_sees_today and not self._axis.resolution.is_intraday
        self._listeners: list[Callable[[], None]] = []
        self._chunk_stop = -1
        self._last_bar = -1
        self.now = 0
        self.session = -1
        self.today = 0
        self.bar = -1
        self.row = -1
        self.bar_row = NO_ROW
        self.epoch = 0

    @property
    def between_bars(self) -> bool:
        """Whether today's session has no visible bar yet."""
        return self.bar_row == NO_ROW

    def move(self, at: int, session: int, bar: int, *, in_bar: bool) -> None:
        """Set the present.

        Args:
            at: The moment, in ns UTC.
            session: Index of today's session.
            bar: The bar that just ended; between bars the newest one that has ended, or -1 to
                have it found by its label.
            in_bar: Whether `bar` ended at this moment.
        """
        self.now = at
        if session != self.session:
            self.session = session
            self.today = self._days[session]
            self.epoch = self._factors.epoch(self.today)
        if in_bar:
            self._last_bar = bar
        else:
            bar = self._newest(at, session, bar)
        self.bar = bar
        row = bar - self.chunk.first if bar < self._chunk_stop else -1
        if row < 0:
            self._settle(0)
        elif in_bar:
            self.row = self.bar_row = row
        else:
            self._place(row)

    def next_bar(self, at: int, bar: int) -> None:
        """Set the present to the end of another bar of today's session; see `move`."""
        self.now = at
        self._last_bar = self.bar = bar
        row = bar - self.chunk.first if bar < self._chunk_stop else -1
        if row < 0:
            self._settle(0)
        else:
            self.row = self.bar_row = row

    def reach(self, back: int) -> None:
        """Make the chunk hold `back` bars before the newest one."""
        if self.bar - back < self.chunk.first:
            self._settle(back)

    def refresh(self) -> None:
        """Take in assets that were admitted to the window."""
        self.epoch = self._factors.epoch(self.today)
        if self._chunk_stop >= 0:
            self._settle(0)

    def changed_since(self, epoch: int) -> frozenset[int]:
        """Sids of the assets with an adjustment that became effective after an `epoch`."""
        return self._factors.changed(epoch, self.epoch)

    def on_new_chunk(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever `chunk` is another one."""
        self._listeners.append(listener)

    def _settle(self, back: int) -> None:
        chunk = self._window.cover(max(self.bar, 0), back)
        if self._chunk_stop < 0 or chunk is not self.chunk:
            self.chunk = chunk
            self._chunk_stop = chunk.stop
            for listener in self._listeners:
                listener()
        self._place(self.bar - chunk.first)

    def _place(self, row: int) -> None:
        self.row = row
        self.bar_row = row if self._axis.session_of(self.bar) == self.session else NO_ROW

    def _newest(self, at: int, session: int, bar: int) -> int:
        """The newest bar that has ended when no bar ends at this moment of the run."""
        if self._sees_today:
            return session
        if bar >= 0:
            return bar
        try:
            newest = self._axis.index_of(at, direction="previous")
        except SessionOutOfRange:
            return -1
        # A bar of today that ends just now has not happened before the run has come to it.
        ends_now = self._axis.session_of(newest) == session and self._axis.label(newest) == at
        return newest - 1 if ends_now and newest != self._last_bar else newest
