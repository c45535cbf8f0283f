"""All corporate actions of a data set, and the factors they put on history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from rustybt.data.actions import ActionIndex, Exchange, PreviousClose, by_day
from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    import polars as pl

    from rustybt.data.actions import (
        Action,
        CashDividend,
        Delisting,
        Effect,
        Factor,
        Merger,
        RightsOffering,
        SpinOff,
        Split,
        StockDividend,
        SymbolChange,
        dividend_frame,
        split_frame,
    )
    from rustybt.data.actions.effects import HistoryAction
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.data.actions": (
                "CashDividend",
                "Delisting",
                "Factor",
                "Merger",
                "RightsOffering",
                "SpinOff",
                "Split",
                "StockDividend",
                "SymbolChange",
                "dividend_frame",
                "split_frame",
            ),
        },
    )

__all__ = [
    "Adjustments",
    "CashDividend",
    "DayActions",
    "Delisting",
    "Factor",
    "Merger",
    "PreviousClose",
    "RightsOffering",
    "SpinOff",
    "Split",
    "StockDividend",
    "SymbolChange",
    "dividend_frame",
    "split_frame",
]


EVERY_DAY: Final = range(-(2**62), 2**62)
"""All days."""


class DayActions(NamedTuple):
    """Everything that falls on one day, each kind by sid.

    Attributes:
        splits: First session at the new scale.
        dividends: Cash dividends with this ex day.
        dividends_paid: Cash dividends that are paid.
        stock_dividends: Stock dividends with this ex day.
        stock_dividends_paid: Stock dividends whose shares arrive.
        mergers: First session after them.
        spin_offs: First session of the parent without the child.
        rights: Rights offerings with this ex day.
        rights_expiring: Rights offerings whose last day of exercise it is.
        delistings: Assets whose positions are closed at the end of the day.
        symbol_changes: First day of a new symbol.
    """

    splits: tuple[Split, ...] = ()
    dividends: tuple[CashDividend, ...] = ()
    dividends_paid: tuple[CashDividend, ...] = ()
    stock_dividends: tuple[StockDividend, ...] = ()
    stock_dividends_paid: tuple[StockDividend, ...] = ()
    mergers: tuple[Merger, ...] = ()
    spin_offs: tuple[SpinOff, ...] = ()
    rights: tuple[RightsOffering, ...] = ()
    rights_expiring: tuple[RightsOffering, ...] = ()
    delistings: tuple[Delisting, ...] = ()
    symbol_changes: tuple[SymbolChange, ...] = ()


class Adjustments:
    """All corporate actions of a data set, indexed by day and by asset. Immutable.

    Args:
        splits: In any order, as all of them; those of one asset and day keep theirs.
        dividends: Cash dividends.
        stock_dividends: New shares of the asset itself.
        mergers: Ends of assets for cash or shares.
        spin_offs: Shares of another asset.
        rights: Rights offerings.
        delistings: Ends of trading.
        symbol_changes: New symbols.
    """

    __slots__ = (
        "_days",
        "_delistings",
        "_dividends",
        "_mergers",
        "_paid_on",
        "_rights",
        "_rights_end_on",
        "_shares_paid_on",
        "_spin_offs",
        "_splits",
        "_stock_dividends",
        "_symbol_changes",
    )

    def __init__(
        self,
        splits: Iterable[Split] = (),
        dividends: Iterable[CashDividend] = (),
        *,
        stock_dividends: Iterable[StockDividend] = (),
        mergers: Iterable[Merger] = (),
        spin_offs: Iterable[SpinOff] = (),
        rights: Iterable[RightsOffering] = (),
        delistings: Iterable[Delisting] = (),
        symbol_changes: Iterable[SymbolChange] = (),
    ) -> None:
        self._splits = ActionIndex(splits, _effective)
        self._dividends = ActionIndex(dividends, _ex)
        self._stock_dividends = ActionIndex(stock_dividends, _ex)
        self._mergers = ActionIndex(mergers, _effective)
        self._spin_offs = ActionIndex(spin_offs, _effective)
        self._rights = ActionIndex(rights, _ex)
        self._delistings = ActionIndex(delistings, _effective)
        self._symbol_changes = ActionIndex(symbol_changes, _effective)
        self._paid_on = by_day(self._dividends.all, _pay)
        self._shares_paid_on = by_day(self._stock_dividends.all, _pay)
        self._rights_end_on = by_day(self._rights.all, _expiry)
        self._days = self._by_day()

    @classmethod
    def empty(cls) -> Self:
        """No adjustments at all."""
        return cls()

    @classmethod
    def of(cls, actions: Iterable[Action]) -> Self:
        """Of actions of all kinds in one list."""
        kinds: dict[str, list[Any]] = {}
        for action in actions:
            kinds.setdefault(_ARGUMENTS[type(action).__name__], []).append(action)
        return cls(**kinds)

    @classmethod
    def from_frames(
        cls,
        splits: pl.DataFrame | None = None,
        dividends: pl.DataFrame | None = None,
        others: Mapping[str, pl.DataFrame] | None = None,
    ) -> Self:
        """From the frames that `split_frame`, `dividend_frame` and `frames` give."""
        if not any(map(_has_rows, (splits, dividends, *(others or {}).values()))):
            return cls()
        from rustybt.data.actions import TABLES, splits_of
        from rustybt.data.actions.tables import DIVIDENDS

        tables = (others or {}).items()
        return cls(
            [] if splits is None else splits_of(splits),
            [] if dividends is None else DIVIDENDS.actions(dividends),
            **{name: TABLES[name].actions(frame) for name, frame in tables},
        )

    def frames(self) -> dict[str, pl.DataFrame]:
        """A frame of each kind that there is beside splits and cash dividends, by its name.

        Symbol changes are left out: they belong to the assets.
        """
        from rustybt.data.actions import TABLES

        kinds: dict[str, tuple[Action, ...]] = {
            "stock_dividends": self._stock_dividends.all,
            "mergers": self._mergers.all,
            "spin_offs": self._spin_offs.all,
            "rights": self._rights.all,
            "delistings": self._delistings.all,
        }
        return {name: TABLES[name].frame(actions) for name, actions in kinds.items() if actions}

    # ------------------------------------------------------------------ by asset

    def splits(self, sids: Iterable[int] | None = None) -> tuple[Split, ...]:
        """Splits by effective day, then sid; those of `sids` asset by asset, each by day."""
        return self._splits.of(sids)

    def dividends(self, sids: Iterable[int] | None = None) -> tuple[CashDividend, ...]:
        """Cash dividends by ex day, then sid; those of `sids` asset by asset, each by ex day."""
        return self._dividends.of(sids)

    def stock_dividends(self, sids: Iterable[int] | None = None) -> tuple[StockDividend, ...]:
        """Stock dividends by ex day, then sid; those of `sids` asset by asset."""
        return self._stock_dividends.of(sids)

    def mergers(self, sids: Iterable[int] | None = None) -> tuple[Merger, ...]:
        """Mergers by effective day, then sid; those of `sids` asset by asset."""
        return self._mergers.of(sids)

    def spin_offs(self, sids: Iterable[int] | None = None) -> tuple[SpinOff, ...]:
        """Spin-offs by effective day, then sid; those of the parents `sids` asset by asset."""
        return self._spin_offs.of(sids)

    def rights(self, sids: Iterable[int] | None = None) -> tuple[RightsOffering, ...]:
        """Rights offerings by ex day, then sid; those of `sids` asset by asset."""
        return self._rights.of(sids)

    def delistings(self, sids: Iterable[int] | None = None) -> tuple[Delisting, ...]:
        """Delistings by day, then sid; those of `sids` asset by asset."""
        return self._delistings.of(sids)

    def symbol_changes(self, sids: Iterable[int] | None = None) -> tuple[SymbolChange, ...]:
        """Symbol changes by day, then sid; those of `sids` asset by asset."""
        return self._symbol_changes.of(sids)

    # ------------------------------------------------------------------ by day

    def events_on(self, day: int) -> DayActions | None:
        """Everything that falls on a day; None, as on nearly every day, where nothing does."""
        return self._days.get(day)

    def splits_effective(self, day: int) -> tuple[Split, ...]:
        """Splits whose first session at the new scale is `day`."""
        return self._splits.on.get(day, ())

    def dividends_with_ex(self, day: int) -> tuple[CashDividend, ...]:
        """Dividends whose ex day is `day`."""
        return self._dividends.on.get(day, ())

    def dividends_paid(self, day: int) -> tuple[CashDividend, ...]:
        """Dividends that are paid on `day`."""
        return self._paid_on.get(day, ())

    def stock_dividends_effective(self, day: int) -> tuple[StockDividend, ...]:
        """Stock dividends whose ex day is `day`."""
        return self._stock_dividends.on.get(day, ())

    def stock_dividends_paid(self, day: int) -> tuple[StockDividend, ...]:
        """Stock dividends whose shares arrive on `day`."""
        return self._shares_paid_on.get(day, ())

    def mergers_effective(self, day: int) -> tuple[Merger, ...]:
        """Mergers whose first session after them is `day`."""
        return self._mergers.on.get(day, ())

    def spin_offs_effective(self, day: int) -> tuple[SpinOff, ...]:
        """Spin-offs whose parent trades without the child from `day` on."""
        return self._spin_offs.on.get(day, ())

    def rights_ex(self, day: int) -> tuple[RightsOffering, ...]:
        """Rights offerings whose ex day is `day`."""
        return self._rights.on.get(day, ())

    def rights_expiring(self, day: int) -> tuple[RightsOffering, ...]:
        """Rights offerings whose last day of exercise is `day`."""
        return self._rights_end_on.get(day, ())

    def delistings_on(self, day: int) -> tuple[Delisting, ...]:
        """Delistings whose positions are closed at the end of `day`."""
        return self._delistings.on.get(day, ())

    def symbol_changes_on(self, day: int) -> tuple[SymbolChange, ...]:
        """Symbol changes whose new symbol holds from `day` on."""
        return self._symbol_changes.on.get(day, ())

    # ------------------------------------------------------------------ on history

    def effects(self, sid: int) -> list[Effect]:
        """What the actions of an asset do to its history, by day; new objects at each call."""
        of = (sid,)
        actions: tuple[HistoryAction, ...] = (
            *self._splits.of(of),
            *self._dividends.of(of),
            *self._stock_dividends.of(of),
            *self._rights.of(of),
            *self._spin_offs.of(of),
        )
        if not actions:
            return []
        from rustybt.data.actions import effects_of

        return effects_of(actions)

    def factors(
        self,
        sid: int,
        previous_close: PreviousClose,
        exchange: Exchange,
        *,
        days: range = EVERY_DAY,
    ) -> tuple[Factor, ...]:
        """What history of `sid` is multiplied by, by day; exact.

        A split multiplies earlier prices by its ratio and divides earlier volumes by it, a stock
        dividend likewise. A dividend multiplies earlier prices by ``1 - amount / previous raw
        close``, rights and spin-offs by what is left of that close without the value of what is
        given (`rustybt.data.actions.theory`); without such a close, or where the factor is not
        positive, they change nothing. Mergers, delistings and symbol changes never do.

        Args:
            sid: The asset.
            previous_close: The close before a day, as it read on the eve.
            exchange: Makes money that of the asset it is paid on
                (`rustybt.data.actions.unexchanged` where all of it is).
            days: Those of the actions that count.
        """
        effects = (effect for effect in self.effects(sid) if effect.day in days)
        found = (effect.factor(previous_close, exchange) for effect in effects)
        return tuple(factor for factor in found if factor is not None)

    # ------------------------------------------------------------------ private

    def _by_day(self) -> dict[int, DayActions]:
        sources: dict[str, Mapping[int, tuple[Action, ...]]] = {
            "splits": self._splits.on,
            "dividends": self._dividends.on,
            "dividends_paid": self._paid_on,
            "stock_dividends": self._stock_dividends.on,
            "stock_dividends_paid": self._shares_paid_on,
            "mergers": self._mergers.on,
            "spin_offs": self._spin_offs.on,
            "rights": self._rights.on,
            "rights_expiring": self._rights_end_on,
            "delistings": self._delistings.on,
            "symbol_changes": self._symbol_changes.on,
        }
        facts: dict[int, dict[str, Any]] = {}
        for name, on in sources.items():
            for day, actions in on.items():
                facts.setdefault(day, {})[name] = actions
        return {day: DayActions(**of_day) for day, of_day in facts.items()}


_ARGUMENTS: Final = {
    "Split": "splits",
    "CashDividend": "dividends",
    "StockDividend": "stock_dividends",
    "Merger": "mergers",
    "SpinOff": "spin_offs",
    "RightsOffering": "rights",
    "Delisting": "delistings",
    "SymbolChange": "symbol_changes",
}
"""For each kind of action the argument of `Adjustments`."""


def _has_rows(frame: pl.DataFrame | None) -> bool:
    return frame is not None and not frame.is_empty()


def _effective(action: Split | Merger | SpinOff | Delisting | SymbolChange) -> int:
    return action.effective


def _ex(action: CashDividend | StockDividend | RightsOffering) -> int:
    return action.ex


def _pay(action: CashDividend | StockDividend) -> int:
    return action.pay


def _expiry(action: RightsOffering) -> int:
    return action.expiry
