"""Oscillators of one column."""

from __future__ import annotations

from math import isnan, nan

from rustybt.indicators.kernels._averages import Ema

NONE_OF_3 = (nan, nan, nan)


class Macd:
    """``fast EMA - slow EMA``, its EMA, and the difference of both.

    Both averages have their first value in the same row: the fast one leaves out the rows before
    the ``fast`` ones that end there.
    """

    __slots__ = ("_fast", "_signal", "_skip", "_slow", "warm_up")

    def __init__(self, fast: int, slow: int, signal: int) -> None:
        self._fast = Ema(fast)
        self._slow = Ema(slow)
        self._signal = Ema(signal)
        self._skip = slow - fast
        self.warm_up = slow + signal - 2

    def step(self, value: float) -> tuple[float, float, float]:
        slow = self._slow.step(value)
        if self._skip:
            self._skip -= 1
            return NONE_OF_3
        line = self._fast.step(value) - slow
        signal = self._signal.step(line)
        if isnan(signal):
            return NONE_OF_3
        return line, signal, line - signal
