"""A synthetic market as markets are: late starts, delistings, gaps, splits and dividends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.market import CALENDAR, LAST_SESSION, Market, made_once, walk
from rustybt.calendars import from_day, get_calendar

GAP: Final = 0.01
"""So many of the sessions of an asset are without trade."""

LATE: Final = 0.2
"""So many of the assets start late; as many are delisted early."""

SPLITS_A_YEAR: Final = 0.1
DIVIDENDS_A_YEAR: Final = 2.0
DIVIDEND: Final = 0.01
_CENTS: Final = 100
_YEAR: Final = 252


def eventful_folder(folder: Path, *, assets: int, sessions: int, lead: int) -> Market:
    """Assets E0000, E0001, ... as a csvdir folder of daily bars, up to the end of 2021.

    Prices have two decimals. A fifth of the assets starts late and a fifth is delisted early. One
    session in a hundred is without trade, and has no row. A split (2:1) comes every ten years and
    asset, a dividend of a hundredth of the price twice a year, each on a session that has a bar
    and whose eve has one.

    Args:
        folder: where to put them; its name is that of the bundle.
        assets: how many.
        sessions: sessions of the run.
        lead: sessions before it, for what looks back.
    """
    return made_once(folder, lambda: _write(folder, assets, sessions, lead))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asset:
    """One asset.

    Attributes:
        first: index of its first session.
        stop: index after its last.
        traded: which of these have a bar.
        columns: its bars.
        splits: indices of sessions.
        dividends: pairs of index and amount.
    """

    first: int
    stop: int
    traded: NDArray[np.bool_]
    columns: dict[str, NDArray[np.int64]]
    splits: list[int]
    dividends: list[tuple[int, float]]


def _write(folder: Path, assets: int, sessions: int, lead: int) -> Market:
    calendar = get_calendar(CALENDAR)
    stop = calendar.session_index(LAST_SESSION) + 1
    days = [from_day(int(day)) for day in calendar.sessions[stop - sessions - lead : stop]]
    rng = np.random.Generator(np.random.PCG64(assets * 10_000 + sessions))
    stamps = pl.Series("date", days)
    (folder / "daily").mkdir()
    (folder / "minute").mkdir()
    made = {f"E{number:04d}": _asset(rng, len(days)) for number in range(assets)}
    for symbol, asset in made.items():
        volume = asset.columns["volume"]
        prices = {name: values / _CENTS for name, values in asset.columns.items()}
        frame = pl.DataFrame({"date": stamps[asset.first : asset.stop], **prices})
        frame = frame.with_columns(volume=volume)
        frame.filter(asset.traded).write_csv(folder / "daily" / f"{symbol}.csv")
    _write_assets(folder, made, days)
    _write_events(folder, made, days)
    stamps.to_frame("session").write_csv(folder / "sessions.csv")
    return Market(
        data=str(folder),
        bundle=folder.name,
        start=days[lead].isoformat(),
        end=days[-1].isoformat(),
        bars=sessions,
        assets=assets,
    )


def _asset(rng: np.random.Generator, sessions: int) -> _Asset:
    first = int(rng.integers(1, sessions - 5)) if rng.random() < LATE else 0
    stop = int(rng.integers(first + 5, sessions)) if rng.random() < LATE else sessions
    count = stop - first
    columns = walk(
        rng,
        count=count,
        first=int(rng.integers(20, 500)) * _CENTS,
        step=100,
        gap=50,
        shadow=100,
    )
    traded = rng.random(count) >= GAP
    traded[[0, -1]] = True
    possible = 1 + np.flatnonzero(traded[1:] & traded[:-1])
    drawn = rng.random(len(possible))
    splits = possible[drawn < SPLITS_A_YEAR / _YEAR]
    dividends = possible[drawn > 1 - DIVIDENDS_A_YEAR / _YEAR]
    for at in splits.tolist():
        for name in ("open", "high", "low", "close"):
            columns[name][at:] = np.maximum(columns[name][at:] // 2, 4)
    columns["low"] = np.maximum(columns["low"], 1)
    amounts = [round(float(columns["close"][at - 1]) * DIVIDEND) / _CENTS for at in dividends]
    return _Asset(
        first=first,
        stop=stop,
        traded=traded,
        columns=columns,
        splits=[first + int(at) for at in splits],
        dividends=[
            (first + int(at), amount)
            for at, amount in zip(dividends, amounts, strict=True)
            if amount
        ],
    )


def _write_assets(folder: Path, made: dict[str, _Asset], days: list[date]) -> None:
    lasts = [days[asset.stop - 1] for asset in made.values()]
    starts = [days[asset.first] for asset in made.values()]
    pl.DataFrame(
        {
            "sid": range(len(made)),
            "symbol": list(made),
            "asset_name": [f"{symbol}, synthetic" for symbol in made],
            "start_date": starts,
            "end_date": lasts,
            "first_traded": starts,
            "auto_close_date": [date.fromordinal(day.toordinal() + 1) for day in lasts],
            "exchange": ["NYSE"] * len(made),
        }
    ).write_csv(folder / "assets.csv")


def _write_events(folder: Path, made: dict[str, _Asset], days: list[date]) -> None:
    splits: list[dict[str, Any]] = []
    dividends: list[dict[str, Any]] = []
    for sid, (symbol, asset) in enumerate(made.items()):
        key = {"symbol": symbol, "sid": sid}
        splits += [{**key, "effective_date": days[at], "ratio": 0.5} for at in asset.splits]
        dividends += [
            {
                **key,
                "ex_date": days[at],
                "declared_date": days[at - 1],
                "record_date": days[at],
                "pay_date": days[min(at + 10, len(days) - 1)],
                "amount": amount,
            }
            for at, amount in asset.dividends
        ]
    key_types = {"symbol": pl.String, "sid": pl.Int64}
    days_of = dict.fromkeys(("ex_date", "declared_date", "record_date", "pay_date"), pl.Date)
    split_types = {**key_types, "effective_date": pl.Date, "ratio": pl.Float64}
    dividend_types = {**key_types, **days_of, "amount": pl.Float64}
    pl.DataFrame(splits, schema=split_types).write_csv(folder / "splits.csv")
    pl.DataFrame(dividends, schema=dividend_types).write_csv(folder / "dividends.csv")
