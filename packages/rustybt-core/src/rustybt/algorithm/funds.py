"""Whether the account of a run allows an order: what it can pay for, and what it can borrow."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.orders import BracketOrder, ExecutionStyle, OCOOrder, exposed_amounts

if TYPE_CHECKING:
    from rustybt.algorithm.environment import Environment
    from rustybt.assets import Asset
    from rustybt.finance.loans import Loans
    from rustybt.orders import Order, OrderRequest
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
    """Ask the account about an order that is to grow to an amount.

    Raises:
        AccountRefusal: The account does not allow it, or it sells short what is not lent.
    """
    if order.terms.reduce_only:
        return
    if env.funds.limited:
        _check_more(env, order, amount)
    if env.loans is not None and not order.is_buy:
        _check_loans(env, env.loans, order.asset, amount - order.amount)


def _check_loans(env: "Environment", loans: "Loans", asset: "Asset", amount: "Num") -> None:
    """Ask whether what an order would sell short is lent, beside what is open already."""
    waiting = env.blotter.open_orders.get(asset, ())
    loans.check(asset, amount, exposed_amounts(each for each in waiting if not each.is_buy))


def _check_more(env: "Environment", order: "Order", amount: "Num") -> None:
    from rustybt.finance.account_types import expected_price, open_orders

    last = env.portal.mark(order.asset)
    if last is None:
        last = max((price for price in (order.limit, order.stop) if price is not None), default=0)
    price = expected_price(last, is_buy=order.is_buy, limit=order.limit, stop=order.stop)
    others = open_orders(env.blotter.open_orders, env.portal.mark)
    env.funds.check(order.asset, amount - order.amount, price, open_orders=others)


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
