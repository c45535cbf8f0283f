"""``rustybt data fetch`` and ``rustybt data import``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rustybt.cli._console import console, print_table
from rustybt.cli._help import Command
from rustybt.cli._session import current_session
from rustybt_data.cli._options import ingest_options, pairs, rule_set
from rustybt_data.cli._watching import Watched
from rustybt_data.cli._words import SHOWN, counted, label, several, some

if TYPE_CHECKING:
    from rustybt_data.catalog.data_catalog import DataCatalog
    from rustybt_data.catalog.ingest_reports import IngestReport, SymbolIngest

EXIT_INTERRUPTED = 130


@click.command(cls=Command)
@click.argument("source")
@click.argument("symbols", nargs=-1)
@click.option("--name", help="What the data are called; by default like the source.")
@click.option(
    "--location", default="", metavar="PLACE", help="Where the source is: an exchange, an address."
)
@ingest_options("quarantine")
def fetch(
    source: str,
    symbols: tuple[str, ...],
    name: str | None,
    location: str,
    options: tuple[str, ...],
    **how: Any,  # noqa: ANN401 - what `ingest_options` adds
) -> None:
    """Fetch bars from a vendor.

    SOURCE is one of those that `rustybt plugins list` names as rustybt.data_adapters.

    If the name is there, only what comes after its newest bars is fetched; without SYMBOLS, those
    that it has. What was received when a fetch is interrupted is kept for a day: the same command
    goes on from there.

    Examples:
      rustybt data fetch yfinance AAPL MSFT --name us --start 2020-01-01
      rustybt data fetch yfinance --name us
      rustybt data fetch ccxt BTC/USDT --location kraken --start 2024-01-01 --resolution 1h

    Keys of vendors are read from the environment, such as POLYGON_API_KEY.
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    current_session().load_extensions()
    name = name or source
    with DataCatalog() as catalog:
        symbols = tuple(part for each in symbols for part in each.split(",") if part)
        known = _known(catalog, name, how["resolution"])
        lists = _lists_symbols(source)
        symbols = symbols or (() if lists else tuple(known))
        if not symbols and not lists:
            raise click.UsageError(f"Say which symbols: there is no {name!r} yet.")
        given = pairs(options) | ({"symbols": ",".join(symbols)} if symbols else {})
        if (
            how["start"] is None
            and not how["replace"]
            and symbols
            and all(map(known.__contains__, symbols))
        ):
            given["start"] = min(str(known[symbol])[:10] for symbol in symbols)
        _ingest(catalog, name, source, location, given, how, symbols=len(symbols))


def _lists_symbols(source: str) -> bool:
    """Whether a source says itself which symbols there are."""
    from rustybt.plugins import groups, registry

    return bool(getattr(registry(groups.DATA_ADAPTERS).load(source), "lists_symbols", False))


