"""Numbers that are left out, repeated, late and filled in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal as D
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument
from rustybt.streams import (
    Backfill,
    Gap,
    MarketEvent,
    SequenceCounts,
    SequenceTracker,
    Trade,
    Watermark,
    fill_gaps,
)


def trade(number: int | None, symbol: str = "AAA") -> Trade:
    return Trade(symbol=symbol, at=10 * (number or 0), price=D(1), size=D(1), sequence=number)


def filled(
    events: Sequence[MarketEvent], tracker: SequenceTracker, backfill: Backfill | None = None
) -> list[int | None]:
    """The numbers of what comes out; a watermark is None."""

    async def stream() -> AsyncIterator[MarketEvent]:
        for event in events:
            yield event

    async def collect() -> list[int | None]:
        result = fill_gaps(stream(), tracker, backfill=backfill)
        return [getattr(event, "sequence", None) async for event in result]

    return asyncio.run(collect())


def test_a_gap_is_found_with_its_numbers_and_times() -> None:
    tracker = SequenceTracker()
    assert tracker.see("AAA", 7, 70) is None
    assert tracker.see("AAA", 8, 80) is None
    gap = tracker.see("AAA", 12, 120)
    assert gap == Gap(channel="AAA", first=9, last=11, after=80, until=120)
    assert gap.missing == 3
    assert tracker.counts == SequenceCounts(gaps=1, missing=3)


def test_channels_are_apart_and_can_begin_anew() -> None:
    tracker = SequenceTracker()
    tracker.see("AAA", 7, 0)
    assert tracker.see("BBB", 100, 0) is None
    tracker.restart("AAA")
    assert tracker.is_new("AAA", 1)
    assert tracker.see("AAA", 1, 0) is None


def test_repeated_numbers_are_dropped_and_late_ones_fill_their_gap() -> None:
    tracker = SequenceTracker()
    events = [trade(1), trade(2), trade(2), trade(5), trade(3), trade(3), trade(6)]
    assert filled(events, tracker) == [1, 2, 5, 3, 6]
    assert tracker.counts == SequenceCounts(gaps=1, missing=1, filled=1, repeated=2)


def test_events_without_a_number_pass() -> None:
    events: list[MarketEvent] = [trade(None), Watermark(at=3), trade(1), trade(None)]
    assert filled(events, SequenceTracker()) == [None, None, 1, None]


def test_what_is_asked_for_comes_before_the_event_that_showed_the_gap() -> None:
    asked: list[Gap] = []

    async def ask(gap: Gap) -> Iterable[MarketEvent]:
        asked.append(gap)
        more = [trade(gap.last), trade(gap.first), trade(gap.first), trade(99)]
        return [*more, trade(gap.first, "BBB"), trade(None), Watermark(at=1)]

    tracker = SequenceTracker()
    assert filled([trade(1), trade(5), trade(6)], tracker, ask) == [1, 2, 4, 5, 6]
    assert [(gap.first, gap.last) for gap in asked] == [(2, 4)]
    assert tracker.counts == SequenceCounts(gaps=1, missing=1, filled=2, repeated=1)


def test_a_gap_too_wide_to_remember_is_counted() -> None:
    tracker = SequenceTracker(remembered=10)
    tracker.see("AAA", 1, 0)
    tracker.see("AAA", 1_000_000_002, 0)
    assert tracker.counts.missing == 1_000_000_000
    assert not tracker.is_new("AAA", 5)


@given(st.integers(1, 40), st.sets(st.integers(1, 40)), st.randoms(use_true_random=False))
def test_every_number_comes_once_and_what_is_missing_is_counted(
    size: int, lost: set[int], random: Random
) -> None:
    sent = [number for number in range(1, size + 1) if number not in lost]
    repeats = random.sample(sent, len(sent) // 2)
    events = sorted(sent + repeats)
    for _ in range(3):  # neighbours change places
        if len(events) > 1:
            place = random.randrange(len(events) - 1)
            events[place], events[place + 1] = events[place + 1], events[place]
    tracker = SequenceTracker()
    result = filled([trade(number) for number in events], tracker)
    assert sorted(number for number in result if number is not None) == sent
    if sent:
        assert tracker.counts.missing == sent[-1] - sent[0] + 1 - len(sent)
    assert tracker.counts.repeated == len(repeats)


def test_numbers_from_before_the_first_one_are_no_repetitions() -> None:
    tracker = SequenceTracker()
    assert filled([trade(n) for n in (5, 2, 2, 3, 6)], tracker) == [5, 2, 3, 6]
    assert tracker.counts == SequenceCounts(missing=1, filled=1, repeated=1)


def test_a_negative_memory_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="give 0 or more"):
        SequenceTracker(remembered=-1)
