"""Oscillators of one column."""

from __future__ import annotations

from math import isnan, nan

from rustybt.indicators.kernels._averages import Ema, Sma, Wilder
from rustybt.indicators.kernels._windows import Lag, RollingMax, RollingMin

STILL = 1e-10
NONE_OF_2 = (nan, nan)
NONE_OF_3 = (nan, nan, nan)


class Momentum:
    """``value - value of window rows ago``."""

    __slots__ = ("_lag", "warm_up")

    def __init__(self, window: int) -> None:
        self._lag = Lag(window)
        self.warm_up = window

    def step(self, value: float) -> float:
        return value - self._lag.step(value)


class Roc:
    """``(value / value of window rows ago - 1) * 100``; 0 where that value is 0."""

    __slots__ = ("_lag", "warm_up")

    def __init__(self, window: int) -> None:
        self._lag = Lag(window)
        self.warm_up = window

    def step(self, value: float) -> float:
        before = self._lag.step(value)
        return (value / before - 1.0) * 100.0 if before != 0.0 else 0.0


class _GainsAndLosses:
    """Wilder's averages of rises and of falls."""

    __slots__ = ("_before", "_gain", "_loss")

    def __init__(self, window: int) -> None:
        self._gain = Wilder(window)
        self._loss = Wilder(window)
        self._before = nan

    def step(self, value: float) -> tuple[float, float]:
        change = value - self._before
        self._before = value
        if isnan(change):
            return NONE_OF_2
        if change < 0.0:
            return self._gain.step(0.0), self._loss.step(-change)
        return self._gain.step(change), self._loss.step(0.0)


class Rsi:
    """``100 * (gain / (gain + loss))``; 0 where nothing moved."""

    __slots__ = ("_moves", "warm_up")

    def __init__(self, window: int) -> None:
        self._moves = _GainsAndLosses(window)
        self.warm_up = window

    def step(self, value: float) -> float:
        gain, loss = self._moves.step(value)
        both = gain + loss
        return 100.0 * (gain / both) if both != 0.0 else 0.0


class Cmo:
    """``100 * ((gain - loss) / (gain + loss))``; 0 where nothing moved."""

    __slots__ = ("_moves", "warm_up")

    def __init__(self, window: int) -> None:
        self._moves = _GainsAndLosses(window)
        self.warm_up = window

    def step(self, value: float) -> float:
        gain, loss = self._moves.step(value)
        both = gain + loss
        return 100.0 * ((gain - loss) / both) if both != 0.0 else 0.0


class Apo:
    """``fast EMA - slow EMA``."""

    __slots__ = ("_fast", "_slow", "warm_up")

    def __init__(self, fast: int, slow: int) -> None:
        self._fast = Ema(fast)
        self._slow = Ema(slow)
        self.warm_up = slow - 1

    def step(self, value: float) -> float:
        return self._fast.step(value) - self._slow.step(value)


class Ppo:
    """``(fast EMA - slow EMA) / slow EMA * 100``; 0 where the slow one is 0."""

    __slots__ = ("_fast", "_slow", "warm_up")

    def __init__(self, fast: int, slow: int) -> None:
        self._fast = Ema(fast)
        self._slow = Ema(slow)
        self.warm_up = slow - 1

    def step(self, value: float) -> float:
        fast = self._fast.step(value)
        slow = self._slow.step(value)
        return (fast - slow) / slow * 100.0 if slow != 0.0 else 0.0


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


class Trix:
    """ROC over one row of an EMA of an EMA of an EMA."""

    __slots__ = ("_first", "_roc", "_second", "_third", "warm_up")

    def __init__(self, window: int) -> None:
        self._first = Ema(window)
        self._second = Ema(window)
        self._third = Ema(window)
        self._roc = Roc(1)
        self.warm_up = 3 * (window - 1) + 1

    def step(self, value: float) -> float:
        third = self._third.step(self._second.step(self._first.step(value)))
        return nan if isnan(third) else self._roc.step(third)


class StochasticRsi:
    """Where the RSI is between its extremes of ``range_window`` rows, and the SMA of that.

    ``k = (rsi - least) / ((greatest - least) / 100)``; ``d = SMA(k, signal)``. Where nothing moves
    the RSI keeps its value but for roundings: a range of at most 1e-10 counts as none, ``k`` is 0.
    """

    __slots__ = ("_greatest", "_least", "_rsi", "_signal", "warm_up")

    def __init__(self, window: int, range_window: int, signal: int) -> None:
        self._rsi = Rsi(window)
        self._greatest = RollingMax(range_window)
        self._least = RollingMin(range_window)
        self._signal = Sma(signal)
        self.warm_up = window + range_window - 1 + signal - 1

    def step(self, value: float) -> tuple[float, float]:
        rsi = self._rsi.step(value)
        least = self._least.step(rsi)
        greatest = self._greatest.step(rsi)
        k = 0.0 if greatest - least <= STILL else place_in_range(rsi, greatest, least)
        d = self._signal.step(k)
        return NONE_OF_2 if isnan(d) else (k, d)


def place_in_range(value: float, greatest: float, least: float) -> float:
    """``(value - least) / ((greatest - least) / 100)``, 0 where the extremes are equal."""
    hundredth = (greatest - least) / 100.0
    return (value - least) / hundredth if hundredth != 0.0 else 0.0
