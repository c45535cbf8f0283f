"""One holding of the book, in kernel numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.finance.accounts import commodity_of, trading_account
from rustybt.finance.cost_basis import CostBasis, ExactCostBasis, ZiplineCostBasis
from rustybt.values import Ratio

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.data.actions.records import Fractions
    from rustybt.values import Arithmetic, Num, Value


def multiplier_of(asset: Asset) -> Ratio | None:
    """Money per unit of price and amount of an asset; None for one."""
    return None if asset.price_multiplier == 1 else Ratio.parse(asset.price_multiplier)


class DecimalPosition:
    """An amount of an asset, what it cost and the price it is marked at.

    Args:
        asset: What is held.
        arithmetic: The policy of all numbers.
        price: The first mark: the price of the opening execution.
        at: Time of that execution, nanoseconds UTC.
        as_zipline: Keep zipline's float cost basis instead of the exact cost.
        currency: What its price counts as; the asset's own when not given.

    Attributes:
        asset: What is held.
        amount: Signed amount.
        last_price: Price of the newest mark.
        last_at: Time of that mark, nanoseconds UTC.
        cost: The rule of cost basis, with what it has been told.
        multiplier: Money per unit of price and amount; None for one.
        settles_daily: A future or perpetual swap: trading it moves no money, its profit is paid in
            cash.
        settled_price: Price up to which that profit has been paid.
        currency: What its price is counted in.
        commodity: The asset's name in the journal.
        trading_account: The journal's account for exchanges of this asset.
    """

    __slots__ = (
        "_arithmetic",
        "_as_zipline",
        "_unit_cost",
        "amount",
        "asset",
        "commodity",
        "cost",
        "currency",
        "last_at",
        "last_price",
        "multiplier",
        "settled_price",
        "settles_daily",
        "trading_account",
    )

    def __init__(
        self,
        asset: Asset,
        arithmetic: Arithmetic,
        *,
        price: Num,
        at: int,
        as_zipline: bool = False,
        currency: str | None = None,
    ) -> None:
        self._arithmetic = arithmetic
        self.asset = asset
        self.amount = arithmetic.zero
        self.last_price = price
        self.last_at = at
        self._as_zipline = as_zipline
        self._unit_cost: Num | None = None
        self.multiplier = multiplier_of(asset)
        self.cost: CostBasis = (
            ZiplineCostBasis(asset, arithmetic)
            if as_zipline
            else ExactCostBasis(asset, arithmetic, self.multiplier)
        )
        self.settles_daily = asset.settles_daily
        self.settled_price = price
        self.currency = currency or asset.currency
        self.commodity = commodity_of(asset)
        self.trading_account = trading_account(self.commodity)

    def execute(self, amount: Num, price: Num, at: int) -> Num:
        """Take in an execution of a signed amount.

        Returns:
            The money that it brings to cash: what the asset was exchanged for, or of a future
            the profit since its last settlement on what was held before.
        """
        notional = self._arithmetic.notional(amount, price, self.multiplier)
        self.cost.execute(self.amount, amount, price, notional)
        self._unit_cost = None
        money = self.settle(price) if self.settles_daily else -notional
        self.amount += amount
        if at > self.last_at:
            self.mark(price, at)
        return money

    def charge(self, commission: Num) -> None:
        """Make a commission part of the cost; money below zero comes off it."""
        self.cost.charge(self.amount, commission)
        self._unit_cost = None

    def arrive(self, amount: Num, cost: Num) -> None:
        """Take in units that a corporate action brings, with a cost of their sign."""
        self.cost.arrive(self.amount, amount, cost)
        self._unit_cost = None
        self.amount += amount

    def split(self, ratio: Ratio, fractions: Fractions = "cash") -> Num:
        """Exchange the shares at `ratio` and return the cash in lieu, of the amount's sign.

        The mark goes to the new scale; under zipline's rules it waits for the next marking, which
        does not come once the asset has ended.
        """
        price = self._arithmetic.scale_price(self.last_price, ratio)
        self.amount, cash = self.cost.split(self.amount, ratio, price, fractions)
        self._unit_cost = None
        if not self._as_zipline:
            self.last_price = price
        return cash

    def mark(self, price: Num, at: int) -> None:
        """Set the price that the position is valued at."""
        self.last_price = price
        self.last_at = at

    def exposure(self) -> Num:
        """Market value of what is held; of a future, the value of its contracts."""
        return self._arithmetic.notional(self.amount, self.last_price, self.multiplier)

    def total_cost(self) -> Num:
        """What all of it cost, of the amount's sign."""
        return self.cost.total(self.amount)

    def unit_cost(self) -> Num:
        """Average cost per unit, at the scale of money; zero where nothing is held."""
        if self._unit_cost is None:
            held = self.amount
            self._unit_cost = self.cost.per_unit(held) if held else self._arithmetic.zero
        return self._unit_cost

    def cost_basis(self) -> Value:
        """`unit_cost` as a public value."""
        return self._arithmetic.money_value(self.unit_cost(), keep=0)

    def unsettled(self) -> Num:
        """A future's profit since its last settlement, at the newest mark."""
        return self._profit(self.last_price)

    def settle(self, price: Num) -> Num:
        """Take the profit up to `price`; the next settlement counts from there."""
        profit = self._profit(price)
        self.settled_price = price
        return profit

    def _profit(self, price: Num) -> Num:
        change = price - self.settled_price
        return self._arithmetic.notional(self.amount, change, self.multiplier)
