"""Exchange rates out of frames."""

from math import gcd
from typing import Final, NoReturn

import polars as pl

from rustybt.data.exact_columns import exact_column
from rustybt.data.rate_series import RateSeries
from rustybt.data.schemas import MAX_DIGITS
from rustybt.errors import DataValidationError, ScaleExceeded
from rustybt.values import from_scaled

RATE_COLUMNS: Final = ("timestamp", "base", "quote", "rate")

RATE_SCHEMA: Final = pl.Schema(
    {
        "timestamp": pl.Datetime("ns", "UTC"),
        "base": pl.String(),
        "quote": pl.String(),
        "rate": pl.Decimal(38, 0),
    }
)
"""Columns of a frame of rates without any; the decimals of others are those that they need."""

_SOURCE: Final = "rates"
_KEY: Final = ["at", "base", "quote"]
_NS_PER_DAY: Final = 86_400_000_000_000


def read_rates(frame: pl.DataFrame) -> dict[tuple[str, str], RateSeries]:
    """The rates of each pair of currencies in a frame ``timestamp, base, quote, rate``.

    A date as `timestamp` means the end of that day in UTC.

    Raises:
        DataValidationError: A column or a value is missing, a time is none, a rate is not
            positive or there twice, or a currency is priced in itself.
        InvalidNumber: A rate is no number.
        ScaleExceeded: A pair's rates need more than 18 digits.
    """
    for column in RATE_COLUMNS:
        if column not in frame.columns:
            _refuse(column, None, f"the column is missing; there are {', '.join(frame.columns)}")
    rates = frame.select(
        _instants(frame["timestamp"]), pl.col("base", "quote").cast(pl.String), "rate"
    )
    _check(rates)
    return {
        (base, quote): _series(own.sort("at"))
        for (base, quote), own in rates.group_by("base", "quote", maintain_order=True)
    }


def _instants(stamps: pl.Series) -> pl.Series:
    """Times in ns UTC."""
    if stamps.dtype == pl.Date:
        return ((stamps.to_physical().cast(pl.Int64) + 1) * _NS_PER_DAY).alias("at")
    if not isinstance(stamps.dtype, pl.Datetime):
        _refuse("timestamp", str(stamps.dtype), "give a column of times or dates")
    in_utc = stamps if stamps.dtype.time_zone is None else stamps.dt.convert_time_zone("UTC")
    return in_utc.dt.cast_time_unit("ns").to_physical().alias("at")


def _check(rates: pl.DataFrame) -> None:
    for column, noun in (("at", "time"), ("base", "currency"), ("quote", "currency")):
        _refuse_row(rates[column].is_null(), rates, column, f"give a {noun}")
    for column in ("base", "quote"):
        _refuse_row(rates[column].str.strip_chars() == "", rates, column, "give a currency")
    same = rates["base"] == rates["quote"]
    _refuse_row(same, rates, "quote", "give another currency than the base")
    twice = ~rates.select(pl.struct(_KEY).is_first_distinct()).to_series()
    _refuse_row(twice, rates, "timestamp", "the pair has a rate of this time above; remove one")
    _refuse_row(rates["rate"].is_null(), rates, "rate", "give a number")


def _refuse_row(wrong: pl.Series, rates: pl.DataFrame, column: str, reason: str) -> None:
    """Refuse the first row that is wrong."""
    if wrong.any():
        row = int(wrong.arg_true()[0])
        value = None if column in {"timestamp", "at"} else rates[column][row]
        _refuse(column, value, f"row {row}: {reason}")


def _refuse(column: str, value: object, reason: str) -> NoReturn:
    named = "timestamp" if column == "at" else column
    raise DataValidationError(file=_SOURCE, column=named, value=value, reason=reason)


def _series(rates: pl.DataFrame) -> RateSeries:
    """The rates of one pair, by time."""
    if isinstance(rates["rate"].dtype, pl.Decimal):
        numbers, scale = rates["rate"].to_physical(), rates["rate"].dtype.scale
    else:
        numbers, scale = exact_column(rates["rate"], field="rate")
    coefficients: list[int] = numbers.to_list()
    for row, coefficient in enumerate(coefficients):
        if coefficient <= 0:
            _refuse("rate", rates["rate"][row], "give a positive number")
    return RateSeries(rates["at"].to_list(), *_narrowed(coefficients, scale))


def _narrowed(coefficients: list[int], scale: int) -> tuple[list[int], int]:
    """Coefficients at as few decimals as they need."""
    common, needed = gcd(*coefficients), scale
    while needed and common % 10 == 0:
        common, needed = common // 10, needed - 1
    unit = 10 ** (scale - needed)
    widest = max(coefficients)
    if widest // unit >= 10**MAX_DIGITS or needed > MAX_DIGITS:
        raise ScaleExceeded(field="rate", value=from_scaled(widest, scale), scale=needed)
    return [coefficient // unit for coefficient in coefficients], needed
