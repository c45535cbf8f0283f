"""Which rows go into which file."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from rustybt.data.schemas import BarKind

SCHEMA_VERSION: Final = 1
"""Version of the files' columns and metadata."""

ROWS_PER_FILE: Final = 2_000_000
"""Rows that the fullest year of daily bars, or month of shorter ones, may hold in one file."""

ROWS_TOGETHER: Final = 250_000
"""Rows that a file of more than that may hold: what is added to it makes it be written anew."""

FILE_NAME: Final = "data.parquet"
EXTRA_FILE_NAME: Final = "extra.parquet"
"""Of the columns that bars have beside their fields."""


class Depth(StrEnum):
    """How finely a data set is partitioned by the date (UTC) of its labels."""

    WHOLE = "whole"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"


_LEVELS: Final = {Depth.WHOLE: 0, Depth.YEAR: 1, Depth.MONTH: 2, Depth.DAY: 3}


def finest_of(kind: BarKind) -> Depth:
    """The finest partitions of a data set."""
    return Depth.MONTH if kind == "daily" else Depth.DAY


def most_rows(depth: Depth, kind: BarKind) -> int | None:
    """Rows that a file may hold before the partitions become finer, None for the finest ones."""
    below = _LEVELS[finest_of(kind)] - _LEVELS[depth]
    if below <= 0:
        return None
    return ROWS_PER_FILE if below == 1 else min(ROWS_TOGETHER, ROWS_PER_FILE)


def choose_depth(rows: Mapping[date, int], kind: BarKind) -> Depth:
    """The coarsest partitions of which the fullest is not too full.

    Rows that are added make them finer or leave them as they are, so that a data set that grew has
    the files of one that was written at once.

    Args:
        rows: How many rows there are of each date.
        kind: What the labels are.
    """
    for depth in Depth:
        most = most_rows(depth, kind)
        if most is None:
            return depth
        files: Counter[tuple[int, ...]] = Counter()
        for day, count in rows.items():
            files[partition_of(day, depth)] += count
        if max(files.values(), default=0) <= most:
            return depth
    raise AssertionError("the finest depth ends the loop")


def partition_of(day: date, depth: Depth) -> tuple[int, ...]:
    """What names a partition: nothing, or year, month and day as far as `depth` goes."""
    return (day.year, day.month, day.day)[: _LEVELS[depth]]


def partition_path(partition: Iterable[int], name: str = FILE_NAME) -> PurePosixPath:
    """A file of a partition below the data set's folder, as Hive names it."""
    names = ("year={:04d}", "month={:02d}", "day={:02d}")
    parts = (name.format(number) for name, number in zip(names, partition, strict=False))
    return PurePosixPath(*parts, name)
