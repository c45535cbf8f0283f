"""Open orders as the funds of an account count them."""

from typing import Any

import pytest
from finance.account_desk import account
from finance.books import AAA, BBB, DECIMAL

from rustybt.assets import Asset
from rustybt.errors import ShortSaleRefused
from rustybt.finance.account_types import CashAccount, OpenOrder, open_orders
from rustybt.orders import BracketGroup, OCOGroup, Order, OrderTerms, Role
from rustybt.values import Num

PRICES: dict[Asset, Num] = {AAA: DECIMAL.price(100)}
_numbers = iter(range(1, 1_000))


def order(amount: int, asset: Asset = AAA, *, pending: bool = False, **prices: Any) -> Order:
    sequence = next(_numbers)
    terms = OrderTerms(reduce_only=prices.pop("reduce_only", False))
    known = {name: DECIMAL.price(price) for name, price in prices.items()}
    made = Order(
        id=f"main-{sequence}", sequence=sequence, asset=asset, amount=DECIMAL.amount(amount),
        limit=known.get("limit"), stop=known.get("stop"), created=0, strategy="main",
        zero=DECIMAL.zero, terms=terms,
    )  # fmt: skip
    if not pending:
        made.submit(0)
        made.accept(0)
    return made


def counted(*orders: Order) -> list[tuple[str, str, str]]:
    by_asset: dict[Asset, list[Order]] = {}
    for each in orders:
        by_asset.setdefault(each.asset, []).append(each)
    return [shown(each) for each in open_orders(by_asset, PRICES.get)]


def shown(waiting: OpenOrder) -> tuple[str, str, str]:
    asset, amount, price = waiting
    return (
        asset.symbol,
        f"{DECIMAL.amount_value(amount):f}",
        f"{DECIMAL.price_value(price):f}",
    )


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: order(10), ("AAA", "10", "100")),
        (lambda: order(10, limit=95), ("AAA", "10", "95")),
        (lambda: order(10, stop=105), ("AAA", "10", "105")),
        (lambda: order(-10, limit=105), ("AAA", "-10", "105")),
        (lambda: order(-10, stop=95), ("AAA", "-10", "100")),
        # Without a price of the asset the order's own count, or nothing.
        (lambda: order(10, BBB, limit=7), ("BBB", "10", "7")),
        (lambda: order(10, BBB, stop=8), ("BBB", "10", "8")),
        (lambda: order(10, BBB), ("BBB", "10", "0")),
    ],
)
def test_amount_and_price_of_an_order(make: Any, expected: tuple[str, str, str]) -> None:
    assert counted(make()) == [expected]


def test_what_has_filled_waits_no_longer() -> None:
    partial = order(10)
    partial.fill(DECIMAL.amount(4), DECIMAL.zero, 1)
    assert counted(partial) == [("AAA", "6", "100")]


def test_orders_that_only_reduce_do_not_count() -> None:
    assert counted(order(-10, reduce_only=True), order(5)) == [("AAA", "5", "100")]


def test_of_orders_that_cancel_each_other_the_largest_counts() -> None:
    legs = [order(-10, limit=110), order(-8, stop=90), order(3, stop=112)]
    OCOGroup("group-1", [(leg, Role.LEG) for leg in legs])
    assert counted(*legs, order(-1)) == [
        ("AAA", "-1", "100"), ("AAA", "-10", "110"), ("AAA", "3", "112"),
    ]  # fmt: skip


def test_exits_count_once_their_entry_has_filled() -> None:
    entry = order(10)
    profit, loss = order(-10, pending=True, limit=120), order(-10, pending=True, stop=90)
    roles = [(entry, Role.ENTRY), (profit, Role.TAKE_PROFIT), (loss, Role.STOP_LOSS)]
    BracketGroup("group-2", roles)
    assert counted(entry, profit, loss) == [("AAA", "10", "100")]
    for each in (profit, loss):
        each.submit(1)
        each.accept(1)
    assert counted(profit, loss) == [("AAA", "-10", "120")]


def test_a_pair_of_exits_sells_a_position_once() -> None:
    exits = [order(-10, limit=110), order(-10, stop=90)]
    OCOGroup("group-3", [(leg, Role.LEG) for leg in exits])
    desk = account(CashAccount(), 1_500)
    desk.fill(AAA, 15, 100)
    waiting = list(open_orders({AAA: exits}, PRICES.get))
    desk.funds.check(AAA, DECIMAL.amount(-5), PRICES[AAA], open_orders=waiting)
    with pytest.raises(ShortSaleRefused, match="5 can be sold"):
        desk.funds.check(AAA, DECIMAL.amount(-6), PRICES[AAA], open_orders=waiting)
