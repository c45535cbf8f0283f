"""Random lives of a book in which corporate actions happen, and tax lots that follow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finance.books import AAA, BBB, COIN, DECIMAL, FORK, RTS, Desk, desk
from hypothesis import strategies as st

from rustybt.finance.action_events import (
    Merged,
    ReturnOfCapital,
    RightsExercised,
    RightsGranted,
    RightsLapsed,
    RightsSold,
    SharesDistributed,
    SpunOff,
)

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.values import Arithmetic

EXPIRY = 30
SHARES = (AAA, BBB)
COINS = (COIN, FORK)


@dataclass(frozen=True)
class Trade:
    """A fill."""

    asset: Asset
    amount: Any
    price: Any

    def apply(self, book: Desk) -> None:
        book.fill(self.asset, self.amount, self.price)


@dataclass(frozen=True)
class Mark:
    """Prices move."""

    asset: Asset
    price: Any

    def apply(self, book: Desk) -> None:
        book.mark(self.asset, self.price)


@dataclass(frozen=True)
class Action:
    """A corporate action."""

    kind: type[Any]
    asset: Asset
    terms: dict[str, Any]

    def apply(self, book: Desk) -> None:
        book.act(self.kind, self.asset, **self.terms)


prices = st.decimals("0.01", "1000", places=4)
ratios = st.sampled_from(("1/2", "2/3", "5", "7/3", "1/7", "10", "0.6666666666666666"))
rates = st.sampled_from(("1/20", "1/2", "1/3", "3", "0.29"))
fractions = st.sampled_from(("cash", "cash", "drop", "round_up"))
shares_of_cost = st.sampled_from((None, "1/3", "1/7", "1"))
shares = st.sampled_from((*SHARES, RTS))


def _terms(**terms: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(terms)


def _pairs(assets: tuple[Asset, Asset]) -> st.SearchStrategy[tuple[Asset, Asset]]:
    return st.sampled_from((assets, assets[::-1]))


trades = st.builds(Trade, shares, st.integers(-500, 500).filter(bool), prices) | st.builds(
    Trade, st.sampled_from(COINS), st.decimals("-3", "3", places=8).filter(bool), prices
)
marks = st.builds(Mark, st.sampled_from((*SHARES, RTS, *COINS)), prices)
distributions = st.builds(
    Action,
    st.just(SharesDistributed),
    st.sampled_from((*SHARES, *COINS)),
    _terms(pay=st.just(20), ratio=rates, fractions=fractions),
)
returns = st.builds(
    Action, st.just(ReturnOfCapital), st.sampled_from((*SHARES, *COINS)), _terms(per_share=prices)
)


def _mergers_of(pair: tuple[Asset, Asset]) -> st.SearchStrategy[Action]:
    both = _terms(
        into=st.just(pair[1]),
        ratio=ratios,
        cash=st.none() | prices,
        price=st.none() | prices,
        fractions=fractions,
    )
    return st.builds(Action, st.just(Merged), st.just(pair[0]), both | _terms(cash=prices))


def _spin_offs_of(pair: tuple[Asset, Asset]) -> st.SearchStrategy[Action]:
    terms = _terms(
        child=st.just(pair[1]),
        ratio=ratios,
        cost_share=shares_of_cost,
        price=st.none() | prices,
        fractions=fractions,
    )
    return st.builds(Action, st.just(SpunOff), st.just(pair[0]), terms)


pairs = _pairs((AAA, BBB)) | _pairs((COIN, FORK))
mergers = pairs.flatmap(_mergers_of)
spin_offs = pairs.flatmap(_spin_offs_of)
_rights = st.sampled_from((RTS, None))
grants = st.builds(
    Action,
    st.just(RightsGranted),
    st.sampled_from(SHARES),
    _terms(
        expiry=st.just(EXPIRY),
        ratio=st.just("1/2"),
        rights=_rights,
        cost_share=shares_of_cost,
        price=st.none() | prices,
        fractions=fractions,
    ),
)
exercises = st.builds(
    Action,
    st.just(RightsExercised),
    st.sampled_from(SHARES),
    _terms(
        expiry=st.just(EXPIRY),
        ratio=ratios,
        price=prices,
        rights=_rights,
        market=st.none() | prices,
        fractions=fractions,
    ),
)
ends = st.builds(
    Action,
    st.just(RightsSold),
    st.sampled_from(SHARES),
    _terms(expiry=st.just(EXPIRY), price=prices, rights=_rights),
) | st.builds(
    Action,
    st.just(RightsLapsed),
    st.sampled_from(SHARES),
    _terms(expiry=st.just(EXPIRY), rights=_rights),
)
offerings = grants | exercises | ends
actions = distributions | returns | mergers | spin_offs
lives = st.lists(trades | trades | marks | actions | offerings, max_size=14)
lot_lives = st.lists(trades | trades | marks | actions, max_size=14)


def live(life: list[Any], arithmetic: Arithmetic = DECIMAL, **rules: Any) -> Desk:
    """A book after a life."""
    book = desk(1_000_000, arithmetic=arithmetic, **rules)
    for event in life:
        event.apply(book)
    return book
