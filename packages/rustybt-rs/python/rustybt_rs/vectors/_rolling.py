"""Windows: a row and those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt_rs import _native
from rustybt_rs._native import Column
from rustybt_rs.vectors._aggregates import HALF, Interpolation
from rustybt_rs.vectors._columns import gives_what_it_got
from rustybt_rs.vectors._numbers import Ratio, ratio

if TYPE_CHECKING:
    from rustybt_rs._native import ArrowColumn


@gives_what_it_got
def rolling_sum(column: ArrowColumn, window: int, *, min_periods: int | None = None) -> Column:
    """The exact sum of each window.

    Args:
        column: Of Decimals.
        window: Rows of a window, this one included.
        min_periods: Values that must be there, 1 to `window`; all unless it is said. So below.

    Raises:
        InvalidInputError: `window` or `min_periods` is out of range.
    """
    return _native.vector_rolling_sum(column, window, min_periods)


@gives_what_it_got
def rolling_minimum(column: ArrowColumn, window: int, *, min_periods: int | None = None) -> Column:
    """The smallest value of each window."""
    return _native.vector_rolling_minimum(column, window, min_periods)


@gives_what_it_got
def rolling_maximum(column: ArrowColumn, window: int, *, min_periods: int | None = None) -> Column:
    """The largest value of each window."""
    return _native.vector_rolling_maximum(column, window, min_periods)


@gives_what_it_got
def rolling_mean(
    column: ArrowColumn, window: int, *, min_periods: int | None = None, scale: int | None = None
) -> Column:
    """The mean of each window, half even at `scale`."""
    return _native.vector_rolling_mean(column, window, scale, min_periods)


@gives_what_it_got
def rolling_variance(
    column: ArrowColumn,
    window: int,
    *,
    ddof: int = 1,
    min_periods: int | None = None,
    scale: int | None = None,
) -> Column:
    """The variance of each window, half even at `scale`; null of fewer than ``ddof + 1``."""
    return _native.vector_rolling_variance(column, window, ddof, scale, min_periods)


@gives_what_it_got
def rolling_standard_deviation(
    column: ArrowColumn,
    window: int,
    *,
    ddof: int = 1,
    min_periods: int | None = None,
    scale: int | None = None,
) -> Column:
    """The root of the exact variance of each window, half even at `scale`."""
    return _native.vector_rolling_standard_deviation(column, window, ddof, scale, min_periods)


@gives_what_it_got
def rolling_zscore(
    column: ArrowColumn,
    window: int,
    *,
    ddof: int = 1,
    min_periods: int | None = None,
    scale: int | None = None,
) -> Column:
    """How many standard deviations a value is from its window's mean, rounded once, half even.

    Null where the value is, and where the window does not vary or holds fewer than ``ddof + 1``.
    `scale` is 18 unless it is said.
    """
    return _native.vector_rolling_zscore(column, window, ddof, scale, min_periods)


@gives_what_it_got
def rolling_quantile(
    column: ArrowColumn,
    window: int,
    q: Ratio,
    *,
    interpolation: Interpolation = "linear",
    min_periods: int | None = None,
    scale: int | None = None,
) -> Column:
    """The quantile of each window, half even at `scale`; see `quantile`."""
    place = ratio(q, "q")
    return _native.vector_rolling_quantile(column, window, place, interpolation, scale, min_periods)


@gives_what_it_got
def rolling_median(
    column: ArrowColumn, window: int, *, min_periods: int | None = None, scale: int | None = None
) -> Column:
    """The middle value of each window, half even at `scale`."""
    place = ratio(HALF, "q")
    return _native.vector_rolling_quantile(column, window, place, "linear", scale, min_periods)


@gives_what_it_got
def rolling_covariance(
    column: ArrowColumn,
    other: ArrowColumn,
    window: int,
    *,
    ddof: int = 1,
    min_periods: int | None = None,
    scale: int | None = None,
) -> Column:
    """The covariance of each window, half even at `scale`, of rows in which both are there.

    Raises:
        InvalidInputError: The columns have two lengths.
    """
    return _native.vector_rolling_covariance(column, other, window, ddof, scale, min_periods)


@gives_what_it_got
def rolling_correlation(
    column: ArrowColumn,
    other: ArrowColumn,
    window: int,
    *,
    min_periods: int | None = None,
    scale: int | None = None,
) -> Column:
    """Pearson's correlation of each window, half even at `scale`; null where one does not vary."""
    return _native.vector_rolling_correlation(column, other, window, scale, min_periods)
