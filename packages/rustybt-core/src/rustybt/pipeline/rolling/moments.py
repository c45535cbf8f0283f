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
    mean, width = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    if values.shape[1] < length:
        return mean, width
    there = ~np.isnan(values)
    full, some = there.all(axis=1), there.any(axis=1)
    windows = slice(length - 1, None)
    with np.errstate(all="ignore"):
        for assets, moments in ((full, _of_full), (some & ~full, _of_any)):
            if assets.all():
                mean[:, windows], width[:, windows] = moments(values, length)
            elif assets.any():
                mean[assets, windows], width[assets, windows] = moments(values[assets], length)
    return mean, width


def _of_full(values: FloatArray, length: int) -> tuple[FloatArray, FloatArray]:
    """Mean and deviation where no value is missing: counts need not be kept for each window."""
    mean, squares = folded((values, np.zeros_like(values)), length, _full)
    squares = squares / float(length)
    return mean, np.sqrt(squares, out=squares)


def _of_any(values: FloatArray, length: int) -> tuple[FloatArray, FloatArray]:
    there = ~np.isnan(values)
    rows = there.astype(np.float64), np.where(there, values, 0.0), np.zeros_like(values)
    count, mean, squares = folded(rows, length, _one)
    some = count > 0
    return np.where(some, mean, np.nan), np.sqrt(np.where(some, squares / count, np.nan))


def deviation(values: FloatArray, *, length: int) -> FloatArray:
    """The standard deviation of the population, of the values that are there."""
    return mean_and_deviation(values, length=length)[1]


def _full(older: State, newer: State, before: int, after: int) -> State:
    """The steps of `_one`, with counts that are known, in arrays that are used again."""
    share = after / float(before + after)
    apart = newer[0] - older[0]
    mean = apart * share
    mean += older[0]
    apart *= apart
    apart *= before * share
    squares = older[1] + newer[1]
    squares += apart
    return mean, squares


def _one(older: State, newer: State, before: int, after: int) -> State:
    del before, after
    count = older[0] + newer[0]
    share = np.maximum(count, 1.0)
    np.divide(newer[0], share, out=share)
    apart = newer[1] - older[1]
    mean = apart * share
    mean += older[1]
    share *= older[0]
    apart *= apart
    apart *= share
    squares = older[2] + newer[2]
    squares += apart
    return count, mean, squares


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
