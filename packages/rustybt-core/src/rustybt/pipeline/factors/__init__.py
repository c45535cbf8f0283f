"""Built-in factors."""

from rustybt.pipeline.custom import CustomFactor
from rustybt.pipeline.expr_factor import ExprFactor
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.factors.averages import (
    VWAP,
    AverageDollarVolume,
    LinearWeightedMovingAverage,
    SimpleMovingAverage,
    WeightedAverageValue,
)
from rustybt.pipeline.factors.changes import (
    DailyReturns,
    PercentChange,
    RateOfChangePercentage,
    Returns,
)
from rustybt.pipeline.factors.events import (
    BusinessDaysSincePreviousEvent,
    BusinessDaysUntilNextEvent,
)
from rustybt.pipeline.factors.exponential import (
    EWMA,
    EWMSTD,
    ExponentialWeightedMovingAverage,
    ExponentialWeightedMovingStdDev,
)
from rustybt.pipeline.factors.lines import (
    IchimokuKinkoHyo,
    MACDSignal,
    MovingAverageConvergenceDivergenceSignal,
)
from rustybt.pipeline.factors.others import Clip, Latest, PeerCount, RecarrayField
from rustybt.pipeline.factors.risk import AnnualizedVolatility, MaxDrawdown
from rustybt.pipeline.factors.statistical import (
    RollingLinearRegression,
    RollingLinearRegressionOfReturns,
    RollingPearson,
    RollingPearsonOfReturns,
    RollingSpearman,
    RollingSpearmanOfReturns,
    SimpleBeta,
)
from rustybt.pipeline.factors.technical import (
    RSI,
    Aroon,
    BollingerBands,
    FastStochasticOscillator,
    TrueRange,
)

__all__ = [
    "EWMA",
    "EWMSTD",
    "RSI",
    "VWAP",
    "AnnualizedVolatility",
    "Aroon",
    "AverageDollarVolume",
    "BollingerBands",
    "BusinessDaysSincePreviousEvent",
    "BusinessDaysUntilNextEvent",
    "Clip",
    "CustomFactor",
    "DailyReturns",
    "ExponentialWeightedMovingAverage",
    "ExponentialWeightedMovingStdDev",
    "ExprFactor",
    "Factor",
    "FastStochasticOscillator",
    "IchimokuKinkoHyo",
    "Latest",
    "LinearWeightedMovingAverage",
    "MACDSignal",
    "MaxDrawdown",
    "MovingAverageConvergenceDivergenceSignal",
    "PeerCount",
    "PercentChange",
    "RateOfChangePercentage",
    "RecarrayField",
    "Returns",
    "RollingLinearRegression",
    "RollingLinearRegressionOfReturns",
    "RollingPearson",
    "RollingPearsonOfReturns",
    "RollingSpearman",
    "RollingSpearmanOfReturns",
    "SimpleBeta",
    "SimpleMovingAverage",
    "TrueRange",
    "WeightedAverageValue",
]
