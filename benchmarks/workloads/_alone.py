"""What workloads of RustyBT alone share: markets that grow, and a cost that should not."""

from collections.abc import Mapping
from typing import Final

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import csv_folder
from benchmarks.workload import Entry, Goal

CAPITAL: Final = 1_000_000_000
SESSIONS_PER_YEAR: Final = 252
FLAT: Final = 1.25


def entry(
    folders: Folders,
    *,
    name: str,
    strategy: str,
    assets: int,
    years: int = 1,
    parameters: Mapping[str, float],
) -> Entry:
    """RustyBT with exact numbers on daily bars of so many assets and years."""
    market = csv_folder(
        folders.markets / f"scaling-{assets}x{years}",
        assets=assets,
        sessions=SESSIONS_PER_YEAR * years,
    )
    task = Task(
        strategy=strategy,
        data=market.data,
        bundle=market.bundle,
        start=market.start,
        end=market.end,
        frequency="daily",
        capital=CAPITAL,
        parameters={"assets": assets, **parameters},
        options={"numeric": "decimal"},
    )
    return Entry(name=name, driver="rustybt_py", task=task, market=market)


def stays_flat(large: str, *, small: str) -> Goal:
    """The cost of an asset and bar hardly rises from one entry to another."""
    return Goal(kind="flat", entry=large, rival=small, limit=FLAT)
