"""``rustybt data list`` and ``rustybt data info``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from rustybt.cli._console import exact, print_table, print_values
from rustybt.cli._help import Command
from rustybt.cli._session import debug_option
from rustybt_data.cli._options import AS_JSON
from rustybt_data.cli._tables import print_fitting
from rustybt_data.cli._words import SHOWN, counted, label, several, size

if TYPE_CHECKING:
    import polars as pl

    from rustybt_data.catalog.data_catalog import DataCatalog
    from rustybt_data.catalog.freshness import Freshness
    from rustybt_data.catalog.listing import Description, VersionSummary

_DIGITS = 12


@click.command("list", cls=Command)
@AS_JSON
@debug_option
def list_names(as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """List what there is.

    A session counts as behind when it has ended and its bars are not there.

    Example:
      rustybt data list
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    with DataCatalog() as catalog:
        rows = [_row(catalog, version) for version in catalog.list()]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    if not rows:
        click.echo("There is nothing yet. Begin with: rustybt data import NAME PATH")
        return
    header = ("name", "kinds", "bars of", "symbols", "first", "last", "rows", "size", "versions")
    table = [
        (
            row["name"],
            ", ".join(row["kinds"]),
            ", ".join(row["resolutions"]),
            f"{row['symbols']:,}",
            row["first"] or "-",
            row["last"] or "-",
            f"{row['rows']:,}",
            size(row["size_bytes"]),
            f"{row['versions']:,}",
            _fresh(row["sessions_behind"]),
        )
        for row in rows
    ]
    print_fitting((*header, "fresh"), table, spare=("kinds", "size", "versions"))


@click.command(cls=Command)
@click.argument("version", metavar="NAME[@TIME]")
@AS_JSON
@debug_option
def info(version: str, as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Show what a version holds.

    It is the newest one of NAME unless a time is given.

    Examples:
      rustybt data info us
      rustybt data info us@2024-03-01T09:30:00+00:00
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    with DataCatalog() as catalog:
        found = catalog.describe(version)
        if as_json:
            click.echo(json.dumps(_as_dict(catalog, found), indent=1, default=_plain))
            return
        _print_version(catalog, found)
        _print_datasets(found)
        _print_symbols(found)
        _print_quality(catalog, found)
        _print_backtests(catalog, found)


# ---------------------------------------------------------------------- list


def _row(catalog: DataCatalog, version: VersionSummary) -> dict[str, Any]:
    bars = [item for item in version.datasets if item.kind == "bars"]
    described = catalog.describe(version.reference)
    symbols = {each.symbol for found in described.symbols.values() for each in found}
    firsts = [str(item.first_session) for item in bars if item.first_session]
    lasts = [str(item.last_session) for item in bars if item.last_session]
    fresh = catalog.freshness(version.name)
    return {
        "name": version.name,
        "kinds": sorted({item.kind for item in version.datasets}),
        "resolutions": [item.resolution for item in bars],
        "symbols": len(symbols),
        "first": min(firsts, default=None),
        "last": max(lasts, default=None),
        "rows": sum(item.rows for item in bars),
        "size_bytes": version.size_bytes,
        "versions": len(catalog.versions(version.name)),
        "sessions_behind": _behind(fresh),
    }


def _behind(fresh: Iterable[Freshness]) -> int | None:
    return max((len(each.missing) for each in fresh), default=None)


def _fresh(behind: int | None) -> str:
    if behind is None:
        return "-"
    return f"{counted(behind, 'session')} behind" if behind else "yes"


# ---------------------------------------------------------------------- info


def _print_version(catalog: DataCatalog, found: Description) -> None:
    version = found.version
    stats = catalog.cache_stats().cold
    values = {
        "version": version.timestamp.isoformat(),
        "versions": several(
            [each.timestamp.isoformat() for each in catalog.versions(version.name)], 4
        ),
        "calendar": version.calendar,
        "fresh": _fresh(_behind(catalog.freshness(version.name))),
        "size": size(version.size_bytes),
        "hash": version.fingerprint,
        "saved_runs": found.backtests,
        "cache": f"{counted(stats.entries, 'frame')}, {size(stats.size_bytes)} of "
        f"{size(stats.limit_bytes)} on disk, of all names",
    }
    print_values(values, title=version.name)


def _print_datasets(found: Description) -> None:
    rows = [
        (
            f"{item.kind} {item.resolution}".strip(),
            item.source or "-",
            f"{item.rows:,}",
            label(item.first_session),
            label(item.last_session),
            f"{item.files:,}",
            size(item.size_bytes),
            str(item.schema_version),
            item.fingerprint[:_DIGITS],
        )
        for item in found.version.datasets
    ]
    header = ("data set", "source", "rows", "first", "last", "files", "size", "schema", "hash")
    print_fitting(header, rows, title="Data sets", spare=("files", "size", "schema", "hash"))


def _print_symbols(found: Description) -> None:
    from rustybt.calendars import from_day, from_ns
    from rustybt.clock.resolution import Resolution

    for resolution, symbols in found.symbols.items():
        read = from_ns if Resolution.parse(resolution).is_intraday else from_day
        rows = [
            (each.symbol, f"{each.rows:,}", label(read(each.first)), label(read(each.last)))
            for each in sorted(symbols, key=lambda each: each.symbol)
        ]
        print_table(
            ("symbol", "bars", "first", "last"), rows[:SHOWN], title=f"Bars of {resolution}"
        )
        if len(rows) > SHOWN:
            click.echo(f"... and {len(rows) - SHOWN:,} more; --json has all of them.")


def _print_quality(catalog: DataCatalog, found: Description) -> None:
    records = catalog.quality(found.version.reference)
    for each in records.summaries():
        click.echo(
            f"Quality of {each.resolution}, rules {each.rules}: the last ingestion brought "
            f"{counted(each.checked, 'bar')}, {each.flagged:,} flagged, "
            f"{each.quarantined:,} put aside; {each.aside:,} are aside in all."
        )
        if each.aside:
            print_quarantine(records.quarantined(each.resolution))


def print_quarantine(bars: pl.DataFrame) -> None:
    """Print bars that are kept out, with the reasons."""
    from rustybt.data.schemas import BAR_FIELDS

    shown = bars.drop("rules")
    rows = [tuple(_cell(value) for value in row) for row in shown.head(SHOWN).iter_rows()]
    print_fitting(shown.columns, rows, title="Put aside", whole=2, spare=BAR_FIELDS)
    if bars.height > SHOWN:
        click.echo(f"... and {bars.height - SHOWN:,} more.")


def _print_backtests(catalog: DataCatalog, found: Description) -> None:
    runs = [
        (each.folder, each.timestamp.isoformat()) for each in catalog.backtests(found.version.name)
    ]
    if runs:
        print_table(("saved run", "version that it read"), runs[:SHOWN], title="Saved runs")


def _as_dict(catalog: DataCatalog, found: Description) -> dict[str, Any]:
    records = catalog.quality(found.version.reference)
    return {
        **asdict(found),
        "symbols": {
            length: [each._asdict() for each in symbols]
            for length, symbols in found.symbols.items()
        },
        "quality": [asdict(each) for each in records.summaries()],
        "quarantined": {
            each.resolution: records.quarantined(each.resolution).to_dicts()
            for each in records.summaries()
        },
        "saved_runs": [asdict(each) for each in catalog.backtests(found.version.name)],
    }


def _plain(value: object) -> str:
    return str(value)


def _cell(value: object) -> str:
    return "" if value is None else exact(value)
