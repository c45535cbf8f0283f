from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from finance.books import AAA, DECIMAL, FLOAT, desk

from rustybt.errors import CorruptStateError, UnbalancedPosting
from rustybt.finance.accounts import commodity_of
from rustybt.finance.journal import Journal, Posting, replay


def test_an_entry_comes_back_as_postings_that_carry_its_time_strategy_and_cause() -> None:
    journal = Journal(DECIMAL)
    legs = [("assets:cash", "USD", 5), ("equity:capital", "USD", -5)]
    journal.append(at=7, strategy="s", cause="first", legs=legs)
    assert journal.append(at=8, strategy="s", cause="second", legs=legs) == (
        Posting(1, 8, "assets:cash", "USD", 5, "s", "second"),
        Posting(1, 8, "equity:capital", "USD", -5, "s", "second"),
    )
    assert [posting.entry for posting in journal] == [0, 0, 1, 1]
    assert len(journal) == 2


def test_an_entry_out_of_balance_is_refused_and_nothing_is_kept_of_it() -> None:
    journal = Journal(DECIMAL)
    legs = [("assets:cash", "USD", 5), ("equity:capital", "USD", -4)]
    with pytest.raises(UnbalancedPosting) as failure:
        journal.append(at=7, strategy="s", cause="c", legs=legs)
    assert isinstance(failure.value, CorruptStateError)
    assert (failure.value.entry, failure.value.commodity, failure.value.difference) == (0, "USD", 1)
    assert list(journal) == []


def test_two_commodities_do_not_balance_each_other() -> None:
    legs = [("assets:cash", "USD", 5), ("assets:cash", "EUR", -5)]
    with pytest.raises(UnbalancedPosting):
        Journal(DECIMAL).append(at=7, strategy="s", cause="c", legs=legs)


@pytest.mark.parametrize(("difference", "balanced"), [(1e-7, True), (1e-3, False)])
def test_floats_balance_within_a_relative_tolerance(difference: float, balanced: bool) -> None:
    journal = Journal(FLOAT)
    legs = [("assets:cash", "USD", 1000.0 + difference), ("equity:capital", "USD", -1000.0)]
    if balanced:
        journal.append(at=7, strategy="s", cause="c", legs=legs)
    else:
        with pytest.raises(UnbalancedPosting):
            journal.append(at=7, strategy="s", cause="c", legs=legs)


def test_a_bought_share_makes_four_postings() -> None:
    book = desk()
    share, trading = commodity_of(AAA), f"trading:{commodity_of(AAA)}"
    postings = book.fill(AAA, 7, "181.59")
    assert share == "equity:NYSE:AAA:2019-01-02"
    assert [(row.account, row.commodity, row.amount) for row in postings] == [
        ("assets:cash", "USD", -1271_1300000000000000),
        (trading, "USD", 1271_1300000000000000),
        ("assets:position", share, 7_00000000),
        (trading, share, -7_00000000),
    ]
    assert {(row.entry, row.strategy, row.cause) for row in postings} == {
        (1, "carry", "fill:order-1#1")
    }


def test_the_frame_holds_exact_decimals() -> None:
    book = desk()
    book.fill(AAA, 7, "181.59")
    book.charge(AAA, "0.007")
    frame = book.journal.frame()
    assert frame.schema == {
        "entry": pl.Int64,
        "at": pl.Datetime("ns", "UTC"),
        "account": pl.String,
        "commodity": pl.String,
        "amount": pl.Decimal(38, 16),
        "strategy": pl.String,
        "cause": pl.String,
    }
    cash = frame.filter(pl.col("account") == "assets:cash")["amount"]
    assert cash.to_list() == [Decimal(100_000), Decimal("-1271.13"), Decimal("-0.007")]
    assert frame.filter(pl.col("account") == "assets:position")["amount"].to_list() == [Decimal(7)]
    assert frame["at"][-1] == datetime(1970, 1, 1, tzinfo=UTC)
    assert frame["cause"].unique(maintain_order=True).to_list() == [
        "capital", "fill:order-1#1", "commission:order-1",
    ]  # fmt: skip


def test_the_frame_of_a_float_book_holds_floats() -> None:
    book = desk(arithmetic=FLOAT)
    book.fill(AAA, 7, 181.59)
    frame = book.journal.frame()
    assert frame["amount"].to_list() == [100_000.0, -100_000.0, -1271.13, 1271.13, 7.0, -7.0]


def test_the_frame_of_an_empty_journal_has_the_same_columns() -> None:
    assert Journal(DECIMAL).frame().schema == desk().journal.frame().schema


def test_replay_of_the_beginning_is_the_state_of_that_time() -> None:
    book = desk()
    book.fill(AAA, 7, 100)
    before = list(book.journal)
    book.fill(AAA, -7, 110)
    state = replay(before)
    assert state.cash == {"USD": DECIMAL.money(99_300)}
    assert state.positions == {commodity_of(AAA): DECIMAL.amount(7)}
    state = replay(book.journal)
    assert state.cash == {"USD": DECIMAL.money(100_070)}
    assert (state.positions, state.receivables) == ({}, {})


def test_a_book_without_a_journal_posts_nothing_and_counts_the_same() -> None:
    kept, unkept = desk(), desk(journal=False)
    assert unkept.ledger.journal is None
    for book in (kept, unkept):
        book.fill(AAA, 101, "95.67")
        book.charge(AAA, "0.101")
        book.split(AAA, "2/3")
    assert unkept.fill(AAA, 1, 64) == ()
    kept.fill(AAA, 1, 64)
    assert (unkept.cash, unkept.value) == (kept.cash, kept.value)
    assert unkept.cost_basis(AAA) == kept.cost_basis(AAA)
