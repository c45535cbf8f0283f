"""The table of all indicators."""

from __future__ import annotations

from rustybt.indicators.kernels import _averages as averages
from rustybt.indicators.kernels import _oscillators as oscillators
from rustybt.indicators.kernels._models import Number, Parameter, Specification

LONGEST = 100_000


def _window(default: int, minimum: int = 1, name: str = "window") -> Parameter:
    return Parameter(name=name, default=default, minimum=minimum, maximum=LONGEST)


def _number(name: str, default: float, minimum: Number, maximum: Number) -> Parameter:
    return Parameter(name=name, default=default, minimum=minimum, maximum=maximum)


VALUE = ("value",)

_ALL = (
    Specification(
        name="sma",
        parameters=(_window(30),),
        inputs=VALUE,
        outputs=VALUE,
        formula="mean of the last `window` values",
        warm_up="window - 1",
        source="TA-Lib SMA",
        steps=averages.Sma,
    ),
    Specification(
        name="macd",
        parameters=(_window(12, 2, "fast"), _window(26, 2, "slow"), _window(9, 1, "signal")),
        inputs=VALUE,
        outputs=("macd", "signal", "histogram"),
        formula="macd = EMA(fast) - EMA(slow), signal = EMA(macd, signal), "
        "histogram = macd - signal",
        warm_up="slow + signal - 2",
        source="TA-Lib MACD",
        steps=oscillators.Macd,
        rising=("fast", "slow"),
    ),
)

SPECIFICATIONS = {each.name: each for each in _ALL}
