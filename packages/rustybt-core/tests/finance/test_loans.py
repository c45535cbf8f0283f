"""What an account may hold short, by hand: orders, fills, recalls, spans and classes of assets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, NYSE, OIL, Desk, desk

from rustybt.assets import Asset, CurrencyPair, Perpetual
from rustybt.errors import BorrowUnavailable, InvalidArgument, ShortSaleRefused
from rustybt.finance.borrow import BorrowModel, BorrowRates, BorrowTerms
from rustybt.finance.loans import Loans
from rustybt.values import Arithmetic

EURUSD = CurrencyPair(sid=21, symbol="EUR/USD", exchange_info=NYSE)
SWAP = Perpetual(sid=22, symbol="BTC/USD:USD", exchange_info=NYSE)
both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])


@dataclass
class Lending(BorrowModel):
    """So much of everything is lent, on every day."""

    units: Any
    called: bool = False

    def rate(self, asset: Asset, session: date) -> Decimal:
        return Decimal(0)

    def available(self, asset: Asset, session: date) -> Any:
        return None if self.units is None else Decimal(self.units)

    def recalled(self, asset: Asset, session: date) -> bool:
        return self.called


def june(*days: int) -> list[date]:
    return [date(2020, 6, day) for day in days]


def account(arithmetic: Arithmetic, asset: Asset, held: object) -> Desk:
    book = desk(1_000_000, arithmetic)
    if held:
        book.fill(asset, held, 10)
    return book


def loans_of(book: Desk, model: BorrowModel, days: Sequence[date] = ()) -> Loans:
    loans = Loans(model, book.ledger)
    loans.start_session(days or june(1))
    return loans


# ------------------------------------------------------------------ orders


@both
@pytest.mark.parametrize(
    ("held", "open_sales", "amount", "available", "refused"),
    [
        # held, still sold by open orders, the order, lent in all; held and short after all of it.
        (0, [], -100, "100", None),  # 100 short of 100
        (0, [], -101, "100", (0, 101)),
        (0, [], -1, "0", (0, 1)),
        (0, [], -1_000_000, None, None),  # without limit
        (0, [], 100, "0", None),  # who buys borrows nothing
        (100, [], -100, "0", None),  # sells what it holds
        (100, [], -101, "0", (100, 1)),  # flips by one
        (100, [], -150, "50", None),  # flips to 50 of 50
        (100, [], -151, "50", (100, 51)),
        (-50, [], -50, "100", None),  # adds up to 100 of 100
        (-50, [], -51, "100", (-50, 101)),
        (-50, [], 50, "0", None),  # covers
        (-50, [], 80, "0", None),  # covers and flips to a long
        (-100, [], -1, "60", (-100, 101)),  # more is short than is lent already
        (0, [-60], -40, "100", None),  # 60 + 40
        (0, [-60], -41, "100", (-60, 101)),
        (0, [-60, -40], -1, "100", (-100, 101)),
        (100, [-100], -1, "0", (0, 1)),  # what is held is sold already
        (100, [-30], -70, "0", None),  # 100 - 30 - 70
        (100, [-30], -71, "0", (70, 1)),
        (-20, [-30], -50, "100", None),  # 20 + 30 + 50
        (-20, [-30], -51, "100", (-50, 101)),
        (0, [], -100, "100.9", None),  # part of a share is not lent: 100
        (0, [], -101, "100.9999999", (0, 101)),
    ],
)
def test_orders(
    arithmetic: Arithmetic,
    held: int,
    open_sales: list[int],
    amount: int,
    available: str | None,
    refused: tuple[int, int] | None,
) -> None:
    loans = loans_of(account(arithmetic, AAA, held), Lending(available))
    order, sales = arithmetic.amount(amount), [arithmetic.amount(each) for each in open_sales]
    if refused is None:
        loans.check(AAA, order, sales)
        return
    with pytest.raises(BorrowUnavailable) as caught:
        loans.check(AAA, order, sales)
    told = caught.value
    assert isinstance(told, ShortSaleRefused)
    assert (told.asset, told.amount) == (AAA, amount)
    assert (told.held, told.short) == refused
    assert told.available == int(float(available or 0))


def test_a_refusal_names_asset_and_units() -> None:
    loans = loans_of(account(DECIMAL, AAA, -50), Lending(100))
    with pytest.raises(BorrowUnavailable) as caught:
        loans.check(AAA, DECIMAL.amount(-51))
    assert str(caught.value) == (
        f"an order of -51 {AAA} would be 101 short in all, 100 can be borrowed; "
        "sell less, or wait until more is lent"
    )


@both
@pytest.mark.parametrize(
    ("held", "amount", "available", "allowed"),
    [
        # Lots of 1e-8; that floats of 0.1 and 0.2 add up to more than 0.3 is no refusal.
        ("0", "-0.3", "0.3", True),
        ("0", "-0.30000001", "0.3", False),
        ("-0.1", "-0.2", "0.29999999", False),
        ("-0.1", "-0.2", "0.3", True),
        ("-0.1", "-0.2", "0.300000009", True),  # 0.3 in whole lots
        ("-0.1", "-0.20000001", "0.300000009", False),
        ("-0.1", "-0.20000001", "0.300000019", True),  # 0.30000001 in whole lots
    ],
)
def test_small_lots(
    arithmetic: Arithmetic, held: str, amount: str, available: str, allowed: bool
) -> None:
    loans = loans_of(account(arithmetic, COIN, Decimal(held)), Lending(available))
    order = arithmetic.amount(Decimal(amount))
    if allowed:
        loans.check(COIN, order)
    else:
        with pytest.raises(BorrowUnavailable):
            loans.check(COIN, order)


# ------------------------------------------------------------------ fills


@both
@pytest.mark.parametrize(
    ("position", "amount", "available", "sold"),
    [
        (0, -100, "100", -100),
        (0, -100, "60", -60),
        (0, -100, "0", 0),
        (0, -100, None, -100),
        (0, -100, "60.75", -60),  # whole shares
        (100, -100, "0", -100),  # a long is sold without a loan
        (100, -150, "20", -120),  # all that is held, and 20 short
        (100, -150, "0", -100),
        (-40, -60, "100", -60),
        (-40, -61, "100", -60),
        (-40, -10, "30", 0),  # more is short than is lent already
        (-40, -10, "40", 0),
        (-40, -10, "45", -5),
    ],
)
def test_sales_fill_as_far_as_they_are_lent(
    arithmetic: Arithmetic, position: int, amount: int, available: str | None, sold: int
) -> None:
    loans = loans_of(account(arithmetic, AAA, 0), Lending(available))
    part = loans.sellable(AAA, arithmetic.amount(amount), arithmetic.amount(position))
    assert arithmetic.amount_value(part) == sold


@both
@pytest.mark.parametrize(
    ("position", "available", "excess"),
    [
        (0, "0", 0),
        (50, "0", 0),
        (-50, "50", 0),
        (-50, "49", 1),
        (-50, "0", 50),
        (-50, None, 0),
        (-50, "20.5", 30),  # 20 whole shares are lent
    ],
)
def test_what_has_to_be_covered(
    arithmetic: Arithmetic, position: int, available: str | None, excess: int
) -> None:
    book = account(arithmetic, AAA, position)
    loans = loans_of(book, Lending(available))
    held = arithmetic.amount(position)
    assert arithmetic.amount_value(loans.excess(AAA, held)) == excess
    assert loans.excesses() == ({AAA: arithmetic.amount(excess)} if excess else {})
    for ordered in (1, 30, 50, 80):
        part = loans.coverable(AAA, arithmetic.amount(ordered), held)
        assert arithmetic.amount_value(part) == min(ordered, excess)


@both
def test_a_recall_calls_back_all_of_it(arithmetic: Arithmetic) -> None:
    """Whatever the model says is available."""
    book = account(arithmetic, AAA, -50)
    loans = loans_of(book, Lending(500, called=True))
    assert loans.recalled(AAA)
    assert loans.excesses() == {AAA: arithmetic.amount(50)}
    assert loans.terms(AAA) == "loans of AAA are recalled"


# ------------------------------------------------------------------ dates


SPANS = [
    BorrowTerms(rate="0.05", start_date=date(2020, 6, 2), end_date=date(2020, 6, 4), available=70),
    BorrowTerms(rate="0.05", start_date=date(2020, 6, 5), end_date=date(2020, 6, 7), recalled=True),
    BorrowTerms(rate="0.05", start_date=date(2020, 6, 10), available="12.5"),
]
TERMS: dict[Asset | str, Any] = {"AAA": SPANS, "BBB": "0.2"}
TABLE = BorrowRates(TERMS)


@pytest.mark.parametrize(
    ("asset", "days", "limit", "recalled"),
    [
        (AAA, [1], None, False),  # before the first span
        (AAA, [2], 70, False),
        (AAA, [4], 70, False),  # the last day counts
        (AAA, [5], 0, True),
        (AAA, [6, 7, 8], 0, True),  # Monday, after a recall of the weekend
        (AAA, [9], None, False),  # between spans
        (AAA, [8, 9], None, False),
        (AAA, [10], 12, False),
        (AAA, [30], 12, False),  # without end
        (BBB, [5], None, False),  # a rate alone has no limit
    ],
)
def test_spans_of_a_table(
    asset: Asset, days: list[int], limit: int | None, *, recalled: bool
) -> None:
    loans = loans_of(account(DECIMAL, asset, 0), TABLE, june(*days))
    assert loans.limit(asset) == (None if limit is None else DECIMAL.amount(limit))
    assert loans.recalled(asset) is recalled


def test_a_session_has_its_own_terms() -> None:
    loans = loans_of(account(DECIMAL, AAA, 0), TABLE, june(4))
    assert loans.limit(AAA) == DECIMAL.amount(70)
    loans.start_session(june(5))
    assert loans.limit(AAA) == 0
    loans.start_session(june(6, 7, 8))
    assert loans.recalled(AAA)
    loans.start_session(june(9))
    assert loans.limit(AAA) is None


def test_a_recall_stays_until_it_is_met() -> None:
    """Nothing trades on the 5th and the 8th; on the 9th the loan is called back still."""
    book = account(DECIMAL, AAA, -30)
    loans = loans_of(book, TABLE, june(5))
    loans.start_session(june(6, 7, 8))
    loans.start_session(june(9))
    assert loans.recalled(AAA)
    assert loans.excesses() == {AAA: DECIMAL.amount(30)}
    book.fill(AAA, 30, 10)
    loans.start_session(june(10))
    assert not loans.recalled(AAA)
    assert loans.limit(AAA) == DECIMAL.amount(12)


# ------------------------------------------------------------------ classes of assets


@both
@pytest.mark.parametrize(
    ("asset", "borrowed"),
    [(AAA, True), (COIN, True), (OIL, False), (EURUSD, False), (SWAP, False)],
    ids=str,
)
def test_what_is_lent_at_all(arithmetic: Arithmetic, asset: Asset, borrowed: bool) -> None:
    """A model that lends nothing limits nothing that is not borrowed."""
    loans = loans_of(account(arithmetic, asset, -5), Lending(0, called=True))
    amount = arithmetic.amount(-1)
    assert loans.recalled(asset) is borrowed
    assert loans.limit(asset) == (0 if borrowed else None)
    assert bool(loans.excesses()) is borrowed
    assert loans.sellable(asset, amount, arithmetic.amount(-5)) == (0 if borrowed else amount)
    if borrowed:
        with pytest.raises(BorrowUnavailable):
            loans.check(asset, amount)
    else:
        loans.check(asset, amount)


@pytest.mark.parametrize("default", [None, "0.1", {"equity": "0.1"}, {"crypto": "0.2"}])
@pytest.mark.parametrize("asset", [AAA, COIN], ids=str)
def test_default_rates_have_no_limit(asset: Asset, default: Any) -> None:
    loans = loans_of(account(DECIMAL, asset, -5), BorrowRates(default=default))
    assert loans.limit(asset) is None
    assert loans.excesses() == {}
    assert loans.terms(asset) == f"{asset.symbol} can be borrowed without limit"


def test_less_than_nothing_cannot_be_lent() -> None:
    loans = loans_of(account(DECIMAL, AAA, 0), Lending(-1))
    with pytest.raises(InvalidArgument, match="available of AAA"):
        loans.limit(AAA)
