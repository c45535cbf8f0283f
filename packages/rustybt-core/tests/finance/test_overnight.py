"""What a night costs a book, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from finance.books import AAA, BBB, DECIMAL, FLOAT, NYSE, OIL, Desk, desk

from rustybt.assets import CurrencyPair
from rustybt.finance.borrow import BorrowRates
from rustybt.finance.financing import OvernightFinancing, SwapPoints
from rustybt.finance.overnight import OvernightCosts
from rustybt.values import Arithmetic

MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2020, 6, day) for day in (1, 2, 3, 5))
NEXT_MONDAY = date(2020, 6, 8)
EURUSD = CurrencyPair(sid=21, symbol="EUR/USD", exchange_info=NYSE)


def charged(
    book: Desk, costs: OvernightCosts, since: date = MONDAY, until: date = TUESDAY
) -> list[tuple[str, str, Any]]:
    """Kind, money and asset of every charge, which are applied to the book."""
    events = costs.fees(book.ledger, since=since, until=until, at=book.tick())
    for event in events:
        book.ledger.apply(event)
    return [(event.kind, book.money(event.amount), event.asset) for event in events]


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT])
def test_a_short_pays_for_its_loan(arithmetic: Arithmetic) -> None:
    """36 % a year on 1,000: 1.00 a night of 360, three over a weekend."""
    book = desk(10_000, arithmetic)
    book.fill(AAA, -10, 100)
    book.fill(BBB, 10, 100)
    costs = OvernightCosts(borrow=BorrowRates(default="0.36"))
    assert [fee[0::2] for fee in charged(book, costs)] == [("borrow", AAA)]
    charged(book, costs, FRIDAY, NEXT_MONDAY)
    assert float(book.cash) == pytest.approx(10_000 - 4)
    assert float(book.money(book.ledger.costs["borrow"])) == pytest.approx(4)


def test_the_fee_goes_with_the_marks() -> None:
    book = desk(10_000)
    book.fill(AAA, -10, 100)
    book.mark(AAA, 150)
    costs = OvernightCosts(borrow=BorrowRates(default="0.36"))
    assert charged(book, costs) == [("borrow", "1.50", AAA)]


def test_nobody_lends_futures_and_currency_pairs() -> None:
    book = desk(10_000)
    book.fill(OIL, -1, 50)
    book.fill(EURUSD, -100, "1.1")
    assert charged(book, OvernightCosts(borrow=BorrowRates(default="0.36"))) == []


def test_debt_pays_interest() -> None:
    """2,000 borrowed at 7.2 % of 360: 0.40 a night."""
    book = desk(10_000)
    book.fill(AAA, 120, 100)
    costs = OvernightCosts(financing=OvernightFinancing(debit_rate="0.072", credit_rate="0.036"))
    assert charged(book, costs) == [("financing", "0.40", None)]
    assert book.cash == "-2000.40"


def test_idle_cash_earns_interest() -> None:
    """10,000 at 3.6 % of 360: 1.00 a night."""
    book = desk(10_000)
    costs = OvernightCosts(financing=OvernightFinancing(credit_rate="0.036"))
    assert charged(book, costs) == [("financing", "-1.00", None)]
    assert book.cash == "10001.00"
    assert book.money(book.ledger.costs["financing"]) == "-1.00"


def test_the_proceeds_of_a_short_earn_nothing() -> None:
    """11,000 of cash, 1,000 of which secure the loan."""
    book = desk(10_000)
    book.fill(AAA, -10, 100)
    costs = OvernightCosts(financing=OvernightFinancing(credit_rate="0.036"))
    assert charged(book, costs) == [("financing", "-1.00", None)]


def test_a_short_that_is_worth_more_than_the_cash_leaves_nothing_to_earn_on() -> None:
    book = desk(100)
    book.fill(AAA, -10, 100)
    book.mark(AAA, 200)
    costs = OvernightCosts(financing=OvernightFinancing(credit_rate="0.036"))
    assert charged(book, costs) == []


def test_a_currency_pair_is_rolled() -> None:
    """Long 10,000 at -0.5 pips of 0.0001 a night: 0.50; Wednesday counts three times."""
    book = desk(10_000)
    book.fill(EURUSD, 10_000, "1.1")
    costs = OvernightCosts(financing=SwapPoints({"EUR/USD": ("-0.5", "0.2")}))
    assert charged(book, costs, MONDAY, TUESDAY) == [("financing", "0.50", EURUSD)]
    assert charged(book, costs, WEDNESDAY, date(2020, 6, 4)) == [("financing", "1.50", EURUSD)]


def test_without_models_a_night_is_free() -> None:
    book = desk(10_000)
    book.fill(AAA, -10, 100)
    assert charged(book, OvernightCosts()) == []


def test_long_numbers_lose_no_digit() -> None:
    """1,234,567,890,123 x 0.01 / 360, half even at 16 decimals."""
    book = desk(1_234_567_890_123)
    costs = OvernightCosts(financing=OvernightFinancing(credit_rate="0.01"))
    (charge,) = costs.fees(book.ledger, since=MONDAY, until=TUESDAY, at=1)
    exact = Decimal("34293552.5034166666666667")
    assert -DECIMAL.money_value(charge.amount) == exact
