"""What a corporate action may say, and what its terms mean."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from rustybt.assets import SymbolOwnership
from rustybt.calendars import to_day
from rustybt.data.actions import (
    Action,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    StockDividend,
    SymbolChange,
    symbol_changes,
)
from rustybt.errors import InvalidArgument
from rustybt.values import Ratio

HALF = Ratio(1, 2)


def merger(**terms: Any) -> Merger:
    return Merger(sid=1, effective=100, **terms)


def spin_off(**terms: Any) -> SpinOff:
    usual: dict[str, Any] = {"sid": 1, "effective": 100, "child": 2, "ratio": HALF}
    return SpinOff(**usual | terms)


def rights(**terms: Any) -> RightsOffering:
    usual: dict[str, Any] = {"sid": 1, "ex": 100, "expiry": 120, "price": D(8), "ratio": HALF}
    return RightsOffering(**usual | terms)


def stock_dividend(**terms: Any) -> StockDividend:
    usual: dict[str, Any] = {"sid": 1, "ex": 100, "pay": 110, "ratio": HALF}
    return StockDividend(**usual | terms)


def delisting(**terms: Any) -> Delisting:
    return Delisting(sid=1, effective=100, **terms)


@pytest.mark.parametrize(
    ("make", "terms", "field", "reason"),
    [
        (merger, {}, "cash", "give the cash or the shares"),
        (merger, {"ratio": HALF}, "acquirer", "whose shares"),
        (merger, {"acquirer": 2}, "cash", "give the cash or the shares"),
        (merger, {"acquirer": 2, "cash": D(1)}, "ratio", "shares per share"),
        (merger, {"acquirer": 1, "ratio": HALF}, "acquirer", "another asset"),
        (merger, {"cash": D(0)}, "cash", "positive"),
        (merger, {"cash": D(-1), "acquirer": 2, "ratio": HALF}, "cash", "positive"),
        (merger, {"cash": D(1), "fractions": "up"}, "fractions", "cash, drop, round_up"),
        (spin_off, {"child": 1}, "child", "another asset"),
        (spin_off, {"cost_share": Ratio(3, 2)}, "cost_share", "1 or less"),
        (spin_off, {"parent_price": D(10)}, "child_price", "one alone derives nothing"),
        (spin_off, {"parent_price": D(0), "child_price": D(1)}, "parent_price", "positive"),
        (spin_off, {"child_price": D(-1)}, "child_price", "positive"),
        (spin_off, {"fractions": "none"}, "fractions", "cash, drop, round_up"),
        (rights, {"expiry": 99}, "expiry", "before the ex day, 1970-04-11"),
        (rights, {"price": D(0)}, "price", "positive"),
        (rights, {"rights_sid": 1}, "rights_sid", "another asset"),
        (rights, {"fractions": ""}, "fractions", "cash, drop, round_up"),
        (stock_dividend, {"pay": 99}, "pay", "before the ex day, 1970-04-11"),
        (stock_dividend, {"fractions": "CASH"}, "fractions", "cash, drop, round_up"),
        (delisting, {"price": D("-0.01")}, "price", "0 or more"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    make: Callable[..., Action], terms: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(InvalidArgument, match=reason) as caught:
        make(**terms)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("make", "terms"),
    [
        (merger, {"cash": D("12.50")}),
        (merger, {"acquirer": 2, "ratio": HALF}),
        (merger, {"acquirer": 2, "ratio": HALF, "cash": D("12.50"), "currency": "EUR"}),
        (spin_off, {"cost_share": Ratio(1)}),
        (spin_off, {"child_price": D(3)}),
        (rights, {"expiry": 100}),
        (stock_dividend, {"pay": 100}),
        (delisting, {"price": D(0)}),
        (delisting, {}),
    ],
)
def test_terms_at_the_edge_are_taken(make: Callable[..., Action], terms: dict[str, Any]) -> None:
    action = make(**terms)
    assert all(getattr(action, field) == value for field, value in terms.items())


@pytest.mark.parametrize(
    ("terms", "market", "share"),
    [
        ({"cost_share": Ratio(1, 3)}, (None, None), "1/3"),
        ({"cost_share": Ratio(1, 3), "child_price": D(5)}, (D(10), D(10)), "1/3"),
        # Half a share at 20 beside a parent at 30: 10 of 40.
        ({"parent_price": D(30), "child_price": D(20)}, (D(1), D(1)), "1/4"),
        ({"child_price": D(20)}, (D(30), D(7)), "1/4"),
        ({}, (D(30), D(20)), "1/4"),
        ({}, (D(30), None), None),
        ({}, (None, D(20)), None),
    ],
)
def test_the_share_of_cost_is_said_or_follows_from_prices(
    terms: dict[str, Any], market: tuple[D | None, D | None], share: str | None
) -> None:
    found = spin_off(**terms).share_of_cost(*market)
    assert found == (None if share is None else Ratio.parse(share))


def test_rights_count_for_the_shares_that_they_buy() -> None:
    # One right per share, of which it takes five for two new shares.
    assert rights(ratio=Ratio(2, 5)).shares == Ratio(2, 5)
    assert rights(ratio=Ratio(2, 5), rights=Ratio(1, 2)).shares == Ratio(1, 5)


def owned(sid: int, symbol: str, start: str | None, end: str | None = None) -> SymbolOwnership:
    return SymbolOwnership(
        symbol=symbol,
        sid=sid,
        start=None if start is None else date.fromisoformat(start),
        end=None if end is None else date.fromisoformat(end),
    )


def test_symbol_changes_are_told_by_who_owned_what() -> None:
    changes = symbol_changes(
        [
            owned(1, "META", "2022-06-09"),
            owned(1, "FB", "2012-05-18", "2022-06-08"),
            owned(2, "GOOG", "2014-04-03"),
            owned(2, "GOOGL", None, "2014-04-02"),
            owned(3, "IBM", "1990-01-02", "2000-01-01"),
            owned(3, "IBM", "2000-01-02"),
        ]
    )
    assert changes == (
        SymbolChange(sid=2, effective=to_day("2014-04-03"), old="GOOGL", new="GOOG"),
        SymbolChange(sid=1, effective=to_day("2022-06-09"), old="FB", new="META"),
    )
