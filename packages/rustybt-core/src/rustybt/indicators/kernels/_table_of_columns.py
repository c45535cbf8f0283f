"""The table of indicators of one column."""

from __future__ import annotations

from rustybt.indicators.kernels import _averages as averages
from rustybt.indicators.kernels import _rolling as rolling
from rustybt.indicators.kernels import _statistics as statistics
from rustybt.indicators.kernels import _volumes as volumes
from rustybt.indicators.kernels import _windows as windows
from rustybt.indicators.kernels._models import Specification
from rustybt.indicators.kernels._parameters import TRADED, number, rows, window

AVERAGES = (
    Specification(
        name="sma",
        steps=averages.Sma,
        parameters=window(30),
        formula="mean of the window",
        warm_up="window - 1",
        source="TA-Lib SMA",
    ),
    Specification(
        name="ema",
        steps=averages.Ema,
        parameters=window(30),
        formula="ema + (value - ema) * 2 / (window + 1), from the first SMA",
        warm_up="window - 1",
        source="TA-Lib EMA",
    ),
    Specification(
        name="wilder",
        steps=averages.Wilder,
        parameters=window(14),
        formula="(mean * (window - 1) + value) / window, from the first SMA",
        warm_up="window - 1",
        source="Wilder 1978",
    ),
    Specification(
        name="wma",
        steps=averages.Wma,
        parameters=window(30),
        formula="mean with weights 1 for the oldest to `window` for the newest",
        warm_up="window - 1",
        source="TA-Lib WMA",
    ),
    Specification(
        name="dema",
        steps=averages.Dema,
        parameters=window(30),
        formula="2 * EMA - EMA(EMA)",
        warm_up="2 * (window - 1)",
        source="TA-Lib DEMA",
    ),
    Specification(
        name="tema",
        steps=averages.Tema,
        parameters=window(30),
        formula="3 * EMA - 3 * EMA(EMA) + EMA(EMA(EMA))",
        warm_up="3 * (window - 1)",
        source="TA-Lib TEMA",
    ),
    Specification(
        name="trima",
        steps=averages.Trima,
        parameters=window(30),
        formula="SMA(SMA(value, (window + 1) // 2), window // 2 + 1)",
        warm_up="window - 1",
        source="TA-Lib TRIMA",
    ),
    Specification(
        name="kama",
        steps=averages.Kama,
        parameters=(*window(30), rows("fast", 2), rows("slow", 30)),
        formula="kama + (value - kama) * share ** 2; share goes from 2 / (slow + 1) to "
        "2 / (fast + 1) with the net change of the window over its path",
        warm_up="window",
        source="TA-Lib KAMA",
        rising=("fast", "slow"),
    ),
    Specification(
        name="hma",
        steps=averages.Hma,
        parameters=window(16, 2),
        formula="WMA(2 * WMA(window // 2) - WMA(window), isqrt(window))",
        warm_up="window + isqrt(window) - 2",
        source="Hull 2005",
    ),
    Specification(
        name="t3",
        steps=averages.T3,
        parameters=(*window(5), number("factor", 0.7, 0, 1)),
        formula="g(g(g(value))), g = (1 + factor) * EMA - factor * EMA(EMA)",
        warm_up="6 * (window - 1)",
        source="TA-Lib T3",
    ),
    Specification(
        name="vwma",
        steps=averages.WeightedMean,
        parameters=window(20),
        formula="sum of close * volume / sum of volume; NaN where nothing was traded",
        warm_up="window - 1",
        source="by its formula",
        inputs=("close", "volume"),
    ),
    Specification(
        name="vwap",
        steps=volumes.Vwap,
        parameters=window(20),
        formula="vwma of (high + low + close) / 3: of the last bars, not of a session",
        warm_up="window - 1",
        source="by its formula",
        inputs=TRADED,
    ),
)

STATISTICS = (
    Specification(
        name="rolling_sum",
        steps=rolling.RollingSum,
        parameters=window(30),
        formula="sum of the window",
        warm_up="window - 1",
        source="TA-Lib SUM",
    ),
    Specification(
        name="rolling_min",
        steps=windows.RollingMin,
        parameters=window(30),
        formula="least of the window",
        warm_up="window - 1",
        source="TA-Lib MIN",
    ),
    Specification(
        name="rolling_max",
        steps=windows.RollingMax,
        parameters=window(30),
        formula="greatest of the window",
        warm_up="window - 1",
        source="TA-Lib MAX",
    ),
    Specification(
        name="rolling_median",
        steps=statistics.RollingMedian,
        parameters=window(30),
        formula="median of the window",
        warm_up="window - 1",
        source="numpy.median",
    ),
    Specification(
        name="rolling_percentile",
        steps=statistics.RollingPercentile,
        parameters=(*window(30), number("percent", 50.0, 0, 100)),
        formula="percentile of the window, linear between two values",
        warm_up="window - 1",
        source="numpy.percentile",
    ),
    Specification(
        name="rolling_rank",
        steps=statistics.RollingRank,
        parameters=window(30),
        formula="rank of the value in the window / window; equals have their mean rank",
        warm_up="window - 1",
        source="pandas rolling.rank(pct=True)",
    ),
    Specification(
        name="variance",
        steps=statistics.Variance,
        parameters=(*window(20, 2), rows("ddof", 0, 0, 1)),
        formula="sum of (value - mean) ** 2 / (window - ddof)",
        warm_up="window - 1",
        source="TA-Lib VAR",
    ),
    Specification(
        name="standard_deviation",
        steps=statistics.StandardDeviation,
        parameters=(*window(20, 2), rows("ddof", 0, 0, 1)),
        formula="square root of the variance",
        warm_up="window - 1",
        source="TA-Lib STDDEV",
    ),
    Specification(
        name="z_score",
        steps=statistics.ZScore,
        parameters=(*window(20, 2), rows("ddof", 0, 0, 1)),
        formula="(value - mean) / standard deviation; NaN where that is 0",
        warm_up="window - 1",
        source="by its formula",
    ),
    Specification(
        name="linear_regression",
        steps=statistics.LinearRegression,
        parameters=window(14, 2),
        outputs=("value", "slope", "intercept"),
        formula="line of least squares: value at the newest row, slope a row, "
        "intercept at the oldest row",
        warm_up="window - 1",
        source="TA-Lib LINEARREG, LINEARREG_SLOPE, LINEARREG_INTERCEPT",
    ),
)
