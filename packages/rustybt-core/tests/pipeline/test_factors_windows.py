"""Built-in factors against plain loops over windows, on panels with all that disturbs them."""

from collections.abc import Callable
from itertools import pairwise
from math import isnan, sqrt

import numpy as np
import pytest
from factor_panels import Floats, assert_same, computed, expected, panel

from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.factors import (
    EWMA,
    EWMSTD,
    RSI,
    VWAP,
    AnnualizedVolatility,
    Aroon,
    AverageDollarVolume,
    BollingerBands,
    DailyReturns,
    FastStochasticOscillator,
    IchimokuKinkoHyo,
    LinearWeightedMovingAverage,
    MACDSignal,
    MaxDrawdown,
    PercentChange,
    RateOfChangePercentage,
    Returns,
    SimpleMovingAverage,
    TrueRange,
    WeightedAverageValue,
)
from rustybt.pipeline.term import ComputableTerm

CLOSE = EquityPricing.close
NAN = float("nan")


def mean_there(x: Floats) -> float:
    there = [float(v) for v in x if not isnan(v)]
    return sum(there) / len(there) if there else NAN


def deviation_there(x: Floats) -> float:
    there = [float(v) for v in x if not isnan(v)]
    if not there:
        return NAN
    middle = sum(there) / len(there)
    return sqrt(sum((v - middle) ** 2 for v in there) / len(there))


def vwap(price: Floats, volume: Floats) -> float:
    traded = [(p, v) for p, v in zip(price, volume, strict=True) if not isnan(p)]
    shares = sum(v for _, v in traded)
    return sum(p * v for p, v in traded) / shares if shares else NAN


def value_by_close(volume: Floats, close: Floats) -> float:
    """Volumes weighted by closes; a volume is never missing."""
    pairs = [(v, c) for v, c in zip(volume, close, strict=True) if not isnan(c)]
    total = sum(c for _, c in pairs)
    return sum(v * c for v, c in pairs) / total if total else NAN


def dollars(price: Floats, volume: Floats) -> float:
    traded = [p * v for p, v in zip(price, volume, strict=True) if not isnan(p)]
    return float(sum(traded) / len(price))


def weighted(x: Floats, decay: float) -> float:
    weights = [decay ** (len(x) - i) for i in range(len(x))]
    return float(sum(w * v for w, v in zip(weights, x, strict=True)) / sum(weights))


def weighted_deviation(x: Floats, decay: float) -> float:
    weights = np.array([decay ** (len(x) - i) for i in range(len(x))])
    middle = weighted(x, decay)
    variance = sum(w * (v - middle) ** 2 for w, v in zip(weights, x, strict=True)) / sum(weights)
    total = sum(weights) ** 2
    return sqrt(variance * total / (total - sum(weights**2)))


def linear(x: Floats) -> float:
    pairs = [(k + 1, v) for k, v in enumerate(x) if not isnan(v)]
    return sum(k * v for k, v in pairs) / sum(k for k, _ in pairs) if pairs else NAN


def linear_zipline(x: Floats) -> float:
    total = sum((k + 1) * v for k, v in enumerate(x) if not isnan(v))
    return float(total / (len(x) * (len(x) + 1) / 2))


def volatility(close: Floats) -> float:
    return deviation_there(close[1:] / close[:-1] - 1) * sqrt(252)


def strength(close: Floats) -> float:
    changes = [b - a for a, b in pairwise(close) if not isnan(b - a)]
    ups = sum(change for change in changes if change > 0)
    downs = -sum(change for change in changes if change < 0)
    if ups == downs == 0:
        return NAN
    return 100.0 if downs == 0 else 100 - 100 / (1 + ups / downs)


def drawdown(x: Floats) -> float:
    there = [float(v) for v in x if not isnan(v)]
    falls = [(a - b) / a for i, a in enumerate(there) for b in there[i:]]
    return max(falls, default=NAN)


