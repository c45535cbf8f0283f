"""The columns of data of a panel, in the forms that terms read them in."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.engine.adjusting import Segments, Values, cumulative, in_one_unit, newest
from rustybt.pipeline.loaders.base import FloatArray, Loaded, Steps
from rustybt.pipeline.term import ComputableTerm

RAW: Final = "~"
"""Mark of a column as it was reported."""

NEWEST: Final = "!"
"""Mark of a column of which each row is as of itself."""

UNITS: Final = "*"
"""Mark of what makes a column in one unit that of each row."""

MARKS: Final = ("", RAW, NEWEST, UNITS)


class Treatment(NamedTuple):
    """How the columns of data that a term reads are made comparable within windows.

    Attributes:
        mark: Of the form in which it reads them.
        powers: Its result is multiplied by these powers of the units of columns.
        segmented: Whether there are assets that are computed anew as of each of their events.
        irregular: Whether these are only assets of which a factor becomes known late.
    """

    mark: str = ""
    powers: tuple[tuple[BoundColumn, int], ...] = ()
    segmented: bool = False
    irregular: bool = False


class Reported:
    """What loaders brought.

    Args:
        data: The columns.
        shape: Assets and rows.
    """

    def __init__(self, data: Mapping[BoundColumn, Loaded], shape: tuple[int, int]) -> None:
        self._data = data
        self._shape = shape
        self._units: dict[int, FloatArray] = {}

    def __getitem__(self, column: BoundColumn) -> Loaded:
        return self._data[column]

    def treatment(self, term: ComputableTerm) -> Treatment:
        """How a term reads its columns."""
        parts = [part for part in term.inputs if isinstance(part, BoundColumn)]
        if getattr(term, "operation", "") == "latest":
            return Treatment(mark=NEWEST)
        steps = self._steps(parts)
        if not steps:
            return Treatment()
        powers = _powers(term, parts, [self._data[part].steps for part in parts])
        if powers is None:
            return Treatment(mark=RAW, segmented=True)
        late = any((each.through != each.since).any() for each in steps)
        return Treatment(powers=powers, segmented=late, irregular=late)

    def segments(self, term: ComputableTerm, how: Treatment, *, first: int) -> Segments:
        """The rows that a term is computed for anew as of events; see `Segments.of`."""
        steps = self._steps([part for part in term.inputs if isinstance(part, BoundColumn)])
        back = max(term.window_length - 1, 0)
        return Segments.of(steps, self._shape[1], first=first, back=back, irregular=how.irregular)

    def column(self, part: BoundColumn, mark: str) -> Values:
        """A column in a form."""
        loaded = self._data[part]
        if mark == NEWEST:
            return newest(loaded)
        if mark == RAW or loaded.steps is None:
            return loaded.values
        return in_one_unit(loaded.values, self.units(loaded.steps))

    def units(self, steps: Steps) -> FloatArray:
        """The products of factors, made once for all columns that share them."""
        if id(steps) not in self._units:
            self._units[id(steps)] = cumulative(steps, self._shape)
        return self._units[id(steps)]

    def _steps(self, parts: Sequence[BoundColumn]) -> list[Steps]:
        """The factors of some columns, each once."""
        found = (self._data[part].steps for part in parts)
        return list({id(steps): steps for steps in found if steps is not None}.values())


def unit_series(reported: Reported, part: BoundColumn, name: str) -> pl.Series:
    """What makes a column in one unit that of each row."""
    steps = reported[part].steps
    assert steps is not None, "only what has factors has units"
    return pl.Series(name, reported.units(steps).ravel())


def _powers(
    term: ComputableTerm, parts: Sequence[BoundColumn], steps: Sequence[Steps | None]
) -> tuple[tuple[BoundColumn, int], ...] | None:
    """The powers of units that a result is multiplied by; None: they are not known."""
    degrees = term.degrees
    if degrees is None:
        return None
    if isinstance(degrees, int):
        if len({id(each) for each in steps}) > 1:
            return None
        return ((parts[0], degrees),) if degrees else ()
    known = dict(zip(parts, steps, strict=True))
    each = zip(term.inputs, degrees, strict=True)
    return tuple((part, degree) for part, degree in each if degree and known.get(part) is not None)
