"""Bars in order, each once, within the range asked for, and none that is still being made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.errors import DataValidationError
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.windows import Window, is_complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """Bars and what was done to them.

    Attributes:
        frame: The standard frame, sorted by symbol and label.
        duplicates: Rows that were left out because they are there twice, all alike.
        outside: Rows that were left out because nobody asked for them.
        incomplete: Rows that were left out because their time was not over.
        unsorted: Whether rows came in another order.
        repeated: The duplicates by symbol.
    """

    frame: pl.DataFrame
    duplicates: int = 0
    outside: int = 0
    incomplete: int = 0
    unsorted: bool = False
    repeated: Mapping[str, int] = field(default_factory=dict)


def arranged(
    frame: pl.DataFrame,
    window: Window,
    calendar: TradingCalendar,
    *,
    source: str,
    now_ns: int,
    with_twins: bool = False,
) -> Arranged:
    """Arrange bars.

    Args:
        frame: A standard frame in any order.
        window: What was asked for.
        calendar: Its sessions say when a day is over.
        source: Who it comes from, for errors.
        now_ns: When it was asked for.
        with_twins: Whether different rows of one bar are left as they are.

    Raises:
        DataValidationError: Two rows of one symbol and label differ; it names both values.
    """
    label = frame.columns[0]
    within = frame.filter(window.holds(pl.col(label)))
    ended = within.filter(is_complete(within[label], calendar, now_ns=now_ns))
    ordered = ended.sort("symbol", label, maintain_order=True)
    unsorted = not ordered.select("symbol", label).equals(ended.select("symbol", label))
    single = ordered.unique(maintain_order=True)
    if not with_twins:
        _refuse_twins(single, label, source)
    return Arranged(
        frame=single,
        duplicates=ordered.height - single.height,
        outside=frame.height - within.height,
        incomplete=within.height - ended.height,
        unsorted=unsorted,
        repeated=_repeated(ordered, single),
    )


def _repeated(ordered: pl.DataFrame, single: pl.DataFrame) -> Mapping[str, int]:
    """How many rows of each symbol were left out, of those that lost some."""
    if ordered.height == single.height:
        return {}
    had, has = (dict(frame["symbol"].value_counts().iter_rows()) for frame in (ordered, single))
    return {symbol: count - has[symbol] for symbol, count in had.items() if count > has[symbol]}


def _refuse_twins(frame: pl.DataFrame, label: str, source: str) -> None:
    """Refuse two different rows of one bar."""
    twin = (pl.col("symbol") == pl.col("symbol").shift(1)) & (
        pl.col(label) == pl.col(label).shift(1)
    )
    rows = frame.select(twin.fill_null(value=False)).to_series().arg_true()
    if not len(rows):
        return
    row = int(rows[0])
    one, other = frame.row(row - 1, named=True), frame.row(row, named=True)
    column = next(name for name in frame.columns if one[name] != other[name])
    raise DataValidationError(
        file=f"{source}, {one['symbol']} at {one[label]}",
        column=column,
        value=str(other[column]),
        reason=f"the bar is there twice, once with {one[column]}; ask the source which is right",
    )


def grouped(
    symbols: Sequence[str], after: Mapping[str, Edge]
) -> list[tuple[Edge | None, list[str]]]:
    """Symbols by the newest label known of them, in their order."""
    groups: dict[Edge | None, list[str]] = {}
    for symbol in dict.fromkeys(symbols):
        groups.setdefault(after.get(symbol), []).append(symbol)
    return list(groups.items())


def joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Standard frames as one, at the largest scales of their columns."""
    label = frames[0].columns[0]
    # vertical_relaxed takes the larger scale; plain concat would round to that of the first.
    return pl.concat(frames, how="diagonal_relaxed").sort("symbol", label)
