"""Bars from a frame: what is read, how stamps are understood, what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from small_markets import MINUTE, Row, at, frame, weekdays

from rustybt.calendars import get_calendar, to_day
from rustybt.data.frame_reader import BarLabel, FrameReader
from rustybt.errors import DataValidationError, InvalidArgument, InvalidNumber

CALENDAR = weekdays("2020-01-06", 30)
SIDS = {"A": 1, "B": 2}
MONDAY, TUESDAY = to_day(date(2020, 1, 6)), to_day(date(2020, 1, 7))


def daily(bars: pl.DataFrame) -> FrameReader:
    return FrameReader(bars, resolution="1d", calendar=CALENDAR, sids=SIDS)


def minutes(bars: pl.DataFrame, bar_label: BarLabel = "end", resolution: str = "1m") -> FrameReader:
    return FrameReader(
        bars, resolution=resolution, calendar=CALENDAR, sids=SIDS, bar_label=bar_label
    )


BARS = frame(
    {
        "B": {"2020-01-07": (20, 21, 19, "20.5", 0), "2020-01-06": 20},
        "A": {"2020-01-06": (10, 12, 9, "11.25", 7), "2020-01-08": (None, None, None, None, None)},
    }
)


def test_bars_are_sorted_by_time_and_sid_as_coefficients_at_scale_8() -> None:
    reader = daily(BARS)
    assert (reader.price_scale, reader.volume_scale) == (8, 8)
    rows = reader.read([1, 2], MONDAY, TUESDAY + 1, ["close", "volume"]).rows()
    unit = 10**8
    assert rows == [
        (MONDAY, 1, 11.25 * unit, 7 * unit),
        (MONDAY, 2, 20 * unit, 100 * unit),
        (TUESDAY, 2, 20.5 * unit, 0),
    ]


def test_only_what_is_asked_for() -> None:
    reader = daily(BARS)
    assert reader.sids() == (1, 2)
    assert reader.read([2], TUESDAY, TUESDAY + 1).rows() == [
        (TUESDAY, 2, 20 * 10**8, 21 * 10**8, 19 * 10**8, 205 * 10**7, 0)
    ]
    assert reader.read([3], MONDAY, TUESDAY).is_empty()
    backwards = reader.read([1, 2], TUESDAY + 1, MONDAY, ["close"])
    assert backwards.is_empty()
    assert backwards.columns == ["at", "sid", "close"]


def test_the_span_of_the_data_and_of_each_asset() -> None:
    reader = daily(BARS)
    assert (reader.first_session, reader.last_session) == (date(2020, 1, 6), date(2020, 1, 8))
    assert reader.lives(CALENDAR) == {
        1: (date(2020, 1, 6), date(2020, 1, 8)),
        2: (date(2020, 1, 6), date(2020, 1, 7)),
    }


def test_the_newest_bar_with_a_volume() -> None:
    reader = daily(BARS)
    assert reader.last_traded(2, TUESDAY + 5) == MONDAY
    assert reader.last_traded(2, MONDAY) == MONDAY
    assert reader.last_traded(2, MONDAY - 1) is None


def test_decimal_frames_on_top() -> None:
    wide = daily(BARS).load_raw_arrays([2, 1], ["close"], date(2020, 1, 6), date(2020, 1, 7))
    assert wide["close"].columns == ["date", "2", "1"]
    assert wide["close"]["1"].to_list() == [Decimal("11.25"), None]


@pytest.mark.parametrize(
    "stamp",
    [
        date(2020, 1, 6),
        datetime(2020, 1, 6),  # noqa: DTZ001 - no zone means the date that is written
        datetime(2020, 1, 6, 21, tzinfo=UTC),
    ],
    ids=["date", "midnight", "close"],
)
def test_the_date_of_a_daily_stamp_is_its_session(stamp: date) -> None:
    bars = BARS.head(1).with_columns(timestamp=pl.lit(stamp))
    assert daily(bars).read([2], MONDAY, MONDAY + 1)["at"].to_list() == [MONDAY]


def test_a_daily_stamp_with_a_zone_means_the_date_there() -> None:
    midnight = pl.Series(["2020-01-06"]).str.to_datetime().dt.replace_time_zone("Asia/Tokyo")
    bars = BARS.head(1).with_columns(timestamp=midnight)
    assert daily(bars).first_session == date(2020, 1, 6)


def test_intraday_stamps_end_their_bars() -> None:
    bars = frame({"A": {"2020-01-06 14:31": 1, "2020-01-06 14:36": 2}}, intraday=True)
    labels = minutes(bars).read([1], 0, at("2020-01-07 00:00"))["at"].to_list()
    assert labels == [at("2020-01-06 14:31"), at("2020-01-06 14:36")]


def test_stamps_of_starts_are_moved_to_the_end() -> None:
    bars = frame({"A": {"2020-01-06 14:30": 1, "2020-01-06 14:35": 2}}, intraday=True)
    labels = minutes(bars, "start").read([1], 0, at("2020-01-07 00:00"))["at"].to_list()
    assert labels == [at("2020-01-06 14:31"), at("2020-01-06 14:36")]


def test_the_last_bar_of_a_session_may_be_shorter() -> None:
    # Six minutes in bars of four: one ends at 14:34, the other at the close, 14:36.
    bars = frame({"A": {"2020-01-06 14:30": 1, "2020-01-06 14:34": 2}}, intraday=True)
    reader = minutes(bars, "start", resolution="4m")
    labels = reader.read([1], 0, at("2020-01-07 00:00"))["at"].to_list()
    assert labels == [at("2020-01-06 14:34"), at("2020-01-06 14:36")]


def test_around_the_clock_midnight_ends_the_day() -> None:
    bars = frame({"A": {"2020-01-07 00:00": 1}}, intraday=True)
    reader = FrameReader(bars, resolution="1m", calendar=get_calendar("24/7"), sids=SIDS)
    assert reader.first_session == date(2020, 1, 6)


def test_bars_below_a_minute_need_only_lie_in_a_session() -> None:
    bars = frame({"A": {"2020-01-06 14:30:00.300": 1}}, intraday=True)
    labels = minutes(bars, resolution="100ms").read([1], 0, at("2020-01-07 00:00"))["at"]
    assert labels.to_list() == [at("2020-01-06 14:30") + 3 * MINUTE // 600]


def test_equal_bars_have_equal_fingerprints_in_any_order() -> None:
    assert daily(BARS).fingerprint() == daily(BARS.reverse()).fingerprint()
    changed = BARS.with_columns(volume=pl.lit("8"))
    assert daily(BARS).fingerprint() != daily(changed).fingerprint()


def one(row: Row, stamp: str = "2020-01-06") -> pl.DataFrame:
    return frame({"A": {stamp: row}})


@pytest.mark.parametrize(
    ("bars", "words"),
    [
        (BARS.drop("volume"), ["volume", "missing"]),
        (BARS.clear(), ["no bars"]),
        (pl.concat([BARS, BARS.head(1)]), ["row 4", "B", "twice"]),
        (one((1, 1, 1, -1, 1)), ["close", "-1", "row 0", "0 or more"]),
        (one((1, 1, 1, 1, -5)), ["volume", "-5"]),
        (one((2, 1, 3, 2, 1)), ["high", "below the low"]),
        (one((1, 1, 1, 1, 1), "2020-01-05"), ["2020-01-05", "no session of SMALL"]),
        (BARS.with_columns(timestamp=pl.lit(None, pl.Date)), ["timestamp", "every bar a time"]),
        (BARS.with_columns(timestamp=pl.lit("2020-01-06")), ["timestamp", "dates or times"]),
        (BARS.with_columns(symbol=pl.lit(None, pl.String)), ["symbol"]),
    ],
)
def test_a_frame_that_is_no_market_is_refused(bars: pl.DataFrame, words: list[str]) -> None:
    with pytest.raises(DataValidationError) as caught:
        daily(bars)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize("stamp", ["2020-01-06 14:30", "2020-01-06 14:31:30", "2020-01-05 14:31"])
def test_a_minute_outside_the_sessions_is_refused(stamp: str) -> None:
    with pytest.raises(DataValidationError, match=r'row 0: no 1m bar of SMALL ends then.*"start"'):
        minutes(frame({"A": {stamp: 1}}, intraday=True))


def test_minutes_need_times() -> None:
    with pytest.raises(DataValidationError, match="column of times"):
        minutes(BARS)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidNumber, match="close in row 0 was 'x'"):
        daily(one((1, 1, 1, "x", 1)))


def test_an_unknown_bar_label_is_refused() -> None:
    bars = frame({"A": {"2020-01-06 14:31": 1}}, intraday=True)
    with pytest.raises(InvalidArgument, match="bar_label was 'middle'"):
        minutes(bars, "middle")  # type: ignore[arg-type]
