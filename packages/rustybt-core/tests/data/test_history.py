"""Windows of history in the Polars view. Expected numbers are worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from small_markets import Run, bundle, dividend, equities, frame, run, split, weekdays

from rustybt.clock import axis_of
from rustybt.data.bar_data import BarData
from rustybt.data.frame_reader import FrameReader
from rustybt.data.portal import PolarsDataPortal
from rustybt.errors import (
    HistoryWindowStartsBeforeData,
    IncompatibleHistoryFrequency,
    InvalidArgument,
)
from rustybt.values import DecimalArithmetic, FloatArithmetic

CALENDAR = weekdays("2020-01-06", 60)
A, B = equities("AB", B=("2020-01-07", "2020-01-14"))

DAILY = frame(
    {
        "A": {
            "2020-01-06": (100, 102, 99, 101, 1000),
            "2020-01-07": (101, 103, 100, 102, 2001),
            "2020-01-09": (51, 52, 50, 50, 500),
            "2020-01-13": (48, 49, 47, 48, 600),
            "2020-01-14": (48, 50, 48, "49.5", 700),
        },
        "B": dict.fromkeys(("2020-01-07", "2020-01-08", "2020-01-13"), 7),
    }
)
EVENTS = (split(1, "2020-01-09", "1/2"), dividend(1, "2020-01-14", "2.40"))


def daily(**options: Any) -> tuple[Run, BarData]:
    here = run(bundle(CALENDAR, [A, B], daily=DAILY, events=EVENTS), CALENDAR, **options)
    return here, BarData(here.portal)


def numbers(series: pl.Series) -> list[str | None]:
    return [None if value is None else f"{value.normalize():f}" for value in series]


def test_one_field_of_one_asset_is_a_series_named_by_the_field() -> None:
    here, data = daily()
    here.on("2020-01-07")
    window = data.history(A, "close", 2, "1d")
    assert window.name == "close"
    assert window.dtype == pl.Decimal(38, 8)
    assert numbers(window) == ["101", "102"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("open", ["50", "50.5", None, "51"]),
        ("high", ["51", "51.5", None, "52"]),
        ("low", ["49.5", "50", None, "50"]),
        ("close", ["50.5", "51", None, "50"]),
        ("price", ["50.5", "51", "51", "50"]),
        ("volume", ["2000", "4002", "0", "500"]),
    ],
)
def test_a_split_moves_earlier_bars_to_the_scale_of_today_s_shares(
    field: str, values: list[str | None]
) -> None:
    here, data = daily()
    here.on("2020-01-09")
    assert numbers(data.history(A, field, 4, "1d")) == values


def test_before_a_split_is_effective_nothing_is_adjusted() -> None:
    here, data = daily()
    here.on("2020-01-08")
    assert numbers(data.history(A, "close", 3, "1d")) == ["101", "102", None]


def test_factors_multiply_and_are_rounded_once_to_the_column_s_scale() -> None:
    # 2.40 on the close of 48 is 5 %: earlier prices x 0.95, those before the split x 0.475.
    here, data = daily()
    here.on("2020-01-14")
    assert numbers(data.history(A, "close", 7, "1d")) == [
        "47.975", "48.45", None, "47.5", None, "45.6", "49.5",
    ]  # fmt: skip


def test_zipline_rounds_adjusted_prices_to_three_decimals() -> None:
    market = bundle(
        CALENDAR, [A], daily=DAILY.filter(symbol="A"), events=[split(1, "2020-01-08", "2/3")]
    )
    windows = []
    for places in (None, 3):
        here = run(market, CALENDAR, adjusted_history_decimals=places)
        here.on("2020-01-09")
        windows.append(numbers(BarData(here.portal).history(A, "close", 4, "1d")))
    assert windows == [
        ["67.33333333", "68", None, "50"],
        ["67.333", "68", None, "50"],
    ]


def test_the_last_known_price_is_looked_up_before_the_window_and_ends_with_the_asset() -> None:
    here, data = daily()
    here.on("2020-01-15")
    window = data.history([A, B], "price", 4, "1d")
    assert window.columns == ["timestamp", "A", "B"]
    assert window["timestamp"].to_list() == [date(2020, 1, day) for day in (10, 13, 14, 15)]
    # A closed at 50 on the 9th: x 0.95 since the dividend. B's last session is the 14th.
    assert numbers(window["A"]) == ["47.5", "45.6", "49.5", "49.5"]
    assert numbers(window["B"]) == ["7", "7", "7", None]


def test_several_fields_of_one_asset() -> None:
    here, data = daily()
    here.on("2020-01-07")
    window = data.history(A, ["close", "volume"], 2, "1d")
    assert window.columns == ["timestamp", "close", "volume"]
    assert numbers(window["volume"]) == ["1000", "2001"]


@pytest.mark.parametrize("frequency", ["1d", "1w"])
def test_a_list_of_one_field_gives_a_column_of_that_field(frequency: str) -> None:
    here, data = daily()
    here.on("2020-01-07")
    window = data.history(A, ["close"], 1, frequency)
    assert window.columns == ["timestamp", "close"]
    assert numbers(window["close"]) == ["102"]


def test_several_fields_of_several_assets_are_long() -> None:
    here, data = daily()
    here.on("2020-01-07")
    window = data.history([B, A], ["close", "volume"], 2, "1d")
    assert window.columns == ["timestamp", "symbol", "close", "volume"]
    assert window.select("timestamp", "symbol").rows() == [
        (date(2020, 1, 6), "B"), (date(2020, 1, 6), "A"),
        (date(2020, 1, 7), "B"), (date(2020, 1, 7), "A"),
    ]  # fmt: skip
    assert numbers(window["close"]) == [None, "101", "7", "102"]
    assert numbers(window["volume"]) == ["0", "1000", "100", "2001"]


def test_floats_on_request_and_in_float_mode() -> None:
    here, data = daily()
    here.on("2020-01-14")
    floats = data.history(A, "close", 2, "1d", dtype="float64")
    assert floats.to_list() == [45.6, 49.5]
    other, float_data = daily(arithmetic=FloatArithmetic())
    other.on("2020-01-14")
    assert float_data.history(A, "close", 3, "1d").to_list() == [None, 45.6, 49.5]


def test_assets_that_share_a_symbol_are_told_apart() -> None:
    old, new = equities(["A", "A"])
    market = bundle(CALENDAR, [old, new], daily=DAILY.filter(symbol="A"))
    here = run(market, CALENDAR)
    here.on("2020-01-07")
    window = BarData(here.portal).history([old, new], "close", 1, "1d")
    assert window.columns == ["timestamp", "A#1", "A#2"]


def test_the_same_list_with_other_content_is_another_window() -> None:
    here, data = daily()
    here.on("2020-01-07")
    assets = [A]
    assert data.history(assets, "close", 1, "1d").columns == ["timestamp", "A"]
    assets.append(B)
    assert data.history(assets, "close", 1, "1d").columns == ["timestamp", "A", "B"]


# ---------------------------------------------------------------------- before the open


def test_before_the_open_the_window_ends_with_the_last_session_on_today_s_scale() -> None:
    here, data = daily()
    here.on("2020-01-08")
    here.before("2020-01-09")
    window = data.history([A], ["close", "volume"], 2, "1d")
    assert window["timestamp"].to_list() == [date(2020, 1, 7), date(2020, 1, 8)]
    assert numbers(window["close"]) == ["51", None]
    assert numbers(window["volume"]) == ["4002", "0"]


def test_zipline_s_daily_runs_see_today_s_bar_before_the_open() -> None:
    here, data = daily(before_open_sees_today=True)
    here.before("2020-01-09")
    assert numbers(data.history(A, "close", 3, "1d")) == ["51", None, "50"]


# ---------------------------------------------------------------------- minutes


MINUTES = frame(
    {
        "A": {
            "2020-01-08 14:31": (60, 62, 60, 61, 5),
            "2020-01-08 14:35": (61, 61, 58, 59, 7),
            "2020-01-09 14:32": (30, 33, 29, 32, 10),
            "2020-01-09 14:34": (32, 34, 31, 31, 20),
        },
        "B": {"2020-01-08 14:31": 8},
    },
    intraday=True,
)


def intraday(resolution: str = "1m", *, stored: bool = True, **options: Any) -> tuple[Run, BarData]:
    market = bundle(
        CALENDAR, [A, B], daily=DAILY if stored else None, minute=MINUTES, events=EVENTS[:1]
    )
    here = run(market, CALENDAR, resolution, **options)
    return here, BarData(here.portal)


def test_minutes_cross_sessions_and_are_adjusted_there() -> None:
    here, data = intraday()
    here.bar("2020-01-09 14:32")
    window = data.history([A], "close", 4, "1m")
    assert window["timestamp"].to_list() == [
        datetime(2020, 1, 8, 14, 35, tzinfo=UTC),
        datetime(2020, 1, 8, 14, 36, tzinfo=UTC),
        datetime(2020, 1, 9, 14, 31, tzinfo=UTC),
        datetime(2020, 1, 9, 14, 32, tzinfo=UTC),
    ]
    assert numbers(window["A"]) == ["29.5", None, None, "32"]
    assert numbers(data.history(A, "price", 4, "1m")) == ["29.5", "29.5", "29.5", "32"]


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        ("14:31", [None, None, None, None, "51", "0"]),
        ("14:32", ["30", "33", "29", "32", "32", "10"]),
        ("14:33", ["30", "33", "29", "32", "32", "10"]),
        ("14:34", ["30", "34", "29", "31", "31", "30"]),
    ],
)
def test_today_s_daily_bar_is_made_of_the_minutes_so_far(
    moment: str, today: list[str | None]
) -> None:
    here, data = intraday()
    here.bar(f"2020-01-09 {moment}")
    fields = ("open", "high", "low", "close", "price", "volume")
    windows = [data.history(A, field, 3, "1d") for field in fields]
    assert [numbers(window)[-1] for window in windows] == today
    # The days before are the stored rows: 102 on the 7th halved, no row on the 8th.
    assert numbers(windows[3])[:2] == ["51", None]
    assert numbers(windows[4])[:2] == ["51", "51"]


def test_without_stored_days_they_are_made_of_minutes() -> None:
    here, data = intraday(stored=False)
    here.bar("2020-01-09 14:32")
    window = data.history(A, ["open", "high", "low", "close", "volume"], 2, "1d")
    assert [numbers(window[field]) for field in window.columns[1:]] == [
        ["30", "30"], ["31", "33"], ["29", "29"], ["29.5", "32"], ["24", "10"],
    ]  # fmt: skip


def test_frames_of_days_in_a_run_of_minutes() -> None:
    here, data = intraday()
    here.bar("2020-01-09 14:32")
    window = data.history([A, B], "price", 2, "1d")
    assert window["timestamp"].to_list() == [date(2020, 1, 8), date(2020, 1, 9)]
    assert numbers(window["B"]) == ["7", "7"]


def test_before_the_open_of_a_run_of_minutes() -> None:
    here, data = intraday()
    here.bar("2020-01-08 14:36")
    here.before("2020-01-09")
    assert numbers(data.history(A, "price", 2, "1m")) == ["29.5", "29.5"]
    # The standard rules show the stored day, which has no row; Zipline's remake it of minutes.
    assert numbers(data.history(A, "close", 2, "1d")) == ["51", None]
    zipline, zipline_data = intraday(before_open_sees_today=True)
    zipline.before("2020-01-09")
    assert numbers(zipline_data.history(A, "close", 2, "1d")) == ["51", "29.5"]


# ---------------------------------------------------------------------- longer bars


def test_longer_bars_end_at_the_present() -> None:
    here, data = intraday()
    here.bar("2020-01-09 14:32")
    window = data.history(A, ["open", "high", "low", "close", "volume", "price"], 3, "3m")
    assert window["timestamp"].to_list() == [
        datetime(2020, 1, 8, 14, 33, tzinfo=UTC),
        datetime(2020, 1, 8, 14, 36, tzinfo=UTC),
        datetime(2020, 1, 9, 14, 33, tzinfo=UTC),
    ]
    assert [numbers(window[field]) for field in window.columns[1:]] == [
        ["30", "30.5", "30"], ["31", "30.5", "33"], ["30", "29", "29"],
        ["30.5", "29.5", "32"], ["10", "14", "10"], ["30.5", "29.5", "32"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frequency", "labels", "closes", "volumes"),
    [
        ("1w", [date(2020, 1, 10), date(2020, 1, 17)], ["47.5", "49.5"], ["6502", "1300"]),
        ("1mo", [date(2020, 1, 31)], ["49.5"], ["7802"]),
    ],
)
def test_weeks_and_months_are_labelled_by_their_last_session(
    frequency: str, labels: list[date], closes: list[str], volumes: list[str]
) -> None:
    here, data = daily()
    here.on("2020-01-15")
    window = data.history([A], ["close", "volume"], len(labels), frequency)
    assert window["timestamp"].to_list() == labels
    assert numbers(window["close"]) == closes
    assert numbers(window["volume"]) == volumes


def test_weeks_in_a_run_of_minutes_take_today_so_far() -> None:
    here, data = intraday()
    here.bar("2020-01-09 14:32")
    assert numbers(data.history(A, "high", 1, "1w")) == ["51.5"]
    assert numbers(data.history(A, "low", 1, "1w")) == ["29"]
    assert numbers(data.history(A, "price", 1, "1w")) == ["32"]


def test_bars_below_a_minute_group_to_longer_ones() -> None:
    stamps = frame(
        {"A": {f"2020-01-06 14:30:0{tail}": price for tail, price in
               (("0.300", 1), ("0.900", 2), ("2.000", 3), ("2.100", 4), ("5.500", 5))}},
        intraday=True,
    )  # fmt: skip
    reader = FrameReader(stamps, resolution="100ms", calendar=CALENDAR, sids={"A": 1})
    labels = reader.read([1], 0, 2**62)["at"].to_numpy()
    market = replace(bundle(CALENDAR, [A]), minute=reader)
    axis = axis_of(CALENDAR, "100ms", labels)
    with PolarsDataPortal(market, axis=axis, arithmetic=DecimalArithmetic()) as portal:
        data = BarData(portal)
        portal.set_now(int(labels[3]), 0, 3, in_bar=True)
        assert numbers(data.history(A, "close", 2, "1s")) == ["3", "4"]
        portal.set_now(int(labels[4]), 0, 4, in_bar=True)
        assert numbers(data.history(A, "open", 3, "1s")) == ["3", "4", "5"]
        assert numbers(data.history(A, "volume", 1, "1m")) == ["500"]
        with pytest.raises(HistoryWindowStartsBeforeData):
            data.history(A, "close", 9, "1s")


# ---------------------------------------------------------------------- what cannot be had


def test_a_window_before_the_data() -> None:
    here, data = daily()
    here.on("2020-01-08")
    assert len(data.history(A, "close", 3, "1d")) == 3
    with pytest.raises(HistoryWindowStartsBeforeData) as caught:
        data.history(A, "close", 4, "1d")
    assert "2020-01-06" in str(caught.value)
    assert "2020-01-09" in str(caught.value)


@pytest.mark.parametrize(("count", "frequency"), [(20, "1m"), (3, "1d"), (9, "3m"), (2, "1w")])
def test_a_window_of_another_frequency_before_the_data(count: int, frequency: str) -> None:
    here, data = intraday(stored=False)
    here.bar("2020-01-09 14:32")
    with pytest.raises(HistoryWindowStartsBeforeData):
        data.history(A, "close", count, frequency)


def test_bars_shorter_than_those_of_the_run() -> None:
    here, data = daily()
    here.on("2020-01-08")
    with pytest.raises(IncompatibleHistoryFrequency, match=r"1m.*1d"):
        data.history(A, "close", 1, "1m")


@pytest.mark.parametrize(
    ("assets", "fields", "count", "frequency", "dtype", "words"),
    [
        ("A", "close", 1, "1d", None, ["assets", "'A'", "symbol()"]),
        ([A, 2], "close", 1, "1d", None, ["assets", "2"]),
        ({A}, "close", 1, "1d", None, ["assets", "list"]),
        ([A, A], "close", 1, "1d", None, ["assets", "once"]),
        (A, "closing", 1, "1d", None, ["fields", "'closing'", "open, high, low, close"]),
        (A, "last_traded", 1, "1d", None, ["fields", "'last_traded'"]),
        (A, ["close", "close"], 1, "1d", None, ["fields", "once"]),
        (A, [], 1, "1d", None, ["fields"]),
        (A, 7, 1, "1d", None, ["fields", "7"]),
        (A, "close", 0, "1d", None, ["bar_count", "0", "above 0"]),
        (A, "close", -3, "1d", None, ["bar_count", "-3"]),
        (A, "close", 1.5, "1d", None, ["bar_count", "1.5"]),
        (A, "close", True, "1d", None, ["bar_count", "True"]),
        (A, "close", 1, "1y", None, ["frequency", "'1y'", "1d"]),
        (A, "close", 1, 7, None, ["frequency", "7"]),
        (A, "close", 1, "1d", "int", ["dtype", "'int'", "float64"]),
    ],
)
def test_what_is_asked_for_wrongly_is_named(
    assets: object,
    fields: object,
    count: object,
    frequency: object,
    dtype: object,
    words: list[str],
) -> None:
    here, data = daily()
    here.on("2020-01-08")
    with pytest.raises(InvalidArgument) as caught:
        data.history(assets, fields, count, frequency, dtype)  # type: ignore[call-overload]
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_frequency_that_the_bars_of_the_run_do_not_make() -> None:
    here, data = intraday("3m")
    here.bar("2020-01-09 14:33")
    with pytest.raises(InvalidArgument, match=r"frequency was '5m'.*multiple.*3m"):
        data.history(A, "close", 1, "5m")
