"""Writing what an adapter fetches into a bundle."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

import polars as pl

from rustybt.assets import kind_of
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.data.schemas import BarKind
from rustybt.logs import get_logger
from rustybt.net import run_blocking
from rustybt.progress import OnProgress, progress
from rustybt_data.adapters.options import AdapterOptions, Edge
from rustybt_data.adapters.standard import label_name
from rustybt_data.csvdir.assets import Lives, write_assets
from rustybt_data.csvdir.listing import Listed, Listing
from rustybt_data.csvdir.options import CsvOptions
from rustybt_data.origin import Origin
from rustybt_data.parquet.bars import read_bars
from rustybt_data.predicates import STORABLE, Admits

_log = get_logger(__name__)


class Source(Protocol):
    """What is ingested: an adapter, see `rustybt_data.adapters.BaseDataAdapter`."""

    name: ClassVar[str]
    options: AdapterOptions
    admits: Admits

    async def fetched(
        self, symbols: Sequence[str], start: Edge, end: Edge | None, resolution: Resolution
    ) -> pl.DataFrame:
        """Bars in the standard form."""
        ...

    async def actions(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, pl.DataFrame]:
        """Corporate actions by kind."""
        ...

    def facts(self, symbol: str) -> Mapping[str, Any]:
        """What it says about an asset."""
        ...


def listing_of(symbols: Iterable[str], assets: AssetWriter) -> Listing:
    """The assets of symbols: with the sids that they had before, others in their order."""
    ordered = sorted(symbols)
    sids = assets.sids_for(ordered)
    return Listing([Listed(sid=sids[each], symbol=each, kind=kind_of(each)) for each in ordered])


class Ingest:
    """One ingestion of the symbols of an adapter.

    Args:
        adapter: The adapter.
        calendar: The calendar of the sessions.
        sessions: The first and the last session that are written.
        show_progress: Whether to tell what is done.
    """

    def __init__(
        self,
        adapter: Source,
        calendar: TradingCalendar,
        sessions: tuple[date, date],
        *,
        show_progress: bool,
    ) -> None:
        self._adapter = adapter
        self._calendar = calendar
        self._sessions = sessions
        self._show_progress = show_progress
        options = adapter.options
        self._options = CsvOptions(
            exchange=options.exchange, country=options.country, currency=options.currency
        )
        self._listing = Listing([])

    def write(self, bars: BarWriter, assets: AssetWriter, adjustments: AdjustmentWriter) -> None:
        """Fetch and write bars, then corporate actions, then the assets."""
        self._listing = listing_of(self._adapter.options.symbols, assets)
        lives = Lives(self._calendar)
        with progress(shown=None if self._show_progress else False) as on_progress:
            bars.write(self._bars(lives, on_progress))
        actions = self._actions()
        lives.end_by(actions)
        write_assets(self._described(), [], lives, self._options, assets)
        adjustments.write(**actions)

    @property
    def _edges(self) -> tuple[Edge, Edge]:
        """What is fetched: what the options say, no more than the sessions that are written."""
        options = self._adapter.options
        first, last = self._sessions
        start = first if options.start is None or _day(options.start) < first else options.start
        end = last if options.end is None or _day(options.end) > last else options.end
        return start, end

    def _bars(
        self, lives: Lives, on_progress: OnProgress | None
    ) -> Iterator[tuple[int, pl.DataFrame]]:
        resolution = self._adapter.options.resolution
        kind: BarKind = "intraday" if resolution.is_intraday else "daily"
        total = len(self._listing.assets)
        for number, asset in enumerate(self._listing.assets, start=1):
            frame = run_blocking(self._adapter.fetched([asset.symbol], *self._edges, resolution))
            bars = read_bars(
                frame,
                kind,
                Origin(f"{self._adapter.name}, {asset.symbol}"),
                calendar=self._calendar,
                label=label_name(resolution),
                tests=None if self._adapter.admits == "all" else STORABLE,
            )
            lives.add(asset.sid, bars)
            if not len(bars):
                _log.warning("there are no bars", symbol=asset.symbol, source=self._adapter.name)
            yield asset.sid, bars.decimals()
            if on_progress is not None:
                on_progress(number, total)

    def _described(self) -> Listing:
        """The assets with what the source says about them."""
        return Listing(
            [
                replace(asset, facts=dict(self._adapter.facts(asset.symbol)))
                for asset in self._listing.assets
            ]
        )

    def _actions(self) -> dict[str, pl.DataFrame]:
        start, end = map(_day, self._edges)
        symbols = [asset.symbol for asset in self._listing.assets]
        found = run_blocking(_awaited(self._adapter, symbols, start, end))
        sids = {asset.symbol: asset.sid for asset in self._listing.assets}
        numbered = pl.col("symbol").replace_strict(sids, return_dtype=pl.Int64).alias("sid")
        return {
            kind: frame.with_columns(numbered).drop("symbol")
            for kind, frame in found.items()
            if not frame.is_empty()
        }


async def _awaited(
    adapter: Source, symbols: list[str], start: date, end: date
) -> dict[str, pl.DataFrame]:
    return dict(await adapter.actions(symbols, start, end))


def _day(edge: Edge) -> date:
    return edge.date() if isinstance(edge, datetime) else edge
