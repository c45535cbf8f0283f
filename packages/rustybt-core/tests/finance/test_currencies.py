"""Money of several currencies in one book, by hand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from finance.books import DECIMAL, FLOAT, NYSE, Desk, desk

from rustybt.assets import Equity, Future
from rustybt.errors import InvalidArgument
from rustybt.finance.book_events import CapitalChange, FeeCharged
from rustybt.finance.conversion import FREE, ConversionCost, buying, selling, swept
from rustybt.finance.journal import replay
from rustybt.values import Arithmetic, Ratio

SAP = Equity(sid=11, symbol="SAP", exchange_info=NYSE, currency="EUR")
TOYOTA = Equity(sid=12, symbol="7203", exchange_info=NYSE, currency="JPY")
BUND = Future(
    sid=13, symbol="FGBLZ20", exchange_info=NYSE, currency="EUR", price_multiplier=Decimal(1000)
)


class Rates:
    """Dollars for one unit of a currency, and what follows from them."""

    def __init__(self, **dollars: str) -> None:
        self.dollars = {"USD": Ratio(1)}
        self.set(**dollars)

    def set(self, **dollars: str) -> None:
        self.dollars.update({name: Ratio.parse(rate) for name, rate in dollars.items()})

    def __call__(self, currency: str, base: str) -> Ratio:
        return self.dollars[currency] * self.dollars[base].inverse


def foreign_desk(arithmetic: Arithmetic = DECIMAL, **dollars: str) -> tuple[Desk, Rates]:
    book, rates = desk(10_000, arithmetic), Rates(**dollars)
    book.ledger.rates = rates
    return book, rates


def cash(book: Desk) -> dict[str, str]:
    return {name: book.money(money) for name, money in book.ledger.balances.items()}


def costs(book: Desk) -> Mapping[Any, str]:
    return {kind: book.money(cost) for kind, cost in book.ledger.costs.items() if cost}


# ------------------------------------------------------------------ trades


def test_a_trade_moves_money_of_the_assets_currency() -> None:
    book, _ = foreign_desk(EUR="1.2")
    book.fill(SAP, 10, 100)
    assert cash(book) == {"USD": "10000.00", "EUR": "-1000.00"}
    assert (book.cash, book.value) == ("8800.00", "10000.00")


def test_a_price_that_rises_is_worth_what_the_rate_says() -> None:
    """10 x (110 - 100) EUR at 1.2."""
    book, _ = foreign_desk(EUR="1.2")
    book.fill(SAP, 10, 100)
    book.mark(SAP, 110)
    assert book.value == "10120.00"


def test_a_rate_that_rises_moves_nothing_where_shares_are_bought_on_credit() -> None:
    """1,000 EUR of shares and 1,000 EUR of debt."""
    book, rates = foreign_desk(EUR="1.2")
    book.fill(SAP, 10, 100)
    rates.set(EUR="1.5")
    assert book.value == "10000.00"


def test_a_commission_is_paid_in_the_assets_currency() -> None:
    book, _ = foreign_desk(EUR="1.2")
    book.fill(SAP, 10, 100)
    book.charge(SAP, "2.50")
    assert cash(book)["EUR"] == "-1002.50"
    assert costs(book) == {"commission": "3.00"}


def test_a_dividend_is_owed_and_paid_in_the_assets_currency() -> None:
    book, rates = foreign_desk(EUR="1.2")
    book.fill(SAP, 10, 100)
    book.ledger.apply(book.dividend(SAP, "1.50", pay=5))
    assert book.money(book.ledger.receivables) == "18.00"
    rates.set(EUR="1")
    book.ledger.start_session(day=5, at=book.tick())
    assert cash(book)["EUR"] == "-985.00"
    assert book.money(book.ledger.dividends) == "18.00"


def test_a_future_settles_in_its_currency() -> None:
    """2 x (171 - 170) x 1000 EUR at 1.1."""
    book, _ = foreign_desk(EUR="1.1")
    book.fill(BUND, 2, 170)
    book.mark(BUND, 171)
    assert book.value == "12200.00"
    book.ledger.end_session(session=date(2020, 1, 2), period_open=0, period_close=9)
    assert cash(book) == {"USD": "10000.00", "EUR": "2000.00"}


def test_three_currencies_add_up() -> None:
    """10,000 + 10 x 1 EUR x 1.2 - 100 x 5 JPY / 100."""
    book, _ = foreign_desk(EUR="1.2", JPY="0.01")
    book.fill(SAP, 10, 100)
    book.fill(TOYOTA, 100, 2000)
    book.mark(SAP, 101)
    book.mark(TOYOTA, 1995)
    assert book.value == "10007.00"
    assert book.money(book.ledger.totals().long_value) == "3207.00"


def test_one_currency_ignores_what_assets_are_quoted_in() -> None:
    book = desk(10_000, one_currency=True)
    book.fill(SAP, 10, 100)
    assert cash(book) == {"USD": "9000.00"}


def test_without_rates_a_value_names_the_pair() -> None:
    book = desk(10_000)
    book.fill(SAP, 10, 100)
    with pytest.raises(InvalidArgument, match=r"currency was 'EUR'.*rates of EUR/USD"):
        _ = book.value


# ------------------------------------------------------------------ exchanges


def exchange(book: Desk, *, basis_points: object = 0, **amounts: Any) -> None:
    money = book.arithmetic.money(amounts["amount"])
    make = buying if amounts.get("buy_exactly") else selling
    model = ConversionCost(basis_points)  # type: ignore[arg-type] # any number
    event = make(book.ledger, money, amounts["sell"], amounts["buy"], at=book.tick(), model=model)
    book.ledger.apply(event)


def test_what_is_sold_gives_what_the_rate_says_less_the_cost() -> None:
    """1,200 USD at 1.2 are 1,000 EUR, 10 basis points of which are 1 EUR = 1.20 USD."""
    book, _ = foreign_desk(EUR="1.2")
    exchange(book, amount=1200, sell="USD", buy="EUR", basis_points=10)
    assert cash(book) == {"USD": "8800.00", "EUR": "999.00"}
    assert costs(book) == {"conversion": "1.20"}
    assert book.value == "9998.80"


def test_what_is_bought_costs_what_the_rate_asks_and_the_cost() -> None:
    """1,000 EUR cost 1,200 USD and 10 basis points of them."""
    book, _ = foreign_desk(EUR="1.2")
    exchange(book, amount=1000, sell="USD", buy="EUR", basis_points=10, buy_exactly=True)
    assert cash(book) == {"USD": "8798.80", "EUR": "1000.00"}
    assert costs(book) == {"conversion": "1.20"}


def test_two_other_currencies_can_be_exchanged() -> None:
    """500 EUR = 600 USD = 60,000 JPY."""
    book, _ = foreign_desk(EUR="1.2", JPY="0.01")
    exchange(book, amount=600, sell="USD", buy="EUR")
    exchange(book, amount=500, sell="EUR", buy="JPY", basis_points=5)
    assert cash(book) == {"USD": "9400.00", "EUR": "0.00", "JPY": "59970.00"}
    assert costs(book) == {"conversion": "0.30"}


def test_a_sweep_leaves_money_of_one_currency() -> None:
    book, _ = foreign_desk(EUR="1.2", JPY="0.01")
    book.fill(SAP, 10, 100)
    book.fill(TOYOTA, -100, 2000)
    for event in swept(book.ledger, at=book.tick(), model=ConversionCost(100)):
        book.ledger.apply(event)
    assert cash(book) == {"USD": "10768.00", "EUR": "0.00", "JPY": "0.00"}
    assert costs(book) == {"conversion": "32.00"}


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT])
def test_every_entry_balances_and_replay_gives_the_cash(arithmetic: Arithmetic) -> None:
    book, _ = foreign_desk(arithmetic, EUR="1.19", JPY="0.0097")
    book.fill(SAP, 3, "99.99")
    book.charge(SAP, "0.07")
    exchange(book, amount="777.77", sell="USD", buy="JPY", basis_points=3)
    exchange(book, amount="55.55", sell="JPY", buy="EUR", basis_points=3)
    book.ledger.apply(FeeCharged("borrow", book.tick(), arithmetic.money("1.23"), "EUR", SAP))
    state = replay(book.journal)
    assert state.cash == {name: m for name, m in book.ledger.balances.items() if m}


# ------------------------------------------------------------------ profit of exchange


def session_of(book: Desk, rates: Rates, **later: str) -> Any:
    """A session over which rates change at the end."""
    rates.set(**later)
    book.ledger.stale = True
    return book.ledger.end_session(session=date(2020, 1, 2), period_open=0, period_close=9)


def test_profit_of_exchange_is_apart_from_that_of_the_asset() -> None:
    """Bought for 1,000 EUR at 1.2, all paid with dollars; the share gains 100 EUR, the euro 0.1.

    1,100 EUR x 1.3 - 1,200 USD = 230 USD: 100 x 1.3 of the share and 1,000 x 0.1 of the euro.
    """
    book, rates = foreign_desk(EUR="1.2")
    book.ledger.start_session(day=1, at=book.tick())
    exchange(book, amount=1000, sell="USD", buy="EUR", buy_exactly=True)
    book.fill(SAP, 10, 100)
    book.mark(SAP, 110)
    snapshot = session_of(book, rates, EUR="1.3")
    assert (book.money(snapshot.pnl), book.money(snapshot.fx_pnl)) == ("230.00", "100.00")


def test_profit_of_exchange_counts_from_the_session_before() -> None:
    """1,000 EUR held at 1.2: then 1.25, then 1.15."""
    book, rates = foreign_desk(EUR="1.2")
    exchange(book, amount=1200, sell="USD", buy="EUR")
    found = []
    for rate in ("1.25", "1.15"):
        book.ledger.start_session(day=1, at=book.tick())
        found.append(book.money(session_of(book, rates, EUR=rate).fx_pnl))
    assert found == ["50.00", "-100.00"]


def test_money_put_in_is_no_profit() -> None:
    book, rates = foreign_desk(EUR="1.2")
    book.ledger.start_session(day=1, at=book.tick())
    book.ledger.apply(CapitalChange(book.tick(), book.arithmetic.money(1000), "EUR"))
    snapshot = session_of(book, rates, EUR="1.2")
    assert (book.money(snapshot.pnl), book.money(snapshot.fx_pnl)) == ("0.00", "0.00")
    assert book.value == "11200.00"


def test_without_another_currency_there_is_none() -> None:
    book = desk(10_000)
    book.ledger.start_session(day=1, at=book.tick())
    snapshot = book.ledger.end_session(session=date(2020, 1, 2), period_open=0, period_close=9)
    assert snapshot.fx_pnl == 0


def test_free_exchanges_cost_nothing() -> None:
    assert FREE.cost(DECIMAL.money(5), "EUR", DECIMAL) == 0
