"""Bars into the catalog: out of a frame, a file, or a source."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from rustybt.assets import Equity, Future, kind_of
from rustybt.calendars import TradingCalendar, from_day, from_ns, get_calendar
from rustybt.clock.resolution import MINUTE, SESSION, Resolution
from rustybt.errors import InvalidArgument
from rustybt.plugins import groups, registry
from rustybt_data.adapters.standard import standard_frame
from rustybt_data.adapters.tally import FetchStep
from rustybt_data.catalog.asset_snapshots import Venue
from rustybt_data.catalog.bars import BARS
from rustybt_data.catalog.before import Before
from rustybt_data.catalog.database import Database
from rustybt_data.catalog.given_actions import GivenActions
from rustybt_data.catalog.given_bars import Given, written
from rustybt_data.catalog.ingest_reports import IngestReport
from rustybt_data.catalog.ingestion import Ingestion
from rustybt_data.catalog.judging import ADMITS, Judgement
from rustybt_data.catalog.screening import Quality
from rustybt_data.catalog.writing import Writing, writing
from rustybt_data.parquet.damage import telling
from rustybt_data.quality import RuleSet


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
    is_now: bool = False
    quality: Quality | None = None
    rules: RuleSet | None = None
    watch: Callable[[FetchStep], object] | None = field(default=None, compare=False)


def ingest(root: Path, database: Database, request: Request) -> IngestReport:
    """Make a new version; see `DataCatalog.ingest`."""
    if (request.data is None) == (request.source is None):
        raise InvalidArgument(
            field="data", value=request.data, reason="give either data or a source"
        )
    if request.source is None:
        return _of_frame(root, database, request)
    adapter = registry(groups.DATA_ADAPTERS).load(request.source)
    source = adapter(request.location, dict(request.options))
    if not hasattr(source, "fetched"):
        return _of_function(root, database, request, source)
    if source.incremental:
        return _of_vendor(root, database, request, source)
    return _of_files(root, database, request, source)


# ---------------------------------------------------------------------- a frame


def _of_frame(root: Path, database: Database, request: Request) -> IngestReport:
    frame, told = _frame(request.data)
    resolution = request.resolution or Resolution.parse("1d" if "date" in frame.columns else "1m")
    quality = request.quality or "strict"
    with writing(root, database, request.name, request.timestamp) as work:
        calendar = _calendar(request, work, frame)
        if quality != "off" and not (quality == "strict" and request.rules is None):
            # Rules want exact numbers.
            frame = standard_frame(frame, source=told, resolution=resolution, calendar=calendar)
        return _written(work, request, frame, resolution, calendar, source=told, quality=quality)


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


# ---------------------------------------------------------------------- an adapter


def _of_vendor(
    root: Path,
    database: Database,
    request: Request,
    adapter: Any,  # noqa: ANN401 - a `rustybt_data.adapters.BaseDataAdapter`
) -> IngestReport:
    if adapter.needs_start and adapter.options.start is None:
        raise InvalidArgument(
            field="start", value="", reason="give the source the option start=2020-01-02"
        )
    symbols = adapter.symbols()
    with writing(root, database, request.name, request.timestamp) as work:
        report = _fetched(work, request, adapter, symbols, request.quality or "quarantine")
    adapter.forget_pages()
    return report


def _of_files(
    root: Path,
    database: Database,
    request: Request,
    adapter: Any,  # noqa: ANN401 - a `rustybt_data.adapters.BaseDataAdapter`
) -> IngestReport:
    quality = request.quality or "strict"
    resolution = request.resolution or adapter.options.resolution
    plain = quality == "off" or (quality == "strict" and request.rules is None)
    adapter.admits = ADMITS[quality]
    with writing(root, database, request.name, request.timestamp) as work:
        if work.base is None and plain and resolution in {SESSION, MINUTE}:
            # They may be larger than the memory.
            return _streamed(work, request, adapter)
        return _fetched(work, request, adapter, adapter.symbols(), quality)


def _fetched(
    work: Writing,
    request: Request,
    adapter: Any,  # noqa: ANN401 - a `rustybt_data.adapters.BaseDataAdapter`
    symbols: tuple[str, ...],
    quality: Quality,
) -> IngestReport:
    from rustybt.net import run_blocking

    resolution = request.resolution or adapter.options.resolution
    adapter.calendar = calendar = _calendar(request, work, pl.DataFrame({"symbol": symbols}))
    adapter.watch = request.watch
    newest = adapter.incremental and not request.replaces
    after = _newest(Before(work, request.name, resolution)) if newest else {}
    start = adapter.options.start or calendar.session_date(0)
    adapter.admits = ADMITS[quality]
    frame, actions = run_blocking(_asked(adapter, symbols, start, resolution, after))
    if request.is_now:
        # What came meanwhile was not known when this began: streams are gathered for hours.
        request = replace(request, timestamp=max(request.timestamp, datetime.now(UTC)))
    return _written(
        work,
        request,
        frame,
        resolution,
        calendar,
        source=adapter.name,
        quality=quality,
        symbols=symbols,
        repeated=dict(adapter.tally.repeated),
        resumed=adapter.tally.step().resumed,
        actions=actions,
    )


async def _asked(
    adapter: Any,  # noqa: ANN401 - a `rustybt_data.adapters.BaseDataAdapter`
    symbols: tuple[str, ...],
    start: date,
    resolution: Resolution,
    after: Mapping[str, Any],
) -> tuple[pl.DataFrame, GivenActions | None]:
    """The bars, and the corporate actions where the source has such."""
    end = adapter.options.end
    frame = await adapter.fetched(symbols, start, end, resolution, after)
    if not adapter.gives_actions:
        return frame, None
    first, last = _day_of(start), _day_of(end or from_ns(adapter.now_ns()))
    frames = await adapter.actions(symbols, first, last)
    return frame, GivenActions(frames=frames, symbols=symbols, first=first, last=last)


def _written(
    work: Writing,
    request: Request,
    frame: pl.DataFrame,
    resolution: Resolution,
    calendar: TradingCalendar,
    **known: Any,  # noqa: ANN401 - fields of `Given`
) -> IngestReport:
    given = Given(
        name=request.name,
        frame=frame,
        resolution=resolution,
        calendar=calendar,
        rules=request.rules,
        venue=request.venue or Venue(),
        timestamp=request.timestamp,
        replaces=request.replaces,
        **known,
    )
    return written(work, given)


# ---------------------------------------------------------------------- an ingest function


def _of_function(
    root: Path,
    database: Database,
    request: Request,
    function: Any,  # noqa: ANN401 - a `rustybt.data.bundles.IngestFunction`
) -> IngestReport:
    calendar = get_calendar(request.calendar or "XNYS")
    with writing(root, database, request.name, request.timestamp) as work:
        judgement = Judgement(quality=request.quality, rules=request.rules)
        return _by_function(work, request, function, calendar, judgement, is_bundle=True)


def _streamed(
    work: Writing,
    request: Request,
    adapter: Any,  # noqa: ANN401 - a `rustybt_data.adapters.BaseDataAdapter`
) -> IngestReport:
    """Files as the first version of a name, piece by piece."""
    known = pl.DataFrame()
    if request.calendar is None:
        known = pl.DataFrame({"symbol": adapter.symbols()})
    calendar = _calendar(request, work, known)
    judgement = Judgement(quality=request.quality or "strict")
    return _by_function(work, request, adapter, calendar, judgement, is_bundle=False)


def _by_function(
    work: Writing,
    request: Request,
    function: Any,  # noqa: ANN401 - a `rustybt.data.bundles.IngestFunction`
    calendar: TradingCalendar,
    judgement: Judgement,
    *,
    is_bundle: bool,
) -> IngestReport:
    writers = Ingestion(
        work.folder,
        work.root,
        request.name,
        calendar=calendar,
        base=work.base,
        source=request.source or "",
        judgement=judgement,
    )
    function(
        os.environ,
        writers.asset_db_writer,
        writers.minute_bar_writer,
        writers.daily_bar_writer,
        writers.adjustment_writer,
        calendar,
        calendar.session_date(0),
        calendar.session_date(len(calendar) - 1),
        {},
        request.watch is not None,
        str(writers.output_dir),
    )
    publication = replace(writers.finish(request.timestamp), is_bundle=is_bundle)
    work.publish(publication)
    return IngestReport(
        name=request.name,
        timestamp=request.timestamp,
        resolution=None,
        given=None,
        added=None,
        rows=None,
        written=writers.reports,
    )


# ---------------------------------------------------------------------- what all need


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


def _day_of(edge: date) -> date:
    """The day of a date or an instant."""
    return edge.date() if isinstance(edge, datetime) else edge


def _newest(before: Before) -> dict[str, Any]:
    """The newest label of each symbol, as adapters take it."""
    intraday = before.dataset is not None and Resolution.parse(before.dataset.resolution)
    read = from_ns if intraday and intraday.is_intraday else from_day
    return {symbol: read(item.last) for symbol, item in before.ranges.items()}
