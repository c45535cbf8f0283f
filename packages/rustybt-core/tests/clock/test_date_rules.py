"""Sessions that date rules select, by hand."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
import pytest

from rustybt.calendars import get_calendar
from rustybt.clock import DateRule, date_rules
from rustybt.errors import InvalidArgument


def selected(rule: DateRule, market: str, start: str, end: str) -> list[str]:
    calendar = get_calendar(market)
    first, last = calendar.session_range(start, end)
    chosen = np.flatnonzero(rule.selects(calendar))
    return [
        calendar.session_date(index).strftime("%m-%d")
        for index in chosen.tolist()
        if first <= index <= last
    ]


# XNYS was closed on 2020-12-25 (Friday) and on 2021-01-01 (Friday).
@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (date_rules.week_start(), ["12-21", "12-28", "01-04"]),
        (date_rules.week_start(3), ["12-24", "12-31", "01-07"]),
        (date_rules.week_start(4), ["01-08"]),
        (date_rules.week_end(), ["12-24", "12-31", "01-08"]),
        (date_rules.week_end(1), ["12-23", "12-30", "01-07"]),
        (date_rules.week_end(4), ["01-04"]),
        (date_rules.month_start(), ["01-04"]),
        (date_rules.month_start(4), ["01-08"]),
        (date_rules.month_start(21), ["12-31"]),
        (date_rules.month_start(22), []),
        (date_rules.month_end(), ["12-31"]),
        (date_rules.month_end(4), ["12-24"]),
    ],
)
def test_sessions_are_counted_and_holidays_are_none(rule: DateRule, days: list[str]) -> None:
    assert selected(rule, "XNYS", "2020-12-21", "2021-01-08") == days


def test_a_week_that_spans_two_years_is_one_week() -> None:
    # Week 53 of 2020 is Monday 28 December to Sunday 3 January.
    assert selected(date_rules.week_start(), "24/7", "2020-12-27", "2021-01-05") == [
        "12-28",
        "01-04",
    ]
    assert selected(date_rules.week_end(), "24/7", "2020-12-27", "2021-01-05") == ["12-27", "01-03"]


def test_every_day_selects_every_session() -> None:
    assert date_rules.every_day().selects(get_calendar("XNYS")).all()


@pytest.mark.parametrize("factory", ["month_start", "month_end", "week_start", "week_end"])
@pytest.mark.parametrize("offset", [-1, 23, 0.5, True, "1", None])
def test_an_offset_out_of_bounds_is_refused(factory: str, offset: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"days_offset was .* from 0 to"):
        getattr(date_rules, factory)(offset)


def test_weeks_have_five_sessions_at_most() -> None:
    with pytest.raises(InvalidArgument, match="from 0 to 4"):
        date_rules.week_start(5)


def test_a_whole_float_is_a_number_of_days() -> None:
    whole: Any = 2.0
    assert date_rules.week_start(whole) == date_rules.week_start(2)


@pytest.mark.parametrize("offset", range(23))
def test_every_month_long_enough_has_one_session(
    offset: int, months_of_london: list[list[date]]
) -> None:
    calendar = get_calendar("XLON")
    long_enough = [days for days in months_of_london if len(days) > offset]
    for rule, expected in (
        (date_rules.month_start(offset), [days[offset] for days in long_enough]),
        (date_rules.month_end(offset), [days[-1 - offset] for days in long_enough]),
    ):
        chosen = np.flatnonzero(rule.selects(calendar)).tolist()
        assert [calendar.session_date(index) for index in chosen] == expected


@pytest.fixture(scope="module")
def months_of_london() -> list[list[date]]:
    calendar = get_calendar("XLON")
    days = map(calendar.session_date, range(len(calendar)))
    return [list(month) for _, month in groupby(days, key=lambda day: (day.year, day.month))]
