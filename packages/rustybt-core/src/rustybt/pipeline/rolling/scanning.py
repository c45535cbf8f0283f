"""Largest falls of windows by scans: three merges a row, however long the window is.

Rows are cut into stretches as long as a window. A window is the end of one stretch and the begin
of the next; both are known from a scan over each stretch, backwards and forwards (van Herk 1992,
Gil and Werman 1993). That is exact where a merge only compares and subtracts, as it does here: a
result does not depend on where stretches begin.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Falls(NamedTuple):
    """What is known of stretches of rows, an array (rows, assets) for each quantity.

    Attributes:
        high: The highest value; NaN where there is none.
        low: The lowest value, of equal ones the first.
        low_at: Its row.
        fall: The largest fall from a value to a later one; -inf without any value.
        end: The row in which it ends, of equal falls the first.
        trough: The value there.
    """

    high: FloatArray
    low: FloatArray
    low_at: FloatArray
    fall: FloatArray
    end: FloatArray
    trough: FloatArray

    @classmethod
    def empty(cls, rows: int, assets: int) -> "Falls":
        """Nothing is known yet."""
        return cls(*(np.empty((rows, assets)) for _ in cls._fields))

    def row(self, number: int) -> "Falls":
        """Views of one row."""
        return Falls(*(part[number] for part in self))

    def begin(self) -> None:
        """No row has been seen."""
        for part, value in zip(self, (np.nan, np.nan, -1.0, -np.inf, -1.0, np.nan), strict=True):
            part[:] = value

    def take(self, other: "Falls") -> None:
        """Become equal to another one."""
        for part, given in zip(self, other, strict=True):
            part[:] = given


def later(state: Falls, values: FloatArray, row: int) -> None:
    """Add the row that follows."""
    np.fmax(state.high, values, out=state.high)
    across = state.high - values
    wider = across > state.fall
    np.copyto(state.fall, across, where=wider)
    np.copyto(state.end, row, where=wider)
    np.copyto(state.trough, values, where=wider)
    lower = ~(state.low <= values) & ~np.isnan(values)
    np.copyto(state.low, values, where=lower)
    np.copyto(state.low_at, row, where=lower)


def earlier(state: Falls, values: FloatArray, row: int) -> None:
    """Add the row that goes before."""
    across = values - state.low
    wider = (across > state.fall) | ((across == state.fall) & (state.low_at < state.end))
    np.copyto(state.fall, across, where=wider)
    np.copyto(state.end, state.low_at, where=wider)
    np.copyto(state.trough, state.low, where=wider)
    nothing = (state.fall <= 0.0) & ~np.isnan(values)
    np.copyto(state.fall, 0.0, where=nothing)
    np.copyto(state.end, row, where=nothing)
    np.copyto(state.trough, values, where=nothing)
    np.fmax(state.high, values, out=state.high)
    lower = ~(state.low < values) & ~np.isnan(values)
    np.copyto(state.low, values, where=lower)
    np.copyto(state.low_at, row, where=lower)


def joined(older: Falls, newer: Falls) -> tuple[FloatArray, FloatArray]:
    """The largest fall of two neighbouring stretches, and the value that it ends at."""
    across = older.high - newer.low
    wider = (across > newer.fall) | ((across == newer.fall) & (newer.low_at < newer.end))
    fall = np.where(wider, across, newer.fall)
    trough = np.where(wider, newer.low, newer.trough)
    first = ~(fall > older.fall)
    return np.where(first, older.fall, fall), np.where(first, older.trough, trough)


def falls_over_windows(
    values: FloatArray,
    length: int,
    result: Callable[[FloatArray, FloatArray], FloatArray],
) -> FloatArray:
    """A number of the largest fall in each window, in the row in which it ends.

    Args:
        values: (assets, rows), NaN where one is missing.
        length: Rows of a window.
        result: Makes the number of falls and of the values that they end at.

    Returns:
        (assets, rows); NaN where no window ends.
    """
    assets, rows = values.shape
    found = np.full((rows, assets), np.nan)
    by_row = np.ascontiguousarray(values.T)
    forward, backward = Falls.empty(length, assets), Falls.empty(length, assets)
    with np.errstate(all="ignore"):
        for start in range(0, rows, length):
            stop = min(start + length, rows)
            _scan_forward(by_row, start, stop, forward)
            if start:
                part = stop - start if stop - start < length else length - 1
                older = Falls(*(each[1 : part + 1] for each in backward))
                newer = Falls(*(each[:part] for each in forward))
                found[start : start + part] = result(*joined(older, newer))
            if stop - start == length:
                whole = forward.row(length - 1)
                found[stop - 1] = result(whole.fall, whole.trough)
                _scan_backward(by_row, start, stop, backward)
    return np.ascontiguousarray(found.T)


def _scan_forward(values: FloatArray, start: int, stop: int, states: Falls) -> None:
    state = states.row(0)
    state.begin()
    for row in range(start, stop):
        if row > start:
            state, before = states.row(row - start), state
            state.take(before)
        later(state, values[row], row)


def _scan_backward(values: FloatArray, start: int, stop: int, states: Falls) -> None:
    state = states.row(stop - start - 1)
    state.begin()
    for row in range(stop - 1, start - 1, -1):
        if row < stop - 1:
            state, after = states.row(row - start), state
            state.take(after)
        earlier(state, values[row], row)
