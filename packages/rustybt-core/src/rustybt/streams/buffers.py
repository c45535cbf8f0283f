"""What has been read of a stream and not been asked for yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable
from typing import Final, Literal

from rustybt.streams.events import MarketEvent
from rustybt.streams.reading import reading

WhenFull = Literal["wait", "drop_oldest", "drop_newest"]
"""What happens when a buffer is full; see `Buffer`."""


class Buffer:
    """Reads a stream ahead, up to a number of events.

    Args:
        stream: The stream.
        capacity: How many events wait at most.
        when_full: What happens when they do: ``wait`` reads no further, so that the stream itself
            waits; ``drop_oldest`` and ``drop_newest`` drop an event and count it.
        changed: Set whenever an event has come, or the stream has ended.

    Attributes:
        events: What waits.
        dropped: Events that were dropped.
        ended: Whether nothing more will come.
        error: What the stream has raised.
    """

    def __init__(
        self,
        stream: AsyncIterable[MarketEvent],
        *,
        capacity: int,
        when_full: WhenFull,
        changed: asyncio.Event,
    ) -> None:
        self.events: Final[deque[MarketEvent]] = deque()
        self.dropped = 0
        self.ended = False
        self.error: Exception | None = None
        self._stream: Final = stream
        self._capacity: Final = capacity
        self._when_full: Final = when_full
        self._changed: Final = changed
        self._space: Final = asyncio.Event()

    async def fill(self) -> None:
        """Read the stream to its end."""
        try:
            async with reading(self._stream) as events:
                async for event in events:
                    await self._put(event)
        except Exception as error:  # noqa: BLE001 - raised by who takes the events
            self.error = error
        finally:
            self.ended = True
            self._changed.set()

    def take(self) -> MarketEvent:
        """The oldest event."""
        event = self.events.popleft()
        self._space.set()
        return event

    async def _put(self, event: MarketEvent) -> None:
        while self._when_full == "wait" and len(self.events) >= self._capacity:
            self._space.clear()
            await self._space.wait()
        if len(self.events) >= self._capacity:
            self.dropped += 1
            if self._when_full == "drop_newest":
                return
            self.events.popleft()
        self.events.append(event)
        self._changed.set()
