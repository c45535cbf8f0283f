"""When scheduled functions run by standard rules."""

from __future__ import annotations

import numpy as np

from rustybt.calendars.trading_calendar import Int64Array
from rustybt.clock.axis import BarAxis
from rustybt.clock.entry import NO_BARS, Entry
from rustybt.clock.time_rules import Cron


class StandardDue:
    """A function runs at the first bar that ends at or after a moment of its rule, once a bar.

    The calendar of the run has to be open at that moment: the open itself counts, and in a break
    the function waits for the bar that follows. Without a time rule it runs at the first bar. On
    daily bars the time of day plays no part, except for `cron`.
    """

    def __init__(self, axis: BarAxis) -> None:
        self._axis = axis

    def bars(self, entry: Entry, session: int) -> Int64Array:
        """The bars of a session at which a function runs, ascending."""
        first, stop = self._axis.session_bounds(session)
        rule = entry.function.time_rule
        timed = self._axis.resolution.is_intraday or isinstance(rule, Cron)
        if first == stop:
            return NO_BARS
        if rule is None or not timed:
            due = np.arange(first, first + self._is_selected_day(entry, session))
        else:
            hours = self._open_hours(session)
            moments = entry.moments(rule, self._axis.calendar, session, *hours)
            places = np.unique(np.searchsorted(self._axis.labels(first, stop), moments))
            due = first + places[places < stop - first]
        return due[due >= entry.first_bar]

    def _open_hours(self, session: int) -> tuple[int, int]:
        """The moments ``after < moment <= until`` that belong to a session.

        Its open is one of them, unless the session before closes then.
        """
        calendar = self._axis.calendar
        opens, closes = calendar.session_open(session), calendar.session_close(session)
        touches = session > 0 and calendar.session_close(session - 1) == opens
        return (opens if touches else opens - 1), closes

    def _is_selected_day(self, entry: Entry, session: int) -> bool:
        """Whether the function's calendar has a selected session on the same day."""
        day = self._axis.calendar.sessions[session]
        days = entry.function.calendar.sessions
        place = int(np.searchsorted(days, day))
        return place < len(days) and days[place] == day and bool(entry.selected[place])
