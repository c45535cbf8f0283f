"""Every number here is worked out by hand; what is not plain from the terms stands beside it."""

from typing import Any

import pytest
from finance.action_cases import Case, check, check_floats, table
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, ZIPLINE_RULES, desk

from rustybt.finance.accounts import commodity_of
from rustybt.finance.action_events import ReturnOfCapital, SharesDistributed, SharesPaid

# ---------------------------------------------------------------------- stock dividends

# Five per cent more shares: 12 / 1.05 = 11.428571428571...
STOCK_DIVIDENDS = {
    "whole shares": Case(
        terms={"ratio": "1/20"}, left={AAA: ("105", "1000.00", "11.428571428571")}
    ),
    # 106.05: 0.05 x 11.42857 = 0.571; the fraction had cost 1010 x 0.05 / 106.05 = 0.476190...
    "a fraction is paid for at the new price": Case(
        held=((AAA, 101, 10),),
        terms={"ratio": "1/20"},
        left={AAA: ("106", "1009.5238095238095238", "11.428571428571")},
        cash="0.57",
    ),
    "a short owes them": Case(
        held=((AAA, -101, 10),),
        terms={"ratio": "1/20"},
        left={AAA: ("-106", "-1009.5238095238095238", "11.428571428571")},
        cash="-0.57",
    ),
    "a fraction is dropped": Case(
        held=((AAA, 101, 10),),
        terms={"ratio": "1/20", "fractions": "drop"},
        left={AAA: ("106", "1009.5238095238095238", "11.428571428571")},
    ),
    "a fraction is rounded up": Case(
        held=((AAA, 101, 10),),
        terms={"ratio": "1/20", "fractions": "round_up"},
        left={AAA: ("107", "1010.00", "11.428571428571")},
    ),
    "a short owes what is rounded up": Case(
        held=((AAA, -101, 10),),
        terms={"ratio": "1/20", "fractions": "round_up"},
        left={AAA: ("-107", "-1010.00", "11.428571428571")},
    ),
    "three shares for two": Case(terms={"ratio": "3/2"}, left={AAA: ("250", "1000.00", "4.8")}),
    # 0.29 x 100 is 28.999999999999996 in floats.
    "what floats miss": Case(
        terms={"ratio": "0.29"}, left={AAA: ("129", "1000.00", "9.302325581395")}
    ),
    "coins": Case(
        held=((COIN, "1.5", 100),),
        mark=90,
        terms={"ratio": "1/3"},
        left={COIN: ("2", "150.00", "67.5")},
    ),
}


@table(STOCK_DIVIDENDS)
def test_stock_dividends(case: Case) -> None:
    check(SharesDistributed, Case(**_with_pay_day(case)))


@table(STOCK_DIVIDENDS)
def test_stock_dividends_in_floats(case: Case) -> None:
    check_floats(SharesDistributed, Case(**_with_pay_day(case)))


def _with_pay_day(case: Case) -> dict[str, Any]:
    terms = {**case.terms, "pay": 20}
    return {
        "held": case.held,
        "mark": case.mark,
        "terms": terms,
        "left": case.left,
        "cash": case.cash,
    }


def test_a_stock_dividend_has_its_own_cause() -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    postings = book.act(SharesDistributed, AAA, pay=20, ratio="1/20")
    assert [(row.account, row.amount) for row in postings] == [
        ("assets:position", DECIMAL.amount(5)),
        (f"trading:{commodity_of(AAA)}", DECIMAL.amount(-5)),
    ]
    assert {row.cause for row in postings} == {f"stock-dividend:{commodity_of(AAA)}"}


def test_a_stock_dividend_on_nothing_is_nothing() -> None:
    assert desk().act(SharesDistributed, AAA, pay=20, ratio="1/20") == ()


