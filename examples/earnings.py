"""Earnings as they were known: a figure is restated, and the strategy learns of it that day.

Holds the share that is cheapest by its earnings, of those that earn anything. Prices, earnings
and an index are data sets of their own: a bundle is made of the first two, and the run names the
third.

    python examples/earnings.py
"""

from datetime import date
from typing import Any

import polars as pl
from polars import selectors as cs

from rustybt import BacktestResult, run_algorithm
from rustybt.api import order_target, set_commission, set_slippage, symbols
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import NoSlippage
from rustybt_data import DataCatalog

DAYS = [date(2024, 1, day) for day in (2, 3, 4, 5, 8)]
PRICES = {
    "ACME": ("20", "20", "21", "18", "18"),
    "BOLT": ("30", "30", "30", "33", "35"),
}
# ACME restates its quarter on the afternoon of the 4th: 20 / 2.00 was 10 times earnings, 21 / 1.00
# is 21 times. BOLT's 30 / 2.00 are 15 times.
EARNINGS = [
    ("ACME", "2023-09-30", "2023-11-02T21:30:00Z", "2.00"),
    ("ACME", "2023-09-30", "2024-01-04T18:00:00Z", "1.00"),
    ("BOLT", "2023-09-30", "2023-11-09T21:30:00Z", "2.00"),
]
LEVELS = ("1000", "1010", "1010", "1000", "1000", "1050")


def bars() -> pl.DataFrame:
    """The bars of both shares, a price a day."""
    rows = [
        (day, name, *[price] * 4, "1000000")
        for name, closes in PRICES.items()
        for day, price in zip(DAYS, closes, strict=True)
    ]
    columns = ["date", "symbol", "open", "high", "low", "close", "volume"]
    return pl.DataFrame(rows, columns, orient="row")


def ingest(catalog: DataCatalog) -> None:
    """Fill a catalog: bars, earnings, an index, and a bundle of the first two."""
    catalog.ingest("shares", bars(), calendar="XNYS")
    columns = ["symbol", "effective_at", "known_at", "eps"]
    earnings = pl.DataFrame(EARNINGS, columns, orient="row")
    catalog.ingest_fundamentals("earnings", earnings, texts=())
    levels = pl.DataFrame({"session": [date(2023, 12, 29), *DAYS], "level": LEVELS})
    catalog.ingest_benchmark("index", levels)
    catalog.bundle("value", ["shares", "earnings"])


def initialize(context: Any) -> None:
    context.shares = symbols("ACME", "BOLT")
    set_slippage(NoSlippage())
    set_commission(NoCommission())


def handle_data(context: Any, data: Any) -> None:
    earned = data.fundamentals(context.shares, "eps")
    multiples = {
        share: data.current(share, "price") / eps for share, eps in earned.items() if eps > 0
    }
    cheapest = min(multiples, key=lambda share: multiples[share])
    for share in context.shares:
        order_target(share, 100 if share == cheapest else 0)


def run(catalog: DataCatalog) -> BacktestResult:
    """Fill a catalog and run the strategy; `run_algorithm` finds the catalog by the settings."""
    ingest(catalog)
    return run_algorithm(
        DAYS[0],
        DAYS[-1],
        initialize,
        handle_data=handle_data,
        capital_base=100_000,
        bundle="value",
        benchmark="index",
    )


def show(frame: pl.DataFrame) -> None:
    """Print a frame, its Decimals to the cent."""
    with pl.Config(float_precision=2, tbl_rows=20, tbl_cols=20, tbl_width_chars=120):
        print(frame.with_columns(cs.decimal().cast(pl.Float64)))


if __name__ == "__main__":
    result = run(DataCatalog())
    show(result.transactions.select("dt", "symbol", "amount", "price"))
    show(result.performance.select("session", "portfolio_value", "pnl", "benchmark_period_return"))
