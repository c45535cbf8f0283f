"""Where labels lie in the sessions of a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from rustybt.calendars import TradingCalendar, from_day
from rustybt.calendars.times import NANOS_PER_DAY
from rustybt.clock.resolution import Resolution, Unit
from rustybt_data.quality.rows import BoolArray, IntArray

_WEEK: Final = 7
_MONDAY: Final = 3  # 1970-01-01 was a Thursday: Monday of its week was three days before
_EVENING: Final = NANOS_PER_DAY // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Whether labels are where bars end.

    Attributes:
        closed: The market is closed then, all day or at that time.
        early: It is closed because the session closed early.
        paused: The session pauses then.
        off_grid: The market is open, and no bar of the resolution ends then.
    """

    closed: BoolArray
    early: BoolArray
    paused: BoolArray
    off_grid: BoolArray


class Axis(Protocol):
    """The labels of a resolution on a calendar."""

    @property
    def daily(self) -> bool:
        """Whether labels are sessions, in days, and not instants, in ns."""
        ...

    def sessions(self, at: IntArray) -> IntArray:
        """The session of each label; where the market is closed, the next one.

        For weeks and months the number of the week or month among those with sessions.
        """
        ...

    def places(self, at: IntArray, session: IntArray) -> Places:
        """Whether labels are where bars end."""
        ...

    def days(self, session: IntArray) -> IntArray:
        """The last day of each session, in days since 1970-01-01."""
        ...

    def name(self, session: int) -> str:
        """A session in words."""
        ...

    def elapsed(
        self, before: IntArray, at: IntArray, was: IntArray, session: IntArray
    ) -> tuple[IntArray, BoolArray]:
        """How much trading time lies between two labels.

        Args:
            before: The earlier labels.
            at: The later labels.
            was: Sessions of the earlier ones.
            session: Sessions of the later ones.

        Returns:
            The number of bars, or of sessions where the market was closed in between; and whether
            it was. At least 1.
        """
        ...


class SessionAxis:
    """Labels that are sessions: of a day, or the last of a week or a month.

    Args:
        calendar: The calendar.
        resolution: A day, a week or a month.
    """

    daily: Final = True

    def __init__(self, calendar: TradingCalendar, resolution: Resolution) -> None:
        self._days = calendar.sessions
        self._unit = resolution.unit
        numbers = self._numbers(self._days)
        last = np.append(np.flatnonzero(np.diff(numbers)), len(numbers) - 1)
        self._known = numbers[last]
        self._ends = self._days[last]

    def sessions(self, at: IntArray) -> IntArray:
        """See `Axis.sessions`."""
        return np.searchsorted(self._known, self._numbers(at)).astype(np.int64)

    def places(self, at: IntArray, session: IntArray) -> Places:
        """See `Axis.places`."""
        none = np.zeros(len(at), np.bool_)
        closed = ~np.isin(at, self._days)
        ends = self._ends[np.minimum(session, len(self._ends) - 1)]
        return Places(closed=closed, early=none, paused=none, off_grid=~closed & (at != ends))

    def days(self, session: IntArray) -> IntArray:
        """See `Axis.days`."""
        days: IntArray = self._ends[np.minimum(session, len(self._ends) - 1)]
        return days

    def name(self, session: int) -> str:
        """See `Axis.name`."""
        return from_day(int(self._ends[min(session, len(self._ends) - 1)])).isoformat()

    def elapsed(
        self, before: IntArray, at: IntArray, was: IntArray, session: IntArray
    ) -> tuple[IntArray, BoolArray]:
        """See `Axis.elapsed`."""
        return np.maximum(session - was, 1), np.zeros(len(at), np.bool_)

    def _numbers(self, days: IntArray) -> IntArray:
        if self._unit is Unit.DAY:
            return days
        if self._unit is Unit.WEEK:
            weeks: IntArray = (days + _MONDAY) // _WEEK
            return weeks
        return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


