"""Averages over windows."""

from typing import TYPE_CHECKING

import polars as pl

from rustybt.pipeline.data.equity_pricing import EquityPricing
from rustybt.pipeline.factor import Factor

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class SimpleMovingAverage(Factor):
    """The mean of the values that are there in a window; missing where none is.

    Inputs: one column or term. Formula: sum / count.
    """

    degrees = 1

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The mean."""
        return columns.inputs[0].rolling_mean(self.window_length, min_samples=1)


class Returns(Factor):
    """The return from the first to the last row of a window: ``last / first - 1``.

    Inputs: by default closes. A window of n rows makes a return of n - 1 sessions.
    """

    inputs = (EquityPricing.close,)
    window_safe = True
    degrees = 0

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The return."""
        close = columns.inputs[0]
        return close / close.shift(self.window_length - 1) - 1
