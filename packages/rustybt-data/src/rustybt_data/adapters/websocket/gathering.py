"""Gathering the bars of streams, until enough has come."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import current_thread, main_thread
from typing import Any, Final

from rustybt.errors import TransientError
from rustybt.logs import get_logger
from rustybt.net import Timer
from rustybt.streams import (
    Bar,
    BarBuilder,
    BuilderCounts,
    MarketEvent,
    MergeCounts,
    Merger,
    SequenceCounts,
    SequenceTracker,
    Watermark,
    fill_gaps,
    reading,
)
from rustybt_data.adapters.websocket.decoder import MessageCounts
from rustybt_data.adapters.websocket.stream import WebSocketStream

_log = get_logger(__name__)
_TICK_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherRules:
    """When it is enough, and how bars are told that time passes.

    Attributes:
        seconds: It ends after so many; None for no limit.
        bars: It ends when so many bars are complete; None for no limit.
        by_timer: Whether bars end with the time of day, too, not only with later events.
        patience_s: How long one stream is waited for while another has more to say.
    """

    seconds: float | None = None
    bars: int | None = None
    by_timer: bool = True
    patience_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherReport:
    """What came of gathering.

    Attributes:
        bars: Complete bars, of each the last revision.
        incomplete: Bars that had not ended.
        ended_by: ``bars``, ``seconds``, ``stop`` (a signal, or a call), ``stream`` where the
            streams ended by themselves, or the error after which no connection was made any more.
        connections: Connections that were made.
        messages: What messages were, by address.
        sequences: What their numbers told, by address.
        merged: What became of events where several streams were merged, by address.
        events: What became of events in bars.
    """

    bars: int
    incomplete: int
    ended_by: str
    connections: int
    messages: Mapping[str, MessageCounts] = field(default_factory=dict)
    sequences: Mapping[str, SequenceCounts] = field(default_factory=dict)
    merged: Mapping[str, MergeCounts] = field(default_factory=dict)
    events: BuilderCounts = field(default_factory=BuilderCounts)


class Gatherer:
    """Makes bars of streams until it is enough.

    Args:
        streams: Streams by address, subscribed.
        builder: Makes the bars.
        rules: When it is enough.
        timer: Where time comes from.
    """

    def __init__(
        self,
        streams: Mapping[str, WebSocketStream],
        builder: BarBuilder,
        rules: GatherRules,
        timer: Timer,
    ) -> None:
        self._streams: Final = streams
        self._builder: Final = builder
        self._rules: Final = rules
        self._timer: Final = timer
        self._trackers: Final = {name: SequenceTracker() for name in streams}
        self._bars: Final[dict[tuple[str, int], Bar]] = {}
        self._merged: dict[str, MergeCounts] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._stopped_early = False

    def stop(self) -> None:
        """End it, from any thread; what is complete is kept."""
        self._stopped_early = True
        if self._loop is not None and self._stopping is not None:
            with suppress(RuntimeError):  # the loop is closed: it has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def gather(self) -> tuple[list[Bar], GatherReport]:
        """The complete bars by symbol and label, and the report.

        Raises:
            RequestRefused: A server refuses the connection or the subscription.
            DataValidationError: Too much of a stream cannot be read.
            TransientError: No connection was made in all attempts, and there is nothing to keep.
        """
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        if self._stopped_early:
            self._stopping.set()
        if self._rules.by_timer:
            self._builder.advance(self._timer.now_ns())
        with _signals(self._loop, self._stopping.set):
            try:
                ended_by = await self._until_enough(self._stopping)
            except TransientError as error:
                if not self._bars:
                    raise
                _log.warning("a stream was given up", error=str(error))
                ended_by = str(error)
            finally:
                for stream in self._streams.values():
                    await stream.aclose()
        if self._rules.by_timer:
            self._keep(self._builder.advance(self._timer.now_ns()))
        incomplete = self._builder.finish()
        bars = [self._bars[key] for key in sorted(self._bars)]
        return bars, self._report(ended_by, len(incomplete))

    async def _until_enough(self, stopping: asyncio.Event) -> str:
        """Read until something ends it, and say what."""
        tasks: dict[asyncio.Task[Any], str] = {}
        work = {self._read(): "stream", stopping.wait(): "stop"}
        if self._rules.seconds is not None:
            work[_slept(self._timer, self._rules.seconds)] = "seconds"
        if self._rules.by_timer:
            work[self._tick()] = "timer"
        for coroutine, name in work.items():
            tasks[asyncio.ensure_future(coroutine)] = name
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            return "bars" if self._is_enough() else min(tasks[task] for task in done)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        """Make bars of events until they end, or there are enough."""
        async with aclosing(self._events()) as events:
            async for event in events:
                self._keep(self._builder.add(event))
                if self._is_enough():
                    return

    async def _tick(self) -> None:
        """Let time pass until there are enough bars."""
        while not self._is_enough():
            await self._timer.sleep(_TICK_S)
            self._keep(self._builder.advance(self._timer.now_ns()))

    async def _events(self) -> AsyncGenerator[MarketEvent]:
        """The events of all streams in the order of their time."""
        sources = {
            name: _numbered(stream, self._trackers[name]) for name, stream in self._streams.items()
        }
        if len(sources) == 1:
            async with reading(*sources.values()) as events:
                async for event in events:
                    yield event
            return
        merger = Merger(sources, patience_s=self._rules.patience_s, timer=self._timer)
        try:
            async with merger:
                async for event in merger:
                    yield event
        finally:
            self._merged = merger.counts

    def _keep(self, bars: Sequence[Bar]) -> None:
        for bar in bars:
            self._bars[bar.symbol, bar.at] = bar

    def _is_enough(self) -> bool:
        return self._rules.bars is not None and len(self._bars) >= self._rules.bars

    def _report(self, ended_by: str, incomplete: int) -> GatherReport:
        streams = self._streams.items()
        return GatherReport(
            bars=len(self._bars),
            incomplete=incomplete,
            ended_by=ended_by,
            connections=sum(stream.state.connections for _, stream in streams),
            messages={name: stream.counts for name, stream in streams},
            sequences={name: tracker.counts for name, tracker in self._trackers.items()},
            merged=self._merged,
            events=self._builder.counts,
        )


async def _numbered(
    stream: WebSocketStream, tracker: SequenceTracker
) -> AsyncGenerator[MarketEvent]:
    """A stream of which what was repeated is dropped, and what is missing counted.

    Where numbers begin anew with each connection they tell events apart only within one.
    """
    restarts = stream.protocol.restarts
    source = _renumbered(stream, tracker) if restarts else stream
    async with reading(fill_gaps(source, tracker)) as events:
        async for event in events:
            if restarts and not isinstance(event, Watermark):
                yield replace(event, sequence=None)
            else:
                yield event


async def _renumbered(
    stream: WebSocketStream, tracker: SequenceTracker
) -> AsyncGenerator[MarketEvent]:
    connections = 0
    async with reading(stream) as events:
        async for event in events:
            if stream.state.connections != connections:
                connections = stream.state.connections
                for symbol in stream.symbols:
                    tracker.restart(symbol)
            yield event


async def _slept(timer: Timer, seconds: float) -> None:
    await timer.sleep(seconds)


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> Iterator[None]:
    """Stop at the signals of an interruption instead of dying; only in the main thread."""
    caught = []
    if current_thread() is main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)
            loop.add_signal_handler(number, stop)
            caught.append((number, before))
    try:
        yield
    finally:
        for number, before in caught:
            loop.remove_signal_handler(number)
            signal.signal(number, before)
