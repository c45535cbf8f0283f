"""Several streams as one, in the order of the market's time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, get_args

from rustybt.errors import InvalidArgument
from rustybt.net import Timer
from rustybt.streams.buffers import Buffer, WhenFull
from rustybt.streams.events import MarketEvent, Watermark


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCounts:
    """What became of the events of one stream in a merger.

    Attributes:
        yielded: Were handed on.
        dropped: Were dropped because nobody took them in time.
        overtaken: Were handed on after a later event: the stream was out of order in itself, or
            longer silent than the merger waits.
    """

    yielded: int = 0
    dropped: int = 0
    overtaken: int = 0


class Merger:
    """Merges streams by the time of their events; equal times in the order of the streams.

    It yields an event when every other stream has shown one that is not earlier, or has ended.
    A stream that is silent says with a `Watermark` how far it has come, or is waited for no longer
    than `patience_s`. Each stream is read ahead into a buffer of its own; by default nothing is
    ever dropped: where the consumer is slow, the streams wait. An error of a stream is raised
    after what it had yielded before, and ends the merger. Use it as an asynchronous context
    manager, so that the streams are let go at its end.

    Args:
        streams: The streams by name.
        capacity: Events that each buffer holds.
        when_full: What happens when one is full, see `rustybt.streams.WhenFull`.
        patience_s: Seconds to wait for a silent stream; None waits for ever.
        timer: Where waits get their time from.

    Raises:
        InvalidArgument: A number is not positive, or there is no such policy.
    """

    def __init__(
        self,
        streams: Mapping[str, AsyncIterable[MarketEvent]],
        *,
        capacity: int = 1_024,
        when_full: WhenFull = "wait",
        patience_s: float | None = None,
        timer: Timer | None = None,
    ) -> None:
        _check(capacity, when_full, patience_s)
        self._changed: Final = asyncio.Event()
        self._buffers: Final = {
            name: Buffer(stream, capacity=capacity, when_full=when_full, changed=self._changed)
            for name, stream in streams.items()
        }
        self._patience: Final = patience_s
        self._timer: Final = timer or Timer()
        self._tasks: list[asyncio.Task[None]] = []
        self._silent: set[str] = set()
        self._yielded = dict.fromkeys(streams, 0)
        self._overtaken = dict.fromkeys(streams, 0)
        self._now: int | None = None

    @property
    def counts(self) -> dict[str, MergeCounts]:
        """What became of the events of each stream so far."""
        return {
            name: MergeCounts(
                yielded=self._yielded[name],
                dropped=buffer.dropped,
                overtaken=self._overtaken[name],
            )
            for name, buffer in self._buffers.items()
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[MarketEvent]:
        return self

    async def __anext__(self) -> MarketEvent:
        if not self._tasks:
            self._tasks = [asyncio.create_task(each.fill()) for each in self._buffers.values()]
        try:
            while waiting := self._waited_for():
                await self._wait(waiting)
        except Exception:
            await self.aclose()
            raise
        ready = {name: each for name, each in self._buffers.items() if each.events}
        if not ready:
            await self.aclose()
            raise StopAsyncIteration
        name = min(ready, key=lambda name: _order(ready[name].events[0]))
        return self._handed_on(name, ready[name].take())

    async def aclose(self) -> None:
        """Let the streams go; what was read of them and not taken is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _waited_for(self) -> set[str]:
        """The streams without which the next event is not known.

        Raises:
            Exception: What a stream raised, whose events have all been handed on.
        """
        empty = {name: each for name, each in self._buffers.items() if not each.events}
        for buffer in empty.values():
            if buffer.error is not None:
                raise buffer.error
        self._silent &= empty.keys()
        live = {name for name, buffer in empty.items() if not buffer.ended}
        nothing_else = len(empty) == len(self._buffers)
        return live if nothing_else else live - self._silent

    async def _wait(self, waiting: set[str]) -> None:
        """Wait until a stream shows something, or has been silent for too long."""
        self._changed.clear()
        if self._patience is None or waiting <= self._silent:
            await self._changed.wait()
            return
        change = asyncio.ensure_future(self._changed.wait())
        pause = asyncio.ensure_future(self._timer.sleep(self._patience))
        try:
            await asyncio.wait({change, pause}, return_when=asyncio.FIRST_COMPLETED)
            if not change.done():
                self._silent |= waiting
        finally:
            change.cancel()
            pause.cancel()

    def _handed_on(self, name: str, event: MarketEvent) -> MarketEvent:
        self._yielded[name] += 1
        if self._now is not None and event.at < self._now:
            self._overtaken[name] += 1
        else:
            self._now = event.at
        return event


def _order(event: MarketEvent) -> tuple[int, bool]:
    """Events before the watermark that says that no more of their time come."""
    return event.at, isinstance(event, Watermark)


def _check(capacity: int, when_full: WhenFull, patience_s: float | None) -> None:
    for name, number in (("capacity", capacity), ("patience_s", patience_s)):
        if number is not None and number <= 0:
            raise InvalidArgument(field=name, value=number, reason="give a positive number")
    known = get_args(WhenFull)
    if when_full not in known:
        raise InvalidArgument(
            field="when_full", value=when_full, reason=f"give one of {', '.join(known)}"
        )
