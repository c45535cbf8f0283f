"""Markets of perpetual swaps that pay funding, written as rows of text."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from markets import MONDAY, VENUE, Market, small_sessions

from rustybt.assets import Asset, AssetFinder, Perpetual
from rustybt.calendars import TradingCalendar, get_calendar
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.finance.accounts import commodity_of
from rustybt.simulation.result import BacktestResult

MINUTES = 6
"""Minutes of a session of the markets of minutes."""

_FIELDS = ("open", "high", "low", "close")


def swap(symbol: str = "BTC/USDT:USDT", sid: int = 1, **fields: Any) -> Perpetual:
    """A perpetual swap in USDT."""
    fields.setdefault("currency", "USDT")
    return Perpetual(sid=sid, symbol=symbol, exchange_info=VENUE, start_date=date(2015, 1, 2),
                     base_currency=symbol[:3], quote_currency="USDT", **fields)  # fmt: skip


def _row(token: str) -> dict[str, str | None] | None:
    """One bar: ``100``, ``open/high/low/close``, with ``@rate``; ~ has no price, - no row."""
    if token == "-":
        return None
    price, _, rate = token.partition("@")
    parts = [None] * 4 if price == "~" else (price.split("/") * 4)[:4]
    volume = None if price == "~" else "1000000"
    return {
        **dict(zip(_FIELDS, parts, strict=True)),
        "volume": volume,
        "funding_rate": rate or None,
    }


def _reader(
    rows: Mapping[Asset, Sequence[str]], stamps: Sequence[Any], kind: str, calendar: TradingCalendar
) -> FrameReader:
    found = [
        {"timestamp": stamp, "symbol": asset.symbol, **row}
        for asset, tokens in rows.items()
        for stamp, token in zip(stamps, tokens, strict=False)
        if (row := _row(token)) is not None
    ]
    texts = dict.fromkeys((*_FIELDS, "volume", "funding_rate"), pl.String)
    frame = pl.DataFrame(found, schema_overrides=texts)
    if kind == "1m":
        frame = frame.with_columns(
            pl.from_epoch("timestamp", "ns").dt.replace_time_zone("UTC").alias("timestamp")
        )
    if not frame["funding_rate"].count():
        frame = frame.drop("funding_rate")
    sids = {asset.symbol: asset.sid for asset in rows}
    return FrameReader(frame, resolution=kind, calendar=calendar, sids=sids)


def funding_market(
    daily: Mapping[Any, str] | None = None,
    minute: Mapping[Any, str] | None = None,
    *,
    calendar: TradingCalendar | None = None,
    trades_on: TradingCalendar | None = None,
) -> Market:
    """Bars from a Monday on.

    Args:
        daily: A token for each session of `calendar`, by asset.
        minute: A token for each minute of the sessions, by asset; sessions end with ``|``.
        calendar: The calendar of the data; 24/7, or sessions of six minutes for minutes.
        trades_on: That of the run, where it is another one.
    """
    if calendar is None:
        calendar = get_calendar("24/7") if minute is None else small_sessions(9, MINUTES)
    start = calendar.session_index(MONDAY)
    days = {asset: text.split() for asset, text in (daily or {}).items()}
    bars = {asset: text.replace("|", " ").split() for asset, text in (minute or {}).items()}
    sessions = max(
        [*map(len, days.values()), *(-(-len(tokens) // MINUTES) for tokens in bars.values())]
    )
    dates = [calendar.session_date(start + n) for n in range(sessions)]
    labels = [label for n in range(sessions) for label in calendar.minutes(start + n).tolist()]
    assets: list[Asset] = list(dict.fromkeys([*days, *bars]))
    bundle = BundleData(
        name="by-hand",
        timestamp=None,
        calendar=calendar.name,
        finder=AssetFinder.from_assets(assets),
        daily=_reader(days, dates, "1d", calendar) if days else None,
        minute=_reader(bars, labels, "1m", calendar) if bars else None,
        adjustments=Adjustments.empty(),
        fingerprint="by-hand",
    )
    return Market(bundle=bundle, calendar=trades_on or calendar, first=dates[0], last=dates[-1])


def postings_of(result: BacktestResult, asset: Asset | None = None) -> list[Any]:
    """What was paid for funding by each posting, in order; of one asset, or of all."""
    journal = result.journal
    assert journal is not None
    paid = journal.filter(pl.col("account") == "expenses:funding")
    if asset is not None:
        paid = paid.filter(pl.col("cause") == f"funding:{commodity_of(asset)}")
    return paid["amount"].to_list()


def numbers(text: str) -> list[Decimal]:
    """The results of sums that are separated by semicolons: ``2 x 100 x 0.001 = 0.2; ...``."""
    return [Decimal(part.rpartition("=")[2].strip()) for part in text.split(";") if part.strip()]
