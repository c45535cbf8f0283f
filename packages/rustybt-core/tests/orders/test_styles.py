"""Order styles: prices are checked, and rounded to the tick in the order's favour."""

from decimal import Decimal

import pytest

from rustybt.assets import Equity, ExchangeInfo, Future
from rustybt.errors import BadOrderParameters, UnsupportedOrderParameters
from rustybt.finance import execution
from rustybt.orders import (
    LimitOrder,
    MarketOrder,
    StopLimitOrder,
    StopOrder,
    style_from_prices,
)

D = Decimal

NYSE = ExchangeInfo(name="NYSE", canonical_name="NYSE", country_code="US")
SHARE = Equity(sid=1, symbol="AAA", exchange_info=NYSE)
CONTRACT = Future(sid=2, symbol="ESH21", exchange_info=NYSE, tick_size=D("0.25"))


def test_a_market_order_has_no_prices() -> None:
    style = MarketOrder()
    assert style.get_limit_price(True) is None
    assert style.get_stop_price(False) is None


def test_buys_and_sells_round_to_opposite_sides() -> None:
    style = StopLimitOrder(10.0049, 10.0049).for_asset(SHARE)
    assert style.get_limit_price(True) == D("10.00")
    assert style.get_limit_price(False) == D("10.01")
    assert style.get_stop_price(True) == D("10.01")
    assert style.get_stop_price(False) == D("10.00")


def test_the_tick_is_that_of_the_asset_ordered_unless_the_style_names_one() -> None:
    assert LimitOrder("10.1").for_asset(CONTRACT).get_limit_price(True) == D("10.00")
    named = LimitOrder("10.1", asset=SHARE).for_asset(CONTRACT)
    assert named.get_limit_price(True) == D("10.10")
    assert StopOrder("10.1", CONTRACT).get_stop_price(True) == D("10.25")
    assert StopOrder("10.1").get_limit_price(True) is None
    assert LimitOrder("10.1").get_stop_price(True) is None


@pytest.mark.parametrize("price", [float("nan"), float("inf"), "ten", None, True])
def test_a_price_that_is_no_number_is_refused(price: object) -> None:
    with pytest.raises(BadOrderParameters, match="limit price"):
        LimitOrder(price)


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(BadOrderParameters, match="stop price was -1"):
        StopOrder(-1)


def test_keywords_mean_styles() -> None:
    assert isinstance(style_from_prices(None, None, None), MarketOrder)
    assert isinstance(style_from_prices(0, None, None), LimitOrder)
    assert isinstance(style_from_prices(None, 5, None), StopOrder)
    both = style_from_prices(5, 6, None)
    assert isinstance(both, StopLimitOrder)
    assert repr(both) == "StopLimitOrder(limit_price=5, stop_price=6)"
    given = LimitOrder(3)
    assert style_from_prices(None, None, given) is given


@pytest.mark.parametrize("prices", [(1, None), (None, 1)])
def test_a_style_and_a_price_exclude_each_other(prices: tuple[object, object]) -> None:
    with pytest.raises(UnsupportedOrderParameters, match="_price was 1"):
        style_from_prices(*prices, MarketOrder())


def test_strategies_find_the_styles_where_zipline_has_them() -> None:
    assert execution.LimitOrder is LimitOrder
