"""Asking again what failed for the moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from rustybt.errors import InvalidArgument, RetriesExhausted, TransientError, VendorUnavailable
from rustybt.net.timer import NANOS, Timer

_ResultT = TypeVar("_ResultT")

TRANSIENT: tuple[type[Exception], ...] = (
    TransientError,
    TimeoutError,
    ConnectionError,
    asyncio.IncompleteReadError,
)
"""Errors after which the same request may succeed. A client's own are turned into
`rustybt.errors.VendorUnavailable` by the adapter that uses it, or named in `Retry.transient`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often and how patiently a vendor is asked again.

    The wait before try ``n + 1`` is drawn evenly from 0 to ``min(cap, base x 2^(n-1))`` seconds
    (exponential backoff with full jitter; M. Brooker, "Exponential Backoff And Jitter", AWS
    Architecture Blog, 2015). Where the vendor says how long to wait, that time is kept to and
    a draw from 0 to base comes on top of it.

    Attributes:
        vendor: Who is asked, for the error.
        tries: Tries in all.
        base_seconds: The longest first wait.
        cap_seconds: The longest wait of all.
        deadline_seconds: No try begins later than so long after the first one; a wait that would
            end after it is not begun.
        transient: Errors after which a try may succeed; all others are raised at once.
        seed: Of the draws.
        timer: Where time comes from.

    Raises:
        InvalidArgument: A number is below what makes sense.
    """

    vendor: str
    tries: int = 6
    base_seconds: float = 0.5
    cap_seconds: float = 30.0
    deadline_seconds: float = 300.0
    transient: tuple[type[Exception], ...] = TRANSIENT
    seed: int = 0
    timer: Timer = field(default_factory=Timer)
    _random: Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("tries", "base_seconds", "cap_seconds", "deadline_seconds"):
            value = getattr(self, name)
            if value < (1 if name == "tries" else 0):
                raise InvalidArgument(field=name, value=value, reason="give a larger number")
        object.__setattr__(self, "_random", Random(self.seed))  # noqa: S311 - spreads waits

    async def call(self, ask: Callable[[], Awaitable[_ResultT]], *, request: str) -> _ResultT:
        """What a coroutine function returns, in the first try that succeeds.

        Args:
            ask: Called for each try.
            request: What is asked, for the error, without secrets.

        Raises:
            RetriesExhausted: No try succeeded; the last error is its cause.
        """
        started = self.timer.clock_ns()
        for attempt in range(1, self.tries + 1):
            try:
                return await ask()
            except self.transient as error:
                await self.timer.sleep(self._wait(attempt, error, started, request))
        raise AssertionError("the last try returns or raises")

    def call_blocking(self, ask: Callable[[], _ResultT], *, request: str) -> _ResultT:
        """The same for a plain function in a thread.

        Raises:
            RetriesExhausted: No try succeeded; the last error is its cause.
        """
        started = self.timer.clock_ns()
        for attempt in range(1, self.tries + 1):
            try:
                return ask()
            except self.transient as error:
                self.timer.sleep_blocking(self._wait(attempt, error, started, request))
        raise AssertionError("the last try returns or raises")

    def delay(self, attempt: int, *, retry_after: float | None = None) -> float:
        """Draw the wait after a try that failed.

        Args:
            attempt: Which one it was, from 1.
            retry_after: Seconds that the vendor asks to wait.
        """
        if retry_after is not None:
            return retry_after + self._random.uniform(0.0, self.base_seconds)
        longest = min(self.cap_seconds, self.base_seconds * 2.0 ** (attempt - 1))
        return self._random.uniform(0.0, longest)

    def _wait(self, attempt: int, error: Exception, started: int, request: str) -> float:
        """Seconds to wait after an error.

        Raises:
            RetriesExhausted: This was the last try.
        """
        wait = self.delay(attempt, retry_after=getattr(error, "retry_after", None))
        elapsed = (self.timer.clock_ns() - started) / NANOS
        if attempt == self.tries or elapsed + wait > self.deadline_seconds:
            raise RetriesExhausted(
                vendor=self.vendor,
                request=request,
                tries=attempt,
                seconds=round(elapsed, 3),
                reason=_reason(error),
            ) from error
        return wait


def _reason(error: BaseException) -> str:
    """What went wrong, without what the error about all tries says as well."""
    if isinstance(error, VendorUnavailable):
        return error.reason
    return str(error) or type(error).__name__
