"""Other figures for an order or a group, as a strategy asks for them."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from rustybt.errors import BadOrderParameters, InvalidNumber, UnsupportedOrderParameters
from rustybt.orders.membership import EXITS, Role
from rustybt.orders.parameters import order_price
from rustybt.values import parse_decimal, round_to_lot

if TYPE_CHECKING:
    from rustybt.orders.groups import OrderGroup
    from rustybt.orders.order import Order


class Figures(NamedTuple):
    """What one order is to be given; None leaves a figure as it is.

    Attributes:
        order: The order.
        amount: The whole amount in whole lots, with its sign.
        limit: The limit price, not on the tick yet.
        stop: The stop price, not on the tick yet.
    """

    order: "Order"
    amount: Decimal | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """The figures of a call of `replace_order`; None leaves one as it is.

    Attributes:
        amount: The whole amount, with the sign of the order.
        limit_price: The limit price.
        stop_price: The stop price.
        take_profit: Of a bracket: the limit price of its profit.
        stop_loss: Of a bracket: the stop price of its loss.
    """

    amount: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None

    @classmethod
    def of(cls, *, amount: object, **prices: object) -> "Replacement":
        """The figures that were given.

        Args:
            amount: A number, or None.
            **prices: A number or None for each field that is a price.

        Raises:
            BadOrderParameters: A figure is no number, not finite, or a negative price.
            UnsupportedOrderParameters: None was given.
        """
        made = cls(
            amount=None if amount is None else _number(amount),
            **{
                name: None if price is None else order_price(price, name.removesuffix("_price"))
                for name, price in prices.items()
            },
        )
        if all(getattr(made, field.name) is None for field in fields(made)):
            raise UnsupportedOrderParameters(
                msg="replace_order was given no figure; give an amount or a price"
            )
        return made

    def of_order(self, order: "Order") -> list[Figures]:
        """What an order is to be given; nothing once it has ended.

        Raises:
            UnsupportedOrderParameters: It has no such figure.
            BadOrderParameters: The amount is impossible.
        """
        if self.take_profit is not None or self.stop_loss is not None:
            raise UnsupportedOrderParameters(
                msg=f"take_profit or stop_loss was given for order {order.id}; give them for the "
                "group of a bracket, or the price of the exit itself"
            )
        return list(_figures(order, self.amount, self.limit_price, self.stop_price))

    def of_group(self, group: "OrderGroup") -> list[Figures]:
        """What the orders of a group are to be given; those that have ended get nothing.

        Raises:
            UnsupportedOrderParameters: An order has no such figure, or several have.
            BadOrderParameters: The amount is impossible.
        """
        return self._of_bracket(group) if group.kind == "bracket" else self._of_oco(group)

    def _of_bracket(self, group: "OrderGroup") -> list[Figures]:
        found: list[Figures] = []
        if (self.amount, self.limit_price, self.stop_price) != (None, None, None):
            found += _figures(group.orders[0], self.amount, self.limit_price, self.stop_price)
        for role, price in (
            (Role.TAKE_PROFIT, self.take_profit),
            (Role.STOP_LOSS, self.stop_loss),
        ):
            if price is not None:
                exit_ = _with_role(group, role)
                is_profit = role is Role.TAKE_PROFIT
                found += _figures(
                    exit_,
                    None,
                    price if is_profit else None,
                    None if is_profit else price,
                )
        return found

    def _of_oco(self, group: "OrderGroup") -> list[Figures]:
        if self.take_profit is not None or self.stop_loss is not None:
            raise UnsupportedOrderParameters(
                msg=f"take_profit or stop_loss was given for {group.id}, which is no bracket; give "
                "limit_price or stop_price"
            )
        limited = self._only(group, "limit", self.limit_price)
        stopped = self._only(group, "stop", self.stop_price)
        return [
            figures
            for leg in group.orders
            for figures in _figures(
                leg,
                self._amount_of(leg, group),
                self.limit_price if leg is limited else None,
                self.stop_price if leg is stopped else None,
            )
            if figures[1:] != (None, None, None)
        ]

    def _amount_of(self, leg: "Order", group: "OrderGroup") -> Decimal | None:
        """The amount of a leg: with the other sign on the other side than the first."""
        if self.amount is None or leg.is_buy is group.orders[0].is_buy:
            return self.amount
        return -self.amount

    @staticmethod
    def _only(group: "OrderGroup", figure: str, price: Decimal | None) -> "Order | None":
        """The one leg that has a price of this kind."""
        if price is None:
            return None
        legs = [leg for leg in group.orders if getattr(leg, figure) is not None]
        if len(legs) != 1:
            raise UnsupportedOrderParameters(
                msg=f"{figure}_price was {price} for {group.id}, of which {len(legs)} legs have "
                f"a {figure} price; replace the leg itself"
            )
        return legs[0]


def _figures(
    order: "Order", amount: Decimal | None, limit: Decimal | None, stop: Decimal | None
) -> Iterator[Figures]:
    if not order.status.is_open:
        return
    if limit is not None and order.limit is None:
        raise _lacking(order, "limit_price", limit, "it has no limit price")
    if stop is not None:
        if order.trailing is not None:
            raise _lacking(order, "stop_price", stop, "its stop follows the market")
        if not order.waits_for_stop:
            raise _lacking(order, "stop_price", stop, "it has no stop that is still to be reached")
    yield Figures(order, None if amount is None else _whole_amount(order, amount), limit, stop)


def _whole_amount(order: "Order", amount: Decimal) -> Decimal:
    if order.role in EXITS:
        raise _lacking(order, "amount", amount, "the amount of an exit follows its entry's")
    lots = round_to_lot(amount, order.asset.lot_size)
    if not lots or (lots > 0) is not order.is_buy:
        side = "above" if order.is_buy else "below"
        raise BadOrderParameters(
            msg=f"amount was {amount}; give a whole lot or more, {side} zero as that of the order"
        )
    return lots


def _lacking(order: "Order", name: str, value: Decimal, reason: str) -> UnsupportedOrderParameters:
    return UnsupportedOrderParameters(
        msg=f"{name} was {value} for order {order.id}: {reason}; leave it out"
    )


def _with_role(group: "OrderGroup", role: Role) -> "Order":
    for order in group.orders:
        if order.role == role:
            return order
    raise UnsupportedOrderParameters(
        msg=f"{role} was given for {group.id}, which has none; leave it out"
    )


def _number(amount: object) -> Decimal:
    try:
        return parse_decimal(amount, field="amount")
    except InvalidNumber as error:
        raise BadOrderParameters(msg=f"amount was {amount!r}; give a finite number") from error
