"""Writing pieces of files into a bundle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar, to_day, to_ns
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.data.schemas import EXTRA_FIELDS, BarKind
from rustybt.errors import DataValidationError
from rustybt_data.adapters.ingest import listing_of
from rustybt_data.adapters.local.chunks import Chunk, decimals_of
from rustybt_data.adapters.local.columns import ROW
from rustybt_data.adapters.options import AdapterOptions, Edge
from rustybt_data.csvdir.assets import Lives, write_assets
from rustybt_data.csvdir.options import CsvOptions
from rustybt_data.parquet.scales import Scales
from rustybt_data.runs import SHORT_RUN, changes, ends_of_keys

Writers = tuple[BarWriter, AssetWriter, AdjustmentWriter]


class Store:
    """Takes chunks, and the assets that they are of when all are there.

    Args:
        options: What the adapter was told.
        symbols: All symbols.
        calendar: The calendar of the sessions.
        sessions: The first and the last session that are written.
        writers: Of bars, assets and corporate actions.
        source: Where the bars come from, for errors.
    """

    def __init__(
        self,
        options: AdapterOptions,
        symbols: tuple[str, ...],
        calendar: TradingCalendar,
        sessions: tuple[date, date],
        writers: Writers,
        source: str,
    ) -> None:
        self._options = options
        self._bars, self._assets, self._adjustments = writers
        self._listing = listing_of(symbols, self._assets)
        self._sids = {asset.symbol: asset.sid for asset in self._listing.assets}
        self._kind: BarKind = "intraday" if options.resolution.is_intraday else "daily"
        self._lives = Lives(calendar)
        first, last = self._lives.labels_of_sessions(self._kind, *sessions)
        self._first, self._last = first, last
        if options.start is not None:
            self._first = max(first, self._edge(options.start))
        if options.end is not None:
            self._last = min(last, self._edge(options.end, is_end=True))
        self._waiting: dict[int, list[pl.DataFrame]] = {}
        self._source, self._is_empty = source, True

    def add(self, chunk: Chunk) -> None:
        """Write the bars of a chunk that are asked for."""
        rows = chunk.frame.with_columns(_sids(chunk.frame["symbol"], self._sids))
        if not rows["at"].is_between(self._first, self._last).all():
            rows = rows.filter(pl.col("at").is_between(self._first, self._last))
        if rows.is_empty():
            return
        self._is_empty = False
        for sid, low, high, _ in ends_of_keys(rows["sid"], rows["at"]):
            self._lives.extend(sid, self._kind, low, high)
        scales = Scales(chunk.scales["close"], chunk.scales["volume"])
        extras = [name for name in EXTRA_FIELDS if name in rows.columns]
        if getattr(self._bars, "takes_checked_bars", False) and not extras:
            bars: Any = self._bars
            row_of = rows[ROW]
            bars.add_rows(
                rows, scales, origin=lambda at: chunk.origin.name_of(row_of[at]), repeats=True
            )
            return
        for (sid,), part in rows.partition_by("sid", as_dict=True, maintain_order=True).items():
            whole = replace(chunk, frame=part)
            self._waiting.setdefault(sid, []).append(decimals_of(whole, self._options.resolution))

    def finish(self) -> None:
        """Write what waits, and the assets.

        Raises:
            DataValidationError: There was not one bar.
        """
        if self._is_empty:
            reason = "there is not one bar in the range that is asked for"
            raise DataValidationError(file=self._source, reason=reason)
        self._bars.write((sid, _one(frames)) for sid, frames in sorted(self._waiting.items()))
        options = CsvOptions(
            exchange=self._options.exchange,
            country=self._options.country,
            currency=self._options.currency,
        )
        write_assets(self._listing, [], self._lives, options, self._assets)
        self._adjustments.write()

    def _edge(self, edge: Edge, *, is_end: bool = False) -> int:
        """The first label, or the last one, that an end of the options lets through."""
        if self._kind == "daily":
            return to_day(edge)
        if isinstance(edge, datetime):
            return to_ns(edge) + (not is_end)
        calendar = self._lives.calendar
        if is_end:
            return calendar.session_close(calendar.session_index(edge, direction="previous"))
        return calendar.session_open(calendar.session_index(edge, direction="next")) + 1


def _sids(symbols: pl.Series, sids: Mapping[str, int]) -> pl.Series:
    """The number of each symbol; runs of one symbol are looked up once."""
    starts = np.flatnonzero(changes(symbols))
    if len(starts) * SHORT_RUN > len(symbols):
        return symbols.replace_strict(sids, return_dtype=pl.Int64).alias("sid")
    found = np.array([sids[symbol] for symbol in symbols.gather(starts)], np.int64)
    return pl.Series("sid", np.repeat(found, np.diff(starts, append=len(symbols))))


def _one(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """The frames of an asset as one, in order, without rows that come again."""
    whole = pl.concat(frames, how="diagonal_relaxed").drop("symbol").unique()
    return whole.sort(whole.columns[0])
