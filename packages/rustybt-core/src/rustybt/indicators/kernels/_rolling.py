"""Sums and moments over windows that depend on the window's rows alone, in constant time a row.

A sum that adds the new row and subtracts the old one collects the rounding errors of the whole
column. Here the column is cut into blocks of the window's length. When a block ends, the sums of
its rows from each row to its end are formed (suffixes); a window that reaches from one block into
the next is the suffix of the old one plus the sum of the new one's rows so far (the scheme of van
Herk 1992 and Gil and Werman 1993, for sums instead of extremes). So a value is made of the
window's rows alone, with no more roundings than adding them up one after the other has.

Each class returns NaN until the window is full; a NaN does not enter.
"""

from __future__ import annotations

from math import isnan, nan


class RollingSum:
    """Sum of the last ``window`` values.

    Suffixes are ``suffix[i] = value[i] + suffix[i + 1]``, a sum is ``suffix + prefix``.
    """

    __slots__ = ("_at", "_full", "_prefix", "_suffix", "_values", "warm_up")

    def __init__(self, window: int) -> None:
        self.warm_up = window - 1
        self._values = [0.0] * window
        self._suffix = [0.0] * window
        self._at = 0
        self._prefix = 0.0
        self._full = False

    def step(self, value: float) -> float:
        if isnan(value):
            return nan
        prefix = self._prefix + value
        at = self._at
        self._values[at] = value
        at += 1
        if at == len(self._values):
            self._end_block()
            return prefix
        self._prefix = prefix
        self._at = at
        return self._suffix[at] + prefix if self._full else nan

    def _end_block(self) -> None:
        total = 0.0
        suffix = self._suffix
        values = self._values
        for at in range(len(values) - 1, -1, -1):
            total = values[at] + total
            suffix[at] = total
        self._at = 0
        self._prefix = 0.0
        self._full = True


class RollingLine:
    """Sum of the last values, each times its place: 1 for the oldest, ``window`` for the newest.

    ``total`` is their plain sum. With ``s`` for plain and ``w`` for weighted sums: suffixes are
    ``s[i] = value[i] + s[i + 1]`` and ``w[i] = s[i] + w[i + 1]``; the new block has
    ``w += place * value`` with places that start at 1 and lie behind the ``old`` rows of the old
    block, so that a sum is ``w[i] + (w + old * s)``.
    """

    __slots__ = (
        "_at",
        "_full",
        "_sum",
        "_sum_suffix",
        "_values",
        "_weighted",
        "_weighted_suffix",
        "total",
        "warm_up",
    )

    def __init__(self, window: int) -> None:
        self.warm_up = window - 1
        self.total = nan
        self._values = [0.0] * window
        self._sum_suffix = [0.0] * window
        self._weighted_suffix = [0.0] * window
        self._at = 0
        self._sum = 0.0
        self._weighted = 0.0
        self._full = False

    def step(self, value: float) -> float:
        if isnan(value):
            return nan
        at = self._at
        self._values[at] = value
        at += 1
        self._sum += value
        self._weighted += at * value
        window = len(self._values)
        if at == window:
            self.total = self._sum
            weighted = self._weighted
            self._end_block()
            return weighted
        self._at = at
        if not self._full:
            return nan
        self.total = self._sum_suffix[at] + self._sum
        return self._weighted_suffix[at] + (self._weighted + (window - at) * self._sum)

    def _end_block(self) -> None:
        total = 0.0
        weighted = 0.0
        for at in range(len(self._values) - 1, -1, -1):
            total = self._values[at] + total
            weighted = total + weighted
            self._sum_suffix[at] = total
            self._weighted_suffix[at] = weighted
        self._at = 0
        self._sum = 0.0
        self._weighted = 0.0
        self._full = True


class RollingSquares:
    """Sum of the squares of the last values' distances from their mean, which is ``mean``.

    Within a block by Welford (1962): ``d = value - mean``, ``mean += d / count``,
    ``squares += d * (value - mean)``. Old and new block are joined by Chan, Golub and LeVeque
    (1979): ``d = new mean - old mean``, ``mean = old mean + d * (new / window)``,
    ``squares = (old squares + new squares) + d * d * (old * new / window)``.
    """

    __slots__ = (
        "_at",
        "_full",
        "_mean",
        "_mean_suffix",
        "_squares",
        "_squares_suffix",
        "_values",
        "mean",
        "warm_up",
    )

    def __init__(self, window: int) -> None:
        self.warm_up = window - 1
        self.mean = nan
        self._values = [0.0] * window
        self._mean_suffix = [0.0] * window
        self._squares_suffix = [0.0] * window
        self._at = 0
        self._mean = 0.0
        self._squares = 0.0
        self._full = False

    def step(self, value: float) -> float:
        if isnan(value):
            return nan
        at = self._at
        self._values[at] = value
        at += 1
        distance = value - self._mean
        self._mean += distance / at
        self._squares += distance * (value - self._mean)
        window = len(self._values)
        if at == window:
            self.mean = self._mean
            squares = self._squares
            self._end_block()
            return squares
        self._at = at
        if not self._full:
            return nan
        old_mean = self._mean_suffix[at]
        distance = self._mean - old_mean
        self.mean = old_mean + distance * (at / window)
        both = self._squares_suffix[at] + self._squares
        return both + distance * distance * ((window - at) * at / window)

    def _end_block(self) -> None:
        mean = 0.0
        squares = 0.0
        window = len(self._values)
        for at in range(window - 1, -1, -1):
            value = self._values[at]
            distance = value - mean
            mean += distance / (window - at)
            squares += distance * (value - mean)
            self._mean_suffix[at] = mean
            self._squares_suffix[at] = squares
        self._at = 0
        self._mean = 0.0
        self._squares = 0.0
        self._full = True


class RunningTotal:
    """Sum of all values so far, with what roundings lost carried beside it (Neumaier 1974)."""

    __slots__ = ("_lost", "_total")

    def __init__(self) -> None:
        self._total = 0.0
        self._lost = 0.0

    def step(self, value: float) -> float:
        before = self._total
        total = before + value
        if abs(before) >= abs(value):
            self._lost += (before - total) + value
        else:
            self._lost += (value - total) + before
        self._total = total
        return total + self._lost
