"""Missing values, labels, choices, slices, periods, and filters of assets and windows."""

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from term_tables import (
    ASSETS,
    CALENDAR,
    NUMBER,
    SYMBOLS,
    TEXT,
    TRUTH,
    Table,
    X,
    Y,
    computed,
    matrix,
    of_session,
)

from rustybt.pipeline import classifiers, filters

NAN = float("nan")
INF = float("inf")
LABELS = ["ab", "b", None, "abc"]
NUMBERS = [4, -1, 0, 4]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (TEXT.isnull(), [False, False, True, False]),
        (TEXT.notnull(), [True, True, False, True]),
        (TEXT.fillna("z"), ["ab", "b", "z", "abc"]),
        (TEXT.eq("b"), [False, True, False, False]),
        (TEXT != "b", [True, False, False, True]),
        (TEXT.element_of(["b", "abc"]), [False, True, False, True]),
        (TEXT.startswith("ab"), [True, False, False, True]),
        (TEXT.endswith("b"), [True, True, False, False]),
        (TEXT.has_substring("c"), [False, False, False, True]),
        (TEXT.has_substring("."), [False, False, False, False]),
        (TEXT.matches("a.$"), [True, False, False, False]),
        (TEXT.matches("b"), [False, True, False, False]),
        (TEXT.matches(re.compile("AB", re.IGNORECASE)), [True, False, False, True]),
        (TEXT.relabel({"ab": "x", "abc": "x"}.get), ["x", None, None, "x"]),
        (TEXT.relabel(lambda text: text[0]).peer_count(), [2, 1, None, 2]),
    ],
)
def test_texts(term: Any, expected: list[object]) -> None:
    assert of_session(term, text=LABELS) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (NUMBER.isnull(), [False, True, False, False]),
        (NUMBER.notnull(), [True, False, True, True]),
        (NUMBER.fillna(7), [4, 7, 0, 4]),
        (NUMBER.eq(4), [True, False, False, True]),
        (NUMBER != 4, [False, False, True, False]),
        (NUMBER.element_of({0, 3}), [False, False, True, False]),
        (NUMBER.peer_count(), [2, None, 1, 2]),
        (NUMBER.peer_count(mask=NUMBER.notnull() & ~NUMBER.eq(0)), [2, None, None, 2]),
    ],
)
def test_integers(term: Any, expected: list[object]) -> None:
    assert of_session(term, number=NUMBERS) == expected


def test_missing_numbers() -> None:
    x = [1, NAN, -INF, 0]
    assert of_session(X.isnan(), x=x) == of_session(X.isnull(), x=x) == [False, True, False, False]
    assert of_session(X.notnan(), x=x) == [True, False, True, True]
    assert of_session(X.isfinite(), x=x) == [True, False, False, True]
    assert of_session(X.fillna(5), x=x) == [1, 5, -INF, 0]
    assert of_session(X.fillna(Y), x=x, y=[7, 8, 9, NAN]) == [1, 8, -INF, 0]


def test_one_of_two_values() -> None:
    truth = [True, False, True]
    assert of_session(TRUTH.if_else(X, Y), truth=truth, x=[1, 2, NAN], y=[4, 5, 6]) == [1, 5, None]
    assert of_session(TRUTH.if_else(X, 0), truth=truth, x=[1, 2, 3]) == [1, 0, 3]
    assert of_session(TRUTH.if_else("u", TEXT), truth=truth, text=["a", "b", None]) == [
        "u",
        "b",
        "u",
    ]
    positive = TRUTH.if_else(X > 0, X < 0)
    assert of_session(positive, truth=truth, x=[1, -2, -3]) == [True, True, False]
    one = TRUTH.if_else(X.max(), X)
    assert of_session(one, truth=truth, x=[1, 2, 3]) == [3, 2, 3]


@pytest.mark.parametrize(
    ("name", "x", "function"),
    [
        *[(name, 0.5, getattr(np, name)) for name in ("arccos", "arcsin", "arctan", "arctanh")],
        *[(name, 0.5, getattr(np, name)) for name in ("sin", "cos", "tan", "sinh", "cosh")],
        *[(name, 0.5, getattr(np, name)) for name in ("tanh", "exp", "log", "log10", "sqrt")],
        *[(name, 1e-12, getattr(np, name)) for name in ("log1p", "expm1")],
        ("arccosh", 1.5, np.arccosh),
        ("arcsinh", -1.5, np.arcsinh),
        ("abs", -1.5, np.abs),
    ],
)
def test_functions(name: str, x: float, function: Any) -> None:
    assert_allclose(of_session(getattr(X, name)(), x=[x]), [function(x)], rtol=1e-15)
    assert of_session(getattr(X, name)(), x=[NAN]) == [None]


def test_where_a_function_is_not_defined_there_is_no_value() -> None:
    assert of_session(X.log(), x=[-1, 0]) == [None, -INF]
    assert of_session(X.sqrt(), x=[-1, 4]) == [None, 2]
    assert of_session(X.clip(-1, 2), x=[-3, 1, 5, NAN]) == [-1, 1, 2, None]
    assert of_session(X.clip(-INF, 2, mask=X > 0), x=[-3, 5]) == [None, 2]


def test_one_asset_in_every_row() -> None:
    term = X[ASSETS[1]]
    assert (term.ndim, term.needs) == (1, (ASSETS[1].sid,))
    assert of_session(X - term, x=[5, 2, 3]) == [3, 0, 1]
    assert of_session(TRUTH & TRUTH[ASSETS[0]], truth=[True, True, False]) == [True, True, False]
    assert of_session(TRUTH & TRUTH[ASSETS[2]], truth=[True, True, False]) == [False] * 3


