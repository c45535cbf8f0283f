"""``rustybt bundle``: the data that strategies run on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from rustybt.cli._console import console, print_table, print_values
from rustybt.cli._help import Group
from rustybt.cli._options import MOMENT
from rustybt.cli._session import current_session, debug_option, extension_options


@click.group(cls=Group)
@debug_option
def bundle() -> None:
    """Ingest, list and clean bundles: named data sets that strategies run on.

    Examples:
      rustybt bundle ingest mine --source csvdir --path prices/ --calendar XNYS
      rustybt bundle list
      rustybt bundle info mine
      rustybt bundle clean mine --keep-last 2
      rustybt bundle migrate quandl
    """


@bundle.command()
@click.argument("name")
@click.option("--source", help="The data adapter that reads the data, such as csvdir.")
@click.option("--path", metavar="PATH", help="Where the source finds them: a folder or a file.")
@click.option(
    "--calendar",
    default="XNYS",
    show_default=True,
    help="The exchange whose sessions the data of a source follow, or 24/7.",
)
@click.option(
    "--option",
    "options",
    metavar="KEY=VALUE",
    multiple=True,
    help="An option of the source, such as stamp=day; can be repeated.",
)
@click.option(
    "--quality",
    type=click.Choice(["strict", "quarantine", "flag", "off"]),
    help="What becomes of bars in which rules find something: quarantine puts them aside, flag "
    "notes them, strict refuses all for one, off does not look. By default data adapters are "
    "strict about bars by themselves, and csvdir and ingest functions only note such bars.",
)
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Rules of quality in TOML; by default those of asset class and resolution.",
)
@click.option("--show-progress/--no-show-progress", default=True, help="Show a bar in a terminal.")
@extension_options("--extension")
@debug_option
def ingest(
    name: str,
    source: str | None,
    path: str | None,
    calendar: str,
    options: tuple[str, ...],
    quality: str | None,
    rules: Path | None,
    show_progress: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Read data into the bundle NAME.

    It can be used when all of it is there; an error leaves everything as it was. Without
    --source, NAME is a bundle that is registered: one that comes with RustyBT, such as sample,
    or one of an extension.

    Examples:
      rustybt bundle ingest sample
      rustybt bundle ingest mine --source csvdir --path prices/ --calendar XNYS
      rustybt bundle ingest mine --source csvdir --path prices/ --quality quarantine

    A csvdir folder holds daily/SYMBOL.csv or minute/SYMBOL.csv with the columns
    date, open, high, low, close, volume. Optional: assets.csv, root_symbols.csv, rates.csv,
    and of corporate actions splits.csv, dividends.csv, stock_dividends.csv, mergers.csv,
    spin_offs.csv, rights.csv and delistings.csv.
    """
    from rustybt.data import bundles

    current_session().load_extensions()
    if source is None:
        if path is not None or options:
            raise click.UsageError("--path and --option belong to a --source, such as csvdir.")
        stamp = bundles.ingest(name, show_progress=show_progress, quality=quality, rules=rules)
    elif path is None:
        raise click.UsageError(f"Say with --path where {source} finds the data.")
    else:
        stamp = bundles.ingest_from(
            name,
            source=source,
            location=path,
            calendar_name=calendar,
            options=dict(map(_option, options)),
            show_progress=show_progress,
            quality=quality,
            rules=rules,
        )
    for report in bundles.quality_reports(name, timestamp=stamp):
        console().print(report)
    held = bundles.info(name, timestamp=stamp)
    counted = f"{held.daily_bars:,} daily bars, {held.minute_bars:,} minute bars"
    if not {*held.resolutions.split(", ")} <= {"", "1m", "1d"}:
        counted = f"bars of {held.resolutions}"
    click.echo(f"Ingested {name} as of {stamp.isoformat()}: {held.assets:,} assets, {counted}.")


