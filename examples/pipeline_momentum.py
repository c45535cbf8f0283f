"""Momentum with a pipeline: each week the two assets that rose most, of those traded enough.

A pipeline asks the same of every asset at once: how much it rose in five sessions, and whether a
day's trade is worth more than 100,000 dollars. Its row of a session is made of what was known
before. On the first session of a week the two best are held with 45 % of the portfolio each, and
what is no longer among them is sold; the other sessions do nothing.

    python examples/pipeline_momentum.py
"""

from datetime import date
from typing import Any

import polars as pl

from rustybt import BacktestResult, get_calendar, run_algorithm
from rustybt.api import (
    attach_pipeline,
    date_rules,
    order_target_percent,
    pipeline_output,
    record,
    schedule_function,
    set_commission,
    set_slippage,
    sid,
)
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import NoSlippage
from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.factors import Returns

SESSIONS = 24
FIRST = date(2021, 1, 4)
VOLUMES = {"ALFA": 1_000_000, "BRAVO": 1_000_000, "CHARLIE": 1_000_000, "DELTA": 100}


def prices(n: int) -> dict[str, float]:
    """The closes of session n, counted from 0."""
    return {
        "ALFA": 100 + n,  # rises by a dollar a day
        "BRAVO": 50 + max(n - 12, 0),  # stands still, then rises by a dollar a day
        "CHARLIE": 20 + n / 2 if n <= 12 else 38 - n,  # rises by half a dollar, then falls
        "DELTA": 10 + n,  # rises most, but hardly anybody trades it
    }


def market() -> pl.DataFrame:
    """The bars of all sessions; the whole day at one price."""
    calendar = get_calendar("XNYS")
    first = calendar.session_index(FIRST)
    rows = [
        {"timestamp": calendar.session_date(first + n), "symbol": symbol, "close": float(close)}
        for n in range(SESSIONS)
        for symbol, close in prices(n).items()
    ]
    bars = pl.DataFrame(rows).with_columns(open="close", high="close", low="close")
    return bars.with_columns(volume=pl.col("symbol").replace_strict(VOLUMES))


def momentum() -> Pipeline:
    """The change of what is traded enough in five sessions, and whether it is of the best two."""
    change = Returns(window_length=6)
    liquid = EquityPricing.close.latest * EquityPricing.volume.latest > 100_000
    return Pipeline({"change": change, "best": change.top(2, mask=liquid)}, screen=liquid)


def initialize(context: Any) -> None:
    set_commission(NoCommission())
    set_slippage(NoSlippage())
    attach_pipeline(momentum(), "momentum")
    schedule_function(rebalance, date_rules.week_start())


def rebalance(context: Any, data: Any) -> None:
    shown = pipeline_output("momentum")
    best = [sid(number) for number in shown.filter("best")["sid"]]
    record(best=" ".join(asset.symbol for asset in best))
    for asset in context.portfolio.positions:
        if asset not in best:
            order_target_percent(asset, 0)
    for asset in best:
        order_target_percent(asset, 0.45)


def run() -> BacktestResult:
    """From the seventh session on: five changes need six closes."""
    return run_algorithm(
        start="2021-01-12",
        end="2021-02-05",
        initialize=initialize,
        capital_base=10_000,
        data=market(),
        calendar="XNYS",
    )


def main() -> None:
    result = run()
    with pl.Config(tbl_rows=20):
        print(result.transactions.select("dt", "symbol", "amount", "price"))
    last = result.performance.row(-1, named=True)
    print(f"value {last['portfolio_value']:.2f}, pnl {last['portfolio_value'] - 10_000:.2f}")


if __name__ == "__main__":
    main()
