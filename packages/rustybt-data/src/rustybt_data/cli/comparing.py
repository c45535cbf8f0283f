"""``rustybt data diff``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from rustybt.cli._console import exact, print_table
from rustybt.cli._help import Command
from rustybt.cli._session import debug_option
from rustybt_data.cli._options import AS_JSON
from rustybt_data.cli._words import SHOWN

if TYPE_CHECKING:
    import polars as pl

    from rustybt_data.catalog.data_catalog import DataCatalog
    from rustybt_data.catalog.differences import Difference


@click.command(cls=Command)
@click.argument("before", metavar="NAME@TIME")
@click.argument("after", metavar="[NAME[@TIME]]", required=False)
@click.option(
    "--limit", type=click.IntRange(min=1), default=SHOWN, show_default=True, help="Rows per table."
)
@AS_JSON
@debug_option
def diff(
    before: str,
    after: str | None,
    limit: int,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Compare two versions.

    What was restated, added and removed, and the saved runs that read it.

    Without a second version the newest one is compared; NAME alone compares it with the one
    before.

    Examples:
      rustybt data diff us
      rustybt data diff us@2024-03-01T09:30:00+00:00 --json
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    with DataCatalog() as catalog:
        before, after = _both(catalog, before, after)
        found = catalog.diff(before, after)
    if as_json:
        click.echo(json.dumps([_as_dict(each) for each in found], indent=1, default=str))
        return
    click.echo(f"{before} -> {after}")
    for each in found:
        _print(each, limit)


def _both(catalog: DataCatalog, before: str, after: str | None) -> tuple[str, str]:
    name = before.partition("@")[0]
    if "@" in before:
        return before, after or name
    if after is not None:
        return before, after
    versions = catalog.versions(name)
    if len(versions) < 2:
        raise click.UsageError(f"There is only one version of {name}.")
    return versions[1].reference, versions[0].reference


def _print(found: Difference, limit: int) -> None:
    if found.is_empty:
        click.echo(f"Bars of {found.resolution}: all are the same.")
        return
    counts = f"{len(_cells(found.changed)):,} restated, {found.added.height:,} added"
    click.echo(f"Bars of {found.resolution}: {counts}, {found.removed.height:,} removed.")
    tables = (("Restated", found.changed), ("Added", found.added), ("Removed", found.removed))
    for title, frame in tables:
        if frame.is_empty():
            continue
        rows = [tuple(map(_cell, row)) for row in frame.head(limit).iter_rows()]
        print_table(frame.columns, rows, title=title, whole=2)
        if frame.height > limit:
            click.echo(f"... and {frame.height - limit:,} more: --limit shows them, --json all.")
    if found.touched:
        runs = [(each.folder, each.timestamp.isoformat()) for each in found.touched]
        print_table(("saved run", "version that it read"), runs, title="Runs that read this")
    else:
        click.echo("No saved run read what differs.")


def _cells(changed: pl.DataFrame) -> pl.DataFrame:
    """The bars in which a number changed."""
    return changed.select(changed.columns[0], "symbol").unique()


def _as_dict(found: Difference) -> dict[str, Any]:
    return {
        "before": found.before,
        "after": found.after,
        "resolution": found.resolution,
        "restated": _rows(found.changed),
        "added": _rows(found.added),
        "removed": _rows(found.removed),
        "touched": [
            {"folder": each.folder, "run": each.run, "version": each.timestamp.isoformat()}
            for each in found.touched
        ],
    }


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: None if value is None else _cell(value) for name, value in row.items()}
        for row in frame.iter_rows(named=True)
    ]


def _cell(value: object) -> str:
    return "" if value is None else exact(value).replace(",", "")
