"""A moving-average crossover on real prices: AAPL, GOOG, IBM and MSFT from 2004 to 2013.

The prices are raw daily bars from the package bokeh-sampledata (BSD-3). This script writes them
as a csvdir folder with the splits of those years, ingests it as the bundle `real-prices`, and
runs a strategy on it: hold a quarter of the portfolio in each share whose 50-day average is above
its 200-day average.

    python examples/real_prices.py [FOLDER]

FOLDER keeps the CSV files; a temporary one is used when none is given.
"""

import gzip
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from rustybt import BacktestResult, run_algorithm
from rustybt.api import order_target, order_target_percent, record, symbols
from rustybt.data import bundles

SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT")
BUNDLE = "real-prices"
START, END = "2004-08-19", "2013-03-01"
FAST, SLOW = 50, 200

# The splits within the data; ratio is the factor on earlier prices.
SPLITS = """\
symbol,effective_date,ratio
AAPL,2000-06-21,0.5
AAPL,2005-02-28,0.5
MSFT,2003-02-18,0.5
"""


def write_csvdir(folder: Path) -> None:
    """Write the bars of every share and the splits as a csvdir folder."""
    packed = files("bokeh_sampledata") / "_data" / "stocks.csv.gz"
    bars = pl.read_csv(gzip.decompress(packed.read_bytes()), infer_schema_length=0)
    (folder / "daily").mkdir(parents=True, exist_ok=True)
    for name in SYMBOLS:
        share = bars.filter(pl.col("Ticker") == name).rename(str.lower)
        share.select("date", "open", "high", "low", "close", "volume").write_csv(
            folder / "daily" / f"{name}.csv"
        )
    (folder / "splits.csv").write_text(SPLITS)


def initialize(context: Any) -> None:
    context.shares = symbols(*SYMBOLS)


def handle_data(context: Any, data: Any) -> None:
    for share in context.shares:
        closes = data.history(share, "price", SLOW, "1d", dtype="float64")
        if closes.null_count():
            continue
        up = closes.tail(FAST).mean() > closes.mean()
        held = context.portfolio.positions[share].amount
        if up and not held:
            order_target_percent(share, 0.25)
        elif held and not up:
            order_target(share, 0)
    record(held=len(context.portfolio.positions))


def run(folder: Path) -> BacktestResult:
    """Ingest the prices and run the strategy."""
    write_csvdir(folder)
    bundles.ingest_from(BUNDLE, source="csvdir", location=folder, calendar_name="XNYS")
    return run_algorithm(
        START,
        END,
        initialize=initialize,
        handle_data=handle_data,
        capital_base=100_000,
        bundle=BUNDLE,
    )


def main() -> None:
    """Run it and show what came of it."""
    if len(sys.argv) > 1:
        result = run(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            result = run(Path(folder))
    print(result.summary())
    print(result.transactions.head(10))


if __name__ == "__main__":
    main()
