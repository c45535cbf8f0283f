"""Icebergs, post-only, reduce-only and OCO orders, worked out by hand on both sides of the market.

The orders come with bar 0 unless the number says otherwise; fills are ``bar order amount price``.
"""

from typing import Any

import pytest
from order_stories import (
    AT_CLOSE,
    AT_OPEN,
    INSIDE,
    TENTH,
    Act,
    cancel,
    fills,
    flipped,
    flipped_fill,
    order,
    orders,
    other_side,
    replaced,
    tell,
)

from rustybt.finance.execution import (
    LimitOrder,
    OCOOrder,
    StopLimitOrder,
    StopOrder,
    TrailingStopOrder,
)

DONE, GONE, OPEN, PART = "Filled", "Cancelled group", "Accepted", "PartiallyFilled"
NO_POSITION = "Cancelled reduce_only_no_position"
CROSSED = "Rejected post_only_would_cross"

Case = tuple[str, Any, dict[int, Act], str, list[str], list[str]]


def iceberg(amount: int, limit: object, visible: int, **how: Any) -> Act:
    return order(amount, limit_price=limit, visible=visible, **how)


def resting(amount: int, limit: object, **how: Any) -> Act:
    return order(amount, limit_price=limit, post_only=True, **how)


def reducing(amount: int, **how: Any) -> Act:
    return order(amount, reduce_only=True, **how)


