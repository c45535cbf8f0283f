"""Several streams as one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal as D

import pytest
from hand_moved_time import HandMovedTime, settled
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument
from rustybt.streams import MarketEvent, Merger, Trade, Watermark


def trade(symbol: str, at: int) -> Trade:
    return Trade(symbol=symbol, at=at, price=D(1), size=D(1))


def trades(symbol: str, *moments: int) -> list[MarketEvent]:
    return [trade(symbol, at) for at in moments]


async def streamed(events: Sequence[MarketEvent]) -> AsyncIterator[MarketEvent]:
    for event in events:
        await asyncio.sleep(0)
        yield event


class Tap:
    """A stream that flows when the test says so, and counts what was read of it."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[MarketEvent | Exception | None] = asyncio.Queue()
        self.read = 0
        self.is_let_go = False

    def put(self, *items: MarketEvent | Exception | None) -> None:
        for item in items:
            self.queue.put_nowait(item)

    async def flow(self) -> AsyncIterator[MarketEvent]:
        try:
            while (item := await self.queue.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                self.read += 1
                yield item
        finally:
            self.is_let_go = True


def merged(*streams: Sequence[MarketEvent]) -> list[MarketEvent]:
    async def collect() -> list[MarketEvent]:
        named = {str(number): streamed(events) for number, events in enumerate(streams)}
        async with Merger(named, capacity=2) as merger:
            return [event async for event in merger]

    return asyncio.run(collect())


def shown(events: Sequence[MarketEvent]) -> str:
    return " ".join(f"{getattr(event, 'symbol', '|')}{event.at}" for event in events)


def test_events_come_in_order_of_their_time_then_of_the_streams() -> None:
    assert shown(merged(trades("A", 1, 4, 4, 9), trades("B", 2, 4, 5), [])) == (
        "A1 B2 A4 A4 B4 B5 A9"
    )


def test_a_watermark_comes_after_the_events_of_its_time() -> None:
    first: list[MarketEvent] = [trade("A", 1), Watermark(at=4)]
    assert shown(merged(first, trades("B", 4, 4, 6))) == "A1 B4 B4 |4 B6"


@given(st.lists(st.lists(st.integers(0, 20), max_size=12), max_size=5))
def test_nothing_is_lost_and_all_of_it_is_in_order(moments: list[list[int]]) -> None:
    streams = [trades(f"S{number}", *sorted(each)) for number, each in enumerate(moments)]
    result = merged(*streams)
    assert [event.at for event in result] == sorted(at for each in moments for at in each)
    for number, stream in enumerate(streams):
        own = [each for each in result if getattr(each, "symbol", "") == f"S{number}"]
        assert own == stream


def test_it_waits_for_a_silent_stream_unless_a_watermark_says_how_far_it_is() -> None:
    async def story() -> None:
        fast, silent = Tap(), Tap()
        async with Merger({"fast": fast.flow(), "silent": silent.flow()}) as merger:
            fast.put(*trades("A", 1, 5))
            first = asyncio.ensure_future(anext(merger))
            await settled()
            assert not first.done()
            silent.put(Watermark(at=3))
            assert shown([await first, await anext(merger)]) == "A1 |3"
            fourth = asyncio.ensure_future(anext(merger))
            await settled()
            assert not fourth.done()
            silent.put(None)
            assert shown([await fourth]) == "A5"

    asyncio.run(story())


def test_patience_ends_and_what_comes_later_is_counted_as_overtaken() -> None:
    async def story() -> None:
        time, fast, silent = HandMovedTime(), Tap(), Tap()
        streams = {"fast": fast.flow(), "silent": silent.flow()}
        async with Merger(streams, patience_s=10, timer=time.timer) as merger:
            fast.put(*trades("A", 1, 5))
            first = asyncio.ensure_future(anext(merger))
            await time.move(9.9)
            assert not first.done()
            await time.move(0.1)
            assert shown([await first, await anext(merger)]) == "A1 A5"
            last = asyncio.ensure_future(anext(merger))
            silent.put(trade("B", 2))
            await time.move(10)  # now the other one is silent
            assert shown([await last]) == "B2"
            # It speaks again, so it is waited for again.
            fast.put(trade("A", 7))
            after = asyncio.ensure_future(anext(merger))
            await settled()
            assert not after.done()
            await time.move(10)
            assert shown([await after]) == "A7"
        assert merger.counts["silent"].overtaken == 1
        assert merger.counts["fast"].yielded == 3

    asyncio.run(story())


def test_a_slow_consumer_makes_the_streams_wait() -> None:
    async def story() -> None:
        tap = Tap()
        tap.put(*trades("A", *range(100)), None)
        async with Merger({"a": tap.flow()}, capacity=5) as merger:
            assert (await anext(merger)).at == 0
            await settled()
            assert tap.read <= 5 + 1 + 1, "the buffer, one taken, one in hand"
            rest = [event.at async for event in merger]
        assert rest == list(range(1, 100))
        assert merger.counts["a"].dropped == 0

    asyncio.run(story())


@pytest.mark.parametrize(
    ("when_full", "kept"),
    [("drop_oldest", [7, 8, 9]), ("drop_newest", [0, 1, 2])],
)
def test_where_it_may_it_drops_and_counts(when_full: str, kept: list[int]) -> None:
    async def story() -> None:
        a, b = Tap(), Tap()
        streams = {"a": a.flow(), "b": b.flow()}
        async with Merger(streams, capacity=3, when_full=when_full) as merger:  # type: ignore[arg-type] # one of them
            a.put(*trades("A", *range(10)), None)
            first = asyncio.ensure_future(anext(merger))
            await settled()
            b.put(None)
            result = [(await first).at] + [event.at async for event in merger]
        assert result == kept
        assert merger.counts["a"].dropped == 7

    asyncio.run(story())


def test_an_error_of_a_stream_is_raised_after_what_it_said_before() -> None:
    async def story() -> None:
        bad, good = Tap(), Tap()
        bad.put(trade("A", 1), ValueError("broken"))
        good.put(trade("B", 2))
        merger = Merger({"bad": bad.flow(), "good": good.flow()})
        assert (await anext(merger)).at == 1
        with pytest.raises(ValueError, match="broken"):
            await anext(merger)
        assert bad.is_let_go
        assert good.is_let_go

    asyncio.run(story())


def test_streams_are_let_go_at_the_end() -> None:
    async def story() -> None:
        full, waiting = Tap(), Tap()
        full.put(*trades("A", *range(10)))
        async with Merger({"a": full.flow(), "b": waiting.flow()}, capacity=1) as merger:
            reading = asyncio.ensure_future(anext(merger))
            await settled()
            reading.cancel()
        assert full.is_let_go
        assert waiting.is_let_go

    asyncio.run(story())


@pytest.mark.parametrize(
    "arguments", [{"capacity": 0}, {"patience_s": 0.0}, {"when_full": "explode"}]
)
def test_arguments_that_cannot_be_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument, match=r"give (a positive number|one of wait, drop)"):
        Merger({}, **arguments)  # type: ignore[arg-type] # wrong on purpose


def test_of_no_streams_there_is_nothing() -> None:
    assert merged() == []
