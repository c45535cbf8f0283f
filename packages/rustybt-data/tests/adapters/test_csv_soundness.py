"""The adapter csv: bars that are wrong by themselves, and pairs in names of folders."""

import asyncio
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import polars as pl
import pytest

from rustybt.errors import DataValidationError
from rustybt_data.adapters.csv import CSVAdapter
from rustybt_data.csvdir.listing import Listing

FIELDS = "open,high,low,close,volume"
BAR = "10.5,11,10,10.25,1000"


def put(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def bars(place: Path) -> pl.DataFrame:
    adapter = CSVAdapter(str(place), {})
    return asyncio.run(adapter.bars(adapter.symbols(), date(2019, 1, 2), date(2026, 1, 2), "1d"))


@pytest.mark.parametrize(
    ("bar", "column", "value", "message"),
    [
        ("12,11,10,10,1", "high", "11", "the high is below open or close"),
        ("10,11,10,12,1", "high", "11", "the high is below open or close"),
        ("10,12,11,12,1", "low", "11", "the low is above open or close"),
        ("12,12,11,10,1", "low", "11", "the low is above open or close"),
        ("0,11,0,10,1", "open", "0", "the price is not above 0"),
        ("1,1,1,1,-1", "volume", "-1", "give no negative numbers"),
    ],
)
def test_bars_that_are_wrong_by_themselves_are_refused(
    folder: Path, bar: str, column: str, value: str, message: str
) -> None:
    place = put(folder, "AAA.csv", f"date,{FIELDS}", f"2024-01-04,{BAR}", f"2024-01-05,{bar}")
    with pytest.raises(DataValidationError, match=message) as caught:
        bars(place)
    error = caught.value
    assert (error.file, error.line, error.column, error.value) == (str(place), 3, column, value)


def test_days_without_trade_are_no_mistakes(folder: Path) -> None:
    put(folder, "AAA.csv", f"date,{FIELDS}", f"2024-01-04,{BAR}", "2024-01-05,0,0,0,0,0")
    assert bars(folder)["close"].to_list() == [D("10.25")]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("BTC/USDT.csv", "BTC/USDT"),
        ("BTC/USDT:USDT.csv", "BTC/USDT:USDT"),
        ("EUR/USD.csv", "EUR/USD"),
        ("ETH/BTC.csv", "ETH/BTC"),
        ("1INCH/USDC.csv", "1INCH/USDC"),
        # A quote in the folder's name, a country, a year: these are no pairs.
        ("USDT/BTC.csv", "BTC"),
        ("us/AAPL.csv", "AAPL"),
        ("US/AAPL.csv", "AAPL"),
        ("2024/USD.csv", "USD"),
        ("btc/USDT.csv", "USDT"),
    ],
)
def test_a_folder_and_a_file_may_be_a_pair(folder: Path, name: str, symbol: str) -> None:
    put(folder, name, f"date,{FIELDS}", f"2024-01-05,{BAR}")
    assert CSVAdapter(str(folder), {}).symbols() == (symbol,)
    assert CSVAdapter(str(folder / name), {}).symbols() == (symbol,)


def test_pairs_of_folders_are_those_of_csvdir(folder: Path) -> None:
    put(folder, "daily/BTC/USDT.csv", f"date,{FIELDS}", f"2024-01-05,{BAR}")
    put(folder, "daily/ETH/BTC.csv", f"date,{FIELDS}", f"2024-01-05,{BAR}")
    listing = Listing.read(folder, [folder / "daily"])
    symbols = tuple(sorted(asset.symbol for asset in listing.assets))
    assert CSVAdapter(str(folder / "daily"), {}).symbols() == symbols
