"""Ingest, load, list and clean bundles."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rustybt.calendars import Moment, TradingCalendar, from_ns, get_calendar, to_ns
from rustybt.data.bundle import BundleData
from rustybt.data.bundles.migration import (
    DirectSource,
    FoundBundle,
    MigrationReport,
    MigrationSource,
)
from rustybt.data.bundles.registration import RegisteredBundle, bundles
from rustybt.data.bundles.stores import BundleCatalog, BundleInfo
from rustybt.data.reads import DataRead
from rustybt.errors import (
    BadClean,
    BundleNotFound,
    CorruptData,
    IngestionNotFound,
    InvalidArgument,
    MissingExtra,
)
from rustybt.plugins import groups, registry
from rustybt.settings import Settings, settings

if TYPE_CHECKING:
    import polars as pl

CATALOG = "parquet"
"""The store in use: rustybt-data brings it."""

_MARK = ":"
"""Between a source and what it knows by a name of its own; no bundle has it in its name."""

_SHOWN = 5


def ingest(
    name: str,
    environ: Mapping[str, str] | None = None,
    timestamp: Moment | None = None,
    assets_versions: tuple[int, ...] = (),
    show_progress: bool = False,  # noqa: FBT001, FBT002 - Zipline's signature
    *,
    quality: str | None = None,
    rules: str | os.PathLike[str] | None = None,
) -> datetime:
    """Run the ingest function of a registered bundle.

    Nothing of it is visible until all of it is there. A bundle that is computed is made anew.

    Args:
        name: Name of the bundle.
        environ: Environment that the settings are read from and the function gets; by default
            that of the process.
        timestamp: When it counts as ingested; by default now, or what a computed bundle says.
        assets_versions: Older asset databases to write as well: none can be written yet.
        show_progress: Whether to tell what is done.
        quality: What becomes of bars in which rules of quality find something: ``strict`` refuses
            all for one, ``quarantine`` puts them aside, ``flag`` notes them, ``off`` does not look.
            By default what can be stored is stored, and what is wrong by itself is noted.
        rules: A file of rules; by default those of asset class and resolution.

    Returns:
        The time of the ingestion.

    Raises:
        BundleNotFound: No bundle of this name is registered.
        InvalidArgument: There is an ingestion of this time.
        DataValidationError: The data are not valid.
    """
    if assets_versions:
        raise InvalidArgument(field="assets_versions", value=assets_versions, reason="leave it out")
    _refuse_direct(name)
    bundle = bundles[name]
    if bundle.generated_at is None or timestamp is not None:
        judged = {"quality": quality, "rules": rules}
        return _run(name, bundle, environ, timestamp, show_progress=show_progress, judged=judged)
    if quality is not None or rules is not None:
        reason = "this bundle is computed; leave it out"
        raise InvalidArgument(field="quality", value=quality or rules, reason=reason)
    if bundle.generated_at in _catalog(environ).ingestions(name):
        _catalog(environ).remove(name, bundle.generated_at)
    return _generate(name, bundle, environ, show_progress=show_progress)


def ingest_from(  # noqa: PLR0913 - all but the first by keyword
    name: str,
    *,
    source: str,
    location: str | os.PathLike[str],
    calendar_name: str = "XNYS",
    options: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    timestamp: Moment | None = None,
    show_progress: bool = False,
    quality: str | None = None,
    rules: str | os.PathLike[str] | None = None,
) -> datetime:
    """Ingest what a source finds at a location, without registering a bundle.

    Args:
        name: Name that the bundle is loaded by.
        source: Name of a plugin of ``rustybt.data_adapters``, such as ``csvdir``.
        location: Path or address that the source reads.
        calendar_name: The calendar of the sessions.
        options: Options of the source.
        environ: As for `ingest`.
        timestamp: As for `ingest`.
        show_progress: As for `ingest`.
        quality: As for `ingest`; sources that are data adapters are strict by themselves.
        rules: As for `ingest`.

    Returns:
        The time of the ingestion.

    Raises:
        PluginNotFound: There is no such source.
        InvalidArgument: There is an ingestion of this time.
        DataValidationError: The data are not valid.
    """
    adapter = registry(groups.DATA_ADAPTERS).load(source)
    function = adapter(os.fspath(location), options or {})
    bundle = RegisteredBundle(ingest=function, calendar_name=calendar_name)
    judged = {"quality": quality, "rules": rules}
    return _run(name, bundle, environ, timestamp, show_progress=show_progress, judged=judged)


def migrate(
    location: str | os.PathLike[str],
    *,
    source: str = "zipline",
    name: str | None = None,
    options: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    show_progress: bool = False,
) -> MigrationReport:
    """Take over a bundle of another engine, and compare every value of it after it was written.

    The ingestion bears the time that it has there. Where a value differs, it is removed again.

    Args:
        location: What the source knows the bundle by: for ``zipline`` a name below
            ``$ZIPLINE_ROOT``, or the path of a bundle or of one ingestion.
        source: Name of a plugin of ``rustybt.data_adapters`` that can do this.
        name: Name that the bundle is loaded by; by default the one that it has there.
        options: Options of the source.
        environ: As for `ingest`.
        show_progress: As for `ingest`.

    Returns:
        What was compared, what stayed behind, and what is otherwise here.

    Raises:
        PluginNotFound: There is no such source.
        InvalidArgument: The source takes no bundles over, or there is an ingestion of this time.
        DataValidationError: There is no such bundle, or something of it cannot be taken over.
        CorruptData: A file of it is not what it has to be, or a value differs after the write.
    """
    function = registry(groups.DATA_ADAPTERS).load(source)(os.fspath(location), options or {})
    if not isinstance(function, MigrationSource):
        reason = "it takes no bundles over; ingest what it finds"
        raise InvalidArgument(field="source", value=source, reason=reason)
    found = function.found(environ)
    name = name or found.name
    bundle = RegisteredBundle(ingest=function, calendar_name=found.calendar)
    stamp = _run(name, bundle, environ, found.timestamp, show_progress=show_progress)
    try:
        return _verified(
            function, found, _catalog(environ).load(name, stamp), environ, show_progress
        )
    except BaseException:
        _catalog(environ).remove(name, stamp)
        raise


def load(
    name: str, environ: Mapping[str, str] | None = None, timestamp: Moment | None = None
) -> BundleData:
    """Open the newest ingestion of a bundle.

    Args:
        name: Name of the bundle. ``SOURCE:LOCATION`` means data that a source reads where they
            are, such as ``zipline:NAME``; options of the source may follow, as in
            ``zipline:NAME?calendar=XNYS&leave_out=yes``.
        environ: As for `ingest`.
        timestamp: The newest one up to here; None for the newest of all.

    Raises:
        BundleNotFound: No bundle of this name is registered or was ever ingested.
        IngestionNotFound: It has no ingestion, or none so early.
        InvalidArgument: What the source finds has to be ingested first.
    """
    if _MARK in name:
        return _direct(name, environ, timestamp)
    catalog = _catalog(environ)
    return catalog.load(name, _chosen(catalog, name, environ, timestamp))


def info(
    name: str, environ: Mapping[str, str] | None = None, timestamp: Moment | None = None
) -> BundleInfo:
    """What the ingestion that `load` would open holds.

    Raises:
        BundleNotFound: No bundle of this name is registered or was ever ingested.
        IngestionNotFound: It has no ingestion, or none so early.
    """
    catalog = _catalog(environ)
    return catalog.info(name, _chosen(catalog, name, environ, timestamp))


def quality_reports(
    name: str, environ: Mapping[str, str] | None = None, timestamp: Moment | None = None
) -> tuple[Any, ...]:
    """What rules of quality found at the ingestion that `load` would open.

    Returns:
        A report for each resolution in which something was looked for or found; Rich prints it.

    Raises:
        BundleNotFound: There is no such bundle.
        IngestionNotFound: It has no ingestion, or none so early.
    """
    catalog = _catalog(environ)
    return catalog.quality_reports(name, _chosen(catalog, name, environ, timestamp))


def clean(
    name: str,
    before: Moment | None = None,
    after: Moment | None = None,
    keep_last: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[datetime, ...]:
    """Remove ingestions of a bundle.

    Args:
        name: Name of the bundle.
        before: Remove those before this time.
        after: Remove those after this time. With `before`, too, remove both.
        keep_last: Remove all but the newest so many; excludes `before` and `after`.
        environ: As for `ingest`.

    Returns:
        The times of what was removed, newest first.

    Raises:
        BundleNotFound: No bundle of this name is registered or was ever ingested.
        BadClean: No selection was given, or two that exclude each other.
    """
    by_time = before is not None or after is not None
    if by_time == (keep_last is not None) or (keep_last is not None and keep_last < 0):
        raise BadClean(before=before, after=after, keep_last=keep_last)
    catalog = _catalog(environ)
    stamps = _ingestions(catalog, name, environ)
    removed = (
        stamps[keep_last:]
        if keep_last is not None
        else tuple(
            stamp
            for stamp in stamps
            if (before is not None and stamp < _moment(before))
            or (after is not None and stamp > _moment(after))
        )
    )
    for stamp in removed:
        catalog.remove(name, stamp)
    return removed


def record_run(
    name: str,
    timestamp: datetime,
    *,
    folder: Path,
    run: str,
    fingerprint: str,
    reads: Sequence[DataRead],
    environ: Mapping[str, str] | None = None,
) -> bool:
    """Note what a saved run has read of a bundle; see `BundleCatalog.record_run`."""
    if CATALOG not in registry(groups.CATALOGS):
        return False
    return _catalog(environ).record_run(
        name, timestamp, folder=folder, run=run, fingerprint=fingerprint, reads=reads
    )


def open_table(
    name: str, kind: str, environ: Mapping[str, str] | None = None
) -> "tuple[str, pl.DataFrame]":
    """Read a table of the catalog, such as fundamentals.

    Args:
        name: Name of the data set: ``name`` for the newest version, ``name@time`` for the newest
            one up to that time.
        kind: What the table holds.
        environ: As for `ingest`.

    Returns:
        The version that was read, as ``name@time``, and its rows.

    Raises:
        BundleNotFound: Nothing has this name.
        IngestionNotFound: There is none so early.
        DatasetNotFound: It has no table of this kind.
    """
    catalog = _catalog(environ)
    bare, _, moment = name.partition("@")
    stamp = _chosen(catalog, bare, environ, moment or None)
    return f"{bare}@{stamp.isoformat()}", catalog.table(bare, kind, stamp)


def ingestions_for_bundle(
    name: str, environ: Mapping[str, str] | None = None
) -> tuple[datetime, ...]:
    """Times (UTC) of the ingestions of a bundle, newest first.

    Raises:
        BundleNotFound: No bundle of this name is registered or was ever ingested.
    """
    return _ingestions(_catalog(environ), name, environ)


def bundle_names(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Names of all bundles that are registered or were ingested, sorted."""
    return tuple(sorted({*bundles, *_catalog(environ).names()}))


