"""A futures roll: two contracts held along a chain, and what each contract made.

`continuous_future` says which contract trades most; two of them are held, and go over to the next
one in the session after the chain does. A future costs nothing to hold: what it gains or loses is
settled in cash at every close, times its multiplier. The last contract is kept to its end, where
it is closed automatically. History joins the contracts: as they were traded, or with the prices
before each roll moved (`add`) or multiplied (`mul`) until they meet those after it.

    python examples/futures_roll.py
"""

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from rustybt import BacktestResult, run_algorithm
from rustybt.api import continuous_future, order_target, record, set_commission, set_slippage
from rustybt.data import bundles
from rustybt.finance.commission import PerContract
from rustybt.finance.slippage import NoSlippage

BUNDLE = "futures-roll"
HELD = 2
DAYS = ("16", "17", "18", "19", "22", "23", "24", "25", "26")  # of February 2021
CLOSES = {
    "WXH21": ("60.00", "61.00", "62.00", "61.50", "61.00", "", "", "", ""),
    "WXJ21": ("63.00", "64.05", "65.10", "65.50", "66.00", "67.00", "66.50", "66.00", ""),
    "WXK21": ("", "", "66.30", "66.90", "67.32", "68.50", "68.00", "69.00", "69.40"),
}
VOLUMES = {
    "WXH21": (900, 300, 100, 80, 60, 0, 0, 0, 0),
    "WXJ21": (200, 700, 900, 800, 300, 200, 100, 50, 0),
    "WXK21": (0, 0, 10, 200, 600, 800, 900, 900, 700),
}
ASSETS = """\
symbol,asset_type,root_symbol,multiplier,tick_size,expiration_date
WXH21,future,WX,100,0.01,2021-02-22
WXJ21,future,WX,100,0.01,2021-02-25
WXK21,future,WX,100,0.01,2021-02-26
"""


def write_csvdir(folder: Path) -> None:
    """Write a chain of three contracts as a csvdir folder."""
    (folder / "daily").mkdir(parents=True)
    for name, closes in CLOSES.items():
        rows = [
            f"2021-02-{day},{p},{p},{p},{p},{volume}"
            for day, p, volume in zip(DAYS, closes, VOLUMES[name], strict=True)
            if p
        ]
        text = "\n".join(["date,open,high,low,close,volume", *rows])
        (folder / "daily" / f"{name}.csv").write_text(text + "\n")
    (folder / "assets.csv").write_text(ASSETS)


def initialize(context: Any) -> None:
    context.sessions = 0
    context.chain = continuous_future("WX", roll="volume")
    set_slippage(us_futures=NoSlippage())
    set_commission(us_futures=PerContract(cost="2.50", exchange_fee=0))


def handle_data(context: Any, data: Any) -> None:
    front = data.current(context.chain, "contract")
    if front is None:  # The chain has ended.
        record(contract=None, chain="")
        return
    record(
        contract=front.symbol, chain=", ".join(c.symbol for c in data.current_chain(context.chain))
    )
    for held in context.portfolio.positions:
        if held != front:
            order_target(held, 0)
    order_target(front, HELD)
    context.sessions += 1
    context.joined = joined(context, data)


def joined(context: Any, data: Any) -> pl.DataFrame:
    """The closes of the chain up to now, by what is done with prices before a roll."""
    traded, add, mul = (
        data.history(
            continuous_future("WX", roll="volume", adjustment=adjustment),
            ["close"],
            context.sessions,
            "1d",
        )
        for adjustment in (None, "add", "mul")
    )
    frame: pl.DataFrame = traded.rename({"timestamp": "session", "close": "traded"})
    return frame.with_columns(add=add["close"], mul=mul["close"])


def run(folder: Path) -> tuple[BacktestResult, pl.DataFrame]:
    """Ingest the contracts and run the strategy; its result, and the history that it saw last."""
    write_csvdir(folder)
    bundles.ingest_from(BUNDLE, source="csvdir", location=folder, calendar_name="XNYS")
    seen: list[pl.DataFrame] = []
    result = run_algorithm(
        "2021-02-16",
        "2021-03-01",
        initialize=initialize,
        handle_data=handle_data,
        analyze=lambda context, _: seen.append(context.joined),
        capital_base=50_000,
        bundle=BUNDLE,
    )
    return result, seen[0]


def show(frame: pl.DataFrame) -> None:
    """Print a frame, its Decimals to three digits."""
    with pl.Config(float_precision=3, tbl_rows=20, tbl_cols=20, tbl_width_chars=120):
        print(frame.with_columns(cs.decimal().cast(pl.Float64)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        result, history = run(Path(folder) / "prices")
    settled = result.performance.select("session", "commission", "pnl", "ending_cash")
    show(result.recorded.join(settled, on="session"))
    show(history)
    trades = result.trades.select(
        "symbol",
        "entry_dt",
        "exit_dt",
        "entry_price",
        "exit_price",
        "gross_pnl",
        "commission",
        "net_pnl",
    )
    show(trades.with_columns(cs.datetime().dt.date()))
