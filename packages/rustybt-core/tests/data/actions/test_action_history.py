"""What a strategy sees of prices around corporate actions. Numbers are worked out by hand."""

from collections.abc import Callable
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from random_markets import HistoryAction
from small_markets import Run, bundle, dividend, equities, frame, run, split, weekdays

from rustybt.calendars import to_day
from rustybt.data.actions import (
    Action,
    Delisting,
    Effect,
    Factor,
    Merger,
    RightsOffering,
    SpinOff,
    StockDividend,
    effects_of,
    unexchanged,
)
from rustybt.data.adjustments import Adjustments
from rustybt.data.bar_data import BarData
from rustybt.values import Ratio

CALENDAR = weekdays("2020-01-06", 40)
P, C = equities("PC")
"""A parent and its child, sids 1 and 2."""

THURSDAY = "2020-01-09"
ONE = Ratio(1)


def stock_dividend(ratio: str, day: str = THURSDAY) -> StockDividend:
    ex = to_day(day)
    return StockDividend(sid=1, ex=ex, pay=ex + 5, ratio=Ratio.parse(ratio))


def spin_off(ratio: str, day: str = THURSDAY, **terms: Any) -> SpinOff:
    return SpinOff(sid=1, effective=to_day(day), child=2, ratio=Ratio.parse(ratio), **terms)


def rights(shares: str, price: str, day: str = THURSDAY, **terms: Any) -> RightsOffering:
    ex = to_day(day)
    ratio = Ratio.parse(shares)
    return RightsOffering(sid=1, ex=ex, expiry=ex + 20, price=D(price), ratio=ratio, **terms)


def opened(prices: dict[str, dict[str, Any]], *actions: Action) -> tuple[Run, BarData]:
    here = run(bundle(CALENDAR, [P, C], daily=frame(prices), events=actions), CALENDAR)
    return here, BarData(here.portal)


def closes(data: BarData, count: int, field: str = "close") -> list[str | None]:
    series = data.history(P, field, count, "1d")
    assert isinstance(series, pl.Series)
    return [None if value is None else f"{value.normalize():f}" for value in series]


WEEK = {"2020-01-06": 99, "2020-01-07": 96, "2020-01-08": 100, THURSDAY: 80, "2020-01-10": 81}


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        (stock_dividend("1/4"), ["79.2", "76.8", "80", "80"]),
        # Rights of one for one at 60: (100 + 60) / 2 is 80.
        (rights("1", "60"), ["79.2", "76.8", "80", "80"]),
        # The same rights, two per share, of which it takes two for a new share.
        (rights("1/2", "60", rights=Ratio(2)), ["79.2", "76.8", "80", "80"]),
        (rights("1", "100"), ["99", "96", "100", "80"]),  # worth nothing
        (rights("1", "120"), ["99", "96", "100", "80"]),
        (spin_off("1/2", child_price=D(40)), ["79.2", "76.8", "80", "80"]),
        # A share of cost says nothing about prices, nor does the price of the parent.
        (
            spin_off("1/2", child_price=D(40), parent_price=D(90), cost_share=Ratio(1, 9)),
            ["79.2", "76.8", "80", "80"],
        ),
        (spin_off("5", child_price=D(20)), ["99", "96", "100", "80"]),  # nothing would be left
        (Merger(sid=1, effective=to_day(THURSDAY), cash=D(80)), ["99", "96", "100", "80"]),
        (Delisting(sid=1, effective=to_day(THURSDAY), price=D(0)), ["99", "96", "100", "80"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Action) else "",
)
def test_earlier_closes_on_the_day_of_an_action(action: Action, seen: list[str]) -> None:
    here, data = opened({"P": WEEK}, action)
    here.on("2020-01-08")
    assert closes(data, 3) == ["99", "96", "100"]
    here.on(THURSDAY)
    assert closes(data, 4) == seen


