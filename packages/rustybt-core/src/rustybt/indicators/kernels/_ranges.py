"""Indicators of the range of bars: high, low, close."""

from __future__ import annotations

from math import isnan, nan

from rustybt.indicators.kernels._averages import Ema, Sma, Wilder
from rustybt.indicators.kernels._oscillators import NONE_OF_2, NONE_OF_3, place_in_range
from rustybt.indicators.kernels._rolling import RollingSquares, RollingSum
from rustybt.indicators.kernels._windows import Lag, RollingMax, RollingMin

NONE_OF_6 = (nan, nan, nan, nan, nan, nan)


class TrueRange:
    """Greatest of ``high - low``, ``abs(close before - high)``, ``abs(close before - low)``."""

    __slots__ = ("_close", "warm_up")

    def __init__(self) -> None:
        self._close = nan
        self.warm_up = 1

    def step(self, high: float, low: float, close: float) -> float:
        before = self._close
        self._close = close
        if isnan(before):
            return nan
        greatest = high - low
        greatest = max(greatest, abs(before - high))
        return max(greatest, abs(before - low))


class Atr:
    """Wilder's average of the true range."""

    __slots__ = ("_mean", "_range", "warm_up")

    def __init__(self, window: int) -> None:
        self._range = TrueRange()
        self._mean = Wilder(window)
        self.warm_up = window

    def step(self, high: float, low: float, close: float) -> float:
        return self._mean.step(self._range.step(high, low, close))


class Natr:
    """``ATR / close * 100``; 0 where the close is 0."""

    __slots__ = ("_atr", "warm_up")

    def __init__(self, window: int) -> None:
        self._atr = Atr(window)
        self.warm_up = window

    def step(self, high: float, low: float, close: float) -> float:
        atr = self._atr.step(high, low, close)
        if isnan(atr):
            return nan
        return atr / close * 100.0 if close != 0.0 else 0.0


class StochasticFast:
    """``k``: where the close is between the extremes of the window; ``d``: its SMA."""

    __slots__ = ("_greatest", "_least", "_signal", "warm_up")

    def __init__(self, window: int, signal: int) -> None:
        self._greatest = RollingMax(window)
        self._least = RollingMin(window)
        self._signal = Sma(signal)
        self.warm_up = window - 1 + signal - 1

    def step(self, high: float, low: float, close: float) -> tuple[float, float]:
        least = self._least.step(low)
        k = place_in_range(close, self._greatest.step(high), least)
        d = self._signal.step(k)
        return NONE_OF_2 if isnan(d) else (k, d)


class Stochastic:
    """``k``: SMA over ``smoothing`` rows of the fast one; ``d``: the SMA of ``k``."""

    __slots__ = ("_greatest", "_least", "_signal", "_smoothed", "warm_up")

    def __init__(self, window: int, smoothing: int, signal: int) -> None:
        self._greatest = RollingMax(window)
        self._least = RollingMin(window)
        self._smoothed = Sma(smoothing)
        self._signal = Sma(signal)
        self.warm_up = window - 1 + smoothing - 1 + signal - 1

    def step(self, high: float, low: float, close: float) -> tuple[float, float]:
        least = self._least.step(low)
        k = self._smoothed.step(place_in_range(close, self._greatest.step(high), least))
        d = self._signal.step(k)
        return NONE_OF_2 if isnan(d) else (k, d)


class WilliamsR:
    """``(greatest - close) / ((greatest - least) / -100)``; 0 where the extremes are equal."""

    __slots__ = ("_greatest", "_least", "warm_up")

    def __init__(self, window: int) -> None:
        self._greatest = RollingMax(window)
        self._least = RollingMin(window)
        self.warm_up = window - 1

    def step(self, high: float, low: float, close: float) -> float:
        greatest = self._greatest.step(high)
        hundredth = (greatest - self._least.step(low)) / -100.0
        return (greatest - close) / hundredth if hundredth != 0.0 else 0.0


