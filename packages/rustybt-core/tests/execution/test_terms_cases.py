"""How long orders live, and what they must not do: cases worked out by hand.

Bar 0 is Monday 2020-06-01; the fifth bar is Friday, the sixth the Monday after it. Sessions close
at 20:00 UTC.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from markets import VENUE, daily_market, play, split, stock
from order_stories import (
    AT_CLOSE,
    AT_OPEN,
    INSIDE,
    SHARE,
    TENTH,
    Act,
    bars,
    fills,
    flipped,
    flipped_fill,
    order,
    orders,
    other_side,
    replaced,
    story_of,
    tell,
)

from rustybt.assets import Cryptocurrency
from rustybt.calendars import get_calendar
from rustybt.finance.cancel_policy import EODCancel
from rustybt.finance.execution import LimitOrder, OCOOrder, StopOrder

WEEK = "10 | 10 | 10 | 10 | 10 | 8"
LOW = {"limit_price": 9}
BOTH = {"take_profit": 11, "stop_loss": "9.50"}
DONE = "Filled"

TERMS: list[tuple[str, Any, dict[int, Act], str, list[str], list[str]]] = [
    ("a day", AT_CLOSE, {0: order(5, time_in_force="DAY", **LOW)}, "10 | 10 | 8",
     [], ["Expired day_over"]),
    ("a day is the first that can fill", AT_CLOSE, {0: order(5, time_in_force="DAY", **LOW)},
     "10 | 8", ["1 1 5 8"], [DONE]),
    ("a day that would fill on another", AT_OPEN, {0: order(5, time_in_force="DAY", **LOW)},
     "10 | 8 | 8", [], ["Expired day_over"]),
    ("a day at the open", AT_OPEN, {0: order(5, time_in_force="DAY")}, "10 | 8", ["1 1 5 8"],
     [DONE]),
    ("a day without trade is over too", AT_CLOSE, {0: order(5, time_in_force="DAY", **LOW)},
     "10 | - | 8", [], ["Expired day_over"]),
    ("until a Saturday", AT_CLOSE, {0: order(5, good_till="2020-06-06", **LOW)}, WEEK,
     [], ["Expired good_till_passed"]),
    ("until the Friday before", AT_CLOSE, {0: order(5, good_till=date(2020, 6, 5), **LOW)},
     "10 | 10 | 10 | 10 | 8", ["4 1 5 8"], [DONE]),
    ("until the Monday after", AT_CLOSE, {0: order(5, good_till=date(2020, 6, 8), **LOW)}, WEEK,
     ["5 1 5 8"], [DONE]),
    ("until the end of a bar", AT_CLOSE,
     {0: order(5, good_till=datetime(2020, 6, 2, 20, tzinfo=UTC), **LOW)}, "10 | 8",
     ["1 1 5 8"], [DONE]),
    ("until a minute before it", AT_CLOSE,
     {0: order(5, good_till=datetime(2020, 6, 2, 19, 59, tzinfo=UTC), **LOW)}, "10 | 8",
     [], ["Expired good_till_passed"]),
    ("until a time that has passed", AT_CLOSE,
     {0: orders(order(5, good_till="2020-05-29"), order(5, good_till="2020-06-01T12:00:00"))},
     "10 | 10", [], ["Expired good_till_passed"] * 2),
    # At once means in the next bar, whether it trades or not.
    ("IOC in a bar without trade", AT_CLOSE, {0: order(5, time_in_force="IOC")}, "10 | - | 10",
     [], ["Expired ioc_remainder"]),
    ("FOK in a bar without trade", AT_CLOSE, {0: order(5, time_in_force="FOK")}, "10 | - | 10",
     [], ["Rejected fok_unfilled"]),
    ("IOC above its limit", AT_CLOSE, {0: order(5, time_in_force="IOC", **LOW)}, "10 | 9.5 | 8",
     [], ["Expired ioc_remainder"]),
    ("IOC within its limit", AT_CLOSE, {0: order(5, time_in_force="IOC", **LOW)}, "10 | 8.5 | 8",
     ["1 1 5 8.50"], [DONE]),
    ("IOC inside the bar", INSIDE, {0: order(5, time_in_force="IOC", **LOW)}, "10 | 10 10 8 10",
     ["1 1 5 9"], [DONE]),
    ("IOC is tested on the open where that fills", AT_OPEN,
     {0: order(5, time_in_force="IOC", **LOW)}, "10 | 8.8 10 8 10", ["1 1 5 8.80"], [DONE]),
    ("IOC after an open above its limit", AT_OPEN, {0: order(5, time_in_force="IOC", **LOW)},
     "10 | 9.5 10 8 8", [], ["Expired ioc_remainder"]),
    # A stop waits; the bar that can fill it decides.
    ("IOC with a stop", AT_CLOSE, {0: order(5, stop_price=11, time_in_force="IOC")},
     "10 | 10 | 12", ["2 1 5 12"], [DONE]),
    ("IOC with a stop, at the open after it", AT_OPEN,
     {0: order(5, stop_price=11, time_in_force="IOC")}, "10 | 12 | 11.5 12 11 12",
     ["2 1 5 11.50"], [DONE]),
    # Post-only: the last price is 10.
    ("post-only below the price", AT_CLOSE, {0: order(5, limit_price="9.99", post_only=True)},
     "10 | 9.98", ["1 1 5 9.98"], [DONE]),
    ("post-only at the price", AT_CLOSE, {0: order(5, limit_price=10, post_only=True)}, "10 | 9",
     [], ["Rejected post_only_would_cross"]),
    ("post-only sale at the price", AT_CLOSE, {0: order(-5, limit_price=10, post_only=True)},
     "10 | 11", [], ["Rejected post_only_would_cross"]),
    ("replaced by a price that crosses", AT_CLOSE,
     {0: order(5, limit_price=9, post_only=True), 1: replaced(1, limit_price="10.50")},
     "10 | 10 | 8", [], ["Rejected post_only_would_cross"]),
    # Reduce-only: order 1 buys 5.
    ("reduce-only without a position", AT_CLOSE, {0: order(-5, reduce_only=True)}, "10 | 10",
     [], ["Rejected reduce_only_no_position"]),
    ("reduce-only on the same side", AT_CLOSE, {0: order(5), 1: order(5, reduce_only=True)},
     "10 | 10 | 10", ["1 1 5 10"], [DONE, "Rejected reduce_only_no_position"]),
    ("reduce-only, larger than the position", AT_CLOSE,
     {0: order(5), 1: order(-8, reduce_only=True)}, "10 | 10 | 11",
     ["1 1 5 10", "2 2 -5 11"], [DONE, "Cancelled reduce_only_no_position"]),
    ("reduce-only after the position has gone", AT_CLOSE,
     {0: order(5), 1: orders(order(-5), order(-5, limit_price=12, reduce_only=True))},
     "10 | 10 | 11 | 13", ["1 1 5 10", "2 2 -5 11"],
     [DONE, DONE, "Cancelled reduce_only_no_position"]),
    ("two that reduce the same position", AT_CLOSE,
     {0: order(5), 1: orders(order(-4, reduce_only=True), order(-4, reduce_only=True))},
     "10 | 10 | 11", ["1 1 5 10", "2 2 -4 11", "2 3 -1 11"],
     [DONE, DONE, "Cancelled reduce_only_no_position"]),
    ("reduce-only buys back a short", AT_CLOSE, {0: order(-5), 1: order(9, reduce_only=True)},
     "10 | 10 | 9", ["1 1 -5 10", "2 2 5 9"], [DONE, "Cancelled reduce_only_no_position"]),
    # Of a bracket the exits reduce: the position is sold before the profit is reached.
    ("exits that only reduce", AT_CLOSE,
     {0: order(5, reduce_only=True, **BOTH), 1: order(-5)}, "10 | 10 | 10 | 12",
     ["1 1 5 10", "2 4 -5 10"],
     [DONE, *["Cancelled reduce_only_no_position"] * 2, DONE]),
    ("exits that do not", AT_CLOSE, {0: order(5, **BOTH), 1: order(-5)}, "10 | 10 | 10 | 12",
     ["1 1 5 10", "2 4 -5 10", "3 2 -5 12"], [DONE, DONE, "Cancelled group", DONE]),
]  # fmt: skip


@pytest.mark.parametrize("mirrored", [False, True], ids=["", "other side"])
@pytest.mark.parametrize(
    ("rules", "acts", "text", "filled", "ends"),
    [case[1:] for case in TERMS],
    ids=[case[0] for case in TERMS],
)
def test_what_terms_do(
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
    story = tell(text, acts, rules=rules)
    assert (story.fills, story.ends) == (fills(*filled), ends)


# ------------------------------------------------------------------ replaced prices


def test_a_replaced_limit_is_waited_for_anew() -> None:
    """Touched on bar 1 with volume for 10 of 15; from then on it is 8."""
    acts = {0: order(15, limit_price=9), 1: replaced(1, limit_price=8)}
    story = tell("10 | 9 x100 | 8.5 x500 | 8 x500", acts, slippage=TENTH)
    assert story.fills == fills("1 1 10 9", "3 1 5 8")
    assert story.view(1).limit == 8


def test_a_replaced_stop_is_put_on_the_tick() -> None:
    story = tell("10 | 10", {0: order(-5, stop_price=9), 1: replaced(1, stop_price="9.506")})
    assert story.view(1).stop == 9.50
    assert story.trail(1)[-1] == ("Accepted", "replaced")


def test_a_bracket_is_replaced_as_one() -> None:
    acts = {
        0: order(5, limit_price=9, take_profit=11, stop_loss=8),
        1: replaced("main-1/bracket", amount=7, limit_price="9.50", take_profit=12, stop_loss=7),
    }
    story = tell("10 | 10 | 9.40 | 11.50 | 12", acts)
    assert story.fills == fills("2 1 7 9.40", "4 2 -7 12")
    assert [story.view(n).amount for n in (1, 2, 3)] == [7, -7, -7]
    assert [story.view(2).limit, story.view(3).stop] == [12, 7]


def test_the_legs_of_an_oco_order_are_replaced_as_one() -> None:
    acts = {
        0: order(-5, style=OCOOrder(LimitOrder(11), StopOrder(9))),
        1: replaced("main-1/oco", amount=-6, limit_price=12, stop_price=8),
    }
    story = tell("10 | 10 | 8.5 | 11.5 | 12", acts)
    assert (story.fills, story.ends) == (fills("4 1 -6 12"), [DONE, "Cancelled group"])


# ------------------------------------------------------------------ splits, delistings, policies


def test_a_split_scales_a_whole_bracket() -> None:
    """Two new shares for an old one on bar 2: 7 and 11 / 9.50 become 14 and 5.50 / 4.75."""
    story = tell(
        "10 | 10 | 5 | 5 | 4.7",
        {0: order(7, **BOTH)},
        events=[split(SHARE, "2020-06-03", "1/2")],
    )
    assert story.fills == fills("1 1 7 10", "4 3 -14 4.70")
    assert [(story.view(n).amount, story.view(n).limit, story.view(n).stop) for n in (2, 3)] == [
        (-14, 5.50, None),
        (-14, None, 4.75),
    ]


def test_a_split_scales_a_bracket_that_is_half_way() -> None:
    """10 of 25 at 10; three become one: 3 of 8, and exits for 3 at 33 and 28.50."""
    story = tell(
        "10 | 10 x100 | 30 x500 | 33 x500",
        {0: order(25, limit_price=10, **BOTH)},
        slippage=TENTH,
        events=[split(SHARE, "2020-06-03", "3")],
    )
    assert story.trail(1)[-2:] == [("PartiallyFilled", "ratio 3/1"), ("Filled", None)]
    assert story.fills == fills("1 1 10 10", "2 1 5 30", "3 2 -8 33")


def test_a_split_that_leaves_nothing_ends_the_group() -> None:
    story = tell(
        "10 | 10 | 50",
        {0: order(3, limit_price=9, **BOTH)},
        events=[split(SHARE, "2020-06-03", "5")],
    )
    assert story.ends == [DONE, "Cancelled", "Cancelled"]
    assert [story.view(n).amount for n in (1, 2, 3)] == [0, 0, 0]


def test_a_split_scales_trails_and_icebergs() -> None:
    """A trail of 1 from 10 becomes 0.50 from 5, the visible 4 become 8."""
    story = tell(
        "10 | 10 | 5.2 | 4.7",
        {0: orders(order(-6, trail_amount=1), order(20, limit_price=8, visible=4))},
        events=[split(SHARE, "2020-06-03", "1/2")],
    )
    # Followed to 5.20, the stop is at 4.70; the iceberg's limit is at 4.
    assert story.fills == fills("3 1 -12 4.70")
    assert (story.view(1).trail_amount, story.view(2).visible) == (0.5, 8)


def test_a_delisting_ends_every_order_of_the_asset() -> None:
    ended = stock("END", 9, end_date=date(2020, 6, 3), auto_close_date=date(2020, 6, 4))
    market = daily_market({ended: bars("10 | 10 | 10"), SHARE: bars("10 | 10 | 10 | 10")})
    story = story_of(
        play(
            market,
            {
                0: lambda c, d: (
                    c.order(ended, 5, limit_price=9, **BOTH),
                    c.order(ended, -5, style=OCOOrder(LimitOrder(11), StopOrder(8))),
                )
            },
        )
    )
    assert story.ends == ["Cancelled delisting"] * 5
    trails = [story.played.context.blotter.orders[f"main-{n}"].trail[-1] for n in range(1, 6)]
    assert {step.cause for step in trails} == {"delisting"}


def test_the_cancel_policy_ends_exits_that_wait() -> None:
    story = tell(
        "10 | 10",
        {0: order(5, limit_price=9, **BOTH)},
        setup=lambda c: c.set_cancel_policy(EODCancel(warn_on_cancel=False)),
    )
    assert story.ends == ["Cancelled cancel_policy"] * 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10 | 10 | 10", "day: its session is over"),
        ("10 | 8 | 8", "day: its session is over, and its price was reached by the last close"),
    ],
)
def test_a_day_says_why_it_could_not_fill(text: str, reason: str) -> None:
    """A close reaches the price, and the open that would fill it is that of the next day."""
    for act in (order(5, time_in_force="DAY", **LOW), order(-5, time_in_force="DAY", stop_price=9)):
        view = tell(text, {0: act}, rules=AT_OPEN).view(1)
        assert view.reason.startswith(reason)
        assert ("intrabar" in view.reason) is ("8" in text)


# ------------------------------------------------------------------ days around the clock


def test_a_day_around_the_clock_is_a_utc_day() -> None:
    """Ordered with Saturday's bar it is good for Sunday, and not for Monday."""
    coin = Cryptocurrency(sid=3, symbol="BTC/USD", exchange_info=VENUE)
    market = daily_market(
        {coin: bars("10 | 10 | 8")}, first=date(2020, 6, 6), calendar=get_calendar("24/7")
    )
    played = play(market, {0: lambda c, d: c.order(coin, 1, limit_price=9, time_in_force="DAY")})
    (row,) = played.result.orders.to_dicts()
    assert (row["filled"], row["status"], row["reason"]) == (
        0, "CANCELLED", "day: its session is over",
    )  # fmt: skip
    assert row["last_modified"].date() == date(2020, 6, 8)  # the end of Sunday is Monday's midnight
