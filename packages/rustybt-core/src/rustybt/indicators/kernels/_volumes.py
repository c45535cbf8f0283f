"""Indicators that weigh prices with volume."""

from __future__ import annotations

from math import isnan, nan

from rustybt.indicators.kernels._averages import WeightedMean
from rustybt.indicators.kernels._rolling import RollingSum, RunningTotal

STILL = 1e-14


class Vwap:
    """``sum of (high + low + close) / 3 * volume / sum of volume`` of the window."""

    __slots__ = ("_mean", "warm_up")

    def __init__(self, window: int) -> None:
        self._mean = WeightedMean(window)
        self.warm_up = window - 1

    def step(self, high: float, low: float, close: float, volume: float) -> float:
        return self._mean.step((high + low + close) / 3.0, volume)


class Mfi:
    """``100 * (flow up / (flow up + flow down))``, sums of the window; 0 where nothing flowed.

    A bar's flow is ``typical * volume``, up or down as its ``typical = (high + low + close) / 3``
    is above or below the one before. A change of at most 1e-14 of the price is a rounding, and
    counts as none.
    """

    __slots__ = ("_before", "_down", "_up", "warm_up")

    def __init__(self, window: int) -> None:
        self._up = RollingSum(window)
        self._down = RollingSum(window)
        self._before = nan
        self.warm_up = window

    def step(self, high: float, low: float, close: float, volume: float) -> float:
        typical = (high + low + close) / 3.0
        change = typical - self._before
        self._before = typical
        if isnan(change):
            return nan
        flow = typical * volume
        still = abs(typical) * STILL
        up = self._up.step(flow if change > still else 0.0)
        both = up + self._down.step(flow if change < -still else 0.0)
        return 100.0 * (up / both) if both != 0.0 else 0.0


class Obv:
    """Volumes of all bars so far, added where the close rose and subtracted where it fell.

    The first bar counts as risen.
    """

    __slots__ = ("_before", "_total", "warm_up")

    def __init__(self) -> None:
        self._total = RunningTotal()
        self._before = nan
        self.warm_up = 0

    def step(self, close: float, volume: float) -> float:
        before = self._before
        self._before = close
        if close < before:
            return self._total.step(-volume)
        return self._total.step(0.0 if close == before else volume)


class Ad:
    """Sum of ``((close - low) - (high - close)) / (high - low) * volume`` of all bars so far.

    A bar without a range adds nothing.
    """

    __slots__ = ("_total", "warm_up")

    def __init__(self) -> None:
        self._total = RunningTotal()
        self.warm_up = 0

    def step(self, high: float, low: float, close: float, volume: float) -> float:
        spread = high - low
        if spread > 0.0:
            return self._total.step(((close - low) - (high - close)) / spread * volume)
        return self._total.step(0.0)


class Adosc:
    """Fast less slow average of AD: ``mean = share * AD + (1 - share) * mean``.

    Both start from the first AD; ``share = 2 / (window + 1)``.
    """

    __slots__ = ("_ad", "_fast", "_fast_share", "_row", "_slow", "_slow_share", "warm_up")

    def __init__(self, fast: int, slow: int) -> None:
        self._ad = Ad()
        self._fast_share = 2.0 / (fast + 1.0)
        self._slow_share = 2.0 / (slow + 1.0)
        self._fast = nan
        self._slow = nan
        self._row = 0
        self.warm_up = slow - 1

    def step(self, high: float, low: float, close: float, volume: float) -> float:
        ad = self._ad.step(high, low, close, volume)
        if self._row == 0:
            self._fast = self._slow = ad
        else:
            self._fast = self._fast_share * ad + (1.0 - self._fast_share) * self._fast
            self._slow = self._slow_share * ad + (1.0 - self._slow_share) * self._slow
        self._row += 1
        return self._fast - self._slow if self._row > self.warm_up else nan
