"""A process that ingests, driven by its arguments: the tests kill it or hold it in the middle.

Usage: python ingesting.py NAME TIMESTAMP ("kill FUNCTION N" | "wait")

With "kill" it kills itself before the N-th call of a function of `rustybt_data.catalog.disk`. With
"wait" it says "half" when it has written its bars, and goes on when it reads a line.
"""

import os
import signal
import sys
from itertools import count

import polars as pl

from rustybt.data.bundles import ingest, register
from rustybt_data.catalog import disk

BARS = pl.DataFrame(
    {
        "date": ["2021-03-01", "2021-03-02"],
        "open": ["1", "2"],
        "high": ["1", "2"],
        "low": ["1", "2"],
        "close": ["1", "2"],
        "volume": ["10", "20"],
    }
)


def killed_before(function: str, call: int) -> None:
    """Die before a call of a function of `disk`."""
    original, calls = getattr(disk, function), count(1)

    def counted(*arguments: object) -> object:
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments)

    setattr(disk, function, counted)


def main(name: str, timestamp: str, mode: str) -> None:
    verb, *details = mode.split()
    if verb == "kill":
        killed_before(details[0], int(details[1]))

    def function(environ, assets, minute, daily, adjustments, *rest) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002
        daily.write([(1, BARS)])
        assets.write(equities=[{"sid": 1, "symbol": "A", "exchange": "X"}])
        if verb == "wait":
            print("half", flush=True)  # noqa: T201
            sys.stdin.readline()

    register(name, function, calendar_name="XNYS")
    ingest(name, timestamp=timestamp)


if __name__ == "__main__":
    main(*sys.argv[1:])
