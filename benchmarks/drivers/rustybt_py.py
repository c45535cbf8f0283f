"""Run a strategy with RustyBT."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from benchmarks.drivers.task import Outcome, Task, answer
from rustybt import BacktestResult, run_algorithm

ZIPLINE_IMPORT: Final = re.compile(r"^(\s*(?:from|import)\s+)zipline\b", re.MULTILINE)


def run_sma(task: Task) -> Outcome:
    """A crossover: the bars come from the file that the other engines read."""
    import polars as pl

    module = _native(task)
    parameters = task.parameters
    strategy = module.SmaCross(
        fast=int(parameters["fast"]),
        slow=int(parameters["slow"]),
        units=int(parameters["units"]),
        commission=parameters["commission"],
    )
    result = _run(task, algorithm=strategy, data=pl.read_parquet(task.data), calendar="XNYS")
    return _outcome(result)


def run_scaling(task: Task) -> Outcome:
    """As many assets as the bundle has."""
    from benchmarks.strategies.rustybt.scaling import EqualWeights

    strategy = EqualWeights(assets=int(task.parameters["assets"]))
    result = _run(task, algorithm=strategy, bundle=task.bundle)
    return _outcome(result, strategy.read)


def run_orders(task: Task) -> Outcome:
    """As many orders as it is told."""
    from benchmarks.strategies.rustybt.orders import RestingOrders

    parameters = task.parameters
    strategy = RestingOrders(assets=int(parameters["assets"]), orders=int(parameters["orders"]))
    result = _run(task, algorithm=strategy, bundle=task.bundle)
    return _outcome(result, strategy.read)


def run_year(task: Task) -> Outcome:
    """The whole market each minute."""
    from benchmarks.strategies.rustybt.year import WholeMarket

    strategy = WholeMarket(assets=int(task.parameters["assets"]))
    result = _run(task, algorithm=strategy, bundle=task.bundle)
    return _outcome(result, strategy.read)


def run_positions(task: Task) -> Outcome:
    """Many positions, whose value is read each minute."""
    from benchmarks.strategies.rustybt.positions import ManyPositions

    strategy = ManyPositions(held=int(task.parameters["held"]))
    result = _run(task, algorithm=strategy, bundle=task.bundle)
    return _outcome(result, strategy.read)


def run_functions(task: Task) -> Outcome:
    """A strategy of plain functions, ours or one that was written for Zipline."""
    strategy = migrated(task) if task.options.get("profile") else _native(task)
    read: list[Any] = []
    result = _run(
        task,
        initialize=strategy.initialize,
        handle_data=getattr(strategy, "handle_data", None),
        analyze=lambda context, _: read.append(context.read),
        bundle=task.bundle,
    )
    return _outcome(result, read[0])


def _run(task: Task, **arguments: Any) -> BacktestResult:
    options: dict[str, Any] = dict(task.options)
    return run_algorithm(
        start=task.start,
        end=task.end,
        capital_base=task.capital,
        data_frequency=task.frequency,
        **options,
        **arguments,
    )


def _outcome(result: BacktestResult, read: Any = 0) -> Outcome:
    return Outcome(
        kernel=result.manifest.kernel,
        fills=result.transactions.height,
        final_value=float(result.performance["portfolio_value"][-1]),
        read=float(read),
    )


def _native(task: Task) -> ModuleType:
    name = task.strategy.removesuffix("-close")
    return importlib.import_module(f"benchmarks.strategies.rustybt.{name}")


def migrated(task: Task) -> ModuleType:
    """The strategy that Zipline runs, with the word replaced on its import lines."""
    folder = Path(__file__).parent.parent / "strategies" / "zipline"
    name = task.strategy.removesuffix("-all")
    source = (folder / f"{name}.py").read_text("utf-8")
    module = Path(task.scratch) / f"{name}_migrated.py"
    module.write_text(ZIPLINE_IMPORT.sub(r"\1rustybt", source), "utf-8")
    sys.path.insert(0, task.scratch)
    return importlib.import_module(module.stem)


RUNS: Final[Mapping[str, Callable[[Task], Outcome]]] = {
    "sma": run_sma,
    "indicators": run_sma,
    "indicators-close": run_sma,
    "scaling": run_scaling,
    "orders": run_orders,
    "year": run_year,
    "positions": run_positions,
}

if __name__ == "__main__":
    the_task = Task.from_arguments()
    the_run = RUNS.get(the_task.strategy, run_functions)
    answer(the_task, lambda: the_run(the_task), "rustybt-core", "rustybt-data", "polars", "numpy")
