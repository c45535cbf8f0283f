"""Synthetic markets: seeded, made once, the same bars for every engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.calendars import from_day, from_ns, get_calendar, to_ns
from rustybt.data.readers import as_decimals

if TYPE_CHECKING:
    from rustybt.calendars import TradingCalendar

Column = NDArray[np.int64]

CALENDAR = "XNYS"
LAST_SESSION = date(2021, 12, 31)
DESCRIPTION = "market.json"
SYMBOL = "SMA"
FIRST_PRICE = 200
COINS = 10
_BEGIN_OF_COINS = to_ns("2020-01-01")

# Exact ties of the two means would leave it to the last bit of a float whether they cross. This
# seed has none among the 196,560 bars (`moving_average_ties`).
MINUTES_SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Where bars are, and the span that a strategy runs over.

    Attributes:
        data: a Parquet file of bars, or a csvdir folder.
        bundle: name to ingest the folder under; empty for a file.
        start: first session of the run, as an ISO date.
        end: last session of the run, or its last moment.
        bars: bars of an asset in the run.
        assets: how many assets.
    """

    data: str
    bundle: str
    start: str
    end: str
    bars: int
    assets: int


def minutes_of_one_asset(folder: Path, bars: int) -> Market:
    """One asset over so many minutes of XNYS from 2020 on, as a Parquet file.

    Prices have four decimals and change by 0.03 a minute, in the mean.
    """
    return made_once(folder, lambda: _write_minutes_of_one_asset(folder, bars, decimals=4))


def fine_minutes_of_one_asset(folder: Path, bars: int) -> Market:
    """The same with seven decimals, so that no two of many means are equal in any bar."""
    return made_once(folder, lambda: _write_minutes_of_one_asset(folder, bars, decimals=7))


def csv_folder(
    folder: Path, *, assets: int, sessions: int, lead: int = 0, minutes: bool = False
) -> Market:
    """Assets B0000, B0001, ... as a csvdir folder, up to the end of 2021.

    Prices have two decimals. The second asset splits 2:1 in the middle of the run (its price goes
    on as if nothing had been), the third has an ex-date later.

    Args:
        folder: where to put them; its name is that of the bundle.
        assets: how many.
        sessions: sessions of the run.
        lead: sessions before it, for what looks back.
        minutes: whether there are minute bars, too.
    """
    shape = _Shape(assets=assets, sessions=sessions, lead=lead, minutes=minutes)
    return made_once(folder, lambda: _write_csv_folder(folder, shape))


def minutes_of_coins(folder: Path, *, rows: int) -> Market:
    """Minutes of ten coins on 24/7 from 2020 on, as a Parquet file of Decimals."""
    return made_once(folder, lambda: _write_coins(folder, rows, _minute_columns))


def trades_of_coins(folder: Path, *, rows: int) -> Market:
    """Trades of ten coins on 24/7 from 2020 on, 2.5 s apart in the mean, as such a file."""
    return made_once(folder, lambda: _write_coins(folder, rows, _trade_columns))


def minute_files(folder: Path, *, assets: int, sessions: int) -> Market:
    """Minutes of so many assets as ``minute/SYMBOL.csv``, up to the end of 2021.

    Prices have two decimals, times no zone: a form that csvdir of both engines reads.
    """
    return made_once(folder, lambda: _write_minute_files(folder, assets, sessions))


def moving_average_ties(close: Column, fast: int, slow: int) -> int:
    """On how many bars the means of the last `fast` and `slow` prices are exactly equal."""
    sums = np.concatenate([[0], np.cumsum(close)])
    of_fast = (sums[fast:] - sums[:-fast])[slow - fast :]
    of_slow = sums[slow:] - sums[:-slow]
    return int(np.count_nonzero(of_fast * slow == of_slow * fast))


# ------------------------------------------------------------------ making it once