# A bar's volume is a tenth of what it says. The tip is what shows; of what is left of it the next
# bar fills no more, and then the next tip shows.
ICEBERGS: list[Case] = [
    ("a third a bar", AT_CLOSE, {0: iceberg(6, 10, 2)}, "10 | 9.9 | 9.8 | 9.7",
     ["1 1 2 9.9", "2 1 2 9.8", "3 1 2 9.7"], [DONE]),
    ("4, 4 and the last 2", AT_CLOSE, {0: iceberg(10, "9.50", 4)}, "10 | 9.6 | 9.4 | 9.5 | 9.3",
     ["2 1 4 9.4", "3 1 4 9.5", "4 1 2 9.3"], [DONE]),
    ("above its limit in between", AT_CLOSE, {0: iceberg(10, "9.50", 4)}, "10 | 9.4 | 9.6 | 9.5",
     ["1 1 4 9.4", "3 1 4 9.5"], [PART]),
    ("a tip larger than the order", AT_CLOSE, {0: iceberg(5, 10, 9)}, "10 | 9.9",
     ["1 1 5 9.9"], [DONE]),
    ("a tip as large as the order", AT_CLOSE, {0: iceberg(5, 10, 5)}, "10 | 9.9",
     ["1 1 5 9.9"], [DONE]),
    ("one at a time", AT_CLOSE, {0: iceberg(3, 10, 1)}, "10 | 9.9 | 9.9 | 9.9",
     ["1 1 1 9.9", "2 1 1 9.9", "3 1 1 9.9"], [DONE]),
    ("never reached", AT_CLOSE, {0: iceberg(3, 9, 1)}, "10 | 9.5 | 9.1", [], [OPEN]),
    ("at opens", AT_OPEN, {0: iceberg(4, "9.50", 2)}, "10 | 9.4 | 9.3 9.9 9 9.8 | 9.5 | 9.6",
     ["2 1 2 9.3", "3 1 2 9.5"], [DONE]),
    ("at opens within its limit alone", AT_OPEN, {0: iceberg(4, "9.50", 2)},
     "10 | 9.4 | 9.6 9.9 9 9.8 | 9.2", ["3 1 2 9.2"], [PART]),
    ("inside bars", INSIDE, {0: iceberg(7, "9.50", 3)},
     "10 | 10 10 9 10 | 9.2 9.9 9 9.8 | 10 10 9.5 10",
     ["1 1 3 9.50", "2 1 3 9.20", "3 1 1 9.50"], [DONE]),
    ("missed by a cent", INSIDE, {0: iceberg(7, "9.50", 3)}, "10 | 10 10 9.51 10", [], [OPEN]),
    # 3 of the tip of 4; the 1 that is left of it; 2 of the next tip.
    ("less volume than the tip", AT_CLOSE, {0: iceberg(10, 10, 4)},
     "10 | 10 x30 | 10 x100 | 10 x20", ["1 1 3 10", "2 1 1 10", "3 1 2 10"], [PART]),
    # 7 of 10 are gone: 3 of the tip of 5, its other 2, the last 1.
    ("behind another order", AT_CLOSE, {0: orders(order(7), iceberg(6, 10, 5))},
     "10 | 10 x100 | 10 x100 | 10 x100", ["1 1 7 10", "1 2 3 10", "2 2 2 10", "3 2 1 10"],
     [DONE, DONE]),
    # 5 a bar: 3 and 2; then the second comes first with the 1 that is left of its tip.
    ("two of them", AT_CLOSE, {0: orders(iceberg(9, 10, 3), iceberg(9, 10, 3))},
     "10 | 10 x50 | 10 x50", ["1 1 3 10", "1 2 2 10", "2 2 1 10", "2 1 3 10"], [PART, PART]),
    ("cancelled after a part", AT_CLOSE, {0: iceberg(6, 10, 2), 1: cancel(1)}, "10 | 9 | 9",
     ["1 1 2 9"], ["Cancelled"]),
    ("replaced by a smaller one", AT_CLOSE, {0: iceberg(6, 10, 2), 1: replaced(1, amount=3)},
     "10 | 9 | 9 | 9", ["1 1 2 9", "2 1 1 9"], [DONE]),
    ("replaced by a larger one", AT_CLOSE, {0: iceberg(6, 10, 2), 1: replaced(1, amount=7)},
     "10 | 9 | 9 | 9 | 9", ["1 1 2 9", "2 1 2 9", "3 1 2 9", "4 1 1 9"], [DONE]),
    ("replaced at another limit", AT_CLOSE,
     {0: iceberg(4, 9, 2), 1: replaced(1, limit_price="9.50")}, "10 | 9.4 | 9.4 | 9.4",
     ["2 1 2 9.4", "3 1 2 9.4"], [DONE]),
    ("a day", AT_CLOSE, {0: iceberg(6, 10, 2, time_in_force="DAY")}, "10 | 9 | 9",
     ["1 1 2 9"], ["Expired day_over"]),
    ("until Wednesday", AT_CLOSE, {0: iceberg(6, 10, 2, good_till="2020-06-03")},
     "10 | 9 | 9 | 9", ["1 1 2 9", "2 1 2 9"], ["Expired good_till_passed"]),
    ("only to reduce", AT_CLOSE, {0: order(5), 1: iceberg(-4, 10, 2, reduce_only=True)},
     "10 | 10 | 10 | 10", ["1 1 5 10", "2 2 -2 10", "3 2 -2 10"], [DONE, DONE]),
    ("only to reduce, more than is held", AT_CLOSE,
     {0: order(3), 1: iceberg(-6, 10, 2, reduce_only=True)}, "10 | 10 | 10 | 10",
     ["1 1 3 10", "2 2 -2 10", "3 2 -1 10"], [DONE, NO_POSITION]),
    ("only to rest", AT_CLOSE, {0: iceberg(4, "9.90", 2, post_only=True)}, "10 | 9.8 | 9.8",
     ["1 1 2 9.8", "2 1 2 9.8"], [DONE]),
    ("only to rest, and would not", AT_CLOSE, {0: iceberg(4, 10, 2, post_only=True)},
     "10 | 9.8 | 9.8", [], [CROSSED]),
    ("a bar without trade", AT_CLOSE, {0: iceberg(4, 10, 2)}, "10 | 9 | - | 9",
     ["1 1 2 9", "3 1 2 9"], [DONE]),
]  # fmt: skip

