"""Prices of a bundle for forward returns: adjusted, with halts and ends. Worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from small_markets import bundle, dividend, equities, frame, split, weekdays

from rustybt.calendars import to_day
from rustybt.data.actions import (
    Action,
    CashDividend,
    Delisting,
    Merger,
    SpinOff,
    StockDividend,
)
from rustybt.data.bundle import BundleData
from rustybt.data.rates import ExchangeRates
from rustybt.errors import InvalidArgument, MissingRate
from rustybt.pipeline.alpha import forward_returns, prices_of_bundle
from rustybt.values import Ratio

MON, TUE, WED, THU, FRI = (f"2020-01-{day:02}" for day in range(6, 11))
CALENDAR = weekdays("2020-01-06", 10)


def day(text: str) -> int:
    return to_day(date.fromisoformat(text))


def market(
    bars: dict[str, dict[str, Any]], *events: Action, **lives: tuple[str | None, str | None]
) -> BundleData:
    return bundle(CALENDAR, equities(bars, **lives), daily=frame(bars), events=events)


def closes(data: BundleData, sid: int = 1, **options: Any) -> dict[str, float | None]:
    """Closes of an asset by day."""
    table = prices_of_bundle(data, calendar=CALENDAR, **options).filter(sid=sid)
    return {at.isoformat(): close for at, close in table.select("session", "close").iter_rows()}


PAYING = market(
    {"AAA": {MON: 100, TUE: 110, WED: 55, THU: 50}},
    split(1, WED, "1/2"),
    dividend(1, THU, "5.50"),
)


def test_raw_prices_are_those_that_were_traded() -> None:
    assert closes(PAYING, basis="raw") == {MON: 100, TUE: 110, WED: 55, THU: 50}


def test_splits_halve_what_came_before() -> None:
    assert closes(PAYING, basis="split") == {MON: 50, TUE: 55, WED: 55, THU: 50}


def test_total_returns_count_the_dividend() -> None:
    # 1 - 5.5/55 = 0.9 before Thursday, and half of it before Wednesday
    expected = {MON: 45, TUE: 49.5, WED: 49.5, THU: 50}
    assert closes(PAYING) == pytest.approx(expected)
    frame = forward_returns(prices_of_bundle(PAYING, calendar=CALENDAR), (1,))
    # 110/100 - 1; the split earns nothing; 50 / (55 - 5.5) - 1
    assert frame["forward_1"].to_list() == [
        pytest.approx(0.1), pytest.approx(0, abs=1e-12), pytest.approx(50 / 49.5 - 1), None,
    ]  # fmt: skip


def test_opens_are_adjusted_alike() -> None:
    bars = {"AAA": {MON: (90, 120, 80, 100, 10), TUE: (52, 60, 50, 55, 10)}}
    data = market(bars, split(1, TUE, "1/2"))
    table = prices_of_bundle(data, calendar=CALENDAR)
    assert table["open"].to_list() == [45, 52]


def test_several_actions_of_a_day() -> None:
    # a split of 2 and a dividend of 10 on 100 (the raw close of the eve): 1/2 x 0.9
    data = market({"AAA": {MON: 100, TUE: 45}}, split(1, TUE, "1/2"), dividend(1, TUE, "10"))
    assert closes(data) == pytest.approx({MON: 45, TUE: 45})
    assert closes(data, basis="split") == {MON: 50, TUE: 45}


def test_shares_that_are_given_count_in_both() -> None:
    # a stock dividend of 1 for 4: 1 / 1.25; a spin-off of 1 for 1 at 20 of 80: 3/4
    stock = StockDividend(sid=1, ex=day(TUE), pay=day(TUE), ratio=Ratio.parse("1/4"))
    spun = SpinOff(
        sid=1, effective=day(WED), child=2, ratio=Ratio.parse("1"), child_price=Decimal(20)
    )
    data = market({"AAA": {MON: 100, TUE: 80, WED: 60}, "BBB": {WED: 20}}, stock, spun)
    for basis in ("split", "total"):
        assert closes(data, basis=basis) == pytest.approx({MON: 60, TUE: 60, WED: 60})


def test_actions_outside_of_the_days_do_nothing() -> None:
    assert closes(PAYING, start=date(2020, 1, 8)) == pytest.approx({WED: 49.5, THU: 50})
    assert closes(PAYING, end=date(2020, 1, 7)) == {MON: 100, TUE: 110}


def test_a_halted_asset_keeps_its_last_price_until_its_end() -> None:
    bars = {"AAA": {MON: 10, TUE: 12}, "BBB": {MON: 1, TUE: 1, WED: 1, THU: 1, FRI: 1}}
    data = market(bars, AAA=(None, THU))
    assert closes(data) == {MON: 10, TUE: 12, THU: None}
    returns = forward_returns(prices_of_bundle(data, calendar=CALENDAR), (1, 3)).filter(sid=1)
    # three sessions on Thursday it still was worth 12, on Friday it had ended
    assert returns["forward_3"].to_list() == [pytest.approx(0.2), None, None]
    assert returns["forward_1"].to_list() == [pytest.approx(0.2), 0.0, None]


def test_an_asset_that_is_still_listed_is_there_in_the_last_session() -> None:
    bars = {"AAA": {MON: 10}, "BBB": {MON: 1, TUE: 1}}
    assert closes(market(bars)) == {MON: 10, TUE: None}
    assert closes(market(bars, AAA=(None, MON))) == {MON: 10}


def test_a_session_without_any_bar_is_one() -> None:
    data = market({"AAA": {MON: 10, WED: 20}})
    assert closes(data) == {MON: 10, TUE: None, WED: 20}
    returns = forward_returns(prices_of_bundle(data, calendar=CALENDAR), (1, 2))
    assert returns["forward_2"].to_list() == [1.0, None, None]


OTHER = {MON: 1, TUE: 1, WED: 1, THU: 1, FRI: 1}


def test_a_delisting_pays_its_price() -> None:
    data = market(
        {"AAA": {MON: 10, TUE: 8}, "BBB": OTHER},
        Delisting(sid=1, effective=day(TUE), price=Decimal(2)),
        AAA=(None, TUE),
    )
    # 2 at the close of Tuesday, in place of 8, and on Wednesday at open and close
    assert closes(data) == {MON: 10, TUE: 2, WED: 2}
    assert closes(data, basis="split") == {MON: 10, TUE: 8}
    returns = forward_returns(prices_of_bundle(data, calendar=CALENDAR), (1,), entry="open")
    # the open of Tuesday was 8: 8/10-1, then 2/8-1
    assert returns.filter(sid=1)["forward_1"].to_list() == pytest.approx(
        [-0.2, -0.75, None], nan_ok=True
    )


def test_a_delisting_without_a_price_leaves_the_last_one() -> None:
    ended = Delisting(sid=1, effective=day(TUE))
    data = market({"AAA": {MON: 10, TUE: 8}, "BBB": OTHER}, ended, AAA=(None, TUE))
    assert closes(data) == {MON: 10, TUE: 8}


def test_a_worthless_delisting_loses_all() -> None:
    ended = Delisting(sid=1, effective=day(WED), price=Decimal(0))
    data = market({"AAA": {MON: 10, TUE: 8}, "BBB": OTHER}, ended, AAA=(None, TUE))
    returns = forward_returns(prices_of_bundle(data, calendar=CALENDAR), (1,))
    assert returns.filter(sid=1)["forward_1"].to_list() == [pytest.approx(-0.2), -1.0, None, None]


def test_what_is_paid_beyond_the_calendar_or_the_days_is_not_there() -> None:
    bars = {"AAA": {MON: 10, TUE: 8}, "BBB": OTHER}
    # the calendar ends on Friday 17 January
    late = (
        Delisting(sid=1, effective=day("2020-01-20"), price=Decimal(1)),
        Merger(sid=2, effective=day("2020-01-20"), cash=Decimal(1)),
    )
    assert closes(market(bars, *late, AAA=(None, TUE))) == {MON: 10, TUE: 8}
    # on the last session there is no session after
    last = Delisting(sid=1, effective=day("2020-01-17"), price=Decimal(1))
    full = {"AAA": {MON: 10, "2020-01-17": 2}}
    found = closes(market(full, last))
    assert [found[MON], found["2020-01-17"]] == [10, 1]
    # on Wednesday, but only Monday and Tuesday are asked for
    soon = Delisting(sid=1, effective=day(WED), price=Decimal(1))
    data = market(bars, soon, AAA=(None, TUE))
    assert closes(data, end=date(2020, 1, 7)) == {MON: 10, TUE: 8}


def test_a_merger_pays_cash_and_shares() -> None:
    # 3 in cash and half a share at 20 and 30: 13 at the open, 18 at the close of Wednesday
    merged = Merger(
        sid=1, effective=day(WED), cash=Decimal(3), acquirer=2, ratio=Ratio.parse("1/2")
    )
    bars: dict[str, dict[str, Any]] = {
        "AAA": {MON: 10, TUE: 12},
        "BBB": {MON: 9, TUE: 9, WED: (20, 30, 20, 30, 5)},
    }
    data = market(bars, merged, AAA=(None, TUE))
    assert closes(data) == {MON: 10, TUE: 12, WED: 18}
    table = prices_of_bundle(data, calendar=CALENDAR).filter(sid=1)
    assert table["open"].to_list() == [10, 12, 13]


def test_a_merger_for_cash_alone_and_one_whose_acquirer_has_no_bar() -> None:
    bars = {"AAA": {MON: 10, TUE: 12}, "BBB": OTHER, "CCC": {MON: 5}}
    cash = Merger(sid=1, effective=day(WED), cash=Decimal("12.5"))
    assert closes(market(bars, cash, AAA=(None, TUE))) == {MON: 10, TUE: 12, WED: 12.5}
    shares = Merger(sid=1, effective=day(WED), acquirer=3, ratio=Ratio.parse("2"))
    assert closes(market(bars, shares, AAA=(None, TUE))) == {MON: 10, TUE: 12, WED: None}


def test_money_of_another_currency_counts_at_the_rate_of_the_eve() -> None:
    # 1.25 USD for a EUR from before Monday's close on: 8 EUR are 10 of 100, 12 EUR are 15
    rates = ExchangeRates.from_frame(
        pl.DataFrame(
            {
                "timestamp": [datetime(2020, 1, 6, 9, tzinfo=UTC)],
                "base": "EUR",
                "quote": "USD",
                "rate": "1.25",
            }
        )
    )
    paid = CashDividend(sid=1, ex=day(TUE), pay=day(TUE), amount=Decimal(8), currency="EUR")
    bought = Merger(sid=1, effective=day(WED), cash=Decimal(12), currency="EUR")
    data = market({"AAA": {MON: 100, TUE: 90}, "BBB": OTHER}, paid, bought, AAA=(None, TUE))
    assert closes(replace(data, rates=rates)) == pytest.approx({MON: 90, TUE: 90, WED: 15})
    with pytest.raises(MissingRate, match="EUR"):
        closes(data)


def test_some_assets_only() -> None:
    bars = {"AAA": {MON: 10}, "BBB": {MON: 20}}
    table = prices_of_bundle(market(bars), sids=[2], calendar=CALENDAR)
    assert table.rows() == [(date(2020, 1, 6), 2, 20.0, 20.0)]
    assert table.schema == {
        "session": pl.Date, "sid": pl.Int64, "open": pl.Float64, "close": pl.Float64,
    }  # fmt: skip


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(InvalidArgument, match=r"bundle was 'small'; it has no daily bars"):
        prices_of_bundle(bundle(CALENDAR, equities(["AAA"])), calendar=CALENDAR)
    with pytest.raises(InvalidArgument, match=r"basis was 'net'; give one of total, split, raw"):
        prices_of_bundle(PAYING, basis="net", calendar=CALENDAR)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match=r"small has no daily bars of these assets"):
        prices_of_bundle(PAYING, start=date(2021, 1, 4), calendar=CALENDAR)


def test_the_calendar_is_that_of_the_bundle() -> None:
    data = market({"AAA": {MON: 10, TUE: 12}})
    assert prices_of_bundle(replace(data, calendar="XNYS"))["close"].to_list() == [10, 12]
