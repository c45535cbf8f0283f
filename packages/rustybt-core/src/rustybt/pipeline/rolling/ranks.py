"""Spearman's correlation of windows."""

import numpy as np
from numpy.typing import NDArray

from rustybt.pipeline.rolling.doubling import FloatArray


def spearman(first: FloatArray, second: FloatArray, *, length: int) -> FloatArray:
    """Pearson's correlation of the ranks of both columns, equal values sharing their mean rank.

    Ranks are integers that are kept up to date as rows enter and leave: a step costs as many
    comparisons as a window has rows, and nothing is rounded before the quotient.

    Args:
        first: Values, (assets, rows).
        second: As many, or one row (1, rows) that all are compared with.
        length: Rows of a window.

    Returns:
        NaN where a value is missing, or does not vary.
    """
    assets, rows = first.shape
    found = np.full((assets, rows), np.nan)
    one, other = _Ranks(first, length), _Ranks(second, length)
    middle = length * (length + 1) ** 2
    for row in range(rows):
        one.move(row)
        other.move(row)
        if row < length - 1:
            continue
        products = np.einsum("ij,ij->j", one.doubled, other.doubled, dtype=np.int64)
        spread = one.spread * other.spread
        full = (one.count == length) & (other.count == length) & (spread > 0)
        roots = np.sqrt(np.where(full, spread, 1).astype(np.float64))
        found[:, row] = np.where(full, (products - middle) / roots, np.nan)
    return found


class _Ranks:
    """Twice the ranks of the rows of a window, in the slots of a ring.

    Args:
        values: (assets, rows).
        length: Rows of a window.
    """

    def __init__(self, values: FloatArray, length: int) -> None:
        self._values = np.ascontiguousarray(values.T)
        self._length = length
        shape = length, values.shape[0]
        self._ring = np.full(shape, np.nan)
        self.doubled = np.zeros(shape, np.int32)
        self.count = np.zeros(shape[1], np.int64)
        self._ties = np.zeros(shape[1], np.int64)

    @property
    def spread(self) -> NDArray[np.int64]:
        """The sum of squares of the doubled ranks about their mean, of windows without a gap."""
        n = self._length
        return (n**3 - n - self._ties) // 3

    def move(self, row: int) -> None:
        """Let a row enter, in the slot of the one that leaves."""
        slot = row % self._length
        left = self._ring[slot].copy()
        self._ring[slot] = np.nan
        entering = self._values[row]
        below, within = self._ring > left, self._ring >= left
        self.doubled -= below
        self.doubled -= within
        gone = within.sum(axis=0) - below.sum(axis=0)
        self.count -= ~np.isnan(left)
        below, within = self._ring > entering, self._ring >= entering
        self.doubled += below
        self.doubled += within
        above, level = below.sum(axis=0), within.sum(axis=0)
        self.doubled[slot] = 2 * self.count - above - level + 2
        self.count += ~np.isnan(entering)
        same = level - above
        self._ties += 3 * same * (same + 1) - 3 * gone * (gone + 1)
        self._ring[slot] = entering
