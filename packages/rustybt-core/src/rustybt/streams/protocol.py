"""What a live stream of market data is to those who use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Protocol

from rustybt.net import LinkRules, LinkState, Timer
from rustybt.streams.events import MarketEvent


class DataStream(Protocol):
    """Market data of some symbols, as they happen.

    Iterating connects; the stream reconnects and subscribes again by itself, and ends when it is
    closed. Every event is of a symbol that is subscribed to, with exact figures and the time of
    the market. Events may be out of order and repeated, above all around a reconnection, and some
    may be missing: `BarBuilder` and `fill_gaps` deal with that.
    """

    @property
    def symbols(self) -> frozenset[str]:
        """What is subscribed to."""
        ...

    @property
    def state(self) -> LinkState:
        """What is known of the connection."""
        ...

    async def subscribe(self, symbols: Iterable[str]) -> None:
        """Ask for more symbols, at once or when the connection is made."""
        ...

    async def unsubscribe(self, symbols: Iterable[str]) -> None:
        """Ask for some symbols no longer; events on their way are left out."""
        ...

    def __aiter__(self) -> AsyncIterator[MarketEvent]:
        """The events, for one consumer."""
        ...

    async def aclose(self) -> None:
        """End the stream; closing twice has no effect."""
        ...


class StreamPlugin(Protocol):
    """A plugin of the group ``rustybt.streams``: opens a stream."""

    def __call__(
        self,
        address: str,
        options: Mapping[str, str],
        /,
        *,
        rules: LinkRules,
        timer: Timer | None = None,
        on_state: Callable[[LinkState], object] | None = None,
    ) -> DataStream:
        """A stream that is subscribed to nothing and not connected yet.

        Args:
            address: Where it comes from: an address, or empty for the vendor's own.
            options: The plugin's own; unknown ones are refused. Secrets come from the environment.
            rules: When a connection is dead, and how it is made again.
            timer: Where waits get their time from.
            on_state: Told of every change of the connection.
        """
        ...
