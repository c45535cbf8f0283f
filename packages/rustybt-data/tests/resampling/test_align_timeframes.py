"""Bars of several lengths side by side: by hand, and without a look at the future."""

from decimal import Decimal

import polars as pl
import pytest
from bar_tables import minute, table
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rustybt.calendars import to_ns
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.resampling import aggregate, align_timeframes

# 09:30 to 11:30 in New York, in half hours.
HALF_HOURS = table(
    """
    AAA 2024-01-02T15:00 10.00 10.50  9.90 10.20 1
    AAA 2024-01-02T15:30 10.20 10.30  9.50 10.10 2
    AAA 2024-01-02T16:00 10.10 10.10 10.00 10.05 3
    AAA 2024-01-02T16:30 11.00 11.25 10.90 11.20 4
    BBB 2024-01-02T16:00  1.00  1.00  1.00  1.00 5
    """
)


def column(frame: pl.DataFrame, name: str) -> list[str | None]:
    return [None if value is None else str(value) for value in frame[name]]


def test_a_longer_bar_is_seen_when_it_is_complete() -> None:
    made = align_timeframes({"30m": HALF_HOURS, "1h": None}, "30m", calendar="XNYS")
    assert made.columns[:7] == HALF_HOURS.columns
    # The hour to 15:30 is there from 15:30 on; BBB has none yet.
    assert column(made, "close_1h") == [None, "10.10", "10.10", "11.20", None]
    assert column(made, "open_1h") == [None, "10.00", "10.00", "10.10", None]
    assert column(made, "volume_1h") == [None, "3", "3", "7", None]
    assert [t and f"{t:%H:%M}" for t in made["timestamp_1h"]] == [
        None, "15:30", "15:30", "16:30", None
    ]  # fmt: skip


def test_a_running_bar_grows_with_each_row() -> None:
    made = align_timeframes(
        {"30m": HALF_HOURS, "1h": None, "1d": None}, "30m", calendar="XNYS", partial="running"
    )
    assert column(made, "open_1h") == ["10.00", "10.00", "10.10", "10.10", "1.00"]
    assert column(made, "high_1h") == ["10.50", "10.50", "10.10", "11.25", "1.00"]
    assert column(made, "low_1h") == ["9.90", "9.50", "10.00", "10.00", "1.00"]
    assert column(made, "close_1h") == ["10.20", "10.10", "10.05", "11.20", "1.00"]
    assert column(made, "volume_1h") == ["1", "3", "3", "7", "5"]
    assert column(made, "volume_1d") == ["1", "3", "6", "10", "5"]
    assert column(made, "low_1d") == ["9.90", "9.50", "9.50", "9.50", "1.00"]
    assert column(made, "date_1d") == ["2024-01-02"] * 5


def test_a_session_is_seen_from_its_close_on_and_a_week_from_that_of_its_last() -> None:
    # Friday, 5 January 2024 closes at 21:00 UTC.
    fine = table(
        "\n".join(
            minute(at, price)
            for at, price in (
                ("2024-01-05T20:59", "1"),
                ("2024-01-05T21:00", "2"),
                ("2024-01-08T14:31", "3"),
            )
        )
    )
    days = table(minute("2024-01-04", "7") + "\n" + minute("2024-01-05", "8"))
    weeks = table(minute("2024-01-05", "9"))
    made = align_timeframes({"1m": fine, "1w": weeks, "1d": days}, "1m", calendar="XNYS")
    assert column(made, "close_1d") == ["7.00", "8.00", "8.00"]
    assert column(made, "close_1w") == [None, "9.00", "9.00"]
    # The longer ones follow in the order of their length.
    assert made.columns[7::6] == ["date_1d", "date_1w"]


def test_sessions_and_months() -> None:
    days = table("\n".join(minute(f"2024-{day}", "1") for day in ("03-27", "03-28", "04-01")))
    made = align_timeframes({"1d": days, "1mo": None}, "1d", calendar="XNYS")
    assert column(made, "date_1mo") == [None, "2024-03-28", "2024-03-28"]


