"""Bars by the clock, worked out by hand."""

from datetime import date

import pytest
from bar_tables import minute, table
from polars.testing import assert_frame_equal

from rustybt.calendars import from_ns, get_calendar
from rustybt.errors import InvalidArgument
from rustybt_data.resampling import aggregate, clock_days

#: zone, resolution, the end of a minute, the label of its bar.
HELD = [
    ("UTC", "1h", "2024-01-02T14:31", "2024-01-02T15:00"),
    ("UTC", "1h", "2024-01-02T15:00", "2024-01-02T15:00"),
    ("UTC", "1d", "2024-01-02T00:00", "2024-01-01"),
    ("UTC", "1w", "2024-01-06T12:00", "2024-01-07"),
    ("UTC", "1mo", "2024-02-03T12:00", "2024-02-29"),
    # Kolkata is 5:30 ahead: its hours end at the half hours of UTC, its day at 18:30.
    ("Asia/Kolkata", "1h", "2024-01-02T14:31", "2024-01-02T15:30"),
    ("Asia/Kolkata", "1d", "2024-01-02T18:30", "2024-01-02"),
    ("Asia/Kolkata", "1d", "2024-01-02T18:31", "2024-01-03"),
    # Midnight in New York is 05:00 UTC in winter and 04:00 in summer.
    ("America/New_York", "1d", "2024-01-03T05:00", "2024-01-02"),
    ("America/New_York", "1d", "2024-07-03T04:01", "2024-07-03"),
    # Sunday, 2024-03-10 has 23 hours there, 05:00 to 04:00 UTC: bars of 4 hours end at
    # 09:00, 13:00, 17:00, 21:00, 01:00 and, after 3 hours, at 04:00.
    ("America/New_York", "4h", "2024-03-10T05:01", "2024-03-10T09:00"),
    ("America/New_York", "4h", "2024-03-11T01:01", "2024-03-11T04:00"),
    ("America/New_York", "4h", "2024-03-11T04:01", "2024-03-11T08:00"),
    # Sunday, 2024-11-03 has 25, 04:00 to 05:00 UTC: the last bar, from 04:00, is an hour.
    ("America/New_York", "4h", "2024-11-04T04:00", "2024-11-04T04:00"),
    ("America/New_York", "4h", "2024-11-04T04:01", "2024-11-04T05:00"),
    ("America/New_York", "1d", "2024-11-04T05:00", "2024-11-03"),
]


@pytest.mark.parametrize(("zone", "to", "fine", "label"), HELD)
def test_a_bar_of_the_clock(zone: str, to: str, fine: str, label: str) -> None:
    bars = aggregate(table(minute(fine, "5")), to, by="clock", zone=zone, partial=True)
    assert_frame_equal(bars, table(minute(label, "5")))


def test_minutes_of_an_exchange_by_the_clock() -> None:
    # The session opens at 14:30: the first hour of the clock has half of it.
    fine = table(
        "\n".join(minute(f"2024-01-02T{at}", "5") for at in ("14:31", "15:00", "15:01", "16:00"))
    )
    hours = "\n".join(minute(f"2024-01-02T{at}", "5", 2) for at in ("15:00", "16:00"))
    assert_frame_equal(aggregate(fine, "1h", by="clock", from_="1m"), table(hours))


def test_days_of_utc_are_24_7() -> None:
    assert clock_days() is get_calendar("24/7")


def test_a_day_that_a_zone_skipped_is_no_session() -> None:
    # Samoa went from Thursday, 29 December 2011 to Saturday, 31 December.
    days = clock_days("Pacific/Apia")
    after = days.session_index(date(2011, 12, 29)) + 1
    assert days.session_date(after) == date(2011, 12, 31)
    assert from_ns(days.session_open(after)).isoformat() == "2011-12-30T10:00:00+00:00"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc"])
def test_a_zone_that_is_not_known(zone: str) -> None:
    with pytest.raises(InvalidArgument, match="zone"):
        clock_days(zone)
