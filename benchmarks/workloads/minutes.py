"""5 assets, minutes: the price and the last 20 prices of each, every minute."""

from benchmarks.folders import Folders
from benchmarks.market import csv_folder
from benchmarks.workload import Entry, Scale, Workload
from benchmarks.workloads import _zipline


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    market = csv_folder(
        folders.markets / f"minutes-5x{scale.minute_sessions}",
        assets=5,
        sessions=scale.minute_sessions,
        lead=2,
        minutes=True,
    )
    return _zipline.entries("minutes", market, "minute", str(folders.scratch))


MINUTES = Workload(
    name="minutes",
    title="5 assets x 20 sessions of minutes, current and history each minute",
    description=(
        "current(asset, 'price') of each asset and history(5 assets, 'price', 20, '1m') every "
        "minute, order_target_percent(asset, 0.19) for each asset every session; the sum of all "
        "values that are read has to agree, too. "
        f"{_zipline.RULES}"
    ),
    entries=entries,
    goals=_zipline.goals(_zipline.MINUTES),
)
