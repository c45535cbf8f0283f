"""50 assets, daily: monthly rebalance, and a look at the last 20 closes each session."""

from benchmarks.folders import Folders
from benchmarks.market import csv_folder
from benchmarks.workload import Entry, Scale, Workload
from benchmarks.workloads import _zipline


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    market = csv_folder(
        folders.markets / f"daily-50x{scale.sessions}",
        assets=50,
        sessions=scale.sessions,
        lead=25,
    )
    return _zipline.entries("history", market, "daily", str(folders.scratch))


HISTORY = Workload(
    name="history",
    title="50 assets x 505 sessions, monthly rebalance, history of all assets each session",
    description=(
        "As the monthly rebalance, and each session history(50 assets, 'price', 20, '1d'); the "
        "sum of all 1,000 values has to agree, too. "
        f"{_zipline.RULES}"
    ),
    entries=entries,
    goals=_zipline.goals(_zipline.DAILY),
)
