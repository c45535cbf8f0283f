"""Columns of dates and times as integer labels."""

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from rustybt.calendars import to_day, to_ns
from rustybt.data.schemas import BarKind
from rustybt.errors import InvalidArgument

_DAY_FORMATS: Final = ("%Y-%m-%d", "%Y%m%d")
_MOMENT_FORMATS: Final = (
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%dT%H:%M:%S%.f%:z",
    "%Y-%m-%d %H:%M:%S%.f%:z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
)
_ZONED: Final = re.compile(r".*(Z|[+-]\d\d:?\d\d)")
_YEARS: Final = (1678, 2261)
"""The first and the last whole year whose nanoseconds since 1970 fit into 64 bits."""


class BadLabel(Exception):  # noqa: N818 - caught at once by who knows the file
    """A cell is no date or time.

    Attributes:
        row: Its row, from 0.
        value: What it holds.
    """

    def __init__(self, row: int, value: object) -> None:
        super().__init__(row, value)
        self.row = row
        self.value = value


def labels_of(column: pl.Series, kind: BarKind) -> pl.Series:
    """Labels as Int64: days since 1970-01-01 for daily bars, ns UTC otherwise.

    Dates, times (without a zone: UTC) and ISO 8601 texts are read; a daily label is the date in
    UTC.

    Raises:
        BadLabel: A cell is none of these, or a time before 1678 or after 2261, of which 64 bits
            cannot hold the nanoseconds.
    """
    is_daily = kind == "daily"
    if not is_daily:
        _refuse_years(column)
    if column.dtype == pl.String:
        return _of_texts(column.str.strip_chars(), is_daily=is_daily)
    if column.null_count():
        raise BadLabel(int(column.is_null().arg_true()[0]), None)
    if column.dtype == pl.Date:
        days = column.to_physical().cast(pl.Int64)
        return days if is_daily else days * 86_400_000_000_000
    if isinstance(column.dtype, pl.Datetime):
        moments = column if column.dtype.time_zone is None else column.dt.convert_time_zone("UTC")
        if is_daily:
            return moments.dt.date().to_physical().cast(pl.Int64)
        return moments.dt.cast_time_unit("ns").to_physical()
    raise BadLabel(0, column[0])


class KnownLabels:
    """Reads labels, and remembers the last column: files of one market often have the same."""

    def __init__(self) -> None:
        self._known: tuple[pl.Series, BarKind, pl.Series] | None = None

    def __call__(self, column: pl.Series, kind: BarKind) -> pl.Series:
        """What `labels_of` returns. Threads may share an object: it is changed in one step."""
        known = self._known
        if known is not None and known[1] == kind and known[0].equals(column):
            return known[2]
        labels = labels_of(column, kind)
        self._known = column, kind, labels
        return labels


def is_within_years(times: pl.Series, first: int, last: int) -> bool:
    """Whether all dates or times lie in some years; a look at the ends tells it."""
    numbers = times.to_physical()
    ends = pl.Series([numbers.min(), numbers.max()], dtype=numbers.dtype).cast(times.dtype)
    return bool(ends.dt.year().is_between(first, last).all())


def _refuse_years(column: pl.Series) -> None:
    """Refuse times that polars would wrap around to other years."""
    if column.dtype == pl.String:
        years = column.str.strip_chars().str.slice(0, 4).cast(pl.Int32, strict=False)
    elif column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
        if is_within_years(column, *_YEARS):
            return
        years = column.dt.year()
    else:
        return
    outside = ~years.is_between(*_YEARS)
    if outside.any():
        row = int(outside.arg_true()[0])
        raise BadLabel(row, column[row])


def _of_texts(texts: pl.Series, *, is_daily: bool) -> pl.Series:
    if is_daily:
        for pattern in _DAY_FORMATS:
            days = texts.str.to_date(pattern, strict=False)
            if not days.null_count():
                return days.to_physical().cast(pl.Int64)
    else:
        for pattern in _likely_first(texts):
            moments = texts.str.to_datetime(pattern, time_unit="ns", strict=False)
            if not moments.null_count():
                return moments.to_physical()
    return _one_by_one(texts, is_daily=is_daily)


def _likely_first(texts: pl.Series) -> Sequence[str]:
    """The formats of times, those first that look like the first text."""
    first = texts[0] if len(texts) and texts[0] is not None else ""
    middle, zoned = "T" if "T" in first else " ", bool(_ZONED.fullmatch(first))
    return sorted(
        _MOMENT_FORMATS,
        key=lambda pattern: ((pattern[-1] in "Zz") != zoned) + (middle not in pattern),
    )


def _one_by_one(texts: pl.Series, *, is_daily: bool) -> pl.Series:
    read = to_day if is_daily else to_ns
    labels = []
    for row, text in enumerate(texts):
        try:
            labels.append(read(text))
        except InvalidArgument:
            raise BadLabel(row, text) from None
    return pl.Series(texts.name, labels, dtype=pl.Int64)
