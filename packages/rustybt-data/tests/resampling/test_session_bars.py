"""Bars by session, worked out by hand: half days, breaks, clocks that change, holidays."""

from datetime import UTC, datetime

import polars as pl
import pytest
from bar_tables import minute, table
from polars.testing import assert_frame_equal

from rustybt_data.resampling import aggregate


def made(fine: str, to: str, calendar: str, **options: object) -> pl.DataFrame:
    return aggregate(table(fine), to, calendar=calendar, partial=True, **options)  # type: ignore[arg-type]


def test_a_bar_is_the_first_the_highest_the_lowest_the_last_and_the_sum() -> None:
    # 2024-01-02, a winter day in New York: 09:30 is 14:30 UTC.
    fine = """
        AAA 2024-01-02T14:31 10.00 10.50  9.90 10.20 100
        AAA 2024-01-02T14:32 10.20 10.30  9.50 10.10   0
        AAA 2024-01-02T15:30 10.10 10.10 10.00 10.05  50
        AAA 2024-01-02T15:31 11.00 11.25 10.90 11.20   7
        BBB 2024-01-02T15:30  1.00  1.00  1.00  1.00   3
    """
    # The hour from 14:30 holds 14:31 to 15:30: open 10.00, high max(10.50, 10.30, 10.10),
    # low min(9.90, 9.50, 10.00), close 10.05, volume 100 + 0 + 50.
    coarse = """
        AAA 2024-01-02T15:30 10.00 10.50  9.50 10.05 150
        AAA 2024-01-02T16:30 11.00 11.25 10.90 11.20   7
        BBB 2024-01-02T15:30  1.00  1.00  1.00  1.00   3
    """
    assert_frame_equal(made(fine, "1h", "XNYS", from_="1m"), table(coarse))


#: calendar, resolution, the end of a minute, the end of the bar that holds it.
HELD = [
    # New York in winter, 14:30 to 21:00 UTC: hours from the open, the last one half an hour.
    ("XNYS", "1h", "2024-01-02T14:31", "2024-01-02T15:30"),
    ("XNYS", "1h", "2024-01-02T15:30", "2024-01-02T15:30"),
    ("XNYS", "1h", "2024-01-02T15:31", "2024-01-02T16:30"),
    ("XNYS", "1h", "2024-01-02T20:30", "2024-01-02T20:30"),
    ("XNYS", "1h", "2024-01-02T20:31", "2024-01-02T21:00"),
    ("XNYS", "1h", "2024-01-02T21:00", "2024-01-02T21:00"),
    # 390 minutes are 55 bars of 7 minutes, to 20:55, and one of 5.
    ("XNYS", "7m", "2024-01-02T20:55", "2024-01-02T20:55"),
    ("XNYS", "7m", "2024-01-02T20:56", "2024-01-02T21:00"),
    # Half days: the day after Thanksgiving 2024 closes at 13:00, which is 18:00 UTC;
    # the day before Independence Day closes at 13:00, which in summer is 17:00 UTC.
    ("XNYS", "1h", "2024-11-29T17:31", "2024-11-29T18:00"),
    ("XNYS", "4h", "2024-11-29T14:31", "2024-11-29T18:00"),
    ("XNYS", "2h", "2024-07-03T15:31", "2024-07-03T17:00"),
    # Clocks go forward on Sunday, 2024-03-10: Friday opens at 14:30 UTC, Monday at 13:30.
    ("XNYS", "1h", "2024-03-08T14:31", "2024-03-08T15:30"),
    ("XNYS", "1h", "2024-03-11T13:31", "2024-03-11T14:30"),
    ("XNYS", "1h", "2024-03-11T19:31", "2024-03-11T20:00"),
    # And back on Sunday, 2024-11-03: Friday closes at 20:00 UTC, Monday at 21:00.
    ("XNYS", "1h", "2024-11-01T19:59", "2024-11-01T20:00"),
    ("XNYS", "1h", "2024-11-04T20:59", "2024-11-04T21:00"),
    # Hong Kong, 01:30 to 04:00 and 05:00 to 08:00 UTC: the break ends a bar.
    ("XHKG", "1h", "2024-01-02T03:30", "2024-01-02T03:30"),
    ("XHKG", "1h", "2024-01-02T03:31", "2024-01-02T04:00"),
    ("XHKG", "1h", "2024-01-02T05:01", "2024-01-02T06:00"),
    ("XHKG", "4h", "2024-01-02T01:31", "2024-01-02T04:00"),
    ("XHKG", "4h", "2024-01-02T05:01", "2024-01-02T08:00"),
    # Christmas Eve 2024 has a morning alone there.
    ("XHKG", "2h", "2024-12-24T03:31", "2024-12-24T04:00"),
    # 24/7: the label 00:00 ends the day before; 7 hours do not divide a day.
    ("24/7", "1h", "2024-02-29T00:00", "2024-02-29T00:00"),
    ("24/7", "7h", "2024-02-28T21:01", "2024-02-29T00:00"),
    ("24/7", "7h", "2024-02-29T00:01", "2024-02-29T07:00"),
]


@pytest.mark.parametrize(("calendar", "to", "fine", "coarse"), HELD)
def test_a_bar_is_labelled_by_its_end(calendar: str, to: str, fine: str, coarse: str) -> None:
    expected = table(minute(coarse, "5"))
    assert_frame_equal(made(minute(fine, "5"), to, calendar), expected)


