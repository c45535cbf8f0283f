"""What corporate actions do to tax lots."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from rustybt.errors import InvalidArgument
from rustybt.finance import lot_rules
from rustybt.finance.fractions import whole_units
from rustybt.finance.lot_events import (
    CapitalReturned,
    Merged,
    RightsEnded,
    RightsPaid,
    SharesSplit,
    SpunOff,
    UnitsTaken,
)
from rustybt.finance.lot_store import Exit, LotStore, Odd
from rustybt.finance.lots import Lot

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.finance.lot_events import LotAction
    from rustybt.finance.lot_holding import Holding
    from rustybt.finance.lots import ClosedLot
    from rustybt.values import Arithmetic, Num, Ratio


class LotActions:
    """Corporate actions on the lots of a store.

    They follow `lot_rules`. Where one leaves a fraction of the asset's smallest amount, it is
    taken from the newest lots and paid for. What the ledger knows already, the whole amount, the
    cash, the price, comes with the event (`lot_events`); where it is not given it is what
    `ExactCostBasis` makes it.

    Args:
        arithmetic: The policy of all numbers.
        store: The lots.
    """

    __slots__ = ("_arithmetic", "_store")

    def __init__(self, arithmetic: Arithmetic, store: LotStore) -> None:
        self._arithmetic = arithmetic
        self._store = store

    def act(self, event: LotAction) -> tuple[ClosedLot, ...]:
        """Take in a corporate action; nothing happens where nothing is held.

        Splits keep cost and holding period, units of other assets take theirs from the lots that
        they come of. A merger for units and cash realises the profit so far up to the cash, no
        loss, and the rest of the cash lowers the cost (`lot_rules.cost_beside_gain`).

        Returns:
            The parts that it closed: what was sold or paid, the fraction, and what was closed
            against a position of the other side; of amount zero for money on a lot that stays.

        Raises:
            InvalidArgument: A price is needed that is not given: of a fraction, beside cash, or
                where there is a position of the other side; or more than the whole cost would go
                to a child.
        """
        start = len(self._store.closed)
        if isinstance(event, UnitsTaken):
            self._take_units(event)
        elif isinstance(event, RightsPaid):
            self._store.receive(event.asset, event.money, event.at)
        else:
            holding = self._store.holdings.get(event.asset)
            if holding is not None:
                self._act_on(holding, event)
        return tuple(self._store.closed[start:])

    def _act_on(
        self,
        holding: Holding,
        event: SharesSplit | SpunOff | Merged | CapitalReturned | RightsEnded,
    ) -> None:
        match event:
            case SharesSplit():
                self._split(holding, event)
            case SpunOff():
                self._spin_off(holding, event)
            case Merged():
                self._merge(holding, event)
            case CapitalReturned():
                self._return_capital(holding, event)
            case RightsEnded():
                self._end(holding, Exit(at=event.at, price=event.price, cause="rights"))
            case _:
                assert_never(event)

    # ------------------------------------------------------------------ splits

    def _split(self, holding: Holding, event: SharesSplit) -> None:
        asset, at, ratio, price, stays, cash = event
        whole, fraction = self._scaled(asset, holding.amount, ratio.inverse, stays)
        odd = self._odd(asset, at, whole, fraction, price, cash)
        holding.rescale(ratio, whole + fraction)
        self._store.pay_fraction(holding, odd)
        if not holding.amount:
            nothing = Exit(at=at, price=self._arithmetic.price(0), cause="cash_in_lieu")
            self._store.close(holding.clear(), self._arithmetic.zero, nothing)
        self._store.drop_if_empty(holding)

    # ------------------------------------------------------------------ spin-offs

    def _spin_off(self, source: Holding, event: SpunOff) -> None:
        """Every lot hands a part of its cost and commission to a new lot of the child."""
        share, child = event.cost_share, event.child
        if share is not None and share.numerator > share.denominator:
            raise InvalidArgument(field="cost_share", value=str(share), reason="give 1 or less")
        source.level()
        whole, fraction = self._scaled(child, source.amount, event.shares, event.stays)
        if not whole + fraction:
            return
        odd = self._odd(child, event.at, whole, fraction, event.price, event.cash)
        lots = [
            self._spun_off(source, lot, lot._replace(asset=child, amount=amount), event)
            for lot, amount in zip(
                tuple(source.lots.values()), source.shared(whole + fraction), strict=True
            )
        ]
        self._store.land(child, lots, odd, rate=event.rate)

    def _spun_off(self, source: Holding, lot: Lot, given: Lot, event: SpunOff) -> Lot:
        """The child's lot; the share of the cost has left the parent's."""
        zero, price, share = self._arithmetic.zero, self._arithmetic.price(0), event.cost_share
        cost = commission = zero
        if share is not None:
            part, whole = share.numerator, share.denominator
            cost = self._arithmetic.portion(lot.cost, part, whole)
            commission = self._arithmetic.portion(lot.commission, part, whole)
            price = self._arithmetic.scale_price(lot.price, share)
        source.put(
            lot._replace(
                price=lot.price - price,
                cost=lot.cost - cost,
                commission=lot.commission - commission,
            )
        )
        return given._replace(
            number=next(self._store.numbers),
            price=self._arithmetic.scale_price(price, event.shares.inverse),
            cost=cost,
            commission=commission,
        )

    # ------------------------------------------------------------------ mergers

    def _merge(self, source: Holding, event: Merged) -> None:
        per_share, into, shares = event.cash_per_share, event.into, event.shares
        if per_share is None:
            per_share = self._arithmetic.price(0)
        exit_ = Exit(at=event.at, price=per_share, cause="merger")
        whole = fraction = self._arithmetic.zero
        if into is not None and shares is not None:
            whole, fraction = self._scaled(into, source.amount, shares, event.stays)
        units = whole + fraction
        if into is None or shares is None or not units:
            self._end(source, exit_, event.cash)
            return
        odd = self._odd(into, event.at, whole, fraction, event.price, event.cash)
        source.level()
        paid = source.notional(per_share)
        if paid:
            self._store.pay(*self._part_payment(source, paid, units, event), exit_)
        self._exchange(source, into, units, shares, odd, rate=event.rate)

    def _part_payment(
        self, source: Holding, paid: Num, units: Num, event: Merged
    ) -> tuple[Holding, list[Num], list[Num]]:
        """The cash of a merger lot by lot, and what it takes of each cost."""
        worth = event.worth
        if worth is None:
            if event.price is None:
                reason = "give the price of the new units: there is cash"
                raise InvalidArgument(field="price", value=None, reason=reason)
            worth = self._arithmetic.notional(units, event.price, source.multiplier)
        payments = source.shared(paid)
        costs = [
            lot_rules.cost_beside_gain(lot.cost, payment, value)
            for lot, payment, value in zip(
                source.lots.values(), payments, source.shared(worth), strict=True
            )
        ]
        return source, payments, costs

    # ------------------------------------------------------------------ money on units

    def _return_capital(self, holding: Holding, event: CapitalReturned) -> None:
        holding.level()
        payments = holding.shared(holding.notional(event.per_share))
        costs = [
            lot_rules.cost_before_gain(lot.cost, payment)
            for lot, payment in zip(holding.lots.values(), payments, strict=True)
        ]
        exit_ = Exit(at=event.at, price=event.per_share, cause="return_of_capital")
        self._store.pay(holding, payments, costs, exit_)

    # ------------------------------------------------------------------ rights

    def _take_units(self, event: UnitsTaken) -> None:
        """What the rights had cost goes on, beside what was paid; holding periods begin anew."""
        asset, at, units, paid, price = event[:5]
        if event.rights is None or event.shares is None:
            nothing = self._arithmetic.zero
            odd = Odd(at=at, whole=units, fraction=nothing, price=price, cash=None)
            self._store.land(asset, [self._new_lot(event)], odd, paid=paid)
            return
        source = self._store.holdings.get(event.rights)
        if source is None:
            return
        whole, fraction = self._scaled(asset, source.amount, event.shares, units)
        odd = self._odd(asset, at, whole, fraction, price, event.cash)
        total = whole + fraction
        self._exchange(
            source, asset, total, event.shares, odd, rate=event.rate, paid=paid, opened=at
        )

    def _new_lot(self, event: UnitsTaken) -> Lot:
        zero = self._arithmetic.zero
        return Lot(
            number=next(self._store.numbers),
            asset=event.asset,
            opened=event.at,
            amount=event.units,
            price=self._arithmetic.price(0),
            cost=zero,
            commission=zero,
            order_id=None,
            strategy="",
        )

    # ------------------------------------------------------------------ shared

    def _end(self, source: Holding, exit_: Exit, cash: Num | None = None) -> None:
        """Close all lots at a price, and for more cash where there is any."""
        money = source.notional(exit_.price)
        self._store.close(
            source.take(source.amount), money if cash is None else money + cash, exit_
        )
        self._store.drop_if_empty(source)

    def _exchange(
        self,
        source: Holding,
        into: Asset,
        units: Num,
        shares: Ratio,
        odd: Odd,
        *,
        rate: Ratio | None,
        paid: Num | None = None,
        opened: int | None = None,
    ) -> None:
        """Let all lots become lots of another asset, opened when they were or anew, by no order."""
        source.rescale(shares.inverse, units)
        lots = [lot._replace(asset=into) for lot in source.clear()]
        if opened is not None:
            lots = [lot._replace(opened=opened, order_id=None) for lot in lots]
        self._store.drop_if_empty(source)
        self._store.land(into, lots, odd, rate=rate, paid=paid)

    def _scaled(
        self, asset: Asset, amount: Num, shares: Ratio, stays: Num | None
    ) -> tuple[Num, Num]:
        """amount x shares: in whole lots of the asset, and the fraction."""
        whole, fraction = whole_units(self._arithmetic, asset, amount, shares, "cash")
        if stays is None or stays == whole:
            return whole, fraction
        fraction = whole + fraction - stays
        opposite = fraction and (fraction > 0) != (amount > 0)
        return stays, self._arithmetic.zero if opposite else fraction

    def _odd(
        self,
        asset: Asset,
        at: int,
        whole: Num,
        fraction: Num,
        price: Num | None,
        cash: Num | None,
    ) -> Odd:
        """How a fraction of an asset is paid for, once it is sure that it can be."""
        held = self._store.holdings.get(asset)
        meets = held is not None and whole and (held.amount > 0) != (whole > 0)
        if price is None and (meets or (fraction and cash is None)):
            reason = "there is a position of the other side" if meets else "a fraction is left"
            raise InvalidArgument(
                field="price", value=None, reason=f"give the price of {asset.symbol}: {reason}"
            )
        return Odd(at=at, whole=whole, fraction=fraction, price=price, cash=cash)
