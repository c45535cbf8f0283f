"""Indicators of technical analysis."""

from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.pipeline.data.equity_pricing import EquityPricing
from rustybt.pipeline.factors.base import OneInput, SomeInputs, at_least
from rustybt.pipeline.rolling.averages import relative_strength
from rustybt.pipeline.rolling.doubling import FloatArray
from rustybt.pipeline.rolling.extremes import place_of_highest
from rustybt.pipeline.rolling.moments import mean_and_deviation

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class RSI(OneInput):
    """Relative strength: ``100 - 100 / (1 + ups / downs)`` of the changes in a window.

    Inputs: by default closes; a window of 15 rows has 14 changes. `ups` and `downs` are simple
    means of the rises and falls, as in Zipline, not Wilder's recursive ones. Changes from or to a
    missing value are passed over. 100 where nothing falls; missing where nothing moves.
    """

    inputs = (EquityPricing.close,)
    window_length = 15
    window_safe = True
    degrees = 0

    def _validate(self) -> None:
        super()._validate()
        at_least(self, 2)

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The index."""
        index = partial(relative_strength, length=self.window_length)
        return columns.in_blocks(index, *columns.inputs)


class BollingerBands(OneInput):
    """Bands around the mean of a window, `k` standard deviations wide.

    Inputs: by default closes. Outputs: ``lower, middle, upper``. The deviation is that of the
    population (divided by n), of the values that are there, as John Bollinger defines it.

    Args:
        k: Deviations between the mean and a band.
    """

    inputs = (EquityPricing.close,)
    outputs = ("lower", "middle", "upper")
    params: Any = ("k",)
    degrees = 1

    def expressions(self, columns: "Columns") -> dict[str, pl.Expr]:
        """The bands."""
        k, length = float(self.params["k"]), self.window_length

        def bands(values: FloatArray) -> dict[str, FloatArray]:
            middle, width = mean_and_deviation(values, length=length)
            return {"lower": middle - k * width, "middle": middle, "upper": middle + k * width}

        return columns.several_in_blocks(bands, ("lower", "middle", "upper"), *columns.inputs)


class Aroon(SomeInputs):
    """How new the lowest low and the highest high of a window are, from 0 (oldest) to 100.

    Inputs: by default lows and highs. Outputs: ``down, up``. Formula: ``100 * place / (n - 1)``,
    the place counted from 0 for the oldest row; of equal extremes the oldest. Missing values are
    passed over.
    """

    inputs = (EquityPricing.low, EquityPricing.high)
    count = 2
    outputs = ("down", "up")
    degrees = 0

    def _validate(self) -> None:
        super()._validate()
        at_least(self, 2)

    def expressions(self, columns: "Columns") -> dict[str, pl.Expr]:
        """Both lines."""
        low, high = columns.inputs
        place = partial(place_of_highest, length=self.window_length)
        newest = self.window_length - 1
        return {
            "down": columns.in_blocks(place, -low) * 100 / newest,
            "up": columns.in_blocks(place, high) * 100 / newest,
        }


class FastStochasticOscillator(SomeInputs):
    """%K: where the last close is between the lowest low and the highest high, from 0 to 100.

    Inputs: by default closes, lows and highs; a window is 14 rows. Formula:
    ``100 * (close - lowest) / (highest - lowest)``. Missing lows and highs are passed over; missing
    where the last close is, and where the range is 0.
    """

    inputs = (EquityPricing.close, EquityPricing.low, EquityPricing.high)
    count = 3
    window_length = 14
    window_safe = True
    degrees = 0

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The oscillator."""
        close, low, high = columns.inputs
        lowest = low.rolling_min(self.window_length, min_samples=1)
        highest = high.rolling_max(self.window_length, min_samples=1)
        return (close - lowest) / (highest - lowest) * 100


class TrueRange(SomeInputs):
    """The range of a session and of the gap to the close before it, the largest of three.

    Inputs: by default highs, lows and closes. Formula: the largest of ``high - low``,
    ``|high - close before|`` and ``|low - close before|`` that there is (J. Welles Wilder, 1978).
    """

    inputs = (EquityPricing.high, EquityPricing.low, EquityPricing.close)
    count = 3
    window_length = 2
    degrees = 1

    def _validate(self) -> None:
        super()._validate()
        at_least(self, 2)

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The range."""
        high, low, close = columns.inputs
        before = close.shift(1)
        return pl.max_horizontal(high - low, (high - before).abs(), (low - before).abs())
