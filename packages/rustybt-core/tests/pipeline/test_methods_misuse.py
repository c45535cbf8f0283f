"""What a first-time user gets wrong: each message names the term, how it was built, what to do."""

import datetime as dt
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from term_tables import CALENDAR, MARKET, NUMBER, TEXT, TRUTH, Table, X, Y, computed

from rustybt.calendars import get_calendar
from rustybt.errors import (
    InvalidArgument,
    NonPipelineInputs,
    TermInputsNotSpecified,
    UnknownTermAttribute,
    UnsupportedDType,
    WrongTermType,
)
from rustybt.pipeline import (
    CustomClassifier,
    CustomFactor,
    CustomFilter,
    ExprClassifier,
    ExprFilter,
    Pipeline,
)
from rustybt.pipeline import classifiers as all_classifiers
from rustybt.pipeline import filters as all_filters
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factors import (
    VWAP,
    Aroon,
    AverageDollarVolume,
    BollingerBands,
    FastStochasticOscillator,
    IchimokuKinkoHyo,
    RollingLinearRegression,
    SimpleMovingAverage,
    TrueRange,
)
from rustybt.pipeline.periods import period_starts

ANYTHING: Any = Table.x
FACTOR: Any = X
FILTER: Any = TRUTH
LABELS: Any = TEXT
CLOSE = EquityPricing.close


class Scaled(CustomFactor):
    inputs = (Table.x,)
    window_length = 2
    params = ("by",)


