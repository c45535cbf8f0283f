"""Correlations and regressions of windows: by loops, by values of scipy 1.17, and their laws."""

from collections.abc import Callable
from math import isnan, sqrt
from typing import Any

import numpy as np
import pytest
from factor_panels import Floats, Panel, assert_same, computed, expected, panel
from hypothesis import given, settings
from hypothesis import strategies as st

from rustybt.errors import IncompatibleTerms, InvalidArgument
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.factors import (
    EWMA,
    RSI,
    Aroon,
    BusinessDaysSincePreviousEvent,
    IchimokuKinkoHyo,
    MACDSignal,
    MaxDrawdown,
    Returns,
    RollingLinearRegressionOfReturns,
    RollingPearson,
    RollingPearsonOfReturns,
    RollingSpearmanOfReturns,
    SimpleBeta,
    SimpleMovingAverage,
)
from rustybt.pipeline.rolling import averages, extremes, moments
from rustybt.pipeline.rolling.ranks import spearman
from rustybt.pipeline.rolling.student import two_sided

NAN = float("nan")
LENGTH, FIRST, LAST = 12, 30, 89


def returns(close: Floats) -> Floats:
    """Daily returns of a window of closes."""
    return close[1:] / close[:-1] - 1


def sums_of(x: Floats, y: Floats) -> tuple[float, float, float, float, float]:
    """Means, and sums of squares and products about them."""
    a, b = sum(x) / len(x), sum(y) / len(y)
    pairs = list(zip(x - a, y - b, strict=True))
    return (
        a,
        b,
        sum(u * u for u, _ in pairs),
        sum(v * v for _, v in pairs),
        sum(u * v for u, v in pairs),
    )


def ranks(x: Floats) -> Floats:
    """Average ranks from 1."""
    return np.array([sum(v < u for v in x) + (sum(v == u for v in x) + 1) / 2 for u in x])


def pearson(y: Floats, x: Floats) -> float:
    if np.isnan(x).any() or np.isnan(y).any():
        return NAN
    _, _, xx, yy, xy = sums_of(x, y)
    return xy / sqrt(xx * yy) if xx > 0 and yy > 0 else NAN


def rank_correlation(y: Floats, x: Floats) -> float:
    return NAN if np.isnan(x).any() or np.isnan(y).any() else pearson(ranks(y), ranks(x))


def slope(y: Floats, x: Floats) -> float:
    _, _, xx, _, xy = sums_of(x, y)
    return xy / xx if xx > 0 else NAN


def intercept(y: Floats, x: Floats) -> float:
    a, b, *_ = sums_of(x, y)
    return b - slope(y, x) * a


def error_of_slope(y: Floats, x: Floats) -> float:
    _, _, xx, yy, xy = sums_of(x, y)
    return sqrt(max(yy - xy * xy / xx, 0) / (len(x) - 2) / xx) if xx > 0 else NAN


def slope_of_pairs(y: Floats, x: Floats) -> float:
    """With a quarter of the window missing at most."""
    there = ~(np.isnan(x) | np.isnan(y))
    return slope(y[there], x[there]) if (~there).sum() <= LENGTH // 4 else NAN


def of_returns(
    made: Panel, target: int, function: Callable[[Floats, Floats], float]
) -> dict[tuple[int, int], float]:
    """What a function of the returns of each asset and of a target gives."""
    found = {}
    for session, asset in expected(made, FIRST, LAST, 1, (), lambda: 0.0):
        # a return compares two rows as of its own session; no later action changes it
        windows = [
            np.array(
                [
                    returns(made.window("close", each, at, 2))[0]
                    for at in range(session - LENGTH + 1, session + 1)
                ]
            )
            for each in (asset, target)
        ]
        found[session, asset] = float(function(*windows))
    return found


@pytest.mark.parametrize("seed", [11, 12])
def test_statistics_of_returns_are_what_loops_find(seed: int) -> None:
    made = panel(seed)
    target = made.assets[0]
    line = RollingLinearRegressionOfReturns(target, returns_length=2, regression_length=LENGTH)
    terms = {
        "pearson": RollingPearsonOfReturns(target, returns_length=2, correlation_length=LENGTH),
        "spearman": RollingSpearmanOfReturns(target, returns_length=2, correlation_length=LENGTH),
        "simple": SimpleBeta(target, regression_length=LENGTH),
        "alpha": line.alpha,
        "beta": line.beta,
        "r_value": line.r_value,
        "stderr": line.stderr,
    }
    found = computed(made, terms, FIRST, LAST)
    wanted: dict[str, Callable[[Floats, Floats], float]] = {
        "pearson": pearson,
        "spearman": rank_correlation,
        "simple": slope_of_pairs,
        "alpha": intercept,
        "beta": slope,
        "r_value": pearson,
        "stderr": error_of_slope,
    }
    for name, function in wanted.items():
        with np.errstate(all="ignore"):
            # the error of an asset on itself is the root of what rounding leaves
            assert_same(found[name], of_returns(made, 0, function), name, absolute=1e-7)


