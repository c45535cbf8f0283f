"""Orders against bars, worked out by hand: where each fills, and why it ends.

The orders come at the close of bar 0. Bars are ``open high low close``, or one price for all four;
fills are ``bar order amount price``.
"""

from typing import Any

import pytest
from order_stories import (
    AT_CLOSE,
    AT_OPEN,
    INSIDE,
    INSIDE_OPEN,
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

# ------------------------------------------------------------------ where one order fills

LIMIT = {"limit_price": "9.50"}
STOP_UP = {"stop_price": "10.50"}
STOP_DOWN = {"stop_price": "9.50"}
STOP_LIMIT = {"stop_price": "10.50", "limit_price": "10.60"}
PULL_BACK = {"stop_price": "10.50", "limit_price": "10.20"}
TRAIL = {"trail_amount": 1}

SINGLES: list[tuple[str, Any, int, dict[str, Any], str, list[str]]] = [
    # A limit inside the range fills at the limit; where the bar opens beyond it, at the open.
    ("limit inside", INSIDE, 5, LIMIT, "10 | 10 10.5 9.4 10.2", ["1 1 5 9.50"]),
    ("limit touched to the cent", INSIDE, 5, LIMIT, "10 | 10 10.5 9.5 10.2", ["1 1 5 9.50"]),
    ("limit missed by a cent", INSIDE, 5, LIMIT, "10 | 10 10.5 9.51 10.2", []),
    ("limit under the open", INSIDE, 5, LIMIT, "10 | 9.2 9.9 9.1 9.8", ["1 1 5 9.20"]),
    ("sell limit inside", INSIDE, -5, {"limit_price": "10.50"},
     "10 | 10 10.6 9.9 10", ["1 1 -5 10.50"]),
    ("sell limit under the open", INSIDE, -5, {"limit_price": "10.50"},
     "10 | 10.8 11 10 10", ["1 1 -5 10.80"]),
    # The close alone counts where triggers are tested on it.
    ("limit, close above it", AT_CLOSE, 5, LIMIT, "10 | 10 10.5 9.4 10.2", []),
    ("limit, close below it", AT_CLOSE, 5, LIMIT, "10 | 10 10.5 9.1 9.3", ["1 1 5 9.30"]),
    ("limit, then the open", AT_OPEN, 5, LIMIT,
     "10 | 10 10 9.1 9.3 | 9.4 9.9 9 9.8", ["2 1 5 9.40"]),
    ("limit, then an open above it", AT_OPEN, 5, LIMIT, "10 | 10 10 9.1 9.3 | 9.6 9.9 9 9.8", []),
    # A stop inside the range fills at the stop; through a gap, at the open.
    ("buy stop inside", INSIDE, 5, STOP_UP, "10 | 10 10.7 9.9 10.2", ["1 1 5 10.50"]),
    ("buy stop through a gap", INSIDE, 5, STOP_UP, "10 | 10.9 11 10.7 10.8", ["1 1 5 10.90"]),
    ("sell stop inside", INSIDE, -5, STOP_DOWN, "10 | 10 10.1 9.3 9.9", ["1 1 -5 9.50"]),
    ("sell stop through a gap", INSIDE, -5, STOP_DOWN, "10 | 9.2 9.6 9.1 9.4", ["1 1 -5 9.20"]),
    ("sell stop, close above it", AT_CLOSE, -5, STOP_DOWN,
     "10 | 10 10.1 9.3 9.9 | 9.4", ["2 1 -5 9.40"]),
    ("sell stop, then the open", AT_OPEN, -5, STOP_DOWN, "10 | 9.4 | 9.8 9.9 9 9", ["2 1 -5 9.80"]),
    # A stop-limit fills at the stop within the limit, else it waits for the limit.
    ("stop within its limit", INSIDE, 5, STOP_LIMIT, "10 | 10 10.7 9.9 10.2", ["1 1 5 10.50"]),
    ("gap beyond the limit", INSIDE, 5, STOP_LIMIT,
     "10 | 10.9 11 10.7 10.8 | 10.8 10.9 10.55 10.7", ["2 1 5 10.60"]),
    ("gap, and back to the limit", INSIDE, 5, STOP_LIMIT,
     "10 | 10.9 11 10.4 10.8", ["1 1 5 10.60"]),
    ("back to the limit by the close", INSIDE, 5, PULL_BACK,
     "10 | 10 10.7 9.9 10.1", ["1 1 5 10.20"]),
    ("not certain to come back", INSIDE, 5, PULL_BACK, "10 | 10 10.7 9.9 10.3", []),
    ("back to the limit a bar later", INSIDE, 5, PULL_BACK,
     "10 | 10 10.7 9.9 10.3 | 10.3 10.4 10.1 10.3", ["2 1 5 10.20"]),
    # A trailing sale of distance 1: highest 10, 11, 11, so stops at 9, 10, 10.
    ("trail on closes", AT_CLOSE, -5, TRAIL, "10 | 11 | 10.5 | 9.9", ["3 1 -5 9.90"]),
    ("trail, then the open", AT_OPEN, -5, TRAIL, "10 | 11 | 9.9 | 9.7 10 9 10", ["3 1 -5 9.70"]),
    # Stop 9 until the high of 12 moves it to 11; the next bar falls through it.
    ("trail inside", INSIDE, -5, TRAIL,
     "10 | 10 12 9.8 11.5 | 11.5 11.6 10.9 11.2", ["2 1 -5 11.00"]),
    ("trail through a gap", INSIDE, -5, TRAIL,
     "10 | 10 12 9.8 11.5 | 10.5 11.6 10.4 11.2", ["2 1 -5 10.50"]),
    ("trail proved by the close", INSIDE, -5, TRAIL, "10 | 10 12 9.5 10.8", ["1 1 -5 11.00"]),
    # The open of 12 moves the stop to 11 before the low of 10.9 comes.
    ("trail moved by the open", INSIDE, -5, TRAIL, "10 | 12 12.1 10.9 12", ["1 1 -5 11.00"]),
    # A trailing buy of 10 %: lowest 10, 8, so stops at 11, 8.80.
    ("trail of a share", AT_CLOSE, 5, {"trail_percent": "0.1"},
     "10 | 8 | 8.79 | 8.9", ["3 1 5 8.90"]),
    # 10 x (1 - 0.0333) is 9.667: of a sell stop the tick below.
    ("trail on the tick", AT_CLOSE, -5, {"trail_percent": "0.0333"},
     "10 | 9.67 | 9.66", ["2 1 -5 9.66"]),
    # Market orders fill where fill_at says, whatever tests the others.
    ("market at the close", INSIDE, 5, {}, "10 | 10 12 9 11", ["1 1 5 11"]),
    ("market at the open", INSIDE_OPEN, 5, {}, "10 | 10.1 12 9 11", ["1 1 5 10.1"]),
    # An iceberg shows 2 at a time, and a bar fills no more.
    ("iceberg on closes", AT_CLOSE, 5, {**LIMIT, "visible": 2},
     "10 | 9 | 9 | 9 | 9", ["1 1 2 9", "2 1 2 9", "3 1 1 9"]),
    ("iceberg inside", INSIDE, 5, {**LIMIT, "visible": 3},
     "10 | 10 10 9 10 | 10 10 9 10", ["1 1 3 9.50", "2 1 2 9.50"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "amount", "how", "text", "filled"),
    [case[1:] for case in SINGLES],
    ids=[case[0] for case in SINGLES],
)
def test_where_an_order_fills(
    rules: Any, amount: int, how: dict[str, Any], text: str, filled: list[str]
) -> None:
    assert tell(text, {0: order(amount, **how)}, rules=rules).fills == fills(*filled)


# ---------------------------------------------------------- orders that depend on each other

BOTH = {"take_profit": 11, "stop_loss": "9.50"}
SHORT = {"take_profit": 9, "stop_loss": "10.50"}
SALE = OCOOrder(LimitOrder(11), StopOrder("9.50"))
STRADDLE = OCOOrder(StopOrder(11), opposite=StopOrder(9))
DONE, GONE, OPEN, HELD = "Filled", "Cancelled group", "Accepted", "Pending"

GROUPS: list[tuple[str, Any, dict[int, Act], str, list[str], list[str], int]] = [
    # Orders 1, 2 and 3 are entry, profit and loss. Last: how often the order of touch was assumed.
    ("both exits in the bar of the entry", INSIDE_OPEN, {0: order(9, **BOTH)},
     "10 | 10 12 9 11", ["1 1 9 10", "1 3 -9 9.50"], [DONE, GONE, DONE], 1),
    ("both exits in a later bar", INSIDE, {0: order(9, **BOTH)},
     "10 | 10 12 9 10 | 10 12 9 11", ["1 1 9 10", "2 3 -9 9.50"], [DONE, GONE, DONE], 1),
    ("both exits of a short", INSIDE_OPEN, {0: order(-9, **SHORT)},
     "10 | 10 11 8 10", ["1 1 -9 10", "1 3 9 10.50"], [DONE, GONE, DONE], 1),
    ("the profit alone", INSIDE, {0: order(9, **BOTH)},
     "10 | 10 | 10.5 11.2 10.4 11", ["1 1 9 10", "2 2 -9 11"], [DONE, DONE, GONE], 0),
    ("a gap through the loss", INSIDE, {0: order(9, **BOTH)},
     "10 | 10 | 9 9.4 8.8 9.2", ["1 1 9 10", "2 3 -9 9"], [DONE, GONE, DONE], 0),
    ("a gap through the profit, and then the loss", INSIDE, {0: order(9, **BOTH)},
     "10 | 10 | 12 12 9 9.2", ["1 1 9 10", "2 2 -9 12"], [DONE, DONE, GONE], 0),
    ("exits on closes", AT_CLOSE, {0: order(9, **BOTH)},
     "10 | 10 12 9 10 | 10 12 9 10 | 9.3", ["1 1 9 10", "3 3 -9 9.30"], [DONE, GONE, DONE], 0),
    ("exits at opens", AT_OPEN, {0: order(9, **BOTH)},
     "10 | 10 12 9 11.5 | 11.2 12 9 10", ["1 1 9 10", "2 2 -9 11.20"], [DONE, DONE, GONE], 0),
    # The price falls to the entry at 9.80 before it falls to the loss: that is certain.
    ("a loss after an entry on the way down", INSIDE, {0: order(9, limit_price="9.80", **BOTH)},
     "10 | 10 10.2 9.3 9.9", ["1 1 9 9.80", "1 3 -9 9.50"], [DONE, GONE, DONE], 0),
    # Whether the low of 9.30 came before or after the entry at 10.50 nobody knows.
    ("a loss after an entry on the way up", INSIDE, {0: order(9, stop_price="10.50", **BOTH)},
     "10 | 10 10.8 9.3 10.6", ["1 1 9 10.50", "1 3 -9 9.50"], [DONE, GONE, DONE], 1),
    ("a profit that may have come before", INSIDE, {0: order(9, limit_price="9.80", **BOTH)},
     "10 | 10 11.2 9.7 9.9", ["1 1 9 9.80"], [DONE, OPEN, OPEN], 0),
    ("a profit that the close proves", INSIDE, {0: order(9, limit_price="9.80", **BOTH)},
     "10 | 10 11.2 9.7 11.1", ["1 1 9 9.80", "1 2 -9 11"], [DONE, DONE, GONE], 0),
    ("an entry at the close leaves its bar alone", INSIDE, {0: order(9, **BOTH)},
     "10 | 10 12 9 10", ["1 1 9 10"], [DONE, OPEN, OPEN], 0),
    # Bought at 10.40, so the trail of 0.50 begins at 9.90 and never saw the high before.
    ("a loss that trails from the entry", INSIDE,
     {0: order(9, stop_price="10.40", stop_loss=TrailingStopOrder("0.50"))},
     "10 | 10 10.8 10 10.6 | 10.6 11 10.55 11 | 11 11.1 10.4 10.9",
     ["1 1 9 10.40", "3 2 -9 10.50"], [DONE, DONE], 0),
    ("a loss with a limit", INSIDE, {0: order(9, stop_loss=StopLimitOrder("9.40", "9.50"))},
     "10 | 10 | 9.2 9.3 9.1 9.3 | 9.3 9.6 9.3 9.5", ["1 1 9 10", "3 2 -9 9.40"], [DONE, DONE], 0),
    # One cancels the other: orders 1 and 2.
    ("both legs in one bar", INSIDE, {0: order(-9, style=SALE)},
     "10 | 10 12 9 11", ["1 2 -9 9.50"], [GONE, DONE], 1),
    ("the open decides", INSIDE, {0: order(-9, style=SALE)},
     "10 | 11.5 12 9 11", ["1 1 -9 11.50"], [DONE, GONE], 0),
    ("one leg in the bar", INSIDE, {0: order(-9, style=SALE)},
     "10 | 10 11 9.6 10", ["1 1 -9 11"], [DONE, GONE], 0),
    # The price falls through 9.50 before it comes to 9.20.
    ("the nearer of two limits", INSIDE,
     {0: order(9, style=OCOOrder(LimitOrder("9.20"), LimitOrder("9.50")))},
     "10 | 10 10 9 9.9", ["1 2 9 9.50"], [GONE, DONE], 0),
    ("legs on closes", AT_CLOSE, {0: order(-9, style=SALE)},
     "10 | 10 12 9 10 | 9.4", ["2 2 -9 9.40"], [GONE, DONE], 0),
    ("three legs", INSIDE,
     {0: order(9, style=OCOOrder(LimitOrder(9), StopOrder(11), LimitOrder("9.80")))},
     "10 | 10 10.5 9.7 10", ["1 3 9 9.80"], [GONE, GONE, DONE], 0),
    ("a leg that is cancelled", AT_CLOSE, {0: orders(order(-9, style=SALE), cancel(2))},
     "10 | 12", [], ["Cancelled", "Cancelled"], 0),
    # Legs of both sides: order 1 buys above, order 2 sells below.
    ("a breakout upwards", INSIDE, {0: order(9, style=STRADDLE)},
     "10 | 10 11.5 9.2 11.2 | 10 10 8 9", ["1 1 9 11"], [DONE, GONE], 0),
    ("a breakout downwards", INSIDE, {0: order(9, style=STRADDLE)},
     "10 | 10 10.8 8.8 9.1", ["1 2 -9 9"], [GONE, DONE], 0),
    # 11 lies 0.80 from the open, 9 lies 1.20 from it.
    ("a bar that breaks out both ways", INSIDE, {0: order(9, style=STRADDLE)},
     "10 | 10.2 11.5 8.5 10", ["1 1 9 11"], [DONE, GONE], 1),
    ("a gap through the lower side", INSIDE, {0: order(9, style=STRADDLE)},
     "10 | 8.5 12 8 11", ["1 2 -9 8.50"], [GONE, DONE], 0),
    ("a breakout on closes", AT_CLOSE, {0: order(9, style=STRADDLE)},
     "10 | 10 12 8 10 | 8.7", ["2 2 -9 8.70"], [GONE, DONE], 0),
    ("the edges of a range", INSIDE,
     {0: order(9, style=OCOOrder(LimitOrder(9), opposite=[LimitOrder(11), StopOrder(8)]))},
     "10 | 10 11.2 9.5 10", ["1 2 -9 11"], [GONE, DONE, GONE], 0),
    ("one side that is cancelled", INSIDE, {0: orders(order(9, style=STRADDLE), cancel(2))},
     "10 | 10 12 10 12", [], ["Cancelled", "Cancelled"], 0),
    ("both sides of another size", INSIDE,
     {0: orders(order(9, style=STRADDLE), replaced("main-1/oco", amount=4))},
     "10 | 10 10.8 8.8 9.1", ["1 2 -4 9"], [GONE, DONE], 0),
    # Cancelled by the strategy: entry, exits.
    ("an entry that is cancelled", AT_CLOSE,
     {0: orders(order(9, limit_price=9, **BOTH), cancel(1))},
     "10 | 9", [], ["Cancelled", GONE, GONE], 0),
    ("an exit that is cancelled", AT_CLOSE, {0: order(9, **BOTH), 1: cancel(2)},
     "10 | 10 | 12 | 9", ["1 1 9 10", "3 3 -9 9"], [DONE, "Cancelled", DONE], 0),
    ("a whole bracket that is cancelled", AT_CLOSE,
     {0: order(9, **BOTH), 1: lambda c: c.cancel_order("main-1/bracket")},
     "10 | 10 | 12", ["1 1 9 10"], [DONE, "Cancelled", "Cancelled"], 0),
    # An entry that expires or is refused takes its exits with it.
    ("an entry that expires", AT_CLOSE, {0: order(9, limit_price=8, time_in_force="DAY", **BOTH)},
     "10 | 10 | 8", [], ["Expired day_over", GONE, GONE], 0),
    ("an entry that is refused", AT_CLOSE,
     {0: order(9, limit_price="10.50", post_only=True, **BOTH)},
     "10 | 10", [], ["Rejected post_only_would_cross", GONE, GONE], 0),
]  # fmt: skip


BOTH_SIDES = pytest.mark.parametrize("mirrored", [False, True], ids=["", "other side"])
"""Whatever holds of a purchase holds of a sale at prices on the other side of 10."""


def seen_from(
    acts: dict[int, Act], text: str, filled: list[str], *, mirrored: bool
) -> tuple[dict[int, Act], str, list[str]]:
    if not mirrored:
        return acts, text, filled
    return other_side(acts), flipped(text), [flipped_fill(fill) for fill in filled]


@BOTH_SIDES
@pytest.mark.parametrize(
    ("rules", "acts", "text", "filled", "ends", "decisions"),
    [case[1:] for case in GROUPS],
    ids=[case[0] for case in GROUPS],
)
def test_what_a_group_does(
    rules: Any,
    acts: dict[int, Act],
    text: str,
    filled: list[str],
    ends: list[str],
    decisions: int,
    mirrored: bool,
) -> None:
    acts, text, filled = seen_from(acts, text, filled, mirrored=mirrored)
    story = tell(text, acts, rules=rules)
    assert (story.fills, story.ends) == (fills(*filled), ends)
    assert story.decisions == decisions


# ---------------------------------------------------------- partial fills: a tenth of the volume

PARTS: list[tuple[str, Any, dict[int, Act], str, list[str], list[str]]] = [
    # 10 of 25, then all of the 15 that are left; the exits grow from 10 to 25.
    ("exits grow with the entry", AT_CLOSE, {0: order(25, **BOTH)},
     "10 | 10 x100 | 10 x500 | 9.3 x500", ["1 1 10 10", "2 1 15 10", "3 3 -25 9.30"],
     [DONE, GONE, DONE]),
    # The profit takes the 10 that were bought, and ends the 15 that were not.
    ("an exit ends what is left of the entry", INSIDE, {0: order(25, limit_price="9.80", **BOTH)},
     "10 | 10 10 9.7 10 x100 | 10.5 11.2 10.4 11 x500", ["1 1 10 9.80", "2 2 -10 11"],
     [GONE, DONE, GONE]),
    # Of 20 the profit sells 10; the loss is left with the other 10.
    ("an exit takes from the other", INSIDE, {0: order(20, **BOTH)},
     "10 | 10 x500 | 10.5 11.2 10.4 10.8 x100 | 10 10.1 9.4 9.8 x500",
     ["1 1 20 10", "2 2 -10 11", "3 3 -10 9.50"], [DONE, GONE, DONE]),
    ("a cancelled entry leaves exits for its part", AT_CLOSE, {0: order(25, **BOTH), 1: cancel(1)},
     "10 | 10 x100 | 11.5 x500", ["1 1 10 10", "2 2 -10 11.50"], ["Cancelled", DONE, GONE]),
    ("an expired entry leaves exits for its part", AT_CLOSE,
     {0: order(25, time_in_force="IOC", **BOTH)},
     "10 | 10 x100 | 11.5 x500", ["1 1 10 10", "2 2 -10 11.50"],
     ["Expired ioc_remainder", DONE, GONE]),
    # A stop that was reached goes on as a market order: 10 at the stop, 15 at the next close.
    ("a stop goes on as a market order", INSIDE, {0: order(-25, stop_price="9.50")},
     "10 | 10 10 9.4 9.8 x100 | 10 10.5 10 10.4 x500", ["1 1 -10 9.50", "2 1 -15 10.40"], [DONE]),
    ("a limit goes on as a limit", INSIDE, {0: order(25, limit_price="9.50")},
     "10 | 10 10 9.4 9.8 x100 | 10 10 9.6 10 x500 | 9.3 9.9 9.2 9.6 x500",
     ["1 1 10 9.50", "3 1 15 9.30"], [DONE]),
    # The first part that fills ends the other leg; the rest of the first goes on.
    ("a part of a leg ends the other", INSIDE, {0: order(-25, style=SALE)},
     "10 | 10.5 11.2 10.4 10.9 x100 | 9 9.3 9 9.2 x500 | 11 11.5 11 11 x500",
     ["1 1 -10 11", "3 1 -15 11"], [DONE, GONE]),
    ("first come, first served", INSIDE, {0: orders(order(8), order(8, limit_price="9.50"))},
     "10 | 10 10 9 10 x100 | 10 10 9 10 x100", ["1 1 8 10", "1 2 2 9.50", "2 2 6 9.50"],
     [DONE, DONE]),
    # A stop that finds no volume was reached all the same.
    ("a stop without volume was reached", INSIDE,
     {0: orders(order(10), order(-5, stop_price="9.50"))},
     "10 | 10 10 9 10 x100 | 10.2 10.4 10 10.3 x500", ["1 1 10 10", "2 2 -5 10.30"], [DONE, DONE]),
    # 10 a bar: iceberg 4, other 6; then the other comes first, for it has waited longer.
    ("an iceberg goes to the end of the queue", AT_CLOSE,
     {0: orders(order(12, limit_price=10, visible=4), order(14, limit_price=10))},
     "10 | 10 x100 | 10 x100 | 10 x100",
     ["1 1 4 10", "1 2 6 10", "2 2 8 10", "2 1 2 10", "3 1 2 10"], ["PartiallyFilled", DONE]),
    # At once, and no more: 10 of 25.
    ("IOC keeps what it got", AT_CLOSE, {0: order(25, time_in_force="IOC")},
     "10 | 10 x100 | 10 x500", ["1 1 10 10"], ["Expired ioc_remainder"]),
    ("FOK with too little volume", AT_CLOSE, {0: order(25, time_in_force="FOK")},
     "10 | 10 x249 | 10 x500", [], ["Rejected fok_unfilled"]),
    ("FOK with enough", AT_CLOSE, {0: order(25, time_in_force="FOK")},
     "10 | 10 x250", ["1 1 25 10"], [DONE]),
    ("FOK after others took their part", AT_CLOSE,
     {0: orders(order(5), order(8, time_in_force="FOK"))},
     "10 | 10 x120 | 10 x500", ["1 1 5 10"], [DONE, "Rejected fok_unfilled"]),
    # What has filled stays: 15 are 5 more, 10 are none.
    ("replaced by a smaller amount", AT_CLOSE, {0: order(25), 1: replaced(1, amount=15)},
     "10 | 10 x100 | 10 x500", ["1 1 10 10", "2 1 5 10"], [DONE]),
    ("replaced by what has filled", AT_CLOSE, {0: order(25), 1: replaced(1, amount=10)},
     "10 | 10 x100 | 10 x500", ["1 1 10 10"], ["Cancelled replaced"]),
    ("replaced by less than has filled", AT_CLOSE, {0: order(25), 1: replaced(1, amount=3)},
     "10 | 10 x100 | 10 x500", ["1 1 10 10"], ["Cancelled replaced"]),
    ("an entry replaced by what has filled", AT_CLOSE,
     {0: order(25, **BOTH), 1: replaced(1, amount=10)},
     "10 | 10 x100 | 9 x500", ["1 1 10 10", "2 3 -10 9"], ["Cancelled replaced", GONE, DONE]),
    # 10 of volume: the first order is larger now and waits behind the second.
    ("a larger order loses its place", AT_CLOSE,
     {0: orders(order(8, limit_price=9), order(8, limit_price=9)), 1: replaced(1, amount=9)},
     "10 | 10 | 9 x100", ["2 2 8 9", "2 1 2 9"], ["PartiallyFilled", DONE]),
    ("a smaller order keeps it", AT_CLOSE,
     {0: orders(order(8, limit_price=9), order(8, limit_price=9)), 1: replaced(1, amount=7)},
     "10 | 10 | 9 x100", ["2 1 7 9", "2 2 3 9"], [DONE, "PartiallyFilled"]),
]  # fmt: skip


@BOTH_SIDES
@pytest.mark.parametrize(
    ("rules", "acts", "text", "filled", "ends"),
    [case[1:] for case in PARTS],
    ids=[case[0] for case in PARTS],
)
def test_what_fills_in_parts(
    rules: Any,
    acts: dict[int, Act],
    text: str,
    filled: list[str],
    ends: list[str],
    mirrored: bool,
) -> None:
    acts, text, filled = seen_from(acts, text, filled, mirrored=mirrored)
    story = tell(text, acts, rules=rules, slippage=TENTH)
    assert (story.fills, story.ends) == (fills(*filled), ends)
