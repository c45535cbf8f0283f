"""Tables that fit into the terminal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from rustybt.cli._console import console, print_table

WIDE: Final = 100
"""Columns of a terminal that has space for everything."""


def print_fitting(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str | None = None,
    whole: int = 1,
    spare: Collection[str] = (),
) -> None:
    """Print a table.

    Args:
        header: Names of the columns.
        rows: Their cells.
        title: What stands above it.
        whole: How many columns from the left keep their cells on one line.
        spare: Columns that are left out where the terminal is narrow.
    """
    if console().width < WIDE:
        kept = [place for place, name in enumerate(header) if name not in spare]
        header = [header[place] for place in kept]
        rows = [[row[place] for place in kept] for row in rows]
    print_table(header, rows, title=title, whole=whole)
