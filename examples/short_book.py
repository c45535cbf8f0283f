"""A short book: what it costs to borrow shares, and the dividends that a short owes.

Sells 1,000 shares of DEAR short and holds 1,000 of FAIR against them for two weeks. DEAR is hard
to borrow (18 % a year) and pays a dividend on the way; interest is earned on the cash that does
not secure the loan. On the second Thursday its lender calls DEAR back: the broker buys it that day.

    python examples/short_book.py
"""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from rustybt import BacktestResult, run_algorithm
from rustybt.api import order, set_borrow, set_commission, set_financing, set_slippage, symbol
from rustybt.data import bundles
from rustybt.finance.borrow import BorrowRates, BorrowTerms
from rustybt.finance.commission import PerShare
from rustybt.finance.financing import OvernightFinancing
from rustybt.finance.slippage import NoSlippage

BUNDLE = "short-book"
DAYS = (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)
PRICES = {
    "DEAR": ("50", "50", "49", "48", "48", "47", "46", "46", "45", "45"),
    "FAIR": ("20", "20", "20", "20.5", "20.5", "21", "21", "21", "21", "21"),
}
LOANS = [
    BorrowTerms(rate="0.18", available=5_000, end_date=date(2020, 6, 10)),
    BorrowTerms(rate="0.18", recalled=True, start_date=date(2020, 6, 11)),
]
DIVIDENDS = """\
symbol,ex_date,pay_date,amount
DEAR,2020-06-08,2020-06-10,0.60
"""


def write_csvdir(folder: Path) -> None:
    """Write two shares and a dividend as a csvdir folder."""
    (folder / "daily").mkdir(parents=True)
    for name, closes in PRICES.items():
        rows = [
            f"2020-06-{day:02},{p},{p},{p},{p},1000000" for day, p in zip(DAYS, closes, strict=True)
        ]
        text = "\n".join(["date,open,high,low,close,volume", *rows])
        (folder / "daily" / f"{name}.csv").write_text(text + "\n")
    (folder / "dividends.csv").write_text(DIVIDENDS)


def initialize(context: Any) -> None:
    context.placed = False
    set_slippage(NoSlippage())
    set_commission(PerShare(cost="0.005"))
    set_borrow(BorrowRates({"DEAR": LOANS}, default="0.003"))
    set_financing(OvernightFinancing(debit_rate="0.05", credit_rate="0.018"))


def handle_data(context: Any, data: Any) -> None:
    if not context.placed:
        order(symbol("DEAR"), -1_000)
        order(symbol("FAIR"), 1_000)
        context.placed = True


def on_broker_message(context: Any, message: Any) -> None:
    print(f"{message.dt:%A}, {message.kind}: {message.text}")


def run(folder: Path) -> BacktestResult:
    """Ingest the prices and run the strategy."""
    write_csvdir(folder)
    bundles.ingest_from(BUNDLE, source="csvdir", location=folder, calendar_name="XNYS")
    return run_algorithm(
        "2020-06-01",
        "2020-06-12",
        initialize=initialize,
        handle_data=handle_data,
        on_broker_message=on_broker_message,
        capital_base=100_000,
        bundle=BUNDLE,
    )


def show(frame: pl.DataFrame) -> None:
    """Print a frame, its Decimals to the cent."""
    with pl.Config(float_precision=2, tbl_rows=20, tbl_cols=20, tbl_width_chars=120):
        print(frame.with_columns(cs.decimal().cast(pl.Float64)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder) / "prices")
    costs = ("commission", "borrow", "financing")
    show(result.performance.select("session", "gross_pnl", *costs, "dividends", "pnl"))
    show(result.trades.select("symbol", "side", "gross_pnl", "dividends", "other_costs", "net_pnl"))
