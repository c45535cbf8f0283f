"""What actions do to the history of their asset, as far as it is known on a day."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from rustybt.data.actions import theory
from rustybt.data.actions.exchange import Exchange, PreviousClose
from rustybt.data.actions.records import (
    CashDividend,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.values import Ratio

HistoryAction = Split | CashDividend | StockDividend | RightsOffering | SpinOff
"""An action that changes what older prices mean."""

ALWAYS: Final = 2**62
"""A day after all days."""

_PATIENCE: Final = 10
"""For how many days after a spin-off a first price of the child is waited for; as CRSP does."""

_ONE: Final = Ratio(1)


class Factor(NamedTuple):
    """What multiplies everything before `day`.

    Attributes:
        day: First session on the new scale, in days since 1970-01-01.
        price: Factor on earlier prices.
        volume: Factor on earlier volumes.
    """

    day: int
    price: Ratio
    volume: Ratio


class Effect:
    """The factor that one action puts on history.

    Prices that it needs are looked up when it is first asked for, and never those of a session
    that had not ended by the day asked about. Money of another currency than the asset's counts at
    the rate known at the close that it is compared with; the price of a spin-off's child at that
    of its own close. Of several actions of a day each finds the price that the ones before have
    left; a cash dividend, as in Zipline, the raw close.

    Args:
        action: The action.
        before: The effects of the same asset and day that come first.

    Attributes:
        action: The action.
        day: Its first session on the new scale.
        days: The days on which the factor may become known.
        pays_cash: Whether holders are given money, not shares.
    """

    __slots__ = (
        "_before",
        "_child",
        "_close",
        "_final",
        "_settles",
        "_tried",
        "action",
        "day",
        "days",
        "pays_cash",
    )

    def __init__(self, action: HistoryAction, before: "tuple[Effect, ...]" = ()) -> None:
        self.action = action
        self.day = day_of(action)
        waits = isinstance(action, SpinOff) and action.child_price is None
        self.days = range(self.day, self.day + (_PATIENCE if waits else 0) + 1)
        self.pays_cash = isinstance(action, CashDividend)
        self._before = () if self.pays_cash else before
        self._settles = self.days[-1]
        for effect in self._before:
            self._settles = max(self._settles, effect.days[-1])
        self._final: tuple[Factor | None] | None = None
        self._close: Fraction | None = None
        self._child: tuple[Decimal | Fraction, int] | None = None
        self._tried = self.day - 1

    def factor(
        self, previous_close: PreviousClose, exchange: Exchange, until: int = ALWAYS
    ) -> Factor | None:
        """The factor as of a day; None where there is none, or none yet.

        Args:
            previous_close: The close before a day, as it read on the eve.
            exchange: Makes money that of the asset.
            until: The day.
        """
        if until < self.day:
            return None
        if until < self._settles:
            return self._as_of(previous_close, exchange, until)
        if self._final is None:
            self._final = (self._as_of(previous_close, exchange, until),)
        return self._final[0]

    def _as_of(
        self, previous_close: PreviousClose, exchange: Exchange, until: int
    ) -> Factor | None:
        action = self.action
        if isinstance(action, Split):
            return Factor(self.day, action.ratio, action.ratio.inverse)
        if isinstance(action, StockDividend):
            price = theory.stock_dividend_factor(action.ratio)
            return Factor(self.day, price, price.inverse)
        close = self._eve(previous_close)
        for effect in self._before:
            earlier = effect.factor(previous_close, exchange, until)
            if earlier is not None:
                close *= earlier.price.as_fraction()
        value = self._value(close, previous_close, exchange, until) if close else None
        kept = theory.factor_without(value, close) if value else None
        return None if kept is None else Factor(self.day, kept, _ONE)

    def _value(
        self, close: Fraction, previous_close: PreviousClose, exchange: Exchange, until: int
    ) -> Fraction | None:
        """What a share loses on the day; None where that is not known yet."""
        action = self.action
        if isinstance(action, CashDividend):
            return exchange(action.amount, action.currency or action.sid, action.sid, self.day)
        if isinstance(action, RightsOffering):
            price = exchange(action.price, action.currency or action.sid, action.sid, self.day)
            return theory.rights_value(close, action.shares, price)
        assert isinstance(action, SpinOff)
        given = action.child_price
        found = (given, self.day) if given else self._child_price(previous_close, until)
        if found is None:
            return None
        child = exchange(found[0], action.child, action.sid, found[1])
        return theory.spin_off_value(action.ratio, child)

    def _eve(self, previous_close: PreviousClose) -> Fraction:
        """The close before the day, looked up once; zero where there is none."""
        if self._close is None:
            self._close = Fraction(previous_close(self.action.sid, self.day) or 0)
        return self._close

    def _child_price(
        self, previous_close: PreviousClose, until: int
    ) -> tuple[Decimal | Fraction, int] | None:
        """The child's close on the eve, else its first one since, and the day after its session.

        It counts once that session has ended.
        """
        assert isinstance(self.action, SpinOff)
        last = min(until, self.days[-1])
        while self._child is None and self._tried < last:
            self._tried += 1
            close = previous_close(self.action.child, self._tried)
            if close:
                self._child = close, self._tried
        found = self._child
        return None if found is None or found[1] > until else found


def effects_of(actions: Iterable[HistoryAction]) -> list[Effect]:
    """The effects of an asset's actions, by day.

    Of one day splits come first, then dividends, stock dividends, rights and spin-offs; those of
    a kind keep their order.
    """
    found: list[Effect] = []
    ordered = sorted(actions, key=lambda action: (day_of(action), _RANK[type(action)]))
    first = 0
    for place, action in enumerate(ordered):
        if place and found[-1].day != day_of(action):
            first = place
        found.append(Effect(action, tuple(found[first:place])))
    return found


def day_of(action: HistoryAction) -> int:
    """The first session on which prices are those after the action."""
    return action.effective if isinstance(action, Split | SpinOff) else action.ex


_RANK: Final[dict[type[Any], int]] = {
    kind: place
    for place, kind in enumerate((Split, CashDividend, StockDividend, RightsOffering, SpinOff))
}