class IntradayAxis:
    """Labels that are ends of bars inside sessions.

    Args:
        calendar: The calendar.
        length: Length of a bar in ns.
    """

    daily: Final = False

    def __init__(self, calendar: TradingCalendar, length: int) -> None:
        self._calendar = calendar
        self._length = length
        self._opens, self._closes = calendar.opens, calendar.closes
        self._pauses, self._resumes = calendar.break_starts, calendar.break_ends
        self._has_breaks = bool(self._pauses.any())
        self._last = len(calendar) - 1

    def sessions(self, at: IntArray) -> IntArray:
        """See `Axis.sessions`."""
        return np.searchsorted(self._closes, at, side="left").astype(np.int64)

    def places(self, at: IntArray, session: IntArray) -> Places:
        """See `Axis.places`."""
        known = np.minimum(session, self._last)
        opens = self._opens[known]
        closed = (session > self._last) | (at <= opens)
        previous = np.maximum(known - 1, 0)
        previous[session > self._last] = self._last
        since = at - self._closes[previous]
        early = closed & self._calendar.early_close[previous] & (since > 0) & (since <= _EVENING)
        pauses, resumes = self._pauses[known], self._resumes[known]
        paused = ~closed & (pauses < at) & (at <= resumes)
        length = self._length
        on_grid = ((at - opens) % length == 0) | (at % length == 0) | (at == self._closes[known])
        if self._has_breaks:
            on_grid |= (at == pauses) | ((at - resumes) % length == 0)
        return Places(
            closed=closed, early=early, paused=paused, off_grid=~closed & ~paused & ~on_grid
        )

    def days(self, session: IntArray) -> IntArray:
        """See `Axis.days`."""
        days: IntArray = self._calendar.sessions[np.minimum(session, self._last)]
        return days

    def name(self, session: int) -> str:
        """See `Axis.name`."""
        return self._calendar.session_date(min(session, self._last)).isoformat()

    def elapsed(
        self, before: IntArray, at: IntArray, was: IntArray, session: IntArray
    ) -> tuple[IntArray, BoolArray]:
        """See `Axis.elapsed`."""
        here, there = np.minimum(session, self._last), np.minimum(was, self._last)
        apart = (session != was) & (self._opens[here] > self._closes[there])
        paused = self._crosses_break(before, at, here) & (session == was)
        bars = np.maximum(-(-(at - before) // self._length), 1)
        return np.where(apart, np.maximum(session - was, 1), np.where(paused, 1, bars)), (
            apart | paused
        )

    def missing(self, before: IntArray, at: IntArray, was: IntArray, session: IntArray) -> IntArray:
        """Bars between two labels of a session, or from its open where the first is earlier."""
        here = np.minimum(session, self._last)
        start = np.where(session == was, before, self._opens[here])
        crosses = self._crosses_break(start, at, here)
        morning = -(-(self._pauses[here] - start) // self._length)
        afternoon = -(-(at - self._resumes[here]) // self._length)
        straight = -(-(at - start) // self._length)
        count: IntArray = np.where(crosses, morning + afternoon, straight) - 1
        return count

    def expected(self, session: IntArray) -> IntArray:
        """How many bars a session has."""
        here = np.minimum(session, self._last)
        closes = self._closes[here]
        return self.missing(self._opens[here], closes, here, here) + 1

    def _crosses_break(self, before: IntArray, at: IntArray, session: IntArray) -> BoolArray:
        pauses = self._pauses[session]
        crosses: BoolArray = (pauses > 0) & (before <= pauses) & (at > self._resumes[session])
        return crosses


def axis_of(calendar: TradingCalendar, resolution: Resolution) -> SessionAxis | IntradayAxis:
    """The labels of a resolution on a calendar."""
    length = resolution.nanoseconds
    if length is None:
        return SessionAxis(calendar, resolution)
    return IntradayAxis(calendar, length)