# The last price is 10 when the orders of bar 0 arrive.
POST_ONLY: list[Case] = [
    ("a cent below", AT_CLOSE, {0: resting(5, "9.99")}, "10 | 9.99", ["1 1 5 9.99"], [DONE]),
    ("far below", AT_CLOSE, {0: resting(5, 8)}, "10 | 9 | 7.9", ["2 1 5 7.9"], [DONE]),
    ("a cent above", AT_CLOSE, {0: resting(5, "10.01")}, "10 | 9", [], [CROSSED]),
    ("far above", AT_CLOSE, {0: resting(5, 12)}, "10 | 9", [], [CROSSED]),
    ("inside a bar", INSIDE, {0: resting(5, "9.50")}, "10 | 10 10.5 9.4 10.2", ["1 1 5 9.50"],
     [DONE]),
    ("under the open", INSIDE, {0: resting(5, "9.50")}, "10 | 9.2 9.9 9.1 9.8", ["1 1 5 9.20"],
     [DONE]),
    ("inside, at the price", INSIDE, {0: resting(5, 10)}, "10 | 9.2 9.9 9.1 9.8", [], [CROSSED]),
    ("at an open", AT_OPEN, {0: resting(5, "9.50")}, "10 | 9.4 | 9.3", ["2 1 5 9.3"], [DONE]),
    ("at an open, crossing", AT_OPEN, {0: resting(5, "10.50")}, "10 | 9.4 | 9.3", [], [CROSSED]),
    ("the price has fallen below it", AT_CLOSE, {1: resting(5, "9.50")}, "10 | 9 | 8", [],
     [CROSSED]),
    ("below the price that has fallen", AT_CLOSE, {1: resting(5, "8.90")}, "10 | 9 | 8.8",
     ["2 1 5 8.8"], [DONE]),
    ("the last price is that of an earlier bar", AT_CLOSE, {1: resting(5, "9.90")},
     "10 | - | 9", ["2 1 5 9"], [DONE]),
    ("crossing that of an earlier bar", AT_CLOSE, {1: resting(5, 10)}, "10 | - | 9", [],
     [CROSSED]),
    ("in parts", AT_CLOSE, {0: resting(25, "9.90")}, "10 | 9.8 x100 | 9.8 x500",
     ["1 1 10 9.8", "2 1 15 9.8"], [DONE]),
    ("cancelled", AT_CLOSE, {0: resting(5, 9), 1: cancel(1)}, "10 | 10 | 8", [], ["Cancelled"]),
    ("replaced below the price", AT_CLOSE, {0: resting(5, 8), 1: replaced(1, limit_price=9)},
     "10 | 10 | 8.9", ["2 1 5 8.9"], [DONE]),
    ("replaced above one that has fallen", AT_CLOSE,
     {0: resting(5, 8), 1: replaced(1, limit_price="9.50")}, "10 | 9 | 9", [], [CROSSED]),
    ("replaced by another amount", AT_CLOSE, {0: resting(5, 8), 1: replaced(1, amount=7)},
     "10 | 10 | 7.9", ["2 1 7 7.9"], [DONE]),
    ("the entry of a bracket", AT_CLOSE, {0: resting(9, "9.50", take_profit=11, stop_loss=9)},
     "10 | 9.4 | 11.2", ["1 1 9 9.4", "2 2 -9 11.2"], [DONE, DONE, GONE]),
    ("a day", AT_CLOSE, {0: resting(5, 9, time_in_force="DAY")}, "10 | 9.5 | 8", [],
     ["Expired day_over"]),
    ("until Tuesday", AT_CLOSE, {0: resting(5, 9, good_till="2020-06-02")}, "10 | 9.5 | 8", [],
     ["Expired good_till_passed"]),
    ("that only reduces", AT_CLOSE, {0: order(5), 1: resting(-5, "10.50", reduce_only=True)},
     "10 | 10 | 11", ["1 1 5 10", "2 2 -5 11"], [DONE, DONE]),
    ("that only reduces, crossing", AT_CLOSE,
     {0: order(5), 1: resting(-5, "9.90", reduce_only=True)}, "10 | 10 | 11", ["1 1 5 10"],
     [DONE, CROSSED]),
    ("each for itself", AT_CLOSE, {0: orders(resting(5, "9.99"), resting(5, 10))}, "10 | 9.9",
     ["1 1 5 9.9"], [DONE, CROSSED]),
]  # fmt: skip

