"""The same bars as pandas makes of random ones."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rustybt.calendars import get_calendar, to_ns
from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.resampling import aggregate

HOW = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}


def random_minutes(seed: int, minutes: np.ndarray) -> pl.DataFrame:
    """Coefficients of bars of three symbols in about half of the minutes."""
    draw = np.random.default_rng(seed)
    parts = []
    for symbol in ("AAA", "BBB", "CCC"):
        at = minutes[draw.random(len(minutes)) < 0.5]
        low = draw.integers(100, 10_000, len(at))
        reach = draw.integers(0, 500, (3, len(at)))
        numbers = {
            "open": low + reach[0] // 2,
            "high": low + reach.max(axis=0),
            "low": low,
            "close": low + reach[1] // 3,
            "volume": draw.integers(0, 10**9, len(at)),
        }
        parts.append(
            pl.DataFrame({"at": at, **numbers}).with_columns(pl.lit(symbol).alias("symbol"))
        )
    return pl.concat(parts)


def standard(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.col("at").cast(pl.Datetime("ns", "UTC")).alias("timestamp"),
        "symbol",
        *(pl.col(name).cast(pl.Decimal(18, 0)) for name in BAR_FIELDS),
    )


def by_pandas(rows: pl.DataFrame, rule: str) -> list[tuple[object, ...]]:
    """(symbol, label in ns, numbers) of every bar that holds a row."""
    bars = []
    for (symbol,), own in rows.group_by("symbol"):
        frame = pd.DataFrame(own.drop("symbol").to_dict(as_series=False))
        frame.index = pd.DatetimeIndex(frame.pop("at"), tz="UTC")
        groups = frame.resample(rule, closed="right", label="right")
        made = groups.agg(HOW)[groups.size() > 0]
        for label, *numbers in made.itertuples():
            bars.append((symbol, label.value, *map(int, numbers)))
    return sorted(bars)


def as_rows(bars: pl.DataFrame) -> list[tuple[object, ...]]:
    numbers = bars.select(
        "symbol", pl.col("timestamp").to_physical(), pl.col(*BAR_FIELDS).cast(pl.Int64)
    )
    return list(numbers.iter_rows())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("to", ["5m", "15m", "1h", "4h", "12h"])
def test_bars_of_the_clock_are_those_of_pandas(seed: int, to: str) -> None:
    begin = to_ns("2024-02-27T00:00:00Z")
    minutes = begin + np.arange(1, 5 * 1440) * 60_000_000_000
    rows = random_minutes(seed, minutes)
    made = aggregate(standard(rows), to, by="clock", from_="1m", partial=True)
    assert as_rows(made) == by_pandas(rows, to.replace("m", "min"))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("to", ["30m", "2h"])
def test_bars_of_sessions_are_those_of_pandas_from_each_open(seed: int, to: str) -> None:
    calendar = get_calendar("XNYS")
    first, last = calendar.session_range("2024-11-27", "2024-12-03")
    expected, parts = [], []
    for session in range(first, last + 1):
        rows = random_minutes(seed + session, calendar.minutes(session))
        parts.append(rows)
        open_ns, close_ns = calendar.session_open(session), calendar.session_close(session)
        shifted = rows.with_columns(pl.col("at") - open_ns)
        for symbol, label, *numbers in by_pandas(shifted, to.replace("m", "min")):
            assert isinstance(label, int)
            expected.append((symbol, min(label + open_ns, close_ns), *numbers))
    made = aggregate(standard(pl.concat(parts)), to, calendar="XNYS", partial=True)
    assert as_rows(made) == sorted(expected)


@pytest.mark.parametrize(("to", "rule"), [("1w", "W-SUN"), ("1mo", "ME")])
def test_weeks_and_months_are_those_of_pandas(to: str, rule: str) -> None:
    calendar = get_calendar("XNYS")
    # Friday, 29 November 2024 is the last session of a week and of a month.
    first, last = calendar.session_range("2023-01-01", "2024-11-29")
    days = calendar.sessions[first : last + 1]
    rows = random_minutes(5, days * 86_400_000_000_000)
    daily = standard(rows).with_columns(pl.col("timestamp").dt.date().alias("date"))
    made = aggregate(daily.drop("timestamp"), to, calendar="XNYS", partial=True)
    expected = by_pandas(rows, rule)
    assert [row[1:] for row in made.drop("date").iter_rows()] == [row[2:] for row in expected]
    # The label of pandas is the last day of the period, ours its last session.
    for label, (_, end, *_) in zip(made["date"], expected, strict=True):
        assert isinstance(end, int)
        newest = np.searchsorted(days, end // 86_400_000_000_000, "right") - 1
        assert calendar.session_index(label) == first + newest
