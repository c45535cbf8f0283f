"""A report as tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from rustybt_data.quality.words import Reported, label_of, summary, worst

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

_SYMBOLS: Final = 15
_ROWS: Final = 25
_WHOLE: Final = frozenset({"symbol", "label"})
"""Columns whose cells are never broken."""


def renderables(report: Reported) -> Iterator[RenderableType]:
    """A line of what was checked, and tables of what was found, the worst first."""
    from rich.text import Text

    yield Text(summary(report))
    if report.is_clean:
        return
    counts = report.counts().sort("outcome", "findings", descending=True)
    columns = ("rule", "outcome", "findings", "symbols")
    yield _table("Rules", columns, counts.select(columns).iter_rows())
    if report.rows["symbol"].n_unique() > 1:
        yield _symbols(report)
    shown, title = worst(report, _ROWS)
    yield _table(title, shown.columns, shown.iter_rows())


def _symbols(report: Reported) -> Table:
    by_symbol = (
        report.rows.group_by("symbol")
        .agg(
            pl.col("outcome").max().alias("worst"),
            pl.len().alias("findings"),
            pl.col("rule").unique().sort().str.join(", ").alias("rules"),
        )
        .sort("worst", "findings", "symbol", descending=(True, True, False))
    )
    more = by_symbol.height - _SYMBOLS
    title = "Symbols" if more <= 0 else f"Symbols, the worst {_SYMBOLS} of {by_symbol.height:,}"
    return _table(title, by_symbol.columns, by_symbol.head(_SYMBOLS).iter_rows())


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for name in columns:
        right = name in {"findings", "symbols"}
        table.add_column(
            name,
            overflow="fold",
            justify="right" if right else "left",
            no_wrap=name in _WHOLE,
        )
    for row in rows:
        cells = (f"{cell:,}" if isinstance(cell, int) else label_of(cell) for cell in row)
        table.add_row(*(escape(cell) for cell in cells))
    return table
