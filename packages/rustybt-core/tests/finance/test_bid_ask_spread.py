"""The spread between bid and ask: constant, by asset, or quoted beside the bars."""

import math
from decimal import Decimal
from typing import Any

import pytest
from cost_stubs import AAA, BBB, EUR, Bar, Order
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.slippage import BidAskSpread

D = Decimal


def filled(model: BidAskSpread, amount: str, asset: Asset = AAA, **fields: Any) -> Any:
    bar = Bar({"close": D(100), **fields})
    return model.process_order(bar, Order(asset, D(amount), D(0)))


@pytest.mark.parametrize(
    ("spreads", "asset", "amount", "price"),
    [
        (20, AAA, "5", "100.1"),  # 0.2 % between bid and ask, half of it on either side
        (20, AAA, "-5", "99.9"),
        ({"AAA": 20, "BBB": 100}, AAA, "5", "100.1"),
        ({"AAA": 20, "BBB": 100}, BBB, "5", "100.5"),
        ({AAA: 20, "AAA": 100}, AAA, "5", "100.1"),  # an asset goes before its symbol
        ({"EUR/USD": "0.5"}, EUR, "-5", "99.9975"),
        ({"AAA": 0}, AAA, "5", "100"),
    ],
    ids=str,
)
def test_in_basis_points(spreads: Any, asset: Asset, amount: str, price: str) -> None:
    assert filled(BidAskSpread(spreads), amount, asset) == (D(price), D(amount))


@pytest.mark.parametrize(
    ("columns", "fields", "amount", "price"),
    [
        ({"spread": "width"}, {"width": D("0.30")}, "5", "100.15"),
        ({"spread": "width"}, {"width": D("0.30")}, "-5", "99.85"),
        ({"spread": "width"}, {"width": 0.3}, "5", "100.15"),  # a float of a user's file
        ({"spread": "width"}, {"width": "0.3"}, "5", "100.15"),
        ({"spread": "width"}, {"width": D(0)}, "5", "100"),
        # The distance counts, wherever the close lies between bid and ask or beside them.
        ({"bid": "b", "ask": "a"}, {"b": D("99.95"), "a": D("100.05")}, "5", "100.05"),
        ({"bid": "b", "ask": "a"}, {"b": D("99.95"), "a": D("100.05")}, "-5", "99.95"),
        ({"bid": "b", "ask": "a"}, {"b": D("99.90"), "a": D("100")}, "5", "100.05"),
        ({"bid": "b", "ask": "a"}, {"b": D("99.60"), "a": D("99.80")}, "5", "100.10"),
        ({"bid": "b", "ask": "a"}, {"b": D(100), "a": D(100)}, "5", "100"),
    ],
    ids=str,
)
def test_quoted(columns: Any, fields: Any, amount: str, price: str) -> None:
    assert filled(BidAskSpread(**columns), amount, **fields) == (D(price), D(amount))


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        ({"spread": "width"}, {"width": None}),
        ({"spread": "width"}, {"width": math.nan}),
        ({"spread": "width"}, {"width": D("-0.01")}),
        ({"bid": "b", "ask": "a"}, {"b": None, "a": D(100)}),
        ({"bid": "b", "ask": "a"}, {"b": D(100), "a": None}),
        ({"bid": "b", "ask": "a"}, {"b": D("100.02"), "a": D(100)}),  # crossed
    ],
    ids=str,
)
def test_a_bar_without_a_quote_fills_nothing(columns: Any, fields: Any) -> None:
    assert filled(BidAskSpread(**columns), "5", **fields) == (None, None)


def test_floats_are_floats() -> None:
    bar = Bar({"close": 100.0, "b": D("99.95"), "a": 100.05})
    price, amount = BidAskSpread(bid="b", ask="a").process_order(bar, Order(AAA, 5.0, 0.0))
    assert (type(price), amount) == (float, 5.0)
    assert price == pytest.approx(100.05)


def test_an_asset_without_a_spread_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="basis_points was 'BBB'; give a spread for this"):
        filled(BidAskSpread({"AAA": 1}), "5", BBB)


@pytest.mark.parametrize(
    "columns",
    [{"bid": "b"}, {"ask": "a"}, {"spread": "s", "bid": "b", "ask": "a"}],
    ids=str,
)
def test_columns_that_do_not_go_together(columns: Any) -> None:
    with pytest.raises(InvalidArgument, match="name spread, or bid and ask"):
        BidAskSpread(**columns)


def test_a_spread_below_zero_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="basis_points of AAA was -1; give zero or more"):
        BidAskSpread({"AAA": -1})


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (BidAskSpread(2), "BidAskSpread(basis_points=2)"),
        (BidAskSpread({"AAA": 2}), "BidAskSpread(basis_points=<varies>)"),
        (BidAskSpread(spread="s"), "BidAskSpread(spread='s')"),
        (BidAskSpread(bid="b", ask="a"), "BidAskSpread(bid='b', ask='a')"),
    ],
)
def test_a_model_shows_its_arguments(model: BidAskSpread, text: str) -> None:
    assert repr(model) == text


PRICE = st.decimals("0.01", "5000", places=4)


@given(close=PRICE, bid=PRICE, ask=PRICE, points=st.integers(0, 500), buys=st.booleans())
def test_a_spread_never_improves_a_fill(
    close: Decimal, bid: Decimal, ask: Decimal, points: int, *, buys: bool
) -> None:
    bar = Bar({"close": close, "bid": bid, "ask": ask})
    order = Order(AAA, D(7) if buys else D(-7), D(0))
    for model in (BidAskSpread(points), BidAskSpread(bid="bid", ask="ask")):
        outcome: Any = model.process_order(bar, order)
        price, amount = outcome
        if price is None:
            assert ask < bid
        else:
            assert amount == order.amount
            assert (price - close) * order.direction >= 0
