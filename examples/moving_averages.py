"""Two moving averages as declared indicators: buy where the fast one crosses the slow one.

`sma` in `initialize` says what is wanted; it is computed over columns, ahead of the strategy, which
reads it bar by bar and sees no further than its own bar.

    python examples/moving_averages.py
"""

from datetime import date
from typing import Any

import polars as pl

from rustybt import BacktestResult, run_algorithm
from rustybt.api import order, order_target, record, set_commission, set_slippage, symbol
from rustybt.finance.commission import PerShare
from rustybt.finance.slippage import NoSlippage
from rustybt.indicators import sma

SHARES = 100
CLOSES = {  # Sessions of January 2022.
    3: 20, 4: 19, 5: 18, 6: 20, 7: 22, 10: 26, 11: 30, 12: 33, 13: 31, 14: 27, 18: 28, 19: 24,
}  # fmt: skip


def bars() -> pl.DataFrame:
    """The bars of one share."""
    closes = list(CLOSES.values())
    return pl.DataFrame(
        {
            "timestamp": [date(2022, 1, day) for day in CLOSES],
            "symbol": "WAVE",
            **dict.fromkeys(("open", "high", "low", "close"), closes),
            "volume": 1_000_000,
        }
    )


def initialize(context: Any) -> None:
    context.share = symbol("WAVE")
    context.fast, context.slow = sma(context.share, 2), sma(context.share, 4)
    set_slippage(NoSlippage())
    set_commission(PerShare(cost="0.01"))


def handle_data(context: Any, data: Any) -> None:
    if context.fast.crossed_above(context.slow):
        order(context.share, SHARES)
    elif context.fast.crossed_below(context.slow):
        order_target(context.share, 0)
    record(fast=context.fast.value, slow=context.slow.value)


def run() -> BacktestResult:
    """Run the strategy over its prices."""
    days = list(CLOSES)
    return run_algorithm(
        f"2022-01-{days[0]:02}",
        f"2022-01-{days[-1]}",
        initialize,
        10_000,
        handle_data,
        data=bars(),
        calendar="XNYS",
    )


if __name__ == "__main__":
    result = run()
    print(result.recorded)
    print(result.trades.select("entry_dt", "exit_dt", "quantity", "net_pnl"))
