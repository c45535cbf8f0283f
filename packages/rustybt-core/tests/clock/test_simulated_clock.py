"""The clock of a simulation, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from rustybt.calendars import Moment, from_ns, get_calendar, to_ns
from rustybt.clock import (
    NO_BAR,
    Event,
    EventKind,
    MinuteAxis,
    Morning,
    SessionAxis,
    SimulatedClock,
    StampAxis,
)
from rustybt.errors import InvalidArgument, SessionOutOfRange


def at(text: str) -> int:
    return to_ns(datetime.fromisoformat(text).replace(tzinfo=UTC))


def told(clock: SimulatedClock) -> list[str]:
    return [f"{event.kind.name} {from_ns(event.at):%d %H:%M}" for event in clock]


def test_daily_bars_over_a_half_day() -> None:
    axis = SessionAxis(get_calendar("XNYS"))
    assert told(SimulatedClock.between(axis, "2020-12-24", "2020-12-28")) == [
        *("SESSION_START 24 00:00", "BEFORE_TRADING_START 24 13:45"),
        *("BAR 24 18:00", "SESSION_END 24 18:00"),
        *("SESSION_START 28 00:00", "BEFORE_TRADING_START 28 13:45"),
        *("BAR 28 21:00", "SESSION_END 28 21:00"),
    ]


def test_events_name_their_session_and_bar() -> None:
    axis = MinuteAxis(get_calendar("24/7"), "8h")
    session = axis.calendar.session_index("2024-03-09")
    midnight, first = at("2024-03-09"), 3 * session
    hours = [midnight + hour * 3_600_000_000_000 for hour in (8, 16, 24)]
    assert list(SimulatedClock(axis, session, session)) == [
        Event(EventKind.SESSION_START, midnight, session, NO_BAR),
        Event(EventKind.BEFORE_TRADING_START, midnight, session, NO_BAR),
        *(Event(EventKind.BAR, hour, session, first + i) for i, hour in enumerate(hours)),
        Event(EventKind.SESSION_END, hours[-1], session, NO_BAR),
    ]


def test_the_clock_says_when_it_starts_and_can_run_again() -> None:
    axis = MinuteAxis(get_calendar("24/7"), "8h")
    clock = SimulatedClock.between(axis, "2024-03-09", "2024-03-10")
    events = list(clock)
    assert clock.start == at("2024-03-09") == events[0].at
    assert events[-1].at == at("2024-03-11")
    assert list(clock) == events


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 3, 9), date(2024, 3, 10)),
        ("2024-03-09", "2024-03-10"),
        (datetime(2024, 3, 9, tzinfo=UTC), datetime(2024, 3, 10, tzinfo=UTC)),
    ],
)
def test_a_day_means_the_whole_session(start: Moment, end: Moment) -> None:
    axis = MinuteAxis(get_calendar("24/7"), "12h")
    bars = [line for line in told(SimulatedClock.between(axis, start, end)) if "BAR" in line]
    assert bars == ["BAR 09 12:00", "BAR 10 00:00", "BAR 10 12:00", "BAR 11 00:00"]


def test_a_time_of_day_bounds_the_events() -> None:
    axis = MinuteAxis(get_calendar("XNYS"), "1h")
    clock = SimulatedClock.between(axis, "2020-12-23T16:00", "2020-12-24T15:30")
    assert told(clock) == [
        *("SESSION_START 23 00:00", "BAR 23 16:30", "BAR 23 17:30", "BAR 23 18:30"),
        *("BAR 23 19:30", "BAR 23 20:30", "BAR 23 21:00", "SESSION_END 23 21:00"),
        *("SESSION_START 24 00:00", "BEFORE_TRADING_START 24 13:45", "BAR 24 15:30"),
        "SESSION_END 24 15:30",
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2020-12-23T21:01", "2020-12-29T15:29"), ("2020-12-24T14:29", "2020-12-28T21:00")],
)
def test_a_session_without_a_bar_left_is_left_out(start: str, end: str) -> None:
    axis = MinuteAxis(get_calendar("XNYS"), "1h")
    clock = SimulatedClock.between(axis, start, end)
    days = [axis.calendar.session_date(plan.session) for plan in clock.plans()]
    assert days == [date(2020, 12, 24), date(2020, 12, 28)]


def test_a_daily_run_that_ends_before_the_close_ends_the_day_before() -> None:
    axis = SessionAxis(get_calendar("XNYS"))
    clock = SimulatedClock.between(axis, "2020-12-22", "2020-12-23T20:59")
    assert told(clock)[-1] == "SESSION_END 22 21:00"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-12-25", "2020-12-27"),
        ("2020-12-25T10:00", "2020-12-27T10:00"),
        ("2020-12-25T10:00", "2020-12-25"),
        ("2020-12-28T15:31", "2020-12-28T16:29"),
    ],
)
def test_a_run_without_a_bar_is_refused(start: str, end: str) -> None:
    axis = MinuteAxis(get_calendar("XNYS"), "1h")
    with pytest.raises(InvalidArgument, match="no bar lies between"):
        SimulatedClock.between(axis, start, end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-12-28", "2020-12-24"),
        ("2020-12-28T15:00", "2020-12-24"),
        ("2020-12-27T10:00", "2020-12-25T10:00"),
    ],
)
def test_a_run_that_ends_before_it_starts_is_refused(start: str, end: str) -> None:
    axis = MinuteAxis(get_calendar("XNYS"), "1h")
    with pytest.raises(InvalidArgument, match="the end is before the start"):
        SimulatedClock.between(axis, start, end)


def test_a_run_outside_the_calendar_is_refused() -> None:
    axis = SessionAxis(get_calendar("XNYS"))
    with pytest.raises(SessionOutOfRange):
        SimulatedClock.between(axis, "1985-01-02", "2020-01-02")
    with pytest.raises(SessionOutOfRange):
        SimulatedClock.between(axis, "2020-01-02", "2050-01-02")


def test_sessions_without_data_are_told_all_the_same() -> None:
    stamps = [at("2024-03-09T10:00:00.500"), at("2024-03-11T12:00")]
    axis = StampAxis(get_calendar("24/7"), stamps, "100ms")
    assert told(SimulatedClock.between(axis, "2024-03-09", "2024-03-11")) == [
        *("SESSION_START 09 00:00", "BEFORE_TRADING_START 09 00:00", "BAR 09 10:00"),
        *("SESSION_END 10 00:00", "SESSION_START 10 00:00", "BEFORE_TRADING_START 10 00:00"),
        *("SESSION_END 11 00:00", "SESSION_START 11 00:00", "BEFORE_TRADING_START 11 00:00"),
        *("BAR 11 12:00", "SESSION_END 12 00:00"),
    ]


@pytest.mark.parametrize("market", ["XNYS", "XHKG", "XASX", "us_futures", "CMES", "24/7"])
def test_time_never_runs_backwards(market: str) -> None:
    axis = MinuteAxis(get_calendar(market), "1h")
    events = list(SimulatedClock.between(axis, "2020-12-01", "2021-11-30"))
    assert all(before.at <= after.at for before, after in pairwise(events))
    for before, after in pairwise(events):
        assert before.session == after.session or before.kind == EventKind.SESSION_END
    bars = [event.bar for event in events if event.kind == EventKind.BAR]
    assert bars == list(range(bars[0], bars[-1] + 1))


@pytest.mark.parametrize("morning", ["calendar", "new_york"])
@pytest.mark.parametrize("market", ["XLON", "XHKG", "24/7"])
def test_plans_and_events_agree(market: str, morning: Morning) -> None:
    axis = MinuteAxis(get_calendar(market), "30m")
    clock = SimulatedClock.between(axis, "2020-12-23T10:00", "2021-01-05T14:00", morning=morning)
    told_by_plans = []
    for plan in clock.plans():
        labels = axis.labels(plan.first_bar, plan.stop_bar).tolist()
        bars = [
            Event(EventKind.BAR, label, plan.session, plan.first_bar + i)
            for i, label in enumerate(labels)
        ]
        if plan.morning is not None:
            event = Event(EventKind.BEFORE_TRADING_START, plan.morning, plan.session, NO_BAR)
            bars.insert(plan.morning_bar - plan.first_bar, event)
        told_by_plans += [
            Event(EventKind.SESSION_START, plan.start, plan.session, NO_BAR),
            *bars,
            Event(EventKind.SESSION_END, plan.end, plan.session, NO_BAR),
        ]
    assert list(clock) == told_by_plans
