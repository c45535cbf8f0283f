"""From the first row on, or from one row to a later one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rustybt_rs import _native
from rustybt_rs._native import Column, InvalidInputError
from rustybt_rs.vectors._columns import gives_what_it_got
from rustybt_rs.vectors._numbers import Ratio, ratio

if TYPE_CHECKING:
    from rustybt_rs._native import ArrowColumn


@gives_what_it_got
def cumulative_sum(column: ArrowColumn) -> Column:
    """The exact sum up to each value."""
    return _native.vector_cumulative_sum(column)


@gives_what_it_got
def cumulative_minimum(column: ArrowColumn) -> Column:
    """The smallest value up to each."""
    return _native.vector_cumulative_minimum(column)


@gives_what_it_got
def cumulative_maximum(column: ArrowColumn) -> Column:
    """The largest value up to each."""
    return _native.vector_cumulative_maximum(column)


@gives_what_it_got
def cumulative_product(column: ArrowColumn, *, scale: int | None = None) -> Column:
    """The product up to each value; every step is rounded half even at `scale`."""
    return _native.vector_cumulative_product(column, scale)


@gives_what_it_got
def difference(column: ArrowColumn, periods: int = 1) -> Column:
    """Each value less that of `periods` rows before; null where either is."""
    return _native.vector_difference(column, periods)


@gives_what_it_got
def percentage_change(column: ArrowColumn, periods: int = 1, *, scale: int | None = None) -> Column:
    """The change against the value of `periods` rows before, as a part of it: 0.1 for 10 %.

    Null where either is, and where the earlier one is zero. Half even at `scale`, 18 unless it is
    said.
    """
    return _native.vector_percentage_change(column, periods, scale)


@gives_what_it_got
def ewm_mean(
    column: ArrowColumn,
    *,
    alpha: Ratio | None = None,
    span: int | None = None,
    scale: int | None = None,
) -> Column:
    """The exponentially weighted mean, y = alpha x + (1 - alpha) y', begun by the first value.

    Every step is rounded half even at `scale`, and the next one is made of what was rounded: the
    values are at most half a last digit over alpha away from the unrounded ones. Nulls stay null
    and change nothing. It is the one of Polars with ``adjust=False, ignore_nulls=True``.

    Args:
        column: Of Decimals.
        alpha: Weight of the newest value, above 0 and at most 1, as an exact ratio.
        span: Instead of it, for an alpha of 2 / (span + 1).
        scale: Digits of the values.

    Raises:
        InvalidInputError: Not one of `alpha` and `span` is given, or it is out of range.
    """
    if (alpha is None) == (span is None):
        raise InvalidInputError(f"alpha: give it or span, one of both (met {alpha} and {span})")
    if span is not None:
        if span < 1:
            raise InvalidInputError(f"span: give at least 1 (met {span})")
        alpha = Fraction(2, span + 1)
    assert alpha is not None
    return _native.vector_ewm_mean(column, ratio(alpha, "alpha"), scale)
