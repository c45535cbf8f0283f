"""The worst and the best of round trips, worked out by hand.

A day's bar is (high, low); executions happen at its close.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from finance.books import AAA, BBB, DECIMAL, FLOAT, OIL
from hypothesis import given
from hypothesis import strategies as st
from simulation.trade_stories import DAY, Bars, Story

from rustybt.assets import Asset
from rustybt.simulation.trips.excursions import Course, show_bars

COLUMNS = ("mae", "mfe", "mae_price", "mfe_price", "bars")


@dataclass(frozen=True, kw_only=True)
class Case:
    """Trades (day, amount, price), bars by day, and of each round trip what `COLUMNS` say."""

    trades: list[tuple[Any, ...]]
    bars: dict[int, tuple[Any, Any]]
    trips: list[tuple[Any, ...]]
    asset: Asset = AAA
    until: int | None = None


CASES = {
    # Worst 10 x (9 - 10) on day 2, best 10 x (14 - 10) on day 3.
    "a long": Case(
        trades=[(1, 10, 10), (4, -10, 12)],
        bars={1: (10, 10), 2: (11, 9), 3: (14, 11), 4: (13, 12)},
        trips=[("-10", "40", "-1", "4", 3)],
    ),
    "a short": Case(
        trades=[(1, -10, 10), (4, 10, 12)],
        bars={1: (10, 10), 2: (11, 9), 3: (14, 11), 4: (13, 12)},
        trips=[("-40", "10", "-4", "1", 3)],
    ),
    "the bar of the entry counts": Case(
        trades=[(1, 10, 10), (2, -10, 10)],
        bars={1: (12, 7), 2: (10, 10)},
        trips=[("-30", "20", "-3", "2", 1)],
    ),
    "the bar of the exit counts": Case(
        trades=[(1, 10, 10), (2, -10, 10)],
        bars={1: (10, 10), 2: (12, 7)},
        trips=[("-30", "20", "-3", "2", 1)],
    ),
    "bars before and after do not": Case(
        trades=[(2, 10, 10), (3, -10, 10)],
        bars={1: (99, 1), 2: (10, 10), 3: (10, 10), 4: (99, 1)},
        trips=[("0", "0", "0", "0", 1)],
    ),
    "what only rose has no worst": Case(
        trades=[(1, 10, 10), (3, -10, 13)],
        bars={1: (10, 10), 2: (12, 11), 3: (13, 12)},
        trips=[("0", "30", "0", "3", 2)],
    ),
    # Bought at 10.5 in a bar that ended at 10, sold at 8.5 in one that ended at 9.
    "executions beyond their bars count": Case(
        trades=[(1, 10, "10.5"), (2, -10, "8.5")],
        bars={1: (10, 10), 2: (10, 9)},
        trips=[("-20", "0", "-2", "0", 1)],
    ),
    "in and out in one bar": Case(
        trades=[(1, 10, 10), (1, -10, 11)],
        bars={1: (12, 8)},
        trips=[("-20", "20", "-2", "2", 0)],
    ),
    # Average 11. Day 2: 10 x (8 - 10) = -20; then 20 at 8: 160 - 220 = -60, since the bar of the
    # second entry counts for both amounts. Day 3: 20 x 15 - 220 = 80.
    "scaling in": Case(
        trades=[(1, 10, 10), (2, 10, 12), (3, -20, 12)],
        bars={1: (10, 10), 2: (12, 8), 3: (15, 12)},
        trips=[("-60", "80", "-3", "4", 2)],
    ),
    # 5 of 10 are sold at 14: 20 are made. Day 3: 20 + 5 x (4 - 10) = -10; day 2: 10 x 5 = 50.
    "scaling out": Case(
        trades=[(1, 10, 10), (2, -5, 14), (3, -5, 9)],
        bars={1: (10, 10), 2: (15, 10), 3: (10, 4)},
        trips=[("-10", "50", "-6", "5", 2)],
    ),
    # Day 2 counts for both sides: 10 x (7 - 10) for the long, 10 x (11 - 13) for the short.
    "crossing zero": Case(
        trades=[(1, 10, 10), (2, -20, 11), (3, 10, 12)],
        bars={1: (10, 10), 2: (13, 7), 3: (12, 11)},
        trips=[("-30", "30", "-3", "3", 1), ("-20", "40", "-2", "4", 1)],
    ),
    "days without a print are no bars": Case(
        trades=[(1, 10, 10), (9, -10, 11)],
        bars={1: (10, 10), 5: (13, 9), 9: (11, 11)},
        trips=[("-10", "30", "-1", "3", 2)],
    ),
    # 2 x 50 x 0.4 and 2 x 50 x 1.2.
    "a future": Case(
        asset=OIL,
        trades=[(1, 2, 100), (2, -2, 101)],
        bars={1: (100, 100), 2: ("101.2", "99.6")},
        trips=[("-40", "120", "-0.4", "1.2", 1)],
    ),
    "one that stays open counts to the end": Case(
        trades=[(1, 10, 10)],
        bars={1: (10, 10), 2: (11, 8), 3: (12, 9), 4: (99, 1)},
        until=3,
        trips=[("-20", "20", "-2", "2", 2)],
    ),
    "no bars at all": Case(
        trades=[(1, 10, 10), (2, -10, 11)], bars={}, trips=[("0", "10", "0", "1", 0)]
    ),
}  # fmt: skip


def told(case: Case, **options: Any) -> Story:
    story = Story(bars={case.asset: case.bars}, **options)
    for day, amount, price in case.trades:
        story.trade(day, case.asset, amount, price, 1)
    return story


@pytest.mark.parametrize("piece", [1, 2, 1_000])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_excursions(case: Case, piece: int) -> None:
    assert told(case, piece=piece).rows(*COLUMNS, until=case.until) == case.trips


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_floats_tell_the_same_story(case: Case) -> None:
    rows = told(case, arithmetic=FLOAT).rows(*COLUMNS, until=case.until)
    expected = [tuple(map(float, trip)) for trip in case.trips]
    assert [pytest.approx(row, abs=1e-9) for row in expected] == rows


# ------------------------------------------------------------------ corporate actions


def test_a_split_comes_between_two_bars() -> None:
    # 10 at 100 are 20 at 50. Day 1: 10 x (90 - 100); day 2: 20 x (56 - 50); day 3: 20 x (44 - 50).
    bars: Bars = {AAA: {1: (100, 90), 2: (56, 50), 3: (50, 44)}}
    story = Story(bars=bars).trade(1, AAA, 10, 100).split(2, AAA, "1/2").trade(3, AAA, -20, 50)
    assert story.rows(*COLUMNS) == [("-120", "120", "-6", "6", 2)]
    assert story.rows(*COLUMNS, by="lot") == [("-120", "120", "-6", "6", 2)]


def test_a_split_at_the_end_of_a_bar_comes_after_it() -> None:
    """Around the clock a session starts in the moment in which the one before it closed."""
    bars: Bars = {AAA: {1: (100, 90), 2: (56, 50)}}
    story = Story(bars=bars).trade(1, AAA, 10, 100).split(2, AAA, "1/2").trade(2, AAA, -20, 50)
    story.records[1] = story.records[1]._replace(at=story.records[0].at)
    assert story.rows(*COLUMNS) == [("-100", "120", "-5", "6", 1)]
    assert story.rows(*COLUMNS, by="lot") == [("-100", "120", "-5", "6", 1)]


def test_cash_in_lieu_is_made_from_then_on() -> None:
    # 7 at 10 are 1.4 at 50; 0.4 go for 24, which makes 4. Day 2: 24 - 70 + 45 = -1.
    bars: Bars = {AAA: {1: (10, 10), 2: (70, 45), 3: (60, 60)}}
    story = Story(bars=bars)
    story.trade(1, AAA, 7, 10).split(2, AAA, "5", price=60).trade(3, AAA, -1, 60)
    assert story.rows(*COLUMNS) == [("-1", "24", "-5", "20", 2)]
    # Of the fraction only the bar of the entry was there; it is worth 20 there.
    assert story.rows("cause", *COLUMNS, by="lot") == [
        ("cash_in_lieu", "0", "0", "0", "0", 0),
        ("trade", "-5", "20", "-5", "20", 2),
    ]


def test_a_merger_ends_one_course_and_begins_another() -> None:
    bars: Bars = {
        AAA: {1: (10, 10), 2: (12, 9), 3: (99, 1)},
        BBB: {2: (99, 1), 3: (50, 30), 4: (44, 44)},
    }
    story = Story(bars=bars)
    story.trade(1, AAA, 10, 10).merge(3, AAA, BBB, shares="1/4", price=40).trade(4, BBB, -2, 44)
    # 2.5 BBB at 40, of which half a one is paid at once, at its cost.
    assert story.rows("symbol", *COLUMNS) == [
        ("AAA", "-10", "20", "-1", "2", 1),
        ("BBB", "-20", "20", "-10", "10", 2),
    ]
    # The lot counts from the day on which it was of BBB.
    assert story.rows("cause", *COLUMNS, by="lot") == [
        ("cash_in_lieu", "0", "0", "0", "0", 0),
        ("trade", "-20", "20", "-10", "10", 2),
    ]


# ------------------------------------------------------------------ lots


def test_every_lot_has_its_own() -> None:
    bars: Bars = {AAA: {1: (10, 10), 2: (12, 9), 3: (15, 12), 4: (16, 8)}}
    story = Story(bars=bars)
    story.trade(1, AAA, 10, 10).trade(2, AAA, 10, 12).trade(3, AAA, -15, 14).trade(4, AAA, -5, 9)
    assert story.rows("lot", *COLUMNS, by="lot") == [
        (1, "-10", "50", "-1", "5", 2),
        (2, "-15", "15", "-3", "3", 1),
        (2, "-20", "20", "-4", "4", 2),
    ]


def test_a_payment_has_none() -> None:
    story = Story(bars={AAA: {1: (10, 10), 2: (12, 9)}})
    story.trade(1, AAA, 10, 10).return_capital(2, AAA, 1)
    assert story.rows(*COLUMNS, by="lot") == [(None,) * 5]


# ------------------------------------------------------------------ reading


def test_bars_are_asked_for_once_over_the_spans_that_are_needed() -> None:
    story = Story(bars={AAA: {}, BBB: {}})
    story.trade(2, AAA, 1, 10).trade(4, AAA, -1, 10).trade(6, AAA, 1, 10).trade(9, AAA, -1, 10)
    story.trade(3, BBB, 1, 10)
    asked = []

    def bars(spans: Any) -> list[Any]:
        asked.append({asset.symbol: (a // DAY, b // DAY) for asset, (a, b) in spans.items()})
        return []

    story.show = bars  # type: ignore[method-assign,assignment]
    story.frame(until=11)
    assert asked == [{"AAA": (2, 9), "BBB": (3, 11)}]


def test_without_courses_nothing_is_read() -> None:
    def bars(spans: Any) -> list[Any]:
        raise AssertionError

    show_bars([], bars, DECIMAL)


def test_prices_of_several_pieces_are_one_course() -> None:
    course = Course(AAA)
    course.trade(0, money=-100, amount=10, price=10, result=0)
    course.trade(5 * DAY, money=0, amount=0, price=10, result=0)
    assert course.span == (0, 5 * DAY)


# ------------------------------------------------------------------ a law

Day = tuple[tuple[int, int], int | None]
"""Two prices, of which trades happen at the second; and an amount, where one was traded."""

prices = st.integers(50, 150)
days = st.lists(
    st.tuples(st.tuples(prices, prices), st.none() | st.integers(-5, 5).filter(bool)), max_size=12
)


def walk(days: list[Day]) -> list[tuple[str, str]]:
    """The worst and the best: of every amount that a bar knew, at its high and its low."""
    found: list[list[int]] = []
    held = money = 0
    for bar, amount in days:
        states = [(held, money)]
        for part in parts(held, amount or 0):
            if not held:
                found.append([0])
                states, money = [], 0
            held, money = held + part, money - part * bar[1]
            states.append((held, money))
            if not held:
                found[-1] += results(states, bar)
        if held:
            found[-1] += results(states, bar)
    return [(str(min(trip)), str(max(trip))) for trip in found]


def parts(held: int, amount: int) -> list[int]:
    """What a trade closes, and what it opens."""
    closing = 0
    if held * amount < 0:
        closing = amount if abs(amount) < abs(held) else -held
    return [part for part in (closing, amount - closing) if part]


def results(states: list[tuple[int, int]], bar: tuple[int, int]) -> list[int]:
    return [money + amount * price for amount, money in states for price in bar]


@given(days=days, piece=st.integers(1, 5))
def test_the_worst_and_the_best_are_what_a_walk_from_bar_to_bar_finds(
    days: list[Day], piece: int
) -> None:
    bars = {day: (max(prices), min(prices)) for day, (prices, _) in enumerate(days)}
    story = Story(bars={AAA: bars}, piece=piece)
    for day, (bar, amount) in enumerate(days):
        if amount is not None:
            story.trade(day, AAA, amount, bar[1])
    assert story.rows("mae", "mfe", until=len(days)) == walk(days)
