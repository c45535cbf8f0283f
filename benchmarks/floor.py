"""What a run cannot be faster than on this machine: ``python -m benchmarks.floor``.

Times are processor seconds, the least of several rounds, so that a busy machine adds little; that
of a process is the wall clock's.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from benchmarks.workload import FULL

ROUNDS: Final = 7
MINUTES: Final = 7_800
ASSETS: Final = 5
LENGTH: Final = 20
BYTES: Final = 400_000_000
"""More than any cache holds."""


class _Cursor:
    row = LENGTH


class _Reading:
    """A property that finds its value by a row, as an indicator does."""

    def __init__(self, cursor: _Cursor) -> None:
        self._cursor = cursor
        self._values = [0.5] * (2 * LENGTH)

    @property
    def value(self) -> float:
        return self._values[self._cursor.row]


class _Strategy:
    """What the `indicators` workload does in a bar without a crossing, and nothing at all."""

    def __init__(self) -> None:
        cursor = _Cursor()
        self.fast, self.slow = _Reading(cursor), _Reading(cursor)
        self.was_above = False

    def nothing(self, context: Any, data: Any) -> None:
        pass

    def crossover(self, context: Any, data: Any) -> None:
        is_above = self.fast.value > self.slow.value
        if is_above == self.was_above:
            return


def floors(*, bars: int, minutes: int, size: int) -> Mapping[str, float]:
    """What each floor takes; what is "a second" is of bytes, all else is seconds.

    Args:
        bars: of the crossover.
        minutes: of the workload of that name.
        size: bytes that are read.
    """
    strategy = _Strategy()
    prices = pl.DataFrame({f"B{number}": [Decimal("200.01")] * LENGTH for number in range(ASSETS)})

    def calls(function: Callable[[Any, Any], None]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(bars):
                function(strategy, strategy)

        return run

    def sums() -> None:
        for _ in range(minutes):
            sum(prices[name].sum() for name in prices.columns)

    numbers = np.ones(size // 8)
    return {
        f"{bars:,} callbacks that do nothing": least(calls(strategy.nothing)),
        f"{bars:,} callbacks that compare two values": least(calls(strategy.crossover)),
        f"{minutes:,} times the sums of {ASSETS} Polars columns": least(sums),
        "a process that imports Polars and NumPy": least(_process, clock=time.perf_counter),
        "bytes a second that a core reads from memory": size / least(numbers.sum),
    }


def _process() -> None:
    subprocess.run([sys.executable, "-c", "import polars, numpy"], check=True)


def least(run: Callable[[], object], *, clock: Callable[[], float] = time.process_time) -> float:
    """The least time of several rounds."""

    def once() -> float:
        started = clock()
        run()
        return clock() - started

    return min(once() for _ in range(ROUNDS))


if __name__ == "__main__":
    found = floors(bars=FULL.minute_bars, minutes=MINUTES, size=BYTES)
    for name, value in found.items():
        print(f"{name}: {value / 1e9:.1f} GB" if "a second" in name else f"{name}: {value:.4f} s")
