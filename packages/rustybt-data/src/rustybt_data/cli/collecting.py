"""``rustybt data gc``."""

from __future__ import annotations

import click

from rustybt.cli._help import Command
from rustybt.cli._session import debug_option
from rustybt_data.cli._words import counted, size


@click.command(cls=Command)
@click.option(
    "--keep-last",
    type=click.IntRange(min=1),
    metavar="N",
    help="Remove versions that are older than the newest N of their name.",
)
@click.option("--name", help="Only of this name.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@debug_option
def gc(keep_last: int | None, name: str | None, dry_run: bool) -> None:  # noqa: FBT001
    """Remove what is not needed.

    That is what processes that died have left, and on request old versions.

    Versions that a saved run read, bundles (rustybt bundle clean removes those) and the newest
    version of each name stay.

    Examples:
      rustybt data gc --dry-run
      rustybt data gc --keep-last 3 --name us
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    with DataCatalog() as catalog:
        if name is not None:
            catalog.versions(name)
        found = catalog.gc(keep_last=keep_last, name=name, dry_run=dry_run)
    verb = "Would remove" if dry_run else "Removed"
    for version in found.versions:
        click.echo(f"{verb} {version}.")
    for version in found.in_use:
        click.echo(f"{version} is being read; it goes when nobody reads it.")
    left = f", {counted(len(found.abandoned), 'abandoned folder')}" if found.abandoned else ""
    files = f"{counted(len(found.files), 'file')}, {size(found.size_bytes)}"
    click.echo(f"{verb} {counted(len(found.versions), 'version')}, {files}{left}.")
