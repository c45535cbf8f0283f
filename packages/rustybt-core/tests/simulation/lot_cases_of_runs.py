"""Whole runs whose closed lots are worked out by hand: corporate actions x methods.

Ten AAA are bought on Tuesday the 2nd at 30, ten on Wednesday at 40, ten on Thursday at 38, for
1,080 in all: 36 on average. Something happens on Friday the 5th, and on Monday the 8th some of
what there is is sold. A line tells the symbol, the day on which the holding period began, the
amount, what it cost, what closed it, what it brought, and the profit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal as D
from typing import Any

from markets import Print, stock

from rustybt.calendars import to_day
from rustybt.data.actions import (
    Action,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.finance.action_events import ReturnOfCapital
from rustybt.values import Ratio

A, B, R = stock("AAA", 1), stock("BBB", 2), stock("RTS", 3)
THU, FRI = (to_day(date(2020, 6, day)) for day in (4, 5))
METHODS = ("fifo", "lifo", "hifo", "average")

Sales = Mapping[Any, int]
"""Amounts that are ordered on Friday, by asset; they fill on Monday."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """An action, the prices after it, and what is closed.

    Attributes:
        closed: The lines of each method.
        friday: Price of AAA on Friday, Monday's where there is none.
        monday: Price of AAA on Monday; None for none.
        others: Prices of other assets, Monday to Monday.
        sales: What is ordered on Friday.
        thursday: What is ordered on Thursday beside.
        side: 1 to buy, -1 to sell short in the first place.
        act: What is told to the book before Friday's open.
    """

    closed: Mapping[str, list[str]]
    actions: tuple[Action, ...] = ()
    friday: Print = None
    monday: Print
    others: Mapping[Any, list[Print]] = field(default_factory=dict)
    sales: Sales = field(default_factory=dict)
    thursday: Sales = field(default_factory=dict)
    side: int = 1
    act: Callable[[Any], object] | None = None


def of_a(amount: int) -> Sales:
    return {A: -amount}


def flat(price: Print, friday: Print = None, monday: Print = None) -> list[Print]:
    """A price until Thursday, and those after it."""
    return [price] * 4 + [friday or price, monday or friday or price]


def returns_capital(context: Any) -> object:
    env = context._env
    return env.ledger.apply(ReturnOfCapital(A, env.now, env.arithmetic.price(2)))


RIGHTS = RightsOffering(sid=1, ex=FRI, expiry=FRI, price=D(24), ratio=Ratio(1, 2))
"""A right for each share; two of them buy one for 24 at the end of Friday."""
EARLY_RIGHTS = replace(RIGHTS, ex=THU, rights_sid=3)
"""The same for the twenty shares of Wednesday; the rights trade."""
MERGER = Merger(sid=1, effective=FRI, acquirer=2, ratio=Ratio(1, 2))

CASES = {
    # 20 each, which cost 15, 20 and 19 a share; 30 are sold at 21.
    "split": Case(
        actions=(Split(sid=1, effective=FRI, ratio=Ratio(1, 2)),),
        monday=21,
        sales=of_a(30),
        closed={
            "fifo": ["AAA 2: 20 for 300 trade 420: 120", "AAA 3: 10 for 200 trade 210: 10"],
            "lifo": ["AAA 4: 20 for 380 trade 420: 40", "AAA 3: 10 for 200 trade 210: 10"],
            "hifo": ["AAA 3: 20 for 400 trade 420: 20", "AAA 4: 10 for 190 trade 210: 20"],
            "average": ["AAA 2: 20 for 360 trade 420: 60", "AAA 3: 10 for 180 trade 210: 30"],
        },
    ),
    # 2.5 each at 120, 160 and 152 a share. Half a share of the newest lot is paid at Thursday's
    # 38 x 4 = 152: 76; on average it cost 72. 4 are sold at 160.
    "reverse split with cash in lieu": Case(
        actions=(Split(sid=1, effective=FRI, ratio=Ratio(4)),),
        monday=160,
        sales=of_a(4),
        closed={
            "fifo": [
                "AAA 4: 0.5 for 76 cash_in_lieu 76: 0",
                "AAA 2: 2.5 for 300 trade 400: 100",
                "AAA 3: 1.5 for 240 trade 240: 0",
            ],
            "lifo": [
                "AAA 4: 0.5 for 76 cash_in_lieu 76: 0",
                "AAA 4: 2 for 304 trade 320: 16",
                "AAA 3: 2 for 320 trade 320: 0",
            ],
            "hifo": [
                "AAA 4: 0.5 for 76 cash_in_lieu 76: 0",
                "AAA 3: 2.5 for 400 trade 400: 0",
                "AAA 4: 1.5 for 228 trade 240: 12",
            ],
            "average": [
                "AAA 4: 0.5 for 72 cash_in_lieu 76: 4",
                "AAA 2: 2.5 for 360 trade 400: 40",
                "AAA 3: 1.5 for 216 trade 240: 24",
            ],
        },
    ),
    # 11 each for what ten cost; 22 are sold at 38: 418 for 11.
    "stock dividend": Case(
        actions=(StockDividend(sid=1, ex=FRI, pay=FRI, ratio=Ratio(1, 10)),),
        monday=38,
        sales=of_a(22),
        closed={
            "fifo": ["AAA 2: 11 for 300 trade 418: 118", "AAA 3: 11 for 400 trade 418: 18"],
            "lifo": ["AAA 4: 11 for 380 trade 418: 38", "AAA 3: 11 for 400 trade 418: 18"],
            "hifo": ["AAA 3: 11 for 400 trade 418: 18", "AAA 4: 11 for 380 trade 418: 38"],
            "average": ["AAA 2: 11 for 360 trade 418: 58", "AAA 3: 11 for 360 trade 418: 58"],
        },
    ),
    # 10.5 each; the half share of the newest lot is dropped: 380 x 0.5 / 10.5 are lost, on average
    # 360 x 0.5 / 10.5. The 31 are sold at 40.
    "stock dividend that drops a fraction": Case(
        actions=(StockDividend(sid=1, ex=FRI, pay=FRI, ratio=Ratio(1, 20), fractions="drop"),),
        monday=40,
        sales=of_a(31),
        closed={
            "fifo": [
                "AAA 4: 0.5 for 18.0952380952380952 cash_in_lieu 0: -18.0952380952380952",
                "AAA 2: 10.5 for 300 trade 420: 120",
                "AAA 3: 10.5 for 400 trade 420: 20",
                "AAA 4: 10 for 361.9047619047619048 trade 400: 38.0952380952380952",
            ],
            "lifo": [
                "AAA 4: 0.5 for 18.0952380952380952 cash_in_lieu 0: -18.0952380952380952",
                "AAA 4: 10 for 361.9047619047619048 trade 400: 38.0952380952380952",
                "AAA 3: 10.5 for 400 trade 420: 20",
                "AAA 2: 10.5 for 300 trade 420: 120",
            ],
            "hifo": [
                "AAA 4: 0.5 for 18.0952380952380952 cash_in_lieu 0: -18.0952380952380952",
                "AAA 3: 10.5 for 400 trade 420: 20",
                "AAA 4: 10 for 361.9047619047619048 trade 400: 38.0952380952380952",
                "AAA 2: 10.5 for 300 trade 420: 120",
            ],
            "average": [
                "AAA 4: 0.5 for 17.1428571428571429 cash_in_lieu 0: -17.1428571428571429",
                "AAA 2: 10.5 for 360 trade 420: 60",
                "AAA 3: 10.5 for 360 trade 420: 60",
                "AAA 4: 10 for 342.8571428571428571 trade 400: 57.1428571428571429",
            ],
        },
    ),
    # 5 BBB each at 60, 80 and 76, held since the AAA were bought; 7 are sold at 80.
    "merger for shares": Case(
        actions=(MERGER,),
        monday=None,
        others={B: flat("76", "76", "80")},
        sales={B: -7},
        closed={
            "fifo": ["BBB 2: 5 for 300 trade 400: 100", "BBB 3: 2 for 160 trade 160: 0"],
            "lifo": ["BBB 4: 5 for 380 trade 400: 20", "BBB 3: 2 for 160 trade 160: 0"],
            "hifo": ["BBB 3: 5 for 400 trade 400: 0", "BBB 4: 2 for 152 trade 160: 8"],
            "average": ["BBB 2: 5 for 360 trade 400: 40", "BBB 3: 2 for 144 trade 160: 16"],
        },
    ),
    # Half a share at 76 and 5 in cash make 43: the lots have made 130, 30 and 50, of which the 50
    # in cash are realised, 30 (20 are paid back, so 380 stay) and 50. On average 70 each.
    "merger for shares and cash": Case(
        actions=(replace(MERGER, cash=D(5)),),
        monday=None,
        others={B: flat("76", "76", "80")},
        sales={B: -7},
        closed={
            "fifo": [
                "AAA 2: 0 for 0 merger 50: 50",
                "AAA 3: 0 for 20 merger 50: 30",
                "AAA 4: 0 for 0 merger 50: 50",
                "BBB 2: 5 for 300 trade 400: 100",
                "BBB 3: 2 for 152 trade 160: 8",
            ],
            "lifo": [
                "AAA 2: 0 for 0 merger 50: 50",
                "AAA 3: 0 for 20 merger 50: 30",
                "AAA 4: 0 for 0 merger 50: 50",
                "BBB 4: 5 for 380 trade 400: 20",
                "BBB 3: 2 for 152 trade 160: 8",
            ],
            # The last two cost the same now: the older one goes first.
            "hifo": [
                "AAA 2: 0 for 0 merger 50: 50",
                "AAA 3: 0 for 20 merger 50: 30",
                "AAA 4: 0 for 0 merger 50: 50",
                "BBB 3: 5 for 380 trade 400: 20",
                "BBB 4: 2 for 152 trade 160: 8",
            ],
            "average": [
                "AAA 2: 0 for 0 merger 50: 50",
                "AAA 3: 0 for 0 merger 50: 50",
                "AAA 4: 0 for 0 merger 50: 50",
                "BBB 2: 5 for 360 trade 400: 40",
                "BBB 3: 2 for 144 trade 160: 16",
            ],
        },
    ),
    "merger for cash": Case(
        actions=(Merger(sid=1, effective=FRI, cash=D(42)),),
        monday=None,
        closed={
            "fifo": [
                "AAA 2: 10 for 300 merger 420: 120",
                "AAA 3: 10 for 400 merger 420: 20",
                "AAA 4: 10 for 380 merger 420: 40",
            ],
            "lifo": [
                "AAA 4: 10 for 380 merger 420: 40",
                "AAA 3: 10 for 400 merger 420: 20",
                "AAA 2: 10 for 300 merger 420: 120",
            ],
            "hifo": [
                "AAA 3: 10 for 400 merger 420: 20",
                "AAA 4: 10 for 380 merger 420: 40",
                "AAA 2: 10 for 300 merger 420: 120",
            ],
            "average": [
                "AAA 2: 10 for 360 merger 420: 60",
                "AAA 3: 10 for 360 merger 420: 60",
                "AAA 4: 10 for 360 merger 420: 60",
            ],
        },
    ),
    # 5 BBB for each ten, with a fourth of their cost: 75, 100 and 95; 225, 300 and 285 stay.
    # 15 AAA are sold at 30, 7 BBB at 21.
    "spin-off": Case(
        actions=(
            SpinOff(
                sid=1,
                effective=FRI,
                child=2,
                ratio=Ratio(1, 2),
                cost_share=Ratio(1, 4),
                child_price=D(18),
            ),
        ),
        monday=30,
        others={B: [None, None, None, None, "18", "21"]},
        sales={A: -15, B: -7},
        closed={
            "fifo": [
                "AAA 2: 10 for 225 trade 300: 75",
                "AAA 3: 5 for 150 trade 150: 0",
                "BBB 2: 5 for 75 trade 105: 30",
                "BBB 3: 2 for 40 trade 42: 2",
            ],
            "lifo": [
                "AAA 4: 10 for 285 trade 300: 15",
                "AAA 3: 5 for 150 trade 150: 0",
                "BBB 4: 5 for 95 trade 105: 10",
                "BBB 3: 2 for 40 trade 42: 2",
            ],
            "hifo": [
                "AAA 3: 10 for 300 trade 300: 0",
                "AAA 4: 5 for 142.5 trade 150: 7.5",
                "BBB 3: 5 for 100 trade 105: 5",
                "BBB 4: 2 for 38 trade 42: 4",
            ],
            "average": [
                "AAA 2: 10 for 270 trade 300: 30",
                "AAA 3: 5 for 135 trade 150: 15",
                "BBB 2: 5 for 90 trade 105: 15",
                "BBB 3: 2 for 36 trade 42: 6",
            ],
        },
    ),
    # 15 new shares for 360, held since Friday; 1,440 for 45 are 32 on average. 20 go at 35.
    "rights that are exercised": Case(
        actions=(RIGHTS,),
        monday=35,
        sales=of_a(20),
        closed={
            "fifo": ["AAA 2: 10 for 300 trade 350: 50", "AAA 3: 10 for 400 trade 350: -50"],
            "lifo": ["AAA 5: 15 for 360 trade 525: 165", "AAA 4: 5 for 190 trade 175: -15"],
            "hifo": ["AAA 3: 10 for 400 trade 350: -50", "AAA 4: 10 for 380 trade 350: -30"],
            "average": ["AAA 2: 10 for 320 trade 350: 30", "AAA 3: 10 for 320 trade 350: 30"],
        },
    ),
    # The same with rights that trade and cost nothing: 5 new shares for 120 by each lot of rights.
    "rights that trade": Case(
        actions=(replace(RIGHTS, rights_sid=3),),
        monday=35,
        others={R: [None, None, None, None, "5", "5"]},
        sales=of_a(20),
        closed={
            "fifo": ["AAA 2: 10 for 300 trade 350: 50", "AAA 3: 10 for 400 trade 350: -50"],
            "lifo": [
                *["AAA 5: 5 for 120 trade 175: 55"] * 3,
                "AAA 4: 5 for 190 trade 175: -15",
            ],
            "hifo": ["AAA 3: 10 for 400 trade 350: -50", "AAA 4: 10 for 380 trade 350: -30"],
            "average": ["AAA 2: 10 for 320 trade 350: 30", "AAA 3: 10 for 320 trade 350: 30"],
        },
    ),
    # 20 rights are given on Thursday, ten more are bought on Friday at 4.5. Five shares by the
    # latter cost 120 + 45; on average 1,485 / 45 = 33.
    "rights that were bought": Case(
        actions=(EARLY_RIGHTS,),
        monday=35,
        others={R: [None, None, None, "5", "4.5", "4.5"]},
        thursday={R: 10},
        sales=of_a(20),
        closed={
            "fifo": ["AAA 2: 10 for 300 trade 350: 50", "AAA 3: 10 for 400 trade 350: -50"],
            "lifo": [
                "AAA 5: 5 for 165 trade 175: 10",
                *["AAA 5: 5 for 120 trade 175: 55"] * 2,
                "AAA 4: 5 for 190 trade 175: -15",
            ],
            "hifo": ["AAA 3: 10 for 400 trade 350: -50", "AAA 4: 10 for 380 trade 350: -30"],
            "average": ["AAA 2: 10 for 330 trade 350: 20", "AAA 3: 10 for 330 trade 350: 20"],
        },
    ),
    # At 20 nobody pays 24. What the rights had cost is a loss, 1.5 each on average.
    "rights that lapse": Case(
        actions=(EARLY_RIGHTS,),
        friday=20,
        monday=35,
        others={R: [None, None, None, "5", "4.5", "4.5"]},
        thursday={R: 10},
        sales=of_a(20),
        closed={
            "fifo": [
                "RTS 2: 10 for 0 rights 0: 0",
                "RTS 3: 10 for 0 rights 0: 0",
                "RTS 5: 10 for 45 rights 0: -45",
                "AAA 2: 10 for 300 trade 350: 50",
                "AAA 3: 10 for 400 trade 350: -50",
            ],
            "lifo": [
                "RTS 5: 10 for 45 rights 0: -45",
                "RTS 3: 10 for 0 rights 0: 0",
                "RTS 2: 10 for 0 rights 0: 0",
                "AAA 4: 10 for 380 trade 350: -30",
                "AAA 3: 10 for 400 trade 350: -50",
            ],
            "hifo": [
                "RTS 5: 10 for 45 rights 0: -45",
                "RTS 2: 10 for 0 rights 0: 0",
                "RTS 3: 10 for 0 rights 0: 0",
                "AAA 3: 10 for 400 trade 350: -50",
                "AAA 4: 10 for 380 trade 350: -30",
            ],
            "average": [
                "RTS 2: 10 for 15 rights 0: -15",
                "RTS 3: 10 for 15 rights 0: -15",
                "RTS 5: 10 for 15 rights 0: -15",
                "AAA 2: 10 for 360 trade 350: -10",
                "AAA 3: 10 for 360 trade 350: -10",
            ],
        },
    ),
    "delisting": Case(
        actions=(Delisting(sid=1, effective=FRI, price=D(25)),),
        friday=28,
        monday=None,
        closed={
            "fifo": [
                "AAA 2: 10 for 300 trade 250: -50",
                "AAA 3: 10 for 400 trade 250: -150",
                "AAA 4: 10 for 380 trade 250: -130",
            ],
            "lifo": [
                "AAA 4: 10 for 380 trade 250: -130",
                "AAA 3: 10 for 400 trade 250: -150",
                "AAA 2: 10 for 300 trade 250: -50",
            ],
            "hifo": [
                "AAA 3: 10 for 400 trade 250: -150",
                "AAA 4: 10 for 380 trade 250: -130",
                "AAA 2: 10 for 300 trade 250: -50",
            ],
            "average": [
                "AAA 2: 10 for 360 trade 250: -110",
                "AAA 3: 10 for 360 trade 250: -110",
                "AAA 4: 10 for 360 trade 250: -110",
            ],
        },
    ),
    # 2 a share come off: 28, 38 and 36 are left, 34 on average. 15 are sold at 35.
    "return of capital": Case(
        act=returns_capital,
        monday=35,
        sales=of_a(15),
        closed={
            method: [f"AAA {day}: 0 for 20 return_of_capital 20: 0" for day in (2, 3, 4)] + lines
            for method, lines in {
                "fifo": ["AAA 2: 10 for 280 trade 350: 70", "AAA 3: 5 for 190 trade 175: -15"],
                "lifo": ["AAA 4: 10 for 360 trade 350: -10", "AAA 3: 5 for 190 trade 175: -15"],
                "hifo": ["AAA 3: 10 for 380 trade 350: -30", "AAA 4: 5 for 180 trade 175: -5"],
                "average": ["AAA 2: 10 for 340 trade 350: 10", "AAA 3: 5 for 170 trade 175: 5"],
            }.items()
        },
    ),
    # Short: 5 BBB each are owed that brought 300, 400 and 380; 7 are bought back at 70. Of shorts
    # hifo closes first what brought least.
    "merger of a short": Case(
        actions=(MERGER,),
        side=-1,
        monday=None,
        others={B: flat("76", "76", "70")},
        sales={B: 7},
        closed={
            "fifo": ["BBB 2: 5 for -300 trade -350: -50", "BBB 3: 2 for -160 trade -140: 20"],
            "lifo": ["BBB 4: 5 for -380 trade -350: 30", "BBB 3: 2 for -160 trade -140: 20"],
            "hifo": ["BBB 2: 5 for -300 trade -350: -50", "BBB 4: 2 for -152 trade -140: 12"],
            "average": ["BBB 2: 5 for -360 trade -350: 10", "BBB 3: 2 for -144 trade -140: 4"],
        },
    ),
    # Short: 15 BBB are owed beside, and a fourth of the proceeds goes to them. 7 come back at 21.
    "spin-off of a short": Case(
        actions=(
            SpinOff(
                sid=1,
                effective=FRI,
                child=2,
                ratio=Ratio(1, 2),
                cost_share=Ratio(1, 4),
                child_price=D(18),
            ),
        ),
        side=-1,
        monday=30,
        others={B: [None, None, None, None, "18", "21"]},
        sales={B: 7},
        closed={
            "fifo": ["BBB 2: 5 for -75 trade -105: -30", "BBB 3: 2 for -40 trade -42: -2"],
            "lifo": ["BBB 4: 5 for -95 trade -105: -10", "BBB 3: 2 for -40 trade -42: -2"],
            "hifo": ["BBB 2: 5 for -75 trade -105: -30", "BBB 4: 2 for -38 trade -42: -4"],
            "average": ["BBB 2: 5 for -90 trade -105: -15", "BBB 3: 2 for -36 trade -42: -6"],
        },
    ),
}
