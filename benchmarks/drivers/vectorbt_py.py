"""Sweep a grid of means with vectorbt."""

# vectorbt is not installed where mypy runs.
# mypy: disable-error-code="import-not-found"

import numpy as np
import pandas as pd
import vectorbt as vbt

from benchmarks.drivers.task import Outcome, Task, answer, pairs_of

FREQUENCIES = {"daily": "D", "minute": "min"}


def run(task: Task) -> Outcome:
    """From the file to the figures of all pairs; each distinct mean is computed once."""
    bars = pd.read_parquet(task.data, columns=["timestamp", "close"]).set_index("timestamp")
    close = bars["close"]
    fast, slow = pairs_of(task)
    quick = vbt.MA.run(close, fast, run_unique=True, short_name="fast")
    calm = vbt.MA.run(close, slow, run_unique=True, short_name="slow")
    portfolio = vbt.Portfolio.from_signals(
        close,
        quick.ma_above(calm).vbt.signals.fshift(1),
        quick.ma_below(calm).vbt.signals.fshift(1),
        size=task.parameters["units"],
        fees=task.parameters["commission"],
        init_cash=task.capital,
        freq=FREQUENCIES[task.frequency],
    )
    values = portfolio.final_value().to_numpy()
    fills = int(portfolio.orders.count().sum())
    if task.options["figures"] == "yes":
        for figure in (portfolio.total_return, portfolio.sharpe_ratio, portfolio.max_drawdown):
            figure()
    return Outcome(
        fills=fills,
        final_value=float(values.sum()),
        read=float((values * np.arange(1, len(values) + 1)).sum()),
    )


if __name__ == "__main__":
    the_task = Task.from_arguments()
    answer(the_task, lambda: run(the_task), "vectorbt", "numba", "pandas", "numpy")
