"""The loader of a frame: one column of data that is given as a table, with adjustments."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.calendars import to_day
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import FLOAT, INSTANT, TEXT
from rustybt.pipeline.loaders.base import Loaded, LoadRequest
from rustybt.pipeline.loaders.revisions import ADJUSTMENT_COLUMNS, revised
from rustybt.pipeline.loaders.tables import polars_frame
from rustybt.pipeline.stable_text import StableText

SESSION: Final = "session"
"""The column of the sessions of a baseline."""


class DataFrameLoader:
    """One column of data, given as a frame.

    The row of a session is what that session's pipeline sees as its newest value: what was known
    before its open. Nothing is shifted. A session or an asset that the frame does not have is
    missing.

    Adjustments change values in hindsight: as of the session `apply_date` and later, rows from
    `start_date` through `end_date` are multiplied, added to or replaced. They count in whatever
    chunks a pipeline is computed. (Zipline forgets those that apply before a chunk.)

    Args:
        column: The column that is brought.
        baseline: A column ``session`` of dates and a column per asset, named by its sid; of a
            pandas frame the index are the sessions.
        adjustments: ``sid, value, kind, start_date, end_date, apply_date``, Polars or pandas.
            `kind` is ``"multiply"``, ``"add"`` or ``"overwrite"``, or Zipline's 0, 1 or 2; without
            `start_date` it begins with the first row.

    Raises:
        InvalidArgument: The frame has other columns, or a cell is not what it has to be.
    """

    def __init__(
        self,
        column: BoundColumn,
        baseline: Any,  # noqa: ANN401 - a Polars or a pandas frame
        adjustments: Any = None,  # noqa: ANN401
    ) -> None:
        self._column = column.unspecialize()
        table = _baseline(baseline)
        self._days = np.array([to_day(day) for day in table[SESSION].to_list()], np.int64)
        if len(self._days) and not (np.diff(self._days) > 0).all():
            raise _wrong("order of the sessions", "unsorted", "give each session once, ascending")
        names = [name for name in table.columns if name != SESSION]
        sids = np.array([_sid(name) for name in names], np.int64)
        order = np.argsort(sids)
        self._sids = sids[order]
        self._values = [_cells(table[names[place]], self._column) for place in order.tolist()]
        self._adjustments = _adjustments(adjustments)

    @property
    def fingerprint(self) -> str:
        """What its data depend on."""
        return StableText().of((self._days, self._sids, self._values, self._adjustments))

    def first_session(self, request: LoadRequest) -> int | None:
        """A frame begins when it begins: what is before is missing."""
        del request
        return None

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """The values of the column.

        Raises:
            InvalidArgument: Another column is asked for, or an adjustment cannot be made.
        """
        for column in columns:
            if column.unspecialize() is not self._column:
                raise InvalidArgument(
                    field="column", value=column, reason=f"this loader brings {self._column!r}"
                )
        column = self._column
        shape = len(request.sids), request.rows
        values = np.full(shape, column.missing_value, column.dtype)
        rows = np.searchsorted(request.days, self._days)
        inside = (self._days >= request.days[0]) & (self._days <= request.days[-1])
        inside[inside] = request.days[rows[inside]] == self._days[inside]
        for place, sid in enumerate(request.sids.tolist()):
            known = int(np.searchsorted(self._sids, sid))
            if known < len(self._sids) and self._sids[known] == sid:
                values[place, rows[inside]] = self._values[known][inside]
        steps = revised(values, self._adjustments, request, column)
        return dict.fromkeys(columns, Loaded(values, steps))


def _baseline(baseline: Any) -> pl.DataFrame:  # noqa: ANN401 - a Polars or a pandas frame
    if not isinstance(baseline, pl.DataFrame | pl.LazyFrame):
        baseline = baseline.rename_axis(SESSION).rename(columns=str)
    table = polars_frame(baseline)
    if SESSION not in table.columns:
        raise _wrong("columns", table.columns, f"name the column of dates {SESSION}")
    return table


def _sid(name: str) -> int:
    if not name.isdecimal():
        raise _wrong("column", name, "name the columns by sids")
    return int(name)


def _cells(series: pl.Series, column: BoundColumn) -> NDArray[Any]:
    try:
        if column.dtype == TEXT:
            return np.array(series.cast(pl.String).to_list(), dtype=object)
        if column.dtype == FLOAT:
            return np.array(series.cast(pl.Float64).to_numpy(), dtype=FLOAT)
        if column.dtype == INSTANT:
            instants = series.cast(pl.Datetime("ns")).to_numpy()
            return np.array(instants, dtype=INSTANT)
        return np.array(series.fill_null(column.missing_value).to_numpy(), dtype=column.dtype)
    except (pl.exceptions.InvalidOperationError, TypeError, ValueError) as error:
        raise _wrong(
            f"column {series.name}", str(series.dtype), f"{column!r} is of {column.dtype}"
        ) from error


def _adjustments(frame: Any) -> pl.DataFrame:  # noqa: ANN401 - a Polars or a pandas frame, or None
    if frame is None:
        return pl.DataFrame(schema=dict.fromkeys(ADJUSTMENT_COLUMNS, pl.Null))
    table = polars_frame(frame)
    lacking = [name for name in ADJUSTMENT_COLUMNS if name not in table.columns]
    if lacking:
        raise _wrong("adjustments", table.columns, f"add columns {', '.join(lacking)}")
    days = [pl.col(name).cast(pl.Date) for name in ("start_date", "end_date", "apply_date")]
    return table.with_columns(days).sort("apply_date", maintain_order=True)


def _wrong(field: str, value: object, reason: str) -> InvalidArgument:
    return InvalidArgument(field=f"{field} of the baseline", value=value, reason=reason)
