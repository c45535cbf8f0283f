"""Spearman's correlation of windows."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rustybt.pipeline.rolling.doubling import FloatArray

_SHORT: Final = 1000


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
        products = np.einsum("ij,ij->j", one.doubled, other.doubled).astype(np.int64)
        spread = one.spread * other.spread
        full = (one.count == length) & (other.count == length) & (spread > 0)
        roots = np.sqrt(np.where(full, spread, 1).astype(np.float64))
        found[:, row] = np.where(full, (products - middle) / roots, np.nan)
    return found


Small = NDArray[np.int8]


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
        # sums of products of doubled ranks are 4 n³ / 3 at most
        self.doubled = np.zeros(shape, np.int32 if length <= _SHORT else np.int64)
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
        above, level = _compared(self._ring, left)
        gone = _total(level) - _total(above)
        change = above + level
        self.count -= ~np.isnan(left)
        above, level = _compared(self._ring, entering)
        same = _total(level) - _total(above)
        both = above + level
        self.doubled += both - change
        self.doubled[slot] = 2 * self.count - _total(both) + 2
        self.count += ~np.isnan(entering)
        self._ties += 3 * same * (same + 1) - 3 * gone * (gone + 1)
        self._ring[slot] = entering


def _compared(values: FloatArray, with_: FloatArray) -> tuple[Small, Small]:
    """1 where values are more than others, and 1 where they are not less."""
    return (values > with_).view(np.int8), (values >= with_).view(np.int8)


def _total(numbers: Small) -> NDArray[np.int64]:
    total: NDArray[np.int64] = np.add.reduce(numbers, axis=0, dtype=np.int32).astype(np.int64)
    return total
