"""Where numbers stand among others."""

from typing import Final

import numpy as np

from rustybt.data.coefficients import IntArray

_WIDE: Final = 2**20
"""Numbers that lie farther apart than this are searched for; 8 MiB would be a table of them."""


def places_in(ordered: IntArray, wanted: IntArray) -> IntArray:
    """Of each number its place among ascending ones, which have all of them.

    Numbers that lie near each other, as days and sids do, are looked up in a table: a fifth of the
    time of a search.

    Args:
        ordered: Ascending, each once.
        wanted: Some of these, in any order.
    """
    if not len(ordered) or int(ordered[-1]) - int(ordered[0]) > _WIDE:
        return np.searchsorted(ordered, wanted)
    table = np.empty(int(ordered[-1]) - int(ordered[0]) + 1, np.int64)
    table[ordered - ordered[0]] = np.arange(len(ordered))
    found: IntArray = table[wanted - ordered[0]]
    return found
