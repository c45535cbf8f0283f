"""Averages that follow a column."""

from __future__ import annotations

from math import isnan, nan

from rustybt.indicators.kernels._rolling import RollingSum


class Sma:
    """``sum of the window / window``."""

    __slots__ = ("_sum", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self._sum = RollingSum(window)
        self._window = float(window)
        self.warm_up = window - 1

    def step(self, value: float) -> float:
        return self._sum.step(value) / self._window


class Smoothed:
    """``previous + (value - previous) * share``, from the mean of the first ``window`` values.

    NaN until there are as many, and for a NaN.
    """

    __slots__ = ("_left", "_mean", "_share", "_window", "warm_up")

    def __init__(self, window: int, share: float) -> None:
        self.warm_up = window - 1
        self._window = float(window)
        self._share = share
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


class Ema(Smoothed):
    """A smoothed average with the share ``2 / (window + 1)``."""

    __slots__ = ()

    def __init__(self, window: int) -> None:
        super().__init__(window, 2.0 / (window + 1.0))
