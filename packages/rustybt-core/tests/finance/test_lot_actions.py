"""Corporate actions on lots; every number is worked out by hand."""

from dataclasses import dataclass
from typing import Any

import pytest
from finance.books import AAA, BBB, COIN
from finance.lot_desk import LotDesk

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.lots import LotMethod

Trade = tuple[object, ...]
"""Amount, price and commission, where there is one."""


# ------------------------------------------------------------------ splits


@dataclass(frozen=True, kw_only=True)
class Split:
    """Trades, a split, the lots after it, and what was paid out."""

    trades: list[Trade]
    terms: dict[str, Any]
    lots: list[str]
    paid: list[str]
    method: LotMethod = "fifo"
    asset: Asset = AAA
    action: str = "split"


SPLITS = {
    "two for one": Split(
        trades=[(10, 30), (5, 36)],
        terms={"ratio": "1/2"},
        lots=["1: 20 at 15 cost 300", "2: 10 at 18 cost 180"],
        paid=[],
    ),
    "two for one, of a short": Split(
        trades=[(-10, 30)],
        terms={"ratio": "1/2"},
        lots=["1: -20 at 15 cost -300"],
        paid=[],
    ),
    # 3 + 4 = 7 shares are 1.4 of the new ones: 0.6 + 0.8. The newest pays the 0.4 at 50: 20 for a
    # cost of half of 4 x 12 = 48.
    "one for five": Split(
        trades=[(3, 10), (4, 12)],
        terms={"ratio": "5", "price": 50},
        lots=["1: 0.6 at 50 cost 30", "2: 0.4 at 60 cost 24"],
        paid=["2: 0.4 from 60 to 50 made -4"],
    ),
    # The same for a short: it pays the 20.
    "one for five, of a short": Split(
        trades=[(-3, 10), (-4, 12)],
        terms={"ratio": "5", "price": 50},
        lots=["1: -0.6 at 50 cost -30", "2: -0.4 at 60 cost -24"],
        paid=["2: -0.4 from 60 to 50 made 4"],
    ),
    # 7 + 1 = 8 are 1.6: 1.4 + 0.2. The fraction of 0.6 takes all of the newest, 0.4 of the older.
    "a fraction that is more than the newest lot": Split(
        trades=[(7, 10), (1, 10)],
        terms={"ratio": "5", "price": 50},
        lots=["1: 1 at 50 cost 50"],
        paid=["2: 0.2 from 50 to 50 made 0", "1: 0.4 from 50 to 50 made 0"],
    ),
    # Cash as the ledger paid it: 11.37 for half a share that cost 30 / 2.
    "cash that is known": Split(
        trades=[(3, 20)],
        terms={"ratio": "2", "cash": "11.37"},
        lots=["1: 1 at 40 cost 40"],
        paid=["1: 0.5 from 40 to 22.74 made -8.63"],
    ),
    "an amount that is known": Split(
        trades=[(102, 10)],
        terms={"ratio": "2/3", "price": 7, "stays": 152},
        lots=["1: 152 at 6.666666666667 cost 1013.3333333333333333"],
        paid=["1: 1 from 6.666666666667 to 7 made 0.3333333333333333"],
    ),
    "less than a share is paid out": Split(
        trades=[(3, 10)],
        terms={"ratio": "5", "price": 50},
        lots=[],
        paid=["1: 0.6 from 50 to 50 made 0"],
    ),
    # Three lots of 1/3 each, of which 0.99999999 shares can be written: 0.33333333 for each and
    # one unit more for the first, so that they are the one share that they are together.
    "thirds that are a whole together": Split(
        trades=[(1, 10), (1, 10), (1, 10)],
        terms={"ratio": "3"},
        lots=[
            "1: 0.33333334 at 30 cost 10",
            "2: 0.33333333 at 30 cost 10",
            "3: 0.33333333 at 30 cost 10",
        ],
        paid=[],
    ),
    # Average: 78 / 7 each, as a price 11.142857142857; 1.4 shares of which 0.4 go:
    # 78 x 0.4 / 1.4 = 22.28….
    "one for five under average": Split(
        method="average",
        trades=[(3, 10), (4, 12)],
        terms={"ratio": "5", "price": 50},
        lots=[
            "1: 0.6 at 55.714285714285 cost 33.4285714285714286",
            "2: 0.4 at 55.714285714285 cost 22.2857142857142857",
        ],
        paid=["2: 0.4 from 55.714285714285 to 50 made -2.2857142857142857"],
    ),
    "lifo has nothing to say about fractions": Split(
        method="lifo",
        trades=[(3, 20), (2, 20)],
        terms={"ratio": "2", "price": 40},
        lots=["1: 1.5 at 40 cost 60", "2: 0.5 at 40 cost 20"],
        paid=["2: 0.5 from 40 to 40 made 0"],
    ),
    # Half a unit of 0.00000001 cannot be written: there is no fraction to pay for.
    "a coin is split to its own lot": Split(
        asset=COIN,
        trades=[("1.00000001", 3)],
        terms={"ratio": "2", "price": 6},
        lots=["1: 0.5 at 6 cost 3.00000003"],
        paid=[],
    ),
    # Five per cent of 110 are 5.5 shares; half a share at 20 is 10, its cost 2310 x 0.5 / 115.5.
    "a stock dividend": Split(
        action="stock_dividend",
        trades=[(110, 21)],
        terms={"rate": "1/20", "price": 20},
        lots=["1: 115 at 20 cost 2300"],
        paid=["1: 0.5 from 20 to 20 made 0"],
    ),
}


