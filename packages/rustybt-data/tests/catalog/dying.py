"""A process that makes others which die at a step of what they do to files or to the database.

It reads lines ``FOLDER MODE STEP`` and answers each with the signal that ended the process (9), or
with 0 and the number of steps where the step was never reached. It forks: it never computes with
Polars itself, whose threads would not survive that.
"""

import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from catalog_frames import frame

from rustybt_data import DataCatalog
from rustybt_data.catalog import data_ingestion, disk, outdated
from rustybt_data.catalog.database import server, sqlite

# Imported once, for all who are forked.
PRELOADED = data_ingestion, outdated, server

STEPS = ("flush", "make_folder", "move", "remove_file", "remove_tree")


def dying_at(step: int) -> Callable[[], int]:
    """Have this process die before a step; a step is a call of `disk` or an SQL statement."""
    steps = count(1)
    met = [0]

    def counted() -> None:
        met[0] = next(steps)
        if met[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counted()
            return function(*arguments)

        return call

    for name in STEPS:
        setattr(disk, name, wrapped(getattr(disk, name)))

    class Connection(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            counted()
            return super().execute(*arguments)

        def executemany(self, *arguments: Any) -> sqlite3.Cursor:
            counted()
            return super().executemany(*arguments)

    connect = sqlite3.connect

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return connect(*arguments, **options, factory=Connection)

    class Module:
        """What the catalog knows as `sqlite3`, and nobody else."""

        DatabaseError = sqlite3.DatabaseError
        OperationalError = sqlite3.OperationalError
        connect = staticmethod(connected)

    setattr(sqlite, "sqlite3", Module)  # noqa: B010 - mypy knows it as a module
    return lambda: met[0]


def act(folder: Path, mode: str) -> None:
    catalog = DataCatalog(folder)
    if mode == "gc":
        catalog.gc(keep_last=1)
    else:
        catalog.ingest("mine", frame((3, "A", "20"), (4, "B", "5.25")), timestamp="2024-02-02")


def main() -> None:
    for line in sys.stdin:
        folder, mode, step = line.split()
        child = os.fork()
        if not child:
            try:
                steps = dying_at(int(step))
                act(Path(folder), mode)
                Path(folder, "steps").write_text(str(steps()))
                os._exit(0)
            except BaseException:  # noqa: BLE001 - told to the parent by the exit code
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(status or 0, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
