"""Laws of corporate actions, for random books under both arithmetics and both sets of rules."""

from typing import Any

import pytest
from finance.action_lives import (
    Trade,
    live,
    lives,
    lot_lives,
    pairs,
    prices,
    rates,
    ratios,
    shares,
    trades,
)
from finance.books import (
    AAA,
    BBB,
    COIN,
    DECIMAL,
    FLOAT,
    FORK,
    RTS,
    ZIPLINE_RULES,
    Desk,
    Rules,
    desk,
)
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.finance.accounts import commodity_of
from rustybt.finance.action_events import (
    Merged,
    ReturnOfCapital,
    RightsExercised,
    RightsGranted,
    SharesDistributed,
    SpunOff,
)
from rustybt.finance.journal import replay
from rustybt.finance.lot_book import LotBook
from rustybt.values import Arithmetic, Num

rules = pytest.mark.parametrize("rules", [{}, ZIPLINE_RULES], ids=["standard", "zipline"])
both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
CENT = DECIMAL.money("0.005")
OTHER = {AAA: BBB, BBB: AAA, RTS: AAA, COIN: FORK, FORK: COIN}
amounts = st.integers(-500, 500).filter(bool)


@rules
@both
@given(life=lives)
def test_every_entry_balances_and_replay_gives_the_book(
    rules: Rules, arithmetic: Arithmetic, life: list[Any]
) -> None:
    book = live(life, arithmetic, **rules)
    sums: dict[tuple[int, str], Num] = {}
    for posting in book.journal:
        key = posting.entry, posting.commodity
        sums[key] = sums.get(key, 0) + posting.amount
    if arithmetic.exact:
        assert not any(sums.values())
    state = replay(book.journal)
    assert state.cash.get("USD", 0) == book.ledger.cash
    assert state.positions == {
        commodity_of(asset): held.amount for asset, held in book.ledger.positions.items()
    }


@rules
@given(life=lives)
def test_the_journal_changes_nothing(rules: Rules, life: list[Any]) -> None:
    kept, unkept = (live(life, journal=journal, **rules).ledger for journal in (True, False))
    assert (kept.cash, kept.portfolio_value()) == (unkept.cash, unkept.portfolio_value())
    assert [held.total_cost() for held in kept.positions.values()] == [
        held.total_cost() for held in unkept.positions.values()
    ]


@given(life=lives)
def test_caches_are_right_after_every_event(life: list[Any]) -> None:
    book = desk(1_000_000)
    ledger = book.ledger
    for event in life:
        event.apply(book)
        worth = sum(held.exposure() for held in ledger.positions.values())
        assert ledger.totals().net_value == worth
        assert ledger.portfolio_value() == ledger.cash + worth
        columns = ledger.position_columns()
        assert columns.amounts == tuple(held.amount for held in ledger.positions.values())
        assert all(columns.amounts)
        assert columns.cost_bases == tuple(
            DECIMAL.unit_cost(held.total_cost(), held.amount) for held in ledger.positions.values()
        )


@given(life=lives)
def test_no_money_is_made_but_by_prices(life: list[Any]) -> None:
    """What all trading accounts took in is what left cash: the journal explains every cent."""
    book = live(life)
    traded = sum(
        posting.amount
        for posting in book.journal
        if posting.account.startswith("trading:") and posting.commodity == "USD"
    )
    assert book.ledger.cash == DECIMAL.money(1_000_000) - traded


# ---------------------------------------------------------------------- cost


@given(life=lot_lives)
def test_positions_cost_what_their_tax_lots_cost_on_average(life: list[Any]) -> None:
    """The lots follow the same laws in code of their own; they may be off by a last digit."""
    book, lots = desk(1_000_000), LotBook(DECIMAL, "average")
    book.ledger.follow = lots.act  # type: ignore[assignment] # no money is paid but by actions
    for event in life:
        tell(lots, event)
        event.apply(book)
        assert set(lots.assets) == set(book.ledger.positions)
        for asset, held in book.ledger.positions.items():
            assert lots.amount(asset) == held.amount
            assert abs(lots.cost(asset) - held.total_cost()) <= 100 * len(life)


def tell(lots: LotBook, event: Any) -> None:
    """Let the lots know of a trade, which a book does not tell."""
    if isinstance(event, Trade):
        amount, price = DECIMAL.amount(event.amount), DECIMAL.price(event.price)
        lots.execute(event.asset, amount, price, 1, None)


@rules
@both
@given(amount=amounts, pair=pairs, share=st.sampled_from((None, "1/3", "1")), price=prices)
def test_units_that_all_arrive_cost_in_all_what_they_did(
    rules: Rules, arithmetic: Arithmetic, amount: int, pair: Any, share: Any, price: Any
) -> None:
    book = desk(arithmetic=arithmetic, **rules)
    book.fill(pair[0], amount, price)
    before = book.ledger.positions[pair[0]].total_cost()
    book.act(SpunOff, pair[0], child=pair[1], ratio=2, cost_share=share, price=price)
    book.act(Merged, pair[0], into=RTS, ratio=3, price=price, fractions="round_up")
    after = sum(held.total_cost() for held in book.ledger.positions.values())
    if arithmetic.exact and not rules:
        assert after == before
    assert after == pytest.approx(before, rel=1e-9)


# ---------------------------------------------------------------------- value


