"""Laws of bars of streams: the order of arrival does not matter, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import get_calendar, to_ns
from rustybt.clock import Resolution
from rustybt.streams import (
    Bar,
    BarBuilder,
    BarGrid,
    ClockGrid,
    LateRules,
    SessionGrid,
    Trade,
    Watermark,
    grid_of,
)

START = to_ns(datetime(2024, 3, 8, 1, tzinfo=UTC))
MILLIS = 1_000_000
SECOND = 1_000 * MILLIS
HOURS = 3_600 * SECOND
#: Two sessions of Hong Kong (with breaks), or the same time around the clock.
WIDTH = 80 * HOURS

calendars = st.sampled_from([None, "XHKG", "24/7"])
resolutions = st.sampled_from(["100ms", "1s", "7s", "1m", "13m", "1h", "5h", "1d"])


@st.composite
def trades(draw: st.DrawFn) -> list[Trade]:
    """Trades in order of time, numbered."""
    width = draw(st.sampled_from([SECOND, 600 * SECOND, WIDTH]))
    moments = sorted(draw(st.lists(st.integers(0, width // MILLIS), max_size=25)))
    prices = st.integers(1, 50).map(lambda cents: D(cents) / 100)
    return [
        Trade(
            symbol=draw(st.sampled_from(["AAA", "BBB"])),
            at=START + moment * MILLIS,
            price=draw(prices),
            size=draw(prices),
            id=str(number),
            sequence=number,
        )
        for number, moment in enumerate(moments)
    ]


def builder_of(resolution: str, calendar: str | None, late: LateRules | None = None) -> BarBuilder:
    hours = None if calendar is None else get_calendar(calendar)
    return BarBuilder(resolution, calendar=hours, late=late or LateRules())


def bars_of(builder: BarBuilder, events: list[Trade]) -> list[Bar]:
    bars = [bar for event in events for bar in builder.add(event)]
    return [*bars, *builder.advance(START + 2 * WIDTH)]


def expected(grid: BarGrid, events: list[Trade]) -> list[Bar]:
    """The definition of a bar, written down without any state."""
    found: dict[tuple[int, str], list[Trade]] = {}
    for event in events:
        span = grid.span(event.at, from_begin=True)
        if span is not None:
            assert span.start <= event.at <= span.end
            found.setdefault((span.end, event.symbol), []).append(event)
    return [
        Bar(
            symbol=symbol,
            at=end,
            open=inside[0].price,
            high=max(each.price for each in inside),
            low=min(each.price for each in inside),
            close=inside[-1].price,
            volume=sum((each.size for each in inside), D(0)),
            session=(grid.span(end) or pytest.fail("a label is in its bar")).session,
        )
        for (end, symbol), inside in sorted(found.items())
    ]


@given(trades(), resolutions, calendars)
def test_bars_are_what_their_definition_says(
    events: list[Trade], resolution: str, calendar: str | None
) -> None:
    hours = None if calendar is None else get_calendar(calendar)
    grid = grid_of(Resolution.parse(resolution), hours)
    assert bars_of(builder_of(resolution, calendar), events) == expected(grid, events)


@given(trades(), resolutions, calendars, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter_within_the_wait(
    events: list[Trade], resolution: str, calendar: str | None, random: Random
) -> None:
    patient = LateRules(wait=timedelta(hours=200))
    shuffled = random.sample(events, len(events))
    builder = builder_of(resolution, calendar, patient)
    bars = [bar for event in shuffled for bar in builder.add(event)]
    assert not bars, "all of it lies within the wait"
    # 200 hours after the end of the last bar all of them are over.
    bars = builder.advance(START + 2 * WIDTH + 200 * HOURS)
    assert bars == bars_of(builder_of(resolution, calendar), events)


@given(trades(), resolutions, calendars, st.randoms(use_true_random=False))
def test_the_last_revisions_are_the_bars_of_ordered_trades(
    events: list[Trade], resolution: str, calendar: str | None, random: Random
) -> None:
    rules = LateRules(policy="restate", keep=1_000)
    shuffled = random.sample(events, len(events))
    builder = builder_of(resolution, calendar, rules)
    newest = {(bar.at, bar.symbol): bar for bar in bars_of(builder, shuffled)}
    final = [replace(newest[key], revision=0) for key in sorted(newest)]
    assert final == bars_of(builder_of(resolution, calendar), events)
    assert builder.counts.late == 0


@given(trades(), resolutions, calendars, st.randoms(use_true_random=False))
def test_every_event_is_accounted_for_and_repetitions_change_nothing(
    events: list[Trade], resolution: str, calendar: str | None, random: Random
) -> None:
    hours = None if calendar is None else get_calendar(calendar)
    grid = grid_of(Resolution.parse(resolution), hours)
    inside = [each for each in events if grid.span(each.at, from_begin=True) is not None]
    twice = random.sample(events * 2, 2 * len(events))
    restating = builder_of(resolution, calendar, LateRules(policy="restate", keep=1_000))
    newest = {(bar.at, bar.symbol): bar for bar in bars_of(restating, twice)}
    assert sum(bar.volume for bar in newest.values()) == sum(each.size for each in inside)
    assert restating.counts.repeated == len(inside)
    counting = builder_of(resolution, calendar)
    bars = bars_of(counting, twice)
    for counts in (restating.counts, counting.counts):
        assert counts.events == len(twice)
        assert counts.outside == 2 * (len(events) - len(inside))
    assert counting.counts.bars == len(bars)


pairs = st.sampled_from([("1m", "5m"), ("1m", "1h"), ("7s", "7m"), ("1h", "1d")])


@given(trades(), calendars, pairs)
def test_bars_of_bars_are_bars_of_trades(
    events: list[Trade], calendar: str | None, lengths: tuple[str, str]
) -> None:
    short, long = lengths
    hours = None if calendar is None else get_calendar(calendar)
    parts = bars_of(builder_of(short, calendar), events)
    whole = BarBuilder(long, calendar=hours, of=short)
    made = [bar for part in parts for bar in whole.add(part)]
    made += whole.add(Watermark(at=START + 2 * WIDTH))
    assert made == bars_of(builder_of(long, calendar), events)


@given(resolutions, calendars, st.lists(st.integers(0, WIDTH), min_size=1, max_size=20))
def test_bars_of_a_grid_touch_and_do_not_overlap(
    resolution: str, calendar: str | None, moments: list[int]
) -> None:
    hours = None if calendar is None else get_calendar(calendar)
    grid = grid_of(Resolution.parse(resolution), hours)
    for moment in moments:
        span = grid.span(START + moment)
        if span is None:
            continue
        assert grid.span(span.end) == span, "the label is inside"
        following = grid.following(span.end)
        assert following is not None
        assert following.start >= span.end
        assert grid.span(following.start + 1) == following
        between = range(span.end + 1, following.start + 1)
        assert not between or grid.span(between[0]) is None, "nothing but closed time between"


@given(resolutions, st.integers(0, WIDTH))
def test_the_calendar_that_never_closes_is_the_clock(resolution: str, moment: int) -> None:
    step = Resolution.parse(resolution)
    always = SessionGrid(get_calendar("24/7"), step)
    assert always.span(START + moment) == ClockGrid(step).span(START + moment)
