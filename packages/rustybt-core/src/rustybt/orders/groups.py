"""Orders that depend on each other: what the fill or the end of one does to the others."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from rustybt.orders.membership import EXITS, GroupKind, OrderGroupView, Role
from rustybt.orders.status import EndCode, OrderStatus
from rustybt.values import Num
from rustybt.views import ValueView

if TYPE_CHECKING:
    from rustybt.orders.order import Order


class OrderGroup(ABC):
    """Several orders of one asset that depend on each other.

    Args:
        id: The group's id.
        orders: Its orders with their roles.
    """

    kind: ClassVar[GroupKind]
    __slots__ = ("id", "orders")

    def __init__(self, id: str, orders: "Sequence[tuple[Order, Role]]") -> None:  # noqa: A002
        self.id = id
        self.orders = tuple(order for order, _ in orders)
        for order, role in orders:
            order.group = self
            order.role = role

    @abstractmethod
    def after_fill(self, order: "Order", at: int) -> "list[Order]":
        """What the fill of one order does to the others: those that it changed or ended.

        Args:
            order: The order, after the fill.
            at: When, nanoseconds UTC.
        """

    @abstractmethod
    def after_end(self, order: "Order", at: int) -> "list[Order]":
        """What the end of an order that was not filled whole does to the others."""

    def after_replace(self, order: "Order", at: int) -> "list[Order]":
        """What another amount of an order does to the others: those that it changed."""
        return []

    def view(self, view: ValueView) -> OrderGroupView:
        """A snapshot for strategies."""
        orders = tuple(order.view(view) for order in self.orders)
        return OrderGroupView(id=self.id, kind=self.kind, orders=orders)

    def _open(self, *, without: "Order") -> "list[Order]":
        return [each for each in self.orders if each is not without and each.status.is_open]


class OCOGroup(OrderGroup):
    """One cancels the other: the first leg to fill, even in part, ends all others."""

    kind = "oco"
    __slots__ = ()

    def after_fill(self, order: "Order", at: int) -> "list[Order]":
        others = self._open(without=order)
        for other in others:
            _cancel(other, at, f"{order.id} filled")
        return others

    def after_end(self, order: "Order", at: int) -> "list[Order]":
        return []


class BracketGroup(OrderGroup):
    """An entry and its exits.

    The exits together are open for what the entry has filled less what they filled themselves,
    each of them for all of it. The first fill of an exit ends what is left of the entry. An entry
    that ends unfilled ends its exits.
    """

    kind = "bracket"
    __slots__ = ()

    @property
    def entry(self) -> "Order":
        """The order that opens the position."""
        return self.orders[0]

    def after_fill(self, order: "Order", at: int) -> "list[Order]":
        changed, reason = [], f"{order.id} filled"
        # An entry fills only before its exits do, and every exit is open for all that is left.
        left = -order.filled if order is self.entry else order.open_amount
        if order is not self.entry and self.entry.status.is_open:
            _cancel(self.entry, at, reason)
            changed.append(self.entry)
        for other in self._open(without=order):
            if not left:
                _cancel(other, at, reason)
            elif other.amount != other.filled + left:
                other.resize(other.filled + left, at, cause="group", reason=reason)
            changed.append(other)
        return changed

    def after_end(self, order: "Order", at: int) -> "list[Order]":
        if order is not self.entry or order.filled:
            return []
        exits = self._open(without=order)
        for other in exits:
            _cancel(other, at, f"{order.id} ended unfilled")
        return exits

    def after_replace(self, order: "Order", at: int) -> "list[Order]":
        held = [exit_ for exit_ in self._open(without=order) if is_held(exit_)]
        changed = [exit_ for exit_ in held if exit_.amount != -self.entry.amount]
        for exit_ in changed:
            exit_.resize(-self.entry.amount, at, cause="group", reason=f"{order.id} replaced")
        return changed


def _cancel(order: "Order", at: int, reason: str) -> None:
    order.cancel(at, cause="group", reason=reason, code=EndCode.GROUP)


def is_held(order: "Order") -> bool:
    """Whether an order waits for its entry and is not in the market yet."""
    return order.role in EXITS and order.status is OrderStatus.PENDING


def exposed_amounts(orders: "Iterable[Order]") -> "Iterator[Num]":
    """What open orders of one asset and side can add to a position, order by order.

    Of orders that cancel each other only the largest counts; those that only reduce, and exits
    that wait for their entry, do not.
    """
    largest: dict[str, Num] = {}
    for order in orders:
        if order.terms.reduce_only or is_held(order):
            continue
        if order.group is None or order.role is Role.ENTRY:
            yield order.open_amount
        else:
            known = largest.get(order.group.id, order.open_amount)
            largest[order.group.id] = max(known, order.open_amount, key=abs)
    yield from largest.values()