class Cci:
    """``(typical - mean) / (0.015 * (sum of abs(typical - mean) / window))``.

    ``typical = (high + low + close) / 3``. The sum runs over the slots of a ring of the window's
    values; the mean is :class:`RollingSquares`'s, exact where prices are equal. 0 where it is 0.
    """

    __slots__ = ("_at", "_ring", "_squares", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self._squares = RollingSquares(window)
        self._ring = [0.0] * window
        self._at = 0
        self._window = float(window)
        self.warm_up = window - 1

    def step(self, high: float, low: float, close: float) -> float:
        typical = (high + low + close) / 3.0
        self._ring[self._at] = typical
        self._at = (self._at + 1) % len(self._ring)
        if isnan(self._squares.step(typical)):
            return nan
        mean = self._squares.mean
        spread = 0.0
        for value in self._ring:
            spread += abs(value - mean)
        unit = 0.015 * (spread / self._window)
        return (typical - mean) / unit if unit != 0.0 else 0.0


class UltimateOscillator:
    """``100 * ((4 * a(short) + 2 * a(medium) + a(long)) / 7)``.

    ``a`` is the sum of ``close - true low`` over the sum of the true range, where the true low is
    the lesser of the low and the close before; it is left out where the range is 0.
    """

    __slots__ = ("_close", "_pressures", "_range", "_ranges", "warm_up")

    def __init__(self, short: int, medium: int, long: int) -> None:
        self._pressures = tuple(RollingSum(each) for each in (short, medium, long))
        self._ranges = tuple(RollingSum(each) for each in (short, medium, long))
        self._range = TrueRange()
        self._close = nan
        self.warm_up = long

    def step(self, high: float, low: float, close: float) -> float:
        before = self._close
        self._close = close
        true_range = self._range.step(high, low, close)
        if isnan(true_range):
            return nan
        pressure = close - min(low, before)
        weight = 4.0
        total = 0.0
        for pressures, ranges in zip(self._pressures, self._ranges, strict=True):
            above = pressures.step(pressure)
            below = ranges.step(true_range)
            if below != 0.0:
                total += weight * (above / below)
            weight *= 0.5
        return 100.0 * (total / 7.0)


class Aroon:
    """``100 / window * (window - age of the extreme)`` of the last ``window + 1`` bars.

    ``oscillator = 100 / window * (age of the low - age of the high)``; of equals the newest counts.
    """

    __slots__ = ("_factor", "_greatest", "_least", "_window", "warm_up")

    def __init__(self, window: int) -> None:
        self._greatest = RollingMax(window + 1)
        self._least = RollingMin(window + 1)
        self._factor = 100.0 / window
        self._window = window
        self.warm_up = window

    def step(self, high: float, low: float) -> tuple[float, float, float]:
        greatest = self._greatest.step(high)
        self._least.step(low)
        if isnan(greatest):
            return NONE_OF_3
        since_high = self._greatest.age
        since_low = self._least.age
        up = self._factor * (self._window - since_high)
        down = self._factor * (self._window - since_low)
        return up, down, self._factor * (since_low - since_high)


class Donchian:
    """Greatest high and least low of the window, this bar's too, and their middle."""

    __slots__ = ("_greatest", "_least", "warm_up")

    def __init__(self, window: int) -> None:
        self._greatest = RollingMax(window)
        self._least = RollingMin(window)
        self.warm_up = window - 1

    def step(self, high: float, low: float) -> tuple[float, float, float]:
        upper = self._greatest.step(high)
        lower = self._least.step(low)
        return upper, (upper + lower) * 0.5, lower


class Keltner:
    """EMA of the close, and the lines ``multiplier`` ATRs above and below."""

    __slots__ = ("_atr", "_mean", "_multiplier", "warm_up")

    def __init__(self, window: int, range_window: int, multiplier: float) -> None:
        self._mean = Ema(window)
        self._atr = Atr(range_window)
        self._multiplier = multiplier
        self.warm_up = max(window - 1, range_window)

    def step(self, high: float, low: float, close: float) -> tuple[float, float, float]:
        middle = self._mean.step(close)
        reach = self._multiplier * self._atr.step(high, low, close)
        if isnan(middle) or isnan(reach):
            return NONE_OF_3
        return middle + reach, middle, middle - reach


class Ichimoku:
    """Middles of the ranges of three windows, and the cloud as it stands over this bar.

    ``conversion`` and ``base`` are the middles of their windows; ``lead_a`` is their mean and
    ``lead_b`` the middle of ``span``: what a chart draws ``displacement`` bars ahead. ``span_a``
    and ``span_b`` are the leads of ``displacement`` bars ago: what a chart draws at this bar. The
    chart's lagging line is the close of this bar, drawn over a bar of the past, and not given.
    """

    __slots__ = ("_base", "_conversion", "_lag_a", "_lag_b", "_span", "warm_up")

    def __init__(self, conversion: int, base: int, span: int, displacement: int) -> None:
        self._conversion = Donchian(conversion)
        self._base = Donchian(base)
        self._span = Donchian(span)
        self._lag_a = Lag(displacement)
        self._lag_b = Lag(displacement)
        self.warm_up = span - 1 + displacement

    def step(self, high: float, low: float) -> tuple[float, float, float, float, float, float]:
        _, conversion, _ = self._conversion.step(high, low)
        _, base, _ = self._base.step(high, low)
        _, lead_b, _ = self._span.step(high, low)
        lead_a = (conversion + base) * 0.5
        span_a = self._lag_a.step(lead_a)
        span_b = self._lag_b.step(lead_b)
        if isnan(span_b):
            return NONE_OF_6
        return conversion, base, span_a, span_b, lead_a, lead_b
