"""Columns that functions of numpy arrays make across the assets of each session.

A sort of the numbers of a session takes a tenth of the time that a grouping of the whole panel
takes, and rows that only windows look back to are left out. Few sessions are looked at together, so
that what a function makes on its way stays in a processor's own cache.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.pipeline.blocks import floats
from rustybt.pipeline.rolling.transposing import put_transposed, transposed

FloatArray = NDArray[np.float64]

Across = Callable[[FloatArray], NDArray[Any]]
"""Takes an array (sessions, assets), NaN where a number is missing; returns one of its shape."""

_MAGNITUDE: Final = np.int64(2**63 - 1)

_CELLS: Final = 2**16
"""Numbers of the sessions that are looked at together: 512 KB, in a processor's own cache."""


def across_assets(
    values: pl.Expr, kernel: Across, *, rows: int, first: int, dtype: pl.DataType
) -> pl.Expr:
    """What a function makes of each session.

    Args:
        values: The column, null where a number is missing.
        kernel: The function.
        rows: Rows of an asset.
        first: The first row that is needed.
        dtype: Float64, or Boolean. Rows before `first` are null, or false.
    """
    function = partial(_column, kernel=kernel, rows=rows, first=first, dtype=dtype)
    return pl.map_batches([values.cast(pl.Float64)], function, return_dtype=dtype)


def _column(
    columns: Sequence[pl.Series], *, kernel: Across, rows: int, first: int, dtype: pl.DataType
) -> pl.Series:
    values = floats(columns[0]).reshape(-1, rows)[:, first:]
    is_number = dtype == pl.Float64
    result = np.empty((len(values), rows), float if is_number else bool)
    result[:, :first] = np.nan if is_number else False
    step = max(_CELLS // max(len(values), 1), 1)
    for begin in range(0, rows - first, step):
        made = kernel(transposed(values[:, begin : begin + step]))
        put_transposed(made, result[:, first + begin : first + begin + step])
    return pl.Series(result.reshape(-1), nan_to_null=is_number)


def ordinal_ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1 on, of equal values the first asset first; NaN where there is none."""
    order = _order(values)
    ranks = np.empty_like(values)
    ranks.ravel()[order.ravel()] = np.tile(np.arange(1.0, values.shape[1] + 1), len(values))
    ranks[np.isnan(values)] = np.nan
    return ranks


def above_means(values: FloatArray) -> FloatArray:
    """What values are above the mean of their session.

    Only values that are there are added, so that a result does not depend on which further assets
    a panel has.
    """
    result = np.full_like(values, np.nan)
    for row, session in enumerate(values):
        places = np.flatnonzero(~np.isnan(session))
        if len(places):
            there = session[places]
            result[row, places] = there - _mean(there)
    return result


def z_scores(values: FloatArray) -> FloatArray:
    """(value - mean) / population standard deviation; missing where all values are equal."""
    result = np.full_like(values, np.nan)
    with np.errstate(all="ignore"):
        for row, session in enumerate(values):
            places = np.flatnonzero(~np.isnan(session))
            there = session[places]
            if len(places) and np.maximum.reduce(there) > np.minimum.reduce(there):
                apart = there - _mean(there)
                result[row, places] = apart / np.sqrt(_mean(np.square(apart)))
    return result


def _mean(values: FloatArray) -> float:
    """What ``values.mean()`` is, without the time that it takes to begin."""
    return float(np.add.reduce(values)) / len(values)


def _order(values: FloatArray) -> NDArray[np.int64]:
    """The places of values, counted through all sessions, in the order of each session.

    Missing ones are last; of equal ones the first asset is first. Whole numbers are sorted that
    have the value in their upper bits and the asset in their lower ones: a quarter of the time of
    an argsort. Where the bits that are left of two values do not tell which is lower, the session
    is sorted again.
    """
    sessions, assets = values.shape
    bits = (assets - 1).bit_length()
    lower = np.int64(2**bits - 1)
    keys = (values + 0.0).view(np.int64)  # 0.0 and -0.0 are equal
    keys ^= (keys >> np.int64(63)) & _MAGNITUDE
    keys[np.isnan(values)] = _MAGNITUDE
    keys &= ~lower
    keys |= np.arange(assets)
    keys.sort(axis=1)
    keys &= lower
    begins = np.arange(sessions)[:, None] * assets
    keys += begins
    ascending = values.ravel().take(keys)
    unclear = (ascending[:, 1:] < ascending[:, :-1]).any(axis=1)
    if unclear.any():
        keys[unclear] = np.argsort(values[unclear], axis=1, kind="stable") + begins[unclear]
    return keys


def among_lowest(values: FloatArray, *, number: int) -> NDArray[np.bool_]:
    """Whether a value is one of so many lowest; of equal ones the first assets."""
    if number < 1:
        return np.zeros(values.shape, bool)
    if number >= values.shape[1]:
        return ~np.isnan(values)
    last = np.sort(values, axis=1)[:, number - 1 : number]
    chosen = values < last
    equal = values == last
    left = number - chosen.sum(axis=1, keepdims=True)
    few, many = np.isnan(last)[:, 0], (equal.sum(axis=1, keepdims=True) > left)[:, 0]
    equal[many] &= np.cumsum(equal[many], axis=1) <= left[many]
    result: NDArray[np.bool_] = chosen | equal
    result[few] = ~np.isnan(values[few])
    return result


def at_places(
    values: FloatArray, *places: Callable[[NDArray[np.int64]], FloatArray]
) -> tuple[FloatArray, ...]:
    """Of each session the values at places in order, (sessions, 1); NaN where there is none.

    Args:
        values: The values.
        places: Each makes of the number of values in a session the place, from 0.
    """
    ascending = np.sort(values, axis=1)
    count = (~np.isnan(values)).sum(axis=1)
    last = np.maximum(count - 1, 0)
    chosen = (np.clip(place(count), 0, last).astype(np.int64) for place in places)
    return tuple(np.take_along_axis(ascending, place[:, None], axis=1) for place in chosen)
