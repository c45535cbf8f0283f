"""Indicators: statistics of columns of bars, computed in chunks with carried state.

A strategy declares them in `initialize` and reads them bar by bar::

    def initialize(context):
        context.share = symbol("ALFA")
        context.fast, context.slow = sma(context.share, 20), sma(context.share, 50)

    def handle_data(context, data):
        if context.fast.crossed_above(context.slow):
            order_target_percent(context.share, 1)

`rustybt.indicators.kernels` has what computes them.
"""

from rustybt.indicators._board import IndicatorBoard
from rustybt.indicators._declared import CompoundIndicator, Indicator, Indicators
from rustybt.indicators._functions import macd, sma
from rustybt.indicators._readings import Reading

__all__ = [
    "CompoundIndicator",
    "Indicator",
    "IndicatorBoard",
    "Indicators",
    "Reading",
    "macd",
    "sma",
]