def _verified(
    source: MigrationSource,
    found: FoundBundle,
    written: BundleData,
    environ: Mapping[str, str] | None,
    show_progress: bool,  # noqa: FBT001 - as it was given
) -> MigrationReport:
    """What the comparison of a bundle with what was written of it says.

    Raises:
        CorruptData: A value differs.
    """
    report = source.compare(written, environ, show_progress=show_progress)
    if report.differences:
        first = "; ".join(report.differences[:_SHOWN])
        reason = f"{len(report.differences):,} values differ from {found.location}: {first}"
        raise CorruptData(path=f"bundle {written.name}", reason=reason)
    return report


def _direct(name: str, environ: Mapping[str, str] | None, timestamp: Moment | None) -> BundleData:
    """What a source finds, read where it is."""
    source, _, rest = name.partition(_MARK)
    location, _, query = rest.partition("?")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    adapters = registry(groups.DATA_ADAPTERS)
    if source not in adapters:
        raise BundleNotFound(name=name, known=bundle_names(environ))
    function = adapters.load(source)(location, options)
    if not isinstance(function, DirectSource):
        reason = f"what {source} finds has to be ingested; give its bundle here"
        raise InvalidArgument(field="bundle", value=name, reason=reason)
    return function.open(name, environ, None if timestamp is None else _moment(timestamp))


