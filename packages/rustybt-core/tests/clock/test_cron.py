"""Cron expressions; instants are worked out by hand from the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import from_ns, to_ns
from rustybt.clock import cron
from rustybt.clock.cron_expression import CronExpression
from rustybt.errors import InvalidArgument

NEW_YORK = ZoneInfo("America/New_York")
UTC_ZONE = ZoneInfo("UTC")


def instants(expression: str, start: str, end: str, tz: ZoneInfo = UTC_ZONE) -> list[str]:
    bounds = [to_ns(datetime.fromisoformat(text).replace(tzinfo=UTC)) for text in (start, end)]
    found = CronExpression.parse(expression).instants(tz, *bounds).tolist()
    return [from_ns(at).strftime("%d %H:%M") for at in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 9 * * *", ["04 09:00", "05 09:00"]),
        ("*/20 9 * * *", ["04 09:00", "04 09:20", "04 09:40", "05 09:00", "05 09:20", "05 09:40"]),
        ("5-15/5 9 4 * *", ["04 09:05", "04 09:10", "04 09:15"]),
        ("50/5 9 4 * *", ["04 09:50", "04 09:55"]),
        ("30,0 9,17 4 * *", ["04 09:00", "04 09:30", "04 17:00", "04 17:30"]),
        ("0 12 * JAN *", ["04 12:00", "05 12:00"]),
        ("0 12 * jan-mar/2 *", ["04 12:00", "05 12:00"]),
        ("0 12 * FEB *", []),
        ("0 12 * * THU", ["04 12:00"]),
        ("0 12 * * 4", ["04 12:00"]),
        ("0 12 * * fri-sun", ["05 12:00"]),
        ("0 12 * * 5-7", ["05 12:00"]),
        ("0 12 4 * FRI", ["04 12:00", "05 12:00"]),
        ("0 12 */2 * FRI", ["05 12:00"]),
        ("0 12 4 * */2", ["04 12:00"]),
    ],
)
def test_fields_are_read_as_every_cron_reads_them(expression: str, expected: list[str]) -> None:
    # 2024-01-04 is a Thursday.
    assert instants(expression, "2024-01-04", "2024-01-05 23:59") == expected


def test_both_bounds_belong_to_the_time() -> None:
    assert instants("0 * * * *", "2024-01-04 09:00", "2024-01-04 11:00") == [
        *("04 09:00", "04 10:00", "04 11:00")
    ]


@pytest.mark.parametrize("sunday", ["0", "7", "SUN", "sun"])
def test_sunday_has_three_names(sunday: str) -> None:
    assert instants(f"0 0 * * {sunday}", "2024-01-01", "2024-01-13") == ["07 00:00"]


def test_the_wall_clock_is_that_of_the_zone() -> None:
    # New York is five hours behind UTC in winter; the 5th begins there at 05:00 UTC.
    assert instants("0 9,20 * * *", "2024-01-04 00:00", "2024-01-05 04:59", NEW_YORK) == [
        *("04 01:00", "04 14:00", "05 01:00")
    ]


# New York: 02:00 to 03:00 on 2024-03-10 does not exist, 01:00 to 02:00 on 2024-11-03 comes twice.
def test_a_time_that_summer_time_skips_moves_on() -> None:
    day = ("2024-03-10 05:00", "2024-03-11 03:59", NEW_YORK)
    assert instants("30 2 * * *", *day) == ["10 07:30"]  # 03:30 in summer time
    assert instants("30 1-3 * * *", *day) == ["10 06:30", "10 07:30"]
    assert len(instants("0 * * * *", *day)) == 23


def test_a_time_that_comes_twice_counts_once_unless_every_hour_counts() -> None:
    day = ("2024-11-03 04:00", "2024-11-04 04:59", NEW_YORK)
    assert instants("30 1 * * *", *day) == ["03 05:30"]
    assert instants("30 0-2 * * *", *day) == ["03 04:30", "03 05:30", "03 07:30"]
    assert len(instants("0 * * * *", *day)) == 25


@pytest.mark.parametrize(
    ("expression", "field", "value"),
    [
        ("60 * * * *", "minute", "60"),
        ("* 24 * * *", "hour", "24"),
        ("* * 0 * *", "day of month", "0"),
        ("* * 32 * *", "day of month", "32"),
        ("* * * 13 *", "month", "13"),
        ("* * * JANUARY *", "month", "JANUARY"),
        ("* * * * 8", "day of week", "8"),
        ("* * * * MONDAY", "day of week", "MONDAY"),
        ("5-1 * * * *", "minute", "5-1"),
        ("*/0 * * * *", "minute", "*/0"),
        ("1,,2 * * * *", "minute", ""),
        ("1, * * * *", "minute", ""),
        ("-1 * * * *", "minute", "-1"),
        ("* MON * * *", "hour", "MON"),
        ("* * L * *", "day of month", "L"),
        ("* * 31 2,4 *", "day of month", "31"),
    ],
)
def test_an_error_names_the_field_and_the_value(expression: str, field: str, value: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        cron(expression)
    assert caught.value.field == f"cron {field}"
    assert caught.value.value == value


@pytest.mark.parametrize("expression", ["", "* * * *", "* * * * * *", "@daily"])
def test_there_are_five_fields(expression: str) -> None:
    with pytest.raises(InvalidArgument, match="minute, hour, day of month, month, day of week"):
        cron(expression)


@pytest.mark.parametrize("tz", ["Mars/Olympus", "", "/etc/passwd", "America"])
def test_an_unknown_zone_is_refused(tz: str) -> None:
    with pytest.raises(InvalidArgument, match="cron tz"):
        cron("* * * * *", tz=tz)


def test_the_29th_of_february_is_a_day() -> None:
    assert instants("0 0 29 2 *", "2024-01-01", "2024-12-31") == ["29 00:00"]


@given(st.text(max_size=20) | st.from_regex(r"[0-9*,/A-Z -]{1,30}", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = CronExpression.parse(text)
    except InvalidArgument:
        return
    assert len(text.split()) == 5
    assert all(0 <= minute < 1_440 for minute in expression.minutes_of_day)


@given(
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=4),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=4),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    start=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
)
def test_lists_mean_what_they_list(
    minutes: set[int], hours: set[int], weekdays: set[int], start: date
) -> None:
    text = " ".join(",".join(map(str, values)) for values in (minutes, hours)) + " * * "
    expression = CronExpression.parse(text + ",".join(map(str, weekdays)))
    first = to_ns(start)
    week = expression.instants(UTC_ZONE, first, first + 7 * 86_400 * 10**9 - 1)
    assert len(week) == len(minutes) * len(hours) * len(weekdays)
    for at in week.tolist():
        moment = from_ns(at)
        assert moment.minute in minutes
        assert moment.hour in hours
        assert moment.isoweekday() % 7 in weekdays
