"""Cron expressions of five fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from rustybt.calendars.times import NANOS_PER_MINUTE, from_ns, to_ns
from rustybt.calendars.trading_calendar import Int64Array
from rustybt.errors import InvalidArgument


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field may hold; ``names`` stand for ``lowest``, ``lowest + 1`` and so on."""

    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        spelled = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"use {self.lowest} to {self.highest}{spelled}, as *, 1-5, */2, 1,3"


_MONTHS: Final = (
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
)
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MINUTE: Final = _Field("minute", 0, 59)
_HOUR: Final = _Field("hour", 0, 23)
_DAY_OF_MONTH: Final = _Field("day of month", 1, 31)
_MONTH: Final = _Field("month", 1, 12, _MONTHS)
_DAY_OF_WEEK: Final = _Field("day of week", 0, 7, _DAYS)
_FIELDS: Final = (_MINUTE, _HOUR, _DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK)
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_ITEM: Final = re.compile(
    r"(?:\*|([A-Z]+|[0-9]+)(?:-([A-Z]+|[0-9]+))?)(?:/([0-9]+))?", re.IGNORECASE
)
_SUNDAY: Final = 7


@dataclass(frozen=True, slots=True)
class CronExpression:
    """The moments of a cron expression on a wall clock.

    Attributes:
        minutes_of_day: Minutes after midnight, ascending.
        days_of_month: From 1 to 31.
        months: From 1 to 12.
        days_of_week: From 0, Sunday, to 6.
        either_day: Whether one matching day field suffices: when both are restricted.
        every_hour: Whether the hour is given as ``*``, so that a repeated hour counts twice.
    """

    minutes_of_day: tuple[int, ...]
    days_of_month: frozenset[int]
    months: frozenset[int]
    days_of_week: frozenset[int]
    either_day: bool
    every_hour: bool

    @classmethod
    def parse(cls, expression: str) -> CronExpression:
        """Read minute, hour, day of month, month and day of week.

        Raises:
            InvalidArgument: When a field cannot be read, or no day can match.
        """
        texts = expression.split()
        if len(texts) != len(_FIELDS):
            raise InvalidArgument(
                field="cron expression",
                value=expression,
                reason=f"give five fields: {', '.join(field.name for field in _FIELDS)}",
            )
        minutes, hours, days, months, weekdays = map(_read_field, _FIELDS, texts)
        free_day, free_weekday = (text.startswith("*") for text in (texts[2], texts[4]))
        if free_weekday and min(days) > max(_LONGEST_MONTHS[month - 1] for month in months):
            raise InvalidArgument(
                field="cron day of month", value=texts[2], reason="the month has no such day"
            )
        return cls(
            minutes_of_day=tuple(60 * hour + m for hour in sorted(hours) for m in sorted(minutes)),
            days_of_month=days,
            months=months,
            days_of_week=frozenset(day % _SUNDAY for day in weekdays),
            either_day=not free_day and not free_weekday,
            every_hour=texts[1].startswith("*"),
        )

    def matches(self, day: date) -> bool:
        """Whether the expression has moments on this day."""
        if day.month not in self.months:
            return False
        by_month = day.day in self.days_of_month
        by_week = day.isoweekday() % _SUNDAY in self.days_of_week
        return (by_month or by_week) if self.either_day else (by_month and by_week)

    def instants(self, tz: ZoneInfo, start: int, end: int) -> Int64Array:
        """The moments ``start <= moment <= end``, ascending, in nanoseconds UTC.

        A wall-clock time that daylight saving skips moves on by the skipped time; one that it
        repeats counts at its first occurrence, and at both where the hour is given as ``*``.
        """
        day = from_ns(start).astimezone(tz).date()
        last_day = from_ns(end).astimezone(tz).date()
        found: set[int] = set()
        while day <= last_day:
            if self.matches(day):
                found.update(self._instants_on(day, tz))
            day += timedelta(days=1)
        return np.array(sorted(at for at in found if start <= at <= end), np.int64)

    def _instants_on(self, day: date, tz: ZoneInfo) -> list[int]:
        midnight = datetime.combine(day, time(), tz)
        tomorrow = datetime.combine(day + timedelta(days=1), time(), tz)
        if midnight.utcoffset() == tomorrow.utcoffset():
            first = to_ns(midnight)
            return [first + minute * NANOS_PER_MINUTE for minute in self.minutes_of_day]
        instants = []
        for minute in self.minutes_of_day:
            first = _utc(midnight + timedelta(minutes=minute), fold=0)
            second = _utc(midnight + timedelta(minutes=minute), fold=1)
            instants.append(first)
            if self.every_hour and second > first:
                instants.append(second)
        return instants


def _utc(wall: datetime, *, fold: int) -> int:
    return to_ns(wall.replace(fold=fold).astimezone(UTC))


def _read_field(field: _Field, text: str) -> frozenset[int]:
    return frozenset(value for item in text.split(",") for value in _read_item(field, item))


def _read_item(field: _Field, item: str) -> range:
    """A number, a range or ``*``, with an optional step."""
    found = _ITEM.fullmatch(item)
    if found is None:
        raise _unreadable(field, item)
    low_text, high_text, step_text = found.groups()
    low = field.lowest if low_text is None else _read_value(field, low_text, item)
    if high_text is not None:
        high = _read_value(field, high_text, item)
        if field is _DAY_OF_WEEK and high == 0:
            high = _SUNDAY  # FRI-SUN
    else:
        high = low if low_text is not None and step_text is None else field.highest
    step = 1 if step_text is None else int(step_text)
    if low > high or step == 0:
        raise _unreadable(field, item)
    return range(low, high + 1, step)


def _read_value(field: _Field, text: str, item: str) -> int:
    if text.isdigit():
        value = int(text)
    elif text.upper() in field.names:
        value = field.lowest + field.names.index(text.upper())
    else:
        raise _unreadable(field, item)
    if not field.lowest <= value <= field.highest:
        raise _unreadable(field, item)
    return value


def _unreadable(field: _Field, item: str) -> InvalidArgument:
    return InvalidArgument(field=f"cron {field.name}", value=item, reason=field.hint)
