"""Bars for tests of quality: written as tables, or computed."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl

from rustybt.calendars import from_ns, get_calendar
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS
from rustybt_data.quality import QualityReport

PRICE = pl.Decimal(18, 8)


def table(text: str, *, price: pl.Decimal = PRICE, volume: pl.Decimal = PRICE) -> pl.DataFrame:
    """Lines of ``label symbol open high low close volume``; ``-`` is an empty cell.

    A label with a T is the end of a bar in UTC, others are sessions.
    """
    rows = [line.split() for line in text.strip().splitlines() if line.strip()]
    columns = list(zip(*rows, strict=True))
    labels = pl.Series(columns[0]).replace("-", None)
    intraday = any("T" in label for label in columns[0])
    stamps = (
        labels.str.to_datetime(time_unit="ns", time_zone="UTC")
        if intraday
        else labels.str.to_date()
    )
    numbers = {
        name: pl.Series(values).replace("-", None).cast(price if name in PRICE_FIELDS else volume)
        for name, values in zip(BAR_FIELDS, columns[2:], strict=True)
    }
    symbols = pl.Series(columns[1]).replace("-", None)
    return pl.DataFrame({"timestamp" if intraday else "date": stamps, "symbol": symbols, **numbers})


def flat(
    closes: list[str] | list[float],
    *,
    symbol: str = "AAA",
    start: str = "2023-01-03",
    volume: int = 1000,
    calendar: str = "XNYS",
) -> pl.DataFrame:
    """Daily bars on the sessions from a day on whose four prices are one."""
    days = sessions(start, len(closes), calendar=calendar)
    lines = [
        f"{day} {symbol} {close} {close} {close} {close} {volume + place}"
        for place, (day, close) in enumerate(zip(days, closes, strict=True))
    ]
    return table("\n".join(lines))


def sessions(start: str, count: int, *, calendar: str = "XNYS") -> list[date]:
    """The first sessions from a day on."""
    market = get_calendar(calendar)
    first = market.session_index(date.fromisoformat(start), direction="next")
    return [market.session_date(first + place) for place in range(count)]


def minutes(day: str, *, calendar: str = "XNYS") -> list[datetime]:
    """The labels of the minutes of a session."""
    market = get_calendar(calendar)
    labels = market.minutes(market.session_index(date.fromisoformat(day)))
    return [from_ns(label) for label in labels.tolist()]


def minute_bars(
    labels: list[datetime], *, symbol: str = "AAA", closes: list[str] | None = None
) -> pl.DataFrame:
    """Bars at these labels; without closes they go up and down by a cent."""
    prices = closes or [f"{100 + place % 2 / 100:.2f}" for place in range(len(labels))]
    lines = [
        f"{label:%Y-%m-%dT%H:%M:%S} {symbol} {close} {close} {close} {close} {1000 + place}"
        for place, (label, close) in enumerate(zip(labels, prices, strict=True))
    ]
    return table("\n".join(lines))


def found(report: QualityReport) -> list[tuple[str, ...]]:
    """Label, rule, column, value and outcome of each finding."""
    return [
        (str(row["label"]), row["rule"], row["column"], row["value"], row["outcome"])
        for row in report.rows.iter_rows(named=True)
    ]


def rules_of(report: QualityReport) -> list[tuple[str, str]]:
    """Label and rule of each finding."""
    return [(label.removesuffix("+00:00"), rule) for label, rule, *_ in found(report)]


def random_walk(
    symbols: int, bars: int, *, seed: int, sigma: float = 0.01, calendar: str = "XNYS"
) -> pl.DataFrame:
    """Daily bars whose returns are normal, in cents; clean by construction."""
    draws = np.random.default_rng(seed)
    days = sessions("2015-01-02", bars, calendar=calendar)
    frames = []
    for place in range(symbols):
        close = 100 * np.exp(np.cumsum(draws.normal(0, sigma, bars)))
        opens = np.roll(close, 1) * np.exp(draws.normal(0, sigma / 4, bars))
        opens[0] = close[0]
        high = np.maximum(opens, close) * (1 + np.abs(draws.normal(0, sigma / 4, bars)))
        low = np.minimum(opens, close) * (1 - np.abs(draws.normal(0, sigma / 4, bars)))
        volume = np.exp(draws.normal(12, 0.5, bars)).astype(np.int64)
        prices = {
            name: pl.Series(np.round(values * 100).astype(np.int64))
            for name, values in zip(PRICE_FIELDS, (opens, high, low, close), strict=True)
        }
        frames.append(
            pl.DataFrame({"date": days, "symbol": f"S{place:03}", **prices, "volume": volume})
        )
    cent = pl.lit("0.01").str.to_decimal(scale=2)
    return pl.concat(frames).with_columns(
        *((pl.col(name).cast(pl.Decimal(38, 0)) * cent).cast(PRICE) for name in PRICE_FIELDS),
        pl.col("volume").cast(PRICE),
    )
