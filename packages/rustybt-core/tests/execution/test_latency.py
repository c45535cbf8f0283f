"""Orders, cancels and replacements that travel: which bars they meet, worked out by hand.

A session of minutes from 14:30; bar n ends n + 1 minutes later. Orders come with bar 0, at 14:31.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from markets import Played, bar, minute_market, play, small_sessions, stock
from order_stories import (
    AT_CLOSE,
    AT_OPEN,
    INSIDE,
    INSIDE_OPEN,
    SHARE,
    Act,
    cancel,
    fills,
    minutes_of,
    order,
    orders,
    replaced,
    tell,
)

from rustybt.algorithm import TradingAlgorithm
from rustybt.calendars import TradingCalendar
from rustybt.clock import StampAxis, axis_of
from rustybt.errors import OutsideInitialize, UnsupportedModel
from rustybt.execution import BrokerMessage, bar_start
from rustybt.finance.execution import LimitOrder, OCOOrder, StopOrder
from rustybt.finance.latency import FixedLatency, NormalLatency
from rustybt.finance.slippage import FixedBasisPointsSlippage

SECOND = 1_000
"""Milliseconds."""


class Delays:
    """Messages travel so many milliseconds, one after the other; the last goes for the rest."""

    def __init__(self, *milliseconds: float) -> None:
        self._left = [round(each * 10**6) for each in milliseconds]

    def delay(self, order: Any, draws: Any) -> int:
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]


def run(
    text: str,
    acts: dict[int, Act],
    *delays: float,
    rules: Any = AT_CLOSE,
    algorithm: TradingAlgorithm | None = None,
) -> Played:
    """Minutes of one share, and messages that travel so many milliseconds."""
    return play(
        minutes_of(text),
        {n: _without_data(act) for n, act in acts.items()},
        setup=lambda context: context.set_latency(Delays(*delays)),
        data_frequency="minute",
        rules=rules,
        algorithm=algorithm,
    )


def _without_data(act: Act) -> Callable[[Any, Any], object]:
    return lambda context, data: act(context)


def executed(played: Played) -> list[tuple[int, int, float]]:
    """Minute after 14:30 that the bar ends at, less one; amount; price."""
    table = played.result.transactions["dt", "amount", "price"]
    return [(at.minute - 31, int(amount), float(price)) for at, amount, price in table.iter_rows()]


def ends(played: Played) -> list[str]:
    return [str(order.status) for order in played.context.blotter.orders.values()]


LIMIT = {"limit_price": 9}
TEXT = "10 | 11 11.5 8.5 12 | 13 13.5 8.6 14 | 15"


@pytest.mark.parametrize(
    ("delay", "rules", "how", "filled"),
    [
        # Without a delay the next bar's close, or its open.
        (0, AT_CLOSE, {}, [(1, 5, 12.0)]),
        (0, AT_OPEN, {}, [(1, 5, 11.0)]),
        # Half a minute: the close of the bar in which it arrives; the open of the bar after that.
        (30 * SECOND, AT_CLOSE, {}, [(1, 5, 12.0)]),
        (30 * SECOND, AT_OPEN, {}, [(2, 5, 13.0)]),
        # A minute: it arrives with the close of one bar and the open of the next.
        (60 * SECOND, AT_CLOSE, {}, [(1, 5, 12.0)]),
        (60 * SECOND, AT_OPEN, {}, [(2, 5, 13.0)]),
        # A little more: that close has gone.
        (60 * SECOND + 1, AT_CLOSE, {}, [(2, 5, 14.0)]),
        (60 * SECOND + 1, AT_OPEN, {}, [(3, 5, 15.0)]),
        # The range of a bar counts for what came before it began.
        (0, INSIDE, LIMIT, [(1, 5, 9.0)]),
        (30 * SECOND, INSIDE, LIMIT, [(2, 5, 9.0)]),
        (30 * SECOND, INSIDE, {"stop_price": "11.80"}, [(1, 5, 12.0)]),
        (30 * SECOND, INSIDE, {"limit_price": "12.50"}, [(1, 5, 12.0)]),
        (30 * SECOND, INSIDE_OPEN, {"stop_price": "11.80"}, [(2, 5, 13.0)]),
        # At once is the first bar that it can fill in.
        (30 * SECOND, AT_OPEN, {"time_in_force": "IOC"}, [(2, 5, 13.0)]),
        (30 * SECOND, INSIDE, {"time_in_force": "FOK", **LIMIT}, []),
    ],
)
def test_an_order_meets_the_first_price_after_its_arrival(
    delay: float, rules: Any, how: dict[str, Any], filled: list[tuple[int, int, float]]
) -> None:
    assert executed(run(TEXT, {0: order(5, **how)}, delay, rules=rules)) == filled


def test_it_is_submitted_until_it_arrives() -> None:
    states = []

    def look(context: Any) -> None:
        states.append(str(context.get_order("main-1").state))

    acts: dict[int, Act] = {0: orders(order(5, **LIMIT), look), 1: look, 2: look}
    played = run(TEXT, acts, 90 * SECOND)
    assert states == ["Submitted", "Submitted", "Accepted"]
    sent = played.context.blotter.orders["main-1"]
    assert sent.trail[1].at - sent.created == 90 * 10**9


# ------------------------------------------------------------------ cancels and replacements

CANCELS: list[tuple[str, dict[int, Act], float, Any, list[tuple[int, int, float]], list[str]]] = [
    # The limit of 9 is reached on bar 3; the cancel leaves with bar 1 or 2.
    ("in time", {1: cancel(1)}, 50, AT_CLOSE, [], ["Cancelled"]),
    ("with the bar's close", {2: cancel(1)}, 60, AT_CLOSE, [], ["Cancelled"]),
    ("too late", {2: cancel(1)}, 61, AT_CLOSE, [(3, 5, 8.0)], ["Filled"]),
    # Within the bar: its open and its range came first, its close comes after.
    ("after the open", {2: cancel(1)}, 30, INSIDE, [(3, 5, 8.5)], ["Filled"]),
    ("after the open, two bars", {1: cancel(1)}, 90, INSIDE, [(3, 5, 8.5)], ["Filled"]),
    ("before the open", {1: cancel(1)}, 60, INSIDE, [], ["Cancelled"]),
]


@pytest.mark.parametrize(
    ("acts", "delay", "rules", "filled", "states"),
    [case[1:] for case in CANCELS],
    ids=[case[0] for case in CANCELS],
)
def test_a_cancel_races_a_fill(
    acts: dict[int, Act],
    delay: float,
    rules: Any,
    filled: list[tuple[int, int, float]],
    states: list[str],
) -> None:
    """The order itself arrives at once."""
    acts = {0: order(5, limit_price=9), **acts}
    played = run("10 | 10 | 10 | 8.5 9 7.5 8 | 8", acts, 0, delay * SECOND, rules=rules)
    assert (executed(played), ends(played)) == (filled, states)


def test_a_market_order_can_fill_before_the_close_that_its_cancel_precedes() -> None:
    """Ordered with bar 0, cancelled with bar 1: both travel 90 seconds."""
    acts: dict[int, Act] = {0: order(5), 1: cancel(1)}
    assert executed(run(TEXT, acts, 90 * SECOND, rules=AT_CLOSE)) == [(2, 5, 14.0)]
    # At opens it is first tried at that of bar 3, and the cancel arrives in the middle of bar 3.
    assert executed(run(TEXT, acts, 90 * SECOND, rules=AT_OPEN)) == [(3, 5, 15.0)]


def test_a_replacement_that_arrives_within_a_bar_counts_from_its_close() -> None:
    """Limit 9, from the middle of bar 2 on 14.50: bar 2 closes at 14."""
    acts: dict[int, Act] = {0: order(5, limit_price=8), 1: replaced(1, limit_price="14.50")}
    assert executed(run(TEXT, acts, 30 * SECOND, rules=INSIDE)) == [(2, 5, 14.0)]


@pytest.mark.parametrize("rules", [AT_CLOSE, INSIDE])
def test_what_arrives_within_a_bar_shares_its_volume_and_not_that_of_others(rules: Any) -> None:
    """40 % of a volume of 100 may fill, in each of two shares.

    30 of the first and 10 of the second are there when bar 1 begins; 30 more of the first arrive
    within it, of which 10 are left to fill, and 20 of the second, all of which fill.
    """
    other = stock("OTH", 8)
    minutes = {(0, n): bar(10, volume=100) for n in range(3)}
    played = play(
        minute_market({SHARE: minutes, other: minutes}, sessions=1, calendar=small_sessions(1, 3)),
        {
            0: lambda c, d: [
                c.order(asset, amount)
                for asset, amount in ((SHARE, 30), (other, 10), (SHARE, 30), (other, 20))
            ]
        },
        setup=lambda c: c.set_latency(Delays(0, 0, 30 * SECOND)),
        slippage=FixedBasisPointsSlippage(0, "0.4"),
        data_frequency="minute",
        rules=rules,
    )
    rows = played.result.transactions.select(pl.col("dt").dt.minute(), "symbol", "amount").rows()
    first, second = SHARE.symbol, "OTH"
    assert sorted(rows) == sorted(
        [(32, first, 30), (32, second, 10), (32, first, 10), (32, second, 20), (33, first, 20)]
    )


def test_a_message_that_comes_too_late_is_told() -> None:
    told: list[BrokerMessage] = []

    class Listening(TradingAlgorithm):
        def on_broker_message(self, context: Any, message: BrokerMessage) -> None:
            told.append(message)

    # The order arrives at once and fills with bar 1; the others are still on their way.
    acts: dict[int, Act] = {0: orders(order(5), cancel(1), replaced(1, amount=9)), 1: cancel(1)}
    played = run("10 | 11 | 12 | 13", acts, 0, 90 * SECOND, algorithm=Listening())
    assert ends(played) == ["Filled"]
    assert [(message.kind, message.order_id) for message in told] == [("too_late", "main-1")] * 2
    assert [step.reason for step in played.context.blotter.orders["main-1"].trail][-2:] == [
        "the cancel came too late", "the replacement came too late",
    ]  # fmt: skip


def test_messages_about_one_order_arrive_in_the_order_in_which_they_were_sent() -> None:
    """The cancel is quicker than the order, and waits for it."""
    acts: dict[int, Act] = {0: orders(order(5), cancel(1))}
    played = run("10 | 11 | 12 | 13", acts, 90 * SECOND, 1 * SECOND)
    assert (executed(played), ends(played)) == ([], ["Cancelled"])
    reasons = [step.reason for step in played.context.blotter.orders["main-1"].trail]
    assert reasons == [None, "cancel sent", None, None]


def test_a_group_travels_together() -> None:
    style = OCOOrder(LimitOrder(20), StopOrder(5))
    played = run(TEXT, {0: order(-5, style=style), 1: cancel(2)}, 90 * SECOND)
    arrived = {o.trail[1].at for o in played.context.blotter.orders.values()}
    assert len(arrived) == 1
    assert ends(played) == ["Cancelled", "Cancelled"]


def test_post_only_is_judged_by_the_first_price_after_its_arrival() -> None:
    """The last price is 10 when it is sent; it arrives in bar 1, which closes at 12."""
    crossing = {0: order(5, limit_price="11.99", post_only=True)}
    assert ends(run(TEXT, crossing, 30 * SECOND)) == ["Accepted"]
    crossing = {0: order(-5, limit_price="11.99", post_only=True)}
    assert ends(run(TEXT, crossing, 30 * SECOND)) == ["Rejected"]
    # A minute and a second: the close of bar 2 is the first price, 14.
    crossing = {0: order(-5, limit_price="13.99", post_only=True)}
    assert ends(run(TEXT, crossing, 61 * SECOND)) == ["Rejected"]


@pytest.mark.parametrize(("limit", "end"), [("11.99", "Rejected"), ("12.01", "Accepted")])
def test_an_order_that_arrives_over_night_is_judged_by_the_open(limit: str, end: str) -> None:
    """The last price is 10, the session opens at 12 and closes at 11."""
    story = tell(
        "10 | 12 12 11 11",
        {0: order(-5, limit_price=limit, post_only=True)},
        setup=lambda context: context.set_latency(FixedLatency(3_600 * SECOND)),
    )
    assert story.ends[0].split()[0] == end


def test_a_trailing_stop_that_arrives_over_night_follows_from_the_open() -> None:
    """From 12 the stop is at 11; without the night it would have been at 9 until the close."""
    story = tell(
        "10 | 12 12 10.5 10.8 | 10.9",
        {0: order(-5, trail_amount=1)},
        rules=INSIDE,
        setup=lambda context: context.set_latency(FixedLatency(3_600 * SECOND)),
    )
    assert story.fills == fills("1 1 -5 11")


def test_an_order_that_arrives_before_a_bar_without_trade_is_judged_by_the_last_price() -> None:
    story = tell(
        "10 | - | 12",
        {0: order(5, limit_price="10.50", post_only=True)},
        setup=lambda context: context.set_latency(FixedLatency(3_600 * SECOND)),
    )
    assert story.ends == ["Rejected post_only_would_cross"]


def test_draws_of_a_seed_repeat() -> None:
    def arrivals(seed: int) -> list[int]:
        played = play(
            minutes_of(" | ".join(["10"] * 30)),
            {n: lambda c, d: c.order(SHARE, 1) for n in range(5)},
            setup=lambda context: context.set_latency(NormalLatency(90 * SECOND, 40 * SECOND)),
            data_frequency="minute",
            seed=seed,
        )
        return [o.trail[1].at for o in played.context.blotter.orders.values()]

    assert arrivals(7) == arrivals(7)
    assert arrivals(7) != arrivals(8)


# ------------------------------------------------------------------ setting it


def test_it_is_a_latency_model_and_set_in_initialize() -> None:
    with pytest.raises(UnsupportedModel, match=r"0\.05 is no model of this kind"):
        play(minutes_of("10 | 10"), setup=lambda context: context.set_latency(0.05))
    with pytest.raises(OutsideInitialize):
        play(minutes_of("10 | 10"), {0: lambda c, d: c.set_latency(FixedLatency(1))})
    with pytest.raises(UnsupportedModel):
        play(minutes_of("10 | 10"), setup=lambda context: context.set_fill_model("all"))
    assert play(minutes_of("10 | 10"), setup=lambda context: context.set_latency(None)).fills == []


# ------------------------------------------------------------------ when bars begin

HOUR = 3_600 * 10**9
OPEN, BREAK, RESUME, CLOSE = 9 * HOUR, 11 * HOUR, 12 * HOUR, 15 * HOUR


def with_break() -> TradingCalendar:
    """One session from 9 to 15 o'clock on the day 0, with a break from 11 to 12."""
    return TradingCalendar(
        name="PAUSED",
        tz=ZoneInfo("UTC"),
        sessions=[0],
        opens=[OPEN],
        closes=[CLOSE],
        break_starts=[BREAK],
        break_ends=[RESUME],
    )


@pytest.mark.parametrize(
    ("resolution", "at", "began"),
    [
        ("1d", CLOSE, OPEN),
        ("1h", OPEN + HOUR, OPEN),
        ("1h", BREAK, OPEN + HOUR),
        ("1h", RESUME + HOUR, RESUME),
        # 9:00, 10:30, 11:00; 12:00, 13:30, 15:00: the bar before the break is cut off by it.
        ("90m", BREAK, OPEN + 3 * HOUR // 2),
        ("90m", RESUME + 3 * HOUR // 2, RESUME),
    ],
)
def test_a_bar_begins_where_trading_began_before_it(resolution: str, at: int, began: int) -> None:
    assert bar_start(axis_of(with_break(), resolution))(at, 0) == began


def test_a_bar_of_given_labels_is_no_longer_than_the_resolution() -> None:
    """Labels with a gap of an hour: the bar after it lasted ten seconds."""
    labels = [OPEN + 10**10, OPEN + HOUR]
    start = bar_start(StampAxis(with_break(), labels, "10s"))
    assert [start(label, 0) for label in labels] == [OPEN, OPEN + HOUR - 10**10]
