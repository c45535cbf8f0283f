"""Bars into the catalog: out of a frame, a file, or a source."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from rustybt.assets import Equity, Future, kind_of
from rustybt.calendars import TradingCalendar, from_day, from_ns, get_calendar
from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument
from rustybt.plugins import groups, registry
from rustybt_data.catalog import reads
from rustybt_data.catalog.asset_snapshots import Venue
from rustybt_data.catalog.bars import BARS
from rustybt_data.catalog.bundle_store import ParquetCatalog
from rustybt_data.catalog.database import Database
from rustybt_data.catalog.frame_ingestion import FrameIngestion, bars_of_frame, dataset_before
from rustybt_data.catalog.references import reference
from rustybt_data.catalog.writing import Writing, writing
from rustybt_data.parquet.damage import telling


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingestion has done.

    Attributes:
        name: The name.
        timestamp: Time of the version that was made (UTC).
        resolution: Length of a bar; None where the source wrote bars of any.
        given: Bars that were given; None where the source wrote them itself.
        added: Bars that were not there before.
        rows: Bars of the resolution that there are now.
    """

    name: str
    timestamp: datetime
    resolution: str | None
    given: int | None
    added: int | None
    rows: int | None

    @property
    def version(self) -> str:
        """What names the version: ``name@time``."""
        return reference(self.name, self.timestamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What `DataCatalog.ingest` was asked for; see there."""

    name: str
    data: pl.DataFrame | pl.LazyFrame | str | Path | None
    resolution: Resolution | None
    calendar: str | None
    source: str | None
    location: str
    options: Mapping[str, str]
    replaces: bool
    timestamp: datetime
    venue: Venue | None


def ingest(
    bundles: ParquetCatalog, root: Path, database: Database, request: Request
) -> IngestReport:
    """Make a new version; see `DataCatalog.ingest`."""
    if (request.data is None) == (request.source is None):
        raise InvalidArgument(
            field="data", value=request.data, reason="give either data or a source"
        )
    if request.source is None:
        return _of_frame(root, database, request)
    adapter = registry(groups.DATA_ADAPTERS).load(request.source)
    source = adapter(request.location, dict(request.options))
    if hasattr(source, "bars"):
        return _of_adapter(root, database, request, source)
    return _of_function(bundles, request, source)


def _of_frame(root: Path, database: Database, request: Request) -> IngestReport:
    frame, told = _frame(request.data)
    resolution = request.resolution or Resolution.parse("1d" if "date" in frame.columns else "1m")
    with writing(root, database, request.name, request.timestamp) as work:
        calendar = _calendar(request, work, frame)
        return _written(work, request, frame, resolution, calendar, told)


def _written(
    work: Writing,
    request: Request,
    frame: pl.DataFrame,
    resolution: Resolution,
    calendar: TradingCalendar,
    source: str,
) -> IngestReport:
    bars = bars_of_frame(frame, resolution, calendar, source=source)
    ingestion = FrameIngestion(
        work,
        request.name,
        resolution,
        calendar=calendar,
        source=source,
        venue=request.venue or Venue(),
    )
    publication, counts = ingestion.publication(bars, request.timestamp, replaces=request.replaces)
    work.publish(publication)
    return IngestReport(
        name=request.name,
        timestamp=request.timestamp,
        resolution=str(resolution),
        given=counts.given,
        added=counts.added,
        rows=counts.rows,
    )


def _of_adapter(
    root: Path,
    database: Database,
    request: Request,
    adapter: Any,  # noqa: ANN401 - a `rustybt_data.adapters.BaseDataAdapter`
) -> IngestReport:
    from rustybt.net import run_blocking

    options = adapter.options
    resolution = request.resolution or options.resolution
    if options.start is None:
        raise InvalidArgument(
            field="start", value="", reason="give the source the option start=2020-01-02"
        )
    with writing(root, database, request.name, request.timestamp) as work:
        known = pl.DataFrame({"symbol": list(options.symbols)})
        adapter.calendar = calendar = _calendar(request, work, known)
        after = {} if request.replaces else _newest(work, request.name, resolution)
        frame = run_blocking(
            adapter.fetched(list(options.symbols), options.start, options.end, resolution, after)
        )
        report = _written(work, request, frame, resolution, calendar, adapter.name)
    adapter.forget_pages()
    return report


def _of_function(
    bundles: ParquetCatalog,
    request: Request,
    function: Any,  # noqa: ANN401 - a `rustybt.data.bundles.IngestFunction`
) -> IngestReport:
    calendar = get_calendar(request.calendar or "XNYS")
    first, last = calendar.session_date(0), calendar.session_date(len(calendar) - 1)
    with bundles.ingestion(request.name, request.timestamp, calendar=calendar) as writers:
        function(
            os.environ,
            writers.asset_db_writer,
            writers.minute_bar_writer,
            writers.daily_bar_writer,
            writers.adjustment_writer,
            calendar,
            first,
            last,
            {},
            False,  # noqa: FBT003 - Zipline's signature
            str(writers.output_dir),
        )
    return IngestReport(
        name=request.name,
        timestamp=request.timestamp,
        resolution=None,
        given=None,
        added=None,
        rows=None,
    )


def _frame(data: object) -> tuple[pl.DataFrame, str]:
    """The frame, and what errors call it."""
    if isinstance(data, pl.DataFrame):
        return data, "the frame"
    if isinstance(data, pl.LazyFrame):
        return data.collect(), "the frame"
    path = Path(str(data))
    readers = {".parquet": pl.read_parquet, ".arrow": pl.read_ipc, ".feather": pl.read_ipc}
    if path.suffix not in readers:
        reason = "give a frame, or a file .parquet, .arrow or .feather; or name a source"
        raise InvalidArgument(field="data", value=str(data), reason=reason)
    if not path.is_file():
        raise InvalidArgument(field="data", value=str(path), reason="there is no such file")
    with telling([path]):
        return readers[path.suffix](path), str(path)


def _calendar(request: Request, work: Writing, frame: pl.DataFrame) -> TradingCalendar:
    # Tables need no sessions: theirs bind nobody.
    base = work.base
    before = base.calendar if base is not None and base.of_kind(BARS) else None
    chosen = request.calendar or before
    if chosen is None:
        symbols = set(frame["symbol"].drop_nulls()) if "symbol" in frame.columns else set()
        pairs = all(not issubclass(kind_of(symbol), (Equity, Future)) for symbol in symbols)
        chosen = "24/7" if symbols and pairs else "XNYS"
    if before is not None and get_calendar(chosen).name != before:
        reason = f"the versions before have {before}; take another name for other sessions"
        raise InvalidArgument(field="calendar", value=chosen, reason=reason)
    return get_calendar(chosen)


def _newest(work: Writing, name: str, resolution: Resolution) -> dict[str, Any]:
    """The newest label of each symbol, as adapters take it."""
    dataset = dataset_before(work.base, name, str(resolution))
    if dataset is None:
        return {}
    read = from_ns if resolution.is_intraday else from_day
    with work.database.reading() as session:
        assert session is not None, "the version before is in the database"
        return {item.symbol: read(item.last) for item in reads.symbols_of(session, dataset.id)}