@bundle.command()
@click.argument("location", metavar="NAME|PATH")
@click.option("--name", help="What the bundle is called here; by default as in Zipline.")
@click.option("--timestamp", help="Take the newest ingestion up to here; by default of all.")
@click.option("--calendar", help="The exchange of its sessions; by default what the bundle says.")
@click.option(
    "--leave-out", is_flag=True, help="Go without what cannot be taken over, which is listed."
)
@click.option("--show-progress/--no-show-progress", default=True, help="Show a bar in a terminal.")
@debug_option
def migrate(
    location: str,
    name: str | None,
    timestamp: str | None,
    calendar: str | None,
    leave_out: bool,  # noqa: FBT001 - click passes it by name
    show_progress: bool,  # noqa: FBT001
) -> None:
    """Take over a bundle of Zipline's, and compare every value of it afterwards.

    NAME is a bundle below $ZIPLINE_ROOT/data (~/.zipline/data), PATH that of a bundle or of one
    of its ingestions. Bars, corporate actions and assets become a bundle of RustyBT's, with the
    time of the ingestion; the one of Zipline's stays as it is. It needs rustybt-data[zipline].

    Examples:
      rustybt bundle migrate quandl --name prices
      rustybt bundle migrate "/srv/zipline/data/mine/2024-01-02T03;04;05"
    """
    from rustybt.data.bundles import migrate as migrate_bundle

    given = {"timestamp": timestamp, "calendar": calendar, "leave_out": "yes" if leave_out else ""}
    report = migrate_bundle(
        location,
        name=name,
        options={key: value for key, value in given.items() if value},
        show_progress=show_progress,
    )
    rows = [
        (part.what, f"{part.items:,}", f"{part.values:,}", str(len(part.differences)))
        for part in report.compared
    ]
    print_table(("compared", "items", "values", "different"), rows, title=report.location)
    for heading, lines in (("Left out", report.left_out), ("Note", report.notes)):
        for line in lines:
            click.echo(f"{heading}: {line}.")
    stamp = "" if report.timestamp is None else f" as of {report.timestamp.isoformat()}"
    same = "the rest is the same" if report.left_out else "every value is the same"
    click.echo(f"Took over {report.location} as {report.name}{stamp}; {same}.")


@bundle.command("list")
@extension_options("--extension")
@debug_option
def list_bundles() -> None:
    """List all bundles with their ingestions.

    Example:
      rustybt bundle list
    """
    from rustybt.data.bundles import bundle_names, ingestions_for_bundle

    current_session().load_extensions()
    rows = []
    for name in bundle_names():
        stamps = [stamp.isoformat() for stamp in ingestions_for_bundle(name)]
        rows += [(name, stamp) for stamp in stamps or ["<no ingestions>"]]
    print_table(("bundle", "ingestion"), rows)


@bundle.command()
@click.argument("name")
@click.option("--timestamp", type=MOMENT, help="Use the newest ingestion up to here.")
@extension_options("--extension")
@debug_option
def info(name: str, timestamp: date | None) -> None:
    """Show what an ingestion of the bundle NAME holds.

    Example:
      rustybt bundle info sample
    """
    from dataclasses import asdict

    from rustybt.data.bundles import info as bundle_info

    current_session().load_extensions()
    print_values(asdict(bundle_info(name, timestamp=timestamp)), title=name)


@bundle.command()
@click.argument("name")
@click.option("--before", type=MOMENT, help="Remove the ingestions before this time.")
@click.option("--after", type=MOMENT, help="Remove the ingestions after this time.")
@click.option("--keep-last", type=click.IntRange(min=0), help="Remove all but the newest N.")
@extension_options("--extension")
@debug_option
def clean(name: str, before: date | None, after: date | None, keep_last: int | None) -> None:
    """Remove ingestions of the bundle NAME.

    Examples:
      rustybt bundle clean mine --keep-last 2
      rustybt bundle clean mine --before 2024-01-01
    """
    from rustybt.data.bundles import clean as clean_bundle

    current_session().load_extensions()
    removed = clean_bundle(name, before=before, after=after, keep_last=keep_last)
    for stamp in removed:
        click.echo(f"Removed {name} of {stamp.isoformat()}.")
    click.echo(f"{len(removed)} ingestions of {name} were removed.")


def _option(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.UsageError(f"Give --option as key=value, not as {text!r}.")
    return key, value
