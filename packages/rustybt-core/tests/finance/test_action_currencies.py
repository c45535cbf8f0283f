"""Corporate actions across currencies, by hand: the account is in dollars, a euro is 1.10 of them.

SAP is quoted in euros: 100 are bought at 10, with euros that are owed, and marked at 12. That is a
session of its own; the one that a test is about starts with 200 euros net.
"""

from datetime import date
from typing import Any

import pytest
from finance.books import AAA, BBB, DECIMAL, RTS, SAP, Desk, desk

from rustybt.finance.accounts import commodity_of
from rustybt.finance.action_events import (
    Merged,
    ReturnOfCapital,
    RightsExercised,
    RightsGranted,
    SpunOff,
)
from rustybt.finance.journal import replay
from rustybt.values import Ratio


class Rates:
    """Dollars for a euro, and back."""

    def __init__(self, euro: str) -> None:
        self.euro = Ratio.parse(euro)

    def __call__(self, currency: str, base: str) -> Ratio:
        assert {currency, base} == {"EUR", "USD"}
        return self.euro if currency == "EUR" else self.euro.inverse


def european(amount: int = 100, **rules: Any) -> Desk:
    book = desk(**rules)
    book.ledger.rates = Rates("1.1")
    book.ledger.start_session(day=1, at=book.tick())
    book.fill(SAP, amount, 10)
    book.mark(SAP, 12)
    end(book, "1.1")
    book.ledger.start_session(day=2, at=book.tick())
    return book


def end(book: Desk, euro: str) -> tuple[str, str]:
    """Profit of the session and what of it is profit of exchange, at another rate."""
    book.ledger.rates, book.ledger.stale = Rates(euro), True
    row = book.ledger.end_session(session=date(2020, 1, 2), period_open=1, period_close=2)
    return book.money(row.pnl), book.money(row.fx_pnl)


def balance(book: Desk, currency: str) -> str:
    return book.money(book.ledger.balances[currency])


def test_a_merger_into_another_currency_converts_the_cost() -> None:
    # 101 for 50.5 at 26.40 dollars; the cost of 1010 euros is 1111 dollars, 11 of them of the
    # half share that is paid for with 13.20.
    book = european(101)
    book.act(Merged, SAP, into=BBB, ratio="1/2", price="26.40")
    assert (book.amount(BBB), book.cost(BBB), book.price(BBB)) == ("50", "1100.00", "26.4")
    assert (balance(book, "EUR"), balance(book, "USD")) == ("-1010.00", "100013.20")


def test_the_cost_is_carried_in_the_currency_that_it_was_paid_in() -> None:
    book = european()
    old, new = commodity_of(SAP), commodity_of(BBB)
    postings = book.act(Merged, SAP, into=BBB, ratio="1/2", price="26.40")
    assert [(row.account, row.commodity, row.amount) for row in postings] == [
        ("assets:position", old, DECIMAL.amount(-100)),
        (f"trading:{old}", old, DECIMAL.amount(100)),
        ("assets:position", new, DECIMAL.amount(50)),
        (f"trading:{new}", new, DECIMAL.amount(-50)),
        (f"trading:{old}", "EUR", DECIMAL.money(-1000)),
        (f"trading:{new}", "EUR", DECIMAL.money(1000)),
    ]


@pytest.mark.parametrize(("cash", "currency"), [(2, None), ("2.20", "USD")])
def test_the_fair_price_is_in_the_new_currency(cash: object, currency: str | None) -> None:
    # (12 - 2) euros for half a share are 22 dollars a share.
    book = european()
    before = book.value
    book.act(Merged, SAP, into=BBB, ratio="1/2", cash=cash, currency=currency)
    assert (book.price(BBB), book.value) == ("22", before)


def test_cash_in_another_currency() -> None:
    # 220 dollars are 200 euros, and the shares 1000: no loss and no profit but 200. So the cost
    # stays 1000 euros.
    book = european()
    book.act(Merged, SAP, into=BBB, ratio="1/2", cash="2.20", currency="USD", price=22)
    assert (balance(book, "EUR"), balance(book, "USD")) == ("-1000.00", "100220.00")
    assert (book.amount(BBB), book.cost(BBB)) == ("50", "1100.00")


def test_cash_alone_in_another_currency() -> None:
    book = european()
    book.act(Merged, SAP, cash="13.20", currency="USD")
    assert book.ledger.positions == {}
    assert (balance(book, "EUR"), balance(book, "USD")) == ("-1000.00", "101320.00")
    # 1200 euros have become dollars before the 1000 that are owed cost 100 more.
    assert end(book, "1.2") == ("-100.00", "-100.00")


def test_from_dollars_into_euros() -> None:
    book = desk()
    book.ledger.rates = Rates("1.1")
    book.fill(AAA, 101, 11)
    book.act(Merged, AAA, into=SAP, ratio="1/2", price=20)
    # 1111 dollars are 1010 euros; half a share was 10 of them and is paid for with 10.
    assert (book.amount(SAP), book.cost(SAP)) == ("50", "1000.00")
    assert (balance(book, "EUR"), balance(book, "USD")) == ("10.00", "98889.00")
    assert replay(book.journal).cash == {
        "EUR": DECIMAL.money(10), "USD": DECIMAL.money(98_889)
    }  # fmt: skip


