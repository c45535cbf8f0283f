"""Location and spread of what came before, robustly and by order statistics alone.

The spread is the larger of two: the median of the absolute deviations from the median over 0.67449,
and their 90th percentile over 1.64485. Both are the standard deviation where numbers are normal
(P. J. Rousseeuw and C. Croux, Alternatives to the Median Absolute Deviation, 1993, section 1); the
second keeps a spread where more than half of the numbers are equal. Order statistics are exact in
floats: whatever way the numbers arrive, the same ones give the same answer.
"""

from typing import Final

import numpy as np

from rustybt_data.quality.rows import FloatArray, IntArray

_MEDIAN_OF_NORMAL: Final = 0.674489750196082
_TENTH_OF_NORMAL: Final = 1.644853626951473
_WINDOWS_AT_ONCE: Final = 512


class RollingScale:
    """Median and spread of the last numbers, brought up to date every few numbers.

    A number is judged by those before it: by the last `window` of them that there were when the
    count was last a multiple of `refresh`. There is no answer before there are `history`.

    Args:
        window: How many numbers count.
        refresh: After how many numbers they are looked at again.
        history: How many there have to be.
        floor: The least spread.
    """

    def __init__(self, *, window: int, refresh: int, history: int, floor: float) -> None:
        self._window = window
        self._refresh = refresh
        self._history = history
        self._floor = floor
        self._tail = np.empty(0)
        self._count = 0
        self._current = (np.nan, np.nan)

    def feed(self, numbers: FloatArray) -> tuple[FloatArray, FloatArray]:
        """For some more numbers, none of them NaN: the median and the spread that judge each."""
        if not len(numbers):
            return np.empty(0), np.empty(0)
        data = np.concatenate((self._tail, numbers))
        offset, first = self._count - len(self._tail), self._count
        stop = first + len(numbers)
        starts = np.arange(-(-first // self._refresh) * self._refresh, stop, self._refresh)
        medians, spreads = self._at(data, offset, starts)
        if first % self._refresh:
            medians = np.concatenate(([self._current[0]], medians))
            spreads = np.concatenate(([self._current[1]], spreads))
        block = np.arange(first, stop) // self._refresh - first // self._refresh
        self._current = (float(medians[-1]), float(spreads[-1]))
        self._tail = data[-self._window :].copy()
        self._count = stop
        return medians[block], spreads[block]

    def whole(self, numbers: FloatArray) -> tuple[FloatArray, FloatArray]:
        """In hindsight: judged by those before and those after, whichever vary more."""
        if not len(numbers):
            return np.empty(0), np.empty(0)
        count = len(numbers)
        starts = np.append(np.arange(0, count, self._refresh), count)
        medians, spreads = self._at(numbers, 0, starts)
        ahead = -(-self._window // self._refresh)
        after = np.minimum(np.arange(len(starts) - 1) + ahead, len(starts) - 1)
        block = np.arange(count) // self._refresh
        before = medians[:-1]
        centre = np.where(np.isnan(before), medians[after], before)
        return centre[block], np.fmax(spreads[:-1], spreads[after])[block]

    def _at(self, data: FloatArray, offset: int, starts: IntArray) -> tuple[FloatArray, FloatArray]:
        """Of the numbers before each start; `data` begins with the number of place `offset`."""
        medians, spreads = np.full(len(starts), np.nan), np.full(len(starts), np.nan)
        for place in np.flatnonzero((starts >= self._history) & (starts < self._window)).tolist():
            window = data[: starts[place] - offset][np.newaxis]
            medians[place : place + 1], spreads[place : place + 1] = self._of(window)
        full = np.flatnonzero((starts >= self._window) & (starts >= self._history))
        if len(full):
            windows = np.lib.stride_tricks.sliding_window_view(data, self._window)
            for begin in range(0, len(full), _WINDOWS_AT_ONCE):
                part = full[begin : begin + _WINDOWS_AT_ONCE]
                chosen = windows[starts[part] - self._window - offset]
                medians[part], spreads[part] = self._of(chosen)
        return medians, spreads

    def _of(self, windows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Median and spread of each row."""
        size = windows.shape[1]
        middle, tenth = (size - 1) // 2, (size - 1) * 9 // 10
        medians = np.partition(windows, middle, axis=1)[:, middle]
        deviations = np.abs(windows - medians[:, np.newaxis])
        deviations.partition((middle, tenth), axis=1)
        spreads = np.maximum(
            deviations[:, middle] / _MEDIAN_OF_NORMAL, deviations[:, tenth] / _TENTH_OF_NORMAL
        )
        return medians, np.maximum(spreads, self._floor)


def logarithms(numbers: FloatArray) -> FloatArray:
    """Logarithms to the base 2 by a straight line between powers of 2, within 0.09, exactly.

    J. N. Mitchell, Computer Multiplication and Division Using Binary Logarithms, 1962. Unlike a
    true logarithm it is the same to the last bit on every machine.
    """
    mantissas, exponents = np.frexp(numbers)
    result: FloatArray = exponents + (2.0 * mantissas - 2.0)
    return result
