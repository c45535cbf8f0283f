"""The table of indicators of bars: trends, ranges, volume."""

from __future__ import annotations

from rustybt.indicators.kernels import _ranges as ranges
from rustybt.indicators.kernels import _statistics as statistics
from rustybt.indicators.kernels import _trends as trends
from rustybt.indicators.kernels import _volumes as volumes
from rustybt.indicators.kernels._models import Specification
from rustybt.indicators.kernels._parameters import BAR, RANGE, TRADED, number, rows, window

TRENDS = (
    Specification(
        name="plus_di",
        steps=trends.PlusDi,
        parameters=window(14, 2),
        inputs=BAR,
        formula="100 * moves up / true ranges, Wilder's sums",
        warm_up="window",
        source="TA-Lib PLUS_DI",
    ),
    Specification(
        name="minus_di",
        steps=trends.MinusDi,
        parameters=window(14, 2),
        inputs=BAR,
        formula="100 * moves down / true ranges, Wilder's sums",
        warm_up="window",
        source="TA-Lib MINUS_DI",
    ),
    Specification(
        name="dx",
        steps=trends.Dx,
        parameters=window(14, 2),
        inputs=BAR,
        formula="100 * abs(plus DI - minus DI) / (plus DI + minus DI); as before where both are 0",
        warm_up="window",
        source="TA-Lib DX",
    ),
    Specification(
        name="adx",
        steps=trends.Adx,
        parameters=window(14, 2),
        inputs=BAR,
        formula="Wilder's average of DX",
        warm_up="2 * window - 1",
        source="TA-Lib ADX",
    ),
    Specification(
        name="adxr",
        steps=trends.Adxr,
        parameters=window(14, 2),
        inputs=BAR,
        formula="(ADX + ADX of `window - 1` rows ago) / 2",
        warm_up="3 * window - 2",
        source="TA-Lib ADXR",
    ),
    Specification(
        name="aroon",
        steps=ranges.Aroon,
        parameters=window(14, 2),
        inputs=RANGE,
        outputs=("up", "down", "oscillator"),
        formula="100 * (window - bars since the extreme of window + 1 bars) / window; "
        "oscillator = up - down",
        warm_up="window",
        source="TA-Lib AROON, AROONOSC",
    ),
    Specification(
        name="psar",
        steps=trends.Psar,
        parameters=(
            number("acceleration", 0.02, 0, 1),
            number("maximum", 0.2, 0, 1),
        ),
        inputs=RANGE,
        formula="stop + speed * (extreme - stop), not within the last two bars; turns when touched",
        warm_up="1",
        source="TA-Lib SAR",
    ),
    Specification(
        name="supertrend",
        steps=trends.Supertrend,
        parameters=(*window(10), number("multiplier", 3.0, 0, 1000)),
        inputs=BAR,
        outputs=("value", "direction"),
        formula="(high + low) / 2 -+ multiplier * ATR(window), never loosened while the trend "
        "lasts; direction is 1 or -1, at first -1",
        warm_up="window",
        source="Seban; TradingView ta.supertrend",
    ),
    Specification(
        name="ichimoku",
        steps=ranges.Ichimoku,
        parameters=(
            rows("conversion", 9),
            rows("base", 26),
            rows("span", 52),
            rows("displacement", 26, 0),
        ),
        inputs=RANGE,
        outputs=("conversion", "base", "span_a", "span_b", "lead_a", "lead_b"),
        formula="middles of the ranges of the windows; lead_a = (conversion + base) / 2, "
        "lead_b = middle of `span`; span_a, span_b = leads of `displacement` rows ago",
        warm_up="span + displacement - 1",
        source="Hosoda; without the lagging line, which looks ahead",
        rising=("conversion", "base", "span"),
    ),
)

RANGES = (
    Specification(
        name="true_range",
        steps=ranges.TrueRange,
        parameters=(),
        inputs=BAR,
        formula="max(high - low, abs(high - close before), abs(low - close before))",
        warm_up="1",
        source="TA-Lib TRANGE",
    ),
    Specification(
        name="atr",
        steps=ranges.Atr,
        parameters=window(14),
        inputs=BAR,
        formula="Wilder's average of the true range",
        warm_up="window",
        source="TA-Lib ATR",
    ),
    Specification(
        name="natr",
        steps=ranges.Natr,
        parameters=window(14),
        inputs=BAR,
        formula="ATR / close * 100",
        warm_up="window",
        source="TA-Lib NATR",
    ),
    Specification(
        name="bollinger",
        steps=statistics.Bollinger,
        parameters=(*window(20, 2), number("width", 2.0, 0, 1000)),
        outputs=("upper", "middle", "lower", "bandwidth", "percent_b"),
        formula="SMA +- width * standard deviation (ddof 0); bandwidth = (upper - lower) / "
        "middle, percent_b = (value - lower) / (upper - lower), NaN where undefined",
        warm_up="window - 1",
        source="TA-Lib BBANDS; Bollinger 2001",
    ),
    Specification(
        name="keltner",
        steps=ranges.Keltner,
        parameters=(*window(20), rows("range_window", 10), number("multiplier", 2.0, 0, 1000)),
        inputs=BAR,
        outputs=("upper", "middle", "lower"),
        formula="EMA(close, window) +- multiplier * ATR(range_window)",
        warm_up="max(window - 1, range_window)",
        source="Raschke's form of Keltner 1960",
    ),
    Specification(
        name="donchian",
        steps=ranges.Donchian,
        parameters=window(20),
        inputs=RANGE,
        outputs=("upper", "middle", "lower"),
        formula="greatest high and least low of the window, this bar included, and their mean",
        warm_up="window - 1",
        source="Donchian 1960",
    ),
)

VOLUMES = (
    Specification(
        name="obv",
        steps=volumes.Obv,
        parameters=(),
        inputs=("close", "volume"),
        formula="volumes added where the close rose, subtracted where it fell; the first is added",
        warm_up="0",
        source="TA-Lib OBV",
    ),
    Specification(
        name="ad",
        steps=volumes.Ad,
        parameters=(),
        inputs=TRADED,
        formula="sum of ((close - low) - (high - close)) / (high - low) * volume",
        warm_up="0",
        source="TA-Lib AD",
    ),
    Specification(
        name="adosc",
        steps=volumes.Adosc,
        parameters=(rows("fast", 3), rows("slow", 10)),
        inputs=TRADED,
        formula="fast average of AD - slow one: share * AD + (1 - share) * mean, from the first "
        "AD, share = 2 / (window + 1)",
        warm_up="slow - 1",
        source="TA-Lib ADOSC",
        rising=("fast", "slow"),
    ),
)
