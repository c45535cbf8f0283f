"""Arithmetic on columns of coefficients: 64-bit integers with a mark for what is missing."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rustybt.errors import ScaleExceeded

if TYPE_CHECKING:
    from numpy.typing import NDArray

IntArray = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]
BoolArray = np.ndarray[tuple[Any, ...], np.dtype[np.bool_]]

MISSING: Final = int(np.iinfo(np.int64).min)
"""Stands for a value that is not there; no coefficient of 18 digits comes near it."""

MAX_SUM: Final = 2**62
"""Sums stay below this: there they can be multiplied and added once more in 64 bits."""

_PART = 2**31
_HIGHEST = int(np.iinfo(np.int64).max)


def present(coefficients: IntArray) -> BoolArray:
    """Where there is a value."""
    known: BoolArray = coefficients != MISSING
    return known


def multiplied(
    coefficients: IntArray, numerator: int, denominator: int, *, field: str = "price"
) -> IntArray:
    """Coefficients times numerator / denominator, exact and rounded once, half even.

    Args:
        coefficients: Any; what is missing stays missing.
        numerator: Not negative.
        denominator: Positive.
        field: What the numbers are called in an error message.

    Raises:
        ScaleExceeded: A product does not fit in 64 bits.
    """
    if numerator == denominator:
        return coefficients
    known = present(coefficients)
    values = coefficients[known]
    widest = int(np.abs(values).max(initial=0))
    result = np.full_like(coefficients, MISSING)
    if max(widest * numerator, numerator, 2 * denominator) < MAX_SUM:
        result[known] = _divided(values * numerator, denominator)
        return result
    if widest * numerator >= MAX_SUM * denominator:
        raise ScaleExceeded(field=f"adjusted {field}", value=widest * numerator, scale=0)
    result[known] = _divided(values.astype(object) * numerator, denominator).astype(np.int64)
    return result


def _divided(products: "NDArray[Any]", denominator: int) -> "NDArray[Any]":
    quotients = products // denominator
    twice = 2 * (products - quotients * denominator)
    up = (twice > denominator) | ((twice == denominator) & (quotients % 2 == 1))
    rounded: NDArray[Any] = quotients + up
    return rounded


def last_known_rows(known: BoolArray) -> IntArray:
    """For each row the newest row up to it that is known, -1 before the first."""
    rows = np.where(known, np.arange(known.shape[-1]), -1)
    return np.maximum.accumulate(rows, axis=-1)


def running(field: str, values: IntArray, starts: IntArray) -> IntArray:
    """A field of the bar that grows within each group of rows.

    Args:
        field: One of the bar fields: the first open so far, the highest high, the lowest low,
            the last close, the sum of volumes.
        values: One column, a row per small bar.
        starts: First row of each group, ascending, the first one 0.

    Returns:
        The same shape: what the group's bar is after each row.
    """
    result = np.empty_like(values)
    for start, stop in zip(starts, [*starts[1:], len(values)], strict=True):
        result[start:stop] = _so_far(field, values[start:stop])
    return result


def reduced(field: str, values: IntArray, starts: IntArray) -> IntArray:
    """A field of the whole bar of each group of rows; arguments as of `running`."""
    if not len(values):
        return values
    if field == "volume":
        return _summed(values, starts)
    if field == "high":
        return np.maximum.reduceat(values, starts)  # MISSING is the lowest integer there is
    known = present(values)
    if known.all():
        return _reduced_known(field, values, starts)
    if field == "low":
        lowest = np.minimum.reduceat(np.where(known, values, _HIGHEST), starts)
        return np.where(lowest == _HIGHEST, MISSING, lowest)
    rows = np.arange(len(values))
    if field == "open":
        chosen = np.minimum.reduceat(np.where(known, rows, len(values)), starts)
    else:
        chosen = np.maximum.reduceat(np.where(known, rows, -1), starts)
    found = (chosen >= 0) & (chosen < len(values))
    return np.where(found, values[np.where(found, chosen, 0)], MISSING)


def _reduced_known(field: str, values: IntArray, starts: IntArray) -> IntArray:
    """`reduced` of a low, of an open, or of what keeps its newest value; none is missing."""
    if field == "low":
        return np.minimum.reduceat(values, starts)
    return values[starts if field == "open" else np.append(starts[1:], len(values)) - 1]


def _so_far(field: str, values: IntArray) -> IntArray:
    """A field of the bar that grows with each row."""
    if field == "volume":
        return np.cumsum(_addable(values))
    if field == "high":
        return np.maximum.accumulate(values)
    known = present(values)
    begun = np.logical_or.accumulate(known)
    if field == "low":
        lowest = np.minimum.accumulate(np.where(known, values, _HIGHEST))
        return np.where(begun, lowest, MISSING)
    if field == "open":
        return np.where(begun, values[np.argmax(known)], MISSING)
    return np.where(begun, values[last_known_rows(known)], MISSING)


def _summed(values: IntArray, starts: IntArray) -> IntArray:
    """The sum of each group, after a look at whether all of them fit in 64 bits."""
    longest = int(np.diff(starts, append=len(values)).max())
    if max(int(values.max()), -int(values.min())) * longest >= MAX_SUM:
        high, low = np.divmod(values, _PART)
        halves = zip(np.add.reduceat(high, starts), np.add.reduceat(low, starts), strict=True)
        widest = max((int(above) * _PART + int(below) for above, below in halves), key=abs)
        if abs(widest) >= MAX_SUM:
            raise ScaleExceeded(field="sum of volumes", value=widest, scale=0)
    return np.add.reduceat(values, starts)


def _addable(values: IntArray) -> IntArray:
    """The values, after a look at whether all their sums fit in 64 bits."""
    if int(np.abs(values).max(initial=0)) * len(values) >= MAX_SUM:
        total = sum(values.tolist())
        if total >= MAX_SUM:
            raise ScaleExceeded(field="sum of volumes", value=total, scale=0)
    return values
