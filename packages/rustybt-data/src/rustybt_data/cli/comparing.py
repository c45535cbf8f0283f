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
    from rustybt_data.catalog.links import Backtest
    from rustybt_data.catalog.table_differences import TableDifference


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
        tables = catalog.diff_tables(before, after)
    if as_json:
        told = [*map(_as_dict, found), *map(_table_as_dict, tables)]
        click.echo(json.dumps(told, indent=1, default=str))
        return
    click.echo(f"{before} -> {after}")
    for each in found:
        _print(each, limit)
    for table in tables:
        _print_table(table, limit)


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
        _print_rows(title, frame, limit)
    if found.touched:
        _print_runs(found.touched, "Runs that read this")
    else:
        click.echo("No saved run read what differs.")


def _print_table(found: TableDifference, limit: int) -> None:
    name = found.kind.capitalize()
    if found.is_empty:
        click.echo(f"{name}: all are the same.")
        return
    new = found.added.height - found.restated.height
    counts = f"{found.restated.height:,} restated, {new:,} added, {found.removed.height:,} removed"
    click.echo(f"{name}: {counts}.")
    _print_rows("Added or restated", found.added, limit)
    _print_rows("Removed", found.removed, limit)
    if found.touched:
        _print_runs(found.touched, "Runs that may have seen this")
    else:
        click.echo("No saved run can have seen what differs.")


def _print_rows(title: str, frame: pl.DataFrame, limit: int) -> None:
    if frame.is_empty():
        return
    rows = [tuple(map(_cell, row)) for row in frame.head(limit).iter_rows()]
    print_table(frame.columns, rows, title=title, whole=2)
    if frame.height > limit:
        click.echo(f"... and {frame.height - limit:,} more: --limit shows them, --json all.")


def _print_runs(runs: tuple[Backtest, ...], title: str) -> None:
    rows = [(each.folder, each.timestamp.isoformat()) for each in runs]
    print_table(("saved run", "version that it read"), rows, title=title)


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
        "touched": _runs(found.touched),
    }


def _table_as_dict(found: TableDifference) -> dict[str, Any]:
    return {
        "before": found.before,
        "after": found.after,
        "kind": found.kind,
        "restated": _rows(found.restated),
        "added": _rows(found.added),
        "removed": _rows(found.removed),
        "touched": _runs(found.touched),
    }


def _runs(runs: tuple[Backtest, ...]) -> list[dict[str, str]]:
    return [
        {"folder": each.folder, "run": each.run, "version": each.timestamp.isoformat()}
        for each in runs
    ]


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: None if value is None else _cell(value) for name, value in row.items()}
        for row in frame.iter_rows(named=True)
    ]


def _cell(value: object) -> str:
    return "" if value is None else exact(value).replace(",", "")
