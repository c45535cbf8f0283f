"""Every number here is worked out by hand; what is not plain from the terms stands beside it."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, FORK, OIL, ZIPLINE_RULES, Desk, desk

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.accounts import commodity_of
from rustybt.finance.action_events import (
    Merged,
    ReturnOfCapital,
    SharesDistributed,
    SharesPaid,
    SpunOff,
)

Trade = tuple[Asset, object, object]
"""Asset, amount and price."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Positions before an action, and what it leaves.

    Attributes:
        held: The trades before; by default 100 AAA at 10.
        mark: What the asset is marked at when it happens.
        terms: Of the event.
        left: Amount, whole cost and mark of each position after it.
        cash: The money that it brought.
    """

    held: tuple[Trade, ...] = ((AAA, 100, 10),)
    mark: object = 12
    terms: dict[str, Any] = field(default_factory=dict)
    left: dict[Asset, tuple[str, str, str]]
    cash: str = "0.00"

    @property
    def asset(self) -> Asset:
        return self.held[0][0]


def acted(event: type[Any], case: Case, **rules: Any) -> tuple[Desk, Any]:
    """The book after the action, and its cash before."""
    book = desk(**rules)
    for asset, amount, price in case.held:
        book.fill(asset, amount, price)
    book.mark(case.asset, case.mark)
    before = book.ledger.cash
    book.act(event, case.asset, **case.terms)
    return book, before


def check(event: type[Any], case: Case) -> None:
    book, before = acted(event, case)
    left = {
        asset: (book.amount(asset), book.cost(asset), book.price(asset))
        for asset in book.ledger.positions
    }
    assert left == case.left
    assert book.money(book.ledger.cash - before) == case.cash


def check_floats(event: type[Any], case: Case) -> None:
    book, before = acted(event, case, arithmetic=FLOAT)
    assert list(book.ledger.positions) == list(case.left)
    for asset, numbers in case.left.items():
        held = book.ledger.positions[asset]
        found = held.amount, held.total_cost(), held.last_price
        assert found == pytest.approx([float(number) for number in numbers], rel=1e-9, abs=1e-7)
    assert book.ledger.cash - before == pytest.approx(float(case.cash), abs=1e-9)


def table(cases: dict[str, Case]) -> Any:
    return pytest.mark.parametrize("case", cases.values(), ids=cases)


# ---------------------------------------------------------------------- mergers

MERGERS = {
    "share for share": Case(
        terms={"into": BBB, "ratio": 1, "price": 12}, left={BBB: ("100", "1000.00", "12")}
    ),
    "a short, one for two": Case(
        held=((AAA, -100, 10),),
        terms={"into": BBB, "ratio": "1/2", "price": 24},
        left={BBB: ("-50", "-1000.00", "24")},
    ),
    # 101 x 3/2 = 151.5; half a share is 4.00 and had cost 1010 x 0.5 / 151.5 = 3.33...
    "a fraction is paid for": Case(
        held=((AAA, 101, 10),),
        terms={"into": BBB, "ratio": "3/2", "price": 8},
        left={BBB: ("151", "1006.6666666666666667", "8")},
        cash="4.00",
    ),
    "the fraction of a short is owed": Case(
        held=((AAA, -101, 10),),
        terms={"into": BBB, "ratio": "1/2", "price": 24},
        left={BBB: ("-50", "-1000.00", "24")},
        cash="-12.00",
    ),
    # 0.5 x 24.01 = 12.005, to the even cent.
    "cash in lieu is rounded half even": Case(
        held=((AAA, 101, 10),),
        terms={"into": BBB, "ratio": "1/2", "price": "24.01"},
        left={BBB: ("50", "1000.00", "24.01")},
        cash="12.00",
    ),
    "a fraction that is dropped is lost with its cost": Case(
        held=((AAA, 101, 10),),
        terms={"into": BBB, "ratio": "1/2", "price": 24, "fractions": "drop"},
        left={BBB: ("50", "1000.00", "24")},
    ),
    "a fraction that is rounded up costs nothing": Case(
        held=((AAA, 101, 10),),
        terms={"into": BBB, "ratio": "1/2", "price": 24, "fractions": "round_up"},
        left={BBB: ("51", "1010.00", "24")},
    ),
    "a short owes the share that is rounded up": Case(
        held=((AAA, -101, 10),),
        terms={"into": BBB, "ratio": "1/2", "price": 24, "fractions": "round_up"},
        left={BBB: ("-51", "-1010.00", "24")},
    ),
    "nothing to round up": Case(
        terms={"into": BBB, "ratio": "1/2", "price": 24, "fractions": "round_up"},
        left={BBB: ("50", "1000.00", "24")},
    ),
    # 1/3 of a share at 30: 0.33333333 x 30 = 9.9999999.
    "too few for a share": Case(
        held=((AAA, 1, 10),),
        terms={"into": BBB, "ratio": "1/3", "price": 30},
        left={},
        cash="10.00",
    ),
    "cash": Case(terms={"cash": 15}, left={}, cash="1500.00"),
    "a short pays the cash": Case(
        held=((AAA, -100, 10),), terms={"cash": 15}, left={}, cash="-1500.00"
    ),
    # The shares are worth 50 x 20, the profit is 1000 + 500 - 1000 = 500: all of the cash.
    "cash and shares: the cash is profit": Case(
        terms={"into": BBB, "ratio": "1/2", "cash": 5, "price": 20},
        left={BBB: ("50", "1000.00", "20")},
        cash="500.00",
    ),
    # 50 x 14 = 700; of the cash 200 are profit, 300 lower the cost.
    "cash and shares: the cash is more than the profit": Case(
        terms={"into": BBB, "ratio": "1/2", "cash": 5, "price": 14},
        left={BBB: ("50", "700.00", "14")},
        cash="500.00",
    ),
    # 50 x 6 = 300: a loss of 200, which is not realised.
    "cash and shares: a loss": Case(
        terms={"into": BBB, "ratio": "1/2", "cash": 5, "price": 6},
        left={BBB: ("50", "500.00", "6")},
        cash="500.00",
    ),
    # 50 x 2 + 1200 - 1000 = 300 profit, 900 off the cost.
    "cash beyond the cost": Case(
        terms={"into": BBB, "ratio": "1/2", "cash": 12, "price": 2},
        left={BBB: ("50", "100.00", "2")},
        cash="1200.00",
    ),
    "cash and shares of a short": Case(
        held=((AAA, -100, 10),),
        terms={"into": BBB, "ratio": "1/2", "cash": 5, "price": 14},
        left={BBB: ("-50", "-700.00", "14")},
        cash="-500.00",
    ),
    # 50.5 shares worth 707 and 505 in cash for 1010: 202 profit, 303 off the cost; of the 707
    # that are left half a share's 7 go with the 7.00 that pay for it.
    "cash, shares and a fraction": Case(
        held=((AAA, 101, 10),),
        terms={"into": BBB, "ratio": "1/2", "cash": 5, "price": 14},
        left={BBB: ("50", "700.00", "14")},
        cash="512.00",
    ),
    "shares join those that are held, which keep their mark": Case(
        held=((AAA, 100, 10), (BBB, 10, 20)),
        terms={"into": BBB, "ratio": "1/10", "price": 120},
        left={BBB: ("20", "1200.00", "20")},
    ),
    # 20 of 30 are covered, which had brought 400.
    "shares cover a part of a short": Case(
        held=((AAA, 100, 10), (BBB, -30, 20)),
        terms={"into": BBB, "ratio": "1/5", "price": 60},
        left={BBB: ("-10", "-200.00", "20")},
    ),
    # 10 of 20 cover the short; the other 10 keep half of the cost.
    "shares cover a short and more": Case(
        held=((AAA, 100, 10), (BBB, -10, 20)),
        terms={"into": BBB, "ratio": "1/5", "price": 60},
        left={BBB: ("10", "500.00", "20")},
    ),
    "shares cover a short": Case(
        held=((AAA, 100, 10), (BBB, -20, 20)),
        terms={"into": BBB, "ratio": "1/5", "price": 60},
        left={},
    ),
    # 12 / 0.4 = 30; 0.4 of a share is 12.00 and had cost 10.
    "a price that is not given is the fair one": Case(
        held=((AAA, 101, 10),),
        terms={"into": BBB, "ratio": "2/5"},
        left={BBB: ("40", "1000.00", "30")},
        cash="12.00",
    ),
    # (12 - 2) / 0.4 = 25: 10.00 for the fraction, 202 in cash. All of the cash is profit.
    "cash comes off the fair price": Case(
        held=((AAA, 101, 10),),
        terms={"into": BBB, "ratio": "2/5", "cash": 2},
        left={BBB: ("40", "1000.00", "25")},
        cash="212.00",
    ),
    "cash above the mark leaves nothing for the shares": Case(
        terms={"into": BBB, "ratio": "1/2", "cash": 13},
        left={BBB: ("50", "0.00", "0")},
        cash="1300.00",
    ),
    # 40.4 and the 20 that were held: 0.4 x 33.
    "a price that is not given is the mark of what is held": Case(
        held=((AAA, 101, 10), (BBB, 20, 33)),
        terms={"into": BBB, "ratio": "2/5"},
        left={BBB: ("60", "1660.00", "33")},
        cash="13.20",
    ),
    # 0.500000015 coins: half of the smallest unit is too little to be written.
    "coins to their own lot": Case(
        held=((COIN, "1.00000003", 3),),
        terms={"into": FORK, "ratio": "1/2", "price": 24},
        left={FORK: ("0.50000001", "3.00000009", "24")},
    ),
    "for nothing": Case(left={}),
}


@table(MERGERS)
def test_mergers(case: Case) -> None:
    check(Merged, case)


@table(MERGERS)
def test_mergers_in_floats(case: Case) -> None:
    check_floats(Merged, case)


def test_a_merger_is_one_entry_that_carries_the_cost() -> None:
    # 101 shares for 50.5 at 14 and 505: 303 of the cost are paid back, 707 go on.
    book = desk()
    book.fill(AAA, 101, 10)
    old, new = commodity_of(AAA), commodity_of(BBB)
    postings = book.act(Merged, AAA, into=BBB, ratio="1/2", cash=5, price=14)
    assert [(row.account, row.commodity, row.amount) for row in postings] == [
        ("assets:cash", "USD", DECIMAL.money(505)),
        (f"trading:{old}", "USD", DECIMAL.money(-505)),
        ("assets:position", old, DECIMAL.amount(-101)),
        (f"trading:{old}", old, DECIMAL.amount(101)),
        ("assets:cash", "USD", DECIMAL.money(7)),
        (f"trading:{new}", "USD", DECIMAL.money(-7)),
        ("assets:position", new, DECIMAL.amount(50)),
        (f"trading:{new}", new, DECIMAL.amount(-50)),
        (f"trading:{old}", "USD", DECIMAL.money(-707)),
        (f"trading:{new}", "USD", DECIMAL.money(707)),
    ]
    assert {(row.entry, row.cause, row.strategy) for row in postings} == {
        (2, f"merger:{old}", "strategy")
    }


def test_a_merger_of_nothing_does_nothing() -> None:
    book = desk()
    book.fill(BBB, 10, 20)
    assert book.act(Merged, AAA, into=BBB, ratio=2, cash=5, price=14) == ()
    assert (book.amount(BBB), book.cost(BBB), book.cash) == ("10", "200.00", "99800.00")


# ---------------------------------------------------------------------- spin-offs

SPIN_OFFS = {
    "a share of the cost goes with the child": Case(
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 8},
        left={AAA: ("100", "800.00", "10"), BBB: ("25", "200.00", "8")},
    ),
    # 25.5 of the child had cost 204, half of one 4.
    "a fraction is paid for": Case(
        held=((AAA, 102, 10),),
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 8},
        left={AAA: ("102", "816.00", "10"), BBB: ("25", "200.00", "8")},
        cash="4.00",
    ),
    "a fraction is dropped": Case(
        held=((AAA, 102, 10),),
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 8, "fractions": "drop"},
        left={AAA: ("102", "816.00", "10"), BBB: ("25", "200.00", "8")},
    ),
    "a fraction is rounded up": Case(
        held=((AAA, 102, 10),),
        terms={
            "child": BBB,
            "ratio": "1/4",
            "cost_share": "1/5",
            "price": 8,
            "fractions": "round_up",
        },
        left={AAA: ("102", "816.00", "10"), BBB: ("26", "204.00", "8")},
    ),
    "a short owes the child": Case(
        held=((AAA, -102, 10),),
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 8},
        left={AAA: ("-102", "-816.00", "10"), BBB: ("-25", "-200.00", "8")},
        cash="-4.00",
    ),
    "without a share of the cost it costs nothing": Case(
        terms={"child": BBB, "ratio": "1/4", "price": 8},
        left={AAA: ("100", "1000.00", "10"), BBB: ("25", "0.00", "8")},
    ),
    "all of the cost": Case(
        terms={"child": BBB, "ratio": "1/4", "cost_share": 1, "price": 8},
        left={AAA: ("100", "0.00", "10"), BBB: ("25", "1000.00", "8")},
    ),
    # A sixth of 12 is 2 for a quarter of a share.
    "a price that is not given is what the share of the cost means": Case(
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/6"},
        left={
            AAA: ("100", "833.3333333333333333", "10"),
            BBB: ("25", "166.6666666666666667", "8"),
        },
    ),
    "nothing is known of its worth": Case(
        held=((AAA, 102, 10),),
        terms={"child": BBB, "ratio": "1/4"},
        left={AAA: ("102", "1020.00", "12"), BBB: ("25", "0.00", "0")},
    ),
    "it joins what is held": Case(
        held=((AAA, 100, 10), (BBB, 5, 7)),
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/5"},
        left={AAA: ("100", "800.00", "10.25"), BBB: ("30", "235.00", "7")},
    ),
    # 25 of the 40 that are short are delivered.
    "it meets a short of the child": Case(
        held=((AAA, 100, 10), (BBB, -40, 7)),
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 8},
        left={AAA: ("100", "800.00", "10"), BBB: ("-15", "-105.00", "7")},
    ),
    "too few to be written": Case(
        held=((AAA, 3, 10),),
        terms={"child": BBB, "ratio": "1/1000000000", "cost_share": "1/5", "price": 8},
        left={AAA: ("3", "30.00", "12")},
    ),
    "a child that is worth more than its parent was": Case(
        terms={"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 60},
        left={AAA: ("100", "800.00", "0"), BBB: ("25", "200.00", "60")},
    ),
    "a fork of a coin": Case(
        held=((COIN, "2.5", 100),),
        mark=100,
        terms={"child": FORK, "ratio": 1, "cost_share": "1/10", "price": 9},
        left={COIN: ("2.5", "225.00", "91"), FORK: ("2.5", "25.00", "9")},
    ),
}


@table(SPIN_OFFS)
def test_spin_offs(case: Case) -> None:
    check(SpunOff, case)


@table(SPIN_OFFS)
def test_spin_offs_in_floats(case: Case) -> None:
    check_floats(SpunOff, case)


def test_a_spin_off_is_one_entry() -> None:
    book = desk()
    book.fill(AAA, 102, 10)
    parent, child = commodity_of(AAA), commodity_of(BBB)
    postings = book.act(SpunOff, AAA, child=BBB, ratio="1/4", cost_share="1/5", price=8)
    assert [(row.account, row.commodity, row.amount) for row in postings] == [
        ("assets:cash", "USD", DECIMAL.money(4)),
        (f"trading:{child}", "USD", DECIMAL.money(-4)),
        ("assets:position", child, DECIMAL.amount(25)),
        (f"trading:{child}", child, DECIMAL.amount(-25)),
        (f"trading:{parent}", "USD", DECIMAL.money(-204)),
        (f"trading:{child}", "USD", DECIMAL.money(204)),
    ]
    assert {row.cause for row in postings} == {f"spin-off:{parent}"}


def test_a_spin_off_from_nothing_gives_nothing() -> None:
    book = desk()
    assert book.act(SpunOff, AAA, child=BBB, ratio=1, price=8) == ()
    assert book.ledger.positions == {}


def test_more_than_the_whole_cost_cannot_go() -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    with pytest.raises(InvalidArgument, match="3/2"):
        book.act(SpunOff, AAA, child=BBB, ratio=1, cost_share="3/2", price=8)
    assert (book.cost(AAA), list(book.ledger.positions)) == ("1000.00", [AAA])


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


# ---------------------------------------------------------------------- zipline's cost basis


@pytest.mark.parametrize(
    ("event", "terms", "bases"),
    [
        (Merged, {"into": BBB, "ratio": "1/2", "price": 24}, {BBB: 20}),
        (Merged, {"into": BBB, "ratio": "1/2", "cash": 5, "price": 14}, {BBB: 14}),
        (
            SpunOff,
            {"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 8},
            {AAA: 8, BBB: 8},
        ),
        (ReturnOfCapital, {"per_share": 2}, {AAA: 8}),
    ],
)
@pytest.mark.parametrize("amount", [100, -100])
def test_zipline_averages_what_it_does_not_know(
    event: type[Any], terms: dict[str, Any], bases: dict[Asset, int], amount: int
) -> None:
    book = desk(**ZIPLINE_RULES)
    book.fill(AAA, amount, 10)
    book.act(event, AAA, **terms)
    found = {asset: float(book.cost_basis(asset)) for asset in book.ledger.positions}
    assert found == pytest.approx(bases, rel=1e-12)


@pytest.mark.parametrize(
    ("held", "left"), [(10, (60, 1100)), (-20, (30, 600)), (-80, (-30, -150)), (-50, None)]
)
def test_zipline_averages_what_arrives(held: int, left: tuple[int, int] | None) -> None:
    # 50 that had cost 20 each meet what was traded at 10 (10), at 5 (-20, -80, -50).
    book = desk(**ZIPLINE_RULES)
    book.fill(AAA, 100, 10)
    book.fill(BBB, held, 10 if held > 0 else 5)
    book.act(Merged, AAA, into=BBB, ratio="1/2", price=24)
    if left is None:
        assert book.ledger.positions == {}
    else:
        assert (float(book.amount(BBB)), float(book.cost(BBB))) == pytest.approx(left)


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("event", "asset", "terms"),
    [
        (Merged, OIL, {"cash": 5}),
        (Merged, AAA, {"into": OIL, "ratio": 1, "price": 5}),
        (SpunOff, OIL, {"child": AAA, "ratio": 1}),
        (SpunOff, AAA, {"child": OIL, "ratio": 1}),
        (SharesDistributed, OIL, {"pay": 20, "ratio": 1}),
        (ReturnOfCapital, OIL, {"per_share": 1}),
    ],
)
def test_futures_have_no_corporate_actions(
    event: type[Any], asset: Asset, terms: dict[str, Any]
) -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    book.fill(OIL, 1, 50)
    entries = len(book.journal)
    with pytest.raises(InvalidArgument, match="futures have no corporate actions"):
        book.act(event, asset, **terms)
    assert (len(book.journal), book.amount(AAA), book.cost(AAA)) == (entries, "100", "1000.00")


# ---------------------------------------------------------------------- what others are told


class Watcher:
    """Writes down which positions come and go."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def opened(self, position: Any) -> None:
        self.seen.append(f"+{position.asset.symbol}")

    def closed(self, position: Any) -> None:
        self.seen.append(f"-{position.asset.symbol} {position.amount}")


