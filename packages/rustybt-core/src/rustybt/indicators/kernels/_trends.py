"""Indicators of a trend's strength and direction."""

from __future__ import annotations

from math import isnan, nan

from rustybt.indicators.kernels._oscillators import NONE_OF_2
from rustybt.indicators.kernels._ranges import Atr, TrueRange
from rustybt.indicators.kernels._windows import Lag


class _WilderSum:
    """``total - total / window + value``, from the sum of the first ``window - 1`` values."""

    __slots__ = ("_left", "_total", "_window")

    def __init__(self, window: int) -> None:
        self._window = float(window)
        self._left = window - 1
        self._total = 0.0

    def step(self, value: float) -> float:
        if self._left:
            self._left -= 1
            self._total += value
            return nan
        self._total = self._total - self._total / self._window + value
        return self._total


class Directional:
    """Plus and minus DI: ``100 * (sum of moves / sum of true ranges)``, 0 where that is 0.

    A bar moves up by ``high - high before`` where that is above 0 and above
    ``low before - low``, and down the other way round. The sums are Wilder's.
    """

    __slots__ = ("_high", "_low", "_minus", "_plus", "_range", "_sum", "warm_up")

    def __init__(self, window: int) -> None:
        self._plus = _WilderSum(window)
        self._minus = _WilderSum(window)
        self._sum = _WilderSum(window)
        self._range = TrueRange()
        self._high = nan
        self._low = nan
        self.warm_up = window

    def step(self, high: float, low: float, close: float) -> tuple[float, float]:
        up = high - self._high
        down = self._low - low
        self._high = high
        self._low = low
        true_range = self._range.step(high, low, close)
        if isnan(true_range):
            return NONE_OF_2
        plus = self._plus.step(up if up > 0.0 and up > down else 0.0)
        minus = self._minus.step(down if down > 0.0 and down > up else 0.0)
        ranges = self._sum.step(true_range)
        if ranges == 0.0:
            return 0.0, 0.0
        return 100.0 * (plus / ranges), 100.0 * (minus / ranges)


class PlusDi:
    """The first of both."""

    __slots__ = ("_both", "warm_up")

    def __init__(self, window: int) -> None:
        self._both = Directional(window)
        self.warm_up = window

    def step(self, high: float, low: float, close: float) -> float:
        return self._both.step(high, low, close)[0]


class MinusDi:
    """The second of both."""

    __slots__ = ("_both", "warm_up")

    def __init__(self, window: int) -> None:
        self._both = Directional(window)
        self.warm_up = window

    def step(self, high: float, low: float, close: float) -> float:
        return self._both.step(high, low, close)[1]


class Dx:
    """``100 * (abs(minus DI - plus DI) / (plus DI + minus DI))``.

    Where both are 0 it stays as it was, and begins with 0.
    """

    __slots__ = ("_both", "_last", "warm_up")

    def __init__(self, window: int) -> None:
        self._both = Directional(window)
        self._last = 0.0
        self.warm_up = window

    def step(self, high: float, low: float, close: float) -> float:
        plus, minus = self._both.step(high, low, close)
        both = plus + minus
        if isnan(both):
            return nan
        if both != 0.0:
            self._last = 100.0 * (abs(minus - plus) / both)
        return self._last


