"""What every live stream of market data has to do."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from typing import Any, Final

import pytest

from rustybt.net import LinkRules, LinkState
from rustybt.streams import DataStream, MarketEvent, Trade, Watermark
from rustybt.values import from_scaled

_LIMIT_S: Final = 30.0
_RULES: Final = LinkRules(wait_min_s=0.0, wait_max_s=0.0)
_PRICE: Final = Decimal("100.1")
_SIZE: Final = Decimal("0.00000001")


class StreamCase(ABC):
    """A stream and the server that it listens to, which the test commands.

    Attributes:
        symbols: At least two symbols that the server knows.
    """

    symbols: tuple[str, ...]

    @abstractmethod
    def stream(
        self, rules: LinkRules, on_state: Callable[[LinkState], object] | None
    ) -> DataStream:
        """A stream of the server, subscribed to nothing."""

    @abstractmethod
    async def tell(self, symbol: str, price: Decimal, size: Decimal) -> None:
        """Have the server tell everybody who listens of one more trade.

        It tells of trades in the order of calls, each with a later time and another id.
        """

    @abstractmethod
    def subscribed(self) -> frozenset[str]:
        """What the server's newest connection is subscribed to, in the spelling of `symbols`."""

    @abstractmethod
    async def cut(self) -> None:
        """Have the server cut all connections."""


class Listener:
    """Reads a stream while a test goes on.

    Attributes:
        stream: The stream.
        events: What came.
        states: What was told of the connection.
    """

    def __init__(self, case: StreamCase) -> None:
        self.events: list[MarketEvent] = []
        self.states: list[LinkState] = []
        self.stream = case.stream(_RULES, self.states.append)
        self._task: asyncio.Task[None] | None = None

    async def start(self, *symbols: str) -> None:
        """Subscribe and begin to read."""
        await self.stream.subscribe(symbols)
        self._task = asyncio.create_task(self._read())

    async def end(self) -> None:
        """Close the stream, and wait until it has ended."""
        await self.stream.aclose()
        if self._task is not None:
            await self._task

    async def _read(self) -> None:
        async for event in self.stream:
            self.events.append(event)

    @property
    def trades(self) -> list[Trade]:
        """The trades that came."""
        return [event for event in self.events if isinstance(event, Trade)]

    def has(self, price: Decimal) -> bool:
        """Whether a trade at a price has come."""
        return any(trade.price == price for trade in self.trades)


class DataStreamSuite:
    """Tests of a live stream. A subclass gives a fixture ``case``.

    It is an asynchronous context manager that yields a `StreamCase`: the server runs inside.
    """

    @pytest.fixture
    def case(self) -> AbstractAsyncContextManager[StreamCase]:
        """What is tested."""
        raise NotImplementedError

    def test_events_are_exact_and_of_the_symbols_asked_for(
        self, case: AbstractAsyncContextManager[StreamCase]
    ) -> None:
        """Every digit of price and size is kept; other symbols are not told of."""

        async def story(case: StreamCase, listener: Listener) -> None:
            wanted, other = case.symbols[:2]
            await listener.start(wanted)
            await until(lambda: case.subscribed() >= {wanted})
            await case.tell(other, _PRICE, _SIZE)
            await case.tell(wanted, _PRICE, _SIZE)
            await until(lambda: listener.has(_PRICE))
            (trade,) = listener.trades
            assert (trade.symbol, trade.price, trade.size) == (wanted, _PRICE, _SIZE)
            assert isinstance(trade.at, int)
            assert listener.stream.symbols == {wanted}

        tell(case, story)

    def test_a_cut_connection_is_made_again_and_subscribed(
        self, case: AbstractAsyncContextManager[StreamCase]
    ) -> None:
        """After a cut the stream goes on, with all its symbols, and says what happened."""

        async def story(case: StreamCase, listener: Listener) -> None:
            await listener.start(*case.symbols)
            for number in range(1, 4):
                await until(lambda: case.subscribed() >= set(case.symbols))
                price = from_scaled(number, 0)
                await case.tell(case.symbols[-1], price, _SIZE)
                await until(lambda price=price: listener.has(price))  # type: ignore[misc] # bound now
                await case.cut()
                await until(lambda number=number: _lost(listener) >= number)  # type: ignore[misc] # bound now
            await until(lambda: listener.stream.state.connections == 4)

        tell(case, story)

    def test_symbols_can_be_asked_for_and_given_up_while_it_runs(
        self, case: AbstractAsyncContextManager[StreamCase]
    ) -> None:
        """Subscribing counts at once, and is remembered by the next connection."""

        async def story(case: StreamCase, listener: Listener) -> None:
            first, second = case.symbols[:2]
            await listener.start(first)
            await until(lambda: case.subscribed() >= {first})
            await listener.stream.subscribe([second])
            await until(lambda: case.subscribed() >= {first, second})
            await case.tell(second, Decimal(1), _SIZE)
            await until(lambda: listener.has(Decimal(1)))
            await listener.stream.unsubscribe([first])
            await case.cut()
            await until(lambda: _lost(listener) > 0 and case.subscribed() >= {second})
            await case.tell(first, Decimal(2), _SIZE)
            await case.tell(second, Decimal(3), _SIZE)
            await until(lambda: listener.has(Decimal(3)))
            assert not listener.has(Decimal(2))
            assert listener.stream.symbols == {second}

        tell(case, story)

    def test_events_have_the_time_of_the_market(
        self, case: AbstractAsyncContextManager[StreamCase]
    ) -> None:
        """Times are those that the server gives, in nanoseconds: later trades are later."""

        async def story(case: StreamCase, listener: Listener) -> None:
            await listener.start(case.symbols[0])
            await until(lambda: bool(case.subscribed()))
            for number in range(1, 11):
                await case.tell(case.symbols[0], from_scaled(number, 0), _SIZE)
            await until(lambda: listener.has(Decimal(10)))
            times = [event.at for event in listener.events if not isinstance(event, Watermark)]
            assert times == sorted(times)
            assert len(set(times)) == 10

        tell(case, story)

    def test_closing_ends_it_without_an_error(
        self, case: AbstractAsyncContextManager[StreamCase]
    ) -> None:
        """Closing twice, or before it was read, has no effect; the state says that it is closed."""

        async def story(case: StreamCase, listener: Listener) -> None:
            await listener.start(case.symbols[0])
            await until(lambda: bool(case.subscribed()))
            await listener.end()
            await listener.end()
            assert listener.stream.state.phase == "closed"
            unread = case.stream(_RULES, None)
            await unread.aclose()
            assert [event async for event in unread] == []

        tell(case, story)


def tell(
    case: AbstractAsyncContextManager[StreamCase],
    story: Callable[[StreamCase, Listener], Coroutine[Any, Any, None]],
) -> None:
    """Let a story happen between a server and one who listens to it."""

    async def told() -> None:
        async with case as server:
            listener = Listener(server)
            try:
                await story(server, listener)
            finally:
                await listener.end()

    asyncio.run(_limited(told()))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true, as long as it may take other tasks."""
    while not condition():
        await asyncio.sleep(0)


async def _limited(story: Awaitable[None]) -> None:
    """A story that must not take long: what never becomes true fails."""
    async with asyncio.timeout(_LIMIT_S):
        await story


def _lost(listener: Listener) -> int:
    return sum(state.phase == "lost" for state in listener.states)