def test_volumes_follow_a_stock_dividend_alone() -> None:
    # Bars of 100 shares each: a quarter more shares makes 125 of them.
    here, data = opened({"P": WEEK}, stock_dividend("1/4"))
    here.on(THURSDAY)
    assert closes(data, 3, "volume") == ["125", "125", "100"]
    here, data = opened({"P": WEEK}, rights("1", "60"), spin_off("1/4", child_price=D(40)))
    here.on(THURSDAY)
    assert closes(data, 3, "volume") == ["100", "100", "100"]


def test_a_child_that_traded_on_the_eve_tells_its_price_in_the_morning() -> None:
    child = {"2020-01-08": 40, THURSDAY: 44, "2020-01-10": 44}
    here, data = opened({"P": WEEK, "C": child}, spin_off("1/2"))
    here.before(THURSDAY)
    assert closes(data, 3) == ["79.2", "76.8", "80"]
    here.on(THURSDAY)
    assert closes(data, 4) == ["79.2", "76.8", "80", "80"]


@pytest.mark.parametrize("first", [THURSDAY, "2020-01-10", "2020-01-13", "2020-01-17"])
def test_a_child_that_did_not_tells_it_once_its_first_session_has_ended(first: str) -> None:
    days = ["2020-01-10", *(f"2020-01-{day}" for day in range(13, 18)), "2020-01-20"]
    parent = WEEK | dict.fromkeys(days, 81)
    here, data = opened({"P": parent, "C": {first: 40}}, spin_off("1/2"))
    for day in (THURSDAY, *days):
        adjusted = "80" if to_day(day) > to_day(first) else "100"
        here.before(day)
        back = CALENDAR.session_index(day) - CALENDAR.session_index("2020-01-08")
        assert closes(data, back)[0] == adjusted, day
        here.on(day)
        assert closes(data, back + 1)[0] == adjusted, day


def test_after_ten_days_nobody_waits_for_a_price_any_more() -> None:
    parent = WEEK | {"2020-01-21": 81}
    here, data = opened({"P": parent, "C": {"2020-01-20": 40}}, spin_off("1/2"))
    here.on("2020-01-21")
    assert closes(data, 10)[:3] == ["100", "80", "81"]


def test_a_spin_off_on_a_day_without_session_is_one_of_the_next() -> None:
    parent = WEEK | {"2020-01-13": 61, "2020-01-14": 60}
    here, data = opened({"P": parent, "C": {"2020-01-13": 40}}, spin_off("1/2", "2020-01-11"))
    here.on("2020-01-13")
    assert closes(data, 3) == ["80", "81", "61"]
    here.on("2020-01-14")
    # 81 less 20 is 61: earlier prices x 61/81.
    assert closes(data, 3) == ["61", "61", "60"]


def test_a_late_look_finds_what_an_early_one_found() -> None:
    child = {THURSDAY: 40, "2020-01-10": 50}
    here, data = opened({"P": WEEK, "C": child}, spin_off("1/2"))
    here.on("2020-01-10")
    assert closes(data, 5) == ["79.2", "76.8", "80", "80", "81"]
    here.on(THURSDAY)
    assert closes(data, 4) == ["99", "96", "100", "80"]


@pytest.mark.parametrize(
    ("actions", "factor"),
    [
        # Two for one, then 10 off 50: 0.5 x 0.8.
        ((split(1, THURSDAY, "1/2"), spin_off("1/4", child_price=D(40))), "2/5"),
        # A quarter more shares: 80; rights of one for one at 60: 70.
        ((stock_dividend("1/4"), rights("1", "60")), "7/10"),
        # 10 in cash: 90; a child worth 30: 60.
        ((dividend(1, THURSDAY, "10"), spin_off("1", child_price=D(30))), "3/5"),
        # Rights: 80; a child worth 20: 60; another one worth 15: 45.
        (
            (
                spin_off("1/2", child_price=D(40)),
                spin_off("1/4", child_price=D(60)),
                rights("1", "60"),
            ),
            "9/20",
        ),
    ],
)
def test_each_of_several_actions_of_a_day_finds_what_the_ones_before_have_left(
    actions: tuple[Any, ...], factor: str
) -> None:
    found = Adjustments.of(actions).factors(1, lambda _sid, _day: D(100), unexchanged)
    product = ONE
    for each in found:
        product *= each.price
    assert product == Ratio.parse(factor)


