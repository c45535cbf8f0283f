"""What the open orders of an account can still do to its positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.finance.account_types._base import OpenOrder, expected_price
from rustybt.orders import Role, is_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rustybt.assets import Asset
    from rustybt.orders import Order
    from rustybt.values import Num


def open_orders(
    orders: Mapping[Asset, Iterable[Order]], price_of: Callable[[Asset], Num | None]
) -> Iterator[OpenOrder]:
    """The open orders of an account as its funds count them.

    Of orders that cancel each other the largest of a side counts, at the highest price; those
    that can only reduce a position, and exits that wait for their entry, do not.

    Args:
        orders: Open orders by asset.
        price_of: The last price of an asset, a kernel price; None without one.
    """
    for asset, waiting in orders.items():
        price = price_of(asset)
        exclusive: dict[tuple[str, bool], OpenOrder] = {}
        for order in waiting:
            if order.terms.reduce_only or is_held(order):
                continue
            found = OpenOrder(asset, order.open_amount, _price(order, price))
            if order.group is None or order.role is Role.ENTRY:
                yield found
            else:
                key = order.group.id, order.is_buy
                exclusive[key] = _larger(exclusive.get(key, found), found)
        yield from exclusive.values()


def _price(order: Order, price: Num | None) -> Num:
    """What an order counts with; its own prices where the asset has none, else nothing."""
    known = price if price is not None else order.limit or order.stop or 0
    return expected_price(known, is_buy=order.is_buy, limit=order.limit, stop=order.stop)


def _larger(one: OpenOrder, other: OpenOrder) -> OpenOrder:
    amount = max(one.amount, other.amount, key=abs)
    return OpenOrder(one.asset, amount, max(one.price, other.price))
