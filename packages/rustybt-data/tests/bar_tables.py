"""Bars, trades and quotes written as tables, as people write them by hand.

A line is a symbol, a label and the numbers, apart from each other by blanks; a dash is nothing. A
label of a day is a date, another one an instant in UTC (``2024-01-02T14:31``).
"""

import polars as pl

from rustybt.data.schemas import BAR_FIELDS

PRICES = pl.Decimal(18, 2)
SIZES = pl.Decimal(18, 0)

BARS = dict.fromkeys(BAR_FIELDS[:4], PRICES) | {"volume": SIZES}
TRADES = {"price": PRICES, "size": SIZES}
QUOTES = {"bid": PRICES, "ask": PRICES, "bid_size": SIZES, "ask_size": SIZES}


def table(text: str, numbers: dict[str, pl.Decimal] | None = None) -> pl.DataFrame:
    """A frame in the standard form, with its rows in the order of the text.

    Args:
        text: A line per row.
        numbers: Types of the columns of numbers, in their order; those of bars by default.
    """
    types = BARS if numbers is None else numbers
    rows = [line.split() for line in text.strip().splitlines()]
    columns = list(zip(*rows, strict=True)) if rows else [()] * (2 + len(types))
    stamps = pl.Series("stamp", columns[1], pl.String)
    is_daily = bool(rows) and "T" not in rows[0][1]
    label = (
        stamps.str.to_date().alias("date")
        if is_daily
        else stamps.str.to_datetime(time_unit="ns", time_zone="UTC").alias("timestamp")
    )
    cells = [
        pl.Series(name, [None if cell == "-" else cell for cell in column], pl.String).cast(dtype)
        for (name, dtype), column in zip(types.items(), columns[2:], strict=True)
    ]
    return pl.DataFrame([label, pl.Series("symbol", columns[0], pl.String), *cells])


def minute(label: str, close: str, volume: int = 1, symbol: str = "AAA") -> str:
    """A line of a bar in which nothing moved."""
    return f"{symbol} {label} {close} {close} {close} {close} {volume}"


def labels(frame: pl.DataFrame) -> list[str]:
    """The labels of a frame as ISO 8601 texts."""
    return [each.isoformat() for each in frame[frame.columns[0]].to_list()]
