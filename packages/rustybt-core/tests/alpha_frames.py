"""Frames of factors and prices, written as tables."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

FIRST = date(2021, 3, 1)

Row = Sequence[float | None]


def session(number: int) -> date:
    """The day of a session, counted from 0: every day is one."""
    return FIRST + timedelta(days=number)


def long(rows: Mapping[int, Row], value: str) -> pl.DataFrame:
    """``session, sid`` and a value per session for each sid; null stands for a row without one."""
    cells = [
        (session(number), sid, None if cell is None else float(cell))
        for sid, row in rows.items()
        for number, cell in enumerate(row)
    ]
    schema = {"session": pl.Date, "sid": pl.Int64, value: pl.Float64}
    return pl.DataFrame(cells, schema=schema, orient="row")


def factor(rows: Mapping[int, Row]) -> pl.DataFrame:
    """A factor by sid and session."""
    return long(rows, "factor")


def prices(rows: Mapping[int, Row], *, column: str = "close") -> pl.DataFrame:
    """Prices by sid and session."""
    return long(rows, column)


def by_sid(frame: pl.DataFrame, column: str) -> dict[int, list[float | None]]:
    """The values of each sid, session by session."""
    ordered = frame.sort("sid", "session")
    return {
        sid: part[column].to_list()
        for (sid,), part in ordered.partition_by("sid", as_dict=True).items()
        if isinstance(sid, int)
    }
