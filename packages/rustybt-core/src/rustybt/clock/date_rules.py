"""On which sessions a scheduled function runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

import numpy as np

from rustybt.calendars.trading_calendar import BoolArray, Int64Array, TradingCalendar
from rustybt.errors import InvalidArgument


class DateRule(ABC):
    """Selects sessions of a calendar. Rules are immutable and may be shared between runs."""

    @abstractmethod
    def selects(self, calendar: TradingCalendar) -> BoolArray:
        """For every session of the calendar, whether the rule selects it."""


@dataclass(frozen=True, slots=True)
class EveryDay(DateRule):
    """Selects every session."""

    def selects(self, calendar: TradingCalendar) -> BoolArray:
        """All of them."""
        return np.ones(len(calendar), np.bool_)


class Period(Enum):
    """What sessions are counted in, and the largest offset that is accepted."""

    WEEK = 4
    MONTH = 22


@dataclass(frozen=True, slots=True)
class NthSession(DateRule):
    """Selects the session that is ``days_offset`` after the first, or before the last, of a period.

    Sessions are counted over the whole calendar, wherever a run begins; weeks are those of
    ISO 8601. A period with too few sessions is left out.
    """

    period: Period
    days_offset: int
    from_end: bool

    def selects(self, calendar: TradingCalendar) -> BoolArray:
        """One session of every period that is long enough."""
        return _nth_session(self, calendar)


@lru_cache(maxsize=128)
def _nth_session(rule: NthSession, calendar: TradingCalendar) -> BoolArray:
    periods = _period_numbers(rule.period, calendar.sessions)
    starts = np.flatnonzero(np.diff(periods, prepend=periods[0] - 1))
    stops = np.append(starts[1:], len(periods))
    chosen = stops - 1 - rule.days_offset if rule.from_end else starts + rule.days_offset
    selected = np.zeros(len(periods), np.bool_)
    selected[chosen[(chosen >= starts) & (chosen < stops)]] = True
    return selected


def _period_numbers(period: Period, days: Int64Array) -> Int64Array:
    if period is Period.MONTH:
        return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (days + 3) // 7  # 1970-01-01 was a Thursday, weeks of ISO 8601 begin on Monday


class date_rules:  # noqa: N801 - named as in zipline
    """Rules for the days on which a scheduled function runs.

    ::

        schedule_function(rebalance, date_rules.month_start(), time_rules.market_open(minutes=30))
    """

    @staticmethod
    def every_day() -> DateRule:
        """Every session."""
        return EveryDay()

    @staticmethod
    def month_start(days_offset: int = 0) -> DateRule:
        """The first session of a month, or one that is 0 to 22 sessions later."""
        return _nth(Period.MONTH, days_offset, from_end=False)

    @staticmethod
    def month_end(days_offset: int = 0) -> DateRule:
        """The last session of a month, or one that is 0 to 22 sessions earlier."""
        return _nth(Period.MONTH, days_offset, from_end=True)

    @staticmethod
    def week_start(days_offset: int = 0) -> DateRule:
        """The first session of a week, or one that is 0 to 4 sessions later."""
        return _nth(Period.WEEK, days_offset, from_end=False)

    @staticmethod
    def week_end(days_offset: int = 0) -> DateRule:
        """The last session of a week, or one that is 0 to 4 sessions earlier."""
        return _nth(Period.WEEK, days_offset, from_end=True)


EVERY_DAY: Final = EveryDay()


def _nth(period: Period, days_offset: float, *, from_end: bool) -> DateRule:
    if isinstance(days_offset, bool) or days_offset not in range(period.value + 1):
        raise InvalidArgument(
            field="days_offset", value=days_offset, reason=f"give a number from 0 to {period.value}"
        )
    return NthSession(period, int(days_offset), from_end)
