"""Perpetual swaps with leverage: funding every eight hours, and a liquidation.

Two positions of hourly bars, each with margin of its own (isolated, 10 x): half a BTC long, which
pays funding while everybody is long, and 5 ETH short, which gets it. On the third day BTC falls
through the liquidation price, which every payment has brought a little nearer: the margin of 3,000
is lost, no more, and the other position does not know of it.

    python examples/crypto_perpetual.py
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from polars import selectors as cs

from rustybt import BacktestResult, run_algorithm
from rustybt.api import order, record, set_commission, set_slippage, symbol
from rustybt.finance.account_types import MarginAccount
from rustybt.finance.commission import MakerTaker
from rustybt.finance.margin import CryptoIsolated
from rustybt.finance.slippage import NoSlippage

START = datetime(2024, 3, 1, tzinfo=UTC)
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
CLOSES = {
    # A price for each eight hours of three days; BTC falls on within the last ones.
    BTC: ("60000", "60400", "60800", "60200", "59000", "57600", "56000", "54000", "53000"),
    ETH: ("3000", "3000", "3000", "2950", "2950", "2950", "2800", "2800", "2800"),
}
RATES = {
    # What longs pay to shorts at the end of each eight hours.
    BTC: ("0.0001", "0.0003", "0.0005", "0.0004", "0.0002", "-0.0001", "0.0001", "0.0001", "0"),
    ETH: ("0.0001",) * 9,
}
HOURS = 8


def bars() -> pl.DataFrame:
    """Hourly bars, labelled by their ends; a funding rate stands in the hours that pay."""
    rows = []
    for name, closes in CLOSES.items():
        before = closes[0]
        for hour in range(1, HOURS * len(closes) + 1):
            close = closes[(hour - 1) // HOURS]
            high, low = max(before, close, key=float), min(before, close, key=float)
            rate = None if hour % HOURS else RATES[name][hour // HOURS - 1]
            at = START + timedelta(hours=hour)
            rows.append((at, name, before, high, low, close, "1000", rate))
            before = close
    names = ("timestamp", "symbol", "open", "high", "low", "close", "volume", "funding_rate")
    return pl.DataFrame(rows, schema=names, orient="row")


def initialize(context: Any) -> None:
    context.placed = False
    set_slippage(crypto=NoSlippage())
    set_commission(crypto=MakerTaker(maker="0.0002", taker="0.0005"))


def handle_data(context: Any, data: Any) -> None:
    if not context.placed:
        order(symbol(BTC), "0.5")
        order(symbol(ETH), -5)
        context.placed = True
    record(liquidation_price=context.account.liquidation_price(symbol(BTC)))


def on_broker_message(context: Any, message: Any) -> None:
    print(f"{message.dt:%Y-%m-%d %H:%M} {message.asset.symbol}: {message.text}")


def run() -> BacktestResult:
    """Run the strategy."""
    return run_algorithm(
        "2024-03-01",
        "2024-03-03",
        initialize=initialize,
        handle_data=handle_data,
        on_broker_message=on_broker_message,
        capital_base=10_000,
        account=MarginAccount(CryptoIsolated(10, "0.005", liquidation_fee="0.01")),
        data=bars(),
        data_frequency="1h",
    )


def show(frame: pl.DataFrame) -> None:
    """Print a frame, its Decimals to the cent."""
    with pl.Config(float_precision=2, tbl_rows=20, tbl_cols=20, tbl_width_chars=120):
        print(frame.with_columns(cs.decimal().cast(pl.Float64)))


if __name__ == "__main__":
    result = run()
    show(result.performance.select("session", "gross_pnl", "commission", "funding", "pnl"))
    show(result.recorded)
    names = ("symbol", "side", "exit_price", "gross_pnl", "commission", "other_costs", "net_pnl")
    show(result.trades.select(names))
