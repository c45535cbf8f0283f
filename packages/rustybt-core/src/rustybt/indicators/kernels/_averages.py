"""Averages that follow a column."""

from __future__ import annotations

from math import isnan, isqrt, nan

from rustybt.indicators.kernels._rolling import RollingLine, RollingSum
from rustybt.indicators.kernels._windows import Lag


class Sma:
    """``sum of the window / window``."""

    __slots__ = ("_sum", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self._sum = RollingSum(window)
        self._window = float(window)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        return self._sum.step(value) / self._window


class Ema:
    """``(value - mean) * share + mean`` with ``share = 2 / (window + 1)``.

    It starts from ``sum of the first window values / window``. A NaN does not enter.
    """

    __slots__ = ("_left", "_mean", "_share", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self.warm_up = window - 1
        self._window = float(window)
        self._share = 2.0 / (window + 1.0)
        self._left = window
        self._mean = 0.0

    def step(self, value: float) -> float:
        if isnan(value):
            return nan
        if not self._left:
            self._mean = (value - self._mean) * self._share + self._mean
            return self._mean
        self._mean += value
        self._left -= 1
        if self._left:
            return nan
        self._mean /= self._window
        return self._mean


class Wilder:
    """``(mean * (window - 1) + value) / window``, from the mean of the first ``window`` values.

    A NaN does not enter. Wilder, New Concepts in Technical Trading Systems (1978).
    """

    __slots__ = ("_left", "_mean", "_rest", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self.warm_up = window - 1
        self._window = float(window)
        self._rest = window - 1.0
        self._left = window
        self._mean = 0.0

    def step(self, value: float) -> float:
        if isnan(value):
            return nan
        if not self._left:
            self._mean = (self._mean * self._rest + value) / self._window
            return self._mean
        self._mean += value
        self._left -= 1
        if self._left:
            return nan
        self._mean /= self._window
        return self._mean


class Wma:
    """``sum of place * value / sum of places``, places from 1 for the oldest."""

    __slots__ = ("_line", "_places", "warm_up")

    def __init__(self, window: int) -> None:
        self._line = RollingLine(window)
        self._places = window * (window + 1) / 2
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        return self._line.step(value) / self._places


class Dema:
    """``2 * EMA - EMA of EMA``."""

    __slots__ = ("_first", "_second", "warm_up")

    def __init__(self, window: int) -> None:
        self._first = Ema(window)
        self._second = Ema(window)
        self.warm_up = 2 * (window - 1)

    def step(self, value: float) -> float:
        first = self._first.step(value)
        return 2.0 * first - self._second.step(first)


class Tema:
    """``(3 * EMA - 3 * EMA of EMA) + EMA of EMA of EMA``."""

    __slots__ = ("_first", "_second", "_third", "warm_up")

    def __init__(self, window: int) -> None:
        self._first = Ema(window)
        self._second = Ema(window)
        self._third = Ema(window)
        self.warm_up = 3 * (window - 1)

    def step(self, value: float) -> float:
        first = self._first.step(value)
        second = self._second.step(first)
        return (3.0 * first - 3.0 * second) + self._third.step(second)


class Trima:
    """SMA of an SMA, over ``window // 2 + 1`` and ``(window + 1) // 2`` rows."""

    __slots__ = ("_first", "_second", "warm_up")

    def __init__(self, window: int) -> None:
        self._first = Sma((window + 1) // 2)
        self._second = Sma(window // 2 + 1)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        return self._second.step(self._first.step(value))


class Hma:
    """WMA over ``isqrt(window)`` rows of ``2 * WMA(window // 2) - WMA(window)``."""

    __slots__ = ("_half", "_smooth", "_whole", "warm_up")

    def __init__(self, window: int) -> None:
        self._half = Wma(window // 2)
        self._whole = Wma(window)
        self._smooth = Wma(isqrt(window))
        self.warm_up = window - 1 + isqrt(window) - 1

    def step(self, value: float) -> float:
        return self._smooth.step(2.0 * self._half.step(value) - self._whole.step(value))


class T3:
    """Tillson's average of six EMAs one upon the other.

    With ``v = factor``: ``c1 = -(v * v * v)``, ``c2 = 3 * (v * v - c1)``,
    ``c3 = -6 * (v * v) - 3 * (v - c1)``, ``c4 = 1 + 3 * v - c1 + 3 * (v * v)``; a value is
    ``c1 * e6 + c2 * e5 + c3 * e4 + c4 * e3``.
    """

    __slots__ = ("_averages", "_factors", "warm_up")

    def __init__(self, window: int, factor: float) -> None:
        self._averages = tuple(Ema(window) for _ in range(6))
        square = factor * factor
        first = -(square * factor)
        second = 3.0 * (square - first)
        third = -6.0 * square - 3.0 * (factor - first)
        self._factors = (first, second, third, 1.0 + 3.0 * factor - first + 3.0 * square)
        self.warm_up = 6 * (window - 1)

    def step(self, value: float) -> float:
        e1, e2, e3, e4, e5, e6 = self._averages
        third = e3.step(e2.step(e1.step(value)))
        fourth = e4.step(third)
        fifth = e5.step(fourth)
        c1, c2, c3, c4 = self._factors
        return c1 * e6.step(fifth) + c2 * fifth + c3 * fourth + c4 * third


class Kama:
    """Kaufman's average, which follows fast where the column goes straight.

    ``efficiency = abs(value - value of window rows ago) / sum of abs(changes)``, at most 1, and 1
    where nothing moved; ``share = (efficiency * (2 / (fast + 1) - 2 / (slow + 1)) +
    2 / (slow + 1)) squared``; ``mean = (value - mean) * share + mean``, from the value before the
    first one that is given.
    """

    __slots__ = ("_before", "_lag", "_mean", "_path", "_slowest", "_spread", "warm_up")

    def __init__(self, window: int, fast: int, slow: int) -> None:
        self.warm_up = window
        self._lag = Lag(window)
        self._path = RollingSum(window)
        self._slowest = 2.0 / (slow + 1.0)
        self._spread = 2.0 / (fast + 1.0) - self._slowest
        self._before = nan
        self._mean = nan

    def step(self, value: float) -> float:
        path = self._path.step(abs(value - self._before))
        net = abs(value - self._lag.step(value))
        self._before = value
        if isnan(path):
            self._mean = value
            return nan
        efficiency = 1.0 if path <= net else net / path
        share = efficiency * self._spread + self._slowest
        self._mean = (value - self._mean) * (share * share) + self._mean
        return self._mean


class WeightedMean:
    """``sum of value * weight / sum of weight`` over the window; NaN where the weights are 0."""

    __slots__ = ("_products", "_weights", "warm_up")

    def __init__(self, window: int) -> None:
        self._products = RollingSum(window)
        self._weights = RollingSum(window)
        self.warm_up = window - 1

    def step(self, value: float, weight: float) -> float:
        products = self._products.step(value * weight)
        weights = self._weights.step(weight)
        return products / weights if weights != 0.0 else nan
