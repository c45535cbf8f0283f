"""Averages over windows."""

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from rustybt.pipeline.data.equity_pricing import EquityPricing
from rustybt.pipeline.factors.base import OfProfile, OneInput, SomeInputs
from rustybt.pipeline.rolling.averages import linear_mean, traded, weighted_mean

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class SimpleMovingAverage(OneInput):
    """The mean of the values that are there in a window; missing where none is.

    Inputs: one column or term. Formula: sum / count.
    """

    degrees = 1

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The mean."""
        return columns.inputs[0].rolling_mean(self.window_length, min_samples=1)


class WeightedAverageValue(SomeInputs, OfProfile):
    """The average of a column weighted by another: ``sum(value * weight) / sum(weight)``.

    Inputs: values, and weights. Rows that lack one of them are passed over; with
    ``profile="zipline"`` the weight of a row whose value is missing stays in the denominator.
    Missing where the weights add up to 0.
    """

    count = 2
    degrees = (1, 0)

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The average."""
        pairs = not self._as_zipline(columns)
        kernel = partial(weighted_mean, length=self.window_length, pairs=pairs)
        return columns.in_blocks(kernel, *columns.inputs)


class VWAP(WeightedAverageValue):
    """The average price of a window, each close weighted by its volume.

    Inputs: by default closes and volumes.
    """

    inputs = (EquityPricing.close, EquityPricing.volume)


class AverageDollarVolume(SomeInputs):
    """The money traded in a session, on average: ``sum(close * volume) / window_length``.

    Inputs: by default closes and volumes. In a session without a bar nothing was traded: it counts
    as 0, so that an asset with no bar in the window has 0.
    """

    inputs = (EquityPricing.close, EquityPricing.volume)
    count = 2
    degrees = (1, 1)

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The average."""
        total = columns.in_blocks(partial(traded, length=self.window_length), *columns.inputs)
        return total / pl.lit(float(self.window_length))


class LinearWeightedMovingAverage(OneInput, OfProfile):
    """The mean with the weights 1, 2, …, n, the newest row with n.

    Inputs: one column or term. Missing values are passed over with their weights; with
    ``profile="zipline"`` they count as 0. Source: the weighted moving average of technical
    analysis, ``sum(k * value_k) / sum(k)``.
    """

    degrees = 1

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The mean."""
        present_only = not self._as_zipline(columns)
        kernel = partial(linear_mean, length=self.window_length, present_only=present_only)
        return columns.in_blocks(kernel, *columns.inputs)
