"""Empty cells that are filled from the rows around them."""

from typing import Final

import polars as pl

from rustybt.calendars import from_day, from_ns
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import DataValidationError
from rustybt.values import divide_half_even

_LINE: Final = ("at", "at_before", "at_after", "before", "after")
FILLED_SCHEMA: Final = pl.Schema({"symbol": pl.String, "at": pl.Int64, "column": pl.String})


def filled(
    frame: pl.DataFrame, *, is_daily: bool, source: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bars without empty cells.

    An empty cell becomes the straight line, in time, between the cells before and after it of the
    same symbol, rounded half even to the decimals of the column.

    Args:
        frame: ``symbol``, ``at`` and coefficients, sorted by symbol and `at`.
        is_daily: Whether `at` counts days.
        source: Where it comes from, for errors.

    Returns:
        The bars, and a row ``symbol, at, column`` for each cell that was filled.

    Raises:
        DataValidationError: There is no cell before or after.
    """
    told = []
    for name in BAR_FIELDS:
        rows = frame[name].is_null().arg_true().to_list()
        if rows:
            cells = _around(frame, name).with_columns(column=pl.lit(name))
            _refuse_ends(cells, is_daily=is_daily, source=source)
            values = frame[name].scatter(
                rows, [_between(*row) for row in cells.select(_LINE).rows()]
            )
            frame = frame.with_columns(values)
            told.append(cells.select("symbol", "at", "column"))
    return frame, pl.concat([FILLED_SCHEMA.to_frame(), *told])


def _around(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """For each empty cell of a column the cells before and after it, and their times."""
    known = pl.col(name).is_not_null()
    time = pl.when(known).then(pl.col("at"))
    return frame.select(
        "symbol",
        "at",
        at_before=time.forward_fill().over("symbol"),
        at_after=time.backward_fill().over("symbol"),
        before=pl.col(name).forward_fill().over("symbol"),
        after=pl.col(name).backward_fill().over("symbol"),
        known=known,
    ).filter(~pl.col("known"))


def _between(at: int, at_before: int, at_after: int, before: int, after: int) -> int:
    """The value of a straight line: before + (after - before) x elapsed / whole, half even."""
    whole = at_after - at_before
    return divide_half_even(before * whole + (after - before) * (at - at_before), whole)


def _refuse_ends(cells: pl.DataFrame, *, is_daily: bool, source: str) -> None:
    lost = cells.filter(pl.col("before").is_null() | pl.col("after").is_null())
    if lost.is_empty():
        return
    row = lost.row(0, named=True)
    moment = from_day(row["at"]) if is_daily else from_ns(row["at"])
    raise DataValidationError(
        file=f"{source}, {row['symbol']} at {moment}",
        column=row["column"],
        value="",
        reason="there is no number on both sides of it to interpolate between; say missing: skip",
    )
