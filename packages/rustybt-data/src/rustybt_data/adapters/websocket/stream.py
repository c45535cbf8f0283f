"""A stream of market data through a WebSocket."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, suppress
from itertools import count
from typing import Final

from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument, VendorUnavailable
from rustybt.net import LinkRules, LinkState, Reconnecting, Timer, redacted
from rustybt.streams import MarketEvent, Watermark
from rustybt_data.adapters.websocket.decoder import Decoder, MessageCounts
from rustybt_data.adapters.websocket.protocol import StreamProtocol
from rustybt_data.adapters.websocket.socket import SocketLink, check_address, opened
from rustybt_data.adapters.websocket.templates import (
    login_messages,
    symbol_messages,
    with_secrets,
)

OPTIONS: Final[Mapping[str, str]] = {"protocol": "plain", "of": "1m", "garbage": "50"}
"""Options of a stream and their defaults."""

_RULES: Final = LinkRules()


class WebSocketStream:
    """Market data through a WebSocket; see `rustybt.streams.DataStream`.

    Bars that are not complete are left out.

    Args:
        address: Of the server; empty for that of the protocol.
        options: ``protocol``, a preset or a TOML file; ``of``, the length of the bars that a venue
            makes itself; ``garbage``, how many of 1,000 messages may be unreadable.
        rules: When a connection is dead, and how it is made again.
        timer: Where waits get their time from.
        on_state: Told of every change of the connection.

    Raises:
        InvalidArgument: The address, an option or the protocol cannot be used.
    """

    def __init__(
        self,
        address: str,
        options: Mapping[str, str],
        /,
        *,
        rules: LinkRules = _RULES,
        timer: Timer | None = None,
        on_state: Callable[[LinkState], object] | None = None,
    ) -> None:
        chosen = _chosen(options)
        self.protocol: Final = StreamProtocol.load(chosen["protocol"])
        self._of: Final = Resolution.parse(chosen["of"])
        self._url: Final = address or self.protocol.url
        check_address(self._url)
        self._decoder: Final = Decoder(
            self.protocol,
            vendor=redacted(self._url),
            of=self._of,
            garbage_max=_garbage(chosen["garbage"]),
        )
        self._numbers: Final = count(1)
        self._symbols: dict[str, None] = {}
        self._link: SocketLink | None = None
        self._connection: Final = Reconnecting(
            self._connected,
            peer=redacted(self._url),
            rules=rules,
            timer=timer,
            on_state=on_state,
        )

    @property
    def symbols(self) -> frozenset[str]:
        """What is subscribed to."""
        return frozenset(self._symbols)

    @property
    def state(self) -> LinkState:
        """What is known of the connection."""
        return self._connection.state

    @property
    def counts(self) -> MessageCounts:
        """What messages were so far."""
        return self._decoder.counts

    async def subscribe(self, symbols: Iterable[str]) -> None:
        """Ask for more symbols."""
        more = [symbol for symbol in dict.fromkeys(symbols) if symbol not in self._symbols]
        self._decoder.follow([*self._symbols, *more])
        self._symbols |= dict.fromkeys(more)
        await self._tell(self.protocol.subscribe, more)

    async def unsubscribe(self, symbols: Iterable[str]) -> None:
        """Ask for some symbols no longer."""
        fewer = [symbol for symbol in dict.fromkeys(symbols) if symbol in self._symbols]
        for symbol in fewer:
            del self._symbols[symbol]
        self._decoder.follow(self._symbols)
        await self._tell(self.protocol.unsubscribe, fewer)

    def __aiter__(self) -> AsyncIterator[MarketEvent]:
        return self._events()

    async def aclose(self) -> None:
        """End the stream."""
        await self._connection.close()

    async def _events(self) -> AsyncGenerator[MarketEvent]:
        async with aclosing(self._connection.messages()) as messages:
            async for message in messages:
                for event in self._decoder.decode(message):
                    # A symbol may have been given up while an event of the same message was used.
                    if isinstance(event, Watermark) or event.symbol in self._symbols:
                        yield event

    async def _connected(self) -> SocketLink:
        """A connection that is logged in and subscribed."""
        self._link = None
        vendor = redacted(self._url)
        link = await opened(with_secrets(self._url, vendor=vendor))
        try:
            for message in login_messages(self.protocol.login, vendor=vendor):
                await link.send(message)
            asked: set[str] = set()
            while more := [symbol for symbol in self._symbols if symbol not in asked]:
                await self._ask(link, self.protocol.subscribe, more)
                asked.update(more)
        except BaseException:
            link.abort()
            raise
        self._link = link
        return link

    async def _tell(self, template: object, symbols: Iterable[str]) -> None:
        """Ask through the connection; where it is lost, the next one is asked anew."""
        if self._link is not None:
            with suppress(VendorUnavailable):
                await self._ask(self._link, template, symbols)

    async def _ask(self, link: SocketLink, template: object, symbols: Iterable[str]) -> None:
        spelled = [self.protocol.spelled(symbol) for symbol in symbols]
        for message in symbol_messages(template, spelled, self._numbers, of=str(self._of)):
            await link.send(message)


def _chosen(options: Mapping[str, str]) -> dict[str, str]:
    for name in options:
        if name not in OPTIONS:
            known = ", ".join(OPTIONS)
            raise InvalidArgument(
                field="websocket option", value=name, reason=f"give some of {known}"
            )
    return {**OPTIONS, **options}


def _garbage(text: str) -> int:
    if not text.isdecimal():
        raise InvalidArgument(field="garbage", value=text, reason="give a whole number")
    return int(text)