def test_a_target_outside_of_the_universe_is_read_all_the_same() -> None:
    made = panel(13)
    delisted = made.assets[2]
    terms = {"r": RollingPearsonOfReturns(delisted, returns_length=2, correlation_length=LENGTH)}
    found = computed(made, terms, FIRST, LAST)["r"]
    assert_same(found, of_returns(made, 2, pearson), "r", absolute=1e-9)


X = np.array([[1.0, 2, 4, 3, 7, 8, 6]])
Y = np.array([[2.0, 1, 3, 5, 4, 9, 7]])


def test_a_window_is_regressed_as_scipy_does() -> None:
    names = ("alpha", "beta", "r_value", "p_value", "stderr")
    found = moments.regressions(Y, X, length=7, outputs=names)
    last = {name: found[name][0, -1] for name in names}
    assert last == pytest.approx(  # scipy.stats.linregress(X, Y)
        {
            "alpha": 0.6369863013698627,
            "beta": 0.8561643835616439,
            "r_value": 0.8005258299782139,
            "p_value": 0.030556960626271962,
            "stderr": 0.2866419943967969,
        },
        rel=1e-12,
    )
    assert np.isnan(found["beta"][0, :-1]).all()


def test_ranks_are_correlated_as_scipy_does() -> None:
    # scipy.stats.spearmanr(X, Y), and of [1, 2, 2, 5, 3] with [3, 3, 1, 4, 4]
    assert spearman(X, Y, length=7)[0, -1] == pytest.approx(0.7857142857142859, rel=1e-14)
    tied = spearman(np.array([[9.0, 1, 2, 2, 5, 3]]), np.array([[9.0, 3, 3, 1, 4, 4]]), length=5)
    assert tied[0, -1] == pytest.approx(0.7299963950884315, rel=1e-14)


@pytest.mark.parametrize(
    ("r", "freedom", "wanted"),
    [  # 2 * scipy.stats.t.sf(|t|, freedom) with t = r * sqrt(freedom / (1 - r²))
        (0.5, 1, 0.6666666666666666),
        (0.1, 4, 0.8505),
        (0.9, 10, 6.644441406249981e-05),
        (-0.3, 250, 1.229215703968464e-06),
        (0.99, 30, 4.4324799411871804e-27),
        (1.0, 5, 0.0),
    ],
)
def test_probabilities_are_those_of_student(r: float, freedom: int, wanted: float) -> None:
    found = two_sided(np.array([r]), np.array([float(freedom)]))
    assert found[0] == pytest.approx(wanted, rel=1e-9)


def test_what_does_not_vary_has_no_deviation_and_no_correlation() -> None:
    flat = np.array([[0.1, 5.0, 0.1, 0.1, 0.1, 0.1]])
    other = np.array([[1.0, 2.0, 3.0, 5.0, 4.0, 7.0]])
    assert moments.deviation(flat, length=4)[0, -1] == 0.0
    found = moments.regressions(flat, other, length=4, outputs=("beta", "r_value"))
    assert found["beta"][0, -1] == 0.0
    assert isnan(found["r_value"][0, -1])
    assert isnan(moments.regressions(other, flat, length=4, outputs=("beta",))["beta"][0, -1])
    assert isnan(spearman(flat, other, length=4)[0, -1])


def test_drawdowns_of_both_definitions() -> None:
    # from 100 to 50 half is lost; then from 20 to 5 three quarters
    values = np.array([[100.0, 50.0, 20.0, 5.0, 6.0]])
    assert extremes.drawdown(values, length=5)[0, -1] == pytest.approx(0.95)
    # the largest fall in money ends at 5: (100 - 5) / 5
    assert extremes.drawdown_of_trough(values, length=5)[0, -1] == pytest.approx(19.0)
    # of 10 to 9 and 20 to 19 the first counts: 1 / 9; relative: 1 / 10
    equal = np.array([[10.0, 9.0, 20.0, 19.0]])
    assert extremes.drawdown_of_trough(equal, length=4)[0, -1] == pytest.approx(1 / 9)
    assert extremes.drawdown(equal, length=4)[0, -1] == pytest.approx(1 / 10)