def factor(**fields: object) -> Any:
    return type("Mine", (CustomFactor,), {"inputs": (Table.x,), "window_length": 2, **fields})()


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: ANYTHING - 1, WrongTermType, r"- of Table.x: .*\.latest"),
        (lambda: 1 - ANYTHING, WrongTermType, r"- of Table.x: .*\.latest"),
        (lambda: ANYTHING > 1, WrongTermType, r"> of Table.x: .*\.latest"),
        (lambda: ~ANYTHING, WrongTermType, r"~ of Table.x: .*\.latest"),
        (lambda: ANYTHING.mean, UnknownTermAttribute, r"Table.x has no attribute 'mean'.*latest"),
        (lambda: FACTOR & FACTOR, WrongTermType, "& of Table.x.latest: it is no filter"),
        (lambda: FACTOR | FILTER, WrongTermType, "| of Table.x.latest: it is no filter"),
        (lambda: ~FACTOR, WrongTermType, "~ of Table.x.latest: it is no filter"),
        (lambda: FILTER + 1, WrongTermType, r"\+ of Table.truth.latest: a filter is no number"),
        (lambda: 2 * FILTER, WrongTermType, r"\* of Table.truth.latest: a filter is no number"),
        (lambda: operator.lt(FILTER, 1), WrongTermType, "< of Table.truth.latest: a filter"),
        (lambda: LABELS + 1, WrongTermType, r"\+ of Table.text.latest: labels are no numbers"),
        (lambda: LABELS & FILTER, WrongTermType, "& of Table.text.latest: labels are no numbers"),
        (lambda: not (X > 0), WrongTermType, r"bool of \(Table.x.latest > 0\): .*& \| ~"),
        (lambda: X > 0 and X < 1, WrongTermType, r"bool of \(Table.x.latest > 0\)"),
        (lambda: 0 < X < 1, WrongTermType, r"bool of .*\(a < b\) & \(b < c\)"),
    ],
)
def test_operators_that_a_term_lacks(
    build: Callable[[], object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        build()


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: SimpleMovingAverage(window_length=3), TermInputsNotSpecified, "SimpleMovingAver"),
        (lambda: SimpleMovingAverage(3, window_length=3), NonPipelineInputs, "were 3; give col"),
        (
            lambda: SimpleMovingAverage(inputs=EquityPricing, window_length=3),
            NonPipelineInputs,
            "<DataSet EquityPricing",
        ),
        (
            lambda: SimpleMovingAverage(inputs=[Table.text], window_length=3),
            InvalidArgument,
            "inputs of SimpleMovingAverage was Table.text; it is of object; give terms of float64",
        ),
        (lambda: VWAP(inputs=[CLOSE], window_length=3), InvalidArgument, "VWAP was .*give 2"),
        (
            lambda: AverageDollarVolume(inputs=[CLOSE] * 3, window_length=3),
            InvalidArgument,
            "give 2 columns",
        ),
        (lambda: TrueRange(inputs=[CLOSE]), InvalidArgument, "inputs of TrueRange was .*give 3"),
        (lambda: IchimokuKinkoHyo(inputs=[CLOSE]), InvalidArgument, "Ichimoku.*give 3"),
        (lambda: FastStochasticOscillator(inputs=[CLOSE]), InvalidArgument, "Oscill.*give 3"),
        (lambda: Aroon(inputs=[CLOSE], window_length=9), InvalidArgument, "inputs of Aroon"),
        (lambda: Scaled(by=[1, 2]), InvalidArgument, r"arguments of Scaled was \{'by': \[1, 2\]\}"),
        (lambda: factor(dtype=bool), UnsupportedDType, "dtype of Mine was bool; give one of flo"),
        (lambda: factor(dtype="S3"), UnsupportedDType, r"was dtype\('S3'\)|was \|S3"),
        (lambda: factor(outputs=["a", "a"]), InvalidArgument, "each once"),
        (lambda: factor(outputs="ab"), InvalidArgument, "outputs of Mine was 'ab'"),
        (lambda: factor(outputs=["rank"]), InvalidArgument, "outputs of Mine was 'rank'"),
        (
            lambda: CustomFilter(inputs=[Table.x], window_length=1, dtype=float),
            UnsupportedDType,
            "dtype of CustomFilter was float64; give one of bool",
        ),
        (
            lambda: CustomClassifier(inputs=[Table.x], window_length=1, dtype=float),
            UnsupportedDType,
            r"was float64; give one of int64, object \(texts\)",
        ),
    ],
)
def test_arguments_of_terms(build: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        build()


def test_columns_of_pipelines_have_names() -> None:
    nameless: Any = {3: X}
    with pytest.raises(InvalidArgument, match="name was 3; give the column a name, a text"):
        Pipeline(nameless)
    listed: Any = [X]
    with pytest.raises(InvalidArgument, match=r"columns was .*give terms by the names"):
        Pipeline(listed)
    with pytest.raises(KeyError, match="there is no column 'y'; the pipeline has x"):
        Pipeline({"x": X}).remove("y")


def test_what_is_no_loader_is_named_with_its_column() -> None:
    wrong: Any = {Table: 3}
    with pytest.raises(InvalidArgument, match=r"loader of Table.x was 3; give an object with"):
        PipelineEngine(MARKET, calendar=CALENDAR, loaders=wrong).run(
            Pipeline({"x": X}), "2024-01-10", "2024-01-10"
        )


def test_modules_of_kinds_have_terms_of_expressions() -> None:
    assert all_filters.ExprFilter is ExprFilter
    assert all_classifiers.ExprClassifier is ExprClassifier


def test_regressions_of_what_does_not_vary() -> None:
    """scipy 1.17.1: ``linregress([1, 2, 3, 4], [2, 2, 2, 2])``: slope 0, intercept 2, else NaN."""
    x = np.tile(np.arange(60.0), (6, 1))
    y = np.full((6, 60), 2.0)
    line = RollingLinearRegression(Table.y, Table.x, 4)
    found = computed({name: getattr(line, name) for name in line.outputs}, {"x": x, "y": y})
    row = found.row(0, named=True)
    assert [row[name] for name in line.outputs] == [2.0, 0.0, None, None, None]
    other = RollingLinearRegression(Table.x, Table.y, 4)
    none = computed({name: getattr(other, name) for name in line.outputs}, {"x": x, "y": y})
    assert [none[name][0] for name in line.outputs] == [None] * 5


@pytest.mark.parametrize(
    ("frequency", "day", "begins"),
    [
        # Sessions of the New York Stock Exchange: 1 January is a holiday, 1 April 2018 a Sunday,
        # 1 July 2017 a Saturday, 1 October 2016 a Saturday, 2 January 2017 a Monday without trade.
        ("quarter_start", "2018-03-29", "2018-01-02"),
        ("quarter_start", "2018-04-02", "2018-04-02"),
        ("quarter_start", "2018-06-29", "2018-04-02"),
        ("quarter_start", "2017-09-29", "2017-07-03"),
        ("quarter_start", "2016-12-30", "2016-10-03"),
        ("quarter_start", "2017-01-03", "2017-01-03"),
        ("year_start", "2016-12-30", "2016-01-04"),
        ("year_start", "2017-01-03", "2017-01-03"),
        ("year_start", "2017-12-29", "2017-01-03"),
        ("year_start", "2018-12-31", "2018-01-02"),
        ("month_start", "2018-04-30", "2018-04-02"),
        ("week_start", "2018-01-05", "2018-01-02"),
    ],
)
def test_periods_of_a_long_calendar(frequency: str, day: str, begins: str) -> None:
    calendar = get_calendar("XNYS")
    at = int(np.searchsorted(calendar.sessions, _number(day)))
    start = period_starts(calendar, frequency)[at]
    assert calendar.session_date(int(start)).isoformat() == begins


def _number(day: str) -> int:
    return (dt.date.fromisoformat(day) - dt.date(1970, 1, 1)).days


def test_labels_and_factors_still_compare() -> None:
    assert repr(NUMBER != 3) == "Table.number.latest.ne(value=3)"
    assert repr((X > 0) & (Y > 0)) == "((Table.x.latest > 0) & (Table.y.latest > 0))"
    assert BollingerBands(window_length=3, k=1).upper is BollingerBands(window_length=3, k=1).upper


class Sizes(CustomClassifier):
    inputs = (Table.x,)
    window_length = 1
    dtype = object
    missing_value = "?"

    def compute(self, today: Any, assets: Any, out: Any, *inputs: Any, **params: Any) -> None:
        del today, assets, params
        names = {1.0: "small", 2.0: "large", 3.0: "?", 4.0: None}
        out[:] = [names[value] for value in inputs[0][-1]]


def test_declared_and_absent_texts_are_missing_alike() -> None:
    """Of six assets C has the text that stands for a missing one, and D none at all."""
    sizes: Any = Sizes()
    terms = {
        "isnull": sizes.isnull(),
        "notnull": sizes.notnull(),
        "other": sizes != "small",
        "filled": sizes.fillna("none"),
        "peers": sizes.peer_count(),
        "rank": Y.rank(groupby=sizes),
        "upper": sizes.relabel(str.upper).isnull(),
    }
    found = computed(terms, {"x": [1, 2, 3, 4, 1, 1], "y": [5, 6, 7, 8, 3, 4]})
    assert found["isnull"].to_list() == [False, False, True, True, False, False]
    assert found["notnull"].to_list() == [True, True, False, False, True, True]
    assert found["other"].to_list() == [False, True, False, False, False, False]
    assert found["filled"].to_list() == ["small", "large", "none", "none", "small", "small"]
    assert found["peers"].to_list() == [3, 1, None, None, 3, 3]
    # small ones are A, E, F with 5, 3, 4
    assert found["rank"].to_list() == [3, 1, None, None, 1, 2]
    assert found["upper"].to_list() == [False, False, True, True, False, False]
