"""Keeping to the rate limit of a vendor."""

from __future__ import annotations

from threading import Lock

from rustybt.errors import InvalidArgument
from rustybt.net.timer import NANOS, Timer


class TokenBucket:
    """Lets so many requests through in a time, and a burst of them at once.

    Requests get their turns in the order in which they ask. Coroutines and threads may share a
    bucket. Internally it is the theoretical arrival time of the next request (the generic cell
    rate algorithm, ITU-T I.371), in whole nanoseconds.

    Args:
        tokens: Requests in `per_seconds`.
        per_seconds: The time.
        burst: Requests that may go at once after a rest; by default `tokens`.
        timer: Where time comes from.

    Raises:
        InvalidArgument: A number is not positive.
    """

    def __init__(
        self,
        tokens: int,
        per_seconds: float = 1.0,
        *,
        burst: int | None = None,
        timer: Timer | None = None,
    ) -> None:
        numbers = {"tokens": tokens, "per_seconds": per_seconds, "burst": burst}
        for name, number in numbers.items():
            if number is not None and number <= 0:
                raise InvalidArgument(field=name, value=number, reason="give a positive number")
        self._timer = timer or Timer()
        self._burst = tokens if burst is None else burst
        self._step = round(per_seconds * NANOS / tokens)
        self._arrival = self._timer.clock_ns()
        self._open_at = self._arrival
        self._lock = Lock()

    def reserve(self, tokens: int = 1) -> float:
        """Take tokens now and say how many seconds to wait until they may be used.

        Raises:
            InvalidArgument: More are asked for than a burst holds.
        """
        if not 0 < tokens <= self._burst:
            raise InvalidArgument(
                field="tokens", value=tokens, reason=f"give 1 to {self._burst}, the burst"
            )
        with self._lock:
            now = self._timer.clock_ns()
            self._arrival = max(self._arrival, now) + tokens * self._step
            ready = max(self._arrival - self._burst * self._step, self._open_at)
            return max(ready - now, 0) / NANOS

    async def acquire(self, tokens: int = 1) -> None:
        """Wait for tokens in a coroutine."""
        wait = self.reserve(tokens)
        if wait:
            try:
                await self._timer.sleep(wait)
            except BaseException:  # a request that is called off leaves its turn to others
                self._give_back(tokens)
                raise

    def acquire_blocking(self, tokens: int = 1) -> None:
        """Wait for tokens in a thread."""
        wait = self.reserve(tokens)
        if wait:
            self._timer.sleep_blocking(wait)

    def pause(self, seconds: float) -> None:
        """Let nobody through for some seconds: the vendor asked for it."""
        with self._lock:
            self._open_at = max(self._open_at, self._timer.clock_ns() + round(seconds * NANOS))

    def _give_back(self, tokens: int) -> None:
        with self._lock:
            self._arrival -= tokens * self._step
