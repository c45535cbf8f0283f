"""One number of a column."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from rustybt_rs import _native
from rustybt_rs.vectors._columns import DEFAULT_ROUNDING
from rustybt_rs.vectors._numbers import Ratio, number, ratio, required

if TYPE_CHECKING:
    from rustybt_rs._native import ArrowColumn

Interpolation = Literal["linear", "lower", "higher", "midpoint"]
"""What stands between two values of a quantile."""

HALF: Final = Fraction(1, 2)
MONEY_SCALE: Final = 16


def sum(column: ArrowColumn) -> Decimal:  # noqa: A001 - the name it has everywhere
    """The exact sum at the column's scale; zero of nothing.

    Raises:
        NumberTooLargeError: It has more than 38 digits; so below.
    """
    return required(_native.vector_sum(column))


def mean(column: ArrowColumn, *, scale: int | None = None) -> Decimal | None:
    """The mean, half even at `scale`; None of nothing."""
    return number(_native.vector_mean(column, scale))


def minimum(column: ArrowColumn) -> Decimal | None:
    """The smallest number; None of nothing."""
    return number(_native.vector_minimum(column))


def maximum(column: ArrowColumn) -> Decimal | None:
    """The largest number; None of nothing."""
    return number(_native.vector_maximum(column))


def variance(column: ArrowColumn, *, ddof: int = 1, scale: int | None = None) -> Decimal | None:
    """The variance, half even at `scale`; None of fewer than ``ddof + 1`` values.

    It is (n sum(x^2) - sum(x)^2) / (n (n - ddof)), whose parts are exact.
    """
    return number(_native.vector_variance(column, ddof, scale))


def standard_deviation(
    column: ArrowColumn, *, ddof: int = 1, scale: int | None = None
) -> Decimal | None:
    """The root of the exact variance, half even at `scale`; None as `variance` is."""
    return number(_native.vector_standard_deviation(column, ddof, scale))


def covariance(
    column: ArrowColumn, other: ArrowColumn, *, ddof: int = 1, scale: int | None = None
) -> Decimal | None:
    """The covariance, half even at `scale`; None of fewer than ``ddof + 1`` rows.

    Raises:
        InvalidInputError: The columns have two lengths.
    """
    return number(_native.vector_covariance(column, other, ddof, scale))


def correlation(
    column: ArrowColumn, other: ArrowColumn, *, scale: int | None = None
) -> Decimal | None:
    """Pearson's correlation, half even at `scale`, 18 unless it is said.

    None where one of the columns does not vary.

    Raises:
        InvalidInputError: The columns have two lengths.
    """
    return number(_native.vector_correlation(column, other, scale))


def quantile(
    column: ArrowColumn,
    q: Ratio,
    *,
    interpolation: Interpolation = "linear",
    scale: int | None = None,
) -> Decimal | None:
    """The number below which a part `q` of the values lies; None of nothing.

    Args:
        column: Of Decimals.
        q: From 0, the smallest, to 1, the largest; its place is q (n - 1), definition 7 of
            Hyndman and Fan (1996), the one of numpy and Polars.
        interpolation: What stands between two values.
        scale: Digits of the result, rounded half even.

    Raises:
        InvalidInputError: `q` is not from 0 to 1.
    """
    return number(_native.vector_quantile(column, ratio(q, "q"), interpolation, scale))


def median(column: ArrowColumn, *, scale: int | None = None) -> Decimal | None:
    """The middle value, or the middle of two, half even at `scale`; None of nothing."""
    return quantile(column, HALF, scale=scale)


def dot(
    column: ArrowColumn,
    other: ArrowColumn,
    *,
    scale: int = MONEY_SCALE,
    rounding: str = DEFAULT_ROUNDING,
) -> Decimal:
    """The sum of the products of rows, rounded once at the end; zero of nothing.

    Args:
        column: Such as amounts.
        other: Such as prices.
        scale: Digits of the result, those of money.
        rounding: A mode of Python's `decimal`.

    Raises:
        InvalidInputError: The columns have two lengths.
    """
    return required(_native.vector_dot(column, other, scale, rounding))
