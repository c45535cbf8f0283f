"""Laws that hold for every sequence of events, under both arithmetics and both sets of rules."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from finance.books import AAA, BBB, DECIMAL, FLOAT, ZIPLINE_RULES, Desk, Rules, desk
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.finance.accounts import commodity_of
from rustybt.finance.journal import replay
from rustybt.finance.returns import ReturnChain
from rustybt.values import Arithmetic

prices = st.decimals("0.01", "1000", places=4)


@dataclass(frozen=True)
class Step:
    """One session's happenings, applied in this order."""

    asset: Asset
    amount: int
    price: object
    commission: object
    split: str | None
    dividend: object | None

    def apply(self, book: Desk, day: int) -> None:
        dividends = []
        if self.dividend is not None:
            dividends = [book.dividend(self.asset, self.dividend, pay=day + 1)]
        book.ledger.start_session(day=day, at=book.tick(), dividends=dividends)
        if self.split is not None:
            book.split(self.asset, self.split)
        book.fill(self.asset, self.amount, self.price)
        book.charge(self.asset, self.commission)


steps = st.lists(
    st.builds(
        Step,
        asset=st.sampled_from((AAA, BBB)),
        amount=st.integers(-500, 500).filter(bool),
        price=prices,
        commission=st.decimals("0", "10", places=4),
        split=st.sampled_from((None, "1/2", "2/3", "5", "7/3")),
        dividend=st.none() | prices,
    ),
    max_size=12,
)
rules = pytest.mark.parametrize("rules", [{}, ZIPLINE_RULES], ids=["standard", "zipline"])
both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])


def life(history: list[Step], arithmetic: Arithmetic, **options: Any) -> Desk:
    book = desk(1_000_000, arithmetic=arithmetic, **options)
    for day, step in enumerate(history):
        step.apply(book, day)
    return book


@rules
@both
@given(history=steps)
def test_replay_gives_cash_positions_and_receivables_to_the_last_bit(
    rules: Rules, arithmetic: Arithmetic, history: list[Step]
) -> None:
    book = life(history, arithmetic, **rules)
    ledger, state = book.ledger, replay(book.journal)
    assert state.cash.get("USD", 0) == ledger.cash
    assert state.receivables.get("USD", 0) == ledger.receivables
    assert state.positions == {
        commodity_of(asset): held.amount for asset, held in ledger.positions.items()
    }


@both
@given(history=steps)
def test_cash_and_positions_and_receivables_are_the_value(
    arithmetic: Arithmetic, history: list[Step]
) -> None:
    ledger = life(history, arithmetic).ledger
    worth = sum(
        arithmetic.notional(held.amount, held.last_price) for held in ledger.positions.values()
    )
    assert ledger.portfolio_value() == pytest.approx(
        ledger.cash + worth + ledger.receivables, rel=1e-12, abs=1e-6
    )


@rules
@given(history=steps)
def test_the_journal_changes_nothing(rules: Rules, history: list[Step]) -> None:
    kept, unkept = (life(history, DECIMAL, journal=journal, **rules) for journal in (True, False))
    assert kept.ledger.cash == unkept.ledger.cash
    assert kept.ledger.portfolio_value() == unkept.ledger.portfolio_value()
    assert {asset: held.cost_basis() for asset, held in kept.ledger.positions.items()} == {
        asset: held.cost_basis() for asset, held in unkept.ledger.positions.items()
    }


@rules
@given(history=steps)
def test_both_arithmetics_tell_the_same_story(rules: Rules, history: list[Step]) -> None:
    exact, rough = (life(history, arithmetic, **rules) for arithmetic in (DECIMAL, FLOAT))
    # Cash in lieu on half a cent: floats lie on one side of it or the other, zipline's always do.
    half_cents = 0 if rules else sum(step.split is not None for step in history)
    slack = 1e-6 + 0.01 * half_cents
    assert float(exact.cash) == pytest.approx(rough.ledger.cash, rel=1e-9, abs=slack)
    assert list(exact.ledger.positions) == list(rough.ledger.positions)
    for asset, held in exact.ledger.positions.items():
        assert float(exact.amount(asset)) == rough.ledger.positions[asset].amount
        assert float(held.cost_basis()) == pytest.approx(
            rough.ledger.positions[asset].cost_basis(), rel=1e-7, abs=1e-6
        )


@given(
    flows=st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)), max_size=8),
    start=st.integers(1, 10**9),
    end=st.integers(1, 10**9),
)
def test_returns_are_the_product_of_the_periods_between_flows(
    flows: list[tuple[int, int]], start: int, end: int
) -> None:
    chain, rough = ReturnChain(DECIMAL, start), ReturnChain(FLOAT, float(start))
    growth, base = Fraction(1), start
    for before, after in flows:
        chain.cut(before, after)
        rough.cut(float(before), float(after))
        growth, base = growth * Fraction(before, base), after
    growth *= Fraction(end, base)
    assert Fraction(chain.value(end)) == Fraction(round((growth - 1) * 10**16), 10**16)
    assert 1 + rough.value(float(end)) == pytest.approx(float(growth), rel=1e-12)
