"""Which rows go into which file."""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

SCHEMA_VERSION: Final = 1
"""Version of the files' columns and metadata."""

ROWS_PER_FILE: Final = 2_000_000
"""Rows that a file may hold on average before the partitions become finer."""

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


def choose_depth(rows: int, days: Collection[date], *, finest: Depth) -> Depth:
    """The coarsest partitions whose files hold `ROWS_PER_FILE` rows at most on average.

    Args:
        rows: Rows of the whole data set.
        days: The dates on which there are labels.
        finest: Where to stop: `Depth.MONTH` for daily bars, `Depth.DAY` for others.
    """
    for depth in Depth:
        files = len({partition_of(day, depth) for day in days})
        if depth is finest or rows <= files * ROWS_PER_FILE:
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
