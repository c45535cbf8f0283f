"""TA-Lib computes the same, of all indicators that it has, with the same warm-up."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import talib
from indicator_columns import Floats, market
from talib._ta_lib import MA_Type

from rustybt.indicators.kernels import SPECIFICATIONS, make_reference_kernel

Bars = Mapping[str, Floats]
SMA, EMA = MA_Type.SMA, MA_Type.EMA

# One parameter or several for each indicator: the defaults and others.
WINDOWS: tuple[dict[str, Any], ...] = ({}, {"window": 2}, {"window": 5}, {"window": 61})
FAST_AND_SLOW: tuple[dict[str, Any], ...] = ({}, {"fast": 3, "slow": 7}, {"fast": 2, "slow": 40})


def talib_of(name: str, bars: Bars, **values: Any) -> tuple[Floats, ...]:
    """TA-Lib's answer to one of our indicators, in our order of outputs."""
    found = QUESTIONS[name][1](bars, values)
    return found if isinstance(found, tuple) else (found,)


def of_value(name: str, *parameters: str) -> Callable[[Bars, dict[str, Any]], Any]:
    function = getattr(talib, name)
    return lambda bars, values: function(bars["value"], *(values[each] for each in parameters))


def of_bars(name: str, *parameters: str) -> Callable[[Bars, dict[str, Any]], Any]:
    function = getattr(talib, name)
    return lambda bars, values: function(
        bars["high"], bars["low"], bars["close"], *(values[each] for each in parameters)
    )


def aroon(bars: Bars, values: dict[str, Any]) -> tuple[Floats, ...]:
    down, up = talib.AROON(bars["high"], bars["low"], values["window"])
    return up, down, talib.AROONOSC(bars["high"], bars["low"], values["window"])


def line(bars: Bars, values: dict[str, Any]) -> tuple[Floats, ...]:
    functions = (talib.LINEARREG, talib.LINEARREG_SLOPE, talib.LINEARREG_INTERCEPT)
    return tuple(each(bars["value"], values["window"]) for each in functions)


def bollinger(bars: Bars, values: dict[str, Any]) -> tuple[Floats, ...]:
    width = values["width"]
    return tuple(talib.BBANDS(bars["value"], values["window"], width, width))


def traded(name: str, *parameters: str) -> Callable[[Bars, dict[str, Any]], Any]:
    function = getattr(talib, name)
    return lambda bars, values: function(
        bars["high"],
        bars["low"],
        bars["close"],
        bars["volume"],
        *(values[each] for each in parameters),
    )


Question = tuple[tuple[dict[str, Any], ...], Callable[[Bars, dict[str, Any]], Any]]

