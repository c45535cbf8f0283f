"""The grid of bars of a run: which bars each session has, and how they are labelled.

Bars are numbered across all sessions of the calendar, whatever part of it a run covers: a bar has
the same number in every run with the same calendar and resolution. Labels are the ends of bars in
nanoseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from rustybt.calendars.times import from_ns
from rustybt.calendars.trading_calendar import Direction, Int64Array, TradingCalendar
from rustybt.clock.resolution import MINUTE, SESSION, Resolution
from rustybt.errors import InvalidArgument, SessionOutOfRange

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class BarAxis(Protocol):
    """The bars of a calendar at one resolution."""

    @property
    def calendar(self) -> TradingCalendar:
        """Whose sessions the bars belong to."""

    @property
    def resolution(self) -> Resolution:
        """How long a bar is."""

    def __len__(self) -> int:
        """How many bars there are."""

    def label(self, bar: int) -> int:
        """When a bar ends."""

    def labels(self, start: int, stop: int) -> Int64Array:
        """When the bars ``start <= bar < stop`` end."""

    def index_of(self, at: int, *, direction: Direction = "exact") -> int:
        """The bar that ends at ``at``, or the nearest one in ``direction``.

        Raises:
            InvalidArgument: When ``direction`` is exact and no bar ends then.
            SessionOutOfRange: When the answer lies outside the axis.
        """

    def session_of(self, bar: int) -> int:
        """The session of a bar."""

    def session_bounds(self, session: int) -> tuple[int, int]:
        """The first bar of a session and the one after its last; equal when it has none."""


class SessionAxis:
    """One bar a session, labelled by the session's close: a bar is a session index."""

    __slots__ = ("calendar", "resolution")

    def __init__(self, calendar: TradingCalendar) -> None:
        self.calendar: Final = calendar
        self.resolution: Final = SESSION

    def __len__(self) -> int:
        return len(self.calendar)

    def label(self, bar: int) -> int:
        """The close of the session."""
        return self.calendar.session_close(bar)

    def labels(self, start: int, stop: int) -> Int64Array:
        """The closes of the sessions."""
        return self.calendar.closes[start:stop]

    def index_of(self, at: int, *, direction: Direction = "exact") -> int:
        """The session that closes at ``at``, or the nearest one in ``direction``."""
        return _nearest(self, self.calendar.closes, at, direction)

    def session_of(self, bar: int) -> int:
        """The bar itself."""
        return bar

    def session_bounds(self, session: int) -> tuple[int, int]:
        """Exactly one bar."""
        return session, session + 1


