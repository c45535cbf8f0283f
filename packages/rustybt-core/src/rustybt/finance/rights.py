"""What rights offerings do to a book: rights come, buy new units, are sold or lapse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.errors import InvalidArgument
from rustybt.finance import accounts, lot_events
from rustybt.finance.action_events import (
    RightsExercised,
    RightsGranted,
    RightsLapsed,
    RightsSold,
    SpunOff,
)
from rustybt.finance.bookkeeping import NOTHING
from rustybt.finance.corporate_actions import Arrival, CorporateActions
from rustybt.finance.fractions import whole_units
from rustybt.finance.lot_rules import cash_in_lieu
from rustybt.finance.position import multiplier_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from rustybt.assets import Asset
    from rustybt.finance.action_events import CorporateAction
    from rustybt.finance.journal import Leg, Posting
    from rustybt.values import Num


class RightsOfferings(CorporateActions):
    """Corporate actions, rights offerings among them.

    Rights that trade are a position. Those that don't are kept by asset and last day of exercise:
    for how many units, and how many rights for each.
    """

    def arrival(self, event: CorporateAction) -> Arrival | None:
        if isinstance(event, RightsExercised):
            return self._of_exercise(event)
        if isinstance(event, RightsGranted):
            return None if event.rights is None else super().arrival(_gift(event, event.rights))
        return super().arrival(event)

    def has_rights(self, asset: Asset, expiry: int, rights: Asset | None) -> bool:
        """Whether there are rights to exercise.

        Args:
            asset: What they buy.
            expiry: Their last day, in days since 1970-01-01.
            rights: What they trade as, None where they don't.
        """
        return (asset, expiry) in self._rights if rights is None else rights in self.positions

    def _action_handlers(self) -> dict[type, Callable[[Any], tuple[Posting, ...]]]:
        return super()._action_handlers() | {
            RightsGranted: self._grant,
            RightsExercised: self._exercise,
            RightsSold: self._sell_rights,
            RightsLapsed: self._lapse,
        }

    def _grant(self, event: RightsGranted) -> tuple[Posting, ...]:
        if event.rights is not None:
            return self._spin_off(_gift(event, event.rights), "rights")
        position = self._held(event.asset)
        if position is None:
            return NOTHING
        key = event.asset, event.expiry
        amount, ratio = self._rights.get(key, (self.arithmetic.zero, event.ratio))
        if ratio != event.ratio:
            reason = f"an offering with the same last day grants {ratio}"
            raise InvalidArgument(field="ratio", value=str(event.ratio), reason=reason)
        self._rights[key] = amount + position.amount, ratio
        return NOTHING

    # ------------------------------------------------------------------ exercise

    def _exercise(self, event: RightsExercised) -> tuple[Posting, ...]:
        arrival = self._of_exercise(event)
        ended = self._end_rights(event)
        if ended is None:
            return NOTHING
        cost, legs = ended
        if arrival is None:
            self._tell_end(event, self.arithmetic.price(0))
        else:
            currency = self._paid_in(event.currency, event.asset)
            units, multiplier = arrival.units, multiplier_of(event.asset)
            paid = self.arithmetic.notional(units, event.price, multiplier)
            legs += self._pay_out(event.asset, -paid, currency)
            added = self._converted(paid, currency, self._currency_of(event.asset))
            self._tell_exercise(event, arrival, added)
            source = event.rights or event.asset
            legs += self._bring(arrival, cost, source, event.at, added)
        return self._record(event.at, f"rights-exercised:{_commodity(event)}", legs)

    def _tell_exercise(self, event: RightsExercised, arrival: Arrival, paid: Num) -> None:
        """Let tax lots know of new units; rights that don't trade leave no fraction of a cost."""
        asset, at, rights = event.asset, event.at, event.rights
        units, price, cash = arrival.units, arrival.price, arrival.cash
        if rights is not None:
            rate = self._rate(rights, asset)
            self.follow(
                lot_events.UnitsTaken(
                    asset, at, units, paid, price, rights, event.ratio, cash, rate
                )
            )
            return
        if units:
            self.follow(lot_events.UnitsTaken(asset, at, units, paid, price))
        if cash:
            self.follow(lot_events.RightsPaid(asset, at, cash))

    def _of_exercise(self, event: RightsExercised) -> Arrival | None:
        self._check(event.asset)
        if event.rights is None:
            amount, granted = self._rights.get((event.asset, event.expiry), (None, event.ratio))
            ratio = granted * event.ratio
        else:
            position = self._held(event.rights)
            amount, ratio = None if position is None else position.amount, event.ratio
        if amount is None:
            return None
        asked = self.own_price(event.asset, event.price, event.currency)
        price = self._price_of(event.asset, event.market)
        if price is None:
            price = asked
        arithmetic, asset = self.arithmetic, event.asset
        units, fraction = whole_units(arithmetic, asset, amount, ratio, event.fractions)
        cash = arithmetic.zero
        if fraction and event.fractions == "cash":
            gain = max(price - asked, arithmetic.price(0))
            cash = cash_in_lieu(arithmetic, asset, fraction, gain, multiplier_of(asset))
        return Arrival(asset, units, fraction, cash, price) if units or fraction else None

    def _end_rights(
        self, event: RightsExercised | RightsSold | RightsLapsed
    ) -> tuple[Num, list[Leg]] | None:
        """The rights are gone: what they had cost, and the legs; None where there were none."""
        if event.rights is None:
            entitled = self._rights.pop((event.asset, event.expiry), None)
            return None if entitled is None else (self.arithmetic.zero, [])
        position = self._held(event.rights)
        if position is None:
            return None
        return position.total_cost(), self._leave(position)

    def _tell_end(self, event: RightsExercised | RightsSold | RightsLapsed, price: Num) -> None:
        """Let tax lots know that rights that were held are gone."""
        if event.rights is not None:
            self.follow(lot_events.RightsEnded(event.rights, event.at, price))

    # ------------------------------------------------------------------ without exercise

    def _sell_rights(self, event: RightsSold) -> tuple[Posting, ...]:
        money, asset = self._worth_of_rights(event), event.rights or event.asset
        ended = self._end_rights(event)
        if ended is None:
            return NOTHING
        legs = self._pay_out(asset, money, self._currency_of(asset))
        if event.rights is None:
            self.follow(lot_events.RightsPaid(asset, event.at, money))
        self._tell_end(event, event.price)
        return self._record(event.at, f"rights-sold:{_commodity(event)}", legs + ended[1])

    def _worth_of_rights(self, event: RightsSold) -> Num:
        arithmetic, asset = self.arithmetic, event.asset
        if event.rights is not None:
            position = self._held(event.rights)
            return arithmetic.zero if position is None else self._notional(position, event.price)
        entitled = self._rights.get((asset, event.expiry))
        if entitled is None:
            return arithmetic.zero
        amount, granted = entitled
        worth = arithmetic.notional(amount, event.price, multiplier_of(asset))
        return arithmetic.converted(worth, granted)

    def _lapse(self, event: RightsLapsed) -> tuple[Posting, ...]:
        ended = self._end_rights(event)
        if ended is None:
            return NOTHING
        self._tell_end(event, self.arithmetic.price(0))
        return self._record(event.at, f"rights-lapsed:{_commodity(event)}", ended[1])


def _gift(event: RightsGranted, rights: Asset) -> SpunOff:
    """Rights that trade come as the child of a spin-off does."""
    return SpunOff(
        asset=event.asset,
        at=event.at,
        child=rights,
        ratio=event.ratio,
        cost_share=event.cost_share,
        price=event.price,
        fractions=event.fractions,
    )


def _commodity(event: RightsExercised | RightsSold | RightsLapsed) -> str:
    return accounts.commodity_of(event.rights or event.asset)
