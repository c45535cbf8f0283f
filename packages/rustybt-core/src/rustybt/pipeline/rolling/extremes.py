"""Where the extremes of windows are, and the largest falls in them."""

import numpy as np

from rustybt.pipeline.rolling.doubling import FloatArray, State, over_windows
from rustybt.pipeline.rolling.scanning import falls_over_windows


def place_of_highest(values: FloatArray, *, length: int) -> FloatArray:
    """The row of the highest value, 0 is the oldest; of equal ones the first.

    Missing values are passed over; NaN where there is none.
    """
    rows = np.where(np.isnan(values), -np.inf, values), np.zeros_like(values)
    return over_windows(
        rows, length, _higher, lambda state: np.where(np.isinf(state[0]), np.nan, state[1])
    )


def _higher(older: State, newer: State, before: int, after: int) -> State:
    del after
    later = newer[0] > older[0]
    return np.where(later, newer[0], older[0]), np.where(later, newer[1] + before, older[1])


def drawdown(values: FloatArray, *, length: int) -> FloatArray:
    """The largest fall from a peak, as a part of the peak: ``max((peak - later) / peak)``.

    Missing values, and peaks that are not positive, are passed over; 0 where nothing falls.
    """
    peaks = np.where(values > 0, values, np.nan)
    falls = np.where(np.isnan(values), np.nan, 0.0)
    return over_windows((peaks, values, falls), length, _deeper, lambda state: state[2])


def _deeper(older: State, newer: State, before: int, after: int) -> State:
    """Highest, lowest and largest fall; fmax and fmin pass NaN over."""
    del before, after
    across = (older[0] - newer[1]) / older[0]
    return (
        np.fmax(older[0], newer[0]),
        np.fmin(older[1], newer[1]),
        np.fmax(np.fmax(older[2], newer[2]), across),
    )


def drawdown_of_trough(values: FloatArray, *, length: int) -> FloatArray:
    """What Zipline calls the largest drawdown: the largest fall in money, as a part of its trough.

    Of equal falls the first that ends.
    """
    return falls_over_windows(values, length, lambda falls, troughs: falls / troughs)
