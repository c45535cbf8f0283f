"""The assets of a folder of CSV files, with what their prices say about their lives."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Equity, Future, Perpetual
from rustybt.calendars import TradingCalendar, from_day, to_day
from rustybt.data.bundles import AssetWriter
from rustybt.data.schemas import BarKind
from rustybt_data.csvdir.listing import Listed, Listing
from rustybt_data.csvdir.options import CsvOptions
from rustybt_data.parquet.bars import AssetBars

_TABLES: Final[dict[type[Asset], str]] = {
    Equity: "equities",
    Future: "futures",
    Cryptocurrency: "cryptocurrencies",
    Perpetual: "cryptocurrencies",
    CurrencyPair: "currency_pairs",
}


class Lives:
    """First and last sessions of assets, as far as their bars tell.

    Args:
        calendar: The calendar of the sessions.
    """

    def __init__(self, calendar: TradingCalendar) -> None:
        self.calendar = calendar
        self._lives: dict[int, tuple[date, date]] = {}
        self._ends: dict[int, date] = {}

    def add(self, sid: int, bars: AssetBars) -> None:
        """Take the bars of an asset into account."""
        if bars.first_label is not None and bars.last_label is not None:
            self.extend(sid, bars.kind, bars.first_label, bars.last_label)

    def extend(self, sid: int, kind: BarKind, first_label: int, last_label: int) -> None:
        """Take the first and the last label of an asset into account."""
        if kind == "daily":
            first, last = from_day(first_label), from_day(last_label)
        else:
            opening = self.calendar.minute_to_session(first_label, direction="next")
            closing = self.calendar.minute_to_session(last_label, direction="previous")
            first = self.calendar.session_date(opening)
            last = self.calendar.session_date(closing)
        known = self._lives.get(sid, (first, last))
        self._lives[sid] = min(first, known[0]), max(last, known[1])

    def end_by(self, actions: Mapping[str, pl.DataFrame]) -> None:
        """Let assets end with their merger or delisting, whatever bars there are after it.

        Args:
            actions: The corporate actions of a folder, by kind.
        """
        for name, days_before in (("mergers", 1), ("delistings", 0)):
            if name in actions:
                ended = actions[name].select("sid", pl.col("effective_date").cast(pl.Date))
                for sid, day in ended.iter_rows():
                    self._ends[sid] = day - timedelta(days=days_before)

    def of(self, sid: int) -> tuple[date | None, date | None]:
        """First and last session of an asset; None where there are no bars."""
        first, last = self._lives.get(sid, (None, None))
        return first, self.last(sid, last)

    def last(self, sid: int, day: date | None) -> date | None:
        """A last day of an asset, or that of the action which ends it, if that is earlier."""
        end = self._ends.get(sid)
        return day if end is None or day is None else min(day, end)

    def labels_of_sessions(self, kind: BarKind, first: date, last: date) -> tuple[int, int]:
        """The first and the last label that bars of some sessions can have."""
        if kind == "daily":
            return to_day(first), to_day(last)
        start, end = self.calendar.session_range(first, last)
        return self.calendar.session_open(start) + 1, self.calendar.session_close(end)


def write_assets(
    listing: Listing,
    roots: list[dict[str, Any]],
    lives: Lives,
    options: CsvOptions,
    writer: AssetWriter,
) -> None:
    """Write the assets of a folder.

    What ``assets.csv`` does not say comes from the bars and the options: an asset lives from its
    first to its last row, or up to the merger or the delisting that ends it, and closes the day
    after; a future on its day of notice or expiration, whichever comes first.
    """
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES.values()}
    countries: dict[str, str] = {}
    for asset in listing.assets:
        facts = {"exchange": options.exchange, **_life(asset, lives), **asset.facts}
        facts["end_date"] = lives.last(asset.sid, facts["end_date"])
        if asset.kind in {Equity, Future}:
            facts.setdefault("currency", options.currency)
        countries.setdefault(facts["exchange"], asset.country or options.country)
        tables[_TABLES[asset.kind]].append({"sid": asset.sid, "symbol": asset.symbol, **facts})
    for root in roots:
        if root["exchange"] is not None:
            countries.setdefault(root["exchange"], options.country)
    writer.write(
        equities=tables["equities"],
        futures=tables["futures"],
        root_symbols=roots,
        cryptocurrencies=tables["cryptocurrencies"],
        currency_pairs=tables["currency_pairs"],
        exchanges=[
            {"exchange": exchange, "country_code": country}
            for exchange, country in countries.items()
        ],
    )


def _life(asset: Listed, lives: Lives) -> dict[str, date | None]:
    first, last = lives.of(asset.sid)
    end = lives.last(asset.sid, asset.facts.get("end_date", last))
    days = [asset.facts[name] for name in ("notice_date", "expiration_date") if name in asset.facts]
    closes = min(days, default=None if end is None else end + timedelta(days=1))
    return {
        "start_date": first,
        "end_date": last,
        "first_traded": asset.facts.get("start_date", first),
        "auto_close_date": closes,
    }
