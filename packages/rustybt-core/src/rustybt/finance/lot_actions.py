"""What corporate actions do to tax lots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.errors import InvalidArgument
from rustybt.finance import lot_rules
from rustybt.finance.lot_store import Exit, LotStore, Odd
from rustybt.values import Ratio

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.finance.lot_holding import Holding
    from rustybt.finance.lots import ClosedLot, Lot
    from rustybt.values import Arithmetic, Num


class LotActions:
    """Corporate actions on the lots of a store.

    They follow `lot_rules`. Where one leaves a fraction of the asset's smallest amount, it is
    taken from the newest lots and paid for. Methods take ``price``, what a unit of what is paid for
    is worth, and what the ledger knows already: ``stays``, the amount without the fraction, and
    ``cash``, the money for it. Where these are not given they are what `ExactCostBasis` makes them.

    Args:
        arithmetic: The policy of all numbers.
        store: The lots.
    """

    __slots__ = ("_arithmetic", "_store")

    def __init__(self, arithmetic: Arithmetic, store: LotStore) -> None:
        self._arithmetic = arithmetic
        self._store = store

    def split(
        self,
        asset: Asset,
        ratio: Ratio,
        at: int,
        *,
        price: Num | None = None,
        stays: Num | None = None,
        cash: Num | None = None,
    ) -> tuple[ClosedLot, ...]:
        """Exchange the units of an asset; what they cost stays, and so do the holding periods.

        Args:
            asset: What is split.
            ratio: Factor on earlier prices: 1/2 for two new shares per old one.
            at: When, nanoseconds UTC.
            price: Price of a unit on the new scale.
            stays: The whole amount that is left.
            cash: The money for the fraction, of the amount's sign.

        Returns:
            The fraction, as parts of the newest lots.

        Raises:
            InvalidArgument: There is a fraction, and neither its price nor the cash is given.
        """
        holding = self._store.holdings.get(asset)
        if holding is None:
            return ()
        start = len(self._store.closed)
        whole, fraction = self._scaled(asset, holding.amount, ratio, stays)
        odd = self._odd(asset, at, whole, fraction, price, cash)
        holding.rescale(ratio, whole + fraction)
        self._store.pay_fraction(holding, odd)
        if not holding.amount:
            nothing = Exit(at=at, price=self._arithmetic.price(0), cause="cash_in_lieu")
            self._store.close(holding.clear(), self._arithmetic.zero, nothing)
        self._store.drop_if_empty(holding)
        return self._closed_since(start)

    def stock_dividend(
        self,
        asset: Asset,
        rate: Ratio,
        at: int,
        *,
        price: Num | None = None,
        stays: Num | None = None,
        cash: Num | None = None,
    ) -> tuple[ClosedLot, ...]:
        """Give new units for old ones, free of tax: a split under another name.

        Args:
            asset: What pays.
            rate: New units per unit held: 1/20 for five per cent.
            at: When, nanoseconds UTC.
            price: Price of a unit afterwards.
            stays: The whole amount that is left.
            cash: The money for the fraction, of the amount's sign.
        """
        ratio = Ratio(rate.denominator, rate.denominator + rate.numerator)
        return self.split(asset, ratio, at, price=price, stays=stays, cash=cash)

    def spin_off(
        self,
        parent: Asset,
        child: Asset,
        at: int,
        *,
        shares: Ratio,
        cost_share: Ratio | None,
        price: Num | None = None,
        stays: Num | None = None,
        cash: Num | None = None,
    ) -> tuple[ClosedLot, ...]:
        """Give units of another asset for those held, with a share of their cost.

        Every lot of the parent hands a part of its cost and commission to a new lot of the child,
        which keeps its holding period.

        Args:
            parent: What is held.
            child: What is given.
            at: When, nanoseconds UTC.
            shares: Units of the child per unit of the parent.
            cost_share: The share of the cost that goes to the child, at most 1; None for nothing.
            price: Price of a unit of the child.
            stays: The whole amount of the child that arrives.
            cash: The money for the fraction of a unit of the child.

        Returns:
            The fraction, and what was closed against a position of the other side.

        Raises:
            InvalidArgument: More than the whole cost would go to the child, or a price is needed
                that is not given.
        """
        source = self._store.holdings.get(parent)
        if source is None:
            return ()
        if cost_share is not None and cost_share.numerator > cost_share.denominator:
            raise InvalidArgument(
                field="cost_share", value=str(cost_share), reason="give 1 or less"
            )
        start = len(self._store.closed)
        source.level()
        whole, fraction = self._scaled(child, source.amount, shares.inverse, stays)
        if not whole + fraction:
            return ()
        odd = self._odd(child, at, whole, fraction, price, cash)
        lots = [
            self._spun_off(
                source, lot, lot._replace(asset=child, amount=amount), shares, cost_share
            )
            for lot, amount in zip(
                tuple(source.lots.values()), source.shared(whole + fraction), strict=True
            )
        ]
        self._store.land(child, lots, source.multiplier, odd)
        return self._closed_since(start)

    def _spun_off(
        self, source: Holding, lot: Lot, given: Lot, shares: Ratio, cost_share: Ratio | None
    ) -> Lot:
        """The child's lot; the share of the cost has left the parent's."""
        zero, price = self._arithmetic.zero, self._arithmetic.price(0)
        cost = commission = zero
        if cost_share is not None:
            part, whole = cost_share.numerator, cost_share.denominator
            cost = self._arithmetic.portion(lot.cost, part, whole)
            commission = self._arithmetic.portion(lot.commission, part, whole)
            price = self._arithmetic.scale_price(lot.price, cost_share)
        source.put(
            lot._replace(
                price=lot.price - price,
                cost=lot.cost - cost,
                commission=lot.commission - commission,
            )
        )
        return given._replace(
            number=next(self._store.numbers),
            price=self._arithmetic.scale_price(price, shares.inverse),
            cost=cost,
            commission=commission,
        )

    def merge(
        self,
        asset: Asset,
        into: Asset,
        at: int,
        *,
        shares: Ratio | None,
        cash_per_share: Num | None = None,
        price: Num | None = None,
        stays: Num | None = None,
        cash: Num | None = None,
    ) -> tuple[ClosedLot, ...]:
        """Exchange all units of an asset for those of another one, for cash, or for both.

        For cash alone every lot is sold. For units alone (also: a new symbol) cost and holding
        period go on. For both, the profit so far is realised up to the cash, a loss is not, and
        the rest of the cash lowers the cost (`lot_rules.cost_beside_gain`).

        Args:
            asset: What ends.
            into: What takes its place.
            at: When, nanoseconds UTC.
            shares: Units of `into` per unit of `asset`; None for cash alone.
            cash_per_share: Money per unit of `asset`, a kernel price.
            price: Price of a unit of `into`.
            stays: The whole amount of `into` that arrives.
            cash: The money for the fraction of a unit of `into`.

        Returns:
            What was sold or paid, the fraction, and what was closed against a position of the
            other side.

        Raises:
            InvalidArgument: A price is needed that is not given: of a fraction, beside cash, or
                where there is a position of the other side.
        """
        source = self._store.holdings.get(asset)
        if source is None:
            return ()
        store, start = self._store, len(self._store.closed)
        per_share = self._arithmetic.price(0) if cash_per_share is None else cash_per_share
        exit_ = Exit(at=at, price=per_share, cause="merger")
        paid = source.notional(per_share)
        units = whole = fraction = self._arithmetic.zero
        if shares is not None:
            whole, fraction = self._scaled(into, source.amount, shares.inverse, stays)
            units = whole + fraction
        if shares is None or not units:
            money = paid if cash is None else paid + cash
            store.close(source.take(source.amount), money, exit_)
            store.drop_if_empty(source)
            return self._closed_since(start)
        odd = self._odd(into, at, whole, fraction, price, cash)
        source.level()
        if paid:
            store.pay(*self._part_payment(source, paid, units, price), exit_)
        source.rescale(shares.inverse, units)
        lots = [lot._replace(asset=into) for lot in source.clear()]
        store.drop_if_empty(source)
        store.land(into, lots, source.multiplier, odd)
        return self._closed_since(start)

    def _part_payment(
        self, source: Holding, paid: Num, units: Num, price: Num | None
    ) -> tuple[Holding, list[Num], list[Num]]:
        """The cash of a merger lot by lot, and what it takes of each cost."""
        if price is None:
            raise InvalidArgument(
                field="price", value=None, reason="give the price of the new units: there is cash"
            )
        worth = self._arithmetic.notional(units, price, source.multiplier)
        payments = source.shared(paid)
        costs = [
            lot_rules.cost_beside_gain(lot.cost, payment, value)
            for lot, payment, value in zip(
                source.lots.values(), payments, source.shared(worth), strict=True
            )
        ]
        return source, payments, costs

    def return_of_capital(self, asset: Asset, per_share: Num, at: int) -> tuple[ClosedLot, ...]:
        """Pay cash on every unit that lowers its cost; what is more than the cost is a profit.

        Args:
            asset: What pays.
            per_share: Money per unit, a kernel price.
            at: When, nanoseconds UTC.

        Returns:
            A part of amount zero for each lot.
        """
        holding = self._store.holdings.get(asset)
        if holding is None:
            return ()
        start = len(self._store.closed)
        holding.level()
        payments = holding.shared(holding.notional(per_share))
        costs = [
            lot_rules.cost_before_gain(lot.cost, payment)
            for lot, payment in zip(holding.lots.values(), payments, strict=True)
        ]
        exit_ = Exit(at=at, price=per_share, cause="return_of_capital")
        self._store.pay(holding, payments, costs, exit_)
        return self._closed_since(start)

    # ------------------------------------------------------------------ private

    def _closed_since(self, start: int) -> tuple[ClosedLot, ...]:
        return tuple(self._store.closed[start:])

    def _scaled(
        self, asset: Asset, amount: Num, ratio: Ratio, stays: Num | None
    ) -> tuple[Num, Num]:
        """An amount on a new scale: in whole lots of the asset, and the fraction."""
        lot = self._arithmetic.amount(asset.lot_size)
        whole, fraction = self._arithmetic.split_amount(amount, ratio, lot)
        if stays is not None:
            whole, fraction = stays, whole + fraction - stays
        opposite = fraction and (fraction > 0) != (amount > 0)
        return whole, self._arithmetic.zero if opposite else fraction

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
        return Odd(at=at, fraction=fraction, price=price, cash=cash)
