"""Student's t distribution: how likely a correlation is that far from 0 by chance."""

from math import exp, lgamma, log
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_TINY: Final = 1e-300
_CLOSE: Final = 1e-15
_STEPS: Final = 500


def p_value_of(r_value: pl.Expr, freedom: int) -> pl.Expr:
    """The two-sided p-value of a correlation of 0.

    With n degrees of freedom ``t = r * sqrt(n / (1 - r^2))`` is Student's, and the probability of
    more than abs(t) is the regularized incomplete beta function of 1 - r^2 with parameters n / 2
    and 1 / 2 (NIST DLMF 8.17). Without freedom: 0, or 1 where r is 0.
    """

    def computed(values: pl.Series) -> pl.Series:
        numbers = values.to_numpy()
        found = np.full(len(numbers), np.nan)
        given = np.isfinite(numbers)
        found[given] = _two_sided(numbers[given], freedom)
        return pl.Series(found, nan_to_null=True)

    return r_value.map_batches(computed, return_dtype=pl.Float64(), is_elementwise=True)


def _two_sided(r_value: FloatArray, freedom: int) -> FloatArray:
    if freedom == 0:
        return np.where(r_value == 0, 1.0, 0.0)
    rest = (1 - r_value) * (1 + r_value)
    return incomplete_beta(rest, freedom / 2, 0.5)


def incomplete_beta(x: FloatArray, a: float, b: float) -> FloatArray:
    """The regularized incomplete beta function, by its continued fraction (DLMF 8.17.22).

    Args:
        x: From 0 to 1.
        a: Positive.
        b: Positive.
    """
    x = np.clip(x, 0.0, 1.0)
    swapped = x > (a + 1) / (a + b + 2)
    result = np.empty(len(x))
    result[~swapped] = _lower(x[~swapped], a, b)
    result[swapped] = 1 - _lower(1 - x[swapped], b, a)
    return result


def _lower(x: FloatArray, a: float, b: float) -> FloatArray:
    constant = lgamma(a + b) - lgamma(a) - lgamma(b) - log(a)
    with np.errstate(divide="ignore"):
        powers = np.exp(a * np.log(x) + b * np.log1p(-x))
    return exp(constant) * powers * _fraction(x, a, b)


def _fraction(x: FloatArray, a: float, b: float) -> FloatArray:
    """The continued fraction, by Lentz's method."""
    c = np.ones(len(x))
    d = 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d.copy()
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = np.ones(len(x))
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            change *= c * d
        value *= change
        if np.all(np.abs(change - 1) < _CLOSE):
            break
    return value


def _not_zero(values: FloatArray) -> FloatArray:
    return np.where(np.abs(values) < _TINY, _TINY, values)
