"""What corporate actions do to the positions of a book and to what they cost.

The cost of what is exchanged goes with it, by the rules of `lot_rules`: what all positions cost
before an action is what they cost after it, and what was paid back or realised. Values don't
change where the prices are fair, but for the rounding of cash in lieu.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from rustybt.errors import InvalidArgument
from rustybt.finance import accounts, lot_events
from rustybt.finance.action_events import (
    Merged,
    ReturnOfCapital,
    SharesDistributed,
    SharesPaid,
    SpunOff,
)
from rustybt.finance.bookkeeping import NOTHING, Bookkeeping
from rustybt.finance.fractions import whole_units
from rustybt.finance.lot_rules import cash_in_lieu, cost_before_gain, cost_beside_gain
from rustybt.finance.position import multiplier_of
from rustybt.values import Ratio

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from rustybt.assets import Asset
    from rustybt.data.actions.records import Fractions
    from rustybt.finance.action_events import CorporateAction
    from rustybt.finance.journal import Leg, Posting
    from rustybt.finance.position import DecimalPosition
    from rustybt.values import Num


class Arrival(NamedTuple):
    """What a corporate action brings of an asset.

    Attributes:
        asset: What comes.
        units: Whole lots of it, signed; of a stock dividend, all that are held after it.
        fraction: What is left beside them, to be paid for or lost.
        cash: Money for the fraction, in the asset's currency.
        price: Price of a unit.
    """

    asset: Asset
    units: Num
    fraction: Num
    cash: Num
    price: Num


class CorporateActions(Bookkeeping):
    """Bookkeeping that knows stock dividends, mergers, spin-offs and returns of capital."""

    def arrival(self, event: CorporateAction) -> Arrival | None:
        """What an action will bring to the book as it is; None where it brings no units.

        It is what tax lots have to be told, before the event is applied.
        """
        position = self.positions.get(event.asset)
        if position is None:
            return None
        if isinstance(event, SharesDistributed) and not self._as_zipline:
            ratio = _price_factor(event)
            price = self.arithmetic.scale_price(position.last_price, ratio)
            units = ratio.inverse
            return self._arrival(event.asset, position.amount, units, price, event.fractions)
        if isinstance(event, Merged):
            return self._of_merger(event, position)
        if isinstance(event, SpunOff):
            return self._of_spin_off(event, position)
        return None

    def _action_handlers(self) -> dict[type, Callable[[Any], tuple[Posting, ...]]]:
        return {
            SharesDistributed: self._distribute,
            SharesPaid: self._pay_shares,
            Merged: self._merge,
            SpunOff: self._spin_off,
            ReturnOfCapital: self._return_capital,
        }

    # ------------------------------------------------------------------ stock dividends

    def _distribute(self, event: SharesDistributed) -> tuple[Posting, ...]:
        position = self._held(event.asset)
        if position is None:
            return NOTHING
        if self._as_zipline:
            return self._owe_shares(event, position)
        ratio, cause = _price_factor(event), "stock-dividend"
        return self._rescale(position, ratio, event.at, cause, event.fractions)

    def _rescale(
        self,
        position: DecimalPosition,
        ratio: Ratio,
        at: int,
        cause: str,
        fractions: Fractions = "cash",
    ) -> tuple[Posting, ...]:
        """Exchange the units of a position for units at another scale."""
        before = position.amount
        cash = position.split(ratio, fractions)
        if cash:
            self._receive(cash, position.currency)
        change = position.amount - before
        position.amount = before + change  # of floats: to the last bit what the journal adds up to
        if not position.amount:
            self._close(position)
        told = lot_events.SharesSplit(position.asset, at, ratio, None, position.amount, cash)
        self.follow(told)
        legs = self._exchange(position, change, cash)
        return self._record(at, f"{cause}:{position.commodity}", legs)

    def _owe_shares(
        self, event: SharesDistributed, position: DecimalPosition
    ) -> tuple[Posting, ...]:
        """As zipline: whole units of what is held on the ex-date come on the pay date."""
        units, _ = whole_units(self.arithmetic, event.asset, position.amount, event.ratio, "drop")
        if units:
            key = event.asset, event.pay
            self._shares_owed[key] = self._shares_owed.get(key, self.arithmetic.zero) + units
        return NOTHING

    def _pay_shares(self, event: SharesPaid) -> tuple[Posting, ...]:
        """As zipline: the cost per unit stays what it was, zero where nothing is held."""
        zero = self.arithmetic.zero
        units = self._shares_owed.pop((event.asset, event.pay), zero)
        if not units:
            return NOTHING
        position = self.positions.get(event.asset)
        if position is None:
            position = self._open(event.asset, self.arithmetic.price(0), event.at)
        self.follow(self._units_for_nothing(position, units, event.at))
        position.amount += units
        if not position.amount:
            self._close(position)
        legs = self._exchange(position, units, zero)
        return self._record(event.at, f"stock-dividend:{position.commodity}", legs)

    def _units_for_nothing(
        self, position: DecimalPosition, units: Num, at: int
    ) -> lot_events.SharesSplit | lot_events.UnitsTaken:
        """What tax lots are told of units that come late: a split of what is of their side."""
        asset, before, zero = position.asset, position.amount, self.arithmetic.zero
        if not before or (before > 0) != (units > 0):
            return lot_events.UnitsTaken(asset, at, units, zero, position.last_price)
        after = before + units
        ratio = Ratio.parse(Fraction(before) / Fraction(after))
        return lot_events.SharesSplit(asset, at, ratio, None, after, zero)

    # ------------------------------------------------------------------ mergers

    def _merge(self, event: Merged) -> tuple[Posting, ...]:
        position = self._held(event.asset)
        if position is None:
            return NOTHING
        arrival = self._of_merger(event, position)
        currency = self._paid_in(event.currency, event.asset)
        zero, cost = self.arithmetic.zero, position.total_cost()
        self.follow(self._merged_lots(event, position, arrival, currency))
        paid = zero if event.cash is None else self._notional(position, event.cash)
        legs = self._pay_out(event.asset, paid, currency) + self._leave(position)
        if arrival is not None:
            own = self._converted(paid, currency, position.currency)
            cost -= cost_beside_gain(cost, own, self._worth_in(position.currency, arrival))
            legs += self._bring(arrival, cost, event.asset, event.at)
        return self._record(event.at, f"merger:{position.commodity}", legs)

    def _merged_lots(
        self, event: Merged, position: DecimalPosition, arrival: Arrival | None, currency: str
    ) -> lot_events.Merged:
        """What tax lots are told of a merger."""
        asset, per_share = event.asset, event.cash
        if per_share is not None:
            per_share = self._converted(per_share, currency, position.currency)
        if arrival is None:
            return lot_events.Merged(asset, event.at, None, None, per_share)
        return lot_events.Merged(
            asset,
            event.at,
            arrival.asset,
            event.ratio,
            per_share,
            arrival.price,
            arrival.units,
            arrival.cash,
            self._worth_in(position.currency, arrival),
            self._rate(asset, arrival.asset),
        )

    def _of_merger(self, event: Merged, position: DecimalPosition) -> Arrival | None:
        if event.into is None or event.ratio is None:
            return None
        self._check(event.into)
        price = self._price_of(event.into, event.price)
        if price is None:
            left = position.last_price
            if event.cash is not None:
                currency = self._paid_in(event.currency, event.asset)
                left -= self._converted(event.cash, currency, position.currency)
            price = self._implied(event.into, position, left, event.ratio)
        return self._arrival(event.into, position.amount, event.ratio, price, event.fractions)

    # ------------------------------------------------------------------ spin-offs

    def _spin_off(self, event: SpunOff, cause: str = "spin-off") -> tuple[Posting, ...]:
        position = self._held(event.asset)
        if position is None:
            return NOTHING
        share = event.cost_share
        if share is not None and share.numerator > share.denominator:
            raise InvalidArgument(field="cost_share", value=str(share), reason="give 1 or less")
        arrival = self._of_spin_off(event, position)
        if arrival is None:
            return NOTHING
        cost = self.arithmetic.zero
        if share is not None:
            total = position.total_cost()
            cost = self.arithmetic.portion(total, share.numerator, share.denominator)
        position.charge(-cost)
        self.follow(
            lot_events.SpunOff(
                event.asset,
                event.at,
                event.child,
                event.ratio,
                share,
                arrival.price,
                arrival.units,
                arrival.cash,
                self._rate(event.asset, event.child),
            )
        )
        per_unit = self.arithmetic.scale_price(arrival.price, event.ratio)
        self._lower_mark(position, per_unit, self._currency_of(event.child))
        legs = self._bring(arrival, cost, event.asset, event.at)
        return self._record(event.at, f"{cause}:{position.commodity}", legs)

    def _of_spin_off(self, event: SpunOff, position: DecimalPosition) -> Arrival | None:
        self._check(event.child)
        price = self._price_of(event.child, event.price)
        if price is None:
            value = self.arithmetic.price(0)
            if event.cost_share is not None:
                value = self.arithmetic.scale_price(position.last_price, event.cost_share)
            price = self._implied(event.child, position, value, event.ratio)
        return self._arrival(event.child, position.amount, event.ratio, price, event.fractions)

    # ------------------------------------------------------------------ returns of capital

    def _return_capital(self, event: ReturnOfCapital) -> tuple[Posting, ...]:
        position = self._held(event.asset)
        if position is None:
            return NOTHING
        currency = self._paid_in(event.currency, event.asset)
        paid = self._notional(position, event.per_share)
        own = self._converted(paid, currency, position.currency)
        position.charge(-cost_before_gain(position.total_cost(), own))
        per_share = self._converted(event.per_share, currency, position.currency)
        self.follow(lot_events.CapitalReturned(event.asset, event.at, per_share))
        self._lower_mark(position, event.per_share, currency)
        legs = self._pay_out(event.asset, paid, currency)
        return self._record(event.at, f"return-of-capital:{position.commodity}", legs)

    # ------------------------------------------------------------------ what is held

    def _held(self, asset: Asset) -> DecimalPosition | None:
        self._check(asset)
        return self.positions.get(asset)

    def _check(self, asset: Asset) -> None:
        if asset.settles_daily:
            reason = "futures and swaps have no corporate actions; name what they are on"
            raise InvalidArgument(field="asset", value=asset, reason=reason)

    def _price_of(self, asset: Asset, given: Num | None) -> Num | None:
        """The price that is given, else the mark of what is held."""
        position = self.positions.get(asset)
        return given if given is not None or position is None else position.last_price

    def _implied(self, asset: Asset, position: DecimalPosition, value: Num, ratio: Ratio) -> Num:
        """The price of an asset of which `ratio` units are worth so much per unit held."""
        left = max(value, self.arithmetic.price(0))
        price = self.arithmetic.scale_price(left, ratio.inverse)
        return self._converted(price, position.currency, self._currency_of(asset))

    def _lower_mark(self, position: DecimalPosition, price: Num, currency: str) -> None:
        """A part of what a unit was worth has left it."""
        lower = position.last_price - self._converted(price, currency, position.currency)
        position.last_price = max(lower, self.arithmetic.price(0))

    def _notional(self, position: DecimalPosition, price: Num) -> Num:
        return self.arithmetic.notional(position.amount, price, position.multiplier)

    def own_price(self, asset: Asset, price: Num, currency: str | None) -> Num:
        """A price that is asked on an asset, in the asset's currency, at the rate as of now.

        Args:
            asset: The asset.
            price: What is asked per unit.
            currency: The currency that it is asked in, None for the asset's.

        Raises:
            MissingRate: There is no rate of the two as of now.
        """
        return self._converted(price, self._paid_in(currency, asset), self._currency_of(asset))

    def _paid_in(self, currency: str | None, asset: Asset) -> str:
        """The currency of money that is paid on an asset."""
        if currency is None or self._one_currency:
            return self._currency_of(asset)
        return currency

    # ------------------------------------------------------------------ what comes and goes

    def _arrival(
        self, asset: Asset, held: Num, ratio: Ratio, price: Num, fractions: Fractions
    ) -> Arrival | None:
        arithmetic = self.arithmetic
        units, fraction = whole_units(arithmetic, asset, held, ratio, fractions)
        cash = arithmetic.zero
        if fraction and fractions == "cash":
            cash = cash_in_lieu(arithmetic, asset, fraction, price, multiplier_of(asset))
        return Arrival(asset, units, fraction, cash, price) if units or fraction else None

    def _worth_in(self, currency: str, arrival: Arrival) -> Num:
        """What an arrival is worth at its price, the fraction included."""
        units, multiplier = arrival.units + arrival.fraction, multiplier_of(arrival.asset)
        worth = self.arithmetic.notional(units, arrival.price, multiplier)
        return self._converted(worth, self._currency_of(arrival.asset), currency)

    def _pay_out(self, asset: Asset, money: Num, currency: str) -> list[Leg]:
        """Money comes that an asset was worth before."""
        if not money:
            return []
        self._receive(money, currency)
        self._move(self._currency_of(asset), currency, money)
        trading = _account(asset)
        return [(accounts.CASH, currency, money), (trading, currency, -money)]

    def _leave(self, position: DecimalPosition) -> list[Leg]:
        """A position ends without a trade."""
        legs = self._exchange(position, -position.amount, self.arithmetic.zero)
        position.amount = self.arithmetic.zero
        self._close(position)
        return legs

    def _bring(
        self, arrival: Arrival, cost: Num, source: Asset, at: int, added: Num | None = None
    ) -> list[Leg]:
        """Units come with a cost that another asset had, and money for their fraction.

        `added` is what was paid for the units themselves, in the currency of their asset.
        """
        asset, units, fraction, cash, price = arrival
        paid_in, currency = self._currency_of(source), self._currency_of(asset)
        worth = self.arithmetic.notional(units, price, multiplier_of(asset))
        if cash:
            self._receive(cash, currency)
        carried = self._converted(cost, paid_in, currency)
        if fraction:
            carried -= self.arithmetic.portion(carried, fraction, units + fraction)
        if added is not None:
            worth, carried = worth - added, carried + added
        self._move(paid_in, currency, worth + cash)
        trading, commodity = _account(asset), accounts.commodity_of(asset)
        self._take_in(asset, units, carried, price, at)
        return [
            (accounts.CASH, currency, cash),
            (trading, currency, -cash),
            (accounts.POSITION, commodity, units),
            (trading, commodity, -units),
            (_account(source), paid_in, -cost),
            (trading, paid_in, cost),
        ]

    def _take_in(self, asset: Asset, units: Num, cost: Num, price: Num, at: int) -> None:
        if not units:
            return
        position = self.positions.get(asset)
        if position is None:
            position = self._open(asset, price, at)
        position.arrive(units, cost)
        if not position.amount:
            self._close(position)


def _account(asset: Asset) -> str:
    return accounts.trading_account(accounts.commodity_of(asset))


def _price_factor(event: SharesDistributed) -> Ratio:
    """The factor on earlier prices that a stock dividend is."""
    return Ratio(event.ratio.denominator, event.ratio.denominator + event.ratio.numerator)
