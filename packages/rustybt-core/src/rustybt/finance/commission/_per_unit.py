"""Commissions by the unit and by the order, with a minimum per order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt.assets import Asset, Future
from rustybt.errors import InvalidArgument
from rustybt.finance._future_tables import DEFAULT_COST_PER_CONTRACT, EXCHANGE_FEE_BY_ROOT_SYMBOL
from rustybt.finance._parameters import Number, not_negative
from rustybt.finance.commission._base import (
    ZERO,
    CommissionModel,
    EquityCommissionModel,
    FutureCommissionModel,
)
from rustybt.values import like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Execution, Figure, WorkingOrder


def calculate_per_unit_commission(
    order: WorkingOrder,
    transaction: Execution,
    cost_per_unit: Figure,
    initial_commission: Figure,
    min_trade_cost: Figure,
) -> Figure:
    """A price per unit, a fee once per order and a minimum per order.

    The first fill pays at least the minimum; later fills pay nothing until the units and the fee
    together exceed the minimum, and the excess from then on. The first fill is the one that finds
    no commission charged yet.

    Args:
        order: The order before the fill.
        transaction: The fill.
        cost_per_unit: Price of one unit.
        initial_commission: Fee of the order.
        min_trade_cost: Least commission of the order.
    """
    units = abs(transaction.amount) * cost_per_unit
    if order.commission == 0:
        return max(min_trade_cost, units + initial_commission)
    total = abs(order.filled) * cost_per_unit + units + initial_commission
    return total - order.commission if total >= min_trade_cost else 0 * total


class NoCommission(CommissionModel, exact=True):
    """Trading is free."""

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """Zero."""
        return like(ZERO, transaction.amount)

    def __repr__(self) -> str:
        return "NoCommission()"


class PerShare(EquityCommissionModel, exact=True):
    """A price per share with a minimum per order; the default for equities.

    Args:
        cost: Money per share.
        min_trade_cost: Least commission of an order; None means none.
    """

    def __init__(self, cost: Number = 0.001, min_trade_cost: Number | None = 0.0) -> None:
        super().__init__()
        self.cost_per_share = not_negative(cost, field="cost")
        self.min_trade_cost = not_negative(min_trade_cost or 0, field="min_trade_cost")

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """|amount| x cost, under the rule for minimums."""
        sample = transaction.amount
        return calculate_per_unit_commission(
            order,
            transaction,
            cost_per_unit=like(self.cost_per_share, sample),
            initial_commission=like(ZERO, sample),
            min_trade_cost=like(self.min_trade_cost, sample),
        )

    def __repr__(self) -> str:
        return (
            f"PerShare(cost_per_share={self.cost_per_share}, min_trade_cost={self.min_trade_cost})"
        )


class PerTrade(CommissionModel, exact=True):
    """A price per order, charged in full with its first fill.

    Args:
        cost: Money per order.
    """

    def __init__(self, cost: Number = 0.0) -> None:
        super().__init__()
        self.cost = not_negative(cost, field="cost")

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """The cost while the order has paid nothing, zero afterwards."""
        return like(self.cost if order.commission == 0 else ZERO, transaction.amount)

    def __repr__(self) -> str:
        return f"PerTrade(cost_per_trade={self.cost})"


class _PerRoot:
    """A number for every future, or numbers by root symbol over a table of known ones."""

    def __init__(
        self,
        given: Number | Mapping[str, Number],
        *,
        field: str,
        known: Mapping[str, Decimal],
        default: Decimal | None,
    ) -> None:
        self._field = field
        self._by_root = dict(known)
        self._default = default
        self.varies = isinstance(given, Mapping)
        if isinstance(given, Mapping):
            own = {
                root: not_negative(cost, field=f"{field} of {root}") for root, cost in given.items()
            }
            self._by_root.update(own)
        else:
            self._by_root = {}
            self._default = not_negative(given, field=field)

    def of(self, asset: Asset) -> Decimal:
        """The number for an asset's chain."""
        root = asset.root_symbol if isinstance(asset, Future) else ""
        number = self._by_root.get(root, self._default)
        if number is None:
            raise InvalidArgument(
                field=self._field, value=root, reason="give a number for this root symbol"
            )
        return number

    def __repr__(self) -> str:
        return "<varies>" if self.varies else str(self._default)


class PerContract(FutureCommissionModel, exact=True):
    """A price per contract, an exchange fee per order and a minimum; the default for futures.

    Args:
        cost: Money per contract, or by root symbol (0.85 for those not named).
        exchange_fee: Money per order, or by root symbol over the built-in table of fees.
        min_trade_cost: Least commission of an order; None means none.
    """

    def __init__(
        self,
        cost: Number | Mapping[str, Number],
        exchange_fee: Number | Mapping[str, Number],
        min_trade_cost: Number | None = 0.0,
    ) -> None:
        super().__init__()
        self._cost = _PerRoot(cost, field="cost", known={}, default=DEFAULT_COST_PER_CONTRACT)
        self._exchange_fee = _PerRoot(
            exchange_fee, field="exchange_fee", known=EXCHANGE_FEE_BY_ROOT_SYMBOL, default=None
        )
        self.min_trade_cost = not_negative(min_trade_cost or 0, field="min_trade_cost")

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """|amount| x cost + exchange fee, under the rule for minimums."""
        sample = transaction.amount
        return calculate_per_unit_commission(
            order,
            transaction,
            cost_per_unit=like(self._cost.of(order.asset), sample),
            initial_commission=like(self._exchange_fee.of(order.asset), sample),
            min_trade_cost=like(self.min_trade_cost, sample),
        )

    def __repr__(self) -> str:
        return (
            f"PerContract(cost_per_contract={self._cost}, exchange_fee={self._exchange_fee}, "
            f"min_trade_cost={self.min_trade_cost})"
        )


class PerFutureTrade(PerContract, exact=True):
    """A price per order of futures, charged in full with its first fill.

    Args:
        cost: Money per order, or by root symbol; a root symbol that is not named pays the
            exchange fee of the built-in table.
    """

    def __init__(self, cost: Number | Mapping[str, Number] = 0.0) -> None:
        super().__init__(cost=0, exchange_fee=cost)

    def __repr__(self) -> str:
        return f"PerFutureTrade(cost_per_trade={self._exchange_fee})"
