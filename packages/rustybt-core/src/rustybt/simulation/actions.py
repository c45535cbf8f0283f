"""Corporate actions of a session: from the records of the data to events of the book."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from rustybt.data.actions import Split, StockDividend
from rustybt.data.actions.theory import rights_value
from rustybt.finance.action_events import (
    Merged,
    RightsExercised,
    RightsGranted,
    RightsLapsed,
    SharesDistributed,
    SpunOff,
)
from rustybt.finance.book_events import SplitApplied
from rustybt.values import (
    Ratio,
    divide_half_even,
    from_scaled,
    parse_decimal,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from rustybt.algorithm import Environment
    from rustybt.assets import Asset
    from rustybt.data.adjustments import (
        Adjustments,
        Merger,
        RightsOffering,
        SpinOff,
    )
    from rustybt.execution.messages import MessageKind
    from rustybt.finance.journal import Posting
    from rustybt.orders import Order
    from rustybt.simulation.rules import SimulationRules
    from rustybt.values import Num

_PRICE_SCALE: Final = 12

Tell = Callable[["MessageKind", str, "Asset", str | None], None]
"""Hands the strategy a message: kind, text, asset, order."""


class CorporateActions:
    """Applies corporate actions to open orders, then to positions.

    On one day splits come first, then stock dividends, rights, spin-offs, mergers; of those, the
    mergers into an asset before that of the asset itself.

    Args:
        environment: What the run works with.
        rules: Its choices.
        adjustments: The actions of its data.
        tell: Hands the strategy a message.
        cancelled: Tells the strategy of orders that were taken back.
    """

    def __init__(
        self,
        environment: "Environment",
        rules: "SimulationRules",
        adjustments: "Adjustments",
        tell: Tell,
        cancelled: "Callable[[list[Order]], None]",
    ) -> None:
        self._env = environment
        self._ledger = environment.ledger
        self._exercises = rules.rights == "exercise"
        self._adjustments = adjustments
        self._tell = tell
        self._cancelled = cancelled

    def apply(self, days: Iterable[int]) -> "Iterator[Posting]":
        """Apply what falls on some days, given in days since 1970-01-01."""
        for day in days:
            actions = self._adjustments.events_on(day)
            if actions is None:
                continue
            for split in actions.splits:
                yield from self._split(split)
            for dividend in actions.stock_dividends:
                yield from self._distribute(dividend)
            for offering in actions.rights:
                yield from self._grant(offering)
            for spin_off in actions.spin_offs:
                yield from self._spin_off(spin_off)
            for merger in _chained(actions.mergers):
                yield from self._merge(merger)

    def end_rights(self, days: Iterable[int]) -> "Iterator[Posting]":
        """End the rights whose last day is one of some days: exercised, or lapsed."""
        for day in days:
            actions = self._adjustments.events_on(day)
            for offering in () if actions is None else actions.rights_expiring:
                yield from self._end_rights(offering)

    def _split(self, split: "Split") -> "Iterable[Posting]":
        asset = self._asset(split.sid)
        if asset is None:
            return ()
        orders = self._env.blotter.split(asset, split.ratio, self._env.now)
        postings = self._ledger.apply(SplitApplied(asset, self._env.now, split.ratio))
        self._tell_of(orders, "split", f"ratio {split.ratio}")
        return postings

    def _distribute(self, dividend: "StockDividend") -> "Iterable[Posting]":
        asset = self._asset(dividend.sid)
        if asset is None:
            return ()
        ratio = _price_ratio(dividend)
        orders = self._env.blotter.split(asset, ratio, self._env.now)
        postings = self._ledger.apply(
            SharesDistributed(
                asset, self._env.now, dividend.pay, dividend.ratio, dividend.fractions
            )
        )
        self._tell_of(orders, "split", f"stock dividend of {dividend.ratio}")
        return postings

    def _merge(self, merger: "Merger") -> "Iterable[Posting]":
        asset = self._asset(merger.sid)
        if asset is None:
            return ()
        self._cancelled(self._env.blotter.cancel_all(asset, at=self._env.now, cause="merger"))
        into = None if merger.acquirer is None else self._asset(merger.acquirer)
        if asset not in self._ledger.positions:
            return ()
        postings = self._ledger.apply(
            Merged(
                asset,
                self._env.now,
                into,
                merger.ratio,
                self._price(merger.cash, "cash of a merger"),
                merger.currency,
                None if into is None else self._market(into),
                merger.fractions,
            )
        )
        self._tell("merger", f"{asset.symbol} has merged: the position was exchanged", asset, None)
        return postings

    def _spin_off(self, spin_off: "SpinOff") -> "Iterable[Posting]":
        parent, child = self._asset(spin_off.sid), self._asset(spin_off.child)
        if parent is None or child is None or parent not in self._ledger.positions:
            return ()
        given = self._price(spin_off.child_price, "price of a child")
        postings = self._ledger.apply(
            SpunOff(
                parent,
                self._env.now,
                child,
                spin_off.ratio,
                spin_off.share_of_cost(),
                self._market(child) if given is None else given,
                spin_off.fractions,
            )
        )
        self._tell("spin_off", f"{spin_off.ratio} of {child.symbol} per share", parent, None)
        return postings

    def _grant(self, offering: "RightsOffering") -> "Iterable[Posting]":
        asset = self._asset(offering.sid)
        if asset is None or asset not in self._ledger.positions:
            return ()
        rights = None if offering.rights_sid is None else self._asset(offering.rights_sid)
        postings = self._ledger.apply(
            RightsGranted(
                asset,
                self._env.now,
                offering.expiry,
                offering.rights,
                rights,
                None,
                None if rights is None else self._right_price(offering, asset, rights),
                offering.fractions,
            )
        )
        self._tell("rights", f"{offering.shares} new shares at {offering.price}", asset, None)
        return postings

    def _end_rights(self, offering: "RightsOffering") -> "Iterable[Posting]":
        """Rights are exercised where that pays and the rules say so, or lapse."""
        asset = self._asset(offering.sid)
        if asset is None:
            return ()
        offering = self._rescaled(offering)
        rights = None if offering.rights_sid is None else self._asset(offering.rights_sid)
        if not self._ledger.has_rights(asset, offering.expiry, rights):
            return ()
        price, market = self._price(offering.price, "price of new shares"), self._market(asset)
        assert price is not None
        if not self._exercises or market is None or market <= self._own_price(offering, asset):
            return self._ledger.apply(RightsLapsed(asset, self._env.now, offering.expiry, rights))
        return self._ledger.apply(
            RightsExercised(
                asset,
                self._env.now,
                offering.expiry,
                offering.ratio,
                price,
                rights,
                offering.currency,
                market,
                offering.fractions,
            )
        )

    def _rescaled(self, offering: "RightsOffering") -> "RightsOffering":
        """An offering per unit of its last day: splits since its ex day count."""
        scale = Ratio(1)
        for effect in self._adjustments.effects(offering.sid):
            if offering.ex < effect.day <= offering.expiry:
                scale *= _share_scale(effect.action)
        if scale == Ratio(1):
            return offering
        price = Fraction(offering.price) * scale.as_fraction()
        digits = divide_half_even(price.numerator * 10**_PRICE_SCALE, price.denominator)
        return replace(
            offering,
            price=from_scaled(digits, _PRICE_SCALE),
            ratio=offering.ratio * scale.inverse,
        )

    def _right_price(
        self, offering: "RightsOffering", asset: "Asset", rights: "Asset"
    ) -> "Num | None":
        """The price of a right that trades: its own, else what theory says of the last close.

        That close is the mark of the holding: the market's own mark is one without the rights.
        """
        own, arithmetic = self._market(rights), self._env.arithmetic
        if own is not None:
            return own
        market = self._ledger.positions[asset].last_price
        close = Fraction(parse_decimal(arithmetic.price_value(market), field="close"))
        asked = arithmetic.price_value(self._own_price(offering, asset))
        price = parse_decimal(asked, field="price of new shares")
        value = rights_value(close, offering.shares, price) / offering.rights.as_fraction()
        unit = 10**arithmetic.price_scale
        coefficient = divide_half_even(value.numerator * unit, value.denominator)
        return arithmetic.price_from(coefficient, arithmetic.price_scale)

    def _own_price(self, offering: "RightsOffering", asset: "Asset") -> "Num":
        """The price of new shares, in the currency of the asset."""
        price = self._env.arithmetic.price(offering.price, "price of new shares")
        return self._ledger.own_price(asset, price, offering.currency)

    # ------------------------------------------------------------ shared

    def _asset(self, sid: int) -> "Asset | None":
        return self._env.finder.retrieve_asset(sid, default_none=True)

    def _price(self, price: "Decimal | None", field: str) -> "Num | None":
        return None if price is None else self._env.arithmetic.price(price, field)

    def _market(self, asset: "Asset") -> "Num | None":
        """The last price of an asset as of now, None where it has none yet."""
        return self._env.portal.mark(asset)

    def _tell_of(self, orders: "Iterable[Order]", kind: "MessageKind", text: str) -> None:
        for order in orders:
            self._tell(kind, text, order.asset, order.id)


def _chained(mergers: "Iterable[Merger]") -> "list[Merger]":
    """Mergers of one day, each after those that give units of its asset; rings as they come."""
    waiting, ordered = list(mergers), list["Merger"]()
    while waiting:
        acquirers = {merger.acquirer for merger in waiting}
        ready = [merger for merger in waiting if merger.sid not in acquirers] or waiting
        waiting = [merger for merger in waiting if merger not in ready]
        ordered += ready
    return ordered


def _share_scale(action: object) -> Ratio:
    """The factor on earlier prices of an action that only changes the number of units, else 1."""
    if isinstance(action, Split):
        return action.ratio
    return _price_ratio(action) if isinstance(action, StockDividend) else Ratio(1)


def _price_ratio(dividend: "StockDividend") -> Ratio:
    """The factor on earlier prices that a stock dividend is."""
    shares = dividend.ratio
    return Ratio(shares.denominator, shares.denominator + shares.numerator)