def moved(book: Desk, kind: type[Any], asset: Asset, **terms: Any) -> Num:
    """What an action changes the value of a book by."""
    before = book.ledger.portfolio_value()
    book.act(kind, asset, **terms)
    return book.ledger.portfolio_value() - before


@given(amount=amounts, mark=prices, ratio=ratios, part=st.integers(0, 10))
def test_a_merger_at_the_fair_price_keeps_the_value(
    amount: int, mark: Any, ratio: str, part: int
) -> None:
    book = desk()
    book.fill(AAA, amount, "12.34")
    book.mark(AAA, mark)
    change = moved(book, Merged, AAA, into=BBB, ratio=ratio, cash=mark * part / 10)
    assert abs(change) <= CENT + slack(amount)


@given(amount=amounts, mark=prices, ratio=ratios, part=st.integers(0, 10))
def test_a_spin_off_keeps_the_value(amount: int, mark: Any, ratio: str, part: int) -> None:
    book = desk()
    book.fill(AAA, amount, "12.34")
    book.mark(AAA, mark)
    price = mark * part / 100  # of at most ten
    assert abs(moved(book, SpunOff, AAA, child=BBB, ratio=ratio, price=price)) <= CENT + slack(
        amount
    )


@given(amount=amounts, mark=prices, rate=rates, part=st.integers(0, 10))
def test_distributions_keep_the_value(amount: int, mark: Any, rate: str, part: int) -> None:
    book = desk()
    book.fill(AAA, amount, "12.34")
    book.mark(AAA, mark)
    assert abs(moved(book, ReturnOfCapital, AAA, per_share=mark * part / 10)) <= slack(amount)
    change = moved(book, SharesDistributed, AAA, pay=20, ratio=rate)
    assert abs(change) <= CENT + slack(amount)


@given(amount=amounts, mark=st.integers(20, 900), price=st.integers(1, 20), new=st.integers(1, 5))
def test_an_offering_at_the_price_of_its_rights_keeps_the_value(
    amount: int, mark: int, price: int, new: int
) -> None:
    # With one new share for `new` rights a right is worth (mark - price) / (new + 1).
    book = desk()
    book.fill(AAA, amount, "12.34")
    book.mark(AAA, mark)
    right = DECIMAL.quotient(mark - price, new + 1)
    terms: dict[str, Any] = {"expiry": 30, "rights": RTS}
    assert abs(moved(book, RightsGranted, AAA, ratio=1, price=right, **terms)) <= slack(amount)
    change = moved(
        book, RightsExercised, AAA, ratio=f"1/{new}", price=price, fractions="cash", **terms
    )
    assert abs(change) <= CENT + slack(amount)


def slack(amount: int) -> Num:
    """Prices are rounded at their twelfth decimal, for so many units and at most ten times more."""
    return DECIMAL.money("0.000000000020") * (abs(amount) + 1)


# ---------------------------------------------------------------------- nothing


@rules
@both
@given(life=lives, asset=shares, ratio=ratios, price=prices)
def test_an_action_on_nothing_does_nothing(
    rules: Rules, arithmetic: Arithmetic, life: list[Any], asset: Asset, ratio: str, price: Any
) -> None:
    book = live(life, arithmetic, **rules)
    if asset in book.ledger.positions:
        book.close_out(asset)
    before = picture(book)
    other = OTHER[asset]
    assert book.act(Merged, asset, into=other, ratio=ratio, cash=price, price=price) == ()
    assert book.act(Merged, asset, cash=price) == ()
    assert book.act(SpunOff, asset, child=other, ratio=ratio, price=price) == ()
    assert book.act(ReturnOfCapital, asset, per_share=price) == ()
    assert book.act(SharesDistributed, asset, pay=20, ratio=ratio) == ()
    assert picture(book) == before


def picture(book: Desk) -> Any:
    ledger = book.ledger
    held = [
        (asset, position.amount, position.total_cost(), position.last_price)
        for asset, position in ledger.positions.items()
    ]
    return held, dict(ledger.balances), ledger.portfolio_value(), len(book.journal)


@given(trade=trades, price=prices)
def test_a_merger_of_one_for_one_is_a_new_name(trade: Trade, price: Any) -> None:
    book = desk()
    trade.apply(book)
    book.mark(trade.asset, price)
    (before,) = picture(book)[0]
    value = book.ledger.portfolio_value()
    new = OTHER[trade.asset]
    book.act(Merged, trade.asset, into=new, ratio=1)
    assert picture(book)[0] == [(new, *before[1:])]
    assert book.ledger.portfolio_value() == value


@rules
@given(life=lives)
def test_both_arithmetics_tell_the_same_story(rules: Rules, life: list[Any]) -> None:
    whole = [event for event in life if event.asset not in (COIN, FORK)]
    exact, rough = (live(whole, arithmetic, **rules) for arithmetic in (DECIMAL, FLOAT))
    # Cash in lieu on half a cent: a float lies on one side of it or the other.
    slack = 1e-4 + 0.01 * len(whole)
    assert float(exact.cash) == pytest.approx(rough.ledger.cash, rel=1e-9, abs=slack)
    assert list(exact.ledger.positions) == list(rough.ledger.positions)
    for asset, held in rough.ledger.positions.items():
        assert float(exact.amount(asset)) == held.amount
        assert float(exact.cost(asset)) == pytest.approx(held.total_cost(), rel=1e-7, abs=1e-4)
