"""Every number here is worked out by hand; what is not plain from the trades stands beside it."""

from dataclasses import dataclass

import pytest
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, OIL
from finance.lot_desk import LotDesk

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.lot_book import LotBook
from rustybt.finance.lots import LotMethod

Trade = tuple[object, ...]
"""Amount, price and commission, where there is one."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Trades of one asset, the lots that are left, and the profit of what was closed."""

    trades: list[Trade]
    lots: list[str]
    closed: list[str]
    method: LotMethod = "fifo"
    asset: Asset = AAA


CASES = {
    "a long that is opened": Case(
        trades=[(100, "10.5")], lots=["1: 100 at 10.5 cost 1050"], closed=[]
    ),
    "a short that is opened": Case(
        trades=[(-100, "10.5")], lots=["1: -100 at 10.5 cost -1050"], closed=[]
    ),
    "a long that is closed": Case(
        trades=[(100, 10), (-100, 12)], lots=[], closed=["1: 100 from 10 to 12 made 200"]
    ),
    "a short that is covered": Case(
        trades=[(-100, 10), (100, 12)], lots=[], closed=["1: -100 from 10 to 12 made -200"]
    ),
    "a part of a long": Case(
        trades=[(100, 10), (-40, 12)],
        lots=["1: 60 at 10 cost 600"],
        closed=["1: 40 from 10 to 12 made 80"],
    ),
    "a part of a short": Case(
        trades=[(-100, 10), (30, 7)],
        lots=["1: -70 at 10 cost -700"],
        closed=["1: -30 from 10 to 7 made 90"],
    ),
    "crossing zero from long to short": Case(
        trades=[(100, 10), (-150, 12)],
        lots=["2: -50 at 12 cost -600"],
        closed=["1: 100 from 10 to 12 made 200"],
    ),
    "crossing zero from short to long": Case(
        trades=[(-2, 5), (3, 4)],
        lots=["2: 1 at 4 cost 4"],
        closed=["1: -2 from 5 to 4 made 2"],
    ),
    "flat, and then anew": Case(
        trades=[(5, 10), (-5, 11), (5, 12)],
        lots=["2: 5 at 12 cost 60"],
        closed=["1: 5 from 10 to 11 made 5"],
    ),
    "fifo sells the oldest": Case(
        trades=[(10, 10), (10, 30), (10, 20), (-15, 40)],
        lots=["2: 5 at 30 cost 150", "3: 10 at 20 cost 200"],
        closed=["1: 10 from 10 to 40 made 300", "2: 5 from 30 to 40 made 50"],
    ),
    "lifo sells the newest": Case(
        method="lifo",
        trades=[(10, 10), (10, 30), (10, 20), (-15, 40)],
        lots=["1: 10 at 10 cost 100", "2: 5 at 30 cost 150"],
        closed=["3: 10 from 20 to 40 made 200", "2: 5 from 30 to 40 made 50"],
    ),
    "hifo sells the dearest": Case(
        method="hifo",
        trades=[(10, 10), (10, 30), (10, 20), (-15, 40)],
        lots=["1: 10 at 10 cost 100", "3: 5 at 20 cost 100"],
        closed=["2: 10 from 30 to 40 made 100", "3: 5 from 20 to 40 made 100"],
    ),
    # (100 + 300 + 200) / 30 = 20 each.
    "average sells at what all cost": Case(
        method="average",
        trades=[(10, 10), (10, 30), (10, 20), (-15, 40)],
        lots=["2: 5 at 20 cost 100", "3: 10 at 20 cost 200"],
        closed=["1: 10 from 20 to 40 made 200", "2: 5 from 20 to 40 made 100"],
    ),
    "fifo covers the oldest": Case(
        trades=[(-10, 10), (-10, 30), (12, 20)],
        lots=["2: -8 at 30 cost -240"],
        closed=["1: -10 from 10 to 20 made -100", "2: -2 from 30 to 20 made 20"],
    ),
    "lifo covers the newest": Case(
        method="lifo",
        trades=[(-10, 10), (-10, 30), (12, 20)],
        lots=["1: -8 at 10 cost -80"],
        closed=["2: -10 from 30 to 20 made 100", "1: -2 from 10 to 20 made -20"],
    ),
    "hifo covers what brought least": Case(
        method="hifo",
        trades=[(-10, 30), (-10, 10), (12, 20)],
        lots=["1: -8 at 30 cost -240"],
        closed=["2: -10 from 10 to 20 made -100", "1: -2 from 30 to 20 made 20"],
    ),
    "average covers at what all brought": Case(
        method="average",
        trades=[(-10, 10), (-10, 30), (12, 20)],
        lots=["2: -8 at 20 cost -160"],
        closed=["1: -10 from 20 to 20 made 0", "2: -2 from 20 to 20 made 0"],
    ),
    "hifo takes the older of two that cost the same": Case(
        method="hifo",
        trades=[(1, 10), (1, 10), (-1, 11)],
        lots=["2: 1 at 10 cost 10"],
        closed=["1: 1 from 10 to 11 made 1"],
    ),
    # A commission makes the second lot the dearer one: 10.5 against 10.2 each.
    "hifo counts commissions": Case(
        method="hifo",
        trades=[(10, "10.2"), (10, 10, 5), (-10, 11)],
        lots=["1: 10 at 10.2 cost 102"],
        closed=["2: 10 from 10 to 11 made 5"],
    ),
    # (10 + 2 x 40) / 3 = 30; then (60 + 40) / 3, which the price rounds at its twelfth decimal.
    "average goes on from what is left": Case(
        method="average",
        trades=[(1, 10), (2, 40), (-1, 30), (1, 40)],
        lots=["2: 2 at 33.333333333333 cost 66.6666666666666667",
              "3: 1 at 33.333333333333 cost 33.3333333333333333"],
        closed=["1: 1 from 30 to 30 made 0"],
    ),
    "an entry commission is a cost": Case(
        trades=[(100, 10, 5), (-40, 12)],
        lots=["1: 60 at 10 cost 603"],
        closed=["1: 40 from 10 to 12 made 78"],
    ),
    "an exit commission is taken off": Case(
        trades=[(100, 10, 5), (-40, 12, 1)],
        lots=["1: 60 at 10 cost 603"],
        closed=["1: 40 from 10 to 12 made 77"],
    ),
    "a commission lowers what a short brought": Case(
        trades=[(-10, 50, 10), (10, 40, 5)],
        lots=[],
        closed=["1: -10 from 50 to 40 made 85"],
    ),
    # The commission of 3 for 150: 2 for the 100 that it closed, 1 for the 50 that it opened.
    "a commission across zero is shared by amount": Case(
        trades=[(100, 10), (-150, 12, 3)],
        lots=["2: -50 at 12 cost -599"],
        closed=["1: 100 from 10 to 12 made 198"],
    ),
    # 1 for 3 lots of one: 0.33…34, 0.33…33, 0.33…33: the first gets the last unit.
    "a commission over three lots loses nothing": Case(
        trades=[(1, 10), (1, 10), (1, 10), (-3, 11, 1)],
        lots=[],
        closed=[
            "1: 1 from 10 to 11 made 0.6666666666666666",
            "2: 1 from 10 to 11 made 0.6666666666666667",
            "3: 1 from 10 to 11 made 0.6666666666666667",
        ],
    ),
    "a rebate is a negative commission": Case(
        trades=[(10, 50, "-0.5"), (-10, 50, "-0.25")],
        lots=[],
        closed=["1: 10 from 50 to 50 made 0.75"],
    ),
    # 2 x 100 x 50 = 10000; each contract costs 5 more; sold at 102: 5100 - 5005 - 2.
    "a future has its multiplier": Case(
        asset=OIL,
        trades=[(2, 100, 10), (-1, 102, 2)],
        lots=["1: 1 at 100 cost 5005"],
        closed=["1: 1 from 100 to 102 made 93"],
    ),
    # 50 x (71.17 - 70.92) x 3 = 37.5
    "a future that was sold": Case(
        asset=OIL,
        trades=[(-3, "71.17"), (3, "70.92")],
        lots=[],
        closed=["1: -3 from 71.17 to 70.92 made 37.5"],
    ),
    # 0.00000001 x 12345.67890123 = 0.0001234567890123: sixteen decimals, exact.
    "the smallest part of a coin": Case(
        asset=COIN,
        trades=[("0.00000003", "12345.67890123"), ("-0.00000001", "12345.67890124")],
        lots=["1: 0.00000002 at 12345.67890123 cost 0.0002469135780246"],
        closed=["1: 0.00000001 from 12345.67890123 to 12345.67890124 made 0.0000000000000001"],
    ),
    # 0.12345678 x 0.00000123 = 0.0000001518518394; the fee of 0.1 % has 19 decimals and is
    # 0.0000000001518518; sold at 0.00000125: 0.000000154320975.
    "a coin with a fee in per mille": Case(
        asset=COIN,
        trades=[
            ("0.12345678", "0.00000123", "0.0000000001518518"),
            ("-0.12345678", "0.00000125"),
        ],
        lots=[],
        closed=["1: 0.12345678 from 0.00000123 to 0.00000125 made 0.0000000023172838"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_trades(case: Case) -> None:
    desk = LotDesk(case.method)
    for trade in case.trades:
        desk.trade(case.asset, *trade)
    assert (desk.lots(case.asset), desk.closed()) == (case.lots, case.closed)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_floats_tell_the_same_story(case: Case) -> None:
    exact, rough = LotDesk(case.method), LotDesk(case.method, FLOAT)
    for trade in case.trades:
        exact.trade(case.asset, *trade)
        rough.trade(case.asset, *trade)
    assert float(rough.realised()) == pytest.approx(float(exact.realised()), rel=1e-9, abs=1e-6)
    costs = [
        float(desk.arithmetic.money_value(desk.book.cost(case.asset))) for desk in (exact, rough)
    ]
    assert costs[1] == pytest.approx(costs[0], rel=1e-12)
    assert [part.number for part in rough.book.closed] == [p.number for p in exact.book.closed]


# ------------------------------------------------------------------ commissions that come late


def test_a_minimum_commission_is_charged_fill_by_fill_to_what_each_fill_opened() -> None:
    desk = LotDesk()
    desk.fill(AAA, 60, 10, order="big")
    desk.charge(AAA, 1, order="big")  # the minimum
    desk.fill(AAA, 140, 11, order="big")
    desk.charge(AAA, 0, order="big")
    desk.fill(AAA, 300, 12, order="big")
    desk.charge(AAA, "1.5", order="big")  # 500 x 0.005 is 2.5 in all
    assert desk.lots(AAA) == [
        "1: 60 at 10 cost 601",
        "2: 140 at 11 cost 1540",
        "3: 300 at 12 cost 3601.5",
    ]


def test_a_commission_that_comes_after_a_part_was_sold_is_shared_with_it() -> None:
    desk = LotDesk()
    desk.fill(AAA, 100, 10, order="buy")
    desk.fill(AAA, -25, 12, order="sell")
    desk.charge(AAA, 4, order="buy")
    assert desk.lots(AAA) == ["1: 75 at 10 cost 753"]
    assert desk.closed() == ["1: 25 from 10 to 12 made 49"]
    assert desk.money(desk.book.closed[0].entry_commission) == "1"


def test_a_commission_that_comes_after_all_was_sold_belongs_to_what_was_sold() -> None:
    desk = LotDesk()
    desk.fill(AAA, 100, 10, order="buy")
    desk.fill(AAA, -100, 12, order="sell")
    desk.charge(AAA, 4, order="buy")
    desk.charge(AAA, 3, order="sell")
    (part,) = desk.book.closed
    assert desk.part(part) == "1: 100 from 10 to 12 made 193"
    assert (desk.money(part.entry_commission), desk.money(part.exit_commission)) == ("4", "3")
    assert desk.money(part.gross_pnl) == "200"
    assert desk.book.assets == ()


def test_a_commission_follows_its_lot_into_a_merger() -> None:
    desk = LotDesk()
    desk.fill(AAA, 100, 10, order="buy")
    desk.act("merge", AAA, BBB, shares=1)
    desk.charge(AAA, 4, order="buy")
    assert desk.lots(BBB) == ["1: 100 at 10 cost 1004"]


def test_a_commission_for_an_order_without_execution_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="order_id was 'o7'; give an order that was executed"):
        LotDesk().charge(AAA, 1, order="o7")


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="give one of fifo, lifo, hifo, average"):
        LotBook(DECIMAL, "dear first")  # type: ignore[arg-type]


def test_a_part_knows_where_it_came_from() -> None:
    desk = LotDesk()
    desk.trade(AAA, 10, 5, 1)
    (part,) = desk.trade(AAA, -4, 6, 1)
    assert (part.opened, part.closed) == (1, 2)
    assert (part.entry_order, part.exit_order) == ("o1", "o2")
    assert (part.entry_strategy, part.exit_strategy) == ("carry", "carry")
    assert (part.cause, part.asset) == ("trade", AAA)
    (lot,) = desk.book.lots(AAA)
    assert (lot.order_id, lot.strategy, lot.opened) == ("o1", "carry", 1)
    assert desk.money(lot.commission) == "0.6"
    assert desk.money(desk.book.commission(AAA)) == "0.6"


def test_what_is_not_held_has_no_lots() -> None:
    desk = LotDesk()
    assert (desk.lots(AAA), desk.amount(AAA), desk.cost(AAA)) == ([], "0", "0")
    assert desk.money(desk.book.commission(AAA)) == "0"
    assert desk.act("split", AAA, ratio="1/2") == []
    assert desk.act("return_of_capital", AAA, per_share=1) == []
    assert desk.act("merge", AAA, BBB, shares=1) == []
    assert desk.act("spin_off", AAA, BBB, shares=1, cost_share="1/2") == []