def test_listeners_hear_of_positions_that_come_and_go() -> None:
    book, watcher = desk(), Watcher()
    book.ledger.watch(watcher)
    book.fill(AAA, 101, 10)
    book.act(SpunOff, AAA, child=FORK, ratio=1, price=1)
    book.act(Merged, AAA, into=BBB, ratio="1/2", price=20)
    book.act(Merged, BBB, cash=20)
    assert watcher.seen == ["+AAA", "+BCH/USD", "-AAA 0", "+BBB", "-BBB 0"]


def test_values_are_new_after_an_action() -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    assert book.money(book.ledger.totals().net_value) == "1000.00"
    assert book.ledger.position_columns().assets == (AAA,)
    book.act(Merged, AAA, into=BBB, ratio="1/2", price=20)
    assert book.money(book.ledger.totals().net_value) == "1000.00"
    columns = book.ledger.position_columns()
    assert (columns.assets, columns.amounts) == ((BBB,), (DECIMAL.amount(50),))
    assert (columns.cost_bases, columns.last_sale_prices) == (
        (DECIMAL.money(20),),
        (DECIMAL.price(20),),
    )


@pytest.mark.parametrize(
    ("event", "terms", "arrival"),
    [
        (Merged, {"into": BBB, "ratio": "1/2", "price": 24}, (BBB, "50", "0.5", "12.00", "24")),
        (Merged, {"cash": 5}, None),
        (SpunOff, {"child": BBB, "ratio": "1/2", "price": 8}, (BBB, "50", "0.5", "4.00", "8")),
        (
            SpunOff,
            {"child": BBB, "ratio": "1/2", "price": 8, "fractions": "drop"},
            (BBB, "50", "0.5", "0.00", "8"),
        ),
        (
            SharesDistributed,
            {"pay": 20, "ratio": "1/2", "fractions": "round_up"},
            (AAA, "152", "0", "0.00", "8"),
        ),
        (ReturnOfCapital, {"per_share": 5}, None),
    ],
)
def test_what_will_arrive_is_known_before(
    event: type[Any], terms: dict[str, Any], arrival: tuple[Any, ...] | None
) -> None:
    book = desk()
    book.fill(AAA, 101, 12)
    found = book.ledger.arrival(book.action(event, AAA, **terms))
    assert book.ledger.arrival(book.action(event, FORK, **terms)) is None
    if found is None or arrival is None:
        assert found == arrival
        return
    public = (
        found.asset,
        f"{DECIMAL.amount_value(found.units):f}",
        f"{DECIMAL.amount_value(found.fraction):f}",
        book.money(found.cash),
        f"{DECIMAL.price_value(found.price):f}",
    )
    assert public == arrival
