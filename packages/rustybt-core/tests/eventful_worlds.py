"""Random markets in which shares split, merge, spin off, grant rights and end."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from markets import MONDAY, Market
from random_runs import Case, Conditions, cases, opening
from worlds import ENDING, SHARE, World, worlds

from rustybt.calendars import to_day
from rustybt.data.actions import (
    Action,
    CashDividend,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.data.adjustments import Adjustments
from rustybt.values import Ratio

BOTH_WAYS = st.sampled_from(((SHARE.sid, ENDING.sid), (ENDING.sid, SHARE.sid)))
RATIOS = st.sampled_from(("1/2", "2/3", "1", "3", "7/5", "1/7")).map(Ratio.parse)
PRICES = st.integers(1, 9_000).map(lambda cents: Decimal(cents).scaleb(-2))
LOW_PRICES = st.integers(1, 400).map(lambda cents: Decimal(cents).scaleb(-2))
FRACTIONS = st.sampled_from(("cash", "cash", "drop", "round_up"))


@dataclass(frozen=True, kw_only=True)
class EventfulWorld(World):
    """A market with corporate actions of every kind.

    Attributes:
        actions: Those of the two shares.
    """

    actions: tuple[Action, ...]

    def market(self) -> Market:
        """The market as a bundle."""
        made = super().market()
        adjustments = Adjustments.of((*self.events, *self.actions))
        return replace(made, bundle=replace(made.bundle, adjustments=adjustments))


def _merger(pair: tuple[int, int], day: int, fractions: Any, *terms: Any) -> Merger:
    cash, ratio = terms
    acquirer = None if ratio is None else pair[1]
    return Merger(
        sid=pair[0],
        effective=day,
        cash=cash,
        acquirer=acquirer,
        ratio=ratio,
        fractions=fractions,
    )


@st.composite
def actions(draw: st.DrawFn, days: st.SearchStrategy[int]) -> Action:
    """An action of one share, which may bring units of the other one."""
    pair, day, fractions = draw(BOTH_WAYS), draw(days), draw(FRACTIONS)
    wait, ratio = draw(st.integers(0, 4)), draw(RATIOS)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "split": st.builds(Split, sid=st.just(pair[0]), effective=st.just(day), ratio=RATIOS),
        "dividend": st.builds(
            CashDividend,
            **_on_days(pair, day, wait),
            amount=LOW_PRICES,
        ),
        "stock dividend": st.builds(
            StockDividend,
            **_on_days(pair, day, wait),
            ratio=RATIOS,
            fractions=st.just(fractions),
        ),
        "merger": (st.tuples(PRICES, st.none() | st.just(ratio)) | st.just((None, ratio))).map(
            lambda terms: _merger(pair, day, fractions, *terms)
        ),
        "spin-off": st.builds(
            SpinOff,
            sid=st.just(pair[0]),
            effective=st.just(day),
            child=st.just(pair[1]),
            ratio=RATIOS,
            cost_share=st.sampled_from((None, "1/3", "1")).map(_share),
            child_price=st.none() | PRICES,
            fractions=st.just(fractions),
        ),
        "rights": st.builds(
            RightsOffering,
            sid=st.just(pair[0]),
            ex=st.just(day),
            expiry=st.just(day + wait),
            price=LOW_PRICES,
            ratio=RATIOS,
            rights_sid=st.sampled_from((None, pair[1])),
            fractions=st.just(fractions),
        ),
        "delisting": st.builds(
            Delisting,
            sid=st.just(pair[0]),
            effective=st.just(day + wait),
            price=st.none() | st.just(Decimal(0)) | PRICES,
        ),
    }
    action: Action = draw(kinds[draw(st.sampled_from((*kinds, "spin-off", "rights", "rights")))])
    return action


def _on_days(pair: tuple[int, int], day: int, wait: int) -> dict[str, st.SearchStrategy[int]]:
    """The fields of a dividend that the choice of a share and of its days makes."""
    return {"sid": st.just(pair[0]), "ex": st.just(day), "pay": st.just(day + wait)}


def _share(text: str | None) -> Ratio | None:
    return None if text is None else Ratio.parse(text)


@st.composite
def eventful_worlds(draw: st.DrawFn) -> EventfulWorld:
    """A market with up to five actions beside its splits and dividends."""
    world = draw(worlds())
    first = to_day(MONDAY)
    days = st.integers(first + 1, first + max(world.sessions, 3))
    drawn = draw(st.lists(actions(days), min_size=1, max_size=5, unique_by=_unlike))
    fields = {name: getattr(world, name) for name in World.__dataclass_fields__}
    return EventfulWorld(**fields, actions=tuple(drawn))


def _unlike(action: Any) -> Any:
    """Offerings of one share with the same last day have to be alike."""
    if isinstance(action, RightsOffering):
        return action.sid, action.expiry
    return id(action)


@st.composite
def eventful_cases(draw: st.DrawFn, given: st.SearchStrategy[Conditions] | None = None) -> Case:
    """A run that holds both shares from the start."""
    case = draw(cases(market=eventful_worlds(), given=given))
    amounts = st.integers(-99, 99).filter(bool)
    first = [opening(share.symbol, draw(amounts)) for share in (SHARE, ENDING)]
    return replace(case, program=(*first, *case.program))
