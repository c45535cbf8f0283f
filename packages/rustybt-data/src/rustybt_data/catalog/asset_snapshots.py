"""The assets of a version whose bars came as a frame: those before, new ones, longer lives."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from rustybt.assets import kind_of
from rustybt.assets.database import AssetDBWriter
from rustybt.calendars import TradingCalendar, to_day
from rustybt_data.catalog.frame_bars import FrameBars
from rustybt_data.csvdir.assets import Lives, write_assets
from rustybt_data.csvdir.listing import Listed, Listing
from rustybt_data.csvdir.options import CsvOptions

_NS_PER_DAY: Final = 86_400_000_000_000
_TABLES: Final = ("equities", "futures_contracts", "cryptocurrencies", "currency_pairs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """What is said of assets that are new.

    Attributes:
        exchange: Their exchange.
        country: Code of its country.
        currency: Their currency.
    """

    exchange: str = "CATALOG"
    country: str = "US"
    currency: str = "USD"


def write_snapshot(
    target: Path,
    before: Path | None,
    *,
    sids: Mapping[str, int],
    known: Mapping[str, int],
    bars: FrameBars,
    calendar: TradingCalendar,
    venue: Venue,
) -> None:
    """Write the assets of a version.

    Args:
        target: The SQLite file to write.
        before: That of the version before, None for the first one.
        sids: The sid of each symbol that has bars.
        known: The sid of each symbol of the version before.
        bars: The bars that are new.
        calendar: The calendar of the sessions.
        venue: What is said of assets that are new.
    """
    lives = Lives(calendar)
    for symbol, (first, last) in bars.spans.items():
        lives.extend(sids[symbol], bars.kind, first, last)
    if before is not None:
        shutil.copyfile(before, target)
        _prolong(target, {sids[symbol]: lives.of(sids[symbol]) for symbol in bars.symbols})
    new = [symbol for symbol in bars.symbols if symbol not in known]
    listing = Listing(
        [Listed(sid=sids[symbol], symbol=symbol, kind=kind_of(symbol)) for symbol in new]
    )
    if new or before is None:
        options = CsvOptions(
            exchange=venue.exchange, country=venue.country, currency=venue.currency
        )
        write_assets(listing, [], lives, options, AssetDBWriter(target))


def _prolong(file: Path, lives: Mapping[int, tuple[date | None, date | None]]) -> None:
    """Let assets that were there live as long as their bars."""
    with closing(sqlite3.connect(file)) as connection, connection:
        for sid, (first, last) in lives.items():
            if first is None or last is None:
                continue
            span = {
                "sid": sid,
                "first": to_day(first) * _NS_PER_DAY,
                "last": to_day(last) * _NS_PER_DAY,
                "after": to_day(last + timedelta(days=1)) * _NS_PER_DAY,
            }
            for table in _TABLES:
                _prolong_in(connection, table, span)


def _prolong_in(connection: sqlite3.Connection, table: str, span: Mapping[str, int]) -> None:
    # Futures close on their own days; what has no end has none.
    closes = (
        "" if table == "futures_contracts" else (", auto_close_date = MAX(auto_close_date, :after)")
    )
    connection.execute(
        f"UPDATE {table} SET start_date = MIN(start_date, :first), "  # noqa: S608 - constants
        "first_traded = MIN(first_traded, :first), "
        f"end_date = MAX(end_date, :last){closes} "
        "WHERE sid = :sid AND (end_date < :last OR start_date > :first)",
        span,
    )
    if table == "equities":
        connection.execute(
            "UPDATE equity_symbol_mappings SET end_date = MAX(end_date, :last) WHERE sid = :sid "
            "AND end_date = (SELECT MAX(end_date) FROM equity_symbol_mappings WHERE sid = :sid)",
            span,
        )
        connection.execute(
            "UPDATE equity_symbol_mappings SET start_date = MIN(start_date, :first) "
            "WHERE sid = :sid AND start_date = "
            "(SELECT MIN(start_date) FROM equity_symbol_mappings WHERE sid = :sid)",
            span,
        )
