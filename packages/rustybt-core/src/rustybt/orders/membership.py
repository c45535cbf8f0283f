"""What an order knows of the group it belongs to, and what is shown of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from rustybt.views import ValueView

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.orders.view import OrderView

OrderT = TypeVar("OrderT")

GroupKind = Literal["oco", "bracket"]


class Role(StrEnum):
    """What an order is in its group."""

    ENTRY = "entry"
    TAKE_PROFIT = "take_profit"
    STOP_LOSS = "stop_loss"
    LEG = "leg"


EXITS = frozenset({Role.TAKE_PROFIT, Role.STOP_LOSS})
"""The orders of a bracket that wait for its entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGroupView:
    """What a strategy sees of a group of orders, at one moment.

    Attributes:
        id: The group's id, a text.
        kind: "oco" or "bracket".
        orders: Its orders; of a bracket the entry first.
    """

    id: str
    kind: GroupKind
    orders: "tuple[OrderView, ...]"

    @property
    def asset(self) -> "Asset":
        """What is ordered."""
        return self.orders[0].asset

    @property
    def open(self) -> bool:
        """Whether an order of it can still be filled."""
        return any(order.open for order in self.orders)

    def __getitem__(self, role: str) -> "OrderView":
        """The first order of a role: "entry", "take_profit", "stop_loss", "leg"."""
        for order in self.orders:
            if order.role == role:
                return order
        raise KeyError(role)


class Membership(Protocol[OrderT]):
    """The group of an order, as the order and its venue know it."""

    id: str

    @property
    def kind(self) -> GroupKind:
        """What kind of group it is."""

    @property
    def orders(self) -> Sequence[OrderT]:
        """Its orders; of a bracket the entry first."""

    def after_fill(self, order: OrderT, at: int) -> list[OrderT]:
        """What the fill of one order does to the others: those that it changed or ended."""

    def after_end(self, order: OrderT, at: int) -> list[OrderT]:
        """What the end of an order that was not filled whole does to the others."""

    def after_replace(self, order: OrderT, at: int) -> list[OrderT]:
        """What another amount of an order does to the others: those that it changed."""

    def view(self, view: ValueView) -> OrderGroupView:
        """A snapshot for strategies."""