@pytest.mark.parametrize("case", SPLITS.values(), ids=SPLITS)
def test_splits(case: Split) -> None:
    desk = LotDesk(case.method)
    for trade in case.trades:
        desk.trade(case.asset, *trade)
    paid = desk.act(case.action, case.asset, **case.terms)
    assert (desk.lots(case.asset), paid) == (case.lots, case.paid)


def test_a_split_in_the_middle_of_a_trade() -> None:
    desk = LotDesk()
    desk.trade(AAA, 100, 50, 2)
    desk.act("split", AAA, ratio="1/2")
    desk.trade(AAA, -150, 27, 3)
    # 150 of 200 shares: 4050 - 3 - 5002 x 3/4.
    assert desk.closed() == ["1: 150 from 25 to 27 made 295.5"]
    assert desk.lots(AAA) == ["1: 50 at 25 cost 1250.5"]


def test_a_fraction_needs_a_price_or_the_cash_and_nothing_happens_without() -> None:
    desk = LotDesk()
    desk.trade(AAA, 3, 10)
    with pytest.raises(InvalidArgument, match="give the price of AAA: a fraction is left"):
        desk.act("split", AAA, ratio="2")
    assert desk.lots(AAA) == ["1: 3 at 10 cost 30"]


def test_a_lot_of_which_no_unit_is_left_keeps_its_cost_until_a_trade() -> None:
    desk = LotDesk()
    desk.trade(COIN, "0.00000009", 1000)
    desk.trade(COIN, "0.00000001", 1000)
    # 0.0000001 of ten thousand become 0.00000001, all of it of the first lot.
    desk.act("split", COIN, ratio="10", price=10_000)
    assert desk.amount(COIN) == "0.00000001"
    assert desk.cost(COIN) == "0.0001"
    desk.trade(COIN, "-0.00000001", 10_000)
    assert (desk.realised(), desk.book.assets) == ("0", ())


def test_a_position_too_small_for_its_new_scale_is_lost() -> None:
    desk = LotDesk()
    desk.trade(COIN, "0.00000001", 1000)
    assert desk.act("split", COIN, ratio="10", price=10_000) == [
        "1: 0 from 10000 to 0 made -0.00001"
    ]
    assert desk.book.assets == ()


def test_cash_without_a_fraction_belongs_to_the_newest_lot() -> None:
    desk = LotDesk()
    desk.trade(COIN, "1.00000001", 3)
    assert desk.act("split", COIN, ratio="2", cash="0.01") == ["1: 0 from 6 to 0 made 0.01"]
    assert desk.lots(COIN) == ["1: 0.5 at 6 cost 3.00000003"]


def test_a_lot_without_a_unit_gets_no_payment() -> None:
    desk = LotDesk()
    desk.trade(COIN, "0.00000009", 1000)
    desk.trade(COIN, "0.00000001", 1000)
    desk.act("split", COIN, ratio="10", price=10_000)
    desk.act("return_of_capital", COIN, per_share=4000)
    assert desk.lots(COIN) == [
        "1: 0.00000001 at 5000 cost 0.00005",
        "2: 0 at 0 cost 0.00001",
    ]


# ------------------------------------------------------------------ spin-offs


