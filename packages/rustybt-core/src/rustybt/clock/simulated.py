"""A clock that runs through history."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, time
from functools import partial
from itertools import chain, repeat
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from rustybt.calendars.times import NANOS_PER_DAY, Moment, to_ns
from rustybt.clock.axis import BarAxis
from rustybt.clock.events import NO_BAR, Event, EventKind
from rustybt.errors import InvalidArgument

Morning = Literal["calendar", "new_york"]
"""When the morning hook runs: as the calendar says, or at 08:45 New York whatever the calendar."""

_NEW_YORK: Final = ZoneInfo("America/New_York")
_ZIPLINE_MORNING: Final = time(8, 45, tzinfo=_NEW_YORK)

_START, _MORNING, _BAR, _END = EventKind
_make_event: Final = partial(tuple.__new__, Event)
"""An `Event` of a tuple of its fields, three times faster than its constructor."""


class SessionPlan(NamedTuple):
    """All moments of a session, for engines that step through bars by number.

    Attributes:
        session: Index of the session in the calendar.
        start: When its bookkeeping runs.
        morning: When the morning hook runs; ``None`` when it does not.
        morning_bar: The bar before which the morning hook runs.
        first_bar: Its first bar.
        stop_bar: The one after its last bar.
        end: When it ends.
    """

    session: int
    start: int
    morning: int | None
    morning_bar: int
    first_bar: int
    stop_bar: int
    end: int


class SimulatedClock:
    """Every session of a run, and every bar of it that the axis knows.

    A session says SESSION_START (at midnight UTC of its day; earlier or later where the sessions
    beside it leave no other time), BEFORE_TRADING_START, its BARs, and SESSION_END (at its
    close). A session without a bar says all the others. Time never runs backwards.

    Args:
        axis: The bars, and the calendar that they belong to.
        first_session: Index of the first session.
        last_session: Index of the last session, included.
        start_ns: Nothing but a SESSION_START comes before this moment.
        end_ns: Nothing comes after this moment. A session of which this bound or ``start_ns``
            cuts off every bar is left out.
        morning: ``"calendar"`` for `TradingCalendar.before_trading_start`. ``"new_york"`` for
            zipline's rule: at 08:45 New York even in the middle of a session, left out when the
            session has closed by then, and SESSION_START at midnight even when time runs
            backwards to the first bar.
    """

    def __init__(
        self,
        axis: BarAxis,
        first_session: int,
        last_session: int,
        *,
        start_ns: int | None = None,
        end_ns: int | None = None,
        morning: Morning = "calendar",
    ) -> None:
        self.axis: Final = axis
        self.morning: Final = morning
        self._start_ns = start_ns
        self._end_ns = end_ns
        self.first_session: Final = first_session + self._is_cut_off(first_session)
        self.last_session: Final = last_session - self._is_cut_off(last_session)
        if self.first_session > self.last_session:
            dates = map(axis.calendar.session_date, (first_session, last_session))
            raise _nothing_between(*dates)

    @classmethod
    def between(
        cls, axis: BarAxis, start: Moment, end: Moment, *, morning: Morning = "calendar"
    ) -> SimulatedClock:
        """The clock from ``start`` to ``end``.

        A date, or a time at midnight UTC, means the whole session of that day. Any other time
        bounds the events, itself included.

        Raises:
            InvalidArgument: When no bar lies between them.
            SessionOutOfRange: When either lies outside the calendar.
        """
        calendar = axis.calendar
        start_ns, end_ns = _bound(start), _bound(end)
        first = (
            calendar.session_index(start, direction="next")
            if start_ns is None
            else calendar.minute_to_session(start_ns, direction="next")
        )
        last = (
            calendar.session_index(end, direction="previous")
            if end_ns is None
            else calendar.minute_to_session(end_ns, direction="previous")
        )
        if first > last:
            raise _nothing_between(start, end)
        return cls(axis, first, last, start_ns=start_ns, end_ns=end_ns, morning=morning)

    @property
    def start(self) -> int:
        """The moment of the first event, in nanoseconds since 1970-01-01 UTC."""
        return self.plan(self.first_session).start

    def __iter__(self) -> Iterator[Event]:
        """Every moment of the run, in order.

        Events are made session by session: a generator that yields them one by one would cost as
        much as the events themselves.
        """
        return chain.from_iterable(map(self._events, self.plans()))

    def _events(self, plan: SessionPlan) -> list[Event]:
        session = plan.session
        bars = self._bars(session, plan.first_bar, plan.stop_bar)
        events = [_make_event((_START, plan.start, session, NO_BAR)), *bars]
        if plan.morning is not None:
            morning = _make_event((_MORNING, plan.morning, session, NO_BAR))
            events.insert(1 + plan.morning_bar - plan.first_bar, morning)
        events.append(_make_event((_END, plan.end, session, NO_BAR)))
        return events

    def plans(self) -> Iterator[SessionPlan]:
        """The sessions of the run, in order."""
        return map(self.plan, range(self.first_session, self.last_session + 1))

    def plan(self, session: int) -> SessionPlan:
        """All moments of a session of the run."""
        calendar = self.axis.calendar
        first_bar, stop_bar = self._bars_within(session)
        morning = self._morning(session)
        morning_bar = first_bar
        start = calendar.session_day(session) * NANOS_PER_DAY
        if self.morning == "calendar":
            last_close = calendar.session_close(session - 1) if session else start
            start = min(max(start, last_close), calendar.before_trading_start(session))
        elif morning is not None:
            labels = self.axis.labels(first_bar, stop_bar)
            morning_bar += bisect_left(labels, morning)
        end = calendar.session_close(session)
        if self._end_ns is not None:
            end = min(end, self._end_ns)
        return SessionPlan(session, start, morning, morning_bar, first_bar, stop_bar, end)

    def _bars(self, session: int, start: int, stop: int) -> Iterator[Event]:
        if stop - start == 1:
            return iter((_make_event((_BAR, self.axis.label(start), session, start)),))
        labels = self.axis.labels(start, stop).tolist()
        fields = zip(repeat(_BAR), labels, repeat(session), range(start, stop))
        return map(_make_event, fields)

    def _bars_within(self, session: int) -> tuple[int, int]:
        """The bars of a session that lie within the bounds of the run."""
        first, stop = self.axis.session_bounds(session)
        if self._start_ns is not None or self._end_ns is not None:
            labels = self.axis.labels(first, stop)
            if self._end_ns is not None:
                stop = first + int(np.searchsorted(labels, self._end_ns, side="right"))
            if self._start_ns is not None:
                first += int(np.searchsorted(labels, self._start_ns, side="left"))
        return min(first, stop), stop

    def _is_cut_off(self, session: int) -> bool:
        """Whether the bounds of the run leave nothing of the bars that a session has."""
        first, stop = self.axis.session_bounds(session)
        within_first, within_stop = self._bars_within(session)
        return first < stop and within_first == within_stop

    def _morning(self, session: int) -> int | None:
        calendar = self.axis.calendar
        if self.morning == "calendar":
            at = calendar.before_trading_start(session)
        else:
            at = to_ns(datetime.combine(calendar.session_date(session), _ZIPLINE_MORNING))
            if at > calendar.session_close(session):
                return None
        early = self._start_ns is not None and at < self._start_ns
        late = self._end_ns is not None and at > self._end_ns
        return None if early or late else at


def _bound(moment: Moment) -> int | None:
    """The moment, or ``None`` where it means a whole session."""
    at = to_ns(moment)
    return at if at % NANOS_PER_DAY else None


def _nothing_between(start: Moment, end: Moment) -> InvalidArgument:
    last_instant = to_ns(end) if _bound(end) is not None else to_ns(end) + NANOS_PER_DAY - 1
    reason = (
        "the end is before the start; exchange them"
        if last_instant < to_ns(start)
        else "no bar lies between them; choose a longer time"
    )
    return InvalidArgument(field="start and end", value=f"{start} and {end}", reason=reason)
