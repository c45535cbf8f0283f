"""Which bar a moment belongs to."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from typing import Final, NamedTuple, Protocol

from rustybt.calendars import TradingCalendar, from_day
from rustybt.calendars.times import NANOS_PER_DAY
from rustybt.clock.resolution import SESSION, Resolution
from rustybt.errors import InvalidArgument


class Span(NamedTuple):
    """The time of a bar: ``start < at <= end``.

    Attributes:
        start: Its end is that of the bar before, or the open, or the end of a break.
        end: The label of the bar.
        session: The session that it belongs to.
        whole: False where a break lies within, whose moments belong to no bar.
    """

    start: int
    end: int
    session: date
    whole: bool = True


class BarGrid(Protocol):
    """The bars of one resolution."""

    def span(self, at: int, *, from_begin: bool = False) -> Span | None:
        """The bar that a moment belongs to, None while the market is closed.

        Args:
            at: The moment, or the label of a shorter bar.
            from_begin: Whether the very moment at which trading begins belongs to the bar that
                begins there, unless another one ends then: so it is for trades and quotes.
        """
        ...

    def following(self, end: int) -> Span | None:
        """The bar after the one with this label, None where the calendar ends."""
        ...


class SessionGrid:
    """Bars counted from the open of each session, and again from the end of its break.

    The last bar before a break and before the close ends there, even when that makes it shorter,
    as in `rustybt.clock.MinuteAxis`. A daily bar is a session. What happens in a break belongs to
    no bar.

    Args:
        calendar: Whose sessions.
        resolution: How long a bar is: a fixed length, or a day.
    """

    def __init__(self, calendar: TradingCalendar, resolution: Resolution) -> None:
        self._length: Final = _length(resolution)
        self._sessions: Final[list[int]] = calendar.sessions.tolist()
        self._opens: Final[list[int]] = calendar.opens.tolist()
        self._closes: Final[list[int]] = calendar.closes.tolist()
        self._pauses: Final[list[int]] = calendar.break_starts.tolist()
        self._resumes: Final[list[int]] = calendar.break_ends.tolist()

    def span(self, at: int, *, from_begin: bool = False) -> Span | None:
        """The bar that a moment belongs to, None while the market is closed."""
        index = bisect_left(self._closes, at)
        if index == len(self._closes):
            return None
        pause, resume = self._pauses[index], self._resumes[index]
        if from_begin and at in (self._opens[index], resume):
            at += 1
        if at <= self._opens[index] or pause < at <= resume:
            return None
        begin, end = self._opens[index], self._closes[index]
        session = from_day(self._sessions[index])
        if self._length is None:
            return Span(begin, end, session, whole=not pause)
        if pause:
            begin, end = (begin, pause) if at <= pause else (resume, end)
        return _cut(at, begin, end, self._length, session)

    def following(self, end: int) -> Span | None:
        """The bar after the one with this label, None where the calendar ends."""
        index = bisect_left(self._closes, end + 1)
        if index == len(self._closes):
            return None
        after = max(end, self._opens[index])
        if self._length is not None and after == self._pauses[index]:
            after = self._resumes[index]
        return self.span(after + 1)


class ClockGrid:
    """Bars around the clock, counted from each midnight in UTC.

    The last bar of a day ends at midnight, even when that makes it shorter.

    Args:
        resolution: How long a bar is: a fixed length, or a day.
    """

    def __init__(self, resolution: Resolution) -> None:
        self._length: Final = _length(resolution) or NANOS_PER_DAY

    def span(self, at: int, *, from_begin: bool = False) -> Span:
        """The bar that a moment belongs to: at every begin another one ends."""
        day = (at - 1) // NANOS_PER_DAY
        begin = day * NANOS_PER_DAY
        return _cut(at, begin, begin + NANOS_PER_DAY, self._length, from_day(day))

    def following(self, end: int) -> Span:
        """The bar after the one with this label."""
        return self.span(end + 1)


def grid_of(resolution: Resolution, calendar: TradingCalendar | None) -> BarGrid:
    """The bars of a calendar's sessions, or around the clock without one.

    Raises:
        InvalidArgument: A bar of a week or a month is asked for.
    """
    return ClockGrid(resolution) if calendar is None else SessionGrid(calendar, resolution)


def _length(resolution: Resolution) -> int | None:
    """Nanoseconds of a bar, None for a whole session."""
    if not resolution.is_intraday and resolution != SESSION:
        raise InvalidArgument(
            field="resolution",
            value=str(resolution),
            reason="streams make bars of 100ms to 1d; aggregate daily bars to longer ones",
        )
    return resolution.nanoseconds


def _cut(at: int, begin: int, end: int, length: int, session: date) -> Span:
    """The bar of `at` where bars of one length fill the time from `begin` to `end`."""
    start = begin + (at - begin - 1) // length * length
    return Span(start, min(start + length, end), session)