@pytest.mark.parametrize(
    ("actions", "factor"),
    [
        ((dividend(1, "2020-01-13", "10"),), "0.9"),  # (100 - 10) / 100
        ((dividend(1, "2020-01-10", "10"), dividend(1, "2020-01-13", "9")), "0.81"),  # 90 to 81
        ((split(1, "2020-01-09", "1/2"), dividend(1, "2020-01-13", "10")), "0.4"),  # 50 to 40
        ((stock_dividend("1"), spin_off("1/2", "2020-01-13", child_price=D(40))), "0.3"),  # to 30
        ((spin_off("1/2"), rights("1", "60", "2020-01-13")), "0.7"),  # 100 to 80, (80 + 60) / 2
        ((dividend(1, "2020-01-13", "10"), spin_off("1/2", "2020-01-13")), "0.7"),  # to 90 to 70
    ],
)
def test_actions_on_whose_eve_nothing_traded(actions: tuple[Any, ...], factor: str) -> None:
    """The last close, 100 on Wednesday, counts as it would have read on the eve."""
    prices = {"P": {"2020-01-08": 100, "2020-01-14": 1}, "C": {"2020-01-08": 40, "2020-01-10": 40}}
    here, seen = opened(prices, *actions)
    here.on("2020-01-10")
    before = seen.history(P, "price", 3, "1d")[0]
    here.on("2020-01-14")
    assert seen.history(P, "close", 5, "1d").to_list() == [100 * D(factor), None, None, None, 1]
    here.on("2020-01-10")
    assert seen.history(P, "price", 3, "1d")[0] == before


def test_a_halted_holding_is_marked_without_what_was_given_in_shares() -> None:
    prices = {"P": {"2020-01-08": 100, "2020-01-10": 1}, "C": {"2020-01-08": 40, THURSDAY: 40}}
    for actions, mark in (
        ((stock_dividend("1/4"),), 80),
        ((spin_off("1/2"),), 80),
        ((rights("1", "60"),), 80),
        ((dividend(1, THURSDAY, "10"),), 100),
        ((dividend(1, THURSDAY, "20"), spin_off("1/2")), 75),  # 20 of 80 are another position
    ):
        here, _ = opened(prices, *actions)
        here.on(THURSDAY)
        marked = here.portal.mark(P)
        assert marked is not None
        assert Fraction(here.portal.arithmetic.price_value(marked)) == mark


# ------------------------------------------------------------------ single effects


def test_prices_are_looked_up_when_they_are_first_needed() -> None:
    asked: list[tuple[int, int]] = []

    def previous_close(sid: int, day: int) -> D | None:
        asked.append((sid, day))
        return D(100) if sid == 1 else D(40) if day == 103 else None

    (effect,) = effects_of([SpinOff(sid=1, effective=100, child=2, ratio=Ratio(1, 2))])
    assert effect.factor(previous_close, unexchanged, 99) is None
    assert asked == []
    assert effect.factor(previous_close, unexchanged, 102) is None
    assert asked == [(1, 100), (2, 100), (2, 101), (2, 102)]
    expected = Factor(100, Ratio(4, 5), ONE)
    assert effect.factor(previous_close, unexchanged, 105) == expected
    assert asked[4:] == [(2, 103)]
    assert (
        effect.factor(previous_close, unexchanged, 110)
        == effect.factor(previous_close, unexchanged)
        == expected
    )
    assert effect.factor(previous_close, unexchanged, 102) is None
    assert len(asked) == 5


