"""Compute a pipeline with RustyBT, on a bundle that was ingested before."""

from collections.abc import Callable
from functools import partial

import polars as pl

from benchmarks.drivers.digest import digest
from benchmarks.drivers.rustybt_py import migrated
from benchmarks.drivers.task import Outcome, Task, answer
from rustybt.data import bundles
from rustybt.pipeline.engine import PipelineEngine


def run(task: Task) -> Callable[[], Outcome]:
    """Zipline's file, the word replaced; with Zipline's drawdown, which divides by the trough."""
    shown = None if task.strategy.endswith("-all") else 100
    pipeline = migrated(task).make_pipeline(shown, profile="zipline")
    engine = PipelineEngine(bundles.load(task.bundle))
    frame = engine.run(pipeline, task.start, task.end)
    return partial(outcome, frame)


def outcome(frame: pl.DataFrame) -> Outcome:
    """What the pipeline came to."""
    days = frame["session"].to_physical().cast(pl.Int64).to_numpy()
    names = frame.columns[3:]
    return digest(
        days,
        frame["sid"].to_numpy(),
        {name: frame[name].cast(float).fill_null(float("nan")).to_numpy() for name in names},
    )


if __name__ == "__main__":
    the_task = Task.from_arguments()
    answer(the_task, lambda: run(the_task), "rustybt-core", "rustybt-data", "polars", "numpy")
