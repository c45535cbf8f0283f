"""Windows by doubling: two neighbouring windows are merged to one, so log2(n) merges make n rows.

No sum is ever taken back: a value that has left a window leaves no trace, which differences of
running sums do not give. The error is that of pairwise summation, O(eps log n).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

State = tuple[FloatArray, ...]
"""What is known of windows of one length, an array (assets, windows) for each quantity."""

Merge = Callable[[State, State, int, int], State]
"""Merges windows with the windows that follow them: older, newer, rows of each."""


def folded(rows: State, length: int, merge: Merge) -> State:
    """What is known of all windows of a length, (assets, rows - length + 1).

    Args:
        rows: What is known of windows of one row.
        length: Rows of a window, at most those that there are.
        merge: Makes of two neighbouring windows the one that holds both.
    """
    window, size = rows, 1
    done: State | None = None
    covered, rest = 0, length
    while True:
        if rest & 1:
            done = window if done is None else _merged(done, window, covered, size, merge)
            covered += size
        rest >>= 1
        if not rest:
            return done  # type: ignore[return-value]  # a length of 1 or more has a bit
        window = _merged(window, window, size, size, merge)
        size *= 2


def _merged(older: State, newer: State, before: int, after: int, merge: Merge) -> State:
    """Windows of `before` rows, each with the window of `after` rows that follows it."""
    count = newer[0].shape[1] - before
    return merge(
        tuple(part[:, :count] for part in older),
        tuple(part[:, before:] for part in newer),
        before,
        after,
    )


def over_windows(
    rows: State, length: int, merge: Merge, result: Callable[[State], FloatArray]
) -> FloatArray:
    """A number of each window, in the row in which it ends; NaN where none ends.

    Args:
        rows: What is known of windows of one row.
        length: Rows of a window.
        merge: Makes of two neighbouring windows the one that holds both.
        result: The number.
    """
    assets, count = rows[0].shape
    found = np.full((assets, count), np.nan)
    if count >= length:
        with np.errstate(all="ignore"):
            found[:, length - 1 :] = result(folded(rows, length, merge))
    return found
