"""A usual screen of momentum, value and volatility, over all assets."""

# Zipline is not installed where mypy runs, and its API has no types.
# mypy: ignore-errors

from zipline.pipeline import Pipeline
from zipline.pipeline.data import EquityPricing
from zipline.pipeline.factors import (
    EWMA,
    RSI,
    VWAP,
    AnnualizedVolatility,
    AverageDollarVolume,
    BollingerBands,
    MaxDrawdown,
    Returns,
    SimpleMovingAverage,
)

LONGEST = 253
"""Sessions that the longest window reaches back: that of volatilities over returns."""


def make_pipeline(shown=100, **drawdown):
    """The screen.

    Args:
        shown: How many assets it shows each session; None: all.
        drawdown: Further arguments of MaxDrawdown.
    """
    close = EquityPricing.close
    year, month, week = (Returns(window_length=length) for length in (252, 21, 5))
    short = SimpleMovingAverage(inputs=[close], window_length=50)
    long = SimpleMovingAverage(inputs=[close], window_length=200)
    traded = AverageDollarVolume(window_length=30)
    volatility = AnnualizedVolatility(window_length=252)
    vwap = VWAP(window_length=20)
    bands = BollingerBands(window_length=20, k=2)
    smooth = EWMA.from_span(inputs=[close], window_length=60, span=20)
    fall = MaxDrawdown(inputs=[close], window_length=252, **drawdown)
    liquid = traded.percentile_between(20, 100)
    momentum = (year - month).zscore(mask=liquid)
    value = (long / close.latest).zscore(mask=liquid)
    calm = volatility.rank(ascending=False, mask=liquid)
    score = momentum.rank(mask=liquid) + value.rank(mask=liquid) + calm
    return Pipeline(
        columns={
            "year": year,
            "month": month,
            "week": week,
            "trend": short / long,
            "vwap": vwap,
            "traded": traded,
            "volatility": volatility,
            "rsi": RSI(),
            "lower": bands.lower,
            "upper": bands.upper,
            "fall": fall,
            "smooth": smooth,
            "momentum": momentum,
            "value": value,
            "score": score,
        },
        screen=None if shown is None else score.top(shown, mask=liquid),
    )
