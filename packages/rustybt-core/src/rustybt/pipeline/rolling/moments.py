"""Means, deviations and regressions of windows, from moments that are merged.

Moments about the mean of two samples give those of both: Chan, Golub and LeVeque, "Updating
formulae and a pairwise algorithm for computing sample variances" (1979). What does not vary has a
variance of exactly 0, however large it is.
"""

from collections.abc import Callable, Collection

import numpy as np

from rustybt.pipeline.rolling.doubling import FloatArray, State, folded
from rustybt.pipeline.rolling.student import two_sided


def mean_and_deviation(values: FloatArray, *, length: int) -> tuple[FloatArray, FloatArray]:
    """The mean and the standard deviation of the population, of the values that are there."""
    there = ~np.isnan(values)
    known = np.where(there, values, 0.0)
    rows = there.astype(np.float64), known, np.zeros_like(values)
    found = np.full((2, *values.shape), np.nan)
    if values.shape[1] >= length:
        with np.errstate(all="ignore"):
            count, mean, squares = folded(rows, length, _one)
            some = count > 0
            found[0, :, length - 1 :] = np.where(some, mean, np.nan)
            found[1, :, length - 1 :] = np.sqrt(np.where(some, squares / count, np.nan))
    return found[0], found[1]


def deviation(values: FloatArray, *, length: int) -> FloatArray:
    """The standard deviation of the population, of the values that are there."""
    return mean_and_deviation(values, length=length)[1]


def _one(older: State, newer: State, before: int, after: int) -> State:
    del before, after
    count = older[0] + newer[0]
    share = newer[0] / np.maximum(count, 1.0)
    apart = newer[1] - older[1]
    return (
        count,
        older[1] + apart * share,
        older[2] + newer[2] + apart * apart * (older[0] * share),
    )


def _two(older: State, newer: State, before: int, after: int) -> State:
    """Count, means of x and y, sums of squares about them and of products."""
    del before, after
    count = older[0] + newer[0]
    share = newer[0] / np.maximum(count, 1.0)
    both = older[0] * share
    x, y = newer[1] - older[1], newer[2] - older[2]
    return (
        count,
        older[1] + x * share,
        older[2] + y * share,
        older[3] + newer[3] + x * x * both,
        older[4] + newer[4] + y * y * both,
        older[5] + newer[5] + x * y * both,
    )


def regressions(
    dependent: FloatArray,
    independent: FloatArray,
    *,
    length: int,
    outputs: Collection[str],
    missing: int = 0,
) -> dict[str, FloatArray]:
    """Ordinary least squares of one column on another in each window.

    Args:
        dependent: y.
        independent: x.
        length: Rows of a window.
        outputs: Which of ``alpha, beta, r_value, p_value, stderr`` (intercept, slope, Pearson's
            correlation, its two-sided p-value, standard error of the slope).
        missing: So many rows may lack x or y and are left out; with more there is no result.

    Returns:
        Each output by name. Where x does not vary there is none, and where y does not only
        `alpha` and `beta`, as `scipy.stats.linregress` (1.17) has it.
    """
    there = ~(np.isnan(dependent) | np.isnan(independent))
    x, y = np.where(there, independent, 0.0), np.where(there, dependent, 0.0)
    zeros = np.zeros_like(x)
    rows = there.astype(np.float64), x, y, zeros, zeros, zeros
    found = {name: np.full(x.shape, np.nan) for name in outputs}
    if x.shape[1] < length:
        return found
    with np.errstate(all="ignore"):
        state = folded(rows, length, _two)
        enough = (state[0] >= length - missing) & (state[0] > 1) & (state[3] > 0)
        for name in outputs:
            found[name][:, length - 1 :] = np.where(enough, _OUTPUTS[name](state), np.nan)
    return found


def _beta(state: State) -> FloatArray:
    return state[5] / state[3]


def _alpha(state: State) -> FloatArray:
    return state[2] - _beta(state) * state[1]


def _correlation(state: State) -> FloatArray:
    # roots are taken one by one: a product of small variances would vanish
    r = state[5] / (np.sqrt(state[3]) * np.sqrt(state[4]))
    return np.clip(np.where(state[4] > 0, r, np.nan), -1.0, 1.0)


def _p_value(state: State) -> FloatArray:
    return two_sided(_correlation(state), state[0] - 2)


def _error(state: State) -> FloatArray:
    rest = (1.0 - _correlation(state) ** 2) * state[4]
    return np.sqrt(rest / state[3] / np.maximum(state[0] - 2, 1.0))


_OUTPUTS: dict[str, Callable[[State], FloatArray]] = {
    "alpha": _alpha,
    "beta": _beta,
    "r_value": _correlation,
    "p_value": _p_value,
    "stderr": _error,
}
