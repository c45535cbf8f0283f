"""The base of commission models, and what several of them need."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from rustybt.assets import Asset, Equity, Future
from rustybt.errors import InvalidArgument
from rustybt.finance._cost_model import CostModel
from rustybt.finance._parameters import Number, not_negative
from rustybt.values import like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Execution, Figure, WorkingOrder

ZERO = Decimal(0)
_ONE = Decimal(1)


class CommissionModel(CostModel):
    """Base of all commission models; a subclass implements `calculate`.

    Attributes:
        pays_rebates: Whether a negative commission is money that the venue pays. Otherwise a
            fill that is said to cost less than nothing costs nothing: a split that shrinks the
            filled part of an order makes per-unit models say so.
    """

    pays_rebates: ClassVar[bool] = False

    @abstractmethod
    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """Commission to charge for one fill, on top of what the order paid so far.

        A question, which changes nothing: the answer is the same until `record` is called.

        Args:
            order: The order before the fill.
            transaction: The fill.
        """

    def record(self, order: WorkingOrder, transaction: Execution) -> None:
        """Take note of a fill that was charged for: a model that counts what was traded does.

        The engine calls it once per fill, after `calculate` and with the same arguments.

        Args:
            order: The order before the fill.
            transaction: The fill.
        """


class EquityCommissionModel(CommissionModel):
    """Base of models for equities only."""

    allowed_asset_types: ClassVar[tuple[type[Asset], ...]] = (Equity,)


class FutureCommissionModel(CommissionModel):
    """Base of models for futures only."""

    allowed_asset_types: ClassVar[tuple[type[Asset], ...]] = (Future,)


def traded_value(order: WorkingOrder, transaction: Execution) -> Figure:
    """Money that changed hands: |amount| x price, for a future x its multiplier."""
    value = abs(transaction.amount) * transaction.price
    multiplier = order.asset.price_multiplier
    return value if multiplier == _ONE else value * like(multiplier, value)


class OrderBounds:
    """The least and the most that an order pays, however many fills it has.

    What the fills of an order would cost without bounds is added up; the order owes that sum,
    but no less than the minimum from its first fill on and no more than the maximum, and a fill
    is charged what is owed beyond the order's commission so far.

    Args:
        minimum: Least commission of an order; None means none.
        maximum: Most that an order pays; None means no bound.

    Raises:
        InvalidArgument: The maximum is below the minimum, or one of them below zero.
    """

    def __init__(self, minimum: Number | None, maximum: Number | None) -> None:
        self.minimum = not_negative(minimum or 0, field="min_trade_cost")
        self.maximum = None if maximum is None else not_negative(maximum, field="max_trade_cost")
        if self.maximum is not None and self.maximum < self.minimum:
            raise InvalidArgument(
                field="max_trade_cost",
                value=maximum,
                reason=f"give at least the min_trade_cost, {self.minimum}",
            )
        self._are_set = self.minimum > 0 or self.maximum is not None
        self._sums: dict[str | None, Figure] = {}

    def charge(self, order: WorkingOrder, transaction: Execution, cost: Figure) -> Figure:
        """What a fill pays that would cost so much without bounds."""
        if not self._are_set:
            return cost
        total = self._sums.get(transaction.order_id, like(ZERO, cost)) + cost
        owed = max(total, like(self.minimum, cost))
        if self.maximum is not None:
            owed = min(owed, like(self.maximum, cost))
        return max(owed - order.commission, like(ZERO, cost))

    def record(self, order: WorkingOrder, transaction: Execution, cost: Figure) -> None:
        """Add a fill to its order; an order that is done is forgotten."""
        if not self._are_set:
            return
        key = transaction.order_id
        if transaction.amount == order.open_amount:
            self._sums.pop(key, None)
        else:
            self._sums[key] = self._sums.get(key, like(ZERO, cost)) + cost

    def reset(self) -> None:
        """Forget all orders."""
        self._sums.clear()

    def __repr__(self) -> str:
        """The arguments that were given, as they follow others in a model's text."""
        least = f", min_trade_cost={self.minimum}" if self.minimum else ""
        return least if self.maximum is None else f"{least}, max_trade_cost={self.maximum}"
