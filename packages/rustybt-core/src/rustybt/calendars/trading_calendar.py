"""Sessions of a market as tables of integers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from rustybt.calendars.pandas_sessions import PandasSessions
from rustybt.calendars.times import (
    NANOS_PER_DAY,
    NANOS_PER_MINUTE,
    Moment,
    from_day,
    from_ns,
    to_day,
)
from rustybt.errors import InvalidArgument, NotASession, SessionOutOfRange

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Direction = Literal["exact", "next", "previous"]

Int64Array: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]
BoolArray: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[np.bool_]]

_MORNING_LEAD: Final = 45 * NANOS_PER_MINUTE


class TradingCalendar(PandasSessions):
    """The sessions of a market: an immutable table that is addressed by session index.

    Times are integers in nanoseconds since 1970-01-01 UTC, sessions are days since 1970-01-01.
    Bars are labelled by their end: the minutes of a session run from ``open + 1 minute`` to
    ``close``, without those of its break; the break's own labels are those after ``break_start``
    up to ``break_end``. Sessions never overlap; one may open at the instant the last one closes.

    Attributes:
        name: What `rustybt.calendars.get_calendar` knows it as.
        tz: The zone in which the market writes its hours.
        sessions: The days, ascending.
        opens: When each session opens.
        closes: When each session closes; the label of its last minute.
        break_starts: When its break begins, 0 without one.
        break_ends: When its break ends, 0 without one.
        early_close: Whether it closes before its usual hour.

    Raises:
        InvalidArgument: When the columns differ in length, are empty or are not in order.
    """

    __slots__ = (
        "_close_list",
        "_open_list",
        "_session_list",
        "break_ends",
        "break_starts",
        "closes",
        "early_close",
        "name",
        "opens",
        "sessions",
        "tz",
    )

    def __init__(
        self,
        *,
        name: str,
        tz: ZoneInfo,
        sessions: ArrayLike,
        opens: ArrayLike,
        closes: ArrayLike,
        break_starts: ArrayLike | None = None,
        break_ends: ArrayLike | None = None,
        early_close: ArrayLike | None = None,
    ) -> None:
        self.name: Final = name
        self.tz: Final = tz
        self.sessions: Final = _column(sessions)
        none = np.zeros(len(self.sessions), np.int64)
        self.opens: Final = _column(opens)
        self.closes: Final = _column(closes)
        self.break_starts: Final = _column(none if break_starts is None else break_starts)
        self.break_ends: Final = _column(none if break_ends is None else break_ends)
        self.early_close: Final = _flags(none if early_close is None else early_close)
        self._check()
        self._session_list: Final[list[int]] = self.sessions.tolist()
        self._open_list: Final[list[int]] = self.opens.tolist()
        self._close_list: Final[list[int]] = self.closes.tolist()

    def __len__(self) -> int:
        return len(self._session_list)

    def __repr__(self) -> str:
        first, last = self.session_date(0), self.session_date(len(self) - 1)
        return f"<TradingCalendar {self.name}: {len(self)} sessions from {first} to {last}>"

    # ------------------------------------------------------------------ sessions by day

    def session_index(self, day: Moment, *, direction: Direction = "exact") -> int:
        """The index of the session of ``day``, or of the nearest one in ``direction``.

        Raises:
            NotASession: When ``direction`` is exact and the market is closed on that day.
            SessionOutOfRange: When the day lies outside the calendar.
        """
        number = to_day(day)
        if not self._session_list[0] <= number <= self._session_list[-1]:
            raise self._out_of_range(from_day(number))
        index = bisect_left(self._session_list, number)
        if self._session_list[index] == number or direction == "next":
            return index
        if direction == "exact":
            raise NotASession(calendar=self.name, day=from_day(number))
        return index - 1

    def session_range(self, start: Moment, end: Moment) -> tuple[int, int]:
        """The first and the last session from day ``start`` to day ``end``, both included.

        Raises:
            InvalidArgument: When no session lies between them.
            SessionOutOfRange: When either lies outside the calendar.
        """
        first = self.session_index(start, direction="next")
        last = self.session_index(end, direction="previous")
        if first > last:
            raise InvalidArgument(
                field="start and end",
                value=f"{from_day(to_day(start))} and {from_day(to_day(end))}",
                reason=f"calendar {self.name} has no session between them; choose a longer time",
            )
        return first, last

    def session_day(self, index: int) -> int:
        """The day of a session, in days since 1970-01-01."""
        return self._session_list[index]

    def session_date(self, index: int) -> date:
        """The day of a session."""
        return from_day(self._session_list[index])

    # ------------------------------------------------------------------ times of a session

    def session_open(self, index: int) -> int:
        """When a session opens."""
        return self._open_list[index]

    def session_close(self, index: int) -> int:
        """When a session closes."""
        return self._close_list[index]

    def first_minute(self, index: int) -> int:
        """The label of the first minute: a minute after the open."""
        return self._open_list[index] + NANOS_PER_MINUTE

    def last_minute(self, index: int) -> int:
        """The label of the last minute: the close."""
        return self._close_list[index]

    def minutes(self, index: int) -> Int64Array:
        """The labels of all trading minutes of a session, those of its break left out."""
        first, stop = self.first_minute(index), self._close_list[index] + 1
        if not self.break_starts[index]:
            return np.arange(first, stop, NANOS_PER_MINUTE)
        pause, resume = int(self.break_starts[index]), int(self.break_ends[index])
        morning = np.arange(first, pause + 1, NANOS_PER_MINUTE)
        afternoon = np.arange(resume + NANOS_PER_MINUTE, stop, NANOS_PER_MINUTE)
        return np.concatenate((morning, afternoon))

    def before_trading_start(self, index: int) -> int:
        """45 minutes before the open, but not before the last session has closed.

        On 24/7, where sessions touch, this is the boundary between them.
        """
        lead = self._open_list[index] - _MORNING_LEAD
        return max(lead, self._close_list[index - 1]) if index else lead

    # ------------------------------------------------------------------ sessions by time

    def minute_to_session(self, at: int, *, direction: Direction = "next") -> int:
        """The session that contains the label ``at``, break included, or the nearest one.

        A session contains the labels after its open up to its close.

        Raises:
            NotASession: When ``direction`` is exact and the label lies between sessions.
            SessionOutOfRange: When the label lies outside the calendar.
        """
        index = bisect_left(self._close_list, at)
        inside = index < len(self) and at > self._open_list[index]
        if inside:
            return index
        if direction == "exact":
            raise NotASession(calendar=self.name, day=from_ns(at))
        day = at // NANOS_PER_DAY
        nearest = index if direction == "next" else index - 1
        known = self._session_list[0] <= day <= self._session_list[-1]
        if not known or not 0 <= nearest < len(self):
            raise self._out_of_range(from_ns(at))
        return nearest

    def minutes_to_sessions(self, labels: Int64Array) -> Int64Array:
        """For every label the session that contains it, break included; -1 without one."""
        found = np.searchsorted(self.closes, labels, side="left")
        inside = found < len(self)
        inside[inside] = labels[inside] > self.opens[found[inside]]
        return np.where(inside, found, -1)

    def is_open_at(self, at: int) -> bool:
        """Whether ``at`` is the label of a trading minute: inside a session, outside its break."""
        index = bisect_left(self._close_list, at)
        if index == len(self) or at <= self.opens[index]:
            return False
        return not self.break_starts[index] < at <= self.break_ends[index]

    def sessions_between(self, after: int, until: int) -> range:
        """The sessions that have a label in ``after < label <= until``."""
        first = bisect_right(self._close_list, after)
        stop = int(np.searchsorted(self.opens, until, side="left"))
        return range(first, max(first, stop))

    # ------------------------------------------------------------------ private

    @property
    def _days(self) -> Int64Array:
        return self.sessions

    def _out_of_range(self, requested: object) -> SessionOutOfRange:
        return SessionOutOfRange(
            calendar=self.name,
            requested=requested,
            first=from_day(self._session_list[0]),
            last=from_day(self._session_list[-1]),
        )

    def _check(self) -> None:
        columns = (self.opens, self.closes, self.break_starts, self.break_ends, self.early_close)
        size = len(self.sessions)
        if size == 0 or any(len(column) != size for column in columns):
            raise self._invalid("columns must have one value per session, at least one")
        if np.any(np.diff(self.sessions) <= 0):
            raise self._invalid("sessions must be ascending and unique")
        if np.any(self.opens >= self.closes) or np.any(self.opens[1:] < self.closes[:-1]):
            raise self._invalid("each session must close after it opens and before the next opens")
        paused = self.break_starts != 0
        order = (self.opens, self.break_starts, self.break_ends, self.closes)
        if np.any(np.diff(np.stack(order)[:, paused], axis=0) <= 0) or np.any(
            self.break_ends[~paused]
        ):
            raise self._invalid("a break must lie inside its session")

    def _invalid(self, reason: str) -> InvalidArgument:
        return InvalidArgument(field="calendar", value=self.name, reason=reason)


def _column(values: ArrayLike) -> Int64Array:
    column = np.array(values, dtype=np.int64)
    column.flags.writeable = False
    return column


def _flags(values: ArrayLike) -> BoolArray:
    column = np.array(values, dtype=np.bool_)
    column.flags.writeable = False
    return column
