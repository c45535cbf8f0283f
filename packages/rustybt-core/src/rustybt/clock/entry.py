"""A scheduled function as a run has registered it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rustybt.calendars.trading_calendar import BoolArray, Int64Array, TradingCalendar
from rustybt.clock.scheduled import ScheduledFunction
from rustybt.clock.time_rules import TimeRule

NO_BARS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A scheduled function and the bar from which on it may run.

    Attributes:
        function: What runs when.
        first_bar: The first bar at which it may run.
        selected: For every session of the function's calendar, whether it runs on it.
    """

    function: ScheduledFunction
    first_bar: int
    selected: BoolArray = field(init=False)

    def __post_init__(self) -> None:
        calendar = self.function.calendar
        selected = self.function.date_rule.selects(calendar)
        if not self.function.half_days:
            selected = selected & ~calendar.early_close
        object.__setattr__(self, "selected", selected)

    def may_run_in(self, session: int, run_calendar: TradingCalendar) -> bool:
        """False for a session that both calendars share and the function's rule leaves out."""
        return self.function.calendar is not run_calendar or bool(self.selected[session])

    def moments(
        self, rule: TimeRule, run_calendar: TradingCalendar, session: int, after: int, until: int
    ) -> Int64Array:
        """When a time rule is due ``after < moment <= until``, ascending."""
        calendar = self.function.calendar
        sessions = self._sessions(run_calendar, session, after, until)
        moments = np.concatenate([NO_BARS, *(rule.instants(calendar, s) for s in sessions)])
        return moments[(moments > after) & (moments <= until)]

    def _sessions(
        self, run_calendar: TradingCalendar, session: int, after: int, until: int
    ) -> Iterator[int]:
        """The selected sessions that a session of the run overlaps ``after < label <= until``."""
        if self.function.calendar is run_calendar:
            candidates = range(session, session + 1)
        else:
            candidates = self.function.calendar.sessions_between(after, until)
        return (number for number in candidates if self.selected[number])
