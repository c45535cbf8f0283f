"""The router: whose orders go to which account."""

import pytest
from markets import daily_market, play, stock

from rustybt.errors import InvalidArgument
from rustybt.execution import Blotter, Router
from rustybt.orders import MarketOrder, OrderStatus
from rustybt.values import DecimalArithmetic

A = stock("AAA", 1)
LOT = DecimalArithmetic().amount(1)


def an_account() -> Blotter:
    blotter: Blotter = play(daily_market({A: ["10"]})).context.blotter
    return blotter


def test_two_strategies_share_an_account() -> None:
    router, account = Router(), an_account()
    router.connect("trend", account)
    router.connect("carry", account)
    one = router.order("trend", A, LOT, MarketOrder(), 5)
    two = router.order("carry", A, LOT, MarketOrder(), 5)
    assert [order.strategy for order in account.orders.values()] == ["trend", "carry"]
    assert (one.id, two.id) == ("trend-1", "carry-2")
    assert list(router.blotters()) == [account]


def test_each_strategy_can_have_an_account_of_its_own() -> None:
    router, accounts = Router(), [an_account(), an_account()]
    for name, account in zip(("trend", "carry"), accounts, strict=True):
        router.connect(name, account)
    router.order("carry", A, LOT, MarketOrder(), 5)
    assert [len(account.orders) for account in accounts] == [0, 1]
    assert list(router.blotters()) == accounts


def test_a_cancel_goes_where_the_order_went() -> None:
    router = Router()
    router.connect("trend", an_account())
    order = router.order("trend", A, LOT, MarketOrder(), 5)
    assert router.cancel("trend", order.id, 6)
    assert order.status is OrderStatus.CANCELLED
    assert not router.cancel("trend", order.id, 7)


def test_a_strategy_has_one_account() -> None:
    router = Router()
    router.connect("trend", an_account())
    with pytest.raises(InvalidArgument, match="strategy was 'trend'; it has an account"):
        router.connect("trend", an_account())


def test_a_strategy_without_account_cannot_order() -> None:
    with pytest.raises(InvalidArgument, match="strategy was 'trend'; connect it"):
        Router().order("trend", A, LOT, MarketOrder(), 5)
