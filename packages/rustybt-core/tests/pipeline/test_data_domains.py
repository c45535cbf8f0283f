"""Pipelines of domains: generic terms become those of the domain, and what a bundle lacks."""

import math
from datetime import date

import pytest
from small_markets import bundle, equities, frame, weekdays

from rustybt.assets import Asset, Cryptocurrency, Equity, ExchangeInfo
from rustybt.calendars import get_calendar
from rustybt.errors import InvalidArgument
from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import EquityPricing, USEquityPricing
from rustybt.pipeline.domain import GENERIC, JP_EQUITIES, US_EQUITIES, Domain
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factors import Returns, SimpleMovingAverage
from rustybt.pipeline.plan import plan_of

XNYS = get_calendar("XNYS")
DAYS = ["2024-01-02", "2024-01-03", "2024-01-04"]
NYSE, TOKYO = ExchangeInfo("NYSE", "NYSE", "US"), ExchangeInfo("TSE", "TSE", "JP")


def listed(sid: int, symbol: str, venue: ExchangeInfo) -> Equity:
    return Equity(
        sid=sid,
        symbol=symbol,
        exchange_info=venue,
        start_date=date(2024, 1, 2),
        end_date=date(2024, 1, 31),
    )


def coin(sid: int, symbol: str) -> Cryptocurrency:
    base, quote = symbol.split("/")
    return Cryptocurrency(
        sid=sid, symbol=symbol, exchange_info=NYSE, base_currency=base, quote_currency=quote
    )


def engine_of(*assets: Asset) -> PipelineEngine:
    bars = frame({asset.symbol: dict.fromkeys(DAYS, 10) for asset in assets})
    return PipelineEngine(bundle(XNYS, assets, daily=bars), calendar=XNYS)


def shown(engine: PipelineEngine, pipeline: Pipeline) -> list[str]:
    return engine.run(pipeline, "2024-01-04", "2024-01-04")["symbol"].to_list()


US = listed(1, "US", NYSE)
JP = listed(2, "JP", TOKYO)
BTC = coin(3, "BTC/USD")
CLOSE = Pipeline({"close": EquityPricing.close.latest})


def test_columns_of_the_domain_and_generic_ones_are_computed_once() -> None:
    generic = SimpleMovingAverage(inputs=[EquityPricing.close], window_length=2)
    american = SimpleMovingAverage(inputs=[USEquityPricing.close], window_length=2)
    pipeline = Pipeline({"one": generic, "other": american, "both": generic - american})
    # two columns, an average and a difference; the average of the generic column is the same
    plan = plan_of(pipeline, XNYS, 100, US_EQUITIES)
    assert [repr(term) for term in plan.nodes] == [
        "EquityPricing.close",
        repr(american),
        repr(american - american),
    ]
    assert plan.columns["one"] == plan.columns["other"]
    assert {term.domain for term in plan.nodes} == {US_EQUITIES}
    assert len(plan_of(pipeline, XNYS, 100, GENERIC).nodes) == 5


def test_masks_and_screens_are_of_the_domain_as_well() -> None:
    mask = EquityPricing.close.latest > 5
    mean = SimpleMovingAverage(inputs=[USEquityPricing.close], window_length=2, mask=mask)
    pipeline = Pipeline({"mean": mean, "returns": Returns(window_length=2)}, screen=mask)
    plan = plan_of(pipeline, XNYS, 100, US_EQUITIES)
    assert {term.domain for term in plan.nodes} == {US_EQUITIES}
    found = engine_of(US, JP).run(pipeline, "2024-01-04", "2024-01-04")
    assert found["symbol", "mean", "returns"].rows() == [("US", 10.0, 0.0)]


def test_a_domain_has_the_equities_of_its_country() -> None:
    engine = engine_of(US, JP, BTC)
    american = Pipeline({"close": USEquityPricing.close.latest})
    assert shown(engine, american) == ["US"]
    assert shown(engine, Pipeline(CLOSE.columns, domain=US_EQUITIES)) == ["US"]
    japanese = Pipeline(CLOSE.columns, domain=Domain("TOKYO", "JP"))
    assert shown(engine, japanese) == ["JP"]


def test_the_generic_domain_has_equities_or_where_there_are_none_everything() -> None:
    assert shown(engine_of(US, JP, BTC), CLOSE) == ["US", "JP"]
    assert shown(engine_of(BTC, coin(4, "ETH/USD")), CLOSE) == ["BTC/USD", "ETH/USD"]


def test_assets_without_countries_are_of_every_country() -> None:
    nowhere = listed(5, "XX", ExchangeInfo("SMALL"))
    american = Pipeline({"close": USEquityPricing.close.latest})
    assert shown(engine_of(nowhere), american) == ["XX"]
    assert shown(engine_of(nowhere, US), american) == ["US"]


def test_a_country_without_assets_is_an_error_that_names_the_term() -> None:
    mean = SimpleMovingAverage(inputs=[USEquityPricing.close], window_length=2)
    with pytest.raises(InvalidArgument) as error:
        shown(engine_of(JP), Pipeline({"high": mean > 3}))
    assert str(error.value) == (
        "domain of the pipeline was US_EQUITIES; column 'high' is ("
        "SimpleMovingAverage([EquityPricing.close], window_length=2) > 3), made of "
        "SimpleMovingAverage([EquityPricing.close], "
        "window_length=2), made of EquityPricing.close; bundle 'small' has no equities of US; "
        "those that it has are of JP"
    )
    with pytest.raises(InvalidArgument, match="those that it has are of none"):
        shown(engine_of(BTC), Pipeline({"close": USEquityPricing.close.latest}))


def test_another_calendar_is_an_error_that_names_the_term() -> None:
    japanese = EquityPricing.specialize(JP_EQUITIES)
    with pytest.raises(
        InvalidArgument, match=r"the screen is .EquityPricing.close.latest > 3."
    ) as error:
        shown(engine_of(JP), Pipeline(screen=japanese.close.latest > 3))
    assert "its sessions are those of XTKS, and the run has those of XNYS" in str(error.value)


def test_names_of_one_calendar_are_one() -> None:
    domain = Domain("BIG_BOARD", "US", "NYSE")
    assert shown(engine_of(US), Pipeline(CLOSE.columns, domain=domain)) == ["US"]


def test_sessions_need_not_be_of_a_known_calendar() -> None:
    calendar = weekdays("2024-01-01", 5)
    assets = equities(["A"], A=("2024-01-01", None))
    market = bundle(calendar, assets, daily=frame({"A": {"2024-01-02": 7}}))
    found = PipelineEngine(market, calendar=calendar).run(CLOSE, "2024-01-03", "2024-01-04")
    assert found["close"].to_list() == [7.0, None]
    assert not math.isnan(found["close"][0])
