"""10 million minute bars, from CSV files into the store of each engine."""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import minute_files
from benchmarks.workload import FULL, Entry, Goal, Scale, Workload

ZIPLINE = "zipline-reloaded csvdir"
SOURCES = {"csvdir": "RustyBT csvdir", "csv": "RustyBT csv"}


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    return tuple(entry for shape in scale.ingested for entry in _of_market(folders, *shape))


def _of_market(folders: Folders, assets: int, sessions: int) -> Iterator[Entry]:
    market = minute_files(
        folders.markets / f"ingest-{assets}x{sessions}", assets=assets, sessions=sessions
    )
    task = Task(
        strategy="ingest",
        data=market.data,
        start=market.start,
        end=market.end,
        frequency="minute",
        capital=0,
    )
    yield Entry(
        name=label(ZIPLINE, assets),
        driver="zipline_ingest",
        task=task,
        market=market,
        peer="zipline",
    )
    for source, name in SOURCES.items():
        yield Entry(
            name=label(name, assets),
            driver="rustybt_ingest",
            task=replace(task, options={"source": source}),
            market=market,
        )


def label(name: str, assets: int) -> str:
    """RustyBT csv, 50 files."""
    return f"{name}, {assets} files"


def goals(scale: Scale) -> tuple[Goal, ...]:
    """Ours against zipline's, for each market."""
    return tuple(
        Goal(
            kind=kind,
            entry=label(name, assets),
            rival=label(ZIPLINE, assets),
            limit=20 if kind == "speed" else 1,
        )
        for assets, _ in scale.ingested
        for kind in ("speed", "size")
        for name in SOURCES.values()
    )


INGEST = Workload(
    name="ingest",
    title="Ingest of 10 million minute bars from CSV files",
    description=(
        "50 files of 200,000 minutes each, and 500 files of 20,000, go into the store of each "
        "engine, with all checks that it makes, and are there for a run afterwards; "
        "zipline-reloaded by its own csvdir bundle, which is told the first session. Fills are the "
        "bars that are stored, the final value is the sum of the closes of the last asset."
    ),
    entries=entries,
    goals=goals(FULL),
)
