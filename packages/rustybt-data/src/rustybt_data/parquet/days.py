"""The days on which a data set has labels, and how they fall into files."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np

from rustybt.calendars import from_day
from rustybt.data.coefficients import IntArray
from rustybt.data.schemas import BarKind
from rustybt_data.parquet.layout import Depth, choose_depth, partition_of

_NS_PER_DAY: Final = 86_400_000_000_000


class Span(NamedTuple):
    """What goes into one file.

    Attributes:
        partition: What names it.
        first: The first label that it can have.
        stop: The first label after it.
    """

    partition: tuple[int, ...]
    first: int
    stop: int


class LabelDays:
    """Counts the labels of each day (UTC).

    Args:
        kind: What the labels are.
    """

    def __init__(self, kind: BarKind) -> None:
        self._kind = kind
        self._unit = 1 if kind == "daily" else _NS_PER_DAY
        self._first = 0
        self._counts = np.zeros(0, np.int64)

    def __bool__(self) -> bool:
        return bool(len(self._counts))

    def add(self, labels: IntArray) -> None:
        """Take labels, in any order."""
        if not len(labels):
            return
        days = labels // self._unit
        starts = np.concatenate(([0], np.flatnonzero(days[1:] != days[:-1]) + 1))
        own = days[starts]
        first = int(own.min())
        lengths = np.diff(starts, append=len(days))
        counts = np.bincount(own - first, weights=lengths).astype(np.int64)
        self._reach(first, first + len(counts))
        start = first - self._first
        self._counts[start : start + len(counts)] += counts

    def _reach(self, first: int, stop: int) -> None:
        """Have room for some days."""
        if not self:
            self._first = first
        before = max(self._first - first, 0)
        after = max(stop - self._first - len(self._counts), 0)
        self._first -= before
        if before or after:
            self._counts = np.pad(self._counts, (before, after))

    def _days(self) -> list[tuple[int, int]]:
        """The days that have labels, in order, and how many."""
        there = np.flatnonzero(self._counts)
        days = (there + self._first).tolist()
        return list(zip(days, self._counts[there].tolist(), strict=True))

    def depth(self) -> Depth:
        """How finely the labels are partitioned."""
        rows = {from_day(day): count for day, count in self._days()}
        return choose_depth(rows, self._kind)

    def spans(self, depth: Depth) -> Iterator[Span]:
        """The files, in order of time."""
        days = [day for day, _ in self._days()]
        for partition, group in groupby(days, lambda day: partition_of(from_day(day), depth)):
            within = list(group)
            yield Span(partition, within[0] * self._unit, (within[-1] + 1) * self._unit)