# Order 1 buys what order 2 is to reduce.
REDUCE_ONLY: list[Case] = [
    ("all of it", AT_CLOSE, {0: order(5), 1: reducing(-5)}, "10 | 10 | 11",
     ["1 1 5 10", "2 2 -5 11"], [DONE, DONE]),
    ("a part of it", AT_CLOSE, {0: order(5), 1: reducing(-3)}, "10 | 10 | 11",
     ["1 1 5 10", "2 2 -3 11"], [DONE, DONE]),
    ("at a limit", AT_CLOSE, {0: order(5), 1: reducing(-5, limit_price=11)},
     "10 | 10 | 10.5 | 11.2", ["1 1 5 10", "3 2 -5 11.2"], [DONE, DONE]),
    ("at a limit, more than is held", AT_CLOSE, {0: order(5), 1: reducing(-9, limit_price=11)},
     "10 | 10 | 11.5", ["1 1 5 10", "2 2 -5 11.5"], [DONE, NO_POSITION]),
    ("at a stop", AT_CLOSE, {0: order(5), 1: reducing(-5, stop_price=9)}, "10 | 10 | 9.5 | 8.9",
     ["1 1 5 10", "3 2 -5 8.9"], [DONE, DONE]),
    ("at a stop inside a bar", INSIDE, {0: order(5), 1: reducing(-5, stop_price="9.50")},
     "10 | 10 | 10 10.1 9.3 9.9", ["1 1 5 10", "2 2 -5 9.50"], [DONE, DONE]),
    ("at a stop through a gap", INSIDE, {0: order(5), 1: reducing(-9, stop_price="9.50")},
     "10 | 10 | 9 9.2 8.8 9.1", ["1 1 5 10", "2 2 -5 9"], [DONE, NO_POSITION]),
    ("at a stop and within a limit", AT_CLOSE,
     {0: order(5), 1: reducing(-5, stop_price=9, limit_price="8.50")}, "10 | 10 | 8.9",
     ["1 1 5 10", "2 2 -5 8.9"], [DONE, DONE]),
    ("at a stop and later at its limit", AT_CLOSE,
     {0: order(5), 1: reducing(-5, stop_price=9, limit_price="9.20")}, "10 | 10 | 8.9 | 9.3",
     ["1 1 5 10", "3 2 -5 9.3"], [DONE, DONE]),
    # Stops at 9 and, after 11, at 10.
    ("behind the price", AT_CLOSE, {0: order(5), 1: reducing(-5, trail_amount=1)},
     "10 | 10 | 11 | 10", ["1 1 5 10", "3 2 -5 10"], [DONE, DONE]),
    ("at the open", AT_OPEN, {0: order(5), 1: reducing(-9)}, "10 | 10 | 11 12 10 12",
     ["1 1 5 10", "2 2 -5 11"], [DONE, NO_POSITION]),
    # The purchase of the bar comes first: 8 of 10.
    ("what was added in the same bar", AT_CLOSE,
     {0: order(5), 1: orders(order(5), reducing(-8))}, "10 | 10 | 11",
     ["1 1 5 10", "2 2 5 11", "2 3 -8 11"], [DONE, DONE, DONE]),
    ("in parts", AT_CLOSE, {0: order(10), 1: reducing(-10)},
     "10 | 10 x100 | 10 x40 | 10 x100", ["1 1 10 10", "2 2 -4 10", "3 2 -6 10"], [DONE, DONE]),
    ("three of them", AT_CLOSE,
     {0: order(10), 1: orders(reducing(-4), reducing(-4), reducing(-4))}, "10 | 10 | 11",
     ["1 1 10 10", "2 2 -4 11", "2 3 -4 11", "2 4 -2 11"], [DONE, DONE, DONE, NO_POSITION]),
    ("cancelled", AT_CLOSE, {0: order(5), 1: reducing(-5, limit_price=12), 2: cancel(2)},
     "10 | 10 | 10 | 13", ["1 1 5 10"], [DONE, "Cancelled"]),
    ("replaced by more", AT_CLOSE,
     {0: order(5), 1: reducing(-3, limit_price=12), 2: replaced(2, amount=-5)},
     "10 | 10 | 11 | 12", ["1 1 5 10", "3 2 -5 12"], [DONE, DONE]),
    ("a day", AT_CLOSE, {0: order(5), 1: reducing(-5, limit_price=12, time_in_force="DAY")},
     "10 | 10 | 11 | 13", ["1 1 5 10"], [DONE, "Expired day_over"]),
    ("as legs", AT_CLOSE,
     {0: order(5), 1: reducing(-5, style=OCOOrder(LimitOrder(11), StopOrder(9)))},
     "10 | 10 | 11.5", ["1 1 5 10", "2 2 -5 11.5"], [DONE, DONE, GONE]),
    ("a second time", AT_CLOSE, {0: order(5), 1: reducing(-5), 2: reducing(-5)},
     "10 | 10 | 11 | 11", ["1 1 5 10", "2 2 -5 11"],
     [DONE, DONE, "Rejected reduce_only_no_position"]),
    ("after the side has changed", AT_CLOSE,
     {0: order(5), 1: orders(order(-9), reducing(-5, limit_price=12))}, "10 | 10 | 11 | 13",
     ["1 1 5 10", "2 2 -9 11"], [DONE, DONE, NO_POSITION]),
]  # fmt: skip

