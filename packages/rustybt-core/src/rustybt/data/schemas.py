"""Columns of bars, quotes and trades, at rest and in the reader protocol.

At rest a number is a Decimal of 18 digits at most, so that its coefficient fits in a signed 64-bit
integer. The scale is a property of a column in a version of a data set; 8 is only its default.
Readers hand out the coefficients themselves.
"""

from typing import Final, Literal

import polars as pl

BAR_FIELDS: Final = ("open", "high", "low", "close", "volume")
"""The fields of a bar, in their order everywhere."""

PRICE_FIELDS: Final = ("open", "high", "low", "close")
"""The fields of a bar that carry the price scale; `volume` carries the volume scale."""

EXTRA_FIELDS: Final[tuple[str, ...]] = ("bid", "ask", "spread", "open_interest", "funding_rate")
"""Columns that bars may have beside their fields, each with a scale of its own.

A funding rate is a share of the value of a position, paid by longs to shorts where it is positive.
"""

EXTRA_PRICES: Final[tuple[str, ...]] = ("bid", "ask", "spread")
"""Those that are prices: corporate actions change them as they change other prices."""

SIGNED_FIELDS: Final[tuple[str, ...]] = ("funding_rate",)
"""Those that may be negative."""

SID: Final = "sid"
"""The field of history that tells which contract a continuous future held."""

DEFAULT_SCALE: Final = 8
"""Decimals of a price or volume column unless a data set declares others."""

MAX_DIGITS: Final = 18
"""Digits of a number at rest: what a signed 64-bit coefficient holds without exception."""

BarKind = Literal["daily", "intraday"]

READ_SCHEMA: Final = pl.Schema(
    {"at": pl.Int64, "sid": pl.Int64, **dict.fromkeys(BAR_FIELDS, pl.Int64)}
)
"""What `BarReader.read` returns: `at` is days since 1970-01-01 for daily bars and the bar's label
in ns UTC otherwise; the fields are coefficients at the reader's scales, null where missing."""


def stamp_column(kind: BarKind) -> str:
    """Name of the column that labels a bar at rest: its session, or the instant it ends."""
    return "date" if kind == "daily" else "timestamp"


def bar_schema(
    kind: BarKind, *, price_scale: int = DEFAULT_SCALE, volume_scale: int = DEFAULT_SCALE
) -> pl.Schema:
    """Columns of bars at rest: the label, `sid` and the fields as Decimals."""
    price, volume = pl.Decimal(MAX_DIGITS, price_scale), pl.Decimal(MAX_DIGITS, volume_scale)
    label = pl.Date() if kind == "daily" else pl.Datetime("ns", "UTC")
    return pl.Schema(
        {
            stamp_column(kind): label,
            "sid": pl.Int64(),
            **dict.fromkeys(PRICE_FIELDS, price),
            "volume": volume,
        }
    )


def quote_schema(
    *, price_scale: int = DEFAULT_SCALE, volume_scale: int = DEFAULT_SCALE
) -> pl.Schema:
    """Columns of quotes: best bid and ask with their sizes."""
    price, size = pl.Decimal(MAX_DIGITS, price_scale), pl.Decimal(MAX_DIGITS, volume_scale)
    return pl.Schema(
        {
            "timestamp": pl.Datetime("ns", "UTC"),
            "sid": pl.Int64(),
            "bid": price,
            "ask": price,
            "bid_size": size,
            "ask_size": size,
        }
    )


def trade_schema(
    *, price_scale: int = DEFAULT_SCALE, volume_scale: int = DEFAULT_SCALE
) -> pl.Schema:
    """Columns of trades: price, size and the side that took liquidity (buy, sell or null)."""
    price, size = pl.Decimal(MAX_DIGITS, price_scale), pl.Decimal(MAX_DIGITS, volume_scale)
    return pl.Schema(
        {
            "timestamp": pl.Datetime("ns", "UTC"),
            "sid": pl.Int64(),
            "price": price,
            "size": size,
            "side": pl.String(),
        }
    )
