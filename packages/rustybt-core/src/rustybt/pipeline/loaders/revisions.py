"""Values that are changed in hindsight: as of a session, rows before it."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.calendars import to_day
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import FLOAT
from rustybt.pipeline.loaders.base import LoadRequest, Steps

ADJUSTMENT_COLUMNS: Final = ("sid", "value", "kind", "start_date", "end_date", "apply_date")
"""The columns of adjustments."""

_KINDS: Final = ("multiply", "add", "overwrite")
"""In the order of Zipline's numbers."""

_Step = tuple[int, int, int, float]


def revised(
    values: NDArray[Any], adjustments: pl.DataFrame, request: LoadRequest, column: BoundColumn
) -> Steps | None:
    """Apply adjustments to values, and return what they do to rows before they apply.

    A row from `apply_date` on is changed at once. One before is what it was until then; the change
    is a factor on it and, so that others stay, the inverse on those before.

    Args:
        values: (assets, rows); written to.
        adjustments: By the session as of which they apply.
        request: The assets and rows.
        column: What is adjusted, for errors.

    Raises:
        InvalidArgument: An adjustment is of no known kind, or cannot be told by a factor.
    """
    if adjustments.is_empty():
        return None
    current = values.copy()
    places = {sid: place for place, sid in enumerate(request.sids.tolist())}
    steps: list[_Step] = []
    for each in adjustments.iter_rows(named=True):
        place = places.get(each["sid"])
        if place is None:
            continue
        kind = _kind(each["kind"])
        first, stop, since = _rows(each, request)
        now = slice(max(first, since), stop)
        for cells in (values, current):
            cells[place, now] = _changed(cells[place, now], kind, each["value"])
        if first < min(stop, since) and since < request.rows:
            before = slice(first, min(stop, since))
            older = current[place, before].copy()
            newer = _changed(older, kind, each["value"])
            current[place, before] = newer
            steps.extend(_steps(place, since, first, older, newer, column))
    if not steps:
        return None
    steps.sort(key=lambda step: step[1])
    assets, since_rows, through, factors = zip(*steps, strict=True)
    return Steps(
        np.array(assets, np.int64),
        np.array(since_rows, np.int64),
        np.array(through, np.int64),
        np.array(factors, FLOAT),
    )


def _steps(
    place: int,
    since: int,
    first: int,
    older: NDArray[Any],
    newer: NDArray[Any],
    column: BoundColumn,
) -> Iterator[_Step]:
    """The factors that make rows from `first` on what they are since a row."""
    same = (older == newer) | (_is_missing(older) & _is_missing(newer))
    if same.all():
        return
    if column.dtype != FLOAT:
        raise _untold(column, older, newer, "only numbers can be changed in hindsight")
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.where(same, 1.0, newer / older)
    if not (np.isfinite(factors) & (factors != 0)).all():
        raise _untold(column, older, newer, "no factor leads from nothing or 0, or to it")
    # Rows of one factor are told together: it goes through the last of them.
    ends = np.append(np.flatnonzero(np.diff(factors)), len(factors) - 1)
    for number, end in enumerate(ends.tolist()):
        begin = first + (int(ends[number - 1]) + 1 if number else 0)
        factor = float(factors[end])
        if factor != 1.0:
            yield place, since, first + end, factor
            if begin > 0:
                yield place, since, begin - 1, 1.0 / factor


def _rows(each: dict[str, Any], request: LoadRequest) -> tuple[int, int, int]:
    """The first row, the one after the last, and the first row as of which it applies."""
    days, start = request.days, each["start_date"]
    first = 0 if start is None else int(np.searchsorted(days, to_day(start)))
    stop = int(np.searchsorted(days, to_day(each["end_date"]), side="right"))
    return first, stop, int(np.searchsorted(days, to_day(each["apply_date"])))


def _kind(kind: object) -> str:
    named = {**dict(zip(_KINDS, _KINDS, strict=True)), **dict(zip("012", _KINDS, strict=True))}
    if str(kind) in named:
        return named[str(kind)]
    raise InvalidArgument(
        field="kind of an adjustment", value=kind, reason=f"give one of {', '.join(_KINDS)}"
    )


def _changed(cells: NDArray[Any], kind: str, value: Any) -> NDArray[Any]:  # noqa: ANN401
    if kind == "overwrite":
        return np.full_like(cells, value)
    found: NDArray[Any] = cells * value if kind == "multiply" else cells + value
    return found


def _is_missing(cells: NDArray[Any]) -> NDArray[np.bool_]:
    return np.isnan(cells) if cells.dtype.kind in "fM" else np.zeros(cells.shape, np.bool_)


def _untold(
    column: BoundColumn, older: NDArray[Any], newer: NDArray[Any], reason: str
) -> InvalidArgument:
    return InvalidArgument(
        field=f"adjustment of {column!r}",
        value=f"{older.tolist()} to {newer.tolist()}",
        reason=f"{reason}; give such data as facts, with the time from which on they are known",
    )
