"""Time that a test moves on by hand, so that what waits is woken when the test says so."""

from __future__ import annotations

import asyncio
from itertools import count

from rustybt.net import Timer

NANOS = 1_000_000_000
_TURNS = 40


class HandMovedTime:
    """A clock that stands still until `move`.

    Attributes:
        timer: For what is tested.
        now_ns: The time of day.
        waits: Seconds of every wait so far, in the order in which they began.
    """

    def __init__(self, now_ns: int = 1_704_067_200 * NANOS) -> None:
        self.now_ns = now_ns
        self.waits: list[float] = []
        self._sleepers: dict[tuple[int, int], asyncio.Future[None]] = {}
        self._numbers = count()
        self.timer = Timer(
            clock_ns=lambda: self.now_ns, now_ns=lambda: self.now_ns, sleep=self._sleep
        )

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        key = (self.now_ns + round(seconds * NANOS), next(self._numbers))
        self._sleepers[key] = asyncio.get_running_loop().create_future()
        try:
            await self._sleepers[key]
        finally:
            del self._sleepers[key]

    async def move(self, seconds: float) -> None:
        """Let time pass, and everybody whose time has come wake in order."""
        await settled()
        until = self.now_ns + round(seconds * NANOS)
        while due := sorted(key for key in self._sleepers if key[0] <= until):
            self.now_ns = max(self.now_ns, due[0][0])
            self._sleepers[due[0]].set_result(None)
            await settled()
        self.now_ns = until

    async def slept(self, number: int) -> None:
        """Wait until somebody sleeps for the so many-th time."""
        while len(self.waits) < number:
            await asyncio.sleep(0)


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
