"""The table of oscillators."""

from __future__ import annotations

from rustybt.indicators.kernels import _oscillators as oscillators
from rustybt.indicators.kernels import _ranges as ranges
from rustybt.indicators.kernels import _volumes as volumes
from rustybt.indicators.kernels._models import Specification
from rustybt.indicators.kernels._parameters import BAR, TRADED, rows, window

OSCILLATORS = (
    Specification(
        name="momentum",
        steps=oscillators.Momentum,
        parameters=window(10),
        formula="value - value of `window` rows ago",
        warm_up="window",
        source="TA-Lib MOM",
    ),
    Specification(
        name="roc",
        steps=oscillators.Roc,
        parameters=window(10),
        formula="(value / value of `window` rows ago - 1) * 100",
        warm_up="window",
        source="TA-Lib ROC",
    ),
    Specification(
        name="rsi",
        steps=oscillators.Rsi,
        parameters=window(14, 2),
        formula="100 * gain / (gain + loss), Wilder's averages; 0 where nothing moved",
        warm_up="window",
        source="TA-Lib RSI",
    ),
    Specification(
        name="cmo",
        steps=oscillators.Cmo,
        parameters=window(14, 2),
        formula="100 * (gain - loss) / (gain + loss), Wilder's averages; 0 where nothing moved",
        warm_up="window",
        source="TA-Lib CMO",
    ),
    Specification(
        name="apo",
        steps=oscillators.Apo,
        parameters=(rows("fast", 12), rows("slow", 26)),
        formula="EMA(fast) - EMA(slow)",
        warm_up="slow - 1",
        source="TA-Lib APO with matype=1",
        rising=("fast", "slow"),
    ),
    Specification(
        name="ppo",
        steps=oscillators.Ppo,
        parameters=(rows("fast", 12), rows("slow", 26)),
        formula="(EMA(fast) - EMA(slow)) / EMA(slow) * 100",
        warm_up="slow - 1",
        source="TA-Lib PPO with matype=1",
        rising=("fast", "slow"),
    ),
    Specification(
        name="macd",
        steps=oscillators.Macd,
        parameters=(rows("fast", 12), rows("slow", 26), rows("signal", 9)),
        outputs=("macd", "signal", "histogram"),
        formula="macd = EMA(fast) - EMA(slow), the fast one from the SMA of the `fast` rows that "
        "end where the slow one starts; signal = EMA(macd, signal); histogram = macd - signal",
        warm_up="slow + signal - 2",
        source="TA-Lib MACD",
        rising=("fast", "slow"),
    ),
    Specification(
        name="trix",
        steps=oscillators.Trix,
        parameters=window(30),
        formula="ROC over one row of EMA(EMA(EMA))",
        warm_up="3 * (window - 1) + 1",
        source="TA-Lib TRIX",
    ),
    Specification(
        name="stochastic_rsi",
        steps=oscillators.StochasticRsi,
        parameters=(*window(14, 2), rows("range_window", 14), rows("signal", 3)),
        outputs=("k", "d"),
        formula="k = place of RSI(window) in its range of `range_window` rows, 0 to 100; "
        "d = SMA(k, signal)",
        warm_up="window + range_window + signal - 2",
        source="TA-Lib STOCHRSI",
    ),
    Specification(
        name="stochastic",
        steps=ranges.Stochastic,
        parameters=(*window(14), rows("smoothing", 3), rows("signal", 3)),
        inputs=BAR,
        outputs=("k", "d"),
        formula="k = SMA(place of the close in the range of the window, smoothing); "
        "d = SMA(k, signal)",
        warm_up="window + smoothing + signal - 3",
        source="TA-Lib STOCH",
    ),
    Specification(
        name="stochastic_fast",
        steps=ranges.StochasticFast,
        parameters=(*window(14), rows("signal", 3)),
        inputs=BAR,
        outputs=("k", "d"),
        formula="k = place of the close in the range of the window, 0 to 100; d = SMA(k, signal)",
        warm_up="window + signal - 2",
        source="TA-Lib STOCHF",
    ),
    Specification(
        name="williams_r",
        steps=ranges.WilliamsR,
        parameters=window(14),
        inputs=BAR,
        formula="-100 * (greatest high - close) / (greatest high - least low)",
        warm_up="window - 1",
        source="TA-Lib WILLR",
    ),
    Specification(
        name="cci",
        steps=ranges.Cci,
        parameters=window(14, 2),
        inputs=BAR,
        formula="(typical - SMA) / (0.015 * mean of abs(typical - SMA)), "
        "typical = (high + low + close) / 3",
        warm_up="window - 1",
        source="TA-Lib CCI",
    ),
    Specification(
        name="ultimate_oscillator",
        steps=ranges.UltimateOscillator,
        parameters=(rows("short", 7), rows("medium", 14), rows("long", 28)),
        inputs=BAR,
        formula="100 * (4 * a(short) + 2 * a(medium) + a(long)) / 7, "
        "a = sum of close - true low / sum of true range",
        warm_up="long",
        source="TA-Lib ULTOSC",
        rising=("short", "medium", "long"),
    ),
    Specification(
        name="mfi",
        steps=volumes.Mfi,
        parameters=window(14, 2),
        inputs=TRADED,
        formula="100 * flow up / (flow up + flow down), flow = typical * volume; "
        "0 where nothing flowed",
        warm_up="window",
        source="TA-Lib MFI, which gives 0 where the flow is below 1 as well",
    ),
)