def made_once(folder: Path, make: Callable[[], Market]) -> Market:
    description = folder / DESCRIPTION
    if not description.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        description.write_text(json.dumps(asdict(make())), "utf-8")
    return Market(**json.loads(description.read_text("utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    assets: int
    sessions: int
    lead: int
    minutes: bool


def _write_minutes_of_one_asset(folder: Path, bars: int, *, decimals: int) -> Market:
    unit = 10**decimals
    labels = _minute_labels(get_calendar(CALENDAR), bars)
    columns = walk(
        np.random.Generator(np.random.PCG64(MINUTES_SEED)),
        count=bars,
        first=FIRST_PRICE * unit,
        step=600 * unit // 10_000,
        gap=200 * unit // 10_000,
        shadow=400 * unit // 10_000,
    )
    prices = {name: values / unit for name, values in columns.items() if name != "volume"}
    frame = pl.DataFrame(
        {
            "timestamp": pl.Series(labels).cast(pl.Datetime("ns", "UTC")),
            "symbol": [SYMBOL] * bars,
            **prices,
            "volume": columns["volume"].astype(np.float64),
        }
    )
    path = folder / "minutes.parquet"
    frame.write_parquet(path)
    first, last = from_ns(int(labels[0])), from_ns(int(labels[-1]))
    return Market(
        data=str(path),
        bundle="",
        start=first.date().isoformat(),
        end=last.isoformat(),
        bars=bars,
        assets=1,
    )


def _write_coins(
    folder: Path, rows: int, make: Callable[[np.random.Generator, int], dict[str, Column]]
) -> Market:
    each = rows // COINS
    rng = np.random.Generator(np.random.PCG64(rows))
    parts = []
    for number in range(COINS):
        columns = make(rng, each)
        stamps = pl.Series(columns.pop("timestamp")).cast(pl.Datetime("ns", "UTC"))
        frame = pl.DataFrame({"timestamp": stamps, "symbol": [f"C{number}/USDT"] * each})
        parts.append(
            frame.with_columns(
                as_decimals(pl.lit(pl.Series(values)), 2).alias(name)
                for name, values in columns.items()
            )
        )
    coins = pl.concat(parts)
    path = folder / "coins.parquet"
    coins.write_parquet(path)
    first, last = coins["timestamp"].min(), coins["timestamp"].max()
    return Market(
        data=str(path), bundle="", start=str(first), end=str(last), bars=each, assets=COINS
    )


def _minute_columns(rng: np.random.Generator, rows: int) -> dict[str, Column]:
    at = _BEGIN_OF_COINS + np.arange(1, rows + 1) * 60_000_000_000
    path = walk(rng, count=rows, first=FIRST_PRICE * 100, step=20, gap=10, shadow=20)
    return {"timestamp": at, **path}


def _trade_columns(rng: np.random.Generator, rows: int) -> dict[str, Column]:
    at = _BEGIN_OF_COINS + np.cumsum(rng.integers(1, 5_000, rows)) * 1_000_000
    path = walk(rng, count=rows, first=FIRST_PRICE * 100, step=5, gap=5, shadow=5)
    return {"timestamp": at, "price": path["close"], "size": rng.integers(1, 10_000, rows)}


def _minute_labels(calendar: TradingCalendar, bars: int) -> Column:
    """The first so many minutes from 2020 on."""
    index = calendar.session_index(date(2020, 1, 2), direction="next")
    parts, count = [], 0
    while count < bars:
        parts.append(calendar.minutes(index))
        count += len(parts[-1])
        index += 1
    return np.concatenate(parts)[:bars]


def _write_csv_folder(folder: Path, shape: _Shape) -> Market:
    calendar = get_calendar(CALENDAR)
    last = calendar.session_index(LAST_SESSION)
    first_run = last + 1 - shape.sessions
    first = first_run - shape.lead
    days = [from_day(int(day)) for day in calendar.sessions[first : last + 1]]
    rng = np.random.Generator(np.random.PCG64(shape.assets * 10_000 + shape.sessions))
    symbols = [f"B{number:04d}" for number in range(shape.assets)]

    _write_bars(folder / "daily", symbols, pl.Series("date", days), rng, step=200)
    minutes = [calendar.minutes(index) for index in range(first, last + 1)]
    if shape.minutes:
        labels = pl.Series("dt_utc_minute_end", np.concatenate(minutes))
        stamps = labels.cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        _write_bars(folder / "minute", symbols, stamps, rng, step=10)
    else:
        (folder / "minute").mkdir()
    _write_assets(folder, symbols, days)
    _write_events(folder, symbols, days[shape.lead + shape.sessions // 2 :])
    pl.DataFrame({"session": days}).write_csv(folder / "sessions.csv")
    bars = sum(map(len, minutes[shape.lead :])) if shape.minutes else shape.sessions
    return Market(
        data=str(folder),
        bundle=folder.name,
        start=days[shape.lead].isoformat(),
        end=days[-1].isoformat(),
        bars=bars,
        assets=shape.assets,
    )


def _write_minute_files(folder: Path, assets: int, sessions: int) -> Market:
    calendar = get_calendar(CALENDAR)
    last = calendar.session_index(LAST_SESSION)
    first = last + 1 - sessions
    labels = np.concatenate([calendar.minutes(index) for index in range(first, last + 1)])
    stamps = pl.Series("timestamp", labels).cast(pl.Datetime("ns")).dt.strftime("%F %T")
    rng = np.random.Generator(np.random.PCG64(assets * 10_000 + sessions))
    _write_bars(folder / "minute", [f"B{n:04d}" for n in range(assets)], stamps, rng, step=10)
    return Market(
        data=str(folder),
        bundle=folder.name,
        start=calendar.session_date(first).isoformat(),
        end=LAST_SESSION.isoformat(),
        bars=len(labels),
        assets=assets,
    )


def _write_bars(
    folder: Path, symbols: list[str], stamps: pl.Series, rng: np.random.Generator, *, step: int
) -> None:
    folder.mkdir()
    for number, symbol in enumerate(symbols):
        columns = walk(
            rng,
            count=len(stamps),
            first=FIRST_PRICE * 100 + number,
            step=step,
            gap=step // 2,
            shadow=step,
        )
        prices = {name: values / 100 for name, values in columns.items() if name != "volume"}
        frame = pl.DataFrame({stamps.name: stamps, **prices, "volume": columns["volume"]})
        frame.write_csv(folder / f"{symbol}.csv")


def walk(
    rng: np.random.Generator, *, count: int, first: int, step: int, gap: int, shadow: int
) -> dict[str, Column]:
    """Bars of a random walk, in units of the last decimal; it turns back below a tenth of `first`.

    Args:
        rng: what is drawn from.
        count: how many bars.
        first: the price before the first bar.
        step: a close differs from the one before by at most so much.
        gap: an open differs from the close before by at most so much.
        shadow: high and low lie at most so far outside open and close.
    """
    floor = first // 10
    closes = floor + np.abs(first - floor + np.cumsum(rng.integers(-step, step + 1, count)))
    before = np.concatenate([[first], closes[:-1]])
    opens = before + rng.integers(-gap, gap + 1, count)
    return {
        "open": opens,
        "high": np.maximum(opens, closes) + rng.integers(0, shadow, count),
        "low": np.minimum(opens, closes) - rng.integers(0, shadow, count),
        "close": closes,
        "volume": rng.integers(100_000, 1_000_000, count),
    }


def _write_assets(folder: Path, symbols: list[str], days: list[date]) -> None:
    first, last = days[0].isoformat(), days[-1].isoformat()
    closing = date.fromordinal(days[-1].toordinal() + 1).isoformat()
    columns = {
        "sid": list(range(len(symbols))),
        "symbol": symbols,
        "asset_name": [f"{symbol}, synthetic" for symbol in symbols],
    }
    constants = {
        "start_date": first,
        "end_date": last,
        "first_traded": first,
        "auto_close_date": closing,
        "exchange": "NYSE",
    }
    frame = pl.DataFrame(columns).with_columns(
        pl.lit(value).alias(name) for name, value in constants.items()
    )
    frame.write_csv(folder / "assets.csv")


def _write_events(folder: Path, symbols: list[str], days: list[date]) -> None:
    """A split of the second asset on the first of these days, a dividend of the third later."""
    ex_date = days[len(days) // 3]
    splits = {"symbol": symbols[1:2], "sid": [1], "effective_date": days[:1], "ratio": [0.5]}
    dividends = {
        "symbol": symbols[2:3],
        "sid": [2],
        "ex_date": [ex_date],
        "declared_date": days[:1],
        "record_date": [ex_date],
        "pay_date": days[-1:],
        "amount": [0.5],
    }
    pl.DataFrame(splits).write_csv(folder / "splits.csv")
    pl.DataFrame(dividends).write_csv(folder / "dividends.csv")
