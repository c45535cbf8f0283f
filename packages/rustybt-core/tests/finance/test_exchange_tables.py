"""Currencies and the settlement of futures against tables worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
from finance.books import DECIMAL, FLOAT, NYSE, SAP, Desk, desk
from worked_tables import Row, agree, column, decimals, table

from rustybt.assets import Future
from rustybt.finance.conversion import ConversionCost, buying, selling
from rustybt.values import Arithmetic, Num, Ratio

EXCHANGES = table(__file__, "exchange_cases.csv")
PROFITS = table(__file__, "exchange_profit_cases.csv")
FUTURES = table(__file__, "settlement_of_futures_cases.csv")

both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])


class Rates:
    """Dollars for a unit of a currency, and what follows from them."""

    def __init__(self, **dollars: str) -> None:
        self._dollars = {"USD": Ratio(1)} | {n: Ratio.parse(rate) for n, rate in dollars.items()}

    def __call__(self, currency: str, base: str) -> Ratio:
        return self._dollars[currency] * self._dollars[base].inverse


def agrees(arithmetic: Arithmetic, found: list[Num], written: str) -> bool:
    values = [arithmetic.money_value(money) for money in found]
    if arithmetic is DECIMAL:
        return values == decimals(written)
    return list(map(float, values)) == pytest.approx(list(map(float, decimals(written))), abs=1e-8)


@both
@pytest.mark.parametrize(
    **column(EXCHANGES, labels=("way", "sold", "bought", "amount", "basis_points"))
)
def test_what_an_exchange_gives(arithmetic: Arithmetic, row: Row) -> None:
    """A euro is 1.20 dollars, a pound 1.25, a franc 0.80. Written: given, received, cost."""
    assert agree(row, "given_received_cost")
    book = desk(arithmetic=arithmetic)
    book.ledger.rates = Rates(EUR="1.2", GBP="1.25", CHF="0.8")
    make = selling if row["way"] == "sell" else buying
    amount, model = arithmetic.money(row["amount"]), ConversionCost(row["basis_points"])
    event = make(book.ledger, amount, row["sold"], row["bought"], at=1, model=model)
    before = dict(book.ledger.balances)
    book.ledger.apply(event)
    given = before.get(row["sold"], 0) - book.ledger.balances[row["sold"]]
    received = book.ledger.balances[row["bought"]] - before.get(row["bought"], 0)
    assert agrees(arithmetic, [given, received, event.cost], row["given_received_cost"])


@both
@pytest.mark.parametrize(
    **column(PROFITS, labels=("amount", "bought", "mark", "rate", "later", "paid"))
)
def test_profit_of_exchange_apart_from_that_of_the_share(arithmetic: Arithmetic, row: Row) -> None:
    """A share in euros that are owed, or were exchanged for dollars before: once or twice as many.

    The exchange makes what the euros net gain with the rate; the share what it gains, at the rate
    of the close.
    """
    assert agree(row, "pnl_fx")
    book = desk(arithmetic=arithmetic)
    book.ledger.rates = Rates(EUR=row["rate"])
    book.ledger.start_session(day=1, at=book.tick())
    euros = Decimal(row["amount"]) * Decimal(row["bought"])
    for _ in range({"owed": 0, "exchanged": 1, "twice": 2}[row["paid"]]):
        event = buying(
            book.ledger, arithmetic.money(euros), "USD", "EUR", at=1, model=ConversionCost()
        )
        book.ledger.apply(event)
    book.fill(SAP, row["amount"], row["bought"])
    book.mark(SAP, row["mark"])
    book.ledger.rates, book.ledger.stale = Rates(EUR=row["later"]), True
    end = book.ledger.end_session(session=date(2020, 1, 2), period_open=0, period_close=9)
    assert agrees(arithmetic, [end.pnl, end.fx_pnl], row["pnl_fx"])


# ------------------------------------------------------------------ futures


def stepped(book: Desk, future: Future, step: str) -> None:
    """A trade, ``2@100``, or a mark, ``=103``."""
    if step.startswith("="):
        book.mark(future, step[1:])
    else:
        book.fill(future, *step.split("@"))


@both
@pytest.mark.parametrize(**column(FUTURES, labels=("multiplier", "steps")))
def test_a_future_settles_what_its_price_moved(arithmetic: Arithmetic, row: Row) -> None:
    """What cash has gained after each step: contracts x change of the price x multiplier."""
    assert agree(row, "cash")
    future = Future(
        sid=31,
        symbol="XXZ20",
        exchange_info=NYSE,
        root_symbol="XX",
        price_multiplier=Decimal(row["multiplier"]),
    )
    book = desk(arithmetic=arithmetic)
    start, found = book.ledger.cash, []
    for step in row["steps"].split():
        stepped(book, future, step)
        found.append(book.ledger.cash - start)
        assert book.ledger.portfolio_value() - start == pytest.approx(found[-1])
    assert agrees(arithmetic, found, row["cash"])
