"""What aggregation refuses, and how it keeps numbers exact where 64 bits are not enough."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from bar_tables import TRADES, minute, table
from polars.testing import assert_frame_equal

from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.resampling import aggregate

ONE = table(minute("2024-01-02T14:31", "5"))


def volumes(numbers: list[str], scale: int, symbol: str = "AAA") -> pl.DataFrame:
    rows = [minute(f"2024-01-02T14:{31 + at}", "5", symbol=symbol) for at in range(len(numbers))]
    column = pl.Series("volume", numbers).cast(pl.Decimal(18, scale))
    return table("\n".join(rows)).with_columns(column)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"to": "1h"}, "calendar"),
        ({"to": "1h", "calendar": "XNYS", "by": "week"}, "by"),
        ({"to": "1h", "calendar": "XNYS", "zone": "UTC"}, "zone"),
        ({"to": "1h", "by": "clock", "zone": "Nowhere/At_All"}, "zone"),
        ({"to": "1h", "calendar": "XNYS", "from_": "7m"}, "7m do not add up"),
        ({"to": "1m", "calendar": "XNYS", "from_": "1h"}, "1h do not add up"),
        ({"to": "1mo", "calendar": "XNYS", "from_": "1d"}, "timestamp"),
        ({"to": "50ms", "calendar": "XNYS"}, "100ms"),
        ({"to": "1h", "calendar": "XNYS", "outside": "keep"}, "outside"),
    ],
)
def test_arguments_that_do_not_fit(arguments: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        aggregate(ONE, **arguments)  # type: ignore[arg-type]


def test_sessions_have_no_hours_and_weeks_no_months() -> None:
    weeks = table(minute("2024-01-05", "5"))
    with pytest.raises(InvalidArgument, match="no times of day"):
        aggregate(weeks, "1h", calendar="XNYS")
    with pytest.raises(InvalidArgument, match="1w do not add up"):
        aggregate(weeks, "1mo", calendar="XNYS", from_="1w")
    assert aggregate(weeks, "1w", calendar="XNYS", from_="1w").equals(weeks)


def test_ticks_have_no_length() -> None:
    trades = table("AAA 2024-01-02T14:31 1 1", TRADES)
    with pytest.raises(InvalidArgument, match="trades have no length"):
        aggregate(trades, "1h", calendar="XNYS", from_="1m")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (ONE.drop("timestamp"), "timestamp or date.*missing"),
        (ONE.drop("symbol"), "symbol.*missing"),
        (ONE.drop("low"), "low.*missing"),
        (ONE.drop("open"), "give bars"),
        (ONE.with_columns(pl.col("close").cast(pl.Float64)), "close.*Float64.*not exact"),
        (ONE.with_columns(pl.lit("2024-01-02").alias("timestamp")), "timestamp.*Datetime"),
        (ONE.with_columns(pl.lit(None, pl.String).alias("symbol")), "symbol.*empty"),
        (ONE.with_columns(pl.lit(None, ONE.schema["timestamp"]).alias("timestamp")), "empty"),
        (pl.concat([ONE, ONE]), "AAA at 2024-01-02 14:31:00.*twice"),
        (
            ONE.with_columns(pl.lit(Decimal(10**20)).cast(pl.Decimal(38, 0)).alias("high")),
            "high.*100000000000000000000.*AAA at.*18 digits",
        ),
        (
            ONE.with_columns(pl.lit(Decimal(10**20)).cast(pl.Decimal(38, 0)).alias("close")),
            "close.*100000000000000000000.*AAA at.*18 digits",
        ),
        (
            ONE.with_columns(pl.lit(Decimal(10**18)).cast(pl.Decimal(38, 0)).alias("high")),
            "high.*AAA at.*18 digits",
        ),
        (table(minute("2024-01-02T14:30", "5")), "14:30:00.*outside the sessions of XNYS"),
        (table(minute("2024-01-01T15:30", "5")), "outside the sessions of XNYS"),
    ],
)
def test_frames_that_are_no_bars(frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(DataValidationError, match=words):
        aggregate(frame, "1h", calendar="XNYS", partial=True)


def test_a_day_that_is_no_session() -> None:
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-06.*XNYS"):
        aggregate(table(minute("2024-01-06", "5")), "1w", calendar="XNYS")


def test_a_bar_in_two_bars_is_refused_where_its_length_is_known() -> None:
    hours = table(minute("2024-01-02T15:30", "5"))  # 14:30 to 15:30
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-02 15:30:00.*two bars of 1h"):
        aggregate(hours, "1h", by="clock", from_="1h")


def test_bars_outside_can_be_dropped() -> None:
    rows = [minute(f"2024-01-02T{at}", "5") for at in ("14:00", "14:31", "21:00", "21:01", "22:00")]
    made = aggregate(table("\n".join(rows)), "1d", calendar="XNYS", outside="drop")
    assert_frame_equal(made, table(minute("2024-01-02", "5", 2)))


def test_empty_frames() -> None:
    empty = ONE.clear()
    made = aggregate(empty, "1d", calendar="XNYS")
    assert made.columns == ["date", "symbol", *BAR_FIELDS]
    assert made.is_empty()
    assert_frame_equal(aggregate(empty.lazy(), "1d", calendar="XNYS").collect(), made)


def test_sums_beyond_18_digits_get_fewer_decimals_where_those_are_zeros() -> None:
    # 6e9 + 6e9 = 1.2e10 has 11 digits before the point: 7 decimals are left.
    made = aggregate(volumes(["6000000000", "6000000000"], 8), "1h", calendar="XNYS", partial=True)
    assert made["volume"].dtype == pl.Decimal(18, 7)
    assert made["volume"].to_list() == [12_000_000_000]


def test_sums_beyond_64_bits_do_not_wrap() -> None:
    # 12 x 9e17 = 1.08e19, which wraps around in 64 bits; 1.08e11 has 12 digits before the point.
    many = volumes(["9000000000.00000000"] * 12, 8)
    made = aggregate(many, "1h", calendar="XNYS", partial=True)
    assert made["volume"].to_list() == [108_000_000_000]
    assert made["volume"].dtype == pl.Decimal(18, 6)


def test_sums_that_18_digits_cannot_hold_are_refused_by_name() -> None:
    small = volumes(["6000000000", "6000000000.00000001"], 8)
    with pytest.raises(DataValidationError, match=r"12000000000\.00000001.*AAA at 2024-01-02"):
        aggregate(small, "1h", calendar="XNYS", partial=True)


def test_a_lazy_frame_keeps_its_decimals_or_is_refused() -> None:
    wide = volumes(["6000000000", "6000000000"], 8).lazy()
    with pytest.raises(DataValidationError, match=r"AAA at .*18 digits at 8 decimals"):
        aggregate(wide, "1h", calendar="XNYS", partial=True).collect()


def test_volumes_of_other_bars_stay_as_they_are() -> None:
    made = aggregate(volumes(["0.00000001", "2"], 8), "1h", calendar="XNYS", partial=True)
    assert made["volume"].dtype == pl.Decimal(18, 8)
    assert made["volume"].to_list() == [Decimal("2.00000001")]


def test_dates_and_instants_of_other_kinds() -> None:
    stamps = ONE["timestamp"]
    for other in (
        stamps.dt.cast_time_unit("us"),
        stamps.dt.cast_time_unit("ms").dt.convert_time_zone("Asia/Tokyo"),
        stamps.dt.replace_time_zone(None),
    ):
        made = aggregate(ONE.with_columns(other), "1d", calendar="XNYS", partial=True)
        assert made["date"].to_list() == [date(2024, 1, 2)]
