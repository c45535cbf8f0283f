"""Holdings of lots and the parts that were closed: what every change of a lot book is made of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from rustybt.finance import lot_rules
from rustybt.finance.lot_holding import Holding
from rustybt.finance.lots import ClosedLot, Lot
from rustybt.finance.position import multiplier_of
from rustybt.finance.sharing import shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rustybt.assets import Asset
    from rustybt.finance.lots import ClosedBy, LotMethod
    from rustybt.values import Arithmetic, Num, Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How parts of lots are closed.

    Attributes:
        at: When, nanoseconds UTC.
        price: Price per unit.
        cause: What closes them.
        order_id: The order; None where there is none.
        strategy: Whose order it is; None where there is none.
    """

    at: int
    price: Num
    cause: ClosedBy
    order_id: str | None = None
    strategy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """How the fraction that a corporate action leaves is paid for.

    Attributes:
        at: When, nanoseconds UTC.
        whole: The signed amount beside the fraction.
        fraction: The signed amount.
        price: Price of a unit, where it is known.
        cash: The money, of the fraction's sign; None for the fraction at the price.
    """

    at: int
    whole: Num
    fraction: Num
    price: Num | None
    cash: Num | None


class LotStore:
    """Open lots by asset, and closed parts.

    Args:
        arithmetic: The policy of all numbers.
        method: Which lot is closed first.

    Attributes:
        holdings: The open lots; no holding is empty.
        closed: Every closed part, in order of closing.
        numbers: The numbers of lots to come.
    """

    __slots__ = ("_arithmetic", "_method", "closed", "holdings", "numbers")

    def __init__(self, arithmetic: Arithmetic, method: LotMethod) -> None:
        self._arithmetic = arithmetic
        self._method = method
        self.holdings: dict[Asset, Holding] = {}
        self.closed: list[ClosedLot] = []
        self.numbers = count(1)

    def holding(self, asset: Asset, multiplier: Ratio | None) -> Holding:
        """An empty holding, not yet one of the store's."""
        return Holding(asset, self._arithmetic, self._method, multiplier)

    def drop_if_empty(self, holding: Holding) -> None:
        """Forget a holding without lots."""
        if not holding.lots:
            self.holdings.pop(holding.asset, None)

    # ------------------------------------------------------------------ closing

    def close(self, parts: Sequence[Lot], proceeds: Num, exit_: Exit) -> None:
        """Record parts that were cut out of their lots; the proceeds are shared by amount."""
        if not parts:
            return
        sizes = [abs(part.amount) for part in parts]
        for part, money in zip(parts, shares(self._arithmetic, proceeds, sizes), strict=True):
            self._record(part, money, exit_)

    def pay(
        self, holding: Holding, payments: Sequence[Num], costs: Sequence[Num], exit_: Exit
    ) -> None:
        """Pay money on the lots of a holding that takes a part of their cost with it.

        The commission in a cost goes in the same proportion.

        Args:
            holding: Whose lots.
            payments: The money, lot by lot.
            costs: The cost that goes, lot by lot.
            exit_: When and why; the price is the money per unit.
        """
        zero = self._arithmetic.zero
        for lot, money, cost in zip(tuple(holding.lots.values()), payments, costs, strict=True):
            commission = self._arithmetic.portion(lot.commission, cost, lot.cost) if cost else zero
            kept = lot._replace(cost=lot.cost - cost, commission=lot.commission - commission)
            price = lot_rules.unit_price(
                self._arithmetic, kept.cost - kept.commission, kept.amount, holding.multiplier
            )
            holding.put(kept._replace(price=price))
            part = lot._replace(amount=zero, cost=cost, commission=commission)
            self._record(part, money, exit_)

    def pay_fraction(self, holding: Holding, odd: Odd) -> None:
        """Close a fraction of a unit, out of the newest lots, for cash in lieu."""
        fraction, price, cash = odd.fraction, odd.price, odd.cash
        if not fraction:
            if cash:
                self._pay_newest(holding, cash, odd.at)
            return
        if cash is None:
            assert price is not None, "one of the two is known"
            cash = lot_rules.cash_in_lieu(
                self._arithmetic, holding.asset, fraction, price, holding.multiplier
            )
        if price is None or not cash:
            price = lot_rules.unit_price(self._arithmetic, cash, fraction, holding.multiplier)
        parts = holding.take(fraction, newest=True)
        self.close(parts, cash, Exit(at=odd.at, price=price, cause="cash_in_lieu"))

    def _pay_newest(self, holding: Holding, cash: Num, at: int) -> None:
        """Cash in lieu of a fraction that rounding has lost belongs to the newest lot."""
        newest = next(reversed(holding.lots.values()))
        zero = self._arithmetic.zero
        part = newest._replace(amount=zero, cost=zero, commission=zero)
        price = self._arithmetic.price(0)
        self._record(part, cash, Exit(at=at, price=price, cause="cash_in_lieu"))

    def _record(self, part: Lot, proceeds: Num, exit_: Exit) -> None:
        self.closed.append(
            ClosedLot(
                number=part.number,
                asset=part.asset,
                opened=part.opened,
                closed=exit_.at,
                amount=part.amount,
                entry_price=part.price,
                exit_price=exit_.price,
                cost=part.cost,
                proceeds=proceeds,
                entry_commission=part.commission,
                exit_commission=self._arithmetic.zero,
                cause=exit_.cause,
                entry_order=part.order_id,
                exit_order=exit_.order_id,
                entry_strategy=part.strategy,
                exit_strategy=part.strategy if exit_.strategy is None else exit_.strategy,
            )
        )

    def receive(self, asset: Asset, money: Num, at: int) -> None:
        """Record money for rights that cost nothing, as that of a lot of no units."""
        zero, nothing = self._arithmetic.zero, self._arithmetic.price(0)
        part = Lot(
            number=next(self.numbers),
            asset=asset,
            opened=at,
            amount=zero,
            price=nothing,
            cost=zero,
            commission=zero,
            order_id=None,
            strategy="",
        )
        self._record(part, money, Exit(at=at, price=nothing, cause="rights"))

    # ------------------------------------------------------------------ arriving

    def land(
        self,
        asset: Asset,
        lots: Iterable[Lot],
        odd: Odd,
        *,
        rate: Ratio | None = None,
        paid: Num | None = None,
    ) -> None:
        """Take in the lots of an asset that a corporate action brings.

        Their fraction is paid out; a position of the other side uses them up, both at the price.

        Args:
            asset: What comes.
            lots: The lots, on its scale.
            odd: How much they are: floats add up to it only nearly.
            rate: Puts what they cost into its currency.
            paid: What was paid for them beside that, in its currency.
        """
        incoming = self.holding(asset, multiplier_of(asset))
        incoming.add(lots)
        incoming.amount = odd.whole + odd.fraction
        if rate is not None:
            incoming.convert(rate)
        self.pay_fraction(incoming, odd)
        if paid is not None and incoming.lots:
            self._pay_for(incoming, paid)
        held = self.holdings.get(asset)
        arrives, before = incoming.amount, self._arithmetic.zero if held is None else held.amount
        if held is not None and arrives and (held.amount > 0) != (arrives > 0):
            self._deliver(held, incoming, odd)
            self.drop_if_empty(held)
        if incoming.lots:
            if asset not in self.holdings:
                self.holdings[asset] = self.holding(asset, incoming.multiplier)
            self.holdings[asset].add(incoming.clear())
            self.holdings[asset].amount = before + arrives

    def _pay_for(self, holding: Holding, paid: Num) -> None:
        """Make money that was paid for all lots a part of what they cost."""
        lots = tuple(holding.lots.values())
        for lot, money in zip(lots, holding.shared(paid), strict=True):
            cost = lot.cost + money
            price = lot_rules.unit_price(
                self._arithmetic, cost - lot.commission, lot.amount, holding.multiplier
            )
            holding.put(lot._replace(cost=cost, price=price))

    def _deliver(self, held: Holding, incoming: Holding, odd: Odd) -> None:
        assert odd.price is not None, "an opposite position needs one"
        size = min(abs(held.amount), abs(incoming.amount))
        for side in (held, incoming):
            amount = size if side.amount > 0 else -size
            money = self._arithmetic.notional(amount, odd.price, side.multiplier)
            exit_ = Exit(at=odd.at, price=odd.price, cause="delivery")
            self.close(side.take(amount), money, exit_)
