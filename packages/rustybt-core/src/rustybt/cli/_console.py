"""What the commands print: tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_UNLIMITED = 10_000


def console() -> Console:
    """The terminal, or whatever stands in its place, where no line is too long."""
    from rich.console import Console

    out = Console(highlight=False)
    if not out.is_terminal:
        out.width = _UNLIMITED
    return out


def print_table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    whole: int = 0,
) -> None:
    """Print a table on the standard output stream.

    Args:
        header: Names of the columns.
        rows: Their cells.
        title: What stands above it.
        whole: How many columns from the left keep their cells on one line where it is narrow.
    """
    out = console()
    table = _table(title)
    for place, name in enumerate(header):
        table.add_column(name, overflow="fold", no_wrap=place < whole)
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    out.print(table)


def print_values(values: Mapping[str, object], *, title: str) -> None:
    """Print names and values, one pair in each line."""
    table = _table(title)
    table.show_header = False
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in values.items():
        text = f"{value:,}" if isinstance(value, int) else str(value)
        table.add_row(_plain(name.replace("_", " ")), _plain(text))
    console().print(table)


def print_summary(summary: object, *, title: str) -> None:
    """Print what renders itself, under a title."""
    out = console()
    out.print(title, markup=False)
    out.print(summary)


def exact(value: object) -> str:
    """A value with all of its digits, but without the zeros that a Decimal ends in."""
    if isinstance(value, Decimal):
        digits = f"{value:,f}"
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    return str(value)


def _table(title: str | None) -> Table:
    from rich import box
    from rich.table import Table

    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
