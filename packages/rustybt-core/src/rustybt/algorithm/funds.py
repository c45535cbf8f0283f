"""Whether the account of a run allows an order: what it can pay for, and what it can borrow."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.orders import (
    BracketOrder,
    Change,
    ExecutionStyle,
    OCOOrder,
    Role,
    exposed_amounts,
    is_held,
)

if TYPE_CHECKING:
    from rustybt.algorithm.environment import Environment
    from rustybt.assets import Asset
    from rustybt.finance.loans import Loans
    from rustybt.orders import Figures, Order, OrderRequest
    from rustybt.values import Num


def check_funds(env: "Environment", asset: "Asset", lots: Decimal, request: "OrderRequest") -> None:
    """Ask the account about a new order; one that only reduces a position is not asked about.

    A bracket is asked about by its entry, an OCO order by the dearest leg of each side.

    Raises:
        AccountRefusal: The account does not allow it, or it sells short what is not lent.
    """
    if not lots or request.terms.reduce_only:
        return
    if env.funds.limited:
        _check_money(env, asset, lots, request)
    if env.loans is not None and (lots < 0 or request.style.both_sides):
        _check_loans(env, env.loans, asset, env.arithmetic.amount(-abs(lots)))


def _check_money(
    env: "Environment", asset: "Asset", lots: Decimal, request: "OrderRequest"
) -> None:
    from rustybt.finance.account_types import open_orders

    last = env.portal.mark(asset)
    for amount, singles in _sides(request.style, lots):
        is_buy = amount > 0
        env.funds.check(
            asset,
            env.arithmetic.amount(amount),
            max(_expected(env, last, single, is_buy=is_buy) for single in singles),
            open_orders=open_orders(env.blotter.open_orders, env.portal.mark),
        )


def check_growth(env: "Environment", order: "Order", amount: "Num") -> None:
    """Ask the loans about an order that is to grow to an amount.

    Raises:
        AccountRefusal: It sells short what is not lent.
    """
    if env.loans is not None and not order.is_buy and not order.terms.reduce_only:
        _check_loans(env, env.loans, order.asset, amount - order.amount)


def check_replacement(env: "Environment", figures: "Iterable[Figures]") -> None:
    """Ask the account about orders that are to need more than they keep now.

    Args:
        env: What the run works with.
        figures: What one order, or the orders of one group, are to be given.

    Raises:
        AccountRefusal: The account does not allow it.
    """
    changes = {
        each.order.id: env.blotter.change(*each)
        for each in figures
        if each.order.status.is_open and not each.order.terms.reduce_only
    }
    units = {order.is_buy: _unit(order) for order in map(env.blotter.orders.__getitem__, changes)}
    for unit in units.values():
        if unit:
            _check_unit(env, unit, changes)


def _unit(order: "Order") -> "list[Order]":
    """The orders that keep funds together with one: those that cancel it, on its side."""
    if is_held(order):
        return []
    if order.group is None or order.role is Role.ENTRY:
        return [order]
    return [
        each
        for each in order.group.orders
        if each.is_buy is order.is_buy and each.status.is_open and each.role is not Role.ENTRY
    ]


def _check_unit(
    env: "Environment", unit: "Sequence[Order]", changes: "Mapping[str, Change]"
) -> None:
    from rustybt.finance.account_types import open_orders

    asset = unit[0].asset
    last = env.portal.mark(asset)
    now = _need(unit, {}, last)
    amount, price = _need(unit, changes, last)
    if abs(amount) * price <= abs(now[0]) * now[1]:
        return
    waiting = env.blotter.open_orders
    others = {**waiting, asset: [each for each in waiting.get(asset, ()) if each not in unit]}
    env.funds.check(asset, amount, price, open_orders=open_orders(others, env.portal.mark))


def _need(
    unit: "Sequence[Order]", changes: "Mapping[str, Change]", last: "Num | None"
) -> "tuple[Num, Num]":
    """The largest open amount of some orders with their new figures, and the highest price."""
    from rustybt.finance.account_types import expected_price

    amounts, prices = [], []
    for order in unit:
        change = changes.get(order.id, _SAME)
        limit = order.limit if change.limit is None else change.limit
        stop = order.stop if change.stop is None else change.stop
        whole = order.amount if change.amount is None else change.amount
        known = [price for price in (limit, stop) if price is not None]
        mark = max(known, default=0) if last is None else last
        amounts.append(whole - order.filled)
        prices.append(expected_price(mark, is_buy=order.is_buy, limit=limit, stop=stop))
    return max(amounts, key=abs), max(prices)


_SAME = Change()


def _check_loans(env: "Environment", loans: "Loans", asset: "Asset", amount: "Num") -> None:
    """Ask whether what an order would sell short is lent, beside what is open already."""
    waiting = env.blotter.open_orders.get(asset, ())
    loans.check(asset, amount, exposed_amounts(each for each in waiting if not each.is_buy))


def _sides(
    style: ExecutionStyle, lots: Decimal
) -> Iterator[tuple[Decimal, tuple[ExecutionStyle, ...]]]:
    """The orders that a style may open a position with, by amount."""
    if not isinstance(style, OCOOrder):
        yield lots, (style.entry if isinstance(style, BracketOrder) else style,)
        return
    yield lots, style.legs
    if style.both_sides:
        yield -lots, style.opposite


def _expected(
    env: "Environment", last: "Num | None", style: ExecutionStyle, *, is_buy: bool
) -> "Num":
    """At which price an order is expected to fill."""
    from rustybt.finance.account_types import expected_price

    limit, stop = (
        None if price is None else env.arithmetic.price(price)
        for price in (style.get_limit_price(is_buy), style.get_stop_price(is_buy))
    )
    if last is None:
        last = max((price for price in (limit, stop) if price is not None), default=0)
    return expected_price(last, is_buy=is_buy, limit=limit, stop=stop)
