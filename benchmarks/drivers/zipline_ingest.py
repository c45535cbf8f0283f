"""Ingest minutes with zipline's own csvdir bundle."""

# Zipline is not installed where mypy runs, and its API has no types.
# mypy: ignore-errors

import os
from pathlib import Path

import numpy as np
import pandas as pd
from zipline.data import bundles
from zipline.data.bundles.csvdir import csvdir_equities

from benchmarks.drivers.task import Outcome, Task, answer

NAME = "ingest"


def run(task):
    """One ingestion; what earlier ones left is not counted."""
    bundles.ingest(NAME, show_progress=False)
    data = bundles.load(NAME)
    reader = data.equity_minute_bar_reader
    files = sorted((Path(task.data) / "minute").glob("*.csv"))
    minutes = next(iter(sorted(Path(bundle_folder()).glob("*/minute_equities.bcolz"))[::-1]))
    first, last = reader.first_trading_day, reader.last_available_dt
    # All files are as long as the last one; reading them back is no part of the comparison.
    closes, volumes = reader.load_raw_arrays(["close", "volume"], first, last, [len(files) - 1])
    return Outcome(
        fills=int((volumes > 0).sum()) * len(files),
        final_value=float(np.nansum(closes)),
        stored_bytes=_size(minutes),
    )


def bundle_folder():
    return Path(os.environ["ZIPLINE_ROOT"]) / "data" / NAME


def _size(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


if __name__ == "__main__":
    the_task = Task.from_arguments()
    bundles.register(
        NAME,
        csvdir_equities(["minute"], the_task.data),
        calendar_name="XNYS",
        start_session=pd.Timestamp(the_task.start),
        end_session=pd.Timestamp(the_task.end),
    )
    answer(the_task, lambda: run(the_task), "zipline-reloaded", "pandas", "numpy")
