"""Whether a year of minutes of a whole market fits into little memory."""

from benchmarks.drivers.task import Task
from benchmarks.folders import Folders
from benchmarks.market import minute_files
from benchmarks.workload import Entry, Goal, Scale, Workload

NAME = "RustyBT"
GIGABYTES = 2


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    assets, sessions = scale.streamed
    market = minute_files(
        folders.markets / f"year-{assets}x{sessions}", assets=assets, sessions=sessions
    )
    task = Task(
        strategy="year",
        data=market.data,
        bundle=market.bundle,
        start=market.start,
        end=market.end,
        frequency="minute",
        capital=10_000_000,
        parameters={"assets": assets},
        runs=1,
    )
    return (Entry(name=NAME, driver="rustybt_py", task=task, market=market),)


YEAR = Workload(
    name="year",
    title="A year of minutes of 500 assets in one run",
    description=(
        "RustyBT alone, Decimal, standard rules: current(all 500 assets, 'price') each minute of "
        "252 sessions, 49 million bars in all, and an order each session. The run streams: "
        "it holds what it looks back on, and what comes next."
    ),
    entries=entries,
    goals=(Goal(kind="peak", entry=NAME, rival=NAME, limit=GIGABYTES * 1e9),),
    agree=False,
    on_demand=True,
)
