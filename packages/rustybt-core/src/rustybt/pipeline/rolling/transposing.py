"""Transposes."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_TILE: Final = 64


def transposed(values: NDArray[Any]) -> NDArray[Any]:
    """The transpose as an array of its own, made tile by tile."""
    result = np.empty(values.shape[::-1], values.dtype)
    put_transposed(values, result)
    return result


def put_transposed(values: NDArray[Any], into: NDArray[Any]) -> None:
    """Write the transpose into an array, tile by tile along the longer side."""
    rows, columns = values.shape
    if rows >= columns:
        for first in range(0, rows, _TILE):
            into[:, first : first + _TILE] = values[first : first + _TILE].T
    else:
        for first in range(0, columns, _TILE):
            into[first : first + _TILE] = values[:, first : first + _TILE].T
