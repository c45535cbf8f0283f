from decimal import Decimal
from typing import Any

import pytest
from finance.books import AAA, DECIMAL, FIRST, FLOAT, desk

from rustybt.assets import Equity, ExchangeInfo
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.book_events import DividendPaid
from rustybt.finance.withholding import Withholding, WithholdingModel
from rustybt.values import Arithmetic

XETRA = ExchangeInfo("Xetra", "XETR", "DE")
TOKYO = ExchangeInfo("Tokyo Stock Exchange", "XTKS", "JP")
NOWHERE = ExchangeInfo("Somewhere", "XXXX", "")
DAX = Equity(sid=11, symbol="DAX", exchange_info=XETRA, start_date=FIRST, currency="EUR")
TOY = Equity(sid=12, symbol="TOY", exchange_info=TOKYO, start_date=FIRST, currency="JPY")
ODD = Equity(sid=13, symbol="ODD", exchange_info=NOWHERE, start_date=FIRST)

RATES = {"US": "0.15", "de": "0.26375", "JP": "0.15315"}
"""Of US dividends to holders with a treaty; German capital gains tax with the surcharge of 5.5 %
on it; Japan's tax on dividends of listed shares, of the nation alone."""


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
@pytest.mark.parametrize(
    ("asset", "amount", "currency", "tax"),
    [
        (AAA, "82.00", "USD", "12.30"),
        (AAA, "0.03", "USD", "0.00"),  # 0.0045
        (AAA, "0.10", "USD", "0.02"),  # 0.015, to the even cent
        (AAA, "0.30", "USD", "0.04"),  # 0.045, to the even cent
        (DAX, "100", "EUR", "26.38"),  # 26.375, to the even cent
        (DAX, "1000", "EUR", "263.75"),
        (TOY, "12345", "JPY", "1891"),  # 1890.63675 yen
        (TOY, "10", "USD", "1.53"),  # 1.5315, paid in dollars
        (ODD, "10", "USD", "0.50"),
        (ODD, "10", "KWD", "0.500"),
        (ODD, "0.11", "KWD", "0.006"),  # 0.0055, to the even thousandth
    ],
)
def test_a_share_of_the_dividend_in_minor_units(
    arithmetic: Arithmetic, asset: Equity, amount: str, currency: str, tax: str
) -> None:
    model = Withholding("0.05", by_country=RATES)
    found = model.tax(asset, arithmetic.money(amount), currency, arithmetic)
    assert float(arithmetic.money_value(found)) == float(tax)


def test_nothing_is_withheld_by_default() -> None:
    assert Withholding().tax(AAA, DECIMAL.money(82), "USD", DECIMAL) == 0
    assert isinstance(Withholding(), WithholdingModel)
    assert repr(Withholding(0.15)) == "Withholding(0.15, by_country={})"


@pytest.mark.parametrize("rate", ["1.01", "-0.1"])
def test_a_rate_is_a_share(rate: str) -> None:
    with pytest.raises(InvalidArgument, match=rate):
        Withholding(rate)
    with pytest.raises(InvalidArgument, match="rate of US"):
        Withholding(by_country={"US": rate})


@pytest.mark.parametrize("code", ["USA", "U", "1A", ""])
def test_a_country_has_two_letters(code: str) -> None:
    with pytest.raises(InvalidArgument, match="ISO 3166"):
        Withholding(by_country={code: "0.1"})


def test_a_rate_is_a_number() -> None:
    with pytest.raises(InvalidNumber):
        Withholding("much")


# ---------------------------------------------------------------------- in the ledger


def paid(amount: int, model: Any) -> Any:
    book = desk()
    book.ledger.withholding = model
    book.fill(AAA, amount, 50)
    book.ledger.apply(book.dividend(AAA, "0.82", pay=14))
    before = book.ledger.cash
    postings = book.ledger.apply(DividendPaid(asset=AAA, at=2, pay=14))
    return book, book.money(book.ledger.cash - before), postings


def test_the_tax_is_taken_when_the_dividend_is_paid() -> None:
    book, cash, postings = paid(100, Withholding("0.15"))
    assert cash == "69.70"
    assert [(row.account, book.money(row.amount)) for row in postings] == [
        ("assets:cash", "69.70"),
        ("expenses:withholding", "12.30"),
        ("receivable:dividends", "-82.00"),
    ]
    assert book.money(book.ledger.costs["withholding"]) == "12.30"
    assert book.money(book.ledger.dividends) == "82.00"


def test_a_short_owes_the_whole_dividend() -> None:
    book, cash, _ = paid(-100, Withholding("0.15"))
    assert (cash, book.money(book.ledger.costs["withholding"])) == ("-82.00", "0.00")


def test_without_a_model_nothing_is_taken() -> None:
    book, cash, postings = paid(100, None)
    assert (cash, len(postings)) == ("82.00", 2)
    assert book.ledger.costs["withholding"] == 0


class FlatFee:
    """A model of somebody else's: half a dollar, whatever the dividend."""

    def tax(self, asset: Any, amount: Any, currency: str, arithmetic: Arithmetic) -> Any:
        return min(arithmetic.money(Decimal("0.5")), amount)


def test_any_model_can_be_given() -> None:
    assert paid(100, FlatFee())[1] == "81.50"
