"""Methods of factors across the assets of a session."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files
from numpy.testing import assert_allclose, assert_array_equal
from term_tables import (
    ASSETS,
    INSTANT,
    NUMBER,
    SYMBOLS,
    TEXT,
    TRUTH,
    X,
    Y,
    computed,
    matrix,
    of_session,
)

from rustybt.pipeline.filters import StaticAssets

NAN = float("nan")


# A 3, B 1, C missing, D 3, E 2
@pytest.mark.parametrize(
    ("method", "ascending", "expected"),
    [
        ("ordinal", True, [3, 1, None, 4, 2]),  # 1 < 2 < 3 (A before D)
        ("ordinal", False, [1, 4, None, 2, 3]),  # 3 (A before D) > 2 > 1
        ("min", True, [3, 1, None, 3, 2]),
        ("min", False, [1, 4, None, 1, 3]),
        ("max", True, [4, 1, None, 4, 2]),
        ("max", False, [2, 4, None, 2, 3]),
        ("average", True, [3.5, 1, None, 3.5, 2]),  # (3 + 4) / 2
        ("average", False, [1.5, 4, None, 1.5, 3]),  # (1 + 2) / 2
        ("dense", True, [3, 1, None, 3, 2]),
        ("dense", False, [1, 3, None, 1, 2]),
    ],
)
def test_ranks_of_equal_values(method: str, ascending: bool, expected: list[Any]) -> None:
    assert of_session(X.rank(method, ascending), x=[3, 1, NAN, 3, 2]) == expected


def test_ranks_among_some_and_in_groups() -> None:
    x, truth, number = [3, 1, 5, 4, 2], [True, True, False, True, True], [0, 1, 0, 0, -1]
    assert of_session(X.rank(mask=TRUTH), x=x, truth=truth) == [3, 1, None, 4, 2]
    # group 0: A 3, C 5, D 4; group 1: B; E has no group
    assert of_session(X.rank(groupby=NUMBER), x=x, number=number) == [1, 1, 3, 2, None]
    # without C: A 3, D 4
    both = X.rank(mask=TRUTH, groupby=NUMBER)
    assert of_session(both, x=x, truth=truth, number=number) == [1, 1, None, 2, None]
    texts = ["u", "v", None, "u", "v"]  # u: A 3, D 4; v: B 1, E 2
    assert of_session(X.rank(groupby=TEXT), x=x, text=texts) == [1, 1, None, 2, 2]


def test_instants_are_ranked_and_compared() -> None:
    days = [np.datetime64(day, "ns") for day in ("2024-01-03", "NaT", "2024-01-01")]
    assert of_session(INSTANT.rank(), instant=days) == [2, None, 1]
    assert of_session(np.datetime64("2024-01-02") < INSTANT, instant=days) == [True, False, False]
    assert of_session(INSTANT.isnull(), instant=days) == [False, True, False]
    filled = INSTANT.fillna(np.datetime64("2024-01-02"))
    # C is the first; B and the three assets without an instant are 2 to 5; A is the last
    assert of_session(filled.rank(), instant=days) == [6, 2, 1]


def test_the_largest_and_the_smallest_are_those_of_the_first_sids() -> None:
    x, number = [3, 1, NAN, 3, 3], [0, 0, 0, 1, 1]
    assert of_session(X.top(2), x=x) == [True, False, False, True, False]
    assert of_session(X.bottom(1), x=x) == [False, True, False, False, False]
    assert of_session(X.top(0), x=x) == [False] * 5
    assert of_session(X.top(9), x=x) == [True, True, False, True, True]
    assert of_session(X.top(1, groupby=NUMBER), x=x, number=number) == [
        True,
        False,
        False,
        True,
        False,
    ]
    truth = [False, True, True, True, True]
    assert of_session(X.bottom(1, mask=TRUTH), x=x, truth=truth)[1] is True


def test_scores_of_a_session() -> None:
    # mean (1 + 3 + 5 + 7) / 4 = 4; deviations -3 -1 1 3; variance (9 + 1 + 1 + 9) / 4 = 5
    x = [1, 3, NAN, 5, 7]
    assert of_session(X.demean(), x=x) == [-3, -1, None, 1, 3]
    root = 5**0.5
    scores = of_session(X.zscore(), x=x)
    assert scores[2] is None
    assert_allclose(scores[:2] + scores[3:], [-3 / root, -1 / root, 1 / root, 3 / root])
    # group 0: 1, 3 with mean 2; group 1: 5, 7 with mean 6; deviations of 1 in both
    groups = [0, 0, 0, 1, 1]
    assert of_session(X.demean(groupby=NUMBER), x=x, number=groups) == [-1, 1, None, -1, 1]
    assert of_session(X.zscore(groupby=NUMBER), x=x, number=groups) == [-1, 1, None, -1, 1]
    # mean (3 + 5 + 7) / 3 = 5
    among = X.demean(mask=TRUTH)
    assert of_session(among, x=x, truth=[False, True, True, True, True]) == [None, -2, None, 0, 2]


def test_scores_of_equal_numbers_are_missing() -> None:
    assert of_session(X.zscore(), x=[0.1, 0.1, 0.1]) == [None, None, None]
    assert of_session(X.zscore(), x=[0.1]) == [None]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        # five numbers in order 1 2 3 4 9: floor(0.2 * 5) = 1 below, ceil(0.8 * 5) = 4 stay
        (0.2, 0.8, [4, 2, 3, 2, 4]),
        # floor(0.4 * 5) = 2 below; none above
        (0.4, 1, [9, 3, 3, 3, 4]),
        # ceil(0.5 * 5) = 3 stay: 1 2 3
        (0, 0.5, [3, 1, 3, 2, 3]),
        (0, 1, [9, 1, 3, 2, 4]),
        # floor(0.1 * 5) = 0 below, ceil(0.9 * 5) = 5 stay
        (0.1, 0.9, [9, 1, 3, 2, 4]),
    ],
)
def test_extreme_numbers_are_moved(low: float, high: float, expected: list[float]) -> None:
    assert of_session(X.winsorize(low, high), x=[9, 1, 3, 2, 4]) == expected


def test_extreme_numbers_of_groups() -> None:
    # group 0: 1 5 9, floor(0.4 * 3) = 1 below, ceil(0.6 * 3) = 2 stay: all 5; group 1 as it is
    wins = X.winsorize(0.4, 0.6, groupby=NUMBER)
    assert of_session(wins, x=[9, 1, 5, 2, NAN], number=[0, 0, 0, 1, 1]) == [5, 5, 5, 2, None]
    assert of_session(wins, x=[9, 1, 5, 2], number=[0, 0, 0, -1]) == [5, 5, 5, None]


def test_quantiles() -> None:
    # edges of 1 2 3 4 5 at places 1.33 and 2.67: 2.33 and 3.67
    assert of_session(X.quantiles(3), x=[5, 1, 4, 2, 3]) == [2, 0, 2, 0, 1]
    # the edge of halves is 3, which belongs below it
    assert of_session(X.quantiles(2), x=[5, 1, 4, 2, 3]) == [1, 0, 1, 0, 0]
    assert of_session(X.quartiles(), x=[1, 2, 3, 4, NAN]) == [0, 1, 2, 3, -1]
    assert of_session(X.quintiles(), x=[1, 2, 3, 4, 5, 6]) == [0, 0, 1, 2, 3, 4]
    assert of_session(X.deciles(), x=[7]) == [0]
    assert of_session(X.quantiles(1), x=[7, 8]) == [0, 0]


def test_equal_edges_leave_quantiles_empty() -> None:
    # 1 1 1 1 9: the edges of quarters are 1, 1 and 1
    assert of_session(X.quartiles(), x=[1, 1, 1, 1, 9]) == [0, 0, 0, 0, 3]
    assert of_session(X.quartiles(), x=[2, 2, 2]) == [0, 0, 0]


def test_between_percentiles() -> None:
    # 25 and 75 percent of 1 2 3 4 5 are 2 and 4
    between = X.percentile_between(25, 75)
    assert of_session(between, x=[5, 1, 4, 2, 3]) == [False, False, True, True, True]
    # of 1 2 4 8: at places 0.75 and 2.25: 1.75 and 5
    assert of_session(between, x=[1, 2, 4, 8, NAN]) == [False, True, True, False, False]
    masked = X.percentile_between(0, 50, mask=TRUTH)  # of 1 2 3: 1 to 2
    assert of_session(masked, x=[9, 1, 2, 3], truth=[False, True, True, True]) == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sum", 12),  # 1 + 4 + 7
        ("mean", 4),  # 12 / 3
        ("min", 1),
        ("max", 7),
        ("median", 4),
        ("stddev", 6**0.5),  # ((1 - 4)^2 + 0 + (7 - 4)^2) / 3 = 6
        ("notnull_count", 3),
    ],
)
def test_one_number_per_session(name: str, expected: float) -> None:
    x = [7, NAN, 1, 4]
    reduced = getattr(X, name)()
    assert reduced.ndim == 1
    assert_allclose(of_session(Y * 0 + reduced, x=x, y=[0, 0, 0, 0]), [expected] * 4)
    masked = getattr(X, name)(mask=TRUTH)  # of 7 alone, for all
    alone = {"stddev": 0, "notnull_count": 1}.get(name, 7)
    truth = [True, True, False, False]
    assert of_session(Y * 0 + masked, x=x, y=[0, 0, 0, 0], truth=truth) == [alone] * 4


def test_numbers_of_a_session_are_compared_with_those_of_assets() -> None:
    x = [7, NAN, 1, 4]
    assert of_session(X.mean() < X, x=x) == [True, False, False, False]
    assert of_session(X.mean() > X, x=x) == [False, False, True, False]
    assert of_session((X - X.min()) / (X.max() - X.min()), x=x) == [1, None, 0, 0.5]
    assert of_session((X > 3) & (X.max() > 6), x=x) == [True, False, False, True]
    assert of_session(X.rank(mask=X[ASSETS[2]] < X), x=x) == [2, None, None, 1]
    assert of_session(X * 0 + X.sum(mask=X > 9), x=x) == [0, None, 0, 0]


# ------------------------------------------------------------------ against pandas and numpy


def panel(seed: int, *, ties: bool = False) -> Any:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(len(SYMBOLS), 60))
    values = np.round(values) if ties else values
    values[rng.random(values.shape) < 0.2] = np.nan
    return values


def shown(values: Any) -> pd.DataFrame:
    """Rows of the sessions that `matrix` shows."""
    return pd.DataFrame(values.T[30:51])


@pytest.mark.parametrize("method", ["min", "max", "average", "dense"])
@pytest.mark.parametrize("ascending", [True, False])
def test_ranks_are_those_of_pandas(method: Any, ascending: bool) -> None:
    x = panel(1, ties=True)
    expected = shown(x).rank(axis=1, method=method, ascending=ascending)
    assert_array_equal(matrix(X.rank(method, ascending), x=x), expected)


def test_quantiles_are_those_of_pandas() -> None:
    x = panel(2)
    for bins in (2, 3, 4, 7):
        found = matrix(X.quantiles(bins), x=x)
        for row, values in zip(found, shown(x).to_numpy(), strict=True):
            if len(set(values[~np.isnan(values)])) < 2:  # pandas refuses one number
                continue
            labels = pd.Series(pd.qcut(values, bins, labels=False)).fillna(-1)
            assert_array_equal(row, labels)


def test_scores_in_groups_are_those_of_numpy() -> None:
    x, groups = panel(3), np.random.default_rng(4).integers(-1, 2, (len(SYMBOLS), 60))
    found = matrix(X.zscore(groupby=NUMBER), x=x, number=groups)
    for row, values, labels in zip(found, x.T[30:51], groups.T[30:51], strict=True):
        expected = np.full(len(SYMBOLS), np.nan)
        for label in (0, 1):
            some = (labels == label) & ~np.isnan(values)
            if len(set(values[some])) > 1:
                expected[some] = (values[some] - values[some].mean()) / values[some].std()
        assert_allclose(row, expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["mean", "sum", "min", "max", "median", "std"])
def test_reductions_are_those_of_numpy(name: str) -> None:
    x = panel(5)
    function = getattr(np, f"nan{name}")
    term = Y + getattr(X, {"std": "stddev"}.get(name, name))()
    found = matrix(term, x=x, y=np.zeros(x.shape))
    assert_allclose(found[:, 0], function(x.T[30:51], axis=1), rtol=1e-12)
    assert (found == found[:, :1]).all()


def test_percentiles_are_those_of_numpy() -> None:
    x = panel(6)
    found = matrix(X.percentile_between(13, 71), x=x)
    rows = x.T[30:51]
    low, high = np.nanpercentile(rows, [13, 71], axis=1, keepdims=True)
    assert_array_equal(found, (low <= rows) & (rows <= high))


# ------------------------------------------------------------------ laws

NUMBERS = st.lists(
    st.one_of(st.integers(-5, 5).map(float), st.just(NAN)), min_size=len(SYMBOLS),
    max_size=len(SYMBOLS),
)  # fmt: skip


@through_files
@given(NUMBERS)
def test_ranks_of_the_opposite_run_the_other_way(x: list[float]) -> None:
    for method in ("min", "max", "average", "dense"):
        up, down = X.rank(method), (-X).rank(method, ascending=False)
        found = computed({"up": up, "down": down}, {"x": x})
        assert found["up"].to_list() == found["down"].to_list()


@through_files
@given(NUMBERS, st.integers(0, 7))
def test_as_many_are_chosen_as_there_are(x: list[float], count: int) -> None:
    there = sum(not math.isnan(value) for value in x)
    found = computed({"top": X.top(count), "bottom": X.bottom(count)}, {"x": x})
    assert found["top"].sum() == found["bottom"].sum() == min(there, count)


@through_files
@given(NUMBERS, st.floats(0, 0.49), st.floats(0.5, 1))
def test_what_is_moved_stays_in_order_and_among_the_values(
    x: list[float], low: float, high: float
) -> None:
    moved = of_session(X.winsorize(low, high), x=x)
    pairs = sorted((a, b) for a, b in zip(x, moved, strict=True) if b is not None)
    assert [b for _, b in pairs] == sorted(b for _, b in pairs)
    assert {b for _, b in pairs} <= {a for a, _ in pairs}


@through_files
@given(NUMBERS, st.integers(1, 12))
def test_quantiles_ascend_with_the_values(x: list[float], bins: int) -> None:
    labels = of_session(X.quantiles(bins), x=x)
    pairs = sorted((a, b) for a, b in zip(x, labels, strict=True) if not math.isnan(a))
    assert [b for _, b in pairs] == sorted(b for _, b in pairs)
    assert all(0 <= label < bins for _, label in pairs)
    assert all(b == -1 for a, b in zip(x, labels, strict=True) if math.isnan(a))


@through_files
@given(NUMBERS)
def test_a_mask_of_everything_changes_nothing(x: list[float]) -> None:
    everything = StaticAssets(ASSETS)
    terms = {
        "rank": (X.rank(), X.rank(mask=everything)),
        "demean": (X.demean(), X.demean(mask=everything)),
        "quantiles": (X.quantiles(3), X.quantiles(3, mask=everything)),
    }
    flat = {f"{name}{i}": term for name, pair in terms.items() for i, term in enumerate(pair)}
    found = computed(flat, {"x": x})
    for name in terms:
        assert found[f"{name}0"].to_list() == found[f"{name}1"].to_list()