def drawdown_zipline(x: Floats) -> float:
    there = [float(v) for v in x if not isnan(v)]
    falls = [(max(there[: i + 1]) - v, i) for i, v in enumerate(there)]
    if not falls:
        return NAN
    fall, end = max(falls, key=lambda each: (each[0], -each[1]))
    return fall / there[end]


def stochastic(close: Floats, low: Floats, high: Floats) -> float:
    if np.isnan(low).all():
        return NAN
    return float(np.divide(close[-1] - np.nanmin(low), np.nanmax(high) - np.nanmin(low)) * 100)


def true_range(high: Floats, low: Floats, close: Floats) -> float:
    three = [high[1] - low[1], abs(high[1] - close[0]), abs(low[1] - close[0])]
    return max((v for v in three if not isnan(v)), default=NAN)


def place(x: Floats) -> float:
    there = [(v, -i) for i, v in enumerate(x) if not isnan(v)]
    return 100 * -max(there)[1] / (len(x) - 1) if there else NAN


def macd_signal(close: Floats, fast: int, slow: int, signal: int) -> float:
    line = []
    for end in range(len(close) - signal + 1, len(close) + 1):
        of_fast = weighted(close[end - fast : end], 1 - 2 / (1 + fast))
        line.append(of_fast - weighted(close[end - slow : end], 1 - 2 / (1 + slow)))
    return weighted(np.array(line), 1 - 2 / (1 + signal))


def middle(high: Floats, low: Floats, length: int) -> float:
    return float((np.max(high[-length:]) + np.min(low[-length:])) / 2)


BANDS = BollingerBands(window_length=10, k=2)
AROON = Aroon(window_length=8)
CLOUD = IchimokuKinkoHyo(
    window_length=17, tenkan_sen_length=4, kijun_sen_length=9, chikou_span_length=6
)
PRICE = ("close",)
BARS = ("high", "low", "close")

Case = tuple[ComputableTerm, int, tuple[str, ...], Callable[..., float]]

