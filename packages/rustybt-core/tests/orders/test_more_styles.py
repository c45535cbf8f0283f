"""Styles that Zipline does not have, and what an order call means by its keywords."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from rustybt.errors import BadOrderParameters, UnsupportedOrderParameters
from rustybt.finance import execution
from rustybt.orders import (
    PLAIN_TERMS,
    BracketOrder,
    IcebergOrder,
    LimitOrder,
    MarketOrder,
    OCOOrder,
    OrderTerms,
    StopLimitOrder,
    StopOrder,
    TimeInForce,
    TrailingStopOrder,
    order_request,
)

MIDNIGHT = 18_414 * 86_400 * 10**9
"""2020-06-01, in nanoseconds since 1970."""


def asked(limit: object = None, stop: object = None, style: Any = None, **options: Any) -> Any:
    return order_request(limit, stop, style, options)  # type: ignore[arg-type] # any keywords


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({}, "MarketOrder()"),
        ({"limit": 9}, "LimitOrder(limit_price=9)"),
        ({"trail_amount": "0.5"}, "TrailingStopOrder(trail_amount=0.5)"),
        ({"trail_percent": 0.05}, "TrailingStopOrder(trail_percent=0.05)"),
        ({"limit": 9, "visible": 10}, "IcebergOrder(limit_price=9, visible=10)"),
        (
            {"take_profit": 11},
            "BracketOrder(MarketOrder(), take_profit=LimitOrder(limit_price=11), stop_loss=None)",
        ),
        (
            {"limit": 10, "stop_loss": TrailingStopOrder(1)},
            "BracketOrder(LimitOrder(limit_price=10), take_profit=None, stop_loss=trail)",
        ),
        (
            {"style": OCOOrder(LimitOrder(9), StopOrder(11))},
            "OCOOrder(LimitOrder(limit_price=9), StopOrder(stop_price=11))",
        ),
        (
            {"style": OCOOrder(StopOrder(11), opposite=StopOrder(9))},
            "OCOOrder(StopOrder(stop_price=11), opposite=(StopOrder(stop_price=9),))",
        ),
    ],
)
def test_keywords_mean_styles(arguments: dict[str, Any], shown: str) -> None:
    request = asked(**arguments)
    assert repr(request.style) == shown.replace("trail)", "TrailingStopOrder(trail_amount=1))")
    assert request.terms is PLAIN_TERMS


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        # Arguments that exclude each other.
        ({"trail_amount": 1, "trail_percent": "0.1"},
         UnsupportedOrderParameters, "give one of the two"),
        ({"trail_amount": 1, "stop": 9},
         UnsupportedOrderParameters, "stop_price was 9 although trail_amount"),
        ({"visible": 5}, UnsupportedOrderParameters, "visible was 5; give it with a limit_price"),
        ({"visible": 5, "limit": 9, "stop": 9}, UnsupportedOrderParameters, "limit_price alone"),
        ({"style": LimitOrder(9), "visible": 5},
         UnsupportedOrderParameters, "although a style was given"),
        ({"style": OCOOrder(LimitOrder(9), StopOrder(11)), "stop_loss": 8},
         UnsupportedOrderParameters, "exits were given"),
        ({"post_only": True}, UnsupportedOrderParameters, "give it with limit orders"),
        ({"post_only": True, "limit": 9, "stop": 9}, UnsupportedOrderParameters, "which rest"),
        ({"post_only": True, "limit": 9, "time_in_force": "IOC"},
         UnsupportedOrderParameters, "cannot end at once"),
        ({"time_in_force": "FOK", "limit": 9, "visible": 5},
         UnsupportedOrderParameters, "FOK was given with an iceberg"),
        ({"time_in_force": "GTD"}, UnsupportedOrderParameters, "good_till was not given with GTD"),
        ({"time_in_force": "DAY", "good_till": "2020-06-01"},
         UnsupportedOrderParameters, "given with DAY"),
        # Impossible values.
        ({"time_in_force": "FOREVER"}, BadOrderParameters, "give one of GTC, DAY, IOC, FOK, GTD"),
        ({"good_till": "tomorrow"}, BadOrderParameters, "good_till was 'tomorrow'"),
        ({"good_till": "2020-13-01"}, BadOrderParameters, "give a date"),
        ({"good_till": 5}, BadOrderParameters, "good_till was 5"),
        ({"trail_amount": 0}, BadOrderParameters, "trail_amount was 0; give a number above zero"),
        ({"trail_amount": "one"}, BadOrderParameters, "give a finite number"),
        ({"trail_percent": 5}, BadOrderParameters, "0.05 is 5 percent"),
        ({"limit": 9, "visible": -1}, BadOrderParameters, "visible was -1"),
        ({"take_profit": float("nan")}, BadOrderParameters, "limit price was nan"),
        ({"stop_loss": -1}, BadOrderParameters, "stop price was -1"),
        ({"take_profit": StopOrder(9)}, UnsupportedOrderParameters, "give a price or a LimitOrder"),
        ({"stop_loss": LimitOrder(9)}, UnsupportedOrderParameters, "give a price, a StopOrder"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        asked(**arguments)


def test_an_unknown_keyword_is_named_with_those_there_are() -> None:
    with pytest.raises(TypeError, match="no keyword limit, tif; it has limit_price, stop_price"):
        order_request(None, None, None, {"tif": "DAY", "limit": 5})  # type: ignore[typeddict-unknown-key] # the mistake


def test_an_unknown_keyword_is_one_of_python() -> None:
    with pytest.raises(TypeError, match="stop_lost"):
        asked(stop_lost=9)


def no_style() -> Any:
    return 8


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OCOOrder(LimitOrder(9)), "1 legs; give two or more"),
        (lambda: OCOOrder(opposite=[LimitOrder(9), LimitOrder(8)]), "0 legs and 2 opposite"),
        (lambda: OCOOrder(LimitOrder(9), opposite=BracketOrder(stop_loss=8)), "an opposite leg"),
        (lambda: OCOOrder(LimitOrder(9), BracketOrder(stop_loss=8)), "give a style of one order"),
        (lambda: OCOOrder(LimitOrder(9), no_style()), "a leg of an OCO order was 8"),
        (BracketOrder, "no exit; give take_profit, stop_loss or both"),
        (lambda: BracketOrder(OCOOrder(LimitOrder(9), StopOrder(8)), 11), "the entry of a bracket"),
        (TrailingStopOrder, "give one of the two"),
    ],
)
def test_groups_are_made_of_single_orders(make: Any, message: str) -> None:
    with pytest.raises(UnsupportedOrderParameters, match=message):
        make()


@pytest.mark.parametrize(
    ("is_buy", "profit", "loss", "message"),
    [
        (True, 9, 11, "of a buy the profit lies above the loss"),
        (True, 10, 10, "take_profit was 10 and stop_loss 10"),
        (False, 11, 9, "of a sale the profit lies below the loss"),
    ],
)
def test_a_profit_beyond_the_loss_is_refused(
    is_buy: bool, profit: int, loss: int, message: str
) -> None:
    with pytest.raises(BadOrderParameters, match=message):
        BracketOrder(None, profit, loss).check_sides(is_buy=is_buy)
    BracketOrder(None, profit, loss).check_sides(is_buy=not is_buy) if profit != loss else None
    BracketOrder(None, profit, TrailingStopOrder(1)).check_sides(is_buy=is_buy)


def test_a_group_has_the_prices_of_its_first_order() -> None:
    bracket = BracketOrder(StopLimitOrder("10.5", "10.2"), 11)
    assert (bracket.get_limit_price(is_buy=True), bracket.get_stop_price(is_buy=True)) == (
        D("10.50"), D("10.20"),
    )  # fmt: skip
    assert (bracket.is_group, bracket.order_type, MarketOrder().is_group) == (
        True,
        "bracket",
        False,
    )


def test_a_trailing_stop_has_no_price_of_its_own() -> None:
    style = TrailingStopOrder(trail_percent="0.1")
    assert style.get_limit_price(is_buy=True) is None
    assert style.get_stop_price(is_buy=True) is None


@pytest.mark.parametrize(
    ("arguments", "terms"),
    [
        ({"time_in_force": "day"}, OrderTerms(time_in_force=TimeInForce.DAY)),
        ({"time_in_force": TimeInForce.IOC}, OrderTerms(time_in_force=TimeInForce.IOC)),
        ({"good_till": date(2020, 6, 1)},
         OrderTerms(time_in_force=TimeInForce.GTD, until_day=18_414)),
        ({"good_till": "2020-06-01"}, OrderTerms(time_in_force=TimeInForce.GTD, until_day=18_414)),
        (
            {"good_till": datetime(2020, 6, 1, 0, 0, 1, tzinfo=UTC)},
            OrderTerms(time_in_force=TimeInForce.GTD, until=MIDNIGHT + 10**9),
        ),
        (
            {"good_till": "2020-06-01T00:00:01", "time_in_force": "GTD"},
            OrderTerms(time_in_force=TimeInForce.GTD, until=MIDNIGHT + 10**9),
        ),
        ({"reduce_only": True}, OrderTerms(reduce_only=True)),
        ({"post_only": True, "limit": 9}, OrderTerms(post_only=True)),
        ({"time_in_force": "GTC"}, PLAIN_TERMS),
    ],
)  # fmt: skip
def test_keywords_mean_terms(arguments: dict[str, Any], terms: OrderTerms) -> None:
    assert asked(**arguments).terms == terms


def test_strategies_find_the_new_styles_beside_the_old_ones() -> None:
    assert execution.BracketOrder is BracketOrder
    assert execution.IcebergOrder is IcebergOrder
    assert execution.TimeInForce.GTD.value == "GTD"
