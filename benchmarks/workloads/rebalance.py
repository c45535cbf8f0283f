"""50 assets, daily: monthly rebalance."""

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
    return _zipline.entries("rebalance", market, "daily", str(folders.scratch))


REBALANCE = Workload(
    name="rebalance",
    title="50 assets x 505 sessions, monthly rebalance",
    description=(
        "order_target_percent(asset, 0.019) for each asset on the first session of a month. "
        f"{_zipline.RULES}"
    ),
    entries=entries,
    goals=_zipline.goals(_zipline.DAILY),
)