def test_a_spin_off_shares_the_cost_lot_by_lot_and_keeps_the_holding_periods() -> None:
    desk = LotDesk()
    desk.trade(AAA, 100, 40, 8)
    desk.trade(AAA, 50, 60)
    # One BBB for four AAA; a fifth of the cost. 12.5 of the second lot: half a share at 35.
    paid = desk.act("spin_off", AAA, BBB, shares="1/4", cost_share="1/5", price=35)
    assert desk.lots(AAA) == ["1: 100 at 32 cost 3206.4", "2: 50 at 48 cost 2400"]
    # Lot 1 gave 801.6 of 4008, lot 2 gave 600 of 3000, of which 24 for half a share.
    assert desk.lots(BBB) == ["3: 25 at 32 cost 801.6", "4: 12 at 48 cost 576"]
    assert paid == ["4: 0.5 from 48 to 35 made -6.5"]
    assert [lot.opened for lot in desk.book.lots(BBB)] == [1, 2]
    assert [desk.money(lot.commission) for lot in desk.book.lots(BBB)] == ["1.6", "0"]


def test_a_spin_off_joins_what_is_held_by_its_holding_period() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 40)
    desk.trade(BBB, 5, 7)
    desk.act("spin_off", AAA, BBB, shares=1, cost_share="1/4")
    assert desk.lots(BBB) == ["3: 10 at 10 cost 100", "2: 5 at 7 cost 35"]
    desk.trade(BBB, -12, 8)
    assert desk.closed() == ["3: 10 from 10 to 8 made -20", "2: 2 from 7 to 8 made 2"]


def test_a_spin_off_without_a_share_of_the_cost_costs_nothing() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 40)
    desk.act("spin_off", AAA, BBB, shares=2, cost_share=None)
    assert desk.lots(AAA) == ["1: 10 at 40 cost 400"]
    assert desk.lots(BBB) == ["2: 20 at 0 cost 0"]


def test_a_spin_off_of_a_short_is_owed() -> None:
    desk = LotDesk()
    desk.trade(AAA, -100, 40)
    desk.act("spin_off", AAA, BBB, shares="1/4", cost_share="1/5")
    assert desk.lots(AAA) == ["1: -100 at 32 cost -3200"]
    assert desk.lots(BBB) == ["2: -25 at 32 cost -800"]


def test_a_spin_off_meets_a_short_of_the_child_at_its_price() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 40)
    desk.trade(BBB, -4, 12)
    # 10 BBB arrive that cost 10 each; 4 of them cover the short, all at 11.
    paid = desk.act("spin_off", AAA, BBB, shares=1, cost_share="1/4", price=11)
    assert paid == ["2: -4 from 12 to 11 made 4", "3: 4 from 10 to 11 made 4"]
    assert desk.lots(BBB) == ["3: 6 at 10 cost 60"]
    assert {part.cause for part in desk.book.closed} == {"delivery"}


def test_what_arrives_can_be_less_than_the_short_that_it_meets() -> None:
    desk = LotDesk()
    desk.trade(AAA, 4, 40)
    desk.trade(BBB, -10, 12)
    desk.act("spin_off", AAA, BBB, shares=1, cost_share="1/4", price=11)
    assert desk.lots(BBB) == ["2: -6 at 12 cost -72"]
    assert desk.realised() == "8"


def test_terms_of_a_spin_off_are_checked() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 40)
    desk.trade(BBB, -1, 40)
    with pytest.raises(InvalidArgument, match="cost_share was '5/4'; give 1 or less"):
        desk.act("spin_off", AAA, BBB, shares=1, cost_share="5/4", price=1)
    with pytest.raises(InvalidArgument, match="a position of the other side"):
        desk.act("spin_off", AAA, BBB, shares=1, cost_share="1/4")
    assert desk.lots(AAA) == ["1: 10 at 40 cost 400"]


def test_a_spin_off_too_small_to_be_written_gives_nothing() -> None:
    desk = LotDesk()
    desk.trade(COIN, "0.00000001", 40)
    assert desk.act("spin_off", COIN, BBB, shares="1/4", cost_share="1/4", price=1) == []
    assert desk.lots(BBB) == []
    assert desk.cost(COIN) == "0.0000004"


# ------------------------------------------------------------------ mergers


def test_a_merger_for_cash_sells_every_lot() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 40)
    desk.trade(AAA, 5, 60)
    assert desk.act("merge", AAA, BBB, shares=None, cash_per_share=50) == [
        "1: 10 from 40 to 50 made 100",
        "2: 5 from 60 to 50 made -50",
    ]
    assert desk.book.assets == ()


