"""Statistics of a window of one column."""

from __future__ import annotations

from math import isnan, nan, sqrt

from rustybt.indicators.kernels._averages import Sma
from rustybt.indicators.kernels._rolling import RollingLine, RollingSquares
from rustybt.indicators.kernels._windows import SortedWindow

NONE_OF_3 = (nan, nan, nan)
NONE_OF_5 = (nan, nan, nan, nan, nan)


class Variance:
    """``squares of the distances from the mean / (window - ddof)``."""

    __slots__ = ("_divisor", "_squares", "warm_up")

    def __init__(self, window: int, ddof: int) -> None:
        self._squares = RollingSquares(window)
        self._divisor = float(window - ddof)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        return self._squares.step(value) / self._divisor


def root(number: float) -> float:
    """Square root; NaN below 0, where only numbers near the end of floats' range lead."""
    return sqrt(number) if number >= 0.0 else nan


class StandardDeviation:
    """Square root of the variance."""

    __slots__ = ("_variance", "warm_up")

    def __init__(self, window: int, ddof: int) -> None:
        self._variance = Variance(window, ddof)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        return root(self._variance.step(value))


class ZScore:
    """``(value - mean) / standard deviation``; NaN where the deviation is 0."""

    __slots__ = ("_divisor", "_squares", "warm_up")

    def __init__(self, window: int, ddof: int) -> None:
        self._squares = RollingSquares(window)
        self._divisor = float(window - ddof)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        deviation = root(self._squares.step(value) / self._divisor)
        return (value - self._squares.mean) / deviation if deviation != 0.0 else nan


class Bollinger:
    """SMA and the lines ``width`` standard deviations (of the population) above and below.

    ``bandwidth = (upper - lower) / middle``, NaN where the middle is 0;
    ``percent_b = (value - lower) / (upper - lower)``, NaN where the lines meet.
    """

    __slots__ = ("_deviation", "_mean", "_width", "warm_up")

    def __init__(self, window: int, width: float) -> None:
        self._mean = Sma(window)
        self._deviation = StandardDeviation(window, 0)
        self._width = width
        self.warm_up = window - 1

    def step(self, value: float) -> tuple[float, float, float, float, float]:
        middle = self._mean.step(value)
        reach = self._width * self._deviation.step(value)
        if isnan(middle):
            return NONE_OF_5
        upper = middle + reach
        lower = middle - reach
        band = upper - lower
        bandwidth = band / middle if middle != 0.0 else nan
        percent_b = (value - lower) / band if band != 0.0 else nan
        return upper, middle, lower, bandwidth, percent_b


class RollingMedian:
    """The middle of the window in order, or the mean of the middle two."""

    __slots__ = ("_left", "_right", "_sorted", "warm_up")

    def __init__(self, window: int) -> None:
        self._sorted = SortedWindow(window)
        self._left = (window - 1) // 2
        self._right = window // 2
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        if not self._sorted.step(value):
            return nan
        ordered = self._sorted.ordered
        return (ordered[self._left] + ordered[self._right]) * 0.5


class RollingPercentile:
    """What ``percent`` of the window lie below, between two values in proportion.

    With ``place = percent / 100 * (window - 1)`` cut to ``whole`` and ``part``:
    ``ordered[whole] + (ordered[whole + 1] - ordered[whole]) * part``.
    """

    __slots__ = ("_next", "_part", "_sorted", "_whole", "warm_up")

    def __init__(self, window: int, percent: float) -> None:
        self._sorted = SortedWindow(window)
        place = percent / 100.0 * (window - 1)
        self._whole = int(place)
        self._part = place - self._whole
        self._next = min(self._whole + 1, window - 1)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        if not self._sorted.step(value):
            return nan
        ordered = self._sorted.ordered
        low = ordered[self._whole]
        return low + (ordered[self._next] - low) * self._part


class RollingRank:
    """Place of the value in the window in order, from ``1 / window`` to 1; equals share theirs."""

    __slots__ = ("_sorted", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self._sorted = SortedWindow(window)
        self._window = float(window)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        if not self._sorted.step(value):
            return nan
        return self._sorted.rank(value) / self._window


class LinearRegression:
    """The straight line of least squares through the window: its end, slope and beginning.

    With places from 1: ``slope = (sum of place * value - (window + 1) / 2 * sum) /
    (window * (window * window - 1) / 12)``; ``mean = sum / window``;
    ``end, beginning = mean +- slope * ((window - 1) / 2)``.
    """

    __slots__ = ("_line", "_middle", "_reach", "_spread", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self._line = RollingLine(window)
        self._window = float(window)
        self._middle = (window + 1.0) / 2.0
        self._reach = (window - 1.0) / 2.0
        self._spread = self._window * (self._window * self._window - 1.0) / 12.0
        self.warm_up = window - 1

    def step(self, value: float) -> tuple[float, float, float]:
        weighted = self._line.step(value)
        if isnan(weighted):
            return NONE_OF_3
        total = self._line.total
        slope = (weighted - self._middle * total) / self._spread
        mean = total / self._window
        reach = slope * self._reach
        return mean + reach, slope, mean - reach
