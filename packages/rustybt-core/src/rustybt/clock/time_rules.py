"""At which moments of a session a scheduled function runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from rustybt.calendars.times import NANOS_PER_MICROSECOND, NANOS_PER_MINUTE
from rustybt.calendars.trading_calendar import Int64Array, TradingCalendar
from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from rustybt.clock.cron_expression import CronExpression


class TimeRule(ABC):
    """Selects moments of a session. Rules are immutable and may be shared between runs."""

    @abstractmethod
    def instants(self, calendar: TradingCalendar, session: int) -> Int64Array:
        """When the rule is due in a session of its calendar, ascending, in nanoseconds UTC."""


@dataclass(frozen=True, slots=True)
class EveryMinute(TimeRule):
    """Due at the end of every trading minute."""

    def instants(self, calendar: TradingCalendar, session: int) -> Int64Array:
        """The labels of the minutes."""
        return calendar.minutes(session)


@dataclass(frozen=True, slots=True)
class AfterOpen(TimeRule):
    """Due once, ``offset`` nanoseconds after the open; never in a shorter session."""

    offset: int

    def instants(self, calendar: TradingCalendar, session: int) -> Int64Array:
        """One moment, or none."""
        due = calendar.session_open(session) + self.offset
        return np.array([due] if due <= calendar.session_close(session) else [], np.int64)


@dataclass(frozen=True, slots=True)
class BeforeClose(TimeRule):
    """Due once, ``offset`` nanoseconds before the close; never in a shorter session."""

    offset: int

    def instants(self, calendar: TradingCalendar, session: int) -> Int64Array:
        """One moment, or none."""
        due = calendar.session_close(session) - self.offset
        return np.array([due] if due > calendar.session_open(session) else [], np.int64)


@dataclass(frozen=True, slots=True)
class Cron(TimeRule):
    """Due at the wall-clock minutes of a cron expression while the market is open.

    Attributes:
        expression: The five fields.
        tz: Whose wall clock; ``None`` for that of the calendar.
    """

    expression: CronExpression
    tz: ZoneInfo | None = None

    def instants(self, calendar: TradingCalendar, session: int) -> Int64Array:
        """Those from the open to the close, both included, outside the break.

        An open that is also the close of the session before belongs to that session.
        """
        opens, closes = calendar.session_open(session), calendar.session_close(session)
        touches = session > 0 and calendar.session_close(session - 1) == opens
        due = self.expression.instants(self.tz or calendar.tz, opens + touches, closes)
        pause, resume = int(calendar.break_starts[session]), int(calendar.break_ends[session])
        return due[(due <= pause) | (due >= resume)]


def cron(expression: str, tz: str | ZoneInfo | None = None) -> TimeRule:
    """A rule that is due by a cron expression: minute, hour, day of month, month, day of week.

    ``cron("*/5 9-16 * * MON-FRI")`` is due every five minutes. A field is ``*``, a number, a name
    (``JAN``, ``MON``), a range ``1-5``, a step ``*/15`` or ``0-30/10``, or a list of them. Sunday
    is 0 and 7. Where both day fields are restricted, either suffices, as in every cron.

    The function runs at the first bar that ends at or after the moment, if the market is open at
    that moment: the open itself counts, breaks and nights do not. On daily bars it runs at the
    session's bar if at least one of its moments lies within the session.

    Times that daylight saving skips move on by the skipped hour. Times that it repeats count once,
    or twice where the hour is given as ``*``.

    Args:
        expression: The five fields, separated by blanks.
        tz: The zone of the wall clock, that of the calendar unless given.

    Raises:
        InvalidArgument: When a field cannot be read; the error names the field.
    """
    from rustybt.clock.cron_expression import CronExpression

    return Cron(CronExpression.parse(expression), _zone(tz))


class time_rules:  # noqa: N801 - named as in zipline
    """Rules for the moments of a session at which a scheduled function runs.

    On daily bars a function runs at the only bar of a session whatever its time rule, `cron`
    excepted.
    """

    cron = staticmethod(cron)

    @staticmethod
    def market_open(
        offset: timedelta | None = None,
        hours: float | None = None,
        minutes: float | None = None,
    ) -> TimeRule:
        """A time after the open, one minute unless given, so at the end of the first minute.

        Args:
            offset: From 1 minute to 12 hours; excludes ``hours`` and ``minutes``.
            hours: Hours after the open.
            minutes: Minutes after the open, added to the hours.

        Raises:
            InvalidArgument: When the offset is out of bounds or given twice.
        """
        return AfterOpen(_offset(offset, hours, minutes))

    @staticmethod
    def market_close(
        offset: timedelta | None = None,
        hours: float | None = None,
        minutes: float | None = None,
    ) -> TimeRule:
        """A time before the close, one minute unless given, so at the end of the last but one.

        Args:
            offset: From 1 minute to 12 hours; excludes ``hours`` and ``minutes``.
            hours: Hours before the close.
            minutes: Minutes before the close, added to the hours.

        Raises:
            InvalidArgument: When the offset is out of bounds or given twice.
        """
        return BeforeClose(_offset(offset, hours, minutes))

    @staticmethod
    def every_minute() -> TimeRule:
        """The end of every minute; under the rules of zipline only the first one of a day."""
        return EveryMinute()


_SHORTEST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(hours=12)


def _offset(offset: object, hours: float | None, minutes: float | None) -> int:
    given_in_parts = hours is not None or minutes is not None
    if offset is not None and given_in_parts:
        raise InvalidArgument(
            field="offset", value=offset, reason="give either an offset or hours and minutes"
        )
    if offset is None:
        whole = timedelta(hours=hours or 0, minutes=minutes or 0)
        offset = whole if given_in_parts else _SHORTEST
    if not isinstance(offset, timedelta) or not _SHORTEST <= offset <= _LONGEST:
        raise InvalidArgument(
            field="offset", value=offset, reason="give a timedelta from 1 minute to 12 hours"
        )
    return offset // timedelta(microseconds=1) * NANOS_PER_MICROSECOND


def _zone(tz: str | ZoneInfo | None) -> ZoneInfo | None:
    if tz is None or isinstance(tz, ZoneInfo):
        return tz
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, OSError):
        raise InvalidArgument(
            field="cron tz", value=tz, reason="give a zone such as America/New_York"
        ) from None


FIRST_MINUTE: Final = AfterOpen(NANOS_PER_MINUTE)
EVERY_MINUTE: Final = EveryMinute()
