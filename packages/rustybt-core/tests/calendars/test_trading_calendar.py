"""A calendar of three sessions, written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from rustybt.calendars import TradingCalendar, from_ns, to_day, to_ns
from rustybt.calendars.trading_calendar import Direction
from rustybt.errors import InvalidArgument, NotASession, SessionOutOfRange


def utc(text: str) -> int:
    return to_ns(datetime.strptime(f"2024-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC))


# Thursday and Friday 10:00 to 10:06 with a break from 10:02 to 10:04, Monday 10:00 to 10:02.
SESSIONS = [to_day(date(2024, 1, day)) for day in (4, 5, 8)]
OPENS = [utc("04 10:00"), utc("05 10:00"), utc("08 10:00")]
CLOSES = [utc("04 10:06"), utc("05 10:06"), utc("08 10:02")]
PAUSES = [utc("04 10:02"), utc("05 10:02"), 0]
RESUMES = [utc("04 10:04"), utc("05 10:04"), 0]


def market(
    sessions: Sequence[int] = SESSIONS,
    opens: Sequence[int] = OPENS,
    closes: Sequence[int] = CLOSES,
    pauses: Sequence[int] = PAUSES,
    resumes: Sequence[int] = RESUMES,
) -> TradingCalendar:
    return TradingCalendar(
        name="SHORT",
        tz=ZoneInfo("UTC"),
        sessions=sessions,
        opens=opens,
        closes=closes,
        break_starts=pauses,
        break_ends=resumes,
        early_close=[False, False, True],
    )


def times(labels: Iterable[int]) -> list[str]:
    return [from_ns(int(label)).strftime("%d %H:%M") for label in labels]


def test_minutes_are_labelled_by_their_end_and_leave_the_break_out() -> None:
    assert times(market().minutes(0)) == ["04 10:01", "04 10:02", "04 10:05", "04 10:06"]
    assert times(market().minutes(2)) == ["08 10:01", "08 10:02"]
    assert times([market().first_minute(1), market().last_minute(1)]) == ["05 10:01", "05 10:06"]


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("04 10:00", False),
        ("04 10:01", True),
        ("04 10:02", True),
        ("04 10:03", False),
        ("04 10:04", False),
        ("04 10:05", True),
        ("04 10:06", True),
        ("04 10:07", False),
        ("08 10:02", True),
        ("08 10:03", False),
    ],
)
def test_open_is_every_trading_minute_and_nothing_else(at: str, is_open: bool) -> None:
    assert market().is_open_at(utc(at)) is is_open


@pytest.mark.parametrize(
    ("at", "following", "previous"),
    [
        ("04 10:00", 0, None),
        ("04 10:01", 0, 0),
        ("04 10:03", 0, 0),
        ("04 10:06", 0, 0),
        ("04 10:07", 1, 0),
        ("05 10:00", 1, 0),
        ("06 12:00", 2, 1),
        ("08 10:02", 2, 2),
        ("08 10:03", None, 2),
    ],
)
def test_a_label_belongs_to_its_session_or_the_nearest(
    at: str, following: int | None, previous: int | None
) -> None:
    calendar = market()
    wanted: list[tuple[Direction, int | None]] = [("next", following), ("previous", previous)]
    for direction, expected in wanted:
        if expected is None:
            with pytest.raises(SessionOutOfRange):
                calendar.minute_to_session(utc(at), direction=direction)
        else:
            assert calendar.minute_to_session(utc(at), direction=direction) == expected
    inside = following is not None and following == previous
    if inside:
        assert calendar.minute_to_session(utc(at), direction="exact") == following
    else:
        with pytest.raises(NotASession):
            calendar.minute_to_session(utc(at), direction="exact")
    labels = np.array([utc(at)])
    assert calendar.minutes_to_sessions(labels).tolist() == [following if inside else -1]


def test_a_label_on_another_day_than_the_sessions_is_out_of_range() -> None:
    with pytest.raises(SessionOutOfRange, match="from 2024-01-04 to 2024-01-08"):
        market().minute_to_session(utc("02 10:01"))
    with pytest.raises(SessionOutOfRange):
        market().minute_to_session(utc("09 10:01"), direction="previous")


def test_sessions_are_found_by_day() -> None:
    calendar = market()
    assert [calendar.session_index(date(2024, 1, day)) for day in (4, 5, 8)] == [0, 1, 2]
    assert calendar.session_index("2024-01-06", direction="next") == 2
    assert calendar.session_index("2024-01-07", direction="previous") == 1
    assert calendar.session_index("2024-01-05", direction="previous") == 1
    assert calendar.session_date(2) == date(2024, 1, 8)
    with pytest.raises(NotASession, match="2024-01-06 is no session of calendar SHORT"):
        calendar.session_index("2024-01-06")


@pytest.mark.parametrize("direction", ["exact", "next", "previous"])
@pytest.mark.parametrize("day", ["2024-01-03", "2024-01-09"])
def test_a_day_outside_the_calendar_is_no_guess(day: str, direction: Direction) -> None:
    with pytest.raises(SessionOutOfRange, match=day):
        market().session_index(day, direction=direction)


def test_a_range_of_days_is_a_range_of_sessions() -> None:
    assert market().session_range("2024-01-05", "2024-01-08") == (1, 2)
    assert market().session_range("2024-01-04", "2024-01-07") == (0, 1)
    with pytest.raises(InvalidArgument, match="no session between"):
        market().session_range("2024-01-06", "2024-01-07")


def test_sessions_between_two_moments_have_a_label_there() -> None:
    calendar = market()
    assert calendar.sessions_between(utc("04 10:05"), utc("05 10:01")) == range(2)
    assert calendar.sessions_between(utc("04 10:06"), utc("05 10:00")) == range(1, 1)
    assert calendar.sessions_between(utc("04 10:06"), utc("09 00:00")) == range(1, 3)


def test_the_morning_is_45_minutes_before_the_open() -> None:
    assert times([market().before_trading_start(1)]) == ["05 09:15"]


def test_the_morning_is_never_before_the_last_close() -> None:
    calendar = market(closes=[utc("05 09:30"), *CLOSES[1:]], pauses=[0] * 3, resumes=[0] * 3)
    assert times([calendar.before_trading_start(1)]) == ["05 09:30"]


def test_a_calendar_shows_what_it_covers() -> None:
    assert repr(market()) == "<TradingCalendar SHORT: 3 sessions from 2024-01-04 to 2024-01-08>"


def test_tables_cannot_be_changed() -> None:
    calendar = market()
    for column in (calendar.sessions, calendar.opens, calendar.closes, calendar.early_close):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


@pytest.mark.parametrize(
    "columns",
    [
        {"sessions": [], "opens": [], "closes": [], "pauses": [], "resumes": []},
        {"opens": OPENS[:2]},
        {"sessions": [SESSIONS[0], SESSIONS[0], SESSIONS[2]]},
        {"closes": [OPENS[0], *CLOSES[1:]]},
        {"closes": [OPENS[1] + 1, *CLOSES[1:]]},
        {"resumes": [PAUSES[0], *RESUMES[1:]]},
        {"pauses": [OPENS[0], *PAUSES[1:]]},
        {"resumes": [CLOSES[0], *RESUMES[1:]]},
        {"resumes": [*RESUMES[:2], utc("08 10:01")]},
    ],
    ids="-".join,
)
def test_tables_that_contradict_themselves_are_refused(columns: dict[str, list[int]]) -> None:
    with pytest.raises(InvalidArgument, match="SHORT"):
        market(**columns)
