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
    """Gathers the days (UTC) of labels.

    Args:
        kind: What the labels are.
    """

    def __init__(self, kind: BarKind) -> None:
        self._unit = 1 if kind == "daily" else _NS_PER_DAY
        self._finest = Depth.MONTH if kind == "daily" else Depth.DAY
        self._days: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._days)

    def add(self, labels: IntArray) -> None:
        """Take labels, in any order."""
        days = labels // self._unit
        changes = np.flatnonzero(days[1:] != days[:-1])
        self._days.update(days[changes].tolist(), days[-1:].tolist())

    def depth(self, rows: int) -> Depth:
        """How finely so many rows are partitioned."""
        return choose_depth(rows, list(map(from_day, self._days)), finest=self._finest)

    def spans(self, depth: Depth) -> Iterator[Span]:
        """The files, in order of time."""
        days = sorted(self._days)
        for partition, group in groupby(days, lambda day: partition_of(from_day(day), depth)):
            within = list(group)
            yield Span(partition, within[0] * self._unit, (within[-1] + 1) * self._unit)
