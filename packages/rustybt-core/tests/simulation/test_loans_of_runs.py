"""What is lent and called back in whole runs, by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from markets import MONDAY, daily_market, play, stock

from rustybt import TradingAlgorithm
from rustybt.finance.borrow import BorrowRates, BorrowTerms

A = stock("AAA", 1)
RECALL = "recall"
DAYS = [MONDAY + timedelta(days) for days in (0, 1, 2, 3, 4, 7, 8, 9)]
both = pytest.mark.parametrize("numeric", ["decimal", "float64"])


def lending(lent: Mapping[date, Any], symbol: str = "AAA") -> BorrowRates:
    """So many units by day, None for any, "recall"; on other days any."""
    terms = [
        BorrowTerms(
            rate="0.36",
            start_date=day,
            end_date=day,
            available=None if units == RECALL else units,
            recalled=units == RECALL,
        )
        for day, units in lent.items()
    ]
    return BorrowRates({symbol: terms})


def per_session(lent: Sequence[Any]) -> BorrowRates:
    return lending(dict(zip(DAYS, lent, strict=False)))


@dataclass(kw_only=True)
class Listener:
    """What a strategy is told: kinds and codes, in order."""

    told: list[tuple[Any, ...]] = field(default_factory=list)

    def algorithm(self) -> TradingAlgorithm:
        return TradingAlgorithm(
            on_order_reject=lambda c, order, _: self.told.append(("reject", str(order.code))),
            on_order_cancel=lambda c, order, _: self.told.append(("cancel", str(order.code))),
            on_broker_message=lambda c, message: self.told.append((message.kind, message.asset)),
        )


def orders(*amounts: int, **keywords: Any) -> Any:
    return lambda c, d: [c.order(A, amount, **keywords) for amount in amounts]


def positions(played: Any, sessions: int, symbol: str = "AAA") -> list[Any]:
    """What is held of an asset at the end of each session."""
    table = played.result.positions
    held = dict(table.filter(table["symbol"] == symbol).select("session", "amount").iter_rows())
    return [held.get(day, 0) for day in DAYS[:sessions]]


Q, F, C, R = "OPEN", "FILLED", "CANCELLED", "REJECTED"


@dataclass(frozen=True, kw_only=True)
class Story:
    """What is lent by session, what is ordered, and what comes of it.

    Attributes:
        lent: Units by session, None for any, "recall".
        acts: Amounts ordered at the close of a session, by its number.
        early: Amounts ordered before the open of a session.
        prices: Closes; 10 everywhere where not given, None without trade.
        held: The position at the end of each session.
        ends: Amount, filled and status of every order.
        told: What the strategy was told besides fills.
    """

    lent: list[Any]
    acts: dict[int, list[int]] = field(default_factory=dict)
    early: dict[int, list[int]] = field(default_factory=dict)
    prices: list[Any] = field(default_factory=list)
    held: list[int]
    ends: list[tuple[int, int, str]]
    told: list[tuple[Any, ...]] = field(default_factory=list)


RECALLED, CANCELLED = (RECALL, A), ("cancel", "recalled")
NOT_LENT, CUT = ("reject", "not_lent"), ("cancel", "not_lent")
NOTHING_LEFT = ("cancel", "reduce_only_no_position")

STORIES = {
    "all that is lent": Story(
        lent=[100] * 3, acts={0: [-100]}, held=[0, -100, -100], ends=[(-100, -100, F)]
    ),
    "more than is lent": Story(
        lent=[100] * 3, acts={0: [-101]}, held=[0, 0, 0], ends=[(-101, 0, R)], told=[NOT_LENT]
    ),
    "nothing is lent": Story(
        lent=[0] * 3, acts={0: [-1]}, held=[0, 0, 0], ends=[(-1, 0, R)], told=[NOT_LENT]
    ),
    "any number is lent": Story(
        lent=[None] * 3, acts={0: [-9_000]}, held=[0, -9_000, -9_000], ends=[(-9_000, -9_000, F)]
    ),
    "open sales count": Story(
        lent=[100] * 3,
        acts={0: [-60, -41, -40]},
        held=[0, -100, -100],
        ends=[(-60, -60, F), (-41, 0, R), (-40, -40, F)],
        told=[NOT_LENT],
    ),
    "what is short counts": Story(
        lent=[100] * 4,
        acts={0: [-70], 1: [-31, -30]},
        held=[0, -70, -100, -100],
        ends=[(-70, -70, F), (-31, 0, R), (-30, -30, F)],
        told=[NOT_LENT],
    ),
    "open purchases do not": Story(
        lent=[100] * 4,
        acts={0: [-100], 1: [50, -50]},
        held=[0, -100, -50, -50],
        ends=[(-100, -100, F), (50, 50, F), (-50, 0, R)],
        told=[NOT_LENT],
    ),
    "a long is sold without a loan": Story(
        lent=[0] * 4,
        acts={0: [80], 1: [-80]},
        held=[0, 80, 0, 0],
        ends=[(80, 80, F), (-80, -80, F)],
    ),
    "a long is sold and turned": Story(
        lent=[50] * 4,
        acts={0: [80], 1: [-130]},
        held=[0, 80, -50, -50],
        ends=[(80, 80, F), (-130, -130, F)],
    ),
    "a long is turned too far": Story(
        lent=[50] * 4,
        acts={0: [80], 1: [-131]},
        held=[0, 80, 80, 80],
        ends=[(80, 80, F), (-131, 0, R)],
        told=[NOT_LENT],
    ),
    "a short is covered and turned": Story(
        lent=[50] * 4,
        acts={0: [-50], 1: [90]},
        held=[0, -50, 40, 40],
        ends=[(-50, -50, F), (90, 90, F)],
    ),
    "less is lent when it fills": Story(
        lent=[100, 60, 60],
        acts={0: [-100]},
        held=[0, -60, -60],
        ends=[(-100, -60, C)],
        told=[CUT],
    ),
    "nothing is lent when it fills": Story(
        lent=[100, 0, 0],
        acts={0: [-100]},
        held=[0, 0, 0],
        ends=[(-100, 0, R)],
        told=[NOT_LENT],
    ),
    "first come, first lent": Story(
        lent=[100, 70, 70],
        acts={0: [-60, -40]},
        held=[0, -70, -70],
        ends=[(-60, -60, F), (-40, -10, C)],
        told=[CUT],
    ),
    "less is lent when a long is turned": Story(
        lent=[100, 100, 20, 20],
        acts={0: [80], 1: [-150]},
        held=[0, 80, -20, -20],
        ends=[(80, 80, F), (-150, -100, C)],
        told=[CUT],
    ),
    "nothing is lent when a long is turned": Story(
        lent=[100, 100, 0, 0],
        acts={0: [80], 1: [-150]},
        held=[0, 80, 0, 0],
        ends=[(80, 80, F), (-150, -80, C)],
        told=[CUT],
    ),
    "more is lent when it would have filled": Story(
        # A broker says what it lends now; of tomorrow it does not know.
        lent=[10, 100, 100],
        acts={0: [-100], 1: [-100]},
        held=[0, 0, -100],
        ends=[(-100, 0, R), (-100, -100, F)],
        told=[NOT_LENT],
    ),
    "a recall": Story(
        lent=[None, None, None, RECALL, None],
        acts={0: [-100]},
        held=[0, -100, -100, 0, 0],
        ends=[(-100, -100, F), (100, 100, F)],
        told=[RECALLED],
    ),
    "a recall on a day without trade": Story(
        lent=[None, None, RECALL, None, None, None],
        acts={0: [-100]},
        prices=["10", "10", None, None, "10", "10"],
        held=[0, -100, -100, -100, 0, 0],
        ends=[(-100, -100, F), (100, 100, F)],
        told=[RECALLED],
    ),
    "a recall of several days": Story(
        lent=[None, None, RECALL, RECALL, RECALL, None, None],
        acts={0: [-100], 3: [-5], 5: [-5]},
        held=[0, -100, 0, 0, 0, 0, -5],
        ends=[(-100, -100, F), (100, 100, F), (-5, 0, R), (-5, -5, F)],
        told=[RECALLED, NOT_LENT],
    ),
    "a recall of what is long": Story(
        lent=[None, None, RECALL, None],
        acts={0: [100]},
        held=[0, 100, 100, 100],
        ends=[(100, 100, F)],
    ),
    "a recall of what is not held": Story(
        lent=[None, RECALL, None], acts={}, held=[0, 0, 0], ends=[]
    ),
    "a recall on the day of the fill": Story(
        lent=[None, RECALL, None],
        acts={0: [-100]},
        held=[0, 0, 0],
        ends=[(-100, 0, C)],
        told=[CANCELLED],
    ),
    "a recall ends what would add to the short": Story(
        lent=[None, None, RECALL, None],
        acts={0: [-100], 1: [-30]},
        held=[0, -100, 0, 0],
        ends=[(-100, -100, F), (-30, 0, C), (100, 100, F)],
        told=[RECALLED, CANCELLED],
    ),
    "a recall lets a long be sold": Story(
        lent=[None, None, RECALL, None],
        acts={0: [50], 1: [-50, -30]},
        held=[0, 50, 0, 0],
        ends=[(50, 50, F), (-50, -50, F), (-30, 0, C)],
        told=[CANCELLED],
    ),
    "a recall lets a long be sold and not turned": Story(
        lent=[None, None, RECALL, None],
        acts={0: [50], 1: [-80]},
        held=[0, 50, 0, 0],
        ends=[(50, 50, F), (-80, -50, C)],
        told=[CUT],
    ),
    "the strategy covers first": Story(
        lent=[None, None, RECALL, None],
        acts={0: [-100], 1: [100]},
        held=[0, -100, 0, 0],
        ends=[(-100, -100, F), (100, 100, F), (100, 0, C)],
        told=[RECALLED, NOTHING_LEFT],
    ),
    "the strategy covers a part": Story(
        lent=[None, None, RECALL, None],
        acts={0: [-100], 1: [30]},
        held=[0, -100, 0, 0],
        ends=[(-100, -100, F), (30, 30, F), (100, 70, C)],
        told=[RECALLED, NOTHING_LEFT],
    ),
    "no new short before the open of a recall": Story(
        lent=[None, RECALL, None],
        early={1: [-10]},
        held=[0, 0, 0],
        ends=[(-10, 0, R)],
        told=[NOT_LENT],
    ),
    "a new short before the open after it": Story(
        lent=[None, RECALL, None],
        early={2: [-10]},
        held=[0, 0, -10],
        ends=[(-10, -10, F)],
    ),
    "less is lent than is short": Story(
        lent=[100, 100, 60, 60],
        acts={0: [-100]},
        held=[0, -100, -60, -60],
        ends=[(-100, -100, F), (40, 40, F)],
        told=[RECALLED],
    ),
    "less and less is lent": Story(
        lent=[100, 100, 60, 20, 0],
        acts={0: [-100]},
        held=[0, -100, -60, -20, 0],
        ends=[(-100, -100, F), (40, 40, F), (40, 40, F), (20, 20, F)],
        told=[RECALLED] * 3,
    ),
    "as much is lent as is short": Story(
        lent=[100, 100, 80, 80],
        acts={0: [-80]},
        held=[0, -80, -80, -80],
        ends=[(-80, -80, F)],
    ),
    "less is lent, and more again before anything trades": Story(
        lent=[100, 100, 60, 100, 100],
        acts={0: [-100]},
        prices=["10", "10", None, "10", "10"],
        held=[0, -100, -100, -100, -100],
        ends=[(-100, -100, F), (40, 0, C)],
        told=[RECALLED, ("cancel", "recalled")],
    ),
    "less is lent, and still less before anything trades": Story(
        lent=[100, 100, 60, 10, 10],
        acts={0: [-100]},
        prices=["10", "10", None, "10", "10"],
        held=[0, -100, -100, -10, -10],
        ends=[(-100, -100, F), (40, 0, C), (90, 90, F)],
        told=[RECALLED, RECALLED, ("cancel", "recalled")],
    ),
    "the strategy covers all that is short beyond": Story(
        lent=[100, 100, 60, 60],
        acts={0: [-100], 1: [40]},
        held=[0, -100, -60, -60],
        ends=[(-100, -100, F), (40, 40, F), (40, 0, C)],
        told=[RECALLED, NOTHING_LEFT],
    ),
    "a sale that is open when less is lent": Story(
        # 100 are short and 20 more were ordered: 40 are covered, and nothing is left to sell.
        lent=[120, 120, 60, 60],
        acts={0: [-100], 1: [-20]},
        held=[0, -100, -60, -60],
        ends=[(-100, -100, F), (-20, 0, R), (40, 40, F)],
        told=[RECALLED, NOT_LENT],
    ),
}


@both
@pytest.mark.parametrize("name", STORIES)
def test_stories(name: str, numeric: str) -> None:
    story, heard = STORIES[name], Listener()
    days = len(story.lent)
    played = play(
        daily_market({A: story.prices or ["10"] * days}),
        {bar: orders(*amounts) for bar, amounts in story.acts.items()},
        before_open={bar: orders(*amounts) for bar, amounts in story.early.items()},
        setup=lambda c: c.set_borrow(per_session(story.lent)),
        algorithm=heard.algorithm(),
        numeric=numeric,
    )
    table = played.result.orders
    assert list(table.select("amount", "filled", "status").iter_rows()) == story.ends
    assert positions(played, days) == story.held
    assert heard.told == story.told
    # 36 % of 360 days: a thousandth of what is short each night; three from Friday to Monday.
    nights = [(after - before).days for before, after in pairwise(DAYS)]
    owed = [max(-held, 0) * 10 * n / 1000 for held, n in zip(story.held, nights, strict=False)]
    assert [float(fee) for fee in played.column("borrow")] == pytest.approx([0, *owed[: days - 1]])
