"""Columns that functions of numpy arrays make, the rows of some assets at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

Kernel = Callable[..., FloatArray]
"""Takes arrays (assets, rows) and returns one of their shape."""

Kernels = Callable[..., Mapping[str, FloatArray]]
"""Takes arrays (assets, rows) and returns one of their shape for each name."""

CELLS: Final = 2**14
"""Cells of a block, about: 128 KB an array, so that a function works in a processor's own cache."""

MANY: Final = 2**20
"""Cells of a block of many assets, for a function that goes through it row by row."""


class Blocks:
    """What a function makes of columns, computed once for all of its results.

    Args:
        rows: Rows of an asset; 0: all rows are taken as those of one.
        kernel: The function.
        cells: Cells of a block, about.
        first: The first row of each asset that windows look back to; what begins before it is
            missing in the result.
    """

    def __init__(self, rows: int, kernel: Kernels, *, cells: int = CELLS, first: int = 0) -> None:
        self._rows = rows
        self._first = first
        self._cells = cells
        self._kernel = kernel
        self._made: dict[str, FloatArray] = {}
        self._lock = Lock()

    def expression(self, name: str, values: Iterable[pl.Expr]) -> pl.Expr:
        """The column of a result."""
        inputs = [value.cast(pl.Float64) for value in values]
        return pl.map_batches(inputs, partial(self._column, name), return_dtype=pl.Float64)

    def _column(self, name: str, columns: Sequence[pl.Series]) -> pl.Series:
        with self._lock:
            if name not in self._made:
                self._made = self._computed(columns)
            return pl.Series(name, self._made.pop(name), nan_to_null=True)

    def _computed(self, columns: Sequence[pl.Series]) -> dict[str, FloatArray]:
        rows = self._rows or max(len(columns[0]), 1)
        begin = self._first
        arrays = [floats(column).reshape(-1, rows)[:, begin:] for column in columns]
        assets = len(arrays[0])
        step = max(self._cells // max(rows - begin, 1), 1)
        made: dict[str, FloatArray] = {}
        for first in range(0, max(assets, 1), step):
            found = self._kernel(*(array[first : first + step] for array in arrays))
            for name, values in found.items():
                if name not in made:
                    made[name] = np.empty((assets, rows))
                    made[name][:, :begin] = np.nan
                made[name][first : first + step, begin:] = values
        return {name: values.ravel() for name, values in made.items()}


def floats(column: pl.Series) -> FloatArray:
    """The numbers of a column, NaN where one is missing.

    Polars fills all at once in a fifth of the time in which it makes such an array itself.
    """
    known = column.fill_null(np.nan) if column.null_count() else column
    found: FloatArray = known.to_numpy()
    return found
