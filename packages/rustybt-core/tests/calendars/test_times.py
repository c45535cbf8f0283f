"""Times as integers; expected values are counted by hand from 1970-01-01."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import Moment, from_day, from_ns, to_day, to_ns
from rustybt.errors import InvalidArgument

SECOND = 1_000_000_000
# 2021-03-14 is day 18700: 51 years of 365 days, 13 leap days, 31 + 28 + 13 days of 2021.
DAY = 51 * 365 + 13 + 31 + 28 + 13
NOON = DAY * 86_400 * SECOND + 12 * 3_600 * SECOND

SAME_NOON = [
    datetime(2021, 3, 14, 12),  # noqa: DTZ001 - without a zone it is UTC
    datetime(2021, 3, 14, 12, tzinfo=UTC),
    datetime(2021, 3, 14, 8, tzinfo=ZoneInfo("America/New_York")),
    datetime(2021, 3, 14, 17, 45, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    pd.Timestamp("2021-03-14 12:00"),
    pd.Timestamp("2021-03-14 08:00", tz="America/New_York"),
    np.datetime64("2021-03-14T12"),
    np.datetime64("2021-03-14T12:00:00.000000000"),
    "2021-03-14T12:00",
    "2021-03-14 08:00:00-04:00",
    NOON,
    np.int64(NOON),
]


@pytest.mark.parametrize("moment", SAME_NOON, ids=repr)
def test_every_kind_of_moment_is_read_exactly(moment: Moment) -> None:
    assert to_ns(moment) == NOON


@pytest.mark.parametrize("moment", SAME_NOON[:-2], ids=repr)
def test_the_day_of_a_moment_is_its_date_in_utc(moment: Moment) -> None:
    assert to_day(moment) == DAY


def test_a_date_is_its_midnight_in_utc() -> None:
    assert to_ns(date(2021, 3, 14)) == DAY * 86_400 * SECOND
    assert to_day(date(2021, 3, 14)) == DAY == to_day(DAY)
    assert from_day(DAY) == date(2021, 3, 14)


def test_nanoseconds_of_a_timestamp_are_kept() -> None:
    assert to_ns(pd.Timestamp("2021-03-14 12:00:00.123456789")) == NOON + 123_456_789


def test_times_before_the_epoch_count_down() -> None:
    assert to_ns(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1_000
    assert to_day(datetime(1969, 12, 31, 23, 59, tzinfo=UTC)) == -1


@pytest.mark.parametrize(
    "moment",
    [None, True, 1.5, pd.NaT, np.datetime64("NaT", "ns"), "14/03/2021", "", "yesterday"],
    ids=repr,
)
def test_what_is_no_time_is_refused_with_its_value(moment: Moment) -> None:
    with pytest.raises(InvalidArgument) as caught:
        to_ns(moment, field="start")
    assert caught.value.field == "start"
    assert repr(moment) in str(caught.value)


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_a_moment_survives_the_round_trip(moment: datetime) -> None:
    assert from_ns(to_ns(moment)) == moment.astimezone(UTC)


@given(st.dates())
def test_a_day_survives_the_round_trip(day: date) -> None:
    assert from_day(to_day(day)) == day
