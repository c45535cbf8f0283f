"""Sweep a grid of means with RustyBT's accelerator."""

from typing import Any

import polars as pl
from rustybt_rs import sweep

from benchmarks.drivers.task import Outcome, Task, answer, pairs_of


def run(task: Task) -> Outcome:
    """From the file to the figures of all pairs."""
    frame = pl.read_parquet(task.data, columns=["timestamp", "close", "volume"])
    if task.frequency == "daily":
        frame = frame.with_row_index("session")
    fast, slow = pairs_of(task)
    result = sweep.run(
        sweep.Bars.from_frame(frame),
        sweep.SmaCross(fast=fast, slow=slow, units=int(task.parameters["units"])),
        capital=task.capital,
        slippage=sweep.NoSlippage(),
        commission=sweep.PerDollar(task.parameters["commission"]),
    )
    return _outcome(result.frame())


def _outcome(table: Any) -> Outcome:
    values = table["final_value"].cast(pl.Float64)
    weights = pl.Series(range(1, len(values) + 1))
    return Outcome(
        fills=table["fills"].sum(),
        final_value=values.sum(),
        read=(values * weights).sum(),
    )


if __name__ == "__main__":
    the_task = Task.from_arguments()
    answer(the_task, lambda: run(the_task), "rustybt-rs", "polars")
