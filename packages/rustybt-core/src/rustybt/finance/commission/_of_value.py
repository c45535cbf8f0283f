"""Commissions as a share of the value that is traded."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Equity
from rustybt.errors import InvalidArgument
from rustybt.finance._parameters import Number, not_negative
from rustybt.finance.commission._base import (
    CommissionModel,
    EquityCommissionModel,
    OrderBounds,
    traded_value,
)
from rustybt.values import like, parse_decimal

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Execution, Figure, WorkingOrder


class PerDollar(EquityCommissionModel, exact=True):
    """A share of the value traded; for crypto and currency pairs, too.

    Args:
        cost: Money per unit of money traded: 0.0015 takes 1,500 of a million.
    """

    allowed_asset_types: ClassVar[tuple[type[Asset], ...]] = (Equity, Cryptocurrency, CurrencyPair)

    def __init__(self, cost: Number = 0.0015) -> None:
        super().__init__()
        self.cost_per_dollar = not_negative(cost, field="cost")

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """|amount| x price x cost."""
        price = transaction.price
        return abs(transaction.amount) * (price * like(self.cost_per_dollar, price))

    def __repr__(self) -> str:
        return f"PerDollar(cost_per_dollar={self.cost_per_dollar})"


class Percentage(CommissionModel, exact=True):
    """A share of the value traded, with a least and a most per order.

    The value of a future is that of its contracts. The first fill pays at least the minimum; no
    more is charged until the share of all fills together exceeds it, and nothing more once they
    have paid the maximum.

    Args:
        rate: Money per unit of money traded: 0.001 is a tenth of a percent.
        min_trade_cost: Least commission of an order; None means none.
        max_trade_cost: Most that an order pays; None means no bound.
    """

    def __init__(
        self,
        rate: Number = 0.001,
        min_trade_cost: Number | None = None,
        max_trade_cost: Number | None = None,
    ) -> None:
        super().__init__()
        self.rate = not_negative(rate, field="rate")
        self._bounds = OrderBounds(min_trade_cost, max_trade_cost)

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """|amount| x price x rate, within the bounds of the order."""
        return self._bounds.charge(order, transaction, self._share(order, transaction))

    def record(self, order: WorkingOrder, transaction: Execution) -> None:
        """Add the fill to its order."""
        self._bounds.record(order, transaction, self._share(order, transaction))

    def reset(self) -> None:
        """Forget the orders of an earlier run."""
        self._bounds.reset()

    def _share(self, order: WorkingOrder, transaction: Execution) -> Figure:
        value = traded_value(order, transaction)
        return value * like(self.rate, value)

    def __repr__(self) -> str:
        return f"Percentage(rate={self.rate}{self._bounds!r})"


class MakerTaker(CommissionModel, exact=True):
    """Shares of the value traded, as crypto venues charge them; the default for crypto.

    As on most venues, an order pays as a maker for what it fills after it has rested in the book,
    and as a taker for what it fills at once: without a limit price (a stop that was reached, too),
    as IOC or FOK, or with a limit that was reached by the price as it arrived, or as its stop was
    reached. What such a limit order leaves open after its first bar rests. A post-only order is
    always a maker. A negative rate is a rebate: the venue pays it.

    Args:
        maker: Money per unit of money traded by resting in the book.
        taker: Money per unit of money traded at once.
        min_trade_cost: Least commission of an order, as for `Percentage`; not beside a rebate.

    Raises:
        InvalidArgument: Maker and taker together would be paid for trading with each other, or
            there is a minimum beside a rebate.
    """

    pays_rebates: ClassVar[bool] = True

    def __init__(
        self,
        maker: Number = 0.001,
        taker: Number = 0.001,
        min_trade_cost: Number | None = None,
    ) -> None:
        super().__init__()
        self.maker = parse_decimal(maker, field="maker")
        self.taker = parse_decimal(taker, field="taker")
        self._bounds = OrderBounds(min_trade_cost, None)
        refuse_paid_trading(self.maker, self.taker, field="maker")
        if self._bounds.minimum and min(self.maker, self.taker) < 0:
            raise InvalidArgument(
                field="min_trade_cost",
                value=min_trade_cost,
                reason="give none beside a rebate (a rate below zero)",
            )

    def calculate(self, order: WorkingOrder, transaction: Execution) -> Figure:
        """|amount| x price x maker or taker rate; below zero it is a rebate."""
        return self._bounds.charge(order, transaction, self._share(order, transaction))

    def record(self, order: WorkingOrder, transaction: Execution) -> None:
        """Add the fill to its order."""
        self._bounds.record(order, transaction, self._share(order, transaction))

    def reset(self) -> None:
        """Forget the orders of an earlier run."""
        self._bounds.reset()

    def _share(self, order: WorkingOrder, transaction: Execution) -> Figure:
        value = traded_value(order, transaction)
        return value * like(self.taker if order.takes_liquidity else self.maker, value)

    def __repr__(self) -> str:
        return f"MakerTaker(maker={self.maker}, taker={self.taker}{self._bounds!r})"


def refuse_paid_trading(maker: Decimal, taker: Decimal, *, field: str) -> None:
    """Check that the two sides of a trade together pay, or at least are not paid.

    Raises:
        InvalidArgument: They are.
    """
    if maker + taker < 0:
        raise InvalidArgument(
            field=field,
            value=maker,
            reason=f"give rates of maker and taker that add up to zero or more; taker was {taker}",
        )
