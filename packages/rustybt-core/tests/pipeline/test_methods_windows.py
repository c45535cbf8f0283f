"""Correlations and regressions over windows of sessions."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from term_tables import ASSETS, SYMBOLS, TRUTH, Table, X, Y, computed, matrix

from rustybt.pipeline.rolling.student import two_sided

SAFE_X, SAFE_Y = X.alias("x").rank("average"), Y.rank()


def panel(seed: int, *, ties: bool = False) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, len(SYMBOLS), 60))
    if ties:
        x = np.round(x)
    x[rng.random(x.shape) < 0.02] = np.nan
    return x, y


def shown_and_before(term: Any, x: Any, y: Any, before: int) -> Any:
    return matrix(term, 30 - before, 50, x=x, y=y)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("one", [True, False])
def test_correlations_are_those_of_pandas(method: Any, one: bool) -> None:
    length = 9
    x, y = panel(1, ties=True)
    target = SAFE_Y[ASSETS[2]] if one else SAFE_Y
    term = getattr(SAFE_X, f"{method}r")(target, length)
    found = matrix(term, x=x, y=y)
    base = shown_and_before(SAFE_X, x, y, length - 1)
    other = shown_and_before(SAFE_Y, x, y, length - 1)
    other = np.repeat(other[:, 2:3], len(SYMBOLS), axis=1) if one else other
    for row in range(21):
        for asset in range(len(SYMBOLS)):
            a, b = (pd.Series(m[row : row + length, asset]) for m in (base, other))
            complete = a.notna().all() and b.notna().all()
            a, b = (a.rank(), b.rank()) if method == "spearman" else (a, b)
            expected = a.corr(b) if complete else np.nan
            assert_allclose(found[row, asset], expected, atol=1e-9)


def test_regressions_are_those_of_least_squares() -> None:
    length = 10
    x, y = panel(2)
    made = SAFE_X.linear_regression(SAFE_Y, length)
    names = ("alpha", "beta", "r_value", "stderr")
    terms = {name: getattr(made, name) for name in names}
    found = computed(terms, {"x": x, "y": y}, 30, 50)
    base, other = (shown_and_before(t, x, y, length - 1) for t in (SAFE_X, SAFE_Y))
    for place, got in enumerate(found.select(names).iter_rows()):
        row, asset = divmod(place, len(SYMBOLS))
        b, a = base[row : row + length, asset], other[row : row + length, asset]
        if np.isnan(b).any() or len(set(a)) == 1:
            assert got == (None,) * 4
            continue
        (beta, alpha), residual, *_ = np.polyfit(a, b, 1, full=True)
        spread = ((a - a.mean()) ** 2).sum()
        stderr = np.sqrt(residual[0] / (length - 2) / spread)
        expected = (alpha, beta, np.corrcoef(a, b)[0, 1], stderr)
        assert_allclose(got, expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("freedom", "t", "p"),
    [
        # Student's t: critical values of the usual table (two-sided)
        (1, 12.706, 0.05),
        (2, 4.303, 0.05),
        (5, 2.571, 0.05),
        (10, 3.169, 0.01),
        (30, 2.042, 0.05),
        (58, 2.002, 0.05),
        (100, 1.984, 0.05),
        (1000, 3.300, 0.001),
        (10, 0, 1),
    ],
)
def test_probabilities_are_those_of_the_table(freedom: int, t: float, p: float) -> None:
    correlation = t / np.sqrt(t * t + freedom)
    found = two_sided(np.array([correlation]), np.array([float(freedom)]))
    assert_allclose(found, [p], rtol=2e-3)


def test_a_window_of_equal_numbers_has_no_correlation_and_no_slope() -> None:
    rng = np.random.default_rng(3)
    values = {"x": np.repeat(np.arange(6.0)[:, None], 60, axis=1), "y": rng.normal(size=(6, 60))}
    equal, moving = X.rank(), Y.zscore()
    flat = moving.linear_regression(equal, 5)
    level = equal.linear_regression(moving, 5)
    found = computed(
        {
            "pearson": equal.pearsonr(moving, 5),
            "spearman": equal.spearmanr(moving, 5),
            "flat": flat.beta,
            "level": level.beta,
        },
        values,
    )
    for name in ("pearson", "spearman", "flat"):
        assert found[name].null_count() == len(SYMBOLS)
    assert_allclose(found["level"], 0, atol=1e-12)


def test_two_points_are_on_a_line() -> None:
    rng = np.random.default_rng(4)
    values = {"x": rng.normal(size=(6, 60)), "y": rng.normal(size=(6, 60))}
    made = X.zscore().linear_regression(Y.zscore(), 2)
    found = computed({"p": made.p_value, "e": made.stderr, "r": made.r_value}, values)
    assert found["p"].to_list() == [0] * 6
    assert_allclose(found["e"], 0, atol=1e-5)  # the root of what rounding leaves
    assert_allclose(found["r"].abs(), 1)


def test_columns_and_masks() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, 6, 60))
    truth = np.repeat(np.array([[True], [False]] * 3), 60, axis=1)
    term = X.zscore().pearsonr(Table.y, 6, mask=TRUTH)
    found = matrix(term, x=x, y=y, truth=truth)
    assert np.isnan(found[:, 1::2]).all()
    base = matrix(X.zscore(), 25, 50, x=x)
    expected = np.corrcoef(base[:6, 0], y[0, 25:31])[0, 1]
    assert_allclose(found[0, 0], expected, rtol=1e-9)
