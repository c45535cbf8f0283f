"""Run a strategy with backtesting.py."""

# backtesting.py is not installed where mypy runs.
# mypy: disable-error-code="import-not-found"

import warnings

import pandas as pd
from backtesting import Backtest

from benchmarks.drivers.task import Outcome, Task, answer
from benchmarks.strategies.backtesting.sma import SmaCross


def run(task: Task) -> Outcome:
    """One run: an order fills at the open of the next bar, that is the engine's default."""
    bars = pd.read_parquet(task.data, columns=["timestamp", *COLUMNS]).set_index("timestamp")
    backtest = Backtest(
        bars.rename(columns=COLUMNS),
        SmaCross,
        cash=task.capital,
        commission=task.parameters["commission"],
    )
    parameters = {name: int(task.parameters[name]) for name in ("fast", "slow", "units")}
    stats = backtest.run(**parameters)
    closed, still_open = len(stats["_trades"]), len(stats["_strategy"].trades)
    return Outcome(fills=2 * closed + still_open, final_value=float(stats["Equity Final [$]"]))


COLUMNS = {name: name.capitalize() for name in ("open", "high", "low", "close", "volume")}

if __name__ == "__main__":
    warnings.filterwarnings("ignore", message="Some trades remain open")
    the_task = Task.from_arguments()
    answer(the_task, lambda: run(the_task), "backtesting", "pandas", "numpy")
