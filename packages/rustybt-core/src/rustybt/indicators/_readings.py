"""What can be read bar by bar, and compared as if it were a number."""

from __future__ import annotations

from decimal import Decimal
from math import isnan
from typing import Protocol

from rustybt.errors import InvalidArgument

Number = int | float | Decimal


class RowCursor(Protocol):
    """Where a run is."""

    @property
    def bar_row(self) -> int:
        """The row of the present bar, one beyond every column where there is none."""


class Reading:
    """A value of each bar, of which those up to the present can be read.

    Between ``<``, ``>``, ``<=`` and ``>=`` it stands for its present value; without a value every
    comparison is False, as of NaN. ``==`` compares objects: compare `value` where numbers are
    meant.
    """

    __slots__ = ()
    _cursor: RowCursor
    __array_ufunc__ = None  # numpy leaves comparisons to the methods below
    __iter__ = None

    # No abstract base class: to ask whether something is one of those takes as long as ten reads.

    @property
    def value(self) -> float:
        """The value as of the present; NaN where there is none yet."""
        raise NotImplementedError

    def __getitem__(self, ago: int) -> float:
        """The value some bars ago: 0 is the present; NaN where there was none."""
        raise NotImplementedError

    @property
    def previous(self) -> float:
        """The value one bar ago."""
        return self[1]

    @property
    def ready(self) -> bool:
        """Whether there is a value."""
        return not isnan(self.value)

    def crossed_above(self, other: Reading | Number) -> bool:
        """Whether it is above another one now, and one bar ago it was not.

        Equal is not above: ``now > other now and before <= other before``. False as long as one
        of the four values is missing.

        Args:
            other: Something else that can be read, of bars of the same length, or a number.

        Raises:
            InvalidArgument: It is of bars of another length: one bar ago is another time.
        """
        if isinstance(other, Reading):
            self._check_bars(other)
            return self.value > other.value and self[1] <= other[1]
        before = self[1]
        return self > other and not isnan(before) and before <= other

    def crossed_below(self, other: Reading | Number) -> bool:
        """Whether it is below another one now, and one bar ago it was not.

        Equal is not below: ``now < other now and before >= other before``. False as long as one
        of the four values is missing.

        Args:
            other: Something else that can be read, of bars of the same length, or a number.

        Raises:
            InvalidArgument: It is of bars of another length: one bar ago is another time.
        """
        if isinstance(other, Reading):
            self._check_bars(other)
            return self.value < other.value and self[1] >= other[1]
        before = self[1]
        return self < other and not isnan(before) and before >= other

    def _check_bars(self, other: Reading) -> None:
        if other._cursor is not self._cursor:
            reason = "its bars are of another length: compare with its .value"
            raise InvalidArgument(field="other", value=other, reason=reason)

    def __float__(self) -> float:
        return self.value

    def __bool__(self) -> bool:
        raise TypeError("an indicator is neither true nor false; ask .ready or compare it")

    # A Decimal refuses to be compared with NaN: whether there is a value is asked first.

    def __gt__(self, other: Reading | Number) -> bool:
        if isinstance(other, Reading):
            return self.value > other.value
        mine = self.value
        return not isnan(mine) and mine > other

    def __lt__(self, other: Reading | Number) -> bool:
        if isinstance(other, Reading):
            return self.value < other.value
        mine = self.value
        return not isnan(mine) and mine < other

    def __ge__(self, other: Reading | Number) -> bool:
        if isinstance(other, Reading):
            return self.value >= other.value
        mine = self.value
        return not isnan(mine) and mine >= other

    def __le__(self, other: Reading | Number) -> bool:
        if isinstance(other, Reading):
            return self.value <= other.value
        mine = self.value
        return not isnan(mine) and mine <= other