@click.command("import", cls=Command)
@click.argument("name")
@click.argument("path")
@click.option(
    "--format",
    "source",
    help="csv, parquet, arrow, csvdir or another source; by default what the file's name says.",
)
@click.option("--symbols", metavar="A,B", help="Only these symbols; by default all.")
@click.option(
    "--mapping", metavar="FILE", help="How the files are written, in TOML: columns, dates, zone."
)
@ingest_options("strict")
def import_files(
    name: str,
    path: str,
    source: str | None,
    symbols: str | None,
    mapping: str | None,
    options: tuple[str, ...],
    **how: Any,  # noqa: ANN401 - what `ingest_options` adds
) -> None:
    """Import bars from files.

    PATH is a file, a folder or a pattern such as 'prices/*.csv'.

    If the name is there, new bars are added, and those that are given again take the place of the
    old ones. A file may be larger than the memory when it is the first of its name.

    Examples:
      rustybt data import mine prices.csv
      rustybt data import mine 'minutes/*.csv' --resolution 1m --option zone=America/New_York
      rustybt data import mine prices/ --format parquet --mapping columns.toml
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    current_session().load_extensions()
    given = pairs(options)
    for option, text in (("symbols", symbols), ("mapping", mapping)):
        if text:
            given[option] = text
    with DataCatalog() as catalog:
        _ingest(catalog, name, source or _format_of(path), path, given, how)


def _ingest(
    catalog: DataCatalog,
    name: str,
    source: str,
    location: str,
    options: Mapping[str, str],
    how: Mapping[str, Any],
    symbols: int = 0,
) -> None:
    """Ingest, and say what was done."""
    texts = {key: how[key] for key in ("start", "end", "resolution") if how[key]}
    rules, watched = rule_set(how["rules"]), Watched()
    try:
        with watched.shown(symbols, shown=symbols > 0):
            report = catalog.ingest(
                name,
                source=source,
                location=location,
                options={**options, **texts},
                resolution=how["resolution"],
                calendar=how["calendar"],
                quality=how["quality"],
                rules=rules,
                replace=how["replace"],
                watch=watched,
            )
    except BaseException as error:
        _tell_kept(watched)
        if isinstance(error, KeyboardInterrupt):
            click.echo(f"Interrupted; {name} is as it was.", err=True)
            raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
        raise
    _tell(catalog, report)


def _tell_kept(watched: Watched) -> None:
    step = watched.last
    if step is not None and step.kept_pages:
        kept = f"{counted(step.kept_pages, 'page')} with {counted(step.kept_rows, 'row')}"
        click.echo(
            f"{kept} of {counted(step.symbols, 'symbol')} are kept; "
            "the same command goes on from there.",
            err=True,
        )


def _tell(catalog: DataCatalog, report: IngestReport) -> None:
    """Say what an ingestion has done, and what can be done next."""
    if report.resumed:
        click.echo(f"{counted(report.resumed, 'row')} were there from an interrupted fetch.")
    if report.resolution is None:
        _tell_written(catalog, report)
    else:
        header, rows = _table(report.symbols)
        print_table(
            header, rows[:SHOWN], title=f"{report.name}, bars of {report.resolution}", whole=4
        )
        if len(rows) > SHOWN:
            click.echo(f"... and {len(rows) - SHOWN:,} more; rustybt data info {report.name}")
        _tell_quality(report)
        for noted in report.written:
            console().print(noted)
        given = f"{report.added or 0:,} new bars, {report.rows or 0:,} in all"
        click.echo(f"{report.version}: {given}.")
    spans = [each for each in report.symbols if each.first is not None and each.last is not None]
    first = min((str(each.first)[:10] for each in spans), default="FIRST")
    last = max((str(each.last)[:10] for each in spans), default="LAST")
    if not spans:
        first, last = _span(catalog, report)
    if report.quality is None and not report.written:
        click.echo(f"No rules were applied; find doubtful bars: rustybt data check {report.name}")
    click.echo(f"Next: {_next(report, first, last)}")


def _next(report: IngestReport, first: str, last: str) -> str:
    """A command that makes use of what was ingested: runs step on a day at most."""
    from rustybt.clock.resolution import SESSION, Resolution

    length = Resolution.parse(report.resolution or SESSION)
    if length > SESSION:
        return f"rustybt data info {report.name}"
    run = f"rustybt run -f STRATEGY.py --bundle {report.name} -s {first} -e {last}"
    return f"{run} --data-frequency {length}" if length.is_intraday else run


def _table(symbols: tuple[SymbolIngest, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The columns that say something, and a row per symbol."""
    header = (
        "symbol",
        "bars",
        "first",
        "last",
        "new",
        "restated",
        "repeated",
        "flagged",
        "put aside",
    )
    rows = [
        (
            each.symbol,
            f"{each.rows:,}",
            label(each.first),
            label(each.last),
            f"{each.added:,}",
            some(each.restated),
            some(each.repeated),
            some(each.flagged),
            some(each.quarantined),
        )
        for each in symbols
    ]
    kept = [place for place in range(len(header)) if place < 5 or any(row[place] for row in rows)]
    return tuple(header[place] for place in kept), [
        tuple(row[place] for place in kept) for row in rows
    ]


def _tell_quality(report: IngestReport) -> None:
    found = report.quality
    if found is None:
        return
    aside = found.quarantined
    if not aside.is_empty():
        symbols = several(sorted(aside["symbol"].unique()))
        click.echo(
            f"{counted(aside.height, 'bar')} of {symbols} put aside; "
            f"see why: rustybt data info {report.name}"
        )


def _tell_written(catalog: DataCatalog, report: IngestReport) -> None:
    """Say what a source has written by itself."""
    described = catalog.describe(report.version)
    rows = []
    for dataset in described.version.datasets:
        if dataset.kind == "bars":
            symbols = described.symbols[dataset.resolution]
            first, last = label(dataset.first_session), label(dataset.last_session)
            rows.append((dataset.resolution, f"{len(symbols):,}", f"{dataset.rows:,}", first, last))
    print_table(("bars of", "symbols", "bars", "first", "last"), rows, title=report.name)
    for found in report.written:
        console().print(found)
    click.echo(f"{report.version} is there.")


def _span(catalog: DataCatalog, report: IngestReport) -> tuple[str, str]:
    datasets = catalog.describe(report.version).version.datasets
    bars = [each for each in datasets if each.first_session]
    if not bars:
        return "FIRST", "LAST"
    return (
        min(str(each.first_session) for each in bars),
        max(str(each.last_session) for each in bars),
    )


def _known(catalog: DataCatalog, name: str, resolution: str | None) -> dict[str, object]:
    """The first label of each symbol that a name has of a resolution."""
    from rustybt.calendars import from_day, from_ns
    from rustybt.clock.resolution import Resolution
    from rustybt.errors import BundleNotFound

    length = Resolution.parse(resolution or "1d")
    try:
        found = catalog.describe(name).symbols.get(str(length), ())
    except BundleNotFound:
        return {}
    read = from_ns if length.is_intraday else from_day
    return {each.symbol: read(each.first) for each in found}


def _format_of(path: str) -> str:
    """What the name of a file, or of those in a folder, says."""
    endings = {
        ".csv": "csv",
        ".tsv": "csv",
        ".txt": "csv",
        ".parquet": "parquet",
        ".arrow": "arrow",
        ".feather": "arrow",
        ".ipc": "arrow",
    }
    place = Path(path)
    found = {endings[each] for each in place.suffixes if each in endings}
    if not found and place.is_dir():
        if (place / "daily").is_dir() or (place / "minute").is_dir():
            return "csvdir"
        names = (file for file in place.rglob("*") if file.is_file())
        found = {endings[end] for file in names for end in file.suffixes if end in endings}
    if len(found) == 1:
        return found.pop()
    raise click.UsageError(f"Say with --format what {path} is: csv, parquet, arrow or csvdir.")
