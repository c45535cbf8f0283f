"""Small frames of bars, and what a catalog answers as plain tuples."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from rustybt_data import DataCatalog

FEBRUARY = ["2024-02-01", "2024-02-02", "2024-02-03"]
"""Times of the versions of the fixture `grown`."""


def frame(*rows: tuple[int, str, str]) -> pl.DataFrame:
    """Daily bars whose prices are all the same, of volume 100."""
    prices = [price for _, _, price in rows]
    return pl.DataFrame(
        {
            "date": [date(2024, 1, day) for day, _, _ in rows],
            "symbol": [symbol for _, symbol, _ in rows],
            **dict.fromkeys(("open", "high", "low", "close"), prices),
            "volume": ["100"] * len(rows),
        },
        schema_overrides={"date": pl.Date, "symbol": pl.String},
    )


def minutes(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """Bars of BTC/USDT by their end, price and open interest."""
    prices = [price for _, price, _ in rows]
    return pl.DataFrame(
        {
            "timestamp": [datetime.fromisoformat(stamp) for stamp, _, _ in rows],
            "symbol": ["BTC/USDT"] * len(rows),
            **dict.fromkeys(("open", "high", "low", "close"), prices),
            "volume": ["0.5"] * len(rows),
            "open_interest": [interest or None for _, _, interest in rows],
        }
    )


def closes(found: pl.DataFrame) -> list[tuple[int, str, Decimal]]:
    """Day of the month, symbol and close of each bar."""
    return [
        (day.day, symbol, close)
        for day, symbol, close in found.select("date", "symbol", "close").iter_rows()
    ]


def all_closes(catalog: DataCatalog, name: str, as_of: str | None = None) -> Mapping[str, Decimal]:
    """The close of each symbol and day of a name."""
    found = catalog.query(None, dataset=name, as_of=as_of).collect()
    return {f"{symbol}{day}": close for day, symbol, close in closes(found)}


def stored_files(catalog: DataCatalog) -> set[str]:
    """All files of data sets on the disk."""
    root = catalog.root
    return {
        path.relative_to(root).as_posix()
        for path in (root / "datasets").rglob("*")
        if path.is_file()
    }


def named_files(catalog: DataCatalog) -> set[str]:
    """All files that the database names."""
    with catalog.database.reading() as session:
        rows = [] if session is None else session.rows("SELECT path FROM files")
    return {row["path"] for row in rows}
