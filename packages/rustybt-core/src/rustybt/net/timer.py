"""Time as the network needs it: read and waited for through one object that tests replace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

NANOS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Where waits and deadlines get their time from.

    What goes over a network waits for real; everything that waits takes a timer, so that tests
    run on a virtual one. Nothing that a run computes depends on it.

    Attributes:
        clock_ns: A clock that never goes back, in ns from any origin.
        now_ns: The time of day, in ns since 1970-01-01 UTC.
        sleep: Waits so many seconds in a coroutine.
        sleep_blocking: Waits so many seconds in a thread.
    """

    clock_ns: Callable[[], int] = time.monotonic_ns
    now_ns: Callable[[], int] = time.time_ns
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    sleep_blocking: Callable[[float], object] = time.sleep