CASES: dict[str, Case] = {
    "Returns": (Returns(window_length=6), 6, PRICE, lambda c: c[-1] / c[0] - 1),
    "DailyReturns": (DailyReturns(), 2, PRICE, lambda c: c[-1] / c[0] - 1),
    "PercentChange": (
        PercentChange(inputs=[CLOSE], window_length=4),
        4,
        PRICE,
        lambda c: (c[-1] - c[0]) / abs(c[0]),
    ),
    "RateOfChangePercentage": (
        RateOfChangePercentage(inputs=[CLOSE], window_length=11),
        11,
        PRICE,
        lambda c: 100 * (c[-1] / c[0] - 1),
    ),
    "SimpleMovingAverage": (
        SimpleMovingAverage(inputs=[CLOSE], window_length=7),
        7,
        PRICE,
        mean_there,
    ),
    "SimpleMovingAverage of volumes": (
        SimpleMovingAverage(inputs=[EquityPricing.volume], window_length=7),
        7,
        ("volume",),
        mean_there,
    ),
    "VWAP": (VWAP(window_length=5), 5, ("close", "volume"), vwap),
    "WeightedAverageValue": (
        WeightedAverageValue(inputs=[EquityPricing.volume, CLOSE], window_length=9),
        9,
        ("volume", "close"),
        value_by_close,
    ),
    "AverageDollarVolume": (
        AverageDollarVolume(window_length=15),
        15,
        ("close", "volume"),
        dollars,
    ),
    "LinearWeightedMovingAverage": (
        LinearWeightedMovingAverage(inputs=[CLOSE], window_length=10),
        10,
        PRICE,
        linear,
    ),
    "EWMA": (
        EWMA(inputs=[CLOSE], window_length=12, decay_rate=0.7),
        12,
        PRICE,
        lambda c: weighted(c, 0.7),
    ),
    "EWMA of equal weights": (
        EWMA(inputs=[CLOSE], window_length=3, decay_rate=1.0),
        3,
        PRICE,
        lambda c: (c[0] + c[1] + c[2]) / 3,
    ),
    "EWMSTD": (
        EWMSTD(inputs=[CLOSE], window_length=13, decay_rate=0.8),
        13,
        PRICE,
        lambda c: weighted_deviation(c, 0.8),
    ),
    "AnnualizedVolatility": (AnnualizedVolatility(window_length=14), 15, PRICE, volatility),
    "RSI": (RSI(), 15, PRICE, strength),
    "RSI of 4": (RSI(window_length=4), 4, PRICE, strength),
    "MaxDrawdown": (MaxDrawdown(inputs=[CLOSE], window_length=19), 19, PRICE, drawdown),
    "lower": (BANDS.lower, 10, PRICE, lambda c: mean_there(c) - 2 * deviation_there(c)),
    "middle": (BANDS.middle, 10, PRICE, mean_there),
    "upper": (BANDS.upper, 10, PRICE, lambda c: mean_there(c) + 2 * deviation_there(c)),
    "up": (AROON.up, 8, ("high",), place),
    "down": (AROON.down, 8, ("low",), lambda low: place(-low)),
    "FastStochasticOscillator": (
        FastStochasticOscillator(),
        14,
        ("close", "low", "high"),
        stochastic,
    ),
    "TrueRange": (TrueRange(), 2, BARS, true_range),
    "MACDSignal": (
        MACDSignal(fast_period=3, slow_period=7, signal_period=4),
        10,
        PRICE,
        lambda c: macd_signal(c, 3, 7, 4),
    ),
    "tenkan_sen": (CLOUD.tenkan_sen, 17, BARS, lambda h, low, c: middle(h, low, 4)),
    "kijun_sen": (CLOUD.kijun_sen, 17, BARS, lambda h, low, c: middle(h, low, 9)),
    "senkou_span_a": (
        CLOUD.senkou_span_a,
        17,
        BARS,
        lambda h, low, c: (middle(h, low, 4) + middle(h, low, 9)) / 2,
    ),
    "senkou_span_b": (CLOUD.senkou_span_b, 17, BARS, lambda h, low, c: middle(h, low, 17)),
    "chikou_span": (CLOUD.chikou_span, 17, BARS, lambda h, low, c: c[-6]),
}

FIRST, LAST = 22, 89


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_factors_are_what_plain_loops_find_in_adjusted_windows(seed: int) -> None:
    made = panel(seed)
    found = computed(made, {name: case[0] for name, case in CASES.items()}, FIRST, LAST)
    for name, (_, length, fields, function) in CASES.items():
        wanted = expected(made, FIRST, LAST, length, fields, function)
        assert_same(found[name], wanted, name)


def test_the_profile_of_a_run_or_of_a_term_chooses_the_definition_of_zipline() -> None:
    made = panel(4)
    cloud = IchimokuKinkoHyo(window_length=19, chikou_span_length=6, kijun_sen_length=9)
    terms = {
        "run": MaxDrawdown(inputs=[CLOSE], window_length=19),
        "theirs": MaxDrawdown(inputs=[CLOSE], window_length=19, profile="zipline"),
        "ours": MaxDrawdown(inputs=[CLOSE], window_length=19, profile="standard"),
        "linear": LinearWeightedMovingAverage(inputs=[CLOSE], window_length=10),
        "chikou": cloud.chikou_span,
    }
    found = computed(made, terms, FIRST, LAST, profile="zipline")
    theirs = expected(made, FIRST, LAST, 19, PRICE, drawdown_zipline)
    assert_same(found["run"], theirs, "run")
    assert_same(found["theirs"], theirs, "theirs")
    assert_same(found["ours"], expected(made, FIRST, LAST, 19, PRICE, drawdown), "ours")
    assert_same(found["linear"], expected(made, FIRST, LAST, 10, PRICE, linear_zipline), "linear")
    assert_same(found["chikou"], expected(made, FIRST, LAST, 19, PRICE, lambda c: c[6]), "chikou")
