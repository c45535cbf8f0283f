"""Data sets, their families and domains: what is one object, what is refused, what pickles."""

import copy
import pickle
import re

import numpy as np
import pytest

from rustybt.errors import AmbiguousDomain, InvalidArgument, UnknownColumn, UnsupportedDType
from rustybt.pipeline import Pipeline
from rustybt.pipeline import domain as domains
from rustybt.pipeline.data import (
    Column,
    DataSet,
    DataSetFamily,
    EquityPricing,
    USEquityPricing,
    dataset_of,
)
from rustybt.pipeline.domain import (
    COUNTRIES,
    GENERIC,
    JP_EQUITIES,
    US_EQUITIES,
    EquityCalendarDomain,
)
from rustybt.pipeline.factors import SimpleMovingAverage


class Ratings(DataSet):
    """What analysts say."""

    score = Column(dtype=float, doc="from 1 to 5", metadata={"source": "survey"})
    analysts = Column(dtype=int, missing_value=0)
    rated = Column(dtype=bool)
    sector = Column(dtype=object)
    revised = Column(dtype="datetime64[ns]")
    target = Column(dtype=float, currency_aware=True)


class Local(DataSet):
    domain = JP_EQUITIES
    score = Column(dtype=float)


class Estimates(DataSetFamily):
    """What analysts expect."""

    extra_dims = (("field", ("eps", "sales")), ("ahead", range(1, 4)))
    mean = Column(dtype=float)
    low = Column(dtype=float)


def test_there_is_a_domain_for_each_country_of_zipline() -> None:
    # The list and the calendars: ZIPLINE_API.md, section 17, and zipline-reloaded 3.2.1
    codes = re.findall(
        "..",
        "ARATAUBEBRCACHCLCNCOCZDEDKESFIFRGBGRHKHUIDIEINITJPKRMXMYNLNONZPEPHPKPLPTRUSESGTHTRTWUSZA",
    )
    assert list(COUNTRIES) == codes
    found = [getattr(domains, f"{code}_EQUITIES") for code in codes]
    assert [domain.country_code for domain in found] == codes
    assert [domain.calendar_name for domain in found] == list(COUNTRIES.values())
    assert (US_EQUITIES.calendar_name, JP_EQUITIES.calendar_name) == ("XNYS", "XTKS")


def test_equal_domains_are_equal_and_say_where_they_differ() -> None:
    assert EquityCalendarDomain("us", "XNYS") == US_EQUITIES
    other = EquityCalendarDomain("US", "XNAS")
    assert other != US_EQUITIES
    assert (repr(US_EQUITIES), repr(other)) == ("US_EQUITIES", "US_EQUITIES on XNAS")
    assert pickle.loads(pickle.dumps(other)) == copy.deepcopy(other) == other
    with pytest.raises(InvalidArgument, match="country_code was 'USA'"):
        EquityCalendarDomain("USA", "XNYS")


def test_columns_are_terms_with_what_was_declared() -> None:
    score, target = Ratings.score, Ratings.target
    assert score is Ratings.get_column("score") is Ratings.column("score")
    assert (score.dtype, score.metadata) == (np.dtype(float), {"source": "survey"})
    assert np.isnan(score.missing_value)
    assert Ratings.analysts.missing_value == 0
    assert (score.currency_aware, target.currency_aware) == (False, True)
    assert repr(score) == "Ratings.score"
    assert len(Ratings.columns()) == 6
    with pytest.raises(InvalidArgument, match="missing_value was None; integers have no missing"):
        Column(dtype=int)
    with pytest.raises(UnsupportedDType, match="dtype of a Column was complex128"):
        Column(dtype="complex")


def test_unknown_column_names_those_that_are_like_it() -> None:
    with pytest.raises(
        UnknownColumn, match="EquityPricing has no column 'clsoe'; did you mean"
    ) as e:
        _ = EquityPricing.clsoe
    assert "did you mean close" in str(e.value)
    assert isinstance(e.value, AttributeError)
    assert not hasattr(EquityPricing, "_ipython_display_")
    with pytest.raises(UnknownColumn, match="it has: analysts, rated"):
        Ratings.get_column("nothing")


@pytest.mark.parametrize("name", ["domain", "columns", "specialize", "generic"])
def test_names_that_data_sets_need_themselves_are_refused(name: str) -> None:
    with pytest.raises(InvalidArgument, match=f"column of Bad was '{name}'; data sets have an att"):
        type("Bad", (DataSet,), {name: Column(dtype=float)})
    with pytest.raises(InvalidArgument, match=f"column of Bad was '{name}'"):
        dataset_of("Bad", {name: Column(dtype=float)})


