"""WebSocket servers on loopback that tell of trades, and can have every trouble."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from rustybt.net import Timer

PATIENCE_S = 5.0
"""Seconds for which the adapter waits for a silent stream."""

Says = Sequence[str | bytes | dict[str, Any] | list[Any]]


class MarketSocket:
    """A server: what it says on each connection, and what it heard.

    Attributes:
        script: Called for each connection with its number, from 0, once it has been subscribed.
        heard: What was said to it, by connection.
        refusals: Statuses that the next connections are refused with.
        greetings: Messages of a client that it waits for before it says anything.
        url: Its address.
    """

    def __init__(self, script: Callable[[ServerConnection, int], Awaitable[object]]) -> None:
        self.script = script
        self.heard: list[list[str]] = []
        self.refusals: list[int] = []
        self.greetings = 1
        self.url = ""
        self.path = "/stream"

    async def visit(self, connection: ServerConnection) -> None:
        number = len(self.heard)
        self.heard.append([])
        listening = None
        try:
            for _ in range(self.greetings):
                self.heard[number].append(str(await connection.recv()))
            listening = asyncio.create_task(self.listen(connection, number))
            await self.script(connection, number)
            await connection.wait_closed()
        except ConnectionClosed:
            pass
        finally:
            if listening is not None:
                listening.cancel()

    async def listen(self, connection: ServerConnection, number: int) -> None:
        async for message in connection:
            self.heard[number].append(str(message))

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path != self.path:
            return connection.respond(HTTPStatus.NOT_FOUND, "there is no stream here")
        if self.refusals:
            return connection.respond(HTTPStatus(self.refusals.pop(0)), "not now")
        return None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[MarketSocket]:
        server = await serve(
            self.visit, "127.0.0.1", 0, process_request=self.admit, ping_interval=None
        )
        self.url = address(server, self.path)
        try:
            yield self
        finally:
            for connection in list(server.connections):
                connection.transport.abort()
            server.close()
            await server.wait_closed()


def address(server: Server, path: str) -> str:
    port = next(iter(server.sockets)).getsockname()[1]
    return f"ws://127.0.0.1:{port}{path}"


@contextmanager
def serving(
    script: Callable[[ServerConnection, int], Awaitable[object]],
) -> Iterator[MarketSocket]:
    """The server in a thread of its own."""
    socket = MarketSocket(script)
    ready, loop = threading.Event(), asyncio.new_event_loop()
    end = asyncio.Event()

    async def run() -> None:
        async with socket.open():
            ready.set()
            await end.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait()
    try:
        yield socket
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


def saying(*visits: Says, cut: bool = True) -> Callable[[ServerConnection, int], Awaitable[None]]:
    """A script: what is said on each connection, after which all but the last are cut."""

    async def script(connection: ServerConnection, number: int) -> None:
        for message in visits[min(number, len(visits) - 1)]:
            text = message if isinstance(message, str | bytes) else json.dumps(message)
            await connection.send(text)
        if cut and number < len(visits) - 1:
            await connection.close(1011) if number % 2 else connection.transport.abort()

    return script


def trade(symbol: str, time: str, price: str, size: str = "1", **more: Any) -> dict[str, Any]:
    """A message of the preset ``plain``."""
    return {"type": "trade", "symbol": symbol, "time": time, "price": price, "size": size, **more}


def hasty(now_ns: Callable[[], int]) -> Timer:
    """A timer whose waits before the next attempt, and between ticks, take no time.

    Heartbeats, timeouts and the end of the patience with a silent stream never come.

    Args:
        now_ns: The time of day.
    """

    async def sleep(seconds: float) -> None:
        if seconds > 16 or seconds == PATIENCE_S:
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    return Timer(now_ns=now_ns, sleep=sleep)
