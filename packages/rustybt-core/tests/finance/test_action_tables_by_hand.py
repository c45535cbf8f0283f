"""Corporate actions on positions against tables worked out by hand, in both arithmetics."""

from decimal import Decimal
from typing import Any

import pytest
from finance.books import AAA, BBB, DECIMAL, FLOAT, RTS, Desk, desk
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import Asset
from rustybt.finance.action_events import (
    Merged,
    ReturnOfCapital,
    RightsExercised,
    RightsGranted,
    SharesDistributed,
    SpunOff,
)
from rustybt.finance.book_events import DividendPaid, SplitApplied
from rustybt.finance.withholding import Withholding
from rustybt.values import Arithmetic

ACTIONS = table(__file__, "action_cases.csv")
RIGHTS = table(__file__, "rights_cases.csv")
DIVIDENDS = table(__file__, "dividend_cases.csv")

EVENTS: dict[str, type[Any]] = {
    "split": SplitApplied,
    "stock dividend": SharesDistributed,
    "merger": Merged,
    "mixed merger": Merged,
    "spin-off": SpunOff,
    "return of capital": ReturnOfCapital,
}
ASSETS: dict[str, Asset] = {"AAA": AAA, "BBB": BBB}

both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])


def held_by(arithmetic: Arithmetic, row: Row) -> Desk:
    """A book that holds what a row says."""
    book = desk(arithmetic=arithmetic)
    amount, price = row["held"].split("@")
    book.fill(AAA, amount, price)
    book.mark(AAA, row["mark"])
    return book


def terms_of(row: Row) -> dict[str, Any]:
    terms: dict[str, Any] = dict(term.split("=") for term in row["terms"].split())
    for name in ("into", "child"):
        if name in terms:
            terms[name] = ASSETS[terms[name]]
    return terms | ({"pay": 20} if row["event"] == "stock dividend" else {})


def close_to(found: list[Any], written: str, arithmetic: Arithmetic) -> bool:
    """To the last digit in Decimals."""
    expected = decimals(written)
    if arithmetic is DECIMAL:
        return list(map(Decimal, found)) == expected
    return list(map(float, found)) == pytest.approx(list(map(float, expected)), abs=1e-6)


@both
@pytest.mark.parametrize(**column(ACTIONS, labels=("event", "held", "mark", "terms")))
def test_what_an_action_leaves(arithmetic: Arithmetic, row: Row) -> None:
    """Amount, cost and mark of each position, and the cash that came."""
    assert agree(row, "left")
    book = held_by(arithmetic, row)
    before = book.ledger.cash
    book.act(EVENTS[row["event"]], AAA, **terms_of(row))
    names = row["assets"].split()
    assert list(book.ledger.positions) == [ASSETS[name] for name in names]
    found = [
        figure(ASSETS[name]) for name in names for figure in (book.amount, book.cost, book.price)
    ]
    assert close_to([*found, book.money(book.ledger.cash - before)], row["left"], arithmetic)


@both
@pytest.mark.parametrize(**column(RIGHTS, labels=("held", "ratio", "price", "fractions")))
def test_what_rights_buy(arithmetic: Arithmetic, row: Row) -> None:
    """Shares at 11 without their rights, which are worth 1 each and took a tenth of the cost of 10.

    Written are shares, their cost, and the cash.
    """
    assert agree(row, "left")
    book = desk(arithmetic=arithmetic)
    book.fill(AAA, row["held"], 10)
    book.mark(AAA, 12)
    book.act(RightsGranted, AAA, expiry=30, ratio=1, rights=RTS, cost_share="1/10", price=1)
    before = book.ledger.cash
    terms = {name: row[name] for name in ("ratio", "price", "fractions")}
    book.act(RightsExercised, AAA, expiry=30, rights=RTS, **terms)
    assert list(book.ledger.positions) == [AAA]
    found = [book.amount(AAA), book.cost(AAA), book.money(book.ledger.cash - before)]
    assert close_to(found, row["left"], arithmetic)


@both
@pytest.mark.parametrize(**column(DIVIDENDS, labels=("held", "per_share", "rate")))
def test_what_a_dividend_pays(arithmetic: Arithmetic, row: Row) -> None:
    """Earned on the ex-date; paid less what is withheld, half even to the cent; shorts owe all."""
    assert agree(row, "gross_tax_cash")
    book = desk(arithmetic=arithmetic)
    book.ledger.withholding = Withholding(row["rate"])
    book.fill(AAA, row["held"], 50)
    book.ledger.apply(book.dividend(AAA, row["per_share"], pay=14))
    earned, before = book.ledger.receivables, book.ledger.cash
    book.ledger.apply(DividendPaid(asset=AAA, at=2, pay=14))
    found = [earned, book.ledger.costs["withholding"], book.ledger.cash - before]
    assert close_to([book.money(money) for money in found], row["gross_tax_cash"], arithmetic)
