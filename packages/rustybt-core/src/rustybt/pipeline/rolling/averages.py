"""Sums and weighted averages of windows."""

from typing import Final

import numpy as np

from rustybt.pipeline.rolling.doubling import FloatArray, State, over_windows

_MOST: Final = float(np.finfo(np.float64).max)


def sums(values: FloatArray, *, length: int) -> FloatArray:
    """The sum; NaN where a value is missing."""
    return over_windows((values,), length, _added, _first)


def traded(values: FloatArray, amounts: FloatArray, *, length: int) -> FloatArray:
    """The sum of products; a missing one adds nothing."""
    products = values * amounts
    products[np.isnan(products)] = 0.0
    return over_windows((products,), length, _added, _first)


def relative_strength(values: FloatArray, *, length: int) -> FloatArray:
    """``100 - 100 / (1 + ups / downs)``, of the sums of the rises and falls of a window.

    Changes from or to a missing value are passed over.

    Args:
        values: The values.
        length: Rows of a window; it has one change less.
    """
    changes = np.zeros_like(values)
    np.subtract(values[:, 1:], values[:, :-1], out=changes[:, 1:])
    changes[np.isnan(changes)] = 0.0
    ups = sums(np.maximum(changes, 0.0), length=length - 1)
    ups[:, : length - 1] = np.nan  # the first row has no change
    np.negative(changes, out=changes)
    downs = sums(np.maximum(changes, 0.0, out=changes), length=length - 1)
    with np.errstate(all="ignore"):
        ups /= downs
        ups += 1.0
        np.divide(100.0, ups, out=ups)
        return np.subtract(100.0, ups, out=ups)


def present(values: FloatArray) -> FloatArray:
    """1 where there is a value, 0 elsewhere."""
    return (~np.isnan(values)).astype(np.float64)


def weighted_mean(
    values: FloatArray, weights: FloatArray, *, length: int, pairs: bool
) -> FloatArray:
    """The mean weighted by another column: ``sum(values * weights) / sum(weights)``.

    Args:
        values: The values.
        weights: Their weights.
        length: Rows of a window.
        pairs: Whether the weight of a missing value counts for nothing.
    """
    products = values * weights
    missing = np.isnan(products)
    products[missing] = 0.0
    used = np.where(missing if pairs else np.isnan(weights), 0.0, weights)
    np.clip(used, -_MOST, _MOST, out=used)  # an infinite weight leaves a quotient
    return over_windows((products, used), length, _added, _quotient)


def linear_mean(values: FloatArray, *, length: int, present_only: bool) -> FloatArray:
    """The mean with the weights 1, 2, …, length, the newest row with the largest.

    Args:
        values: The values; a missing one adds nothing.
        length: Rows of a window.
        present_only: Whether to divide by the weights of the values that are there; otherwise by
            all of them, ``length * (length + 1) / 2``.
    """
    there = present(values) if present_only else np.ones_like(values)
    known = np.where(np.isnan(values), 0.0, values)
    return over_windows((known, known, there, there), length, _ramped, _quotient_of_ramps)


def exponential_mean(values: FloatArray, *, length: int, decay: float) -> FloatArray:
    """The mean with the weights 1, decay, decay², … from the newest row back.

    NaN where a value is missing.
    """
    total = weight_of(length, decay)

    def merge(older: State, newer: State, before: int, after: int) -> State:
        del before
        return (older[0] * decay**after + newer[0],)

    return over_windows((values,), length, merge, lambda state: state[0] / total)


def exponential_deviation(values: FloatArray, *, length: int, decay: float) -> FloatArray:
    """The standard deviation with the weights of `exponential_mean`, free of bias.

    With W the sum of the weights w and V that of their squares the variance about the weighted
    mean is multiplied by W² / (W² - V), as pandas' ``ewm(adjust=True).std(bias=False)`` does.
    NaN where a value is missing, and for a window of one row.
    """
    total, squares = weight_of(length, decay), weight_of(length, decay**2)
    freedom = total - squares / total
    if length == 1 or freedom <= 0:
        return np.full_like(values, np.nan)

    def merge(older: State, newer: State, before: int, after: int) -> State:
        fade = decay**after
        left, right = weight_of(before, decay) * fade, weight_of(after, decay)
        share = right / (left + right)
        apart = newer[0] - older[0]
        return (
            older[0] + apart * share,
            older[1] * fade + newer[1] + apart * apart * (left * share),
        )

    rows = values, np.where(np.isnan(values), np.nan, 0.0)
    return over_windows(rows, length, merge, lambda state: np.sqrt(state[1] / freedom))


def weight_of(length: int, decay: float) -> float:
    """``1 + decay + … + decay^(length - 1)``."""
    return float(np.sum(decay ** np.arange(length, dtype=np.float64)))


def _first(state: State) -> FloatArray:
    return state[0]


def _quotient(state: State) -> FloatArray:
    total, weight = state
    return np.where(weight == 0, np.nan, total / weight)


def _added(older: State, newer: State, before: int, after: int) -> State:
    del before, after
    return tuple(old + new for old, new in zip(older, newer, strict=True))


def _ramped(older: State, newer: State, before: int, after: int) -> State:
    """Ramps and sums, of values and of what is there; a ramp is ``1 * oldest + 2 * next + …``."""
    del after
    ramp, total, weight, count = older
    ramp_after, total_after, weight_after, count_after = newer
    return (
        ramp + ramp_after + before * total_after,
        total + total_after,
        weight + weight_after + before * count_after,
        count + count_after,
    )


def _quotient_of_ramps(state: State) -> FloatArray:
    return _quotient((state[0], state[2]))