SALE = OCOOrder(LimitOrder(11), StopOrder("9.50"))
OCO: list[Case] = [
    ("neither is reached", AT_CLOSE, {0: order(-9, style=SALE)}, "10 | 10.9 | 9.6", [],
     [OPEN, OPEN]),
    ("the limit to the cent", AT_CLOSE, {0: order(-9, style=SALE)}, "10 | 11", ["1 1 -9 11"],
     [DONE, GONE]),
    ("the stop to the cent", AT_CLOSE, {0: order(-9, style=SALE)}, "10 | 9.5", ["1 2 -9 9.5"],
     [GONE, DONE]),
    ("the limit, at the open after it", AT_OPEN, {0: order(-9, style=SALE)},
     "10 | 11.2 | 11.4 12 9 10", ["2 1 -9 11.4"], [DONE, GONE]),
    ("the stop, at the open after it", AT_OPEN, {0: order(-9, style=SALE)},
     "10 | 9.4 | 9.2 12 9 10", ["2 2 -9 9.2"], [GONE, DONE]),
    ("a gap through the stop", INSIDE, {0: order(-9, style=SALE)}, "10 | 9.2 9.6 9.1 9.4",
     ["1 2 -9 9.2"], [GONE, DONE]),
    ("a stop with a limit", INSIDE,
     {0: order(-9, style=OCOOrder(LimitOrder(11), StopLimitOrder("9.40", "9.50")))},
     "10 | 10 10.2 9.3 9.6", ["1 2 -9 9.50"], [GONE, DONE]),
    # The price rises through 10.50 before it comes to 11.
    ("the nearer of two stops", INSIDE,
     {0: order(9, style=OCOOrder(StopOrder(11), StopOrder("10.50")))}, "10 | 10 11.2 9.9 11",
     ["1 2 9 10.50"], [GONE, DONE]),
    ("a stop that follows", AT_CLOSE,
     {0: order(-9, style=OCOOrder(LimitOrder(12), TrailingStopOrder(1)))}, "10 | 11 | 10",
     ["2 2 -9 10"], [GONE, DONE]),
    ("a day", AT_CLOSE, {0: order(-9, style=SALE, time_in_force="DAY")}, "10 | 10 | 12", [],
     ["Expired day_over"] * 2),
    ("cancelled as one", AT_CLOSE,
     {0: order(-9, style=SALE), 1: lambda c: c.cancel_order("main-1/oco")}, "10 | 10 | 12", [],
     ["Cancelled", "Cancelled"]),
    ("a leg at another price", AT_CLOSE,
     {0: order(-9, style=SALE), 1: replaced(1, limit_price="10.50")}, "10 | 10 | 10.6",
     ["2 1 -9 10.6"], [DONE, GONE]),
    ("a bar without trade", AT_CLOSE, {0: order(-9, style=SALE)}, "10 | - | 11.2",
     ["2 1 -9 11.2"], [DONE, GONE]),
    ("less volume than a leg", AT_CLOSE, {0: order(-9, style=SALE)},
     "10 | 11.2 x50 | 9 x500 | 11 x500", ["1 1 -5 11.2", "3 1 -4 11"], [DONE, GONE]),
]  # fmt: skip

CASES = {"iceberg": ICEBERGS, "post-only": POST_ONLY, "reduce-only": REDUCE_ONLY, "oco": OCO}


@pytest.mark.parametrize("mirrored", [False, True], ids=["", "other side"])
@pytest.mark.parametrize(
    ("rules", "acts", "text", "filled", "ends"),
    [case[1:] for cases in CASES.values() for case in cases],
    ids=[f"{kind} {case[0]}" for kind, cases in CASES.items() for case in cases],
)
def test_by_hand(
    rules: Any,
    acts: dict[int, Act],
    text: str,
    filled: list[str],
    ends: list[str],
    mirrored: bool,
) -> None:
    """Whatever holds of a purchase holds of a sale at prices on the other side of 10."""
    if mirrored:
        acts, text, filled = other_side(acts), flipped(text), list(map(flipped_fill, filled))
    story = tell(text, acts, rules=rules, slippage=TENTH)
    assert (story.fills, story.ends) == (fills(*filled), ends)
