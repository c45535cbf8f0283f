"""The command `rustybt acme`."""

from __future__ import annotations

from pathlib import Path

import click
import polars as pl

from rustybt_acme.tape import read_tape

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def acme() -> None:
    """Look into tapes of the vendor Acme.

    Example: rustybt acme inspect prices.tape
    """


@acme.command()
@click.argument("tape", type=FILE)
def inspect(tape: Path) -> None:
    """List the symbols of a TAPE.

    Each comes with its first and last session and its number of bars.
    """
    bars = (
        read_tape(tape)
        .group_by("symbol")
        .agg(
            pl.col("timestamp").min().alias("first"),
            pl.col("timestamp").max().alias("last"),
            pl.len().alias("bars"),
        )
    )
    for symbol, first, last, count in bars.sort("symbol").iter_rows():
        click.echo(f"{symbol}  {first} to {last}  {count} bars")
