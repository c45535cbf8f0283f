"""Exchange calendars, compared with exchange-calendars itself and with a recorded list."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

from rustybt.calendars import (
    TradingCalendar,
    from_exchange_calendar,
    from_ns,
    get_calendar,
    to_ns,
    zipline_hours,
)
from rustybt.clock import axis_of

# The library meets deprecations of pandas.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MARKETS = ["XNYS", "XLON", "XHKG", "CMES", "us_futures"]


@pytest.fixture(scope="module", params=MARKETS)
def pair(request: pytest.FixtureRequest) -> tuple[TradingCalendar, Any]:
    oracle = exchange_calendars.get_calendar(
        request.param, start="1995-01-01", end="2026-06-30", side="right"
    )
    return get_calendar(request.param), oracle


def nanoseconds(times: Any) -> list[int]:
    return [0 if pd.isna(time) else time.value for time in times]


def test_tables_are_those_of_the_library(pair: tuple[TradingCalendar, Any]) -> None:
    ours, oracle = pair
    first, last = ours.session_range(oracle.sessions[0], oracle.sessions[-1])
    rows = slice(first, last + 1)
    assert ours.tz.key == str(oracle.tz)
    assert [ours.session_date(i) for i in range(first, last + 1)] == list(oracle.sessions.date)
    assert ours.opens[rows].tolist() == nanoseconds(oracle.opens)
    assert ours.closes[rows].tolist() == nanoseconds(oracle.closes)
    assert ours.break_starts[rows].tolist() == nanoseconds(oracle.break_starts)
    assert ours.break_ends[rows].tolist() == nanoseconds(oracle.break_ends)
    early = [oracle.sessions[i] for i in np.flatnonzero(ours.early_close[rows])]
    assert early == list(oracle.early_closes)


@pytest.mark.parametrize("day", ["2020-12-23", "2020-12-24", "2021-02-11", "2021-03-15"])
def test_minutes_are_those_of_the_library(pair: tuple[TradingCalendar, Any], day: str) -> None:
    ours, oracle = pair
    session = oracle.date_to_session(day, direction="next")
    index = ours.session_index(session)
    minutes = ours.minutes(index)
    assert minutes.tolist() == nanoseconds(oracle.session_minutes(session))
    assert ours.first_minute(index) == oracle.session_first_minute(session).value
    assert ours.last_minute(index) == oracle.session_last_minute(session).value


def test_moments_are_looked_up_as_by_the_library(pair: tuple[TradingCalendar, Any]) -> None:
    ours, oracle = pair
    for moment in pd.date_range("2020-12-23", "2020-12-29", freq="61min", tz="UTC"):
        at = moment.value
        assert ours.is_open_at(at) == oracle.is_trading_minute(moment)
        for direction in ("next", "previous"):
            expected = oracle.minute_to_session(moment, direction=direction)
            found = ours.minute_to_session(at, direction=direction)
            assert ours.session_date(found) == expected.date()


def test_new_york_is_the_recorded_list_half_days_included() -> None:
    calendar = get_calendar("XNYS")
    with (Path(__file__).parent / "xnys_sessions.csv").open() as file:
        recorded = list(csv.DictReader(file))
    first, last = calendar.session_range(recorded[0]["session"], recorded[-1]["session"])

    def written(at: int) -> str:
        return from_ns(at).strftime("%Y-%m-%dT%H:%MZ")

    assert recorded == [
        {
            "session": str(calendar.session_date(index)),
            "open_utc": written(calendar.session_open(index)),
            "close_utc": written(calendar.session_close(index)),
        }
        for index in range(first, last + 1)
    ]


@pytest.mark.parametrize(
    ("market", "day", "open_utc", "morning_utc"),
    [
        ("XNYS", date(2021, 3, 12), (14, 30), (13, 45)),
        ("XNYS", date(2021, 3, 15), (13, 30), (12, 45)),
        ("XLON", date(2021, 3, 26), (8, 0), (7, 15)),
        ("XLON", date(2021, 3, 29), (7, 0), (6, 15)),
    ],
)
def test_summer_time_moves_the_open(
    market: str, day: date, open_utc: tuple[int, int], morning_utc: tuple[int, int]
) -> None:
    calendar = get_calendar(market)
    index = calendar.session_index(day)
    year, month, number = day.timetuple()[:3]
    opens = datetime(year, month, number, *open_utc, tzinfo=UTC)
    morning = datetime(year, month, number, *morning_utc, tzinfo=UTC)
    assert from_ns(calendar.session_open(index)) == opens
    assert from_ns(calendar.before_trading_start(index)) == morning


def test_futures_wait_for_the_last_close_before_their_morning() -> None:
    calendar = get_calendar("us_futures")
    tuesday = calendar.session_index(date(2021, 3, 9))
    assert calendar.before_trading_start(tuesday) == calendar.session_close(tuesday - 1)


def test_a_calendar_of_the_library_is_converted_whatever_its_side() -> None:
    left = exchange_calendars.get_calendar(
        "XHKG", start="2021-01-04", end="2021-02-26", side="left"
    )
    ours = from_exchange_calendar(left)
    full = get_calendar("XHKG")
    day = ours.session_index("2021-02-11")
    assert len(ours) == 20 + 18  # the weekdays of two months but for 12 and 15 February
    assert ours.minutes(day).tolist() == full.minutes(full.session_index("2021-02-11")).tolist()


def test_zipline_runs_through_the_break() -> None:
    calendar = get_calendar("XHKG")
    run = zipline_hours(calendar)
    day = calendar.session_index("2021-02-08")
    half_day = calendar.session_index("2021-02-11")
    clock = axis_of(run, "1m")
    bars = [stop - first for first, stop in map(clock.session_bounds, (day, half_day))]
    assert bars == [390, 150]
    assert [len(run.minutes(session)) for session in (day, half_day)] == [330, 150]
    assert run.early_close[half_day]


@pytest.mark.parametrize(
    ("at", "is_open"),
    [("04:00", True), ("04:01", False), ("05:00", False), ("05:01", True), ("08:01", False)],
)
def test_the_market_stays_closed_in_its_break(at: str, *, is_open: bool) -> None:
    run = zipline_hours(get_calendar("XHKG"))
    assert run.is_open_at(to_ns(f"2021-02-08T{at}")) is is_open


def test_zipline_trades_futures_by_day_only() -> None:
    run = zipline_hours(get_calendar("us_futures"))
    day = run.session_index("2021-03-08")
    assert from_ns(run.first_minute(day)) == datetime(2021, 3, 8, 11, 31, tzinfo=UTC)
    assert from_ns(run.last_minute(day)) == datetime(2021, 3, 8, 22, 0, tzinfo=UTC)


def test_zipline_keeps_the_hours_of_other_markets() -> None:
    assert zipline_hours(get_calendar("XNYS")) is get_calendar("XNYS")
