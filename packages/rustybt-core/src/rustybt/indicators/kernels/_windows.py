"""Windows that remember their values: extremes, order statistics, and a value of some rows ago.

Each class returns NaN until the window is full; a NaN does not enter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from math import isnan, nan


class RollingMax:
    """Greatest of the last ``window`` values; ``age`` is how many rows ago it was last met.

    The deque holds what may still become the greatest: values that fall, with their rows.
    """

    __slots__ = ("_candidates", "_row", "age", "warm_up")

    def __init__(self, window: int) -> None:
        self.warm_up = window - 1
        self.age = 0
        self._candidates: deque[tuple[float, int]] = deque()
        self._row = -1

    def step(self, value: float) -> float:
        if isnan(value):
            return nan
        self._row = row = self._row + 1
        candidates = self._candidates
        while candidates and candidates[-1][0] <= value:
            candidates.pop()
        candidates.append((value, row))
        if candidates[0][1] < row - self.warm_up:
            candidates.popleft()
        if row < self.warm_up:
            return nan
        greatest, met = candidates[0]
        self.age = row - met
        return greatest


class RollingMin:
    """Least of the last ``window`` values, as the negative of the greatest negative one."""

    __slots__ = ("_negative", "warm_up")

    def __init__(self, window: int) -> None:
        self._negative = RollingMax(window)
        self.warm_up = window - 1

    @property
    def age(self) -> int:
        """How many rows ago it was last met."""
        return self._negative.age

    def step(self, value: float) -> float:
        return -self._negative.step(-value)


class Lag:
    """The value of ``rows`` rows ago."""

    __slots__ = ("_values", "warm_up")

    def __init__(self, rows: int) -> None:
        self.warm_up = rows
        self._values: deque[float] = deque()

    def step(self, value: float) -> float:
        if isnan(value):
            return nan
        self._values.append(value)
        return self._values.popleft() if len(self._values) > self.warm_up else nan


class SortedWindow:
    """The last ``window`` values in order; ``step`` says whether there are as many.

    A value enters behind its equals, and the first of its equals leaves in its stead.
    """

    __slots__ = ("_arrived", "_window", "ordered")

    def __init__(self, window: int) -> None:
        self._window = window
        self._arrived: deque[float] = deque()
        self.ordered: list[float] = []

    def step(self, value: float) -> bool:
        self._arrived.append(value)
        ordered = self.ordered
        if len(self._arrived) > self._window:
            del ordered[bisect_left(ordered, self._arrived.popleft())]
        insort(ordered, value)
        return len(ordered) == self._window

    def rank(self, value: float) -> float:
        """Mean place of a value among its equals, from 1."""
        return (bisect_left(self.ordered, value) + bisect_right(self.ordered, value) + 1) * 0.5
