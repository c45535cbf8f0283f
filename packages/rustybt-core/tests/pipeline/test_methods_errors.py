"""What terms refuse, and how they say how they were built."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from term_tables import ASSETS, INSTANT, NUMBER, TEXT, TRUTH, Table, X, Y, computed

from rustybt.errors import (
    AmbiguousDomain,
    BadPercentileBounds,
    IncompatibleTerms,
    InvalidArgument,
    NonPipelineInputs,
    NonSliceableTerm,
    NonWindowSafeInput,
    NotDType,
    UnknownRankMethod,
    UnsupportedDType,
    WindowLengthNotPositive,
    WindowLengthTooLong,
    WrongTermType,
)
from rustybt.pipeline import CustomFactor
from rustybt.pipeline.data import Column, EquityPricing
from rustybt.pipeline.domain import GB_EQUITIES, US_EQUITIES
from rustybt.pipeline.factors import Returns, SimpleMovingAverage
from rustybt.pipeline.filters import (
    All,
    AllPresent,
    ArrayPredicate,
    AtLeastN,
    Latest,
    MaximumFilter,
    NumExprFilter,
    SingleAsset,
    StaticSids,
)

CHANGE = Returns(window_length=6)
SAFE = X.zscore()
ANYTHING: Any = "wrong"


class Two(CustomFactor):
    inputs = (Table.x,)
    window_length = 2
    outputs = ("one", "other")


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (CHANGE, "Returns([EquityPricing.close], window_length=6)"),
        (
            CHANGE.rank("min", mask=TRUTH),
            (
                "Returns([EquityPricing.close], window_length=6).rank(method='min', "
                "ascending=True, mask=Table.truth.latest)"
            ),
        ),
        (X.top(3, groupby=TEXT), "Table.x.latest.top(N=3, groupby=Table.text.latest)"),
        ((X + 1) / -Y > 2, "(((Table.x.latest + 1) / -Table.y.latest) > 2)"),
        (2 - X, "(2 - Table.x.latest)"),
        (~(TRUTH & TEXT.isnull()), "~(Table.truth.latest & Table.text.latest.isnull())"),
        (TRUTH.if_else(X, Y), "Table.truth.latest.if_else(Table.x.latest, Table.y.latest)"),
        (NUMBER.eq(3), "Table.number.latest.eq(value=3)"),
        (X.fillna(0), "Table.x.latest.fillna(value=0.0)"),
        (X[ASSETS[0]], f"Table.x.latest[{ASSETS[0]!r}]"),
        (Two().one, "Two([Table.x], window_length=2).one"),
        (SingleAsset(ASSETS[0]), f"SingleAsset(sids=({ASSETS[0].sid},))"),
        (
            SAFE.pearsonr(Table.y, 5),
            "Table.x.latest.zscore().pearsonr(Table.y, correlation_length=5)",
        ),
    ],
)
def test_terms_say_how_they_were_built(term: Any, text: str) -> None:
    assert repr(term) == text


def test_deep_terms_are_cut_short() -> None:
    term = X
    for _ in range(60):
        term = term + term
    assert "arithmetic(…)" in repr(term)
    assert len(repr(term)) < 3000


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: X.rank("best"), UnknownRankMethod, "Table.x.latest was asked for by 'best'; give"),
        (lambda: X.percentile_between(50, 20), BadPercentileBounds, "percentile_between were 50"),
        (lambda: X.percentile_between(0, 101), BadPercentileBounds, "from 0 to 100"),
        (lambda: X.winsorize(0.5, 1.5), BadPercentileBounds, "Table.x.latest.winsorize were 0.5"),
        (lambda: X.winsorize(-0.1, 1), BadPercentileBounds, "from 0 to 1.0"),
        (lambda: X.winsorize("a", 1), WrongTermType, "give numbers, not 'a'"),
        (lambda: X.clip(2, 1), WrongTermType, "smaller bound first, not 2 and 1"),
        (lambda: X.clip(np.nan, 1), WrongTermType, "give numbers, not nan"),
        (INSTANT.zscore, WrongTermType, "zscore of Table.instant.latest: it is made for"),
        (INSTANT.demean, WrongTermType, "made for numbers"),
        (lambda: INSTANT.quantiles(3), WrongTermType, "made for numbers"),
        (INSTANT.mean, WrongTermType, "made for numbers"),
        (INSTANT.log, WrongTermType, "made for numbers"),
        (INSTANT.isnan, WrongTermType, "made for numbers"),
        (lambda: INSTANT + 1, WrongTermType, "made for numbers, not|a factor of instants"),
        (lambda: INSTANT > 3, WrongTermType, "a factor of instants, or one of instants"),
        (lambda: X > INSTANT, WrongTermType, "a factor of numbers, or one of numbers"),
        (lambda: X + "a", WrongTermType, r"\+ of Table.x.latest: the other side is 'a'"),
        (lambda: X + TRUTH, WrongTermType, "the other side is Table.truth.latest"),
        (lambda: X + Table.y, WrongTermType, "give Table.y.latest"),
        (lambda: X.eq(True), WrongTermType, "the other side is True"),
        (lambda: X.top(2.5), InvalidArgument, "N of Table.x.latest.top was 2.5"),
        (lambda: X.bottom(-1), InvalidArgument, "give a whole number from 0 on"),
        (lambda: X.quantiles(0), InvalidArgument, "bins of Table.x.latest.quantiles was 0"),
        (lambda: X.rank(mask=Y), WrongTermType, "Table.x.latest.rank needs a filter"),
        (lambda: X.rank(mask=Table.truth), WrongTermType, "mask of Table.truth: "),
        (lambda: X.rank(mask=True), WrongTermType, "mask of True"),
        (lambda: Returns(window_length=3, mask=X), WrongTermType, "Returns needs a filter"),
        (lambda: X.rank(groupby=Y), WrongTermType, "groupby was Table.y.latest"),
        (lambda: X.demean(groupby="sector"), WrongTermType, "groupby was 'sector'"),
        (lambda: X.rank(mask=TRUTH)[5], WrongTermType, "give an asset, not 5"),
        (lambda: X.mean()[ASSETS[0]], NonSliceableTerm, "Table.x.latest.mean.. cannot be sliced"),
        (lambda: EquityPricing.close[ASSETS[0]], NonSliceableTerm, "EquityPricing.close cannot"),
        (lambda: X.downsample("hourly"), InvalidArgument, "'hourly'; give one of week_start"),
        (lambda: SAFE.pearsonr(TRUTH, 5), WrongTermType, "the target was Table.truth.latest"),
        (lambda: SAFE.pearsonr(INSTANT, 5), WrongTermType, "give a factor of numbers"),
        (lambda: X.pearsonr(Y, 5), NonWindowSafeInput, "pearsonr takes a window over Table.x"),
        (lambda: SAFE.pearsonr(Y, 5), NonWindowSafeInput, "over Table.y.latest"),
        (lambda: SAFE.spearmanr(SAFE, 1), InvalidArgument, "correlation_length of .* was 1"),
        (lambda: SAFE.linear_regression(Table.y, 5), WrongTermType, "Table.y is a column of data"),
        (
            lambda: SAFE.pearsonr(Y.rank(mask=TRUTH), 5),
            IncompatibleTerms,
            "have different masks",
        ),
        (TRUTH.isnull, WrongTermType, "a filter is never missing"),
        (lambda: TRUTH.fillna(1), WrongTermType, "a filter is never missing"),
        (lambda: X.fillna("a"), WrongTermType, "give a number, not 'a'"),
        (lambda: X.fillna(Table.y), WrongTermType, "take Table.y.latest"),
        (lambda: X.fillna(TEXT), WrongTermType, "is a classifier of object; give a factor of"),
        (lambda: TEXT.fillna(3), WrongTermType, "give a text, not 3"),
        (lambda: INSTANT.fillna(3), WrongTermType, "give a datetime, not 3"),
        (lambda: TRUTH.if_else(X, TEXT), WrongTermType, "is a classifier of object"),
        (lambda: TRUTH.if_else(1, 2), WrongTermType, "give at least one term"),
        (lambda: TRUTH.if_else(NUMBER, X.quantiles(2)), None, ""),
        (lambda: TRUTH & 3, WrongTermType, "give a filter, True or False, not 3"),
        (lambda: NUMBER.startswith("a"), WrongTermType, "its labels are integers"),
        (lambda: NUMBER.relabel(str), WrongTermType, "its labels are integers"),
        (lambda: NUMBER.eq("a"), WrongTermType, "give a whole number, not 'a'"),
        (lambda: NUMBER.eq(-1), InvalidArgument, "it stands for a missing one"),
        (lambda: TEXT.eq(3), WrongTermType, "give a text, not 3"),
        (lambda: TEXT.element_of(["a", None]), InvalidArgument, "stands for a missing one"),
        (lambda: TEXT.element_of(3), WrongTermType, "give labels, not 3"),
        (lambda: TEXT.element_of([3]), WrongTermType, "give a text, not 3"),
        (lambda: TEXT.matches("("), InvalidArgument, "pattern of Table.text.latest.matches"),
        (lambda: TEXT.matches(3), WrongTermType, "give a text, not 3"),
        (lambda: TEXT.relabel("a"), WrongTermType, "give a function of texts, not 'a'"),
        (lambda: TEXT < "a", WrongTermType, "labels have no order"),
        (lambda: operator.ge(NUMBER, 1), WrongTermType, "labels have no order"),
        (lambda: Two() + 1, WrongTermType, "it has several outputs; choose one of one, other"),
        (lambda: AllPresent(inputs=[Two()], window_length=3), WrongTermType, "several outputs"),
        (lambda: All(inputs=[X], window_length=3), NonWindowSafeInput, "All takes a window over"),
        (lambda: All(inputs=[SAFE], window_length=3), WrongTermType, "give one filter"),
        (lambda: All(inputs=[TRUTH], window_length=0), WindowLengthNotPositive, "was 0"),
        (lambda: AtLeastN(inputs=[TRUTH], window_length=3, N=4), InvalidArgument, "N of AtLeastN"),
        (lambda: AtLeastN(inputs=["a"], window_length=3, N=1), NonPipelineInputs, "AtLeastN"),
        (lambda: StaticSids(ANYTHING), InvalidArgument, "sids of StaticSids was 'w'"),
        (lambda: SingleAsset(ANYTHING), InvalidArgument, "assets of SingleAsset was 'wrong'"),
        (lambda: MaximumFilter(TRUTH), WrongTermType, "give a factor"),
        (lambda: Latest([Table.x]), WrongTermType, "give a column of truth values"),
        (lambda: ArrayPredicate(X, ANYTHING), InvalidArgument, "op of ArrayPredicate"),
        (lambda: NumExprFilter("x_0 + 1", (X,)), InvalidArgument, "it is no filter"),
        (lambda: NumExprFilter("x_1 > 1", (X,)), InvalidArgument, "expr of NumExprFilter"),
        (lambda: NumExprFilter("x_0 >", (X,)), InvalidArgument, "expr of NumExprFilter"),
        (lambda: Column("nothing"), NotDType, "dtype of a Column was 'nothing'"),
        (lambda: Column(complex), UnsupportedDType, "complex128; give one of float64"),
    ],
)
def test_what_terms_refuse(
    build: Callable[[], object], error: type[Exception] | None, text: str
) -> None:
    if error is None:
        build()
        return
    with pytest.raises(error, match=text):
        build()


def test_terms_of_other_kinds_have_no_ranks() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'rank': it is a filter"):
        _ = TRUTH.rank
    with pytest.raises(AttributeError, match="latest has no attribute 'startswith'"):
        _ = X.startswith


def test_choices_of_other_missing_values_are_refused() -> None:
    class Other(Table):
        odd = Column(int, missing_value=-9)

    with pytest.raises(WrongTermType, match=r"value is -1, that of Other.odd.latest -9"):
        TRUTH.if_else(NUMBER, Other.odd.latest)
    assert TRUTH.if_else(NUMBER, X.quantiles(2)).missing_value == -1


def test_masks_of_another_domain_are_refused() -> None:
    american = EquityPricing.specialize(US_EQUITIES).close.latest
    british = EquityPricing.specialize(GB_EQUITIES).close.latest
    with pytest.raises(AmbiguousDomain, match=r"GB_EQUITIES of .*latest > 3.*US_EQUITIES of"):
        american.rank(mask=british > 3)


def test_periods_that_begin_before_the_data_are_refused() -> None:
    x = np.zeros((6, 60))
    term = SimpleMovingAverage(inputs=[Table.x], window_length=10).downsample("month_start")
    with pytest.raises(WindowLengthTooLong, match="SimpleMovingAverage"):
        computed({"it": term}, {"x": x}, 20, 20)
    with pytest.raises(WindowLengthTooLong, match=r"X|Table.x.latest.downsample"):
        computed({"it": X.downsample("year_start")}, {"x": x}, 20, 20)
