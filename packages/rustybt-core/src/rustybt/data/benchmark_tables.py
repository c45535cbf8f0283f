"""Benchmarks as tables: a return or a level per session."""

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from rustybt.data.fact_cells import TableSource, moments, values
from rustybt.data.facts import one_of_each
from rustybt.errors import DataValidationError, InvalidArgument

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from rustybt.calendars import TradingCalendar

KIND: Final = "benchmark"
"""Kind of such a table."""

KEYS: Final = ("session", "known_at")
"""What tells its rows apart."""

SOURCE: Final = TableSource("benchmark")
"""What errors call a table of no file."""

_LABELS: Final = ("session", "date")
_SHOWN: Final = 3


def read_benchmark(frame: pl.DataFrame, *, source: TableSource = SOURCE) -> pl.DataFrame:
    """A checked table of a benchmark.

    Args:
        frame: ``session`` (or ``date``), and ``return`` or ``level``; a return of 0.01 is one
            per cent, a level is positive. ``known_at`` says since when a value is known; where it
            is left out, since the end of the day in UTC. Further columns don't count.
        source: Where the frame comes from, for errors.

    Returns:
        ``session, known_at`` and ``return`` or ``level``, sorted, each row once.

    Raises:
        DataValidationError: A column is missing, a cell is not what it has to be, or there are
            two values of a session known at one time.
    """
    label = next((name for name in _LABELS if name in frame.columns), _LABELS[0])
    source.need(frame, label)
    given = [name for name in ("return", "level") if name in frame.columns]
    if len(given) != 1:
        reason = f"give either return or level; there are {', '.join(frame.columns)}"
        raise DataValidationError(file=source.name, column="return", reason=reason)
    days = moments(frame[label], source, dates="start")
    known = "known_at" if "known_at" in frame.columns else label
    numbers = values(frame[given[0]], source, texts=False)
    source.refuse_first(numbers.is_null(), numbers, "give a number")
    if given[0] == "level":
        source.refuse_first(numbers <= 0, numbers, "give a positive number")
    table = pl.DataFrame(
        [
            days.dt.date().alias("session"),
            _known(frame, known, label, days, source),
            numbers,
        ]
    )
    return one_of_each(table, KEYS, source).sort(*KEYS)


def _known(
    frame: pl.DataFrame, column: str, label: str, days: pl.Series, source: TableSource
) -> pl.Series:
    if column != label:
        return moments(frame[column], source, dates="end")
    return days.dt.truncate("1d").dt.offset_by("1d").alias("known_at")


def benchmark_returns(
    table: pl.DataFrame, calendar: "TradingCalendar", sessions: range, *, name: str
) -> "NDArray[np.float64]":
    """The returns of a benchmark, one per session of a run, as they were last stated.

    Args:
        table: What `read_benchmark` returns.
        calendar: Of the run.
        sessions: Indices of the run's sessions.
        name: Name of the data set, for errors.

    Raises:
        InvalidArgument: A session is missing; of levels that before the run counts, too.
    """
    last = table.sort("known_at").unique("session", keep="last", maintain_order=True)
    column = "level" if "level" in table.columns else "return"
    by_day = dict(zip(last["session"], last[column], strict=True))
    before = 1 if column == "level" else 0
    if before and not sessions[0]:
        reason = "levels need a session before the run, and the calendar has none"
        raise InvalidArgument(field="benchmark", value=name, reason=reason)
    days = [calendar.session_date(at) for at in range(sessions[0] - before, sessions[-1] + 1)]
    missing = [day for day in days if day not in by_day]
    if missing:
        raise InvalidArgument(field="benchmark", value=name, reason=_missing(missing, column))
    found = [Fraction(by_day[day]) for day in days]
    if column == "return":
        return np.array([float(value) for value in found])
    return np.array([float(level / earlier - 1) for earlier, level in pairwise(found)])


def _missing(days: "list[date]", column: str) -> str:
    shown = ", ".join(map(str, days[:_SHOWN]))
    more = f" and {len(days) - _SHOWN} more" if len(days) > _SHOWN else ""
    return f"it has no {column} of {shown}{more}; add them, or run on the sessions that it has"
