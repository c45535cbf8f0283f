"""Student's t of a correlation, two-sided."""

from math import lgamma
from typing import Final

import numpy as np

from rustybt.pipeline.rolling.doubling import FloatArray

_STEPS: Final = 300
_PRECISION: Final = 1e-15
_TINY: Final = 1e-300


def two_sided(correlation: FloatArray, freedom: FloatArray) -> FloatArray:
    """The probability of a correlation at least as large where there is none.

    ``I(1 - r²; n / 2, 1 / 2)``, the regularised incomplete beta function, with n degrees of
    freedom (DLMF 8.17 and Abramowitz and Stegun 26.7.1); 0 with no degree of freedom.
    """
    found = np.where(np.isnan(correlation), np.nan, 0.0)
    for number in np.unique(freedom[~np.isnan(correlation)]):
        if number > 0:
            chosen = (freedom == number) & ~np.isnan(correlation)
            found[chosen] = _beta_tail(correlation[chosen], float(number) / 2)
    return found


def _beta_tail(correlation: FloatArray, a: float) -> FloatArray:
    """``I(1 - r²; a, 1/2)``."""
    y = correlation**2
    x = (1.0 - correlation) * (1.0 + correlation)
    found = np.zeros_like(x)
    near = x < (a + 1) / (a + 2.5)  # where the fraction converges fast
    found[near] = _scaled(a, 0.5, x[near], y[near])
    found[~near] = 1.0 - _scaled(0.5, a, y[~near], x[~near])
    return found


def _scaled(a: float, b: float, x: FloatArray, y: FloatArray) -> FloatArray:
    """``I(x; a, b)`` with ``y = 1 - x``."""
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    with np.errstate(divide="ignore"):
        front = np.exp(scale + a * np.log(x) + b * np.log(y)) / a
    return front * _fraction(a, b, x)


def _fraction(a: float, b: float, x: FloatArray) -> FloatArray:
    """The continued fraction of DLMF 8.17.22, by the modified Lentz method."""
    c = np.ones_like(x)
    d = 1.0 / _away(1.0 - (a + b) * x / (a + 1))
    value = d.copy()
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = np.ones_like(x)
        for step in (even, odd):
            d = 1.0 / _away(1.0 + step * d)
            c = _away(1.0 + step / c)
            change *= c * d
        value *= change
        if not np.any(np.abs(change - 1.0) > _PRECISION):
            break
    return value


def _away(values: FloatArray) -> FloatArray:
    """Values, those of nothing a little beside it."""
    return np.where(np.abs(values) < _TINY, _TINY, values)
