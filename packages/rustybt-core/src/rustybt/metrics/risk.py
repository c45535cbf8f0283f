"""Risk figures over the sessions so far, whole columns at once.

Every function takes one return per session and gives one figure per session: the figure of all
sessions up to and including that one, NaN where it is not defined. The definitions are those of
empyrical, which Zipline reports: 252 sessions in a year, deviations with one degree of freedom
taken off, no risk-free rate.

Each column costs O(n). Deviations are summed up from the running means (Welford's recurrence as
a cumulative sum of products), so that returns that hardly differ lose no digits.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Figures = NDArray[np.float64]

SESSIONS_IN_YEAR = 252
_LEAST_VARIANCE = 1e-30


class AlphaBeta(NamedTuple):
    """Excess return and sensitivity with regard to a benchmark."""

    alpha: Figures
    beta: Figures


def cumulative_return(returns: Figures) -> Figures:
    """Return since the start: the product of all growth factors, less one."""
    return _growth(returns) - 1.0


def annual_volatility(returns: Figures) -> Figures:
    """Annualised standard deviation of the returns; from the second session on."""
    return _deviation(returns) * sqrt(SESSIONS_IN_YEAR)


def sharpe_ratio(returns: Figures) -> Figures:
    """Mean return over its deviation, annualised; not defined while all returns are equal."""
    return _defined(_divide(_mean(returns), _deviation(returns)) * sqrt(SESSIONS_IN_YEAR))


def sortino_ratio(returns: Figures) -> Figures:
    """Annualised mean return over the deviation of the losses; not defined without a loss."""
    losses = np.minimum(returns, 0.0)
    risk = np.sqrt(_mean(losses * losses)) * sqrt(SESSIONS_IN_YEAR)
    ratio = _defined(_divide(_mean(returns) * SESSIONS_IN_YEAR, risk))
    ratio[:1] = np.nan
    return ratio


def max_drawdown(returns: Figures) -> Figures:
    """The deepest fall below an earlier peak, the start included, as a negative fraction."""
    growth = _growth(returns)
    peak = np.maximum.accumulate(np.maximum(growth, 1.0))
    return np.minimum.accumulate(growth / peak - 1.0)


def alpha_beta(returns: Figures, benchmark_returns: Figures) -> AlphaBeta:
    """Annualised alpha and beta against a benchmark; not defined while it does not move."""
    counts = _counts(returns)
    variance = _co_moments(benchmark_returns, benchmark_returns) / counts
    covariance = _co_moments(benchmark_returns, returns) / counts
    variance[variance < _LEAST_VARIANCE] = np.nan
    variance[:1] = np.nan
    beta = covariance / variance
    excess = _mean(returns) - beta * _mean(benchmark_returns)
    with np.errstate(invalid="ignore", over="ignore"):
        alpha = (1.0 + excess) ** SESSIONS_IN_YEAR - 1.0
    return AlphaBeta(_defined(alpha), beta)


def _growth(returns: Figures) -> Figures:
    """What one unit of money has grown to."""
    growth: Figures = np.multiply.accumulate(1.0 + returns)
    return growth


def _counts(values: Figures) -> Figures:
    return np.arange(1.0, len(values) + 1.0)


def _mean(values: Figures) -> Figures:
    """Running mean, summed up from the first value so that equal values give exactly it."""
    start = values[:1]
    return start + np.cumsum(values - start) / _counts(values)


def _co_moments(x: Figures, y: Figures) -> Figures:
    """Running sum of the products of the deviations of x and y from their means."""
    counts = _counts(x)
    x_steps, y_steps = x[1:] - _mean(x)[:-1], y[1:] - _mean(y)[:-1]
    steps = x_steps * y_steps * (counts[:-1] / counts[1:])
    return np.concatenate((np.zeros(min(len(x), 1)), np.cumsum(steps)))


def _deviation(values: Figures) -> Figures:
    """Running sample standard deviation; NaN for the first value."""
    return np.sqrt(_divide(_co_moments(values, values), _counts(values) - 1.0))


def _divide(a: Figures, b: Figures) -> Figures:
    with np.errstate(divide="ignore", invalid="ignore"):
        return a / b


def _defined(figures: Figures) -> Figures:
    """The figures with infinities as NaN."""
    return np.where(np.isfinite(figures), figures, np.nan)
