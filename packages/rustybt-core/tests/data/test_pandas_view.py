"""Zipline's shapes: types, indexes and names are those recorded from zipline-reloaded 3.2.1."""

from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_markets import Run, bundle, dividend, equities, frame, run, split, weekdays

from rustybt.data.pandas_view import PandasBarData

CALENDAR = weekdays("2020-01-06", 40)
A, B = equities("AB", B=("2020-01-07", None))
DAILY = frame(
    {
        "A": {"2020-01-06": 100, "2020-01-07": 102, "2020-01-09": 50},
        "B": {"2020-01-07": (7, 8, 6, 7, 30), "2020-01-08": 7},
    }
)
MINUTES = frame(
    {"A": {"2020-01-06 14:36": 10, "2020-01-07 14:31": 11}, "B": {"2020-01-07 14:31": 7}},
    intraday=True,
)
EVENTS = (split(1, "2020-01-09", "1/2"), dividend(2, "2020-01-09", "0.07"))


def zone(index: "pd.Index[Any]") -> str | None:
    """The zone of an index of times."""
    assert isinstance(index, pd.DatetimeIndex)
    return None if index.tz is None else str(index.tz)


def daily() -> tuple[Run, PandasBarData]:
    here = run(bundle(CALENDAR, [A, B], daily=DAILY, events=EVENTS), CALENDAR)
    return here, PandasBarData(here.portal)


def minutes() -> tuple[Run, PandasBarData]:
    here = run(bundle(CALENDAR, [A, B], daily=DAILY, minute=MINUTES), CALENDAR, "1m")
    return here, PandasBarData(here.portal)


# ---------------------------------------------------------------------- current


def test_values_are_floats_and_volumes_integers() -> None:
    here, data = daily()
    here.on("2020-01-08")
    price, volume = data.current(A, "price"), data.current(A, "volume")
    assert (type(price), price, type(volume), volume) == (float, 102.0, int, 0)
    assert isnan(data.current(A, "close"))


def test_times() -> None:
    here, data = daily()
    here.on("2020-01-08")
    assert data.current(A, "last_traded") == pd.Timestamp("2020-01-07")
    here.on("2020-01-06")
    assert pd.isna(data.current(B, "last_traded"))
    assert data.current_session == pd.Timestamp("2020-01-06")
    assert data.current_dt == pd.Timestamp("2020-01-06 14:36", tz="UTC")
    minute, minute_data = minutes()
    minute.bar("2020-01-07 14:32")
    assert minute_data.current(A, "last_traded") == pd.Timestamp("2020-01-07 14:31", tz="UTC")
    labels = minute_data.current_session_minutes
    assert (type(labels), str(labels.tz), len(labels)) == (pd.DatetimeIndex, "UTC", 6)


@pytest.mark.parametrize(
    ("field", "dtype"),
    [("close", "float64"), ("volume", "int64"), ("last_traded", "datetime64[ns]")],
)
def test_one_field_of_several_assets(field: str, dtype: str) -> None:
    here, data = daily()
    here.on("2020-01-07")
    values = data.current([B, A], field)
    assert (values.name, str(values.dtype), list(values.index)) == (field, dtype, [B, A])
    assert values.index.dtype == object


def test_several_fields_of_one_asset() -> None:
    here, data = daily()
    here.on("2020-01-07")
    values = data.current(A, ["close", "volume"])
    assert (values.name, str(values.dtype), list(values.index)) == (
        "A",
        "float64",
        ["close", "volume"],
    )
    assert data.current(A, ["close", "last_traded"]).dtype == object


def test_several_fields_of_several_assets() -> None:
    here, data = daily()
    here.on("2020-01-07")
    table = data.current([B, A], ["close", "volume", "last_traded"])
    assert list(table.index) == [B, A]
    assert [str(dtype) for dtype in table.dtypes] == ["float64", "int64", "datetime64[ns]"]
    assert table["volume"].tolist() == [30, 100]


def test_flags_are_series_of_bools_without_a_name() -> None:
    here, data = daily()
    here.on("2020-01-08")
    for flags, expected in (
        (data.can_trade([A, B]), [True, True]),
        (data.is_stale([A, B]), [True, False]),
    ):
        assert (str(flags.dtype), flags.name, flags.tolist()) == ("bool", None, expected)
        assert list(flags.index) == [A, B]
    assert data.can_trade(A) is True


# ---------------------------------------------------------------------- history


def test_a_series_is_named_by_its_asset_and_labelled_by_sessions_without_a_zone() -> None:
    here, data = daily()
    here.on("2020-01-09")
    window = data.history(A, "close", 4, "1d")
    assert (window.name, str(window.dtype), zone(window.index)) == (A, "float64", None)
    assert window.index[0] == pd.Timestamp("2020-01-06")
    np.testing.assert_array_equal(window.to_numpy(), [50.0, 51.0, np.nan, 50.0])
    assert data.history(A, "volume", 4, "1d").tolist() == [200.0, 200.0, 0.0, 100.0]


def test_a_frame_has_a_column_per_asset_in_the_order_of_the_call() -> None:
    here, data = daily()
    here.on("2020-01-09")
    window = data.history([B, A], "price", 2, "1d")
    assert list(window.columns) == [B, A]
    assert window.columns.name is None
    # 0.07 is 1 % of B's close of 7.
    assert window.to_numpy().tolist() == [[6.93, 51.0], [6.93, 50.0]]
    assert list(data.history([A, A], "price", 1, "1d").columns) == [A, A]


@pytest.mark.parametrize("assets", [[B, A], (B, A)])
def test_several_fields_are_long_and_sorted_by_sid(assets: object) -> None:
    here, data = daily()
    here.on("2020-01-07")
    window = data.history(assets, ["close", "volume"], 2, "1d")  # type: ignore[call-overload]
    first, second = pd.Timestamp("2020-01-06"), pd.Timestamp("2020-01-07")
    assert list(window.index) == [(first, A), (first, B), (second, A), (second, B)]
    assert list(window.index.names) == ["date", None]
    assert (list(window.columns), window.columns.name) == (["close", "volume"], "fields")
    np.testing.assert_array_equal(window.to_numpy(), [[100, 100], [np.nan, 0], [102, 100], [7, 30]])


def test_several_fields_of_one_asset_have_the_same_shape() -> None:
    here, data = minutes()
    here.bar("2020-01-07 14:31")
    window = data.history(A, ["close"], 2, "1m")
    assert list(window.index.names) == ["date_time", None]
    assert window["close"].tolist() == [10.0, 11.0]


def test_minutes_are_labelled_in_utc_and_days_of_a_run_of_minutes_have_no_zone() -> None:
    here, data = minutes()
    here.bar("2020-01-07 14:31")
    window = data.history([A], "close", 2, "1m")
    assert str(zone(window.index)) == "UTC"
    assert window.index[1] == pd.Timestamp("2020-01-07 14:31", tz="UTC")
    days = data.history([A], "close", 2, "1d")
    assert zone(days.index) is None
    assert list(days.index) == [pd.Timestamp("2020-01-06"), pd.Timestamp("2020-01-07")]
    assert days[A].tolist() == [100.0, 11.0]
    weeks = data.history(A, "close", 1, "1w")
    assert weeks.tolist() == [11.0]


def test_what_a_strategy_writes_into_a_window_stays_there() -> None:
    here, data = daily()
    here.on("2020-01-07")
    window = data.history([A], "close", 2, "1d")
    window.iloc[0, 0] = -1.0
    assert data.history([A], "close", 2, "1d")[A].tolist() == [100.0, 102.0]
