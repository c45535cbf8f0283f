"""Operations on windows of sessions: counts, correlations and regressions.

Numbers that are missing or infinite make the windows that they are in missing.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from rustybt.pipeline.columns import Columns
from rustybt.pipeline.operations.student import p_value_of

FloatArray = NDArray[np.float64]

_AT_ONCE: Final = 4_000_000
"""So many numbers of windows are ranked at once: 32 MB."""


class Moments(NamedTuple):
    """Means of windows over two columns.

    Attributes:
        x_mean: Of the first.
        y_mean: Of the second.
        x_variance: Population variance of the first; 0 where all of a window are equal.
        y_variance: Of the second.
        covariance: Of both.
    """

    x_mean: pl.Expr
    y_mean: pl.Expr
    x_variance: pl.Expr
    y_variance: pl.Expr
    covariance: pl.Expr


def moments(x: pl.Expr, y: pl.Expr, length: int) -> Moments:
    """Means, variances and the covariance of the complete windows of two columns."""
    both = x.is_finite() & y.is_finite()
    x, y = pl.when(both).then(x), pl.when(both).then(y)
    x_mean, y_mean = x.rolling_mean(length), y.rolling_mean(length)
    return Moments(
        x_mean=x_mean,
        y_mean=y_mean,
        x_variance=_variance(x, x_mean, length),
        y_variance=_variance(y, y_mean, length),
        covariance=(x * y).rolling_mean(length) - x_mean * y_mean,
    )


def _variance(values: pl.Expr, mean: pl.Expr, length: int) -> pl.Expr:
    varies = values.rolling_max(length) > values.rolling_min(length)
    variance = (values * values).rolling_mean(length) - mean * mean
    return pl.when(varies).then(variance.clip(0, None)).otherwise(mean * 0)


def correlation(x: pl.Expr, y: pl.Expr, length: int) -> pl.Expr:
    """Pearson's correlation of complete windows; missing where all of one column are equal."""
    made = moments(x, y, length)
    root = (made.x_variance * made.y_variance).sqrt()
    return pl.when(root > 0).then((made.covariance / root).clip(-1, 1))


def rank_correlation(x: pl.Expr, y: pl.Expr, length: int) -> pl.Expr:
    """Spearman's correlation of complete windows: Pearson's of average ranks in the window."""

    def ranked(columns: Any) -> pl.Series:  # noqa: ANN401 - a sequence of Series
        one, other = (column.to_numpy() for column in columns)
        return pl.Series(_rank_correlations(one, other, length), nan_to_null=True)

    return pl.map_batches(
        [x.cast(pl.Float64), y.cast(pl.Float64)], ranked, return_dtype=pl.Float64()
    )


def regression(x: pl.Expr, y: pl.Expr, length: int) -> dict[str, pl.Expr]:
    """Least squares of y on x over complete windows; missing where all x are equal.

    ``y = alpha + beta * x``; `r_value` is Pearson's correlation (0 where all y are equal),
    `p_value` that of beta = 0, two-sided, by Student's t with length - 2 degrees of freedom, and
    `stderr` the standard error of beta. Two points are always on a line: p_value 0 and stderr 0,
    or p_value 1 where their y are equal (scipy.stats.linregress).
    """
    made = moments(x, y, length)
    sloped = made.x_variance > 0
    beta = pl.when(sloped).then(made.covariance / made.x_variance)
    root = (made.x_variance * made.y_variance).sqrt()
    r_value = pl.when(root > 0).then((made.covariance / root).clip(-1, 1)).otherwise(root * 0)
    r_value = pl.when(sloped).then(r_value)
    freedom = length - 2
    unexplained = (1 - r_value * r_value) * made.y_variance / made.x_variance
    stderr = (unexplained / freedom).sqrt() if freedom else r_value * 0
    return {
        "alpha": made.y_mean - beta * made.x_mean,
        "beta": beta,
        "r_value": r_value,
        "p_value": p_value_of(r_value, freedom),
        "stderr": stderr,
    }


def pearsonr(columns: Columns, *, correlation_length: int) -> pl.Expr:
    """Pearson's correlation of the two inputs; see `correlation`."""
    return correlation(columns.inputs[0], columns.inputs[1], correlation_length)


def spearmanr(columns: Columns, *, correlation_length: int) -> pl.Expr:
    """Spearman's correlation of the two inputs; see `rank_correlation`."""
    return rank_correlation(columns.inputs[0], columns.inputs[1], correlation_length)


def linear_regression(columns: Columns, *, regression_length: int) -> dict[str, pl.Expr]:
    """Least squares of the first input on the second; see `regression`."""
    dependent, independent = columns.inputs
    return regression(independent, dependent, regression_length)


def _rank_correlations(x: FloatArray, y: FloatArray, length: int) -> FloatArray:
    """Spearman's correlation of the windows that end at each place; NaN where there is none."""
    result = np.full(len(x), np.nan)
    if len(x) < length:
        return result
    finite = np.isfinite(x) & np.isfinite(y)
    ends = np.flatnonzero(sliding_window_view(finite, length).all(axis=1)) + length - 1
    step = max(_AT_ONCE // length, 1)
    windows = sliding_window_view(x, length), sliding_window_view(y, length)
    for begin in range(0, len(ends), step):
        some = ends[begin : begin + step]
        one, other = (_ranks(window[some - length + 1]) for window in windows)
        result[some] = _correlations(one, other)
    return result


def _ranks(windows: FloatArray) -> FloatArray:
    """Average ranks in each row, less their mean."""
    length = windows.shape[1]
    order = np.argsort(windows, axis=1, kind="stable")
    ordered = np.take_along_axis(windows, order, axis=1)
    begins = np.ones(windows.shape, np.bool_)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.arange(length)
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=1)
    ends = np.ones(windows.shape, np.bool_)
    ends[:, :-1] = begins[:, 1:]
    reverse = np.where(ends, places, length - 1)[:, ::-1]
    last = np.minimum.accumulate(reverse, axis=1)[:, ::-1]
    ranks = np.empty(windows.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 - (length - 1) / 2, axis=1)
    return ranks


def _correlations(x: FloatArray, y: FloatArray) -> FloatArray:
    """Correlations of rows whose means are 0."""
    root = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    product = (x * y).sum(axis=1)
    found: FloatArray = np.divide(product, root, out=np.full(len(x), np.nan), where=root > 0)
    return found


OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "pearsonr": pearsonr,
        "spearmanr": spearmanr,
        "linear_regression": linear_regression,
    }
)
"""The operations of this module by name."""