# Not asked: NATR of one bar, which in TA-Lib is the true range instead of a percentage.
QUESTIONS: dict[str, Question] = {
    "sma": (WINDOWS, of_value("SMA", "window")),
    "ema": (WINDOWS, of_value("EMA", "window")),
    "wma": (WINDOWS, of_value("WMA", "window")),
    "dema": (WINDOWS, of_value("DEMA", "window")),
    "tema": (WINDOWS, of_value("TEMA", "window")),
    "trima": (WINDOWS, of_value("TRIMA", "window")),
    "kama": (WINDOWS, of_value("KAMA", "window")),
    "t3": ((*WINDOWS, {"factor": 0.2}), of_value("T3", "window", "factor")),
    "momentum": (WINDOWS, of_value("MOM", "window")),
    "roc": (WINDOWS, of_value("ROC", "window")),
    "rsi": (WINDOWS, of_value("RSI", "window")),
    "cmo": (WINDOWS, of_value("CMO", "window")),
    "trix": (WINDOWS, of_value("TRIX", "window")),
    "rolling_sum": (WINDOWS, of_value("SUM", "window")),
    "rolling_min": (WINDOWS, of_value("MIN", "window")),
    "rolling_max": (WINDOWS, of_value("MAX", "window")),
    "variance": (WINDOWS, of_value("VAR", "window")),
    "standard_deviation": (WINDOWS, of_value("STDDEV", "window")),
    "linear_regression": (WINDOWS, line),
    "bollinger": ((*WINDOWS, {"width": 2.5}), bollinger),
    "apo": (
        FAST_AND_SLOW,
        lambda bars, each: talib.APO(bars["value"], each["fast"], each["slow"], EMA),
    ),
    "ppo": (
        FAST_AND_SLOW,
        lambda bars, each: talib.PPO(bars["value"], each["fast"], each["slow"], EMA),
    ),
    "macd": (
        (*FAST_AND_SLOW, {"signal": 4}, {"signal": 1}),
        of_value("MACD", "fast", "slow", "signal"),
    ),
    "stochastic_rsi": (
        (*WINDOWS, {"range_window": 5, "signal": 2}),
        of_value("STOCHRSI", "window", "range_window", "signal"),
    ),
    "stochastic": (
        (*WINDOWS, {"smoothing": 5, "signal": 2}),
        lambda bars, each: talib.STOCH(
            bars["high"],
            bars["low"],
            bars["close"],
            each["window"],
            each["smoothing"],
            SMA,
            each["signal"],
            SMA,
        ),
    ),
    "stochastic_fast": ((*WINDOWS, {"signal": 7}), of_bars("STOCHF", "window", "signal")),
    "williams_r": (WINDOWS, of_bars("WILLR", "window")),
    "cci": (WINDOWS, of_bars("CCI", "window")),
    "ultimate_oscillator": (
        ({}, {"short": 2, "medium": 3, "long": 5}),
        of_bars("ULTOSC", "short", "medium", "long"),
    ),
    "plus_di": (WINDOWS, of_bars("PLUS_DI", "window")),
    "minus_di": (WINDOWS, of_bars("MINUS_DI", "window")),
    "dx": (WINDOWS, of_bars("DX", "window")),
    "adx": (WINDOWS, of_bars("ADX", "window")),
    "adxr": (WINDOWS, of_bars("ADXR", "window")),
    "true_range": (({},), of_bars("TRANGE")),
    "atr": ((*WINDOWS, {"window": 1}), of_bars("ATR", "window")),
    "natr": (WINDOWS, of_bars("NATR", "window")),
    "aroon": (WINDOWS, aroon),
    "psar": (
        ({}, {"acceleration": 0.05, "maximum": 0.1}, {"acceleration": 0.3, "maximum": 0.2}),
        lambda bars, each: talib.SAR(
            bars["high"], bars["low"], each["acceleration"], each["maximum"]
        ),
    ),
    "mfi": (WINDOWS, traded("MFI", "window")),
    "obv": (({},), lambda bars, _: talib.OBV(bars["close"], bars["volume"])),
    "ad": (({},), traded("AD")),
    "adosc": (FAST_AND_SLOW, traded("ADOSC", "fast", "slow")),
}
CASES = [(name, values) for name, (all_values, _) in QUESTIONS.items() for values in all_values]


def test_every_indicator_whose_source_is_talib_is_asked() -> None:
    ours = {name for name, each in SPECIFICATIONS.items() if each.source.startswith("TA-Lib")}
    assert ours == set(QUESTIONS)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("name", "values"), CASES)
def test_values_are_those_of_talib(name: str, values: dict[str, Any], seed: int) -> None:
    specification = SPECIFICATIONS[name]
    bars = market(2_000, seed)
    found = make_reference_kernel(name, **values).update(
        [bars[each] for each in specification.inputs]
    )
    expected = talib_of(name, bars, **{**specification.defaults(), **values})
    for output, ours, theirs in zip(specification.outputs, found, expected, strict=False):
        assert np.isnan(ours).tolist() == np.isnan(theirs).tolist(), output
        # The absolute part is for what passes through 0, in units of its own size.
        size = np.nanmax(np.abs(theirs))
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * size, err_msg=output)


EQUAL_PRICES = [name for name in QUESTIONS if name not in {"stochastic_rsi", "mfi"}]
"""Not the RSI's range, nor signs of changes of sums: where prices are equal, TA-Lib's are
those of roundings."""


@pytest.mark.parametrize("name", EQUAL_PRICES)
def test_values_are_those_of_talib_where_prices_are_equal(name: str) -> None:
    specification = SPECIFICATIONS[name]
    bars = {field: column.copy() for field, column in market(1_500, 3, ticks=True).items()}
    for field in ("open", "high", "low", "close", "value"):
        bars[field][500:600] = bars["close"][500]
        bars[field][:70] = np.tile([100.0, 100.0, 101.0, 100.0, 99.5, 100.0, 100.0], 10)
    bars["volume"][520:560] = 0.0
    found = make_reference_kernel(name).update([bars[each] for each in specification.inputs])
    expected = talib_of(name, bars, **specification.defaults())
    for output, ours, theirs in zip(specification.outputs, found, expected, strict=False):
        size = np.nanmax(np.abs(theirs))
        # a deviation of 0 is in TA-Lib the root of what rounding left of a difference of squares
        near = 1e-5 if name in {"standard_deviation", "bollinger"} else 1e-9
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=near * size, err_msg=output)