def test_a_merger_moves_wealth_between_currencies_and_makes_no_profit_of_exchange() -> None:
    # The 1000 euros that are owed cost 100 dollars more at 1.20. The 1200 euros of shares have
    # become 1320 dollars before the rate moved.
    book = european()
    book.act(Merged, SAP, into=BBB, ratio="1/2", price="26.40")
    assert end(book, "1.2") == ("-100.00", "-100.00")


def test_without_a_merger_the_shares_gain_with_the_euro() -> None:
    assert end(european(), "1.2") == ("20.00", "20.00")


def test_a_child_in_another_currency() -> None:
    # A fifth of 1000 euros is 220 dollars. A quarter of 8.80 dollars is 2 euros.
    book = european()
    before = book.value
    book.act(SpunOff, SAP, child=BBB, ratio="1/4", cost_share="1/5", price="8.80")
    assert (book.cost(SAP), book.price(SAP)) == ("800.00", "10")
    assert (book.amount(BBB), book.cost(BBB)) == ("25", "220.00")
    assert book.value == before
    # The 200 euros net are 220 dollars now, and what is left in euros is nothing.
    assert end(book, "1.2") == ("0.00", "0.00")


def test_the_price_that_the_share_of_the_cost_means_is_in_the_childs_currency() -> None:
    book = european()
    book.act(SpunOff, SAP, child=BBB, ratio="1/4", cost_share="1/6")
    assert (book.price(BBB), book.price(SAP)) == ("8.8", "10")


@pytest.mark.parametrize(("currency", "per_share"), [(None, 2), ("EUR", 2), ("USD", "2.20")])
def test_capital_that_is_returned_in_another_currency(
    currency: str | None, per_share: object
) -> None:
    book = european()
    before = book.value
    book.act(ReturnOfCapital, SAP, per_share=per_share, currency=currency)
    assert (book.cost(SAP), book.price(SAP), book.value) == ("800.00", "10", before)


def test_a_subscription_that_is_paid_in_dollars() -> None:
    # 20 shares for 6.60 dollars each: 132 dollars are 120 euros.
    book = european()
    book.act(RightsGranted, SAP, expiry=9, ratio=1)
    before = book.value
    book.act(RightsExercised, SAP, expiry=9, ratio="1/5", price="6.60", currency="USD", market=6)
    assert (book.amount(SAP), book.cost(SAP)) == ("120", "1120.00")
    assert balance(book, "USD") == "99868.00"
    # 20 shares are marked at 12 for 6 that were paid: 120 euros.
    assert (before, book.value) == ("100220.00", "100352.00")


@pytest.mark.parametrize(
    ("dollars", "market", "lieu"),
    [
        # 103 rights buy 20.6 shares; 0.6 of one is worth 0.6 x (market - dollars / 1.10) euros.
        ("6.60", 11, "3.00"),  # 0.6 x (11 - 6)
        ("11.00", 11, "0.60"),  # 0.6 x (11 - 10): in dollars there would be nothing to gain
        ("5.50", "5.50", "0.30"),  # 0.6 x (5.50 - 5)
        ("13.20", 11, "0.00"),  # 12 euros for what the market sells at 11
        ("6.61", 11, "2.99"),  # 0.6 x (11 - 6.009090909091) = 2.9945454545454
    ],
)
def test_a_fraction_of_a_right_is_paid_for_in_the_shares_currency(
    dollars: str, market: object, lieu: str
) -> None:
    book = european(103)
    book.act(RightsGranted, SAP, expiry=9, ratio=1)
    owed = book.ledger.balances["EUR"]
    terms: dict[str, Any] = {"price": dollars, "currency": "USD", "fractions": "cash"}
    book.act(RightsExercised, SAP, expiry=9, ratio="1/5", market=market, **terms)
    assert book.money(book.ledger.balances["EUR"] - owed) == lieu
    assert book.amount(SAP) == "123"


def test_rights_that_trade_in_another_currency() -> None:
    # A right of 1.10 dollars is a euro. The rights had cost 100 euros, 110 dollars, again 100.
    book = european()
    book.act(RightsGranted, SAP, expiry=9, ratio=1, rights=RTS, cost_share="1/10", price="1.10")
    assert (book.price(SAP), book.cost(SAP), book.cost(RTS)) == ("11", "900.00", "110.00")
    value = book.value
    book.act(RightsExercised, SAP, expiry=9, ratio="1/5", price=6, rights=RTS)
    assert (book.cost(SAP), book.value) == ("1120.00", value)
    # 100 of the 200 euros went into dollars and came back before the rate moved.
    assert end(book, "1.2") == ("20.00", "20.00")


def test_under_zipline_everything_is_in_dollars() -> None:
    book = european(one_currency=True)
    book.act(Merged, SAP, into=BBB, ratio="1/2", cash=2, currency="EUR", price=20)
    assert (book.cost(BBB), book.cash) == ("1000.00", "99200.00")
    assert list(book.ledger.balances) == ["USD"]


def test_an_action_without_money_opens_no_balance() -> None:
    book = desk()
    book.ledger.rates = Rates("1.1")
    book.fill(AAA, 100, 11)
    book.act(SpunOff, AAA, child=SAP, ratio=1, price=1)
    assert list(book.ledger.balances) == ["USD"]
