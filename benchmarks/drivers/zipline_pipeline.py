"""Compute a pipeline with zipline-reloaded, on a bundle that was ingested before."""

# Zipline is not installed where mypy runs, and its API has no types.
# mypy: ignore-errors

import importlib
import warnings

import numpy as np
import pandas as pd
from zipline.data import bundles
from zipline.pipeline.domain import US_EQUITIES
from zipline.pipeline.engine import SimplePipelineEngine
from zipline.pipeline.loaders import USEquityPricingLoader

from benchmarks.drivers.digest import digest
from benchmarks.drivers.task import Task, answer
from benchmarks.drivers.zipline_bundle import register


def run(task):
    """All sessions at once, which is quicker for zipline than its chunks."""
    strategy = importlib.import_module(
        f"benchmarks.strategies.zipline.{task.strategy.removesuffix('-all')}"
    )
    shown = None if task.strategy.endswith("-all") else 100
    bundle = bundles.load(task.bundle)
    loader = USEquityPricingLoader.without_fx(
        bundle.equity_daily_bar_reader, bundle.adjustment_reader
    )
    engine = SimplePipelineEngine(lambda _: loader, bundle.asset_finder, US_EQUITIES)
    pipeline = strategy.make_pipeline(shown)
    frame = engine.run_pipeline(pipeline, pd.Timestamp(task.start), pd.Timestamp(task.end))
    return lambda: outcome(frame)


def outcome(frame):
    """What the pipeline came to."""
    sessions, assets = (frame.index.get_level_values(level) for level in (0, 1))
    days = sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
    sids = np.array([asset.sid for asset in assets])
    return digest(days, sids, {name: frame[name].to_numpy(float) for name in frame})


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    the_task = Task.from_arguments()
    register(the_task)
    answer(the_task, lambda: run(the_task), "zipline-reloaded", "pandas", "numpy")