#: calendar, resolution, the end of a minute, the session that labels the bar.
SESSIONS = [
    ("XNYS", "1d", "2024-01-02T14:31", "2024-01-02"),
    ("XNYS", "1d", "2024-01-02T21:00", "2024-01-02"),
    ("XHKG", "1d", "2024-01-02T04:00", "2024-01-02"),
    ("XHKG", "1d", "2024-01-02T05:01", "2024-01-02"),
    ("24/7", "1d", "2024-03-01T00:00", "2024-02-29"),
    ("24/7", "1d", "2024-03-01T00:01", "2024-03-01"),
    # Weeks end on Friday; on Thursday where Friday is Good Friday; on Sunday on 24/7.
    ("XNYS", "1w", "2024-01-02T14:31", "2024-01-05"),
    ("XNYS", "1w", "2024-03-25T13:31", "2024-03-28"),
    ("24/7", "1w", "2024-03-25T13:31", "2024-03-31"),
    # Months by their last session: 31 March 2024 was a Sunday after Good Friday.
    ("XNYS", "1mo", "2024-03-01T14:31", "2024-03-28"),
    ("24/7", "1mo", "2024-02-01T00:01", "2024-02-29"),
    ("24/7", "1mo", "2024-02-01T00:00", "2024-01-31"),
]


@pytest.mark.parametrize(("calendar", "to", "fine", "session"), SESSIONS)
def test_a_long_bar_is_labelled_by_its_last_session(
    calendar: str, to: str, fine: str, session: str
) -> None:
    expected = table(minute(session, "5"))
    assert_frame_equal(made(minute(fine, "5"), to, calendar), expected)


def test_days_to_weeks_over_holidays() -> None:
    # 1 January 2024 and 15 January (Martin Luther King) are holidays.
    fine = """
        AAA 2024-01-02 10.00 10.60 10.00 10.50 100
        AAA 2024-01-03 10.50 10.50  9.80 10.00 110
        AAA 2024-01-04 10.00 10.20  9.90 10.10 120
        AAA 2024-01-05 10.10 10.40 10.10 10.30 130
        AAA 2024-01-08 10.30 11.00 10.30 10.90 140
        AAA 2024-01-12 10.90 12.00 10.80 11.50 150
        AAA 2024-01-16 11.50 11.50 11.00 11.10 160
        AAA 2024-01-19 11.10 11.40 10.70 11.20 170
    """
    # 100 + 110 + 120 + 130 = 460; 140 + 150 = 290; 160 + 170 = 330.
    weeks = """
        AAA 2024-01-05 10.00 10.60  9.80 10.30 460
        AAA 2024-01-12 10.30 12.00 10.30 11.50 290
        AAA 2024-01-19 11.50 11.50 10.70 11.20 330
    """
    assert_frame_equal(made(fine, "1w", "XNYS", from_="1d"), table(weeks))


def test_days_to_months() -> None:
    fine = """
        AAA 2024-03-01 10.00 10.60 10.00 10.50 100
        AAA 2024-03-27 10.50 10.70  9.80 10.00 110
        AAA 2024-03-28 10.00 10.20  9.90 10.10 120
        AAA 2024-04-01 10.10 10.40 10.10 10.30 130
        AAA 2024-04-30 10.30 11.00 10.30 10.90 140
    """
    months = """
        AAA 2024-03-28 10.00 10.70  9.80 10.10 330
        AAA 2024-04-30 10.10 11.00 10.10 10.90 270
    """
    assert_frame_equal(made(fine, "1mo", "XNYS"), table(months))


def test_what_is_missing_is_passed_over() -> None:
    fine = """
        AAA 2024-01-02T14:31     -     -     -     -   -
        AAA 2024-01-02T14:32 10.00 10.50     - 10.20 100
        AAA 2024-01-02T14:33     - 10.30  9.50     -   5
        BBB 2024-01-02T14:33     -     -     -     -   -
    """
    coarse = """
        AAA 2024-01-02T15:30 10.00 10.50  9.50 10.20 105
        BBB 2024-01-02T15:30     -     -     -     -   0
    """
    assert_frame_equal(made(fine, "1h", "XNYS"), table(coarse))


def test_columns_beside_bars_keep_their_newest_value() -> None:
    fine = table("\n".join(minute(f"2024-01-02T14:3{at}", "5") for at in (1, 2, 3))).with_columns(
        pl.Series("bid", ["4.1", "4.2", None]).cast(pl.Decimal(18, 3)),
        pl.Series("funding_rate", [None, "-0.0001", "0.0002"]).cast(pl.Decimal(18, 6)),
        pl.Series("trades", [1, 2, 3]),
    )
    made = aggregate(fine, "1h", calendar="XNYS", partial=True)
    assert made.columns[-2:] == ["bid", "funding_rate"]
    assert [str(value) for value in made.row(0)[-2:]] == ["4.200", "0.000200"]


def test_only_complete_bars_unless_others_are_asked_for() -> None:
    # The data reach to 16:00 for BBB: the hour to 15:30 is over for AAA, too; that to 16:30 is not.
    fine = table(
        "\n".join(
            [
                minute("2024-01-02T15:29", "1"),
                minute("2024-01-02T15:45", "2"),
                minute("2024-01-02T16:00", "3", symbol="BBB"),
            ]
        )
    )
    first = table(minute("2024-01-02T15:30", "1"))
    hours = aggregate(fine, "1h", calendar="XNYS")
    assert_frame_equal(hours, first)
    assert aggregate(fine, "1h", calendar="XNYS", partial=True).height == 3
    assert aggregate(fine, "1d", calendar="XNYS").is_empty()


def test_who_knows_how_far_the_data_go_says_so() -> None:
    fine = table(minute("2024-01-02T20:58", "1"))  # no trade in the last minutes of the session
    close = datetime(2024, 1, 2, 21, tzinfo=UTC)
    assert aggregate(fine, "1d", calendar="XNYS").is_empty()
    day = table(minute("2024-01-02", "1"))
    assert_frame_equal(aggregate(fine, "1d", calendar="XNYS", until=close), day)
