"""Scheduled functions by standard rules, by hand."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from rustybt.calendars import from_ns, get_calendar, to_ns, zipline_hours
from rustybt.clock import (
    DateRule,
    Schedule,
    ScheduledFunction,
    SimulatedClock,
    TimeRule,
    axis_of,
    calendars,
    cron,
    date_rules,
    time_rules,
)
from rustybt.errors import InvalidArgument, ScheduleFunctionInvalidCalendar


def nothing(context: Any, data: Any) -> None:
    """What the schedules below run."""


def fired(
    market: str,
    resolution: str,
    days: tuple[str, str],
    date_rule: DateRule | TimeRule | None = None,
    time_rule: TimeRule | None = None,
    **options: Any,
) -> list[str]:
    axis = axis_of(get_calendar(market), resolution)
    clock = SimulatedClock.between(axis, *days)
    schedule = Schedule(axis)
    schedule.add(
        ScheduledFunction.of(nothing, date_rule, time_rule, run_calendar=axis.calendar, **options)
    )
    bars = [bar for plan in clock.plans() for bar, _ in schedule.due(plan.session)]
    return [from_ns(axis.label(bar)).strftime("%d %H:%M") for bar in bars]


# XNYS closed at 18:00 UTC on Thursday 2020-12-24, a half day, and on Friday not at all.
CHRISTMAS = ("2020-12-23", "2020-12-28")


@pytest.mark.parametrize(
    ("time_rule", "expected"),
    [
        (None, ["23 14:31", "24 14:31", "28 14:31"]),
        (time_rules.market_open(), ["23 14:31", "24 14:31", "28 14:31"]),
        (time_rules.market_open(minutes=30), ["23 15:00", "24 15:00", "28 15:00"]),
        (time_rules.market_open(timedelta(minutes=30)), ["23 15:00", "24 15:00", "28 15:00"]),
        (time_rules.market_open(hours=3, minutes=30), ["23 18:00", "24 18:00", "28 18:00"]),
        (time_rules.market_open(hours=3, minutes=31), ["23 18:01", "28 18:01"]),
        (time_rules.market_close(), ["23 20:59", "24 17:59", "28 20:59"]),
        (time_rules.market_close(minutes=30), ["23 20:30", "24 17:30", "28 20:30"]),
        (time_rules.market_close(hours=3, minutes=29), ["23 17:31", "24 14:31", "28 17:31"]),
        (time_rules.market_close(hours=3, minutes=30), ["23 17:30", "28 17:30"]),
    ],
)
def test_offsets_count_from_the_open_and_the_close(
    time_rule: TimeRule | None, expected: list[str]
) -> None:
    assert fired("XNYS", "1m", CHRISTMAS, None, time_rule) == expected


def test_every_minute_is_every_minute() -> None:
    bars = fired("XNYS", "1m", CHRISTMAS, None, time_rules.every_minute())
    assert len(bars) == 390 + 210 + 390
    assert fired("XNYS", "1h", CHRISTMAS, None, time_rules.every_minute())[:2] == [
        "23 15:30",
        "23 16:30",
    ]


def test_half_days_can_be_left_out() -> None:
    assert fired("XNYS", "1m", CHRISTMAS, half_days=False) == ["23 14:31", "28 14:31"]
    assert fired("XNYS", "1d", CHRISTMAS, half_days=False) == ["23 21:00", "28 21:00"]


@pytest.mark.parametrize(
    "time_rule",
    [None, time_rules.every_minute(), time_rules.market_open(hours=12), time_rules.market_close()],
)
def test_daily_bars_know_no_time_of_day(time_rule: TimeRule | None) -> None:
    assert fired("XNYS", "1d", CHRISTMAS, None, time_rule) == ["23 21:00", "24 18:00", "28 21:00"]


def test_a_function_runs_at_the_bar_that_holds_its_moment() -> None:
    rule = time_rules.market_open(minutes=31)
    assert fired("XNYS", "1h", CHRISTMAS, None, rule) == ["23 15:30", "24 15:30", "28 15:30"]
    close = time_rules.market_close(minutes=31)
    assert fired("XNYS", "1h", CHRISTMAS, None, close) == ["23 20:30", "24 17:30", "28 20:30"]


def test_a_function_waits_for_the_end_of_the_break() -> None:
    # Hong Kong: 01:30 to 04:00 and 05:00 to 08:00 UTC; on the 11th a half day without afternoon.
    days = ("2021-02-10", "2021-02-11")
    assert fired("XHKG", "1m", days, None, time_rules.market_open(hours=3)) == ["10 05:01"]
    assert fired("XHKG", "1m", days, None, time_rules.market_close(hours=3)) == ["10 05:01"]


def test_cron_counts_the_open_and_the_close_but_not_the_break() -> None:
    day = ("2021-02-10", "2021-02-10")
    assert fired("XHKG", "1m", day, None, cron("*/30 * * * *")) == [
        *("10 01:31", "10 02:00", "10 02:30", "10 03:00", "10 03:30", "10 04:00"),
        *("10 05:01", "10 05:30", "10 06:00", "10 06:30", "10 07:00", "10 07:30", "10 08:00"),
    ]


def test_cron_follows_the_clock_of_the_exchange_or_the_one_given() -> None:
    assert fired("XNYS", "1m", CHRISTMAS, None, cron("0 10 * * MON-THU")) == [
        *("23 15:00", "24 15:00", "28 15:00")
    ]
    utc = time_rules.cron("0 20 * * *", tz="UTC")
    assert fired("XNYS", "1m", CHRISTMAS, None, utc) == ["23 20:00", "28 20:00"]


def test_cron_may_stand_alone_and_may_be_limited_by_a_date_rule() -> None:
    assert fired("XNYS", "1m", CHRISTMAS, cron("0 10 * * *")) == [
        "23 15:00",
        "24 15:00",
        "28 15:00",
    ]
    assert fired("XNYS", "1m", CHRISTMAS, date_rules.week_end(), cron("0 10 * * *")) == ["24 15:00"]


def test_cron_on_daily_bars_needs_a_moment_in_the_session() -> None:
    assert fired("XNYS", "1d", CHRISTMAS, None, cron("0 15 * * *")) == ["23 21:00", "28 21:00"]
    assert fired("XNYS", "1d", CHRISTMAS, None, cron("*/5 * * * *")) == [
        *("23 21:00", "24 18:00", "28 21:00")
    ]
    assert fired("XNYS", "1d", CHRISTMAS, None, cron("0 8 * * *")) == []


def test_midnight_is_the_last_bar_of_the_day_that_ends() -> None:
    days = ("2024-03-09", "2024-03-10")
    assert fired("24/7", "1m", days, None, cron("0 0 * * *")) == ["10 00:00", "11 00:00"]
    assert fired("24/7", "1m", days, None, cron("1 0 * * *")) == ["09 00:01", "10 00:01"]
    assert fired("24/7", "1d", days, None, cron("0 0 10 * *")) == ["10 00:00"]


def test_rules_may_count_on_another_calendar() -> None:
    days = ("2020-12-24", "2020-12-26")
    other: Any = {"calendar": calendars.US_EQUITIES}
    assert fired("24/7", "5m", days, None, time_rules.market_open(), **other) == ["24 14:35"]
    assert fired("24/7", "5m", days, None, time_rules.market_close(), **other) == ["24 18:00"]
    assert fired("24/7", "1m", days, None, time_rules.every_minute(), **other)[-1] == "24 18:00"
    assert fired("24/7", "1d", days, **other) == ["25 00:00"]
    assert fired("24/7", "1m", days, half_days=False, **other) == []
    assert fired("24/7", "1d", days, calendar=get_calendar("XLON"), half_days=False) == []


def test_a_moment_while_the_run_is_closed_does_not_count() -> None:
    futures: Any = {"calendar": calendars.US_FUTURES}
    assert fired("XNYS", "1m", CHRISTMAS, None, time_rules.market_open(), **futures) == []
    rule = time_rules.market_close(hours=2)
    assert fired("XNYS", "1m", CHRISTMAS, None, rule, **futures) == ["23 21:00", "28 21:00"]


def test_due_is_in_order_of_bars_then_of_registration() -> None:
    axis = axis_of(get_calendar("XNYS"), "1m")
    session = axis.calendar.session_index("2020-12-23")
    first, stop = axis.session_bounds(session)
    schedule = Schedule(axis)
    rules = [time_rules.market_close(), time_rules.market_open(), None]
    for rule in rules:
        schedule.add(ScheduledFunction.of(nothing, None, rule, run_calendar=axis.calendar))
    assert schedule.due(session) == [(first, 1), (first, 2), (stop - 2, 0)]
    assert len(schedule) == 3
    assert schedule.callback(2) is nothing


@pytest.mark.parametrize("once_per_day", [True, False])
def test_a_function_added_later_runs_from_then_on(once_per_day: bool) -> None:
    axis = axis_of(get_calendar("XNYS"), "1m")
    session = axis.calendar.session_index("2020-12-23")
    first, stop = axis.session_bounds(session)
    schedule = Schedule(axis, first_bar=first, once_per_day=once_per_day)
    every_minute = ScheduledFunction.of(
        nothing, None, time_rules.every_minute(), run_calendar=axis.calendar
    )
    schedule.add(every_minute, from_bar=stop - 3)
    bars = [bar for bar, _ in schedule.due(session)]
    assert bars == ([stop - 3] if once_per_day else [stop - 3, stop - 2, stop - 1])


def test_the_rules_of_zipline_leave_cron_alone() -> None:
    axis = axis_of(zipline_hours(get_calendar("XHKG")), "1m")
    session = axis.calendar.session_index("2021-02-10")
    schedule = Schedule(axis, first_bar=axis.session_bounds(session)[0], once_per_day=True)
    rule = ScheduledFunction.of(nothing, cron("0 * * * *"), run_calendar=axis.calendar)
    schedule.add(rule)
    labels = [from_ns(axis.label(bar)).hour for bar, _ in schedule.due(session)]
    assert labels == [2, 3, 4, 5, 6, 7, 8]


def test_zipline_counts_24_hours_from_the_first_bar() -> None:
    axis = axis_of(get_calendar("XNYS"), "1m")
    first_day = axis.calendar.session_index("2021-03-08")
    start = axis.session_bounds(first_day)[0] + 100
    schedule = Schedule(axis, first_bar=start, once_per_day=True)
    for rule in (time_rules.market_open(minutes=30), time_rules.market_close()):
        schedule.add(ScheduledFunction.of(nothing, None, rule, run_calendar=axis.calendar))
    # The run begins at 16:11. The first spell ends there on the 9th, and holds 15:00 of the 9th
    # as well as 20:59 of the 8th: both functions run, each once.
    tuesday = axis.session_bounds(first_day + 1)[0]
    assert schedule.due(first_day) == [(start - 100 + 388, 1)]
    assert schedule.due(first_day + 1) == [(tuesday + 29, 0), (tuesday + 388, 1)]


@pytest.mark.parametrize("once_per_day", [True, False])
def test_a_session_without_bars_runs_nothing(once_per_day: bool) -> None:
    calendar = get_calendar("24/7")
    saturday = calendar.session_index("2024-03-09")
    stamps = [to_ns("2024-03-09T10:00:30"), to_ns("2024-03-11T10:00:10")]
    axis = axis_of(calendar, "1s", labels=stamps)
    schedule = Schedule(axis, once_per_day=once_per_day)
    schedule.add(ScheduledFunction.of(nothing, run_calendar=calendar))
    assert [schedule.due(saturday + day) for day in range(3)] == [[(0, 0)], [], [(1, 0)]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((date_rules.every_day,), r"write date_rules\.every_day\(\)"),
        ((None, time_rules.market_open), r"write time_rules\.market_open\(\)"),
        ((None, time_rules.cron), r"write time_rules\.cron\(\)"),
        (("every day",), "give a rule"),
        ((None, date_rules.every_day()), "give a rule"),
        ((time_rules.market_open(), time_rules.market_close()), "it is a time rule"),
    ],
)
def test_what_is_no_rule_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        ScheduledFunction.of(nothing, *arguments, run_calendar=get_calendar("XNYS"))


@pytest.mark.parametrize("calendar", ["XNYS", 1])
def test_another_calendar_has_to_be_one(calendar: Any) -> None:
    with pytest.raises(ScheduleFunctionInvalidCalendar, match=r"calendars\.US_EQUITIES"):
        ScheduledFunction.of(nothing, calendar=calendar, run_calendar=get_calendar("XNYS"))


def test_a_time_rule_in_the_place_of_the_date_rule_is_used_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, logger="rustybt"):
        bars = fired("XNYS", "1m", CHRISTMAS, time_rules.market_open(minutes=30))
    assert bars == ["23 15:00", "24 15:00", "28 15:00"]
    assert "time_rule=" in caplog.text


@pytest.mark.parametrize("factory", ["market_open", "market_close"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"minutes": 0},
        {"hours": 12, "minutes": 1},
        {"offset": timedelta(seconds=59)},
        {"offset": timedelta(minutes=5), "minutes": 5},
        {"offset": 30},
    ],
    ids=str,
)
def test_an_offset_has_bounds(factory: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match="offset was"):
        getattr(time_rules, factory)(**arguments)
