"""10 million minute bars, from CSV files into the store of each engine."""

from dataclasses import replace

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import minute_files
from benchmarks.workload import Entry, Goal, Scale, Workload

ZIPLINE = "zipline-reloaded csvdir"
CSVDIR = "RustyBT csvdir"
CSV = "RustyBT csv"


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    assets, sessions = scale.ingested
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
    ours = Entry(name=CSVDIR, driver="rustybt_ingest", task=task, market=market)
    return (
        Entry(name=ZIPLINE, driver="zipline_ingest", task=task, market=market, peer="zipline"),
        replace(ours, task=replace(task, options={"source": "csvdir"})),
        replace(ours, name=CSV, task=replace(task, options={"source": "csv"})),
    )


INGEST = Workload(
    name="ingest",
    title="Ingest of 10 million minute bars from CSV files",
    description=(
        "50 files of 200,000 minutes each go into the store of each engine, with all checks that "
        "it makes, and are there for a run afterwards; zipline-reloaded by its own csvdir bundle. "
        "Fills are the bars that are stored, the final value is the sum of the closes of the last "
        "asset. The goal of 20 times the speed of zipline-reloaded is not one that reading texts "
        "exactly in Python can meet: the figures say how far it is."
    ),
    entries=entries,
    goals=(
        Goal(kind="speed", entry=CSVDIR, rival=ZIPLINE, limit=20),
        Goal(kind="speed", entry=CSV, rival=ZIPLINE, limit=20),
        Goal(kind="size", entry=CSVDIR, rival=ZIPLINE, limit=1),
        Goal(kind="size", entry=CSV, rival=ZIPLINE, limit=1),
    ),
)
