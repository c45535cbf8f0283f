"""A portfolio in three currencies: what its shares make, and what exchange rates make.

Buys shares in Frankfurt (euros) and in Tokyo (yen) from an account in dollars. What is bought is
paid for at once at the rate of the bar, with 2 basis points of cost; from then on the result falls
into the profit of the shares and that of the rates.

    python examples/currencies.py
"""

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from rustybt import BacktestResult, SimulationRules, run_algorithm
from rustybt.api import order, set_commission, set_conversion, set_slippage, symbol
from rustybt.data import bundles
from rustybt.finance.commission import NoCommission
from rustybt.finance.conversion import ConversionCost
from rustybt.finance.slippage import NoSlippage

BUNDLE = "currencies"
DAYS = ("2020-06-01", "2020-06-02", "2020-06-03", "2020-06-04", "2020-06-05")
PRICES = {
    "SAP": ("100", "100", "101", "103", "103"),
    "SONY": ("7000", "7000", "7000", "6900", "7100"),
}
ASSETS = """\
symbol,asset_name,exchange,currency
SAP,A share in euros,XETRA,EUR
SONY,A share in yen,TSE,JPY
"""
RATES = {
    ("EUR", "USD"): ("1.10", "1.10", "1.12", "1.12", "1.15"),
    ("USD", "JPY"): ("100", "100", "100", "102", "102"),
}


def write_csvdir(folder: Path) -> None:
    """Write two shares and the exchange rates as a csvdir folder."""
    (folder / "daily").mkdir(parents=True)
    for name, closes in PRICES.items():
        rows = [f"{day},{p},{p},{p},{p},1000000" for day, p in zip(DAYS, closes, strict=True)]
        text = "\n".join(["date,open,high,low,close,volume", *rows])
        (folder / "daily" / f"{name}.csv").write_text(text + "\n")
    rates = [
        f"{day},{base},{quote},{rate}"
        for (base, quote), series in RATES.items()
        for day, rate in zip(DAYS, series, strict=True)
    ]
    (folder / "rates.csv").write_text("\n".join(["date,base,quote,rate", *rates]) + "\n")
    (folder / "assets.csv").write_text(ASSETS)


def initialize(context: Any) -> None:
    context.placed = False
    set_slippage(NoSlippage())
    set_commission(NoCommission())
    set_conversion(ConversionCost(basis_points=2))


def handle_data(context: Any, data: Any) -> None:
    if not context.placed:
        order(symbol("SAP"), 100)
        order(symbol("SONY"), 100)
        context.placed = True


def run(folder: Path) -> BacktestResult:
    """Ingest the prices and run the strategy."""
    write_csvdir(folder)
    bundles.ingest_from(BUNDLE, source="csvdir", location=folder, calendar_name="XNYS")
    return run_algorithm(
        DAYS[0],
        DAYS[-1],
        initialize=initialize,
        handle_data=handle_data,
        capital_base=100_000,
        currency="USD",
        rules=SimulationRules(foreign_cash="sweep"),
        bundle=BUNDLE,
    )


def show(frame: pl.DataFrame) -> None:
    """Print a frame, its Decimals to the cent."""
    with pl.Config(float_precision=2, tbl_rows=20, tbl_cols=20, tbl_width_chars=120):
        print(frame.with_columns(cs.decimal().cast(pl.Float64)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder) / "prices")
    show(result.performance.select("session", "portfolio_value", "pnl", "fx_pnl", "conversion"))