def test_bars_labelled_by_their_begin_would_look_ahead_and_are_refused() -> None:
    hours = table(minute("2024-01-02T14:30", "1"))
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-02 14:30:00.*by their end"):
        align_timeframes({"30m": HALF_HOURS, "1h": hours}, "30m", calendar="XNYS")
    monday = table(minute("2024-01-01", "1"))
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-01.*no bar of 1w"):
        align_timeframes({"30m": HALF_HOURS, "1w": monday}, "30m", calendar="XNYS")


def test_what_does_not_fit_is_refused() -> None:
    frames = {"30m": HALF_HOURS, "1h": None}
    with pytest.raises(InvalidArgument, match="30m is shorter"):
        align_timeframes({**frames, "1h": HALF_HOURS}, "1h", calendar="XNYS")
    with pytest.raises(InvalidArgument, match="give the frame"):
        align_timeframes(frames, "1m", calendar="XNYS")
    with pytest.raises(InvalidArgument, match="partial"):
        align_timeframes(frames, "30m", calendar="XNYS", partial="yes")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="do not add up"):
        align_timeframes({**frames, "45m": None}, "30m", calendar="XNYS")
    twice = aggregate(HALF_HOURS, "1h", calendar="XNYS")
    with pytest.raises(DataValidationError, match="twice"):
        align_timeframes({**frames, "1h": pl.concat([twice, twice])}, "30m", calendar="XNYS")
    with pytest.raises(DataValidationError, match="a column date"):
        align_timeframes({**frames, "1d": twice}, "30m", calendar="XNYS")


prices = st.lists(st.integers(1, 999), min_size=8, max_size=40)


def five_minutes(closes: list[int]) -> pl.DataFrame:
    """Bars from 22:00 UTC on the last of January 2024 on, into the next day and month."""
    count = len(closes)
    begin = to_ns("2024-01-31T22:00:00Z")
    stamps = pl.Series([begin + (bar + 1) * 300_000_000_000 for bar in range(count)])
    numbers = pl.Series([Decimal(each) / 100 for each in closes]).cast(pl.Decimal(18, 2))
    return pl.DataFrame(
        {"timestamp": stamps.cast(pl.Datetime("ns", "UTC")), "symbol": ["AAA"] * count}
    ).with_columns(*(numbers.alias(name) for name in ("open", "high", "low", "close", "volume")))


@given(prices, prices, st.integers(0, 39), st.sampled_from([False, "running"]))
def test_the_future_changes_no_row(
    one: list[int], other: list[int], now: int, partial: object
) -> None:
    changed = one[: now + 1] + other
    made = [
        align_timeframes(
            {"5m": five_minutes(closes), "15m": None, "1h": None, "1d": None, "1mo": None},
            "5m",
            by="clock",
            partial=partial,  # type: ignore[arg-type]
        ).head(min(now + 1, len(one)))
        for closes in (one, changed)
    ]
    assert_frame_equal(made[0], made[1])


@given(prices)
def test_a_running_bar_ends_as_the_complete_one(closes: list[int]) -> None:
    fine = five_minutes(closes)
    running, complete = (
        align_timeframes({"5m": fine, "15m": None}, "5m", by="clock", partial=partial)
        for partial in ("running", False)
    )
    ends = fine["timestamp"] == running["timestamp_15m"]
    assert_frame_equal(running.filter(ends), complete.filter(ends))


def test_running_sums_that_leave_18_digits_are_refused_by_name() -> None:
    wide = HALF_HOURS.with_columns(pl.lit(Decimal("6e17")).cast(pl.Decimal(18, 0)).alias("volume"))
    with pytest.raises(DataValidationError, match=r"volume.*AAA at 2024-01-02 15:30:00.*18 digits"):
        align_timeframes({"30m": wide, "1h": None}, "30m", calendar="XNYS", partial="running")


def test_running_sums_never_wrap() -> None:
    # 12 x 9e17 = 1.08e19 leaves 64 bits.
    lines = "\n".join(minute(f"2024-01-02T15:{at}", "5", 9 * 10**17) for at in range(10, 22))
    with pytest.raises(DataValidationError, match=r"volume.*18 digits"):
        align_timeframes({"1m": table(lines), "1h": None}, "1m", calendar="XNYS", partial="running")