@pytest.mark.parametrize("sizes", [(), (1,), (4, 7)])
@pytest.mark.parametrize(
    ("frequency", "number"),
    [
        ("week_start", lambda day: day.isocalendar()[:2]),
        ("month_start", lambda day: (day.year, day.month)),
    ],
)
def test_periods(frequency: str, number: Any, sizes: tuple[int, ...]) -> None:
    days = [CALENDAR.session_date(index) for index in range(60)]
    x = np.tile(np.arange(60.0), (len(SYMBOLS), 1))
    found = computed({"it": X.downsample(frequency)}, {"x": x}, 34, 55, sizes)
    begins: dict[Any, int] = {}
    for index, day in enumerate(days):
        begins.setdefault(number(day), index)
    expected = [begins[number(days[index])] for index in range(34, 56)]
    assert found.filter(pl.col("sid") == ASSETS[0].sid)["it"].to_list() == expected


def test_labels_of_periods_and_windows_over_them() -> None:
    x = np.tile(np.arange(60.0), (len(SYMBOLS), 1))
    weekly = X.rank(mask=X > 0).downsample("week_start")
    assert weekly.window_safe
    text = np.array([[str(index // 7) for index in range(60)]] * len(SYMBOLS), object)
    found = computed({"it": TEXT.downsample("week_start")}, {"text": text}, 20, 24)
    # 2024-01-29 is the Monday at 20: 20 // 7 = 2 all week
    assert found["it"].unique().to_list() == ["2"]
    assert matrix(weekly, 20, 24, x=x).shape == (5, len(SYMBOLS))


def test_another_name_for_the_same_values() -> None:
    named = X.alias("momentum")
    assert (named.short_name, named.graph_repr()) == ("momentum", "momentum")
    assert of_session(named, x=[1, NAN]) == [1, None]


# ------------------------------------------------------------------ filters and classifiers


def test_filters_of_assets() -> None:
    x = [0.0, 1.0, 2.0]
    here = [True, False, True]
    assert of_session(filters.StaticAssets([ASSETS[0], ASSETS[2]]) & (X >= 0), x=x) == here
    sids = [ASSETS[0].sid, ASSETS[2].sid, 99]
    assert of_session(filters.StaticSids(sids) & (X >= 0), x=x) == here
    assert of_session(filters.SingleAsset(ASSETS[1]) & (X >= 0), x=x) == [False, True, False]


def test_filters_of_windows() -> None:
    # the first asset's last three sessions: yes no yes; the others yes, no
    truth = np.zeros((len(SYMBOLS), 60), bool)
    truth[0, 28], truth[0, 30], truth[1, 28:31] = True, True, True
    x = np.where(truth, 1.0, NAN)
    terms = {
        "all": filters.All(inputs=[TRUTH], window_length=3),
        "any": filters.Any(inputs=[TRUTH], window_length=2),
        "two": filters.AtLeastN(inputs=[TRUTH], window_length=3, N=2),
        "zero": filters.AtLeastN(inputs=[TRUTH], window_length=3, N=0),
        "column": filters.AllPresent(inputs=[Table.x], window_length=3),
        "one": filters.AllPresent(inputs=[Table.x], window_length=1),
        "labels": filters.AllPresent(inputs=[Table.number], window_length=2),
    }
    number = np.where(truth, 5, -1)
    found = computed(terms, {"truth": truth, "x": x, "number": number}).head(3)
    expected = {
        "all": [False, True, False],
        "any": [True, True, False],
        "two": [True, True, False],
        "zero": [True, True, True],
        "column": [False, True, False],
        "one": [True, True, False],
        "labels": [False, True, False],
    }
    assert {name: found[name].to_list() for name in terms} == expected


def test_names_of_zipline_are_the_methods() -> None:
    assert filters.MaximumFilter(X) is X.top(1)
    assert filters.MaximumFilter(X, groupby=NUMBER, mask=TRUTH) is X.top(1, TRUTH, NUMBER)
    assert filters.PercentileFilter(X, 10, 20, mask=TRUTH) is X.percentile_between(10, 20, TRUTH)
    assert filters.NullFilter(X) is X.isnull()
    assert filters.NotNullFilter(TEXT) is TEXT.notnull()
    assert filters.Latest([Table.truth]) is TRUTH
    assert classifiers.Latest([Table.text]) is TEXT
    assert classifiers.Quantiles([X], bins=3) is X.quantiles(3)


def test_predicates_and_expressions() -> None:
    x, y = [1, 2, NAN, 4], [2, 1, 1, 3]
    predicate = filters.ArrayPredicate(X, np.greater, (1.5,))
    assert of_session(predicate, x=x) == [False, True, False, True]
    made = filters.NumExprFilter.create("(x_0 > x_1) & ~(x_0 >= 4) | (sqrt(x_0) == 1)", (X, Y))
    assert of_session(made, x=x, y=y) == [True, True, False, False]


def test_everything_is_one_group() -> None:
    assert of_session(X.demean(groupby=classifiers.Everything()), x=[1, 3]) == [-1, 1]
    among = X.demean(groupby=classifiers.Everything(mask=TRUTH))
    assert of_session(among, x=[1, 3, 5], truth=[False, True, True]) == [None, -1, 1]
