"""``rustybt data check`` and ``rustybt data verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustybt.cli._console import console, print_table
from rustybt.cli._help import Command
from rustybt.cli._session import debug_option
from rustybt_data.cli._options import RESOLUTION, RULES, rule_set
from rustybt_data.cli._words import counted, several, size

if TYPE_CHECKING:
    from rustybt.data.bundle import BundleData
    from rustybt_data.catalog.data_catalog import DataCatalog
    from rustybt_data.quality import QualityReport, RuleSet

_HASH = 16


@click.command(cls=Command)
@click.argument("version", metavar="NAME[@TIME]")
@RULES
@RESOLUTION
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page, too.")
@debug_option
def check(version: str, rules: Path | None, resolution: str | None, html: Path | None) -> None:
    """Find bars that cannot be right.

    Four layers of rules look at schema, relations, outliers and gaps.

    The exit code is 1 if a bar is found that should not be used (quarantine or fail), else 0.

    Examples:
      rustybt data check us
      rustybt data check us --rules rules.toml --html quality.html
    """
    from rustybt.data import bundles
    from rustybt_data.catalog.data_catalog import DataCatalog
    from rustybt_data.quality import resolutions_of

    chosen = rule_set(rules)
    with DataCatalog() as catalog:
        stamp = catalog.describe(version).version.timestamp
        name = version.partition("@")[0]
        _tell_aside(catalog, version)
        bundle = bundles.load(name, timestamp=stamp)
        lengths = [resolution] if resolution else [str(each) for each in resolutions_of(bundle)]
        reports = [_checked(bundle, length, chosen) for length in lengths]
    for report in reports:
        console().print(report)
    if html is not None:
        _write(html, reports)
    if any(report.outcome in {"quarantine", "fail"} for report in reports):
        raise click.exceptions.Exit(1)


@click.command(cls=Command)
@click.argument("version", metavar="[NAME[@TIME]]", required=False)
@debug_option
def verify(version: str | None) -> None:
    """Find damaged files.

    All files are compared with the checksums that they had when they were written.

    The exit code is 1 if a file differs or is gone.

    Examples:
      rustybt data verify
      rustybt data verify us
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    with DataCatalog() as catalog:
        found = catalog.verify(version)
    if found.is_sound:
        told = f"{counted(found.files, 'file')}, {size(found.size_bytes)}"
        click.echo(f"{told}: all are what was written.")
        return
    rows = [
        (each.path, each.expected[:_HASH], (each.met or "gone")[:_HASH], several(each.versions, 3))
        for each in found.damaged
    ]
    print_table(("damaged file", "was written", "is now", "belongs to"), rows)
    damaged = counted(len(found.damaged), "file")
    click.echo(
        f"{damaged} of {found.files:,} damaged; ingest what they belong to again, or take "
        "another version.",
        err=True,
    )
    raise click.exceptions.Exit(1)


def _checked(bundle: BundleData, resolution: str, rules: RuleSet | None) -> QualityReport:
    from rustybt.progress import progress
    from rustybt_data.quality import check_bundle

    total, done = len(bundle.finder.sids), 0
    with progress() as on_progress:

        def tell(_symbol: str, _rows: int) -> None:
            nonlocal done
            done += 1
            if on_progress is not None:
                on_progress(done, total)

        return check_bundle(bundle, rules, resolution=resolution, progress=tell)


def _tell_aside(catalog: DataCatalog, version: str) -> None:
    """Say what was found when the bars came."""
    for each in catalog.quality(version).summaries():
        if each.aside:
            click.echo(
                f"Put aside on the way in, and not looked at here: {counted(each.aside, 'bar')} "
                f"of {each.resolution}; see rustybt data info {version}"
            )


def _write(path: Path, reports: list[QualityReport]) -> None:
    """A page for each report."""
    for report in reports:
        place = path
        if len(reports) > 1:
            place = path.with_stem(f"{path.stem}-{report.resolution}")
        report.to_html(place)
        click.echo(f"The page is {place}.")
