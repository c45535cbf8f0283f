"""Markets of a few sessions and minutes, and a portal that stands somewhere in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from rustybt.assets import Asset, AssetFinder, Equity, ExchangeInfo
from rustybt.calendars import TradingCalendar, to_day, to_ns
from rustybt.clock import axis_of
from rustybt.data.actions import Action
from rustybt.data.adjustments import Adjustments, CashDividend, Split
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.data.portal import PolarsDataPortal
from rustybt.values import Arithmetic, DecimalArithmetic, Ratio

MINUTE = 60_000_000_000
DAY = 24 * 60 * MINUTE
OPEN = 14 * 60 + 30
MINUTES = 6
VENUE = ExchangeInfo("SMALL")

Row = tuple[Any, Any, Any, Any, Any]
"""open, high, low, close, volume; None where there is none."""


def weekdays(first: str, sessions: int) -> TradingCalendar:
    """Sessions on weekdays from 14:30 to 14:36 UTC, long before any test's first one on."""
    days = np.arange(to_day(date.fromisoformat(first)), to_day(date(2030, 1, 1)))
    days = days[(days + 3) % 7 < 5][:sessions]
    opens = days * DAY + OPEN * MINUTE
    return TradingCalendar(
        name="SMALL",
        tz=ZoneInfo("UTC"),
        sessions=days,
        opens=opens,
        closes=opens + MINUTES * MINUTE,
    )


def at(text: str) -> int:
    """``2020-01-06 14:31`` in nanoseconds, UTC."""
    return to_ns(datetime.fromisoformat(text + "+00:00"))


def frame(bars: Mapping[str, Mapping[str, Row | Any]], *, intraday: bool = False) -> pl.DataFrame:
    """A plain frame from rows by symbol and stamp; a lone number is a bar of 100 at that price."""
    rows = [
        (stamp, symbol, *(row if isinstance(row, tuple) else (row, row, row, row, 100)))
        for symbol, by_stamp in bars.items()
        for stamp, row in by_stamp.items()
    ]
    names = ["timestamp", "symbol", "open", "high", "low", "close", "volume"]
    schema = dict.fromkeys(names, pl.String)
    texts = [tuple(None if value is None else str(value) for value in row) for row in rows]
    plain = pl.DataFrame(texts, schema=schema, orient="row")
    stamps = pl.col("timestamp")
    return plain.with_columns(stamps.str.to_datetime() if intraday else stamps.str.to_date())


def split(sid: int, day: str, ratio: str) -> Split:
    """A split; 1/2 makes two shares of one."""
    return Split(sid=sid, effective=to_day(date.fromisoformat(day)), ratio=Ratio.parse(ratio))


def dividend(sid: int, day: str, amount: str) -> CashDividend:
    """A cash dividend, paid on its ex day."""
    ex = to_day(date.fromisoformat(day))
    return CashDividend(sid=sid, ex=ex, pay=ex, amount=Decimal(amount))


def equities(symbols: Iterable[str], **lives: tuple[str | None, str | None]) -> list[Equity]:
    """Equities with sids from 1; `lives` gives first and last session by symbol."""
    found = []
    for sid, symbol in enumerate(symbols, start=1):
        first, last = lives.get(symbol, (None, None))
        found.append(
            Equity(
                sid=sid,
                symbol=symbol,
                exchange_info=VENUE,
                start_date=None if first is None else date.fromisoformat(first),
                end_date=None if last is None else date.fromisoformat(last),
            )
        )
    return found


def bundle(
    calendar: TradingCalendar,
    assets: Iterable[Asset],
    *,
    daily: pl.DataFrame | None = None,
    minute: pl.DataFrame | None = None,
    events: Iterable[Action] = (),
) -> BundleData:
    """An opened bundle of frames."""
    listed = list(assets)
    sids = {asset.symbol: asset.sid for asset in listed}

    def reader(bars: pl.DataFrame | None, resolution: str) -> FrameReader | None:
        if bars is None:
            return None
        return FrameReader(bars, resolution=resolution, calendar=calendar, sids=sids)

    return BundleData(
        name="small",
        timestamp=None,
        calendar=calendar.name,
        finder=AssetFinder.from_assets(listed),
        daily=reader(daily, "1d"),
        minute=reader(minute, "1m"),
        adjustments=Adjustments.of(events),
        fingerprint="",
    )


@dataclass(frozen=True)
class Run:
    """A portal and how to stand somewhere with it."""

    portal: PolarsDataPortal

    @property
    def calendar(self) -> TradingCalendar:
        """Of the run."""
        return self.portal.calendar

    def on(self, day: str) -> None:
        """In the bar of a session, of a daily run."""
        session = self.calendar.session_index(date.fromisoformat(day))
        close = self.calendar.session_close(session)
        self.portal.set_now(close, session, session, in_bar=True)

    def bar(self, moment: str) -> None:
        """In the bar that ends at a moment, of a run of minutes."""
        axis = self.portal.axis
        number = axis.index_of(at(moment))
        self.portal.set_now(at(moment), axis.session_of(number), number, in_bar=True)

    def before(self, day: str) -> None:
        """45 minutes before the open of a session."""
        session = self.calendar.session_index(date.fromisoformat(day))
        self.portal.set_now(self.calendar.before_trading_start(session), session, -1, in_bar=False)


def run(
    market: BundleData,
    calendar: TradingCalendar,
    resolution: str = "1d",
    arithmetic: Arithmetic | None = None,
    **options: Any,
) -> Run:
    """A run over a market."""
    axis = axis_of(calendar, resolution)
    return Run(
        PolarsDataPortal(market, axis=axis, arithmetic=arithmetic or DecimalArithmetic(), **options)
    )


def with_daily(market: BundleData, reader: Any) -> BundleData:
    """The market with another reader of daily bars."""
    return replace(market, daily=reader)