class MinuteAxis:
    """Bars of a fixed length from a minute to hours, computed from the session tables.

    Bars are counted from the open and again from the end of a break. The last bar before a break
    and before the close ends there, even when that makes it shorter: an hourly axis of
    09:30 to 16:00 has bars that end at 10:30, …, 15:30, 16:00.

    Raises:
        InvalidArgument: When the length is no fixed one, or is below a minute.
    """

    __slots__ = ("_first_bars", "_step", "calendar", "resolution")

    def __init__(self, calendar: TradingCalendar, step: Resolution | str = MINUTE) -> None:
        self.calendar: Final = calendar
        self.resolution: Final = Resolution.parse(step)
        length = self.resolution.nanoseconds
        if length is None or self.resolution < MINUTE:
            raise InvalidArgument(
                field="step", value=str(self.resolution), reason="give 1m to 59m or 1h to 23h"
            )
        self._step: Final = length
        paused = calendar.break_starts > 0
        morning_ends = np.where(paused, calendar.break_starts, calendar.closes)
        afternoon = np.where(paused, calendar.closes - calendar.break_ends, 0)
        bars = -((calendar.opens - morning_ends) // length) - (-afternoon // length)
        self._first_bars: Final = np.concatenate(([0], np.cumsum(bars)))

    def __len__(self) -> int:
        return int(self._first_bars[-1])

    def label(self, bar: int) -> int:
        """When a bar ends."""
        return int(self.labels(bar, bar + 1)[0])

    def labels(self, start: int, stop: int) -> Int64Array:
        """When the bars ``start <= bar < stop`` end."""
        if start >= stop:
            return np.empty(0, np.int64)
        first, last = self.session_of(start), self.session_of(stop - 1)
        offset = int(self._first_bars[first])
        parts = [part for s in range(first, last + 1) for part in self._parts(s)]
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return joined[start - offset : stop - offset]

    def index_of(self, at: int, *, direction: Direction = "exact") -> int:
        """The bar that ends at ``at``, or the nearest one in ``direction``."""
        closes = self.calendar.closes
        session = int(np.searchsorted(closes, at, side="left"))
        if session == len(closes):
            return _nearest_end(self, at, direction, len(self), hit=False)
        start, stop = self.session_bounds(session)
        labels = self.labels(start, stop)
        place = int(np.searchsorted(labels, at, side="left"))
        return _nearest_end(self, at, direction, start + place, hit=int(labels[place]) == at)

    def session_of(self, bar: int) -> int:
        """The session of a bar."""
        return int(np.searchsorted(self._first_bars, bar, side="right")) - 1

    def session_bounds(self, session: int) -> tuple[int, int]:
        """The first bar of a session and the one after its last."""
        return int(self._first_bars[session]), int(self._first_bars[session + 1])

    def _parts(self, session: int) -> Iterator[Int64Array]:
        """The labels of a session, of which a break makes two parts."""
        calendar = self.calendar
        begin, end = calendar.session_open(session), calendar.session_close(session)
        pause = int(calendar.break_starts[session])
        if pause:
            yield _ends(begin, pause, self._step)
            begin = int(calendar.break_ends[session])
        yield _ends(begin, end, self._step)


class StampAxis:
    """Bars that are given by data: for resolutions below a minute, where most bars have no trade.

    Args:
        calendar: Whose sessions the bars belong to.
        labels: When the bars end, ascending and unique; each inside a session.
        resolution: How long a bar is at most.

    Raises:
        InvalidArgument: When labels are out of order or lie outside the sessions.
    """

    __slots__ = ("_first_bars", "_label_list", "_labels", "calendar", "resolution")

    def __init__(
        self, calendar: TradingCalendar, labels: ArrayLike, resolution: Resolution | str
    ) -> None:
        self.calendar: Final = calendar
        self.resolution: Final = Resolution.parse(resolution)
        self._labels: Final[Int64Array] = np.array(labels, dtype=np.int64)
        self._labels.flags.writeable = False
        if np.any(np.diff(self._labels) <= 0):
            raise InvalidArgument(
                field="labels", value="an array", reason="sort them and drop duplicates"
            )
        sessions = calendar.minutes_to_sessions(self._labels)
        if np.any(sessions < 0):
            outside = from_ns(int(self._labels[np.argmax(sessions < 0)]))
            raise InvalidArgument(
                field="labels",
                value=outside.isoformat(),
                reason=f"{calendar.name} is closed then; leave such bars out or run on 24/7",
            )
        self._first_bars: Final = np.searchsorted(sessions, np.arange(len(calendar) + 1))

    def __len__(self) -> int:
        return len(self._labels)

    def label(self, bar: int) -> int:
        """When a bar ends."""
        return int(self._labels[bar])

    def labels(self, start: int, stop: int) -> Int64Array:
        """When the bars ``start <= bar < stop`` end."""
        return self._labels[start:stop]

    def index_of(self, at: int, *, direction: Direction = "exact") -> int:
        """The bar that ends at ``at``, or the nearest one in ``direction``."""
        return _nearest(self, self._labels, at, direction)

    def session_of(self, bar: int) -> int:
        """The session of a bar."""
        return int(np.searchsorted(self._first_bars, bar, side="right")) - 1

    def session_bounds(self, session: int) -> tuple[int, int]:
        """The first bar of a session and the one after its last; equal when it has none."""
        return int(self._first_bars[session]), int(self._first_bars[session + 1])


def axis_of(
    calendar: TradingCalendar, resolution: Resolution | str, labels: ArrayLike | None = None
) -> BarAxis:
    """The axis of a resolution; below a minute it needs the labels of the data.

    Raises:
        InvalidArgument: When a run cannot step at this resolution.
    """
    step = Resolution.parse(resolution)
    if step == SESSION:
        return SessionAxis(calendar)
    if step.is_intraday and step >= MINUTE:
        return MinuteAxis(calendar, step)
    if step.is_intraday and labels is not None:
        return StampAxis(calendar, labels, step)
    reason = "bars below a minute need data" if step.is_intraday else "run on 1d or shorter bars"
    raise InvalidArgument(field="resolution", value=str(step), reason=reason)


def _ends(begin: int, end: int, step: int) -> Int64Array:
    """The ends of bars that fill the time from ``begin`` to ``end``, the last one cut there."""
    ends = np.arange(begin + step, end + step, step)
    ends[-1] = end
    return ends


def _nearest(axis: BarAxis, labels: Int64Array, at: int, direction: Direction) -> int:
    place = int(np.searchsorted(labels, at, side="left"))
    hit = place < len(labels) and int(labels[place]) == at
    return _nearest_end(axis, at, direction, place, hit=hit)


def _nearest_end(axis: BarAxis, at: int, direction: Direction, following: int, *, hit: bool) -> int:
    """Choose between the bar that ends at ``at`` or next after it, and the one before."""
    if direction == "exact" and not hit:
        raise InvalidArgument(
            field="time",
            value=from_ns(at).isoformat(),
            reason=f"no {axis.resolution} bar of {axis.calendar.name} ends then",
        )
    bar = following if hit or direction != "previous" else following - 1
    if not 0 <= bar < len(axis):
        raise SessionOutOfRange(
            calendar=axis.calendar.name,
            requested=from_ns(at),
            first=axis.calendar.session_date(0),
            last=axis.calendar.session_date(len(axis.calendar) - 1),
        )
    return bar
