"""Run a strategy with zipline-reloaded, on a bundle that was ingested before."""

# Zipline is not installed where mypy runs, and its API has no types.
# mypy: ignore-errors

import importlib
import warnings

import pandas as pd
from zipline import run_algorithm

from benchmarks.drivers.task import Outcome, Task, answer
from benchmarks.drivers.zipline_bundle import register


def run(task):
    strategy = importlib.import_module(f"benchmarks.strategies.zipline.{task.strategy}")
    read = []
    performance = run_algorithm(
        start=pd.Timestamp(task.start),
        end=pd.Timestamp(task.end),
        initialize=strategy.initialize,
        handle_data=getattr(strategy, "handle_data", None),
        analyze=lambda context, _: read.append(context.read),
        capital_base=task.capital,
        data_frequency=task.frequency,
        bundle=task.bundle,
    )
    return Outcome(
        fills=sum(map(len, performance["transactions"])),
        final_value=float(performance["portfolio_value"].iloc[-1]),
        read=read[0],
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    the_task = Task.from_arguments()
    register(the_task)
    answer(the_task, lambda: run(the_task), "zipline-reloaded", "pandas", "numpy")
