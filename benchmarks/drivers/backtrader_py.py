"""Run a strategy with backtrader."""

# backtrader is not installed where mypy runs.
# mypy: disable-error-code="import-not-found"

import backtrader as bt
import pandas as pd

from benchmarks.drivers.task import Outcome, Task, answer
from benchmarks.strategies.backtrader.sma import SmaCross

COLUMNS = ["open", "high", "low", "close", "volume"]


def run(task: Task) -> Outcome:
    """One run: an order fills at the open of the next bar, that is the engine's default.

    The observers that record what a chart would show are left out: no other engine keeps them.
    """
    bars = pd.read_parquet(task.data, columns=["timestamp", *COLUMNS]).set_index("timestamp")
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    parameters = {name: int(task.parameters[name]) for name in ("fast", "slow", "units")}
    cerebro.addstrategy(SmaCross, **parameters)
    cerebro.broker.setcash(task.capital)
    cerebro.broker.setcommission(commission=task.parameters["commission"])
    (strategy,) = cerebro.run()
    return Outcome(fills=strategy.fills, final_value=float(cerebro.broker.getvalue()))


if __name__ == "__main__":
    the_task = Task.from_arguments()
    answer(the_task, lambda: run(the_task), "backtrader", "pandas", "numpy")
