"""Every number here is worked out by hand; what is not plain from the terms stands beside it."""

import pytest
from finance.action_cases import Case, check, check_floats, table
from finance.books import AAA, BBB, COIN, DECIMAL, FORK, desk

from rustybt.errors import InvalidArgument
from rustybt.finance.accounts import commodity_of
from rustybt.finance.action_events import SpunOff

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
