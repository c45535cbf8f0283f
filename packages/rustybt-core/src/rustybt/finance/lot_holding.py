"""The open lots of one asset, and which of them a method closes first."""

from __future__ import annotations

from collections import OrderedDict
from functools import cmp_to_key
from typing import TYPE_CHECKING

from rustybt.finance.sharing import shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rustybt.assets import Asset
    from rustybt.finance.lots import Lot, LotMethod
    from rustybt.values import Arithmetic, Num, Ratio


class Holding:
    """Lots of one side of one asset, in order of their holding periods.

    Args:
        asset: What is held.
        arithmetic: The policy of all numbers.
        method: Which lot is closed first.
        multiplier: Money per unit of price and amount; None for one.

    Attributes:
        asset: What is held.
        multiplier: Money per unit of price and amount; None for one.
        amount: Signed amount of all lots.
        lots: The lots by number. Under ``"average"`` `level` makes them cost the same per unit.
    """

    __slots__ = ("_arithmetic", "_method", "_uneven", "amount", "asset", "lots", "multiplier")

    def __init__(
        self, asset: Asset, arithmetic: Arithmetic, method: LotMethod, multiplier: Ratio | None
    ) -> None:
        self.asset = asset
        self.multiplier = multiplier
        self.amount = arithmetic.zero
        self.lots: OrderedDict[int, Lot] = OrderedDict()
        self._arithmetic = arithmetic
        self._method = method
        self._uneven = False

    # ------------------------------------------------------------------ what there is

    def cost(self) -> Num:
        """What all lots cost, commissions included."""
        return _total(self._arithmetic, [lot.cost for lot in self.lots.values()])

    def commission(self) -> Num:
        """The commissions in `cost`."""
        return _total(self._arithmetic, [lot.commission for lot in self.lots.values()])

    def notional(self, price: Num) -> Num:
        """What all of it is worth at a price, of the amount's sign."""
        return self._arithmetic.notional(self.amount, price, self.multiplier)

    def shared(self, money: Num) -> list[Num]:
        """Money shared out to the lots, by amount."""
        return share_by_amount(self._arithmetic, money, list(self.lots.values()))

    # ------------------------------------------------------------------ change

    def add(self, lots: Iterable[Lot]) -> None:
        """Take in lots of this side."""
        for lot in lots:
            newest = next(reversed(self.lots.values()), None)
            self.lots[lot.number] = lot
            self.amount += lot.amount
            self._uneven = True
            if newest is not None and lot.opened < newest.opened:
                self._sort()

    def put(self, lot: Lot) -> None:
        """Put a changed lot in place of what it was; its amount is the same."""
        self.lots[lot.number] = lot
        self._uneven = True

    def clear(self) -> list[Lot]:
        """Take all lots away, in order of their holding periods."""
        self.level()
        lots = list(self.lots.values())
        self.lots.clear()
        self.amount = self._arithmetic.zero
        return lots

    def take(self, amount: Num, *, newest: bool = False) -> list[Lot]:
        """Cut an amount of this side out of the lots and return the parts, in order of closing.

        Args:
            amount: Signed, at most what is held.
            newest: Take the newest lots, whatever the method.
        """
        self.level()
        if abs(amount) >= abs(self.amount):
            parts = list(self._all_in_order(newest=newest))
            self.lots.clear()
            self.amount = self._arithmetic.zero
            return parts
        cost = self._arithmetic.portion(self.cost(), amount, self.amount) if self._averages else 0
        parts = self._cut(amount, newest=newest)
        self.amount -= amount
        if self._averages:
            self._correct(parts, cost)
        return parts

    def rescale(self, ratio: Ratio, total: Num) -> None:
        """Put all lots on a new scale of shares, on which they are `total` units.

        A lot so small that no unit of it is left keeps its cost until a trade closes it.
        """
        self.level()
        lots = list(self.lots.values())
        amounts = self.shared(total)
        for lot, amount in zip(lots, amounts, strict=True):
            price = self._arithmetic.scale_price(lot.price, ratio)
            self.lots[lot.number] = lot._replace(amount=amount, price=price)
        self.amount = total

    def convert(self, rate: Ratio) -> None:
        """Put what all lots cost into another currency, together and then shared out."""
        lots, converted = list(self.lots.values()), self._arithmetic.converted
        paid = [lot.cost - lot.commission for lot in lots]
        costs = self._converted(paid, rate)
        commissions = self._converted([lot.commission for lot in lots], rate)
        for lot, cost, commission in zip(lots, costs, commissions, strict=True):
            price = converted(lot.price, rate)
            self.lots[lot.number] = lot._replace(
                price=price, cost=cost + commission, commission=commission
            )

    def level(self) -> None:
        """Under ``"average"``: let every unit cost the same."""
        uneven, self._uneven = self._uneven, False
        if not (uneven and self._averages and len(self.lots) > 1):
            return
        lots = list(self.lots.values())
        arithmetic = self._arithmetic
        spent = _total(arithmetic, [lot.price * lot.amount for lot in lots])
        price = arithmetic.portion(spent, 1, _total(arithmetic, [lot.amount for lot in lots]))
        costs, commissions = self.shared(self.cost()), self.shared(self.commission())
        for lot, cost, commission in zip(lots, costs, commissions, strict=True):
            self.lots[lot.number] = lot._replace(price=price, cost=cost, commission=commission)

    # ------------------------------------------------------------------ private

    def _converted(self, moneys: list[Num], rate: Ratio) -> list[Num]:
        total = self._arithmetic.converted(_total(self._arithmetic, moneys), rate)
        return shares(self._arithmetic, total, [abs(money) for money in moneys])

    @property
    def _averages(self) -> bool:
        return self._method == "average"

    def _sort(self) -> None:
        ordered = sorted(self.lots.values(), key=lambda lot: (lot.opened, lot.number))
        self.lots = OrderedDict((lot.number, lot) for lot in ordered)

    def _next(self, *, newest: bool) -> Iterator[Lot]:
        """The lot that is closed next, for as long as there is one."""
        if self._method == "hifo" and not newest:
            yield from sorted(self.lots.values(), key=cmp_to_key(_dearer_first))
            return
        backwards = newest or self._method == "lifo"
        while self.lots:
            yield next(reversed(self.lots.values()) if backwards else iter(self.lots.values()))

    def _all_in_order(self, *, newest: bool) -> Iterator[Lot]:
        for lot in self._next(newest=newest):
            yield lot
            self.lots.pop(lot.number)

    def _cut(self, amount: Num, *, newest: bool) -> list[Lot]:
        parts: list[Lot] = []
        left = amount
        for lot in self._next(newest=newest):
            if abs(lot.amount) > abs(left) and not self._is_dust(lot.amount - left):
                parts.append(self._cut_from(lot, left))
                break
            parts.append(lot)
            del self.lots[lot.number]
            left -= lot.amount
            if not left or self._is_dust(left):
                break
        return parts

    def _is_dust(self, amount: Num) -> bool:
        """Whether an amount is what additions of floats have left, too small to be written."""
        arithmetic = self._arithmetic
        return not arithmetic.exact and abs(amount) < 10**-arithmetic.amount_scale / 2

    def _cut_from(self, lot: Lot, amount: Num) -> Lot:
        """Take a part away from a lot and return the part."""
        portion, whole = self._arithmetic.portion, lot.amount
        cost = portion(lot.cost, amount, whole)
        commission = portion(lot.commission, amount, whole)
        self.lots[lot.number] = lot._replace(
            amount=whole - amount,
            cost=lot.cost - cost,
            commission=lot.commission - commission,
        )
        return lot._replace(amount=amount, cost=cost, commission=commission)

    def _correct(self, parts: list[Lot], cost: Num) -> None:
        """Let the parts cost this much in all; what rounding left over goes between two lots."""
        slip = cost - _total(self._arithmetic, [part.cost for part in parts])
        if slip and parts and self.lots:
            parts[-1] = parts[-1]._replace(cost=parts[-1].cost + slip)
            oldest = next(iter(self.lots.values()))
            self.lots[oldest.number] = oldest._replace(cost=oldest.cost - slip)


def share_by_amount(arithmetic: Arithmetic, money: Num, lots: list[Lot]) -> list[Num]:
    """Money shared out to lots in proportion to their amounts; nothing is lost."""
    return shares(arithmetic, money, [abs(lot.amount) for lot in lots]) if lots else []


def _total(arithmetic: Arithmetic, numbers: Iterable[Num]) -> Num:
    return sum(numbers, arithmetic.zero)


def _dearer_first(one: Lot, other: Lot) -> int:
    """Compares costs per unit, exactly; equals go by their holding periods."""
    difference = one.cost * abs(other.amount) - other.cost * abs(one.amount)
    return -1 if difference > 0 else 1 if difference < 0 else 0
