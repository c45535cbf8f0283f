"""Every choice of the specification about what a strategy sees, and when it is called.

The other rows of the table of choices are in `test_standard_rules`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from markets import (
    Market,
    Played,
    daily_market,
    dividend,
    minute_market,
    play,
    small_sessions,
    split,
)
from simulation.rule_pairs import A, B, both, buys

from rustybt.api import date_rules, time_rules
from rustybt.errors import OrderInBeforeTradingStart

TUE, WED = (date(2020, 6, day) for day in (2, 3))

# ------------------------------------------------------------------ before_trading_start


def mornings(look: Callable[[Any], Any], market: Market, **options: Any) -> tuple[Any, Any]:
    """What a strategy sees before each open."""

    def get(played: Played) -> Any:
        return played.context.seen

    def note(context: Any, data: Any) -> None:
        context.seen = [*getattr(context, "seen", []), look(data)]

    return both(get, market, before_open=dict.fromkeys(range(9), note), **options)


def test_data_before_the_open_of_a_daily_run() -> None:
    """Up to the previous session; zipline shows the bar that is still to come."""
    market = daily_market({A: ["10", "11", "12"]})
    found = mornings(lambda d: d.current(A, "close"), market)
    assert found == ([None, 10, 11], [10, 11, 12])
    found = mornings(lambda d: d.history(A, "close", 1, "1d").to_list(), market, start=TUE)
    assert found == ([[10], [11]], [[11], [12]])


def test_can_trade_before_the_open_of_a_minute_run() -> None:
    """Whether it trades today; zipline asks whether the exchange is open at that moment."""
    market = minute_market({A: {(0, 0): "10", (1, 0): "11"}}, sessions=2)
    found = mornings(lambda d: d.can_trade(A), market, data_frequency="minute")
    assert found == ([True, True], [False, False])


def test_orders_before_the_open() -> None:
    market = daily_market({A: ["10", "11"]})
    act = {1: lambda c, d: c.order(A, 1)}
    assert play(market, before_open=act).fills == [(TUE, "AAA", 1, 11)]
    with pytest.raises(OrderInBeforeTradingStart):
        play(market, before_open=act, rules="zipline")


def test_when_the_morning_is() -> None:
    """45 minutes before the open of 14:30 UTC; zipline's is at 08:45 New York everywhere."""
    market = minute_market({A: {(0, 0): "10"}}, sessions=1, calendar=small_sessions(1, 3))
    seen = {}
    for rules in ("standard", "zipline"):
        times: list[datetime] = []

        def look(context: Any, data: Any, times: list[datetime] = times) -> None:
            times.append(data.current_dt)

        play(market, before_open={0: look}, data_frequency="minute", rules=rules)
        seen[rules] = times
    assert seen["standard"] == [datetime(2020, 6, 1, 13, 45, tzinfo=UTC)]
    # 08:45 in New York in summer is 12:45 UTC.
    assert seen["zipline"] == [datetime(2020, 6, 1, 12, 45, tzinfo=UTC)]


# ------------------------------------------------------------------ schedules


def scheduled(market: Market, *rules: Any, **options: Any) -> tuple[list[Any], list[Any]]:
    def get(played: Played) -> Any:
        return played.context.calls

    def setup(context: Any) -> None:
        context.calls = []
        context.schedule_function(lambda c, d: c.calls.append(d.current_dt), *rules)

    return both(get, market, setup=setup, **options)


def test_every_day_after_an_early_close() -> None:
    """2020-12-24 closes at 13:00, less than 24 hours after the 23rd: zipline skips it."""
    days = [date(2020, 12, day) for day in (22, 23, 24, 28)]
    market = daily_market({A: ["10"] * 4}, first=days[0])
    standard, zipline = scheduled(market, date_rules.every_day())
    assert [at.date() for at in standard] == days
    assert [at.date() for at in zipline] == [days[0], days[1], days[3]]


def test_every_minute() -> None:
    """Each minute; zipline's rules fire once a day, whatever they say."""
    market = minute_market({A: {(0, 0): "10"}}, sessions=2, calendar=small_sessions(2, 3))
    standard, zipline = scheduled(
        market, date_rules.every_day(), time_rules.every_minute(), data_frequency="minute"
    )
    assert [(at.day, at.minute) for at in standard] == [
        (day, minute) for day in (1, 2) for minute in (31, 32, 33)
    ]
    assert [(at.day, at.minute) for at in zipline] == [(1, 31), (2, 31)]


# ------------------------------------------------------------------ adjusted history


def test_adjusted_history() -> None:
    """10.00 x 1/3 is 3.33333333 to the 8 decimals of the column; zipline has 3 of them."""
    market = daily_market({A: ["10", "3.40"]}, events=[split(A, TUE, "1/3")])
    found = both(
        lambda p: p.seen[1],
        market,
        {1: lambda c, d: d.history(A, "close", 2, "1d").to_list()},
    )
    assert found == ([D("3.33333333"), D("3.40")], [D("3.333"), D("3.40")])


def test_adjusted_history_half_even() -> None:
    """0.25 x 1/4 = 0.0625 is exact; to 3 decimals it lies between 0.062 and 0.063."""
    market = daily_market({A: ["0.25", "0.06"]}, events=[split(A, TUE, "1/4")])
    found = both(
        lambda p: p.seen[1],
        market,
        {1: lambda c, d: d.history(A, "close", 2, "1d").to_list()[0]},
    )
    assert found == (D("0.0625"), D("0.062"))


# ------------------------------------------------------------------ a halted holding


def test_mark_of_a_halted_holding() -> None:
    """A last traded at 10 and does not trade on its ex date of 1.00.

    The last price is 10 still; zipline takes the dividend off: 9. The dividend is owed besides.
    """
    market = daily_market(
        {A: ["10", "10", None, "9"], B: ["1"] * 4}, events=[dividend(A, WED, WED, "1.00")]
    )
    found = both(lambda p: p.column("ending_value"), market, buys(100))
    assert found == ([0, 1000, 1000, 900], [0, 1000, 900, 900])


def test_mark_of_a_halted_holding_after_a_split() -> None:
    """A split changes the scale of both."""
    market = daily_market({A: ["10", "10", None, "5"], B: ["1"] * 4}, events=[split(A, WED, "1/2")])
    found = both(lambda p: p.column("ending_value"), market, buys(100))
    assert found == ([0, 1000, 1000, 1000],) * 2
