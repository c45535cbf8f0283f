"""Time that passes only when somebody waits."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

from rustybt.net.timer import NANOS, Timer


class VirtualTime:
    """A clock that stands still but for those who wait: they wake in order, at once.

    Args:
        now_ns: The time of day at the start, in ns since 1970-01-01 UTC.

    Attributes:
        timer: For what is tested.
        now_ns: The time of day; tests may set it.
        waits: Seconds of every wait so far, in the order in which they began.
    """

    def __init__(self, now_ns: int = 1_704_067_200 * NANOS) -> None:
        self.now_ns = now_ns
        self.waits: list[float] = []
        self._sleepers: list[tuple[int, int]] = []
        self._numbers = count()
        self.timer = Timer(
            clock_ns=lambda: self.now_ns,
            now_ns=lambda: self.now_ns,
            sleep=self._sleep,
            sleep_blocking=self._sleep_blocking,
        )

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        sleeper = (self.now_ns + round(seconds * NANOS), next(self._numbers))
        heapq.heappush(self._sleepers, sleeper)
        try:
            await asyncio.sleep(0)
            while self._sleepers[0] != sleeper:
                await asyncio.sleep(0)
            self.now_ns = max(self.now_ns, sleeper[0])
        finally:
            self._sleepers.remove(sleeper)
            heapq.heapify(self._sleepers)

    def _sleep_blocking(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_ns += round(seconds * NANOS)
