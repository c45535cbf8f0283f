"""What a strategy recorded: one typed column per name, whatever the values."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from cost_stubs import AAA

from rustybt.simulation.recorded import recorded_frame

DAYS = [date(2020, 6, day) for day in (1, 2, 3)]


def column(*values: Any) -> pl.Series:
    """The column of values recorded under one name on so many sessions."""
    recorded = [{} if value is None else {"x": value} for value in values]
    return recorded_frame(DAYS[: len(values)], recorded)["x"]


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ((1, None, 3), pl.Int64, [1, None, 3]),
        ((1, np.int64(2)), pl.Int64, [1, 2]),
        ((1.5, 2), pl.Float64, [1.5, 2.0]),
        ((np.float64(0.1), Decimal("0.2")), pl.Float64, [0.1, 0.2]),
        (
            (Decimal("1.50"), Decimal("0.125"), 3),
            pl.Decimal(38, 3),
            [Decimal("1.500"), Decimal("0.125"), Decimal(3)],
        ),
        ((Decimal("1e3"), None), pl.Decimal(38, 0), [Decimal(1000), None]),
        ((2**70, 1), pl.Decimal(38, 0), [Decimal(2**70), Decimal(1)]),
        ((Decimal("NaN"), Decimal(1)), pl.Float64, None),
        ((Decimal("1e40"), Decimal("0.5")), pl.Float64, [1e40, 0.5]),
        ((True, np.bool_(False)), pl.Boolean, [True, False]),
        (("a", "b"), pl.String, ["a", "b"]),
        ((date(2020, 1, 1),), pl.Date, [date(2020, 1, 1)]),
        ((AAA, None), pl.String, ["Equity(1 [AAA])", None]),
        (("a", 1), pl.String, ["a", "1"]),
        ((True, 1), pl.String, ["True", "1"]),
    ],
    ids=str,
)
def test_columns(values: tuple[Any, ...], dtype: Any, expected: list[Any] | None) -> None:
    series = column(*values)
    assert series.dtype == dtype
    if expected is not None:
        assert series.to_list() == expected


def test_times_are_utc() -> None:
    east = datetime(2020, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    naive = datetime(2020, 6, 1, 10)  # noqa: DTZ001 - no zone means UTC
    assert column(east, naive).to_list() == [datetime(2020, 6, 1, 10, tzinfo=UTC)] * 2


def test_a_time_that_is_none_is_null() -> None:
    pandas = pytest.importorskip("pandas")
    stamp = pandas.Timestamp("2020-06-01 10:00", tz="UTC")
    assert column(stamp, pandas.NaT).to_list() == [datetime(2020, 6, 1, 10, tzinfo=UTC), None]


def test_digits_beyond_38_are_rounded_half_even() -> None:
    whole = Decimal("123456789012345678901234567890.5")
    fine = Decimal("0.123456785")
    assert column(whole, fine).to_list() == [whole, Decimal("0.12345678")]


def test_names_come_in_order_of_first_use_and_are_null_before() -> None:
    frame = recorded_frame(DAYS, [{}, {"b": 1}, {"b": 1, "a": 2}])
    assert frame.columns == ["session", "b", "a"]
    assert frame["a"].to_list() == [None, None, 2]


def test_nothing_recorded_leaves_the_sessions() -> None:
    frame = recorded_frame(DAYS, [{}, {}, {}])
    assert frame.columns == ["session"]
    assert frame["session"].to_list() == DAYS
