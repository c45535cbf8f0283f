"""What a table of many numbers comes to: a few numbers that differ where the table does."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.drivers.task import Outcome

_WEIGHTS = 101


def digest(
    days: NDArray[np.int64], sids: NDArray[np.int64], columns: Mapping[str, NDArray[Any]]
) -> Outcome:
    """How many values there are, and sums in which each column and row counts.

    Each column is divided by the sum of its absolute values, so that a difference in one shows
    whatever the others are, and weighted by session and asset, so that its order counts.

    Args:
        days: the session of each row.
        sids: its asset.
        columns: numbers, NaN where there is none.
    """
    weights = 1.0 + (31 * days + 7 * sids) % _WEIGHTS
    values, weighted, sizes = 0, 0.0, 0.0
    for numbers in columns.values():
        there = ~np.isnan(numbers)
        values += int(there.sum())
        size = float(np.abs(numbers[there]).sum())
        weighted += float((numbers[there] * weights[there]).sum()) / size
        sizes += float(np.log(size))
    return Outcome(fills=values, final_value=weighted, read=sizes)