def test_only_a_spin_off_without_a_price_waits() -> None:
    waiting, known, other = effects_of(
        [spin_off("1", "2020-01-09"), spin_off("1", "2020-01-10", child_price=D(1)),
         rights("1", "1", "2020-01-13")]
    )  # fmt: skip
    assert [len(effect.days) for effect in (waiting, known, other)] == [11, 1, 1]


# ------------------------------------------------------------------ laws

PRICES = st.decimals("1", "1000", places=2)
RATIOS = st.builds(Ratio, st.integers(1, 9), st.integers(1, 9))


@st.composite
def mornings(draw: st.DrawFn) -> tuple[list[Action], Fraction]:
    """Actions of one day, and what a close of 500 becomes when nothing else moves."""
    price = Fraction(500)
    actions: list[Action] = []
    if draw(st.booleans()):
        ratio = draw(RATIOS)
        actions.append(split(1, THURSDAY, str(ratio)))
        price *= ratio.as_fraction()
    if draw(st.booleans()):
        ratio = draw(RATIOS)
        actions.append(stock_dividend(str(ratio)))
        price /= 1 + ratio.as_fraction()
    if draw(st.booleans()):
        ratio, cost = draw(RATIOS), draw(PRICES)
        actions.append(rights(str(ratio), str(cost)))
        # Only who gains by them takes up new shares.
        new = ratio.as_fraction() if cost < price else 0
        price = (price + new * Fraction(cost)) / (1 + new)
    for _ in range(draw(st.integers(0, 2))):
        ratio, child = draw(RATIOS), draw(PRICES)
        value = ratio.as_fraction() * Fraction(child)
        if value < price:
            actions.append(spin_off(str(ratio), child_price=child))
            price -= value
    return actions, price


@given(morning=mornings())
def test_history_has_no_jump_when_nothing_else_moves(
    morning: tuple[list[Action], Fraction],
) -> None:
    actions, price = morning
    product = Fraction(1)
    for factor in Adjustments.of(actions).factors(1, lambda _sid, _day: D(500), unexchanged):
        product *= factor.price.as_fraction()
    assert 500 * product == price


@whole_run
@given(morning=mornings())
def test_a_strategy_sees_no_jump(morning: tuple[list[Action], Fraction]) -> None:
    actions, price = morning
    here, data = opened({"P": {"2020-01-08": 500, THURSDAY: 500}}, *actions)
    here.on(THURSDAY)
    window = data.history(P, "close", 2, "1d")
    # Rounded once, to the eight decimals of the column.
    assert abs(Fraction(window[0]) - price) <= Fraction(1, 2 * 10**8)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from("srdp")), max_size=8),
    st.integers(0, 45),
)
def test_an_effect_depends_on_its_day_alone(drawn: list[tuple[int, str]], until: int) -> None:
    def previous_close(sid: int, day: int) -> D | None:
        return D(90) if sid == 1 else D(8) if day % 7 > 3 else None

    made: dict[str, Callable[[int], HistoryAction]] = {
        "s": lambda day: SpinOff(sid=1, effective=day, child=2, ratio=Ratio(1, 2)),
        "r": lambda day: RightsOffering(sid=1, ex=day, expiry=day, price=D(50), ratio=Ratio(1, 3)),
        "d": lambda day: StockDividend(sid=1, ex=day, pay=day, ratio=Ratio(1, 9)),
        "p": lambda day: SpinOff(sid=1, effective=day, child=3, ratio=ONE, child_price=D(2)),
    }
    actions = [made[kind](day) for day, kind in drawn]
    asked_before, fresh = effects_of(actions), effects_of(actions)
    for day in (60, 20, 3):
        _factors(asked_before, previous_close, day)
    assert _factors(asked_before, previous_close, until) == _factors(fresh, previous_close, until)


def _factors(effects: list[Effect], previous_close: Any, until: int) -> list[Factor | None]:
    return [effect.factor(previous_close, unexchanged, until) for effect in effects]
