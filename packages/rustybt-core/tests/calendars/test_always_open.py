"""24/7, by hand: sessions are UTC days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rustybt.calendars import FIRST_DAY, LAST_DAY, from_ns, get_calendar, to_ns
from rustybt.errors import SessionOutOfRange

ALWAYS = get_calendar("24/7")
SATURDAY = ALWAYS.session_index(date(2024, 3, 9))


def at(day: int, hour: int, minute: int) -> int:
    return to_ns(datetime(2024, 3, day, hour, minute, tzinfo=UTC))


def test_every_day_is_a_session() -> None:
    days = (LAST_DAY - FIRST_DAY).days + 1
    assert len(ALWAYS) == days == 16_801
    assert ALWAYS.session_date(0) == FIRST_DAY
    assert ALWAYS.session_date(days - 1) == LAST_DAY
    assert not ALWAYS.early_close.any()


def test_minutes_are_0001_to_2400() -> None:
    minutes = ALWAYS.minutes(SATURDAY)
    assert len(minutes) == 1_440
    assert from_ns(int(minutes[0])) == datetime(2024, 3, 9, 0, 1, tzinfo=UTC)
    assert from_ns(int(minutes[-1])) == datetime(2024, 3, 10, tzinfo=UTC)


def test_midnight_belongs_to_the_day_that_ends() -> None:
    assert ALWAYS.minute_to_session(at(10, 0, 0)) == SATURDAY
    assert ALWAYS.minute_to_session(at(10, 0, 1)) == SATURDAY + 1
    assert ALWAYS.is_open_at(at(10, 0, 0))


def test_the_morning_is_the_boundary() -> None:
    assert ALWAYS.before_trading_start(SATURDAY) == at(9, 0, 0)


def test_a_change_to_summer_time_changes_nothing() -> None:
    new_york_changes = ALWAYS.session_index(date(2024, 3, 10))
    assert len(ALWAYS.minutes(new_york_changes)) == 1_440


def test_the_end_of_the_table_is_an_error_that_says_so() -> None:
    with pytest.raises(SessionOutOfRange, match=r"from 1990-01-01 to 2035-12-31.*2036-01-01"):
        ALWAYS.session_index(date(2036, 1, 1))
