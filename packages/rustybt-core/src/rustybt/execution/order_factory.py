"""From what a strategy asks for to orders: ids, prices on the tick, groups."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from rustybt.orders import (
    PLAIN_TERMS,
    BracketGroup,
    BracketOrder,
    Change,
    ExecutionStyle,
    MarketOrder,
    OCOGroup,
    OCOOrder,
    Order,
    OrderGroup,
    OrderTerms,
    Role,
)
from rustybt.values import Arithmetic, Num, OrderRounding, round_to_lot

if TYPE_CHECKING:
    from rustybt.assets import Asset


class Ticket(NamedTuple):
    """What is ordered, apart from its prices.

    Attributes:
        asset: What to trade.
        amount: Signed kernel amount in whole lots, not zero.
        at: Now, nanoseconds UTC.
        strategy: Whose order it is.
        terms: How long it lives, and what it must not do.
    """

    asset: "Asset"
    amount: Num
    at: int
    strategy: str
    terms: OrderTerms = PLAIN_TERMS


class Placement(NamedTuple):
    """The orders of one call.

    Attributes:
        sent: Orders that go to the market together.
        held: Orders that wait for the fill of the first of them.
    """

    sent: Sequence[Order]
    held: Sequence[Order] = ()


class OrderFactory:
    """Makes the orders of one account and keeps them.

    Args:
        arithmetic: The run's numbers.
        rounding: How order prices get onto the tick.

    Attributes:
        orders: Every order ever made, by id, in order of creation.
        groups: Every group ever made, by id, in order of creation.
    """

    def __init__(self, arithmetic: Arithmetic, rounding: OrderRounding) -> None:
        self._arithmetic = arithmetic
        self._rounding = rounding
        self.orders: dict[str, Order] = {}
        self.groups: dict[str, OrderGroup] = {}

    def place(self, ticket: Ticket, style: ExecutionStyle) -> Placement:
        """The orders that a style means."""
        if not style.is_group:
            return Placement((self.new(ticket, style),))
        if isinstance(style, BracketOrder):
            return self._bracket(ticket, style)
        assert isinstance(style, OCOOrder), "there are two kinds of groups"
        return self._oco(ticket, style)

    def new(self, ticket: Ticket, style: ExecutionStyle) -> Order:
        """A single order."""
        asset, amount, at, strategy, terms = ticket
        sequence = len(self.orders) + 1
        if type(style) is MarketOrder:
            return self._kept(
                Order(
                    id=f"{strategy}-{sequence}",
                    sequence=sequence,
                    asset=asset,
                    amount=amount,
                    limit=None,
                    stop=None,
                    created=at,
                    strategy=strategy,
                    zero=self._arithmetic.zero,
                    order_type=style.order_type,
                    terms=terms,
                )
            )
        is_buy = amount > 0
        limit, stop = style.prices(asset, self._rounding, is_buy=is_buy)
        order = Order(
            id=f"{strategy}-{sequence}",
            sequence=sequence,
            asset=asset,
            amount=amount,
            limit=self._price(limit, "limit price"),
            stop=self._price(stop, "stop price"),
            created=at,
            strategy=strategy,
            zero=self._arithmetic.zero,
            order_type=style.order_type,
            terms=terms,
            trailing=style.trail(asset, self._arithmetic, self._rounding, is_buy=is_buy),
            visible=None if style.visible is None else self._shown(style.visible, asset),
        )
        return self._kept(order)

    def _kept(self, order: Order) -> Order:
        self.orders[order.id] = order
        return order

    def change(
        self,
        order: Order,
        *,
        amount: Decimal | None = None,
        limit: Decimal | None = None,
        stop: Decimal | None = None,
    ) -> Change:
        """What an order is to be replaced by, its prices on the tick.

        Args:
            order: The order.
            amount: The whole amount in whole lots, with its sign.
            limit: The limit price.
            stop: The stop price.
        """
        return Change(
            amount=None if amount is None else self._arithmetic.amount(amount),
            limit=self._on_tick(limit, order, prefer_down=order.is_buy, field="limit price"),
            stop=self._on_tick(stop, order, prefer_down=not order.is_buy, field="stop price"),
        )

    def _on_tick(
        self, price: Decimal | None, order: Order, *, prefer_down: bool, field: str
    ) -> Num | None:
        if price is None:
            return None
        tick = order.asset.tick_size
        return self._price(self._rounding.order_price(price, tick, prefer_down=prefer_down), field)

    def _oco(self, ticket: Ticket, style: OCOOrder) -> Placement:
        other_way = ticket._replace(amount=-ticket.amount)
        legs = [
            *(self.new(ticket, leg) for leg in style.legs),
            *(self.new(other_way, leg) for leg in style.opposite),
        ]
        self._keep(OCOGroup(f"{legs[0].id}/oco", [(leg, Role.LEG) for leg in legs]))
        return Placement(legs)

    def _bracket(self, ticket: Ticket, style: BracketOrder) -> Placement:
        """The terms are those of the entry, but that reducing is the exits' part."""
        terms, of_exits = ticket.terms, PLAIN_TERMS
        if terms.reduce_only:
            terms, of_exits = replace(terms, reduce_only=False), OrderTerms(reduce_only=True)
        entry = self.new(ticket._replace(terms=terms), style.entry)
        other_way = ticket._replace(amount=-ticket.amount, terms=of_exits)
        exits = [
            (self.new(other_way, exit_), role)
            for exit_, role in (
                (style.take_profit, Role.TAKE_PROFIT),
                (style.stop_loss, Role.STOP_LOSS),
            )
            if exit_ is not None
        ]
        self._keep(BracketGroup(f"{entry.id}/bracket", [(entry, Role.ENTRY), *exits]))
        return Placement([entry], [order for order, _ in exits])

    def _keep(self, group: OrderGroup) -> None:
        self.groups[group.id] = group

    def _price(self, value: object, field: str) -> Num | None:
        return None if value is None else self._arithmetic.price(value, field)

    def _shown(self, visible: Decimal, asset: "Asset") -> Num:
        """The part of an iceberg that shows, in whole lots, at least one."""
        lots = round_to_lot(visible, asset.lot_size) or asset.lot_size
        return self._arithmetic.amount(lots)
