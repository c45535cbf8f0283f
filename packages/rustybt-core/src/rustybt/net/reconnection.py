"""Messages of a connection that is made again whenever it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from typing import Any, Final, TypeVar

from rustybt.errors import RetriesExhausted, VendorUnavailable
from rustybt.net.links import Link, LinkPhase, LinkRules, LinkState, Message
from rustybt.net.retry import TRANSIENT, Retry
from rustybt.net.timer import NANOS, Timer

_ResultT = TypeVar("_ResultT")

_RULES: Final = LinkRules()


class Reconnecting:
    """Yields the messages of a peer, through one connection after the other.

    A consumer may take its time: silence counts while it waits for a message. What a peer says
    while there is no connection is lost: numbers of messages tell, see
    `rustybt.streams.fill_gaps`. Errors that are not transient are raised.

    Args:
        connect: Makes a connection, subscriptions included; called for each one.
        peer: Who is on the other side, for errors, without secrets.
        rules: When a connection is dead, and how it is made again.
        timer: Where time comes from.
        on_state: Told of every change.

    Attributes:
        state: What is known of the connection now.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Link]],
        *,
        peer: str,
        rules: LinkRules = _RULES,
        timer: Timer | None = None,
        on_state: Callable[[LinkState], object] | None = None,
    ) -> None:
        self._connect: Final = connect
        self._peer: Final = peer
        self._rules: Final = rules
        self._timer: Final = timer or Timer()
        self._on_state: Final = on_state
        self._backoff: Final = Retry(
            vendor=peer,
            base_seconds=rules.wait_min_s,
            cap_seconds=rules.wait_max_s - rules.wait_min_s,
            seed=rules.seed,
        )
        self._closing: Final = asyncio.Event()
        self._link: Link | None = None
        self._failures = self._connections = 0
        self._started = self._heard = self._told = self._timer.clock_ns()
        self._busy = True
        self._reason = ""
        self.state = LinkState(phase="connecting", at=self._timer.now_ns())

    async def messages(self) -> AsyncGenerator[Message]:
        """The messages, until it is closed.

        Raises:
            RetriesExhausted: Too many attempts in a row have failed.
        """
        try:
            while not self._closing.is_set():
                try:
                    async with aclosing(self._of_one_connection()) as messages:
                        async for message in messages:
                            yield message
                except TRANSIENT as error:
                    await self._fail(error)
        finally:
            self._change("closed")

    async def close(self) -> None:
        """End the messages and let the connection go; closing twice has no effect."""
        self._closing.set()
        if self._link is not None:
            await self._link.close()

    @property
    def link(self) -> Link | None:
        """The connection, None while there is none."""
        return self._link

    # ------------------------------------------------------------------ private

    async def _of_one_connection(self) -> AsyncGenerator[Message]:
        """The messages of one connection, until it is lost or closed."""
        self._change("connecting")
        link = await self._unless_closed(self._connected())
        if link is None:
            return
        self._link = link
        self._connections += 1
        self._reason = ""
        self._change("live")
        watch = asyncio.create_task(self._watch(link))
        try:
            while not self._closing.is_set():
                self._busy = False
                self._heard = self._told = self._timer.clock_ns()
                message = await link.receive()
                self._hear()
                yield message
        except TRANSIENT:
            if not self._closing.is_set():
                raise
        finally:
            self._link = None
            await _cancelled(watch)
            link.abort()

    async def _connected(self) -> Link:
        """A connection, if it can be made in time."""
        making = asyncio.ensure_future(self._connect())
        limit = asyncio.ensure_future(self._timer.sleep(self._rules.timeout_s))
        try:
            await asyncio.wait({making, limit}, return_when=asyncio.FIRST_COMPLETED)
            if making.done():
                return making.result()
            reason = f"no connection within {self._rules.timeout_s:g} s"
            raise VendorUnavailable(vendor=self._peer, request="a connection", reason=reason)
        finally:
            await _cancelled(making)
            await _cancelled(limit)

    async def _unless_closed(self, work: Coroutine[Any, Any, _ResultT]) -> _ResultT | None:
        """What a coroutine returns, None where it was closed meanwhile."""
        task = asyncio.ensure_future(work)
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({task, closing}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            await _cancelled(task)
            await _cancelled(closing)

    def _hear(self) -> None:
        """Note a message; while its consumer is busy with it, nobody listens."""
        self._busy = True
        if self._failures or self.state.phase == "stale":
            self._failures = 0
            self._change("live")

    async def _watch(self, link: Link) -> None:
        """Ask for signs of life, and end a connection that gives none."""
        rules = self._rules
        asked_for: int | None = None
        pings: set[asyncio.Task[None]] = set()
        try:
            while True:
                waits = [self._left(self._heard, rules.timeout_s)]
                if asked_for != self._heard:
                    waits.append(self._left(self._heard, rules.heartbeat_s))
                if self.state.phase != "stale":
                    waits.append(self._left(self._told, rules.stale_s))
                await self._timer.sleep(max(min(waits), 0.0))
                if self._left(self._heard, rules.timeout_s) <= 0:
                    self._reason = f"no sign of life for {rules.timeout_s:g} s"
                    link.abort()
                    return
                if self._left(self._heard, rules.heartbeat_s) <= 0 and asked_for != self._heard:
                    asked_for = self._heard
                    pings.add(asyncio.create_task(self._ping(link)))
                if self._left(self._told, rules.stale_s) <= 0 and self.state.phase != "stale":
                    self._change("stale", reason=f"no message for {rules.stale_s:g} s")
        finally:
            for ping in pings:
                await _cancelled(ping)

    async def _ping(self, link: Link) -> None:
        """Note a sign of life; that there is none, the watch and the receiver notice."""
        with suppress(*TRANSIENT):
            await link.ping()
            self._heard = self._timer.clock_ns()

    def _left(self, since: int, seconds: float) -> float:
        """Seconds that are left of a time; all of them while nobody listens."""
        if self._busy:
            return seconds
        return seconds - (self._timer.clock_ns() - since) / NANOS

    async def _fail(self, error: Exception) -> None:
        """Wait after a failure.

        Raises:
            RetriesExhausted: It was one too many.
        """
        reason = self._reason or str(error) or type(error).__name__
        if not self._failures:
            self._started = self._timer.clock_ns()
        self._failures += 1
        if self._failures == self._rules.attempts:
            raise RetriesExhausted(
                vendor=self._peer,
                request="a connection",
                tries=self._failures,
                seconds=round((self._timer.clock_ns() - self._started) / NANOS, 3),
                reason=reason,
            ) from error
        wait_s = self._rules.wait_min_s + self._backoff.delay(self._failures)
        self._change("lost", wait_s=wait_s, reason=reason)
        await self._unless_closed(_slept(self._timer, wait_s))

    def _change(self, phase: LinkPhase, *, wait_s: float = 0.0, reason: str = "") -> None:
        self.state = LinkState(
            phase=phase,
            at=self._timer.now_ns(),
            failures=self._failures,
            connections=self._connections,
            wait_s=wait_s,
            reason=reason,
        )
        if self._on_state is not None:
            self._on_state(self.state)


async def _slept(timer: Timer, seconds: float) -> None:
    await timer.sleep(seconds)


async def _cancelled(task: asyncio.Future[Any]) -> None:
    """End a task; what it raises is of no more interest."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