def _refuse_direct(name: str) -> None:
    """Refuse what is read where it is: it can be loaded, and has no ingestions here."""
    source, mark, location = name.partition(_MARK)
    if mark and source in registry(groups.DATA_ADAPTERS):
        location = location.partition("?")[0]
        reason = (
            f"it is read where it is, by runs, and has no ingestions here; take it over with: "
            f'rustybt bundle migrate "{location}"'
        )
        raise InvalidArgument(field="bundle", value=name, reason=reason)


def _ingestions(
    catalog: BundleCatalog, name: str, environ: Mapping[str, str] | None
) -> tuple[datetime, ...]:
    _refuse_direct(name)
    stamps = catalog.ingestions(name)
    if not stamps and name not in bundles:
        raise BundleNotFound(name=name, known=bundle_names(environ))
    return stamps


def _chosen(
    catalog: BundleCatalog,
    name: str,
    environ: Mapping[str, str] | None,
    timestamp: Moment | None,
) -> datetime:
    stamps = _ingestions(catalog, name, environ)
    if name in bundles and bundles[name].generated_at not in (None, *stamps):
        _generate(name, bundles[name], environ, show_progress=False)
        stamps = catalog.ingestions(name)
    limit = None if timestamp is None else _moment(timestamp)
    for stamp in stamps:
        if limit is None or stamp <= limit:
            return stamp
    raise IngestionNotFound(bundle=name, timestamp=timestamp)


