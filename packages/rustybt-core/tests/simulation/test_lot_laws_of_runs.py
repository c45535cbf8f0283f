"""Laws of the lots and round trips of whole runs with every kind of corporate action."""

from decimal import Decimal
from typing import Any, get_args

import polars as pl
import pytest
from eventful_worlds import eventful_cases
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from markets import Played
from random_runs import Case, conditions

from rustybt import BacktestResult
from rustybt.finance.lot_book import LotBook
from rustybt.finance.lots import LotMethod
from rustybt.simulation.trips.round_trips import RoundTrips, multiplier_of
from rustybt.simulation.trips.run_records import arithmetic_of, marks_of, positions_of, records_of
from rustybt.simulation.trips.trades import followed
from rustybt.values import Num

CAPITAL = 50_000
METHODS: tuple[LotMethod, ...] = get_args(LotMethod)
methods = st.sampled_from(METHODS)
eventful = eventful_cases()
standard = eventful_cases(conditions(rules=("standard",)))


def trips_of(result: BacktestResult, method: LotMethod = "fifo") -> RoundTrips:
    arithmetic = arithmetic_of(result.tables)
    records = records_of(result.tables.events, result.assets, arithmetic)
    return followed(records, arithmetic, method)


def total(frame: pl.DataFrame, column: str) -> Any:
    return sum(frame[column].to_list())


def near(value: Any, expected: Any) -> bool:
    """Equal; in floats, equal but for the order of additions."""
    if isinstance(value, Decimal):
        return bool(value == expected)
    return bool(value == pytest.approx(expected, rel=1e-9, abs=1e-5))


@whole_run
@given(case=eventful, method=methods)
def test_lots_add_up_to_the_positions_of_every_session(case: Case, method: LotMethod) -> None:
    """A run that ends with a session is the beginning of the longer run."""
    for session in case.run().result.performance["session"]:
        result = case.run(end=session).result
        book, held = trips_of(result, method).book, positions_of(result.tables, result.assets)
        assert {asset: float(book.amount(asset)) for asset in book.assets} == pytest.approx(
            {asset: float(amount) for asset, amount in held.items()}, rel=1e-9
        )
        for asset in held:
            lots = book.lots(asset)
            assert near_amount(sum(lot.amount for lot in lots), held[asset])
            assert all(lot.amount * held[asset] >= 0 for lot in lots)


def near_amount(value: Num, expected: Num) -> bool:
    if isinstance(expected, int):
        return value == expected
    return bool(value == pytest.approx(expected, rel=1e-9))


@whole_run
@given(case=standard, method=methods)
def test_round_trips_explain_the_whole_profit(case: Case, method: LotMethod) -> None:
    played = case.run(lots=method)
    value = played.column("portfolio_value")[-1]
    assert near(value - CAPITAL, total(played.result.trades, "net_pnl"))


@whole_run
@given(case=eventful_cases(conditions(rules=("zipline",))))
def test_zipline_leaves_out_what_is_owed(case: Case) -> None:
    played = case.run()
    journal = played.result.journal
    assert journal is not None
    owed = journal.filter(pl.col("account") == "receivable:dividends")
    value = float(played.column("portfolio_value")[-1]) + float(total(owed, "amount"))
    made = float(total(played.result.trades, "net_pnl"))
    assert made == pytest.approx(value - CAPITAL, rel=1e-9, abs=1e-5)


@whole_run
@given(case=eventful)
def test_net_is_gross_and_dividends_less_costs(case: Case) -> None:
    found = case.run().result.trades
    columns = ("net_pnl", "gross_pnl", "dividends", "commission", "other_costs")
    for net, gross, dividends, commission, costs in found.select(columns).iter_rows():
        assert near(net, gross + dividends - commission - costs)


@whole_run
@given(case=eventful, method=methods)
def test_lots_realise_what_round_trips_make(case: Case, method: LotMethod) -> None:
    result = case.run(lots=method).result
    book, arithmetic = trips_of(result, method).book, arithmetic_of(result.tables)
    made = sum((part.gross_pnl for part in book.closed), arithmetic.zero)
    made += unrealised(book, result)
    expected = arithmetic.money_value(made)
    assert near(expected, total(result.trades, "gross_pnl"))
    assert len(result.lots) == total(result.trades, "lots")


def unrealised(book: LotBook, result: BacktestResult) -> Num:
    """What is held at the marks of the end, less what it cost without commissions."""
    arithmetic, marks = arithmetic_of(result.tables), marks_of(result.tables, result.assets)
    made = arithmetic.zero
    for asset in book.assets:
        worth = arithmetic.notional(book.amount(asset), marks[asset], multiplier_of(asset))
        made += worth - book.cost(asset) + book.commission(asset)
    return made


@whole_run
@given(case=eventful, method=methods)
def test_without_a_journal_it_is_the_same(case: Case, method: LotMethod) -> None:
    kept, unkept = (case.run(journal=journal, lots=method).result for journal in (True, False))
    assert kept.journal is not None
    assert unkept.journal is None
    assert same(kept.trades, unkept.trades)
    assert same(kept.lots, unkept.lots)


ORDER_IDS = ("entry_order", "exit_order")


def same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Equal but for the ids of orders, which are drawn anew."""
    ids = [name for name in ORDER_IDS if name in one.columns]
    return one.drop(ids).equals(other.drop(ids), null_equal=True)


@whole_run
@given(case=standard)
def test_every_method_makes_the_same_in_all(case: Case) -> None:
    made = {method: total(case.run(lots=method).result.trades, "net_pnl") for method in METHODS}
    assert all(near(each, made["fifo"]) for each in made.values())


@whole_run
@given(case=eventful)
def test_holding_periods_begin_before_they_end(case: Case) -> None:
    played: Played = case.run()
    for frame in (played.result.trades, played.result.lots):
        for begin, end in frame.select("entry_dt", "exit_dt").iter_rows():
            assert end is None or begin <= end
