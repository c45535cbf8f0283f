"""Runs of rows that have one key."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.data.coefficients import BoolArray

SHORT_RUN: Final = 16
"""Runs of fewer rows in the mean are not worth a look at each of them."""


class KeyEnds(NamedTuple):
    """What there is of a key, in all rows or in some.

    Attributes:
        key: The key.
        first: Its lowest label.
        last: Its highest label.
        rows: How many rows it has.
    """

    key: int
    first: int
    last: int
    rows: int


def changes(keys: pl.Series) -> BoolArray:
    """Where a column without nulls differs from the row above; true in the first row."""
    if len(keys) and keys[0] == keys[-1] and (keys == keys[0]).all():  # the rows of one asset
        one = np.zeros(len(keys), np.bool_)
        one[0] = True
        return one
    differs: BoolArray = (keys != keys.shift(1)).fill_null(value=True).to_numpy()
    return differs


def ends_of_keys(keys: pl.Series, labels: pl.Series) -> Iterable[KeyEnds]:
    """The lowest and the highest label of each key; a key may come more than once.

    Args:
        keys: Integers without nulls, one a row.
        labels: Integers without nulls.
    """
    if keys.is_empty():
        return []
    starts = np.flatnonzero(changes(keys))
    if len(starts) * SHORT_RUN > len(keys):
        at = pl.col("at")
        rows = pl.DataFrame([keys.alias("key"), labels.alias("at")])
        found = rows.group_by("key").agg(at.min().alias("first"), at.max().alias("last"), pl.len())
        return map(KeyEnds._make, found.iter_rows())
    at_row = labels.to_numpy()
    columns = (
        keys.gather(starts).to_numpy(),
        np.minimum.reduceat(at_row, starts),
        np.maximum.reduceat(at_row, starts),
        np.diff(starts, append=len(keys)),
    )
    return map(KeyEnds, *(column.tolist() for column in columns))