def _generate(
    name: str,
    bundle: RegisteredBundle,
    environ: Mapping[str, str] | None,
    *,
    show_progress: bool,
) -> datetime:
    """Make the only ingestion of a computed bundle, unless it is there."""
    stamp = bundle.generated_at
    assert stamp is not None, "only generated bundles come here"
    if stamp not in _catalog(environ).ingestions(name):
        try:
            _run(name, bundle, environ, stamp, show_progress=show_progress)
        except InvalidArgument:
            # Another process has made it meanwhile; it is the same in every byte.
            if stamp not in _catalog(environ).ingestions(name):
                raise
    return stamp


def _run(
    name: str,
    bundle: RegisteredBundle,
    environ: Mapping[str, str] | None,
    timestamp: Moment | None,
    *,
    show_progress: bool,
    judged: Mapping[str, Any] | None = None,
) -> datetime:
    stamp = datetime.now(UTC) if timestamp is None else _moment(timestamp)
    calendar = get_calendar(bundle.calendar_name)
    start, end = _range(bundle, calendar)
    if bundle.timestamps:
        import pandas as pd

        start, end = pd.Timestamp(start), pd.Timestamp(end)
    with _catalog(environ).ingestion(name, stamp, calendar=calendar, **judged or {}) as writers:
        made = bundle.create_writers
        cache: dict[str, Any] = {}
        bundle.ingest(
            os.environ if environ is None else environ,
            writers.asset_db_writer if made else None,
            writers.minute_bar_writer if made else None,
            writers.daily_bar_writer if made else None,
            writers.adjustment_writer if made else None,
            calendar,
            start,
            end,
            cache,
            show_progress,
            str(writers.output_dir),
        )
    return stamp


def _range(bundle: RegisteredBundle, calendar: TradingCalendar) -> tuple[date, date]:
    first, last = calendar.session_date(0), calendar.session_date(len(calendar) - 1)
    return (
        max(first, bundle.start_session or first),
        min(last, bundle.end_session or last),
    )


def catalog_of(root: Path, url: str | None = None) -> BundleCatalog:
    """The store of bundles in a folder of data.

    Args:
        root: The folder.
        url: Address of its database; None for a file in the folder.

    Raises:
        MissingExtra: Nothing is installed that keeps bundles.
    """
    catalogs = registry(groups.CATALOGS)
    if CATALOG not in catalogs:
        raise MissingExtra(feature="a store of bundles", install="rustybt-data")
    catalog: BundleCatalog = catalogs.load(CATALOG)(root, url)
    return catalog


def _catalog(environ: Mapping[str, str] | None) -> BundleCatalog:
    chosen = settings() if environ is None else Settings.load(environ)
    return catalog_of(chosen.data_dir, chosen.catalog_url)


def _moment(value: Moment) -> datetime:
    return from_ns(to_ns(value))
