"""A function and when it runs, as a strategy asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rustybt.calendars import TradingCalendar, get_calendar, zipline_hours
from rustybt.clock.date_rules import EVERY_DAY, DateRule, date_rules
from rustybt.clock.time_rules import Cron, TimeRule, time_rules
from rustybt.errors import InvalidArgument, ScheduleFunctionInvalidCalendar
from rustybt.logs import get_logger

_log = get_logger(__name__)

Callback = Callable[[Any, Any], object]
"""``func(context, data)``; what it returns is ignored."""


class calendars(Enum):  # noqa: N801 - named as in zipline
    """Calendars that ``schedule_function`` may be told to count on."""

    US_EQUITIES = "XNYS"
    US_FUTURES = "us_futures"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScheduledFunction:
    """A function, the sessions and the moments at which it runs.

    Attributes:
        func: What is called.
        date_rule: On which sessions.
        time_rule: At which moments of them; ``None`` for the first bar.
        half_days: Whether sessions that close early count.
        calendar: Whose sessions the rules are about.
        misplaced: Whether the time rule was given in the place of the date rule, which zipline
            treats in a way of its own on daily bars.
    """

    func: Callback
    date_rule: DateRule
    time_rule: TimeRule | None
    half_days: bool
    calendar: TradingCalendar
    misplaced: bool = False

    @classmethod
    def of(
        cls,
        func: Callback,
        date_rule: DateRule | TimeRule | None = None,
        time_rule: TimeRule | None = None,
        *,
        half_days: bool = True,
        calendar: calendars | TradingCalendar | None = None,
        run_calendar: TradingCalendar,
        once_per_day: bool = False,
    ) -> ScheduledFunction:
        """What ``schedule_function`` of the strategy API means.

        Args:
            func: What is called.
            date_rule: Every session unless given. A time rule is accepted here when there is no
                other, with a warning unless it is a `cron`.
            time_rule: The first bar of a session unless given.
            half_days: Whether sessions that close early count.
            calendar: Whose sessions the rules are about, those of the run unless given.
            run_calendar: The calendar of the bars of the run.
            once_per_day: Whether the run follows the rules of zipline, and so its hours.

        Raises:
            InvalidArgument: When a rule is no rule, such as a factory that was not called.
            ScheduleFunctionInvalidCalendar: When the calendar is none that can be given.
        """
        misplaced = isinstance(date_rule, TimeRule)
        if isinstance(date_rule, TimeRule):
            time_rule, date_rule = _moved(date_rule, time_rule), None
        if date_rule is not None and not isinstance(date_rule, DateRule):
            raise _no_rule("date_rule", date_rule)
        if time_rule is not None and not isinstance(time_rule, TimeRule):
            raise _no_rule("time_rule", time_rule)
        counted_on = _calendar(calendar, run_calendar)
        if once_per_day and counted_on is not run_calendar:
            counted_on = zipline_hours(counted_on)
        return cls(
            func=func,
            date_rule=date_rule or EVERY_DAY,
            time_rule=time_rule,
            half_days=half_days,
            calendar=counted_on,
            misplaced=misplaced,
        )


def _moved(rule: TimeRule, time_rule: TimeRule | None) -> TimeRule:
    """A time rule that was given in the place of the date rule."""
    if time_rule is not None:
        raise InvalidArgument(
            field="date_rule", value=rule, reason="it is a time rule; give a rule of date_rules"
        )
    if not isinstance(rule, Cron):
        _log.warning("time rule given as date_rule; write time_rule=", rule=rule)
    return rule


def _no_rule(field: str, given: object) -> InvalidArgument:
    for factories in (date_rules, time_rules):
        for name in vars(factories):
            if given is getattr(factories, name):
                call = f"{factories.__name__}.{name}()"
                return InvalidArgument(
                    field=field, value=given, reason=f"it was not called; write {call}"
                )
    return InvalidArgument(
        field=field, value=given, reason="give a rule of date_rules or time_rules"
    )


def _calendar(given: object, run_calendar: TradingCalendar) -> TradingCalendar:
    if given is None:
        return run_calendar
    if isinstance(given, TradingCalendar):
        return given
    if isinstance(given, calendars):
        return get_calendar(given.value)
    raise ScheduleFunctionInvalidCalendar(
        given_calendar=given,
        allowed_calendars=(*map(str, calendars), "a TradingCalendar"),
    )
