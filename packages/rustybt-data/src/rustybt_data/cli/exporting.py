"""``rustybt data export``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rustybt.cli._help import Command
from rustybt.cli._session import debug_option
from rustybt_data.cli._options import END, RESOLUTION, START
from rustybt_data.cli._words import counted, size

if TYPE_CHECKING:
    import polars as pl

    from rustybt_data.catalog.data_catalog import DataCatalog
    from rustybt_data.catalog.listing import VersionSummary

_ENDINGS = {".csv": "csv", ".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow"}


@click.command(cls=Command)
@click.argument("version", metavar="NAME[@TIME]")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "parquet", "arrow"]),
    help="By default what the ending of PATH says.",
)
@click.option("--symbols", metavar="A,B", help="Only these symbols; by default all.")
@START
@END
@RESOLUTION
@click.option("--to", metavar="LENGTH", help="Make longer bars of them, such as 1h or 1w.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@debug_option
def export(  # noqa: PLR0913, PLR0917 - click passes them by name
    version: str,
    path: Path,
    kind: str | None,
    symbols: str | None,
    start: str | None,
    end: str | None,
    resolution: str | None,
    to: str | None,
    force: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Write bars into a file.

    Numbers have all of their digits; PATH appears when it is complete.

    Examples:
      rustybt data export us prices.csv --symbols AAPL,MSFT --start 2024-01-01
      rustybt data export us weeks.parquet --to 1w
    """
    from rustybt_data.catalog.data_catalog import DataCatalog

    kind = kind or _ENDINGS.get(path.suffix)
    if kind is None:
        raise click.UsageError(f"Say with --format what {path} is to be: csv, parquet or arrow.")
    if path.exists() and not force:
        raise click.UsageError(f"{path} is there; --force replaces it.")
    with DataCatalog() as catalog:
        described = catalog.describe(version).version
        bars = catalog.query(
            symbols.split(",") if symbols else None,
            start,
            end,
            resolution or _only(version, described),
            described.timestamp,
            dataset=described.name,
        )
        if to is not None:
            from rustybt_data.resampling import aggregate

            bars = aggregate(bars, to, calendar=described.calendar)
        frame = _read(catalog, bars, described.reference)
    from rustybt_data.catalog.space import telling_of_space

    folder = path.absolute().parent
    with telling_of_space(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as at:
        draft = Path(at) / "draft"
        _write(frame, draft, kind)
        draft.replace(path)
    click.echo(f"{path}: {counted(frame.height, 'bar')}, {size(path.stat().st_size)}.")


def _only(version: str, described: VersionSummary) -> str:
    """The resolution of the bars, where there are no others."""
    resolutions = [item.resolution for item in described.datasets if item.kind == "bars"]
    if len(resolutions) == 1:
        return resolutions[0]
    if not resolutions:
        raise click.UsageError(f"{version} has no bars.")
    raise click.UsageError(
        f"Say with --resolution which bars: {version} has {', '.join(resolutions)}."
    )


def _read(catalog: DataCatalog, bars: pl.LazyFrame, version: str) -> pl.DataFrame:
    """The bars; if they cannot be read, the file is named that is not what was written."""
    import polars as pl

    try:
        return bars.collect()
    except (OSError, pl.exceptions.PolarsError):
        from rustybt.errors import CorruptData

        for damage in catalog.verify(version).damaged:
            reason = "it is not what was written"
            raise CorruptData(path=damage.path, reason=reason) from None
        raise


def _write(frame: pl.DataFrame, path: Path, kind: str) -> None:
    import polars as pl

    if kind == "csv":
        numbers = [name for name, of in frame.schema.items() if isinstance(of, pl.Decimal)]
        frame.with_columns(map(_digits, numbers)).write_csv(
            path, datetime_format="%Y-%m-%dT%H:%M:%S%.fZ"
        )
    elif kind == "parquet":
        frame.write_parquet(path, compression="zstd")
    else:
        frame.write_ipc(path, compression="zstd")


def _digits(name: str) -> pl.Expr:
    """A number as a text, without the zeros that its scale adds."""
    import polars as pl

    text = pl.col(name).cast(pl.String)
    bare = text.str.strip_chars_end("0").str.strip_chars_end(".")
    return pl.when(text.str.contains(".", literal=True)).then(bare).otherwise(text).alias(name)
