"""What a position cost: exactly, or with zipline's running float average.

A rule of cost basis is told of every change of a position and owns what depends on the cost: the
basis that strategies see, and the terms of a split.
"""

from __future__ import annotations

from math import trunc
from typing import TYPE_CHECKING, Protocol

from rustybt.finance.fractions import whole_units
from rustybt.finance.lot_rules import cash_in_lieu
from rustybt.views import FloatView

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.data.actions.records import Fractions
    from rustybt.values import Arithmetic, Num, Ratio


class CostBasis(Protocol):
    """The cost of one position under one rule. `held` is the amount before the change."""

    def execute(self, held: Num, amount: Num, price: Num, notional: Num) -> None:
        """An execution of a signed amount; `notional` is amount x price (x multiplier)."""

    def charge(self, held: Num, commission: Num) -> None:
        """Money that becomes a part of the cost: a commission. Below zero it comes off."""

    def arrive(self, held: Num, amount: Num, cost: Num) -> None:
        """Units that a corporate action brings, with a cost of the amount's sign.

        Where they meet units of the other side, both are used up with their share of the cost.
        """

    def total(self, held: Num) -> Num:
        """What all of it cost, multiplier included, of the amount's sign."""

    def split(
        self, held: Num, ratio: Ratio, price: Num, fractions: Fractions = "cash"
    ) -> tuple[Num, Num]:
        """Exchange shares at `ratio`; `price` is the last price on the new scale.

        Returns:
            The amount after it, and the cash in lieu of a fraction, of the amount's sign.
        """

    def per_unit(self, held: Num) -> Num:
        """Average cost per unit, at the scale of money; `held` is not zero."""


class ExactCostBasis:
    """The exact money paid, commissions included, of the amount's sign.

    A fill on the same side adds to it, a reduction takes its share away, crossing zero starts
    afresh. A split pays for a fraction at the last price, rounded half even to the currency's
    minor unit, and the cost loses the fraction's share; a fraction that is dropped is paid for
    with nothing.

    Args:
        asset: What is held.
        arithmetic: The policy of all numbers.
        multiplier: Money per unit of price and amount; None for one.
    """

    __slots__ = ("_arithmetic", "_asset", "_multiplier", "cost")

    def __init__(self, asset: Asset, arithmetic: Arithmetic, multiplier: Ratio | None) -> None:
        self._asset = asset
        self._arithmetic = arithmetic
        self._multiplier = multiplier
        self.cost = arithmetic.zero

    def execute(self, held: Num, amount: Num, price: Num, notional: Num) -> None:
        if held == 0 or (held > 0) == (amount > 0):
            self.cost += notional
        elif abs(amount) <= abs(held):
            self.cost -= self._arithmetic.portion(self.cost, -amount, held)
        else:
            self.cost = self._arithmetic.notional(held + amount, price, self._multiplier)

    def charge(self, held: Num, commission: Num) -> None:
        self.cost += commission

    def arrive(self, held: Num, amount: Num, cost: Num) -> None:
        if held == 0 or (held > 0) == (amount > 0):
            self.cost += cost
        elif abs(amount) <= abs(held):
            self.cost -= self._arithmetic.portion(self.cost, -amount, held)
        else:
            self.cost = self._arithmetic.portion(cost, held + amount, amount)

    def total(self, held: Num) -> Num:
        return self.cost

    def split(
        self, held: Num, ratio: Ratio, price: Num, fractions: Fractions = "cash"
    ) -> tuple[Num, Num]:
        arithmetic, asset = self._arithmetic, self._asset
        whole, fraction = whole_units(arithmetic, asset, held, ratio.inverse, fractions)
        if not fraction:
            return whole, arithmetic.zero
        self.cost -= arithmetic.portion(self.cost, fraction, whole + fraction)
        if fractions == "drop":
            return whole, arithmetic.zero
        return whole, cash_in_lieu(arithmetic, asset, fraction, price, self._multiplier)

    def per_unit(self, held: Num) -> Num:
        return self._arithmetic.unit_cost(self.cost, held, self._multiplier)


class ZiplineCostBasis:
    """Zipline's cost per unit: a float that is averaged again at every fill.

    It is a float under both policies: a split rounds it to cents and pays for the fraction of a
    share with it, and where it lies on half a cent the last bit of the average decides which way.
    Zipline has no other corporate actions that move cost; in those it is averaged likewise.

    Args:
        asset: What is held.
        arithmetic: The policy of all other numbers.
    """

    __slots__ = ("_arithmetic", "_average", "_floats", "_multiplier", "_unit")

    def __init__(self, asset: Asset, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._floats = FloatView(arithmetic)
        self._multiplier = float(asset.price_multiplier)
        self._average = 0.0
        self._unit = arithmetic.amount(1)

    def execute(self, held: Num, amount: Num, price: Num, notional: Num) -> None:
        if (held >= 0) == (amount >= 0):
            before, added = self._floats.amount(held), self._floats.amount(amount)
            spent = added * self._floats.price(price)
            self._average = (self._average * before + spent) / (before + added)
        elif abs(amount) > abs(held):
            self._average = self._floats.price(price)

    def charge(self, held: Num, commission: Num) -> None:
        size = self._floats.amount(held)
        charged = self._floats.money(commission) / self._multiplier
        self._average = (self._average * size + charged) / size

    def arrive(self, held: Num, amount: Num, cost: Num) -> None:
        spent = self._floats.money(cost) / self._multiplier
        before, added = self._floats.amount(held), self._floats.amount(amount)
        if held == 0 or (held > 0) == (amount > 0):
            self._average = (self._average * before + spent) / (before + added)
        elif abs(amount) > abs(held):
            self._average = spent / added

    def total(self, held: Num) -> Num:
        spent = self._average * self._floats.amount(held) * self._multiplier
        return self._arithmetic.money(spent, "cost")

    def split(
        self, held: Num, ratio: Ratio, price: Num, fractions: Fractions = "cash"
    ) -> tuple[Num, Num]:
        shares = self._floats.amount(held) / ratio.as_float()
        whole = trunc(shares)
        self._average = round(self._average * ratio.as_float(), 2)
        cash = round((shares - whole) * self._average, 2)
        return self._arithmetic.amount(whole), self._arithmetic.money(cash)

    def per_unit(self, held: Num) -> Num:
        arithmetic = self._arithmetic
        return arithmetic.notional(self._unit, arithmetic.price(self._average))
