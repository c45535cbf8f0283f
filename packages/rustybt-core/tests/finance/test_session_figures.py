"""One session by hand, under both rules.

100,000; 100 AAA bought at 50 and charged 1. Next session: AAA goes ex 0.82 and BBB (100 held at 20)
pays 0.50, earned before; 10 AAA are sold at 49 for a commission of 0.10; marks 49.50 and 21.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from finance.books import AAA, BBB, DECIMAL, OIL, ZIPLINE_RULES, Desk, Rules, desk

from rustybt.finance.book_events import CapitalChange
from rustybt.finance.snapshot import SessionSnapshot


def two_sessions(**rules: Any) -> tuple[Desk, SessionSnapshot, SessionSnapshot]:
    book = desk(**rules)
    ledger = book.ledger
    ledger.start_session(day=10, at=book.tick())
    book.fill(AAA, 100, 50)
    book.fill(BBB, 100, 20)
    book.charge(AAA, 1)
    ledger.apply(book.dividend(BBB, "0.50", pay=11))
    first = ledger.end_session(session=date(2020, 1, 2), period_open=1, period_close=2)
    ledger.start_session(day=11, at=book.tick(), dividends=[book.dividend(AAA, "0.82", pay=15)])
    book.fill(AAA, -10, 49)
    book.charge(AAA, "0.10")
    book.mark(AAA, "49.50")
    book.mark(BBB, 21)
    second = ledger.end_session(session=date(2020, 1, 3), period_open=3, period_close=4)
    return book, first, second


@pytest.mark.parametrize(
    ("rules", "value", "pnl", "returns"),
    [
        # 93,538.90 + 90 x 49.50 + 100 x 21 + 82 owed, against 100,049 on the eve (50 owed).
        ({}, "100175.90", "126.90", (Decimal("126.90"), 100_049)),
        # Without what is owed: 100,093.90 against 99,999; the profit leaves the paid 50 out.
        (ZIPLINE_RULES, "100093.90", "44.90", (Decimal("94.90"), 99_999)),
    ],
    ids=["standard", "zipline"],
)
def test_the_second_session(
    rules: Rules, value: str, pnl: str, returns: tuple[Decimal, int]
) -> None:
    book, _, row = two_sessions(**rules)
    money = book.money
    assert (row.session, row.period_open, row.period_close) == (date(2020, 1, 3), 3, 4)
    assert (money(row.starting_cash), money(row.ending_cash)) == ("93049.00", "93538.90")
    assert (money(row.starting_value), money(row.ending_value)) == ("7000.00", "6555.00")
    assert (money(row.starting_exposure), money(row.ending_exposure)) == ("7000.00", "6555.00")
    assert (money(row.long_value), money(row.long_exposure)) == ("6555.00", "6555.00")
    assert (money(row.short_value), money(row.short_exposure)) == ("0.00", "0.00")
    assert (row.longs_count, row.shorts_count) == (2, 0)
    assert money(row.capital_used) == "539.90"
    assert money(row.portfolio_value) == value
    assert money(row.pnl) == pnl
    assert row.returns == (returns[0] / returns[1]).quantize(Decimal("1e-16"))
    assert row.gross_leverage == (6555 / Decimal(value)).quantize(Decimal("1e-16"))
    assert row.net_leverage == row.gross_leverage
    assert row.positions.assets == (AAA, BBB)
    assert row.positions.amounts == (90_00000000, 100_00000000)
    # 5,001 paid for 100, 4,500.90 left for 90, and the commission of the sale.
    assert row.positions.cost_bases[0] == pytest.approx(4501 / 90 * 1e16, abs=1e4)
    assert money(row.positions.cost_bases[1]) == "20.00"


def test_the_first_session_starts_with_the_capital() -> None:
    book, row, _ = two_sessions()
    assert book.money(row.starting_cash) == "100000.00"
    assert book.money(row.starting_value) == "0.00"
    assert book.money(row.capital_used) == "-7001.00"
    assert book.money(row.pnl) == "49.00"
    assert row.returns == Decimal("0.00049")


def test_capital_that_comes_during_a_session_is_not_in_its_return_or_profit() -> None:
    # 100,000 grow to 110,000 (10 %), 50,000 come, 160,000 grow to 166,000 (3.75 %).
    book = desk()
    book.ledger.start_session(day=10, at=1)
    book.fill(AAA, 1000, 50)
    book.mark(AAA, 60)
    book.ledger.apply(CapitalChange(at=3, amount=DECIMAL.money(50_000)))
    book.mark(AAA, 66)
    row = book.ledger.end_session(session=date(2020, 1, 2), period_open=1, period_close=2)
    assert row.returns == Decimal("0.14125")
    assert (book.money(row.pnl), book.money(row.capital_used)) == ("16000.00", "-50000.00")


def test_futures_are_settled_at_the_end_of_a_session() -> None:
    book = desk()
    book.ledger.start_session(day=10, at=1)
    book.fill(OIL, 2, 100)
    book.mark(OIL, 103)
    row = book.ledger.end_session(session=date(2020, 1, 2), period_open=1, period_close=2)
    assert book.money(row.ending_cash) == "100300.00"
    assert (book.money(row.ending_value), book.money(row.ending_exposure)) == ("0.00", "10300.00")
    assert (book.money(row.capital_used), book.money(row.pnl)) == ("300.00", "300.00")
    assert [posting.cause for posting in book.journal][-1] == "settlement"
