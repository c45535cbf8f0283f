"""Columns of data as of each session, from values as reported and factors."""

import numpy as np
from numpy.typing import NDArray

from rustybt.pipeline.loaders.base import FloatArray, Loaded, Steps

Values = NDArray[np.generic]


def cumulative(steps: Steps, shape: tuple[int, int]) -> FloatArray:
    """The product of the factors that count as of each row, (assets, rows)."""
    factors = np.ones(shape)
    np.multiply.at(factors, (steps.assets, steps.since), steps.factors)
    return np.multiply.accumulate(factors, axis=1)


def in_one_unit(loaded: Loaded) -> tuple[FloatArray, FloatArray | None]:
    """A column in a unit that no factor changes, and what makes it that of each row.

    Of a row t and an older row s, ``column[s] * units[t]`` is what row s means as of t.
    """
    values = loaded.values
    if loaded.steps is None:
        return values, None
    units = cumulative(loaded.steps, values.shape)
    column = values.copy()
    column[:, 1:] /= units[:, :-1]
    return column, units


def newest(loaded: Loaded) -> Values:
    """The value of each row as of that row: only what became effective just then changes it."""
    steps, values = loaded.steps, loaded.values
    if steps is None:
        return values
    result = values.copy()
    now = steps.through == steps.since
    places = steps.assets[now], steps.since[now]
    np.multiply.at(result, places, steps.factors[now])
    return result


class AsOf:
    """The rows of a column as of one row after the other, (rows, assets).

    Args:
        loaded: The column.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.values = np.ascontiguousarray(loaded.values.T)
        self._steps = loaded.steps
        self._done = 0

    def move(self, row: int) -> None:
        """Apply everything that counts as of a row; rows are given in ascending order."""
        steps = self._steps
        if steps is None:
            return
        while self._done < len(steps.since) and steps.since[self._done] <= row:
            asset, last = steps.assets[self._done], steps.through[self._done]
            self.values[: last + 1, asset] *= steps.factors[self._done]
            self._done += 1