def test_a_data_set_of_a_domain_is_one_object() -> None:
    assert EquityPricing.specialize(US_EQUITIES) is USEquityPricing
    assert USEquityPricing.unspecialize() is EquityPricing
    assert USEquityPricing.close.domain == US_EQUITIES
    assert EquityPricing.close.specialize(US_EQUITIES) is USEquityPricing.close
    assert USEquityPricing.close.unspecialize() is EquityPricing.close
    assert Local.specialize(JP_EQUITIES) is Local is Local.unspecialize()
    assert issubclass(USEquityPricing, EquityPricing)
    with pytest.raises(InvalidArgument, match="domain of Local was US_EQUITIES; it is of JP"):
        Local.specialize(US_EQUITIES)


def test_terms_of_two_domains_cannot_be_put_together() -> None:
    mean = SimpleMovingAverage(inputs=[USEquityPricing.close], window_length=2)
    with pytest.raises(
        AmbiguousDomain,
        match=r"made of SimpleMovingAverage\(\[Equity.*, made of EquityPricing\.close",
    ):
        SimpleMovingAverage(inputs=[Local.score], window_length=2, mask=mean > 1)
    with pytest.raises(AmbiguousDomain, match="the pipeline is made of terms of several domains"):
        Pipeline({"mean": mean, "score": Local.score.latest}).domain(GENERIC)


def test_converted_columns_are_further_terms() -> None:
    converted = USEquityPricing.close.fx("eur")
    assert repr(converted) == "EquityPricing.close.fx('EUR')"
    assert (
        converted
        is USEquityPricing.close.fx("EUR")
        is EquityPricing.close.fx("EUR").specialize(US_EQUITIES)
    )
    assert converted.fx("USD") is USEquityPricing.close.fx("USD")
    assert converted.reported is USEquityPricing.close
    assert converted.unspecialize() is EquityPricing.close.fx("EUR")
    with pytest.raises(InvalidArgument, match="column of EquityPricing was 'volume'; its values"):
        EquityPricing.volume.fx("EUR")
    with pytest.raises(InvalidArgument, match="currency was 3; give the code of a currency"):
        EquityPricing.close.fx(3)


@pytest.mark.parametrize(
    "thing",
    [
        EquityPricing,
        USEquityPricing,
        USEquityPricing.close,
        USEquityPricing.close.fx("EUR"),
        Ratings.specialize(JP_EQUITIES).target,
        Ratings.specialize(JP_EQUITIES).score.latest,
        Local.score,
        Estimates.slice("eps", ahead=2).mean,
        Estimates.slice("eps", ahead=2).specialize(US_EQUITIES).mean.latest,
        dataset_of("Made", {"x": Column(dtype=float)}).x,
        dataset_of("Made", {"x": Column(dtype=float)}).specialize(US_EQUITIES).x,
        SimpleMovingAverage(inputs=[USEquityPricing.close], window_length=2) > 3,
    ],
    ids=repr,
)
def test_everything_pickles_to_itself(thing: object) -> None:
    assert pickle.loads(pickle.dumps(thing)) is thing


def test_data_sets_that_functions_make_are_one_where_they_are_declared_alike() -> None:
    made = dataset_of("Made", {"x": Column(dtype=float, metadata={"a": 1})})
    assert made is dataset_of("Made", {"x": Column(dtype=float, metadata={"a": 1})})
    for other in (
        {"x": Column(dtype=float)},
        {"x": Column(dtype=bool)},
        {"y": Column(dtype=float)},
    ):
        assert made is not dataset_of("Made", other)


def test_slices_of_a_family_are_data_sets() -> None:
    near = Estimates.slice("eps", ahead=1)
    assert near is Estimates.slice("eps", 1) is Estimates.slice(ahead=1, field="eps")
    assert near is not Estimates.slice("eps", 2)
    assert dict(near.extra_coords) == {"field": "eps", "ahead": 1}
    assert repr(near.mean) == "Estimates.slice(field='eps', ahead=1).mean"
    assert near.family is near.specialize(US_EQUITIES).family is Estimates


@pytest.mark.parametrize(
    ("coords", "named", "reason"),
    [
        (("eps",), {}, "one value for each of field, ahead; was given eps"),
        (("eps", 1, 2), {}, "was given eps, 1, 2"),
        (("eps", 1), {"ahead": 2}, "was given eps, 1, ahead=2"),
        ((), {"field": "eps", "years": 1}, "was given field='eps', years=1"),
    ],
)
def test_slice_takes_one_value_per_dimension(
    coords: tuple[str | int, ...], named: dict[str, str | int], reason: str
) -> None:
    with pytest.raises(TypeError, match=reason):
        Estimates.slice(*coords, **named)


def test_mistakes_about_families() -> None:
    with pytest.raises(InvalidArgument, match="ahead of Estimates was 9; give one of 1, 2, 3"):
        Estimates.slice("eps", 9)
    with pytest.raises(AttributeError, match=r"choose one: Estimates\.slice\(…\)\.mean"):
        getattr(Estimates, "mean")  # noqa: B009 - a type checker knows that there is none
    with pytest.raises(AttributeError, match="Estimates has no attribute 'nothing'"):
        _ = Estimates.nothing
    with pytest.raises(InvalidArgument, match="extra_dims of Flat was"):
        type("Flat", (DataSetFamily,), {"x": Column(dtype=float)})