class Adx:
    """Wilder's average of DX; a bar at which both DIs are 0 leaves it alone.

    Among the first ``window`` values such a bar counts as 0.
    """

    __slots__ = ("_both", "_left", "_mean", "_rest", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self._both = Directional(window)
        self._window = float(window)
        self._rest = window - 1.0
        self._left = window
        self._mean = 0.0
        self.warm_up = 2 * window - 1

    def step(self, high: float, low: float, close: float) -> float:
        plus, minus = self._both.step(high, low, close)
        both = plus + minus
        if isnan(both):
            return nan
        if not self._left:
            if both != 0.0:
                dx = 100.0 * (abs(minus - plus) / both)
                self._mean = (self._mean * self._rest + dx) / self._window
            return self._mean
        if both != 0.0:
            self._mean += 100.0 * (abs(minus - plus) / both)
        self._left -= 1
        if self._left:
            return nan
        self._mean /= self._window
        return self._mean


class Adxr:
    """``(ADX + ADX of window - 1 rows ago) / 2``."""

    __slots__ = ("_adx", "_lag", "warm_up")

    def __init__(self, window: int) -> None:
        self._adx = Adx(window)
        self._lag = Lag(window - 1)
        self.warm_up = 2 * window - 1 + window - 1

    def step(self, high: float, low: float, close: float) -> float:
        adx = self._adx.step(high, low, close)
        return (adx + self._lag.step(adx)) * 0.5


class Supertrend:
    """The line that a trend does not cross: below the bars while it rises, above while it falls.

    ``middle = (high + low) / 2``, ``reach = multiplier * ATR``. The upper line is
    ``middle + reach`` where that is below the line before or the close before was above it, else
    the line before; the lower line the other way round. ``direction`` is -1 at first, becomes 1
    when the close is above the upper line, and -1 when it is below the lower line.
    """

    __slots__ = ("_atr", "_close", "_direction", "_lower", "_multiplier", "_upper", "warm_up")

    def __init__(self, window: int, multiplier: float) -> None:
        self._atr = Atr(window)
        self._multiplier = multiplier
        self._close = nan
        self._upper = nan
        self._lower = nan
        self._direction = -1.0
        self.warm_up = window

    def step(self, high: float, low: float, close: float) -> tuple[float, float]:
        reach = self._multiplier * self._atr.step(high, low, close)
        before = self._close
        self._close = close
        if isnan(reach):
            return NONE_OF_2
        middle = (high + low) * 0.5
        self._upper = _tightened(middle + reach, self._upper, before - self._upper)
        self._lower = -_tightened(reach - middle, -self._lower, self._lower - before)
        if self._direction < 0.0:
            self._direction = 1.0 if close > self._upper else -1.0
        else:
            self._direction = -1.0 if close < self._lower else 1.0
        return self._lower if self._direction > 0.0 else self._upper, self._direction


def _tightened(line: float, before: float, beyond: float) -> float:
    """The new line, unless the one before is nearer to the bars and was not crossed."""
    return before if line >= before and beyond <= 0.0 else line


class Psar:
    """Wilder's parabolic stop: the line that turns the position when a bar touches it.

    ``stop += speed * (extreme - stop)``, never beyond the last two bars; ``speed`` starts with
    ``acceleration`` and grows by it with each new extreme, up to ``maximum``. The first position
    is short where the second bar moves down (as :class:`Directional` says), else long; the first
    stop is the first bar's far end. When a bar touches the stop, the position turns and the stop
    is the extreme, not within the last two bars.

    The computation is the long one; a short position mirrors prices (``sign`` -1), which is exact.
    """

    __slots__ = (
        "_acceleration",
        "_extreme",
        "_high",
        "_low",
        "_maximum",
        "_sign",
        "_speed",
        "_stop",
        "warm_up",
    )

    def __init__(self, acceleration: float, maximum: float) -> None:
        self._acceleration = min(maximum, acceleration)
        self._maximum = maximum
        self._speed = self._acceleration
        self._high = nan
        self._low = nan
        self._sign = 0.0
        self._stop = 0.0
        self._extreme = 0.0
        self.warm_up = 1

    def step(self, high: float, low: float) -> float:
        high_before, low_before = self._high, self._low
        self._high, self._low = high, low
        if isnan(high_before):
            return nan
        if self._sign == 0.0:
            self._begin(high, low, high_before, low_before)
            high_before, low_before = high, low
        if self._sign > 0.0:
            return self._follow(high, low, high_before, low_before)
        return -self._follow(-low, -high, -low_before, -high_before)

    def _begin(self, high: float, low: float, high_before: float, low_before: float) -> None:
        down = low_before - low
        short = down > 0.0 and down > high - high_before
        self._sign = -1.0 if short else 1.0
        self._stop = -high_before if short else low_before
        self._extreme = -low if short else high

    def _follow(self, high: float, low: float, high_before: float, low_before: float) -> float:
        """Given and answered in prices of a long position, mirrored for a short one."""
        if low <= self._stop:
            return self._turn(high, low, high_before, low_before)
        stop = self._stop
        if high > self._extreme:
            self._extreme = high
            self._speed = min(self._speed + self._acceleration, self._maximum)
        self._move(low, low_before)
        return stop

    def _turn(self, high: float, low: float, high_before: float, low_before: float) -> float:
        """The new position is seen in the mirror."""
        self._sign = -self._sign
        stop = min(-self._extreme, -high_before, -high)
        self._stop = stop
        self._speed = self._acceleration
        self._extreme = -low
        self._move(-high, -high_before)
        return -stop

    def _move(self, low: float, low_before: float) -> None:
        stop = self._stop + self._speed * (self._extreme - self._stop)
        self._stop = min(stop, low_before, low)
