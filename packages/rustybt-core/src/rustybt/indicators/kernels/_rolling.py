"""Windows whose values depend on their rows alone, at a constant cost a row.

A sum that adds the new row and subtracts the old one collects the rounding errors of the whole
column. Here the column is cut into blocks of the window's length. When a block ends, the sums of
its rows from each row to its end are formed (suffixes); a window that reaches from one block into
the next is the suffix of the old one plus the sum of the new one's rows so far (van Herk 1992,
Gil and Werman 1993, for sums instead of extremes). So a value is made of the window's rows with
fewer roundings than adding them up one after the other has.
"""

from __future__ import annotations

from math import isnan, nan


class RollingSum:
    """Sum of the last ``window`` values; NaN until there are as many, and for a NaN.

    Suffixes: ``suffix[i] = value[i] + suffix[i + 1]``; a value: ``suffix + prefix``.
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
