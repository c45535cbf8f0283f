"""Where a reader's labels fall on the bars of a run."""

from datetime import date

import numpy as np
import pytest
from small_markets import at, weekdays

from rustybt.calendars import TradingCalendar, to_day
from rustybt.clock import StampAxis, axis_of
from rustybt.data.grid import row_grid, sessions_of

CALENDAR = weekdays("2020-01-06", 30)


def rows(resolution: str, first: int, stop: int, *moments: str) -> list[int]:
    grid = row_grid(axis_of(CALENDAR, resolution), first, stop, intraday=True)
    return list(grid.rows_of(np.array([at(moment) for moment in moments])))


def test_minutes_on_minutes_must_hit_the_label_or_lie_inside() -> None:
    found = rows(
        "1m", 0, 12,
        "2020-01-06 14:30", "2020-01-06 14:31", "2020-01-06 14:31:30", "2020-01-06 14:36",
        "2020-01-06 14:37", "2020-01-07 14:30", "2020-01-07 14:31",
    )  # fmt: skip
    assert found == [-1, 0, 1, 5, -1, -1, 6]


def test_minutes_on_longer_bars_of_which_the_last_is_short() -> None:
    found = rows("4m", 0, 2, "2020-01-06 14:30", "2020-01-06 14:31", "2020-01-06 14:34",
                 "2020-01-06 14:35", "2020-01-06 14:36", "2020-01-06 14:38")  # fmt: skip
    assert found == [-1, 0, 0, 1, 1, -1]


def test_minutes_on_sessions_leave_out_what_is_before_the_open() -> None:
    found = rows("1d", 0, 2, "2020-01-06 14:29", "2020-01-06 14:31", "2020-01-06 14:36",
                 "2020-01-06 20:00", "2020-01-07 14:33")  # fmt: skip
    assert found == [-1, 0, 0, -1, 1]


def test_days_on_sessions() -> None:
    grid = row_grid(axis_of(CALENDAR, "1d"), 4, 6, intraday=False)
    days = [to_day(date(2020, 1, day)) for day in (10, 11, 13)]
    assert grid.rows_of(np.array(days)).tolist() == [0, -1, 1]


def test_stamps_are_taken_as_they_are() -> None:
    stamps = [at("2020-01-06 14:30:10"), at("2020-01-06 14:30:11")]
    axis = StampAxis(CALENDAR, stamps, "100ms")
    grid = row_grid(axis, 0, 2, intraday=True)
    assert grid.rows_of(np.array([*stamps, stamps[1] + 1])).tolist() == [0, 1, -1]


def test_a_break_separates_bars() -> None:
    paused = TradingCalendar(
        name="PAUSED",
        tz=CALENDAR.tz,
        sessions=CALENDAR.sessions[:1],
        opens=CALENDAR.opens[:1],
        closes=CALENDAR.closes[:1],
        break_starts=[at("2020-01-06 14:32")],
        break_ends=[at("2020-01-06 14:34")],
    )
    grid = row_grid(axis_of(paused, "1m"), 0, 4, intraday=True)
    moments = ["2020-01-06 14:32", "2020-01-06 14:33", "2020-01-06 14:34", "2020-01-06 14:35"]
    assert grid.rows_of(np.array([at(moment) for moment in moments])).tolist() == [1, -1, -1, 2]


@pytest.mark.parametrize(
    ("resolution", "sessions"), [("1d", [1, 2, 3]), ("3m", [0, 1, 1]), ("1m", [0, 0, 0])]
)
def test_the_session_of_each_bar(resolution: str, sessions: list[int]) -> None:
    assert sessions_of(axis_of(CALENDAR, resolution), 1, 4).tolist() == sessions
