"""Every number here is worked out by hand; what is not plain from the terms stands beside it."""

from finance.action_cases import Case, check, check_floats, table
from finance.books import AAA, BBB, COIN, DECIMAL, FORK, desk

from rustybt.finance.accounts import commodity_of
from rustybt.finance.action_events import Merged

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