def test_a_merger_for_shares_keeps_cost_and_holding_period() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 40, 1)
    desk.trade(AAA, 5, 60)
    # 3 for 2: 15 + 7.5; the half share of the newest, cost 300 / 15, at 42: 21.
    paid = desk.act("merge", AAA, BBB, shares="3/2", price=42)
    assert desk.lots(BBB) == [
        "1: 15 at 26.666666666667 cost 401",
        "2: 7 at 40 cost 280",
    ]
    assert paid == ["2: 0.5 from 40 to 42 made 1"]
    assert [lot.opened for lot in desk.book.lots(BBB)] == [1, 2]
    assert desk.book.assets == (BBB,)


@pytest.mark.parametrize(
    ("price", "cost", "realised"),
    [
        # A share of 50 becomes one of `price` and 10 in cash. The profit is price + 10 - 50.
        (55, "50", "10"),  # 15 of profit, 10 of it realised
        (44, "44", "4"),  # 4 of profit, all realised; 6 are paid back
        (30, "40", "0"),  # a loss of 10 is not realised; all 10 are paid back
    ],
)
def test_a_merger_for_both_realises_the_profit_up_to_the_cash(
    price: int, cost: str, realised: str
) -> None:
    for amount, sign in ((1, ""), (-1, "-")):
        desk = LotDesk()
        desk.trade(AAA, amount, 50)
        desk.act("merge", AAA, BBB, shares=1, cash_per_share=10, price=price)
        assert desk.cost(BBB) == sign + cost
        assert desk.lots(BBB) == [f"1: {amount} at {cost} cost {sign}{cost}"]
        assert desk.realised() == (sign + realised).replace("-0", "0")
        (part,) = desk.book.closed
        assert (part.cause, part.amount) == ("merger", 0)


def test_the_lots_of_a_merger_for_both_are_judged_one_by_one() -> None:
    desk = LotDesk()
    desk.trade(AAA, 2, 30)
    desk.trade(AAA, 2, 60)
    # Half a share at 80 and 15 in cash for each: the first made 25 a share, the second lost 5.
    desk.act("merge", AAA, BBB, shares="1/2", cash_per_share=15, price=80)
    assert desk.lots(BBB) == ["1: 1 at 60 cost 60", "2: 1 at 90 cost 90"]
    assert desk.closed() == ["1: 0 from 30 to 15 made 30", "2: 0 from 60 to 15 made 0"]


def test_a_merger_into_what_is_held_short_meets_it() -> None:
    desk = LotDesk()
    desk.trade(BBB, -10, 20)
    desk.trade(AAA, 10, 40)
    desk.act("merge", AAA, BBB, shares=1, price=25)
    assert desk.book.assets == ()
    assert desk.realised() == "-200"  # sold for 200, bought for 400


def test_cash_beside_units_needs_their_price() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 40)
    with pytest.raises(InvalidArgument, match="give the price of the new units"):
        desk.act("merge", AAA, BBB, shares=1, cash_per_share=1)
    assert desk.lots(AAA) == ["1: 10 at 40 cost 400"]


def test_a_merger_too_small_for_a_unit_is_paid_out() -> None:
    desk = LotDesk()
    desk.trade(COIN, "0.00000001", 1000)
    desk.act("merge", COIN, BBB, shares="1/10", price=10_000, cash="0.01")
    assert desk.book.assets == ()
    assert desk.realised() == "0.00999"


# ------------------------------------------------------------------ return of capital


def test_a_return_of_capital_lowers_the_cost_and_then_is_a_profit() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 5, 2)
    desk.trade(AAA, 10, 20)
    assert desk.act("return_of_capital", AAA, per_share=6) == [
        "1: 0 from 5 to 6 made 8",
        "2: 0 from 20 to 6 made 0",
    ]
    assert desk.lots(AAA) == ["1: 10 at 0 cost 0", "2: 10 at 14 cost 140"]
    assert [desk.money(part.entry_commission) for part in desk.book.closed] == ["2", "0"]


def test_a_short_pays_a_return_of_capital() -> None:
    desk = LotDesk()
    desk.trade(AAA, -10, 20)
    desk.act("return_of_capital", AAA, per_share=6)
    assert desk.lots(AAA) == ["1: -10 at 14 cost -140"]
    assert desk.realised() == "0"
    desk.act("return_of_capital", AAA, per_share=15)
    assert (desk.cost(AAA), desk.realised()) == ("0", "-10")
