"""A bracket on minute bars: a breakout that is bought with its profit and its loss set beforehand.

The first five minutes of a session make its range. A close above it buys, with a stop at the
range's low and a target twice as far away as the stop; as many shares as lose 100 dollars there.
What is still held five minutes before the close is sold. Stops and targets fill inside the bars
that reach them (`trigger="intrabar"`): a stop that a bar opens beyond fills at its open, and where
a bar reaches both, the stop is taken to come first.

    python examples/bracket.py
"""

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from rustybt import BacktestResult, SimulationRules, run_algorithm
from rustybt.api import (
    cancel_order,
    date_rules,
    get_order_group,
    order,
    order_target,
    record,
    schedule_function,
    set_commission,
    set_slippage,
    symbol,
    time_rules,
)
from rustybt.data import bundles
from rustybt.finance.commission import PerShare
from rustybt.finance.execution import BracketOrder
from rustybt.finance.slippage import FixedSlippage

BUNDLE = "bracket"
RISK = 100
OPENS = "14:30"  # of New York in winter, in UTC
MINUTES = 390
BARS = {  # Minute of the session: open, high, low, close. The minutes between stand still.
    "2021-01-04": {
        1: ("50.00", "50.20", "49.80", "50.00"),
        20: ("50.00", "50.30", "50.00", "50.30"),
        45: ("50.30", "51.00", "50.25", "50.90"),
        60: ("51.10", "51.40", "51.05", "51.35"),
    },
    "2021-01-05": {
        1: ("52.00", "52.10", "51.60", "52.00"),
        30: ("52.05", "52.20", "52.05", "52.20"),
        31: ("52.25", "52.30", "52.20", "52.20"),
        90: ("51.40", "51.45", "51.00", "51.20"),
    },
    "2021-01-06": {
        1: ("51.00", "51.10", "50.80", "51.00"),
        12: ("51.10", "51.20", "51.05", "51.20"),
        77: ("51.30", "52.20", "50.70", "52.10"),
    },
    "2021-01-07": {
        1: ("53.00", "53.15", "52.95", "53.00"),
        200: ("53.10", "53.20", "53.10", "53.20"),
        300: ("53.20", "53.45", "53.20", "53.45"),
    },
    "2021-01-08": {1: ("53.00", "53.20", "52.80", "53.00")},
}


def minutes_of(day: str) -> list[str]:
    """The lines of a session in a price file, one per minute."""
    opens = datetime.fromisoformat(f"{day}T{OPENS}+00:00")
    lines, close = [], ""
    for minute in range(1, MINUTES + 1):
        prices = BARS[day].get(minute, (close,) * 4)
        close = prices[3]
        end = opens + timedelta(minutes=minute)
        lines.append(f"{end:%Y-%m-%dT%H:%M:%SZ},{','.join(prices)},10000")
    return lines


def write_csvdir(folder: Path) -> None:
    """Write the minutes of one share as a csvdir folder."""
    (folder / "minute").mkdir(parents=True)
    lines = [line for day in BARS for line in minutes_of(day)]
    text = "\n".join(["date,open,high,low,close,volume", *lines])
    (folder / "minute" / "WAVE.csv").write_text(text + "\n")


def initialize(context: Any) -> None:
    context.share = symbol("WAVE")
    set_slippage(FixedSlippage(spread="0.02"))
    set_commission(PerShare(cost="0.005"))
    schedule_function(measure, date_rules.every_day(), time_rules.market_open(minutes=5))
    schedule_function(leave, date_rules.every_day(), time_rules.market_close(minutes=5))


def before_trading_start(context: Any, data: Any) -> None:
    context.high, context.bracket = None, None
    record(left_by=None)


def measure(context: Any, data: Any) -> None:
    """Note the range of the first five minutes."""
    window = data.history(context.share, ["high", "low"], 5, "1m")
    context.high, context.low = window["high"].max(), window["low"].min()


def handle_data(context: Any, data: Any) -> None:
    price = data.current(context.share, "price")
    if context.high is None or context.bracket is not None or price <= context.high:
        return
    risk = price - context.low
    style = BracketOrder(take_profit=price + 2 * risk, stop_loss=context.low)
    context.bracket = order(context.share, RISK / risk, style=style)


def leave(context: Any, data: Any) -> None:
    """End the session flat."""
    bracket = get_order_group(context.bracket) if context.bracket else None
    if bracket is not None:
        cancel_order(bracket)
        order_target(context.share, 0)


def on_order_fill(context: Any, order: Any, transaction: Any) -> None:
    if order.amount < 0:
        record(left_by=order.role or "time")


def run(folder: Path) -> BacktestResult:
    """Ingest the minutes and run the strategy."""
    write_csvdir(folder)
    bundles.ingest_from(BUNDLE, source="csvdir", location=folder, calendar_name="XNYS")
    return run_algorithm(
        min(BARS),
        max(BARS),
        initialize=initialize,
        before_trading_start=before_trading_start,
        handle_data=handle_data,
        on_order_fill=on_order_fill,
        capital_base=25_000,
        data_frequency="minute",
        fill_at="open",
        rules=replace(SimulationRules.standard(), trigger="intrabar", name="inside the bar"),
        bundle=BUNDLE,
    )


def trades_of(result: BacktestResult) -> pl.DataFrame:
    """A row per trade: both ends, what closed it, and gross less costs = net."""
    costs = pl.col("commission") + pl.col("slippage")
    trades = result.trades.with_columns(session=pl.col("entry_dt").dt.date())
    return trades.join(result.recorded, on="session").select(
        pl.col("entry_dt", "exit_dt").dt.strftime("%d %b %H:%M"),
        "left_by",
        "quantity",
        "entry_price",
        "exit_price",
        (pl.col("net_pnl") + costs).alias("gross_pnl"),
        costs.alias("costs"),
        "net_pnl",
    )


def show(frame: pl.DataFrame) -> None:
    """Print a frame, its Decimals to the cent."""
    with pl.Config(float_precision=2, tbl_rows=20, tbl_cols=20, tbl_width_chars=120):
        print(frame.with_columns(cs.decimal().cast(pl.Float64)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder) / "prices")
    show(trades_of(result))
