"""Synthetic bars as the frames that bar writers take."""

from collections.abc import Sequence

import polars as pl

from rustybt.data.readers import as_decimals
from rustybt.data.schemas import PRICE_FIELDS
from rustybt_data.sample.paths import Bar


def daily_frame(
    bars: Sequence[tuple[int, Bar]], *, price_scale: int, volume_scale: int
) -> pl.DataFrame:
    """Daily bars of one asset.

    Args:
        bars: Sessions in days since 1970-01-01, and the bar of each in units of the scales.
        price_scale: Decimals of a price unit.
        volume_scale: Decimals of a volume unit.
    """
    days = pl.Series("date", [day for day, _ in bars], dtype=pl.Int32).cast(pl.Date)
    return _frame(days, bars, price_scale, volume_scale)


def minute_frame(
    bars: Sequence[tuple[int, Bar]], *, price_scale: int, volume_scale: int
) -> pl.DataFrame:
    """Minute bars of one asset; see `daily_frame`. Their labels are in ns UTC."""
    ends = pl.Series("timestamp", [at for at, _ in bars], dtype=pl.Int64)
    return _frame(ends.cast(pl.Datetime("ns", "UTC")), bars, price_scale, volume_scale)


def _frame(
    labels: pl.Series, bars: Sequence[tuple[int, Bar]], price_scale: int, volume_scale: int
) -> pl.DataFrame:
    units = pl.DataFrame(
        [bar for _, bar in bars], schema=dict.fromkeys(Bar._fields, pl.Int64), orient="row"
    )
    return units.select(
        labels,
        *(as_decimals(pl.col(field), price_scale) for field in PRICE_FIELDS),
        as_decimals(pl.col("volume"), volume_scale),
    )