KERNELS: dict[str, tuple[int, Callable[[Floats, int], Floats]]] = {
    "mean": (1, lambda x, n: averages.exponential_mean(x, length=n, decay=0.8)),
    "exponential deviation": (
        1,
        lambda x, n: averages.exponential_deviation(x, length=n, decay=0.8),
    ),
    "linear": (1, lambda x, n: averages.linear_mean(x, length=n, present_only=True)),
    "deviation": (1, lambda x, n: moments.deviation(x, length=n)),
    "drawdown": (0, lambda x, n: extremes.drawdown(x, length=n)),
    "trough": (0, lambda x, n: extremes.drawdown_of_trough(x, length=n)),
    "place": (0, lambda x, n: extremes.place_of_highest(x, length=n)),
}
PRICES = st.lists(st.one_of(st.floats(1, 1000), st.just(NAN)), min_size=4, max_size=40)


@pytest.mark.parametrize("name", KERNELS)
@given(
    prices=PRICES, length=st.integers(1, 40), exponent=st.integers(-6, 6), cut=st.integers(0, 20)
)
@settings(max_examples=60, deadline=None)
def test_another_unit_and_another_beginning_change_nothing_but_the_unit(
    name: str, prices: list[float], length: int, exponent: int, cut: int
) -> None:
    degree, kernel = KERNELS[name]
    values, unit = np.array([prices]), 2.0**exponent
    found = kernel(values, length)
    # a power of two scales without rounding, so that equality is exact
    np.testing.assert_array_equal(kernel(values * unit, length), found * unit**degree)
    later = kernel(values[:, cut:], length)
    np.testing.assert_array_equal(later[:, length - 1 :], found[:, cut + length - 1 :])


@given(seed=st.integers(0, 50), sizes=st.lists(st.integers(1, 40), min_size=1, max_size=3))
@settings(max_examples=10, deadline=None)
def test_results_do_not_depend_on_how_a_range_is_cut(seed: int, sizes: list[int]) -> None:
    made = panel(seed)
    close = EquityPricing.close
    target = made.assets[0]
    terms = {
        "mean": SimpleMovingAverage(inputs=[close], window_length=9),
        "ewma": EWMA.from_span(inputs=[close], window_length=11, span=5),
        "rsi": RSI(window_length=10),
        "lost": MaxDrawdown(inputs=[close], window_length=14),
        "up": Aroon(window_length=7).up,
        "beta": SimpleBeta(target, regression_length=LENGTH),
        "ranks": RollingSpearmanOfReturns(target, returns_length=2, correlation_length=8),
    }
    whole = computed(made, terms, FIRST, LAST)
    parts = computed(made, terms, FIRST, LAST, sizes=tuple(sizes))
    for name in terms:
        assert_same(parts[name], whole[name], name, relative=1e-12)


CLOSE = EquityPricing.close
NO_ASSET: Any = "A"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Returns(window_length=1), "window_length of Returns was 1; give at least 2"),
        (
            lambda: SimpleMovingAverage(inputs=[CLOSE, CLOSE], window_length=2),
            "give one column or term",
        ),
        (
            lambda: EWMA(inputs=[CLOSE], window_length=2, decay_rate=1.5),
            "decay_rate of ExponentialWeightedMovingAverage was 1.5",
        ),
        (lambda: EWMA.from_span([CLOSE], 5, 1), "span of .* was 1; give a number more than 1"),
        (lambda: EWMA.from_halflife([CLOSE], 5, 0), "halflife of .* was 0"),
        (lambda: EWMA.from_center_of_mass([CLOSE], 5, 0), "center_of_mass of .* was 0"),
        (lambda: MACDSignal(fast_period=9, slow_period=9), "slow_period of MACDSignal was 9"),
        (lambda: MACDSignal(signal_period=0), "signal_period of MACDSignal was 0"),
        (
            lambda: IchimokuKinkoHyo(kijun_sen_length=53),
            "kijun_sen_length of IchimokuKinkoHyo was 53; give a whole number, 1 to 52",
        ),
        (
            lambda: MaxDrawdown(inputs=[CLOSE], window_length=5, profile="quantopian"),
            "profile of MaxDrawdown was 'quantopian'; give one of standard, zipline",
        ),
        (lambda: SimpleBeta(NO_ASSET, 20), "target was 'A'; give an asset"),
        (
            lambda: SimpleBeta(panel(1).assets[0], 2),
            "regression_length of SimpleBeta was 2; give a whole number, 3 or more",
        ),
        (
            lambda: SimpleBeta(panel(1).assets[0], 20, allowed_missing_percentage=2),
            "allowed_missing_percentage of SimpleBeta was 2",
        ),
        (
            lambda: BusinessDaysSincePreviousEvent(inputs=[CLOSE]),
            "give a column or term of instants",
        ),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        make()


def test_terms_of_different_assets_are_not_compared() -> None:
    one = Returns(window_length=2)
    other = Returns(window_length=2, mask=CLOSE.latest > 5)
    with pytest.raises(IncompatibleTerms):
        RollingPearson(one, other, 10)