@pytest.mark.parametrize(
    ("amount", "price", "ratio", "change", "left"),
    [
        (100, "10.05", "0.05", 0, (105, 10.05, 10.05)),
        (-100, "10.05", "0.05", 0, (-105, 10.05, 10.05)),
        (119, "10", "0.05", 0, (124, 10, 10)),
        (-119, "10", "0.05", 0, (-124, 10, 10)),
        (19, "10", "0.05", 0, (19, 10, 10)),
        (100, "10", "0.29", 0, (129, 10, 10)),
        (100, "10", "0.05", -100, (5, 0, 0)),
        (100, "10", "0.05", -105, None),
        (10, "7", "1.5", 5, (30, 7, 7)),
    ],
)
@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
def test_zipline_pays_whole_shares_on_the_pay_date_and_keeps_the_cost_of_each(
    arithmetic: Any,
    amount: int,
    price: str,
    ratio: str,
    change: int,
    left: tuple[int, float, float] | None,
) -> None:
    """Recorded by running the position tracker of zipline 3.2.1 with the same input."""
    book = desk(arithmetic=arithmetic, **ZIPLINE_RULES)
    book.fill(AAA, amount, price)
    assert book.act(SharesDistributed, AAA, pay=20, ratio=ratio) == ()
    if change:
        book.fill(AAA, change, price)
    before, held = book.ledger.cash, list(book.ledger.positions.values())
    held_before = [position.amount for position in held]
    book.ledger.start_session(day=19, at=book.tick())
    assert [position.amount for position in held] == held_before
    book.ledger.start_session(day=20, at=book.tick())
    assert book.ledger.cash == before
    if left is None:
        assert book.ledger.positions == {}
        return
    position = book.ledger.positions[AAA]
    found = book.amount(AAA), book.cost_basis(AAA), arithmetic.price_value(position.last_price)
    assert tuple(map(float, found)) == left
    assert book.ledger.due(20, at=0) == ()


def test_zipline_never_pays_on_a_day_without_session() -> None:
    book = desk(**ZIPLINE_RULES)
    book.fill(AAA, 100, 10)
    book.act(SharesDistributed, AAA, pay=20, ratio="1/20")
    book.act(SharesDistributed, AAA, pay=20, ratio="1/20")
    assert book.ledger.due(21, at=0) == ()
    assert book.ledger.due(20, at=7) == (SharesPaid(AAA, 7, 20),)
    assert book.ledger.apply(SharesPaid(AAA, 7, 20))[0].amount == DECIMAL.amount(10)
    assert book.ledger.apply(SharesPaid(AAA, 7, 20)) == ()


# ---------------------------------------------------------------------- returns of capital

RETURNS_OF_CAPITAL = {
    "the cost falls": Case(
        terms={"per_share": 2}, left={AAA: ("100", "800.00", "10")}, cash="200.00"
    ),
    "to nothing and not below": Case(
        mark=15, terms={"per_share": 12}, left={AAA: ("100", "0.00", "3")}, cash="1200.00"
    ),
    "a short pays it": Case(
        held=((AAA, -100, 10),),
        terms={"per_share": 2},
        left={AAA: ("-100", "-800.00", "10")},
        cash="-200.00",
    ),
    "more than there was": Case(
        terms={"per_share": 13}, left={AAA: ("100", "0.00", "0")}, cash="1300.00"
    ),
    "of a coin": Case(
        held=((COIN, "0.12345678", 100),),
        mark=100,
        terms={"per_share": "0.5"},
        left={COIN: ("0.12345678", "12.28394961", "99.5")},
        cash="0.06172839",
    ),
}


@table(RETURNS_OF_CAPITAL)
def test_returns_of_capital(case: Case) -> None:
    check(ReturnOfCapital, case)


@table(RETURNS_OF_CAPITAL)
def test_returns_of_capital_in_floats(case: Case) -> None:
    check_floats(ReturnOfCapital, case)


def test_a_return_of_capital_is_money_for_the_asset() -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    postings = book.act(ReturnOfCapital, AAA, per_share=2)
    assert [(row.account, book.money(row.amount)) for row in postings] == [
        ("assets:cash", "200.00"),
        (f"trading:{commodity_of(AAA)}", "-200.00"),
    ]
    assert book.act(ReturnOfCapital, BBB, per_share=2) == ()
