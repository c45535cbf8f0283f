"""Rows into bars, and parts of bars into whole ones, on coefficients."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from rustybt.data.coefficients import MISSING, IntArray, reduced
from rustybt_data.runs import changes

HIGH_PART: Final = "volume_high"
"""A sum of volumes is ``volume + volume_high * PART``: it may leave 64 bits."""

PART: Final = 10**9
WHOLE_COLUMNS: Final = frozenset({"high", "low", "volume"})
"""Fields of a bar that the values of all its rows make; the others show that of one row."""

_LIMIT: Final = 2**62


class OutOfOrder(Exception):  # noqa: N818 - caught at once by who can sort
    """The rows of a symbol are not in the order of time."""


class Interleaved(Exception):  # noqa: N818 - caught at once by who can sort
    """Parts of one bar overlap in time: the rows are out of order.

    Attributes:
        row: The part that begins before the one above ends, in the sorted frame.
        parts: That frame.
    """

    def __init__(self, row: int, parts: pl.DataFrame) -> None:
        super().__init__(row)
        self.row = row
        self.parts = parts


def folded(
    rows: pl.DataFrame,
    starts: IntArray,
    labels: IntArray,
    fields: Mapping[str, str],
    *,
    key: str = "symbol",
) -> pl.DataFrame:
    """Bars of consecutive rows of one key.

    Args:
        rows: The key, ``at`` and columns of coefficients, sorted by `at` within a key. A column
            of which a bar shows the value of one row may be wider than 64 bits.
        starts: First row of each bar, ascending, the first one 0.
        labels: Label of each bar.
        fields: Column by field of a bar.
        key: The column that tells assets apart.

    Returns:
        The key, ``label``, ``since`` and ``until`` (the first and the last `at`), the fields and
        HIGH_PART; MISSING where nothing is known.

    Raises:
        polars.exceptions.InvalidOperationError: A wide value that a bar shows needs more than 64
            bits.
    """
    at, lasts = rows["at"].to_numpy(), _lasts(starts, rows.height)
    columns: dict[str, pl.Series | IntArray] = {
        key: rows[key].gather(starts),
        "label": labels,
        "since": at[starts],
        "until": at[lasts],
    }
    values: dict[str, IntArray] = {}
    for field, name in fields.items():
        column = rows[name]
        if field not in WHOLE_COLUMNS and not column.null_count():
            columns[field] = column.gather(starts if field == "open" else lasts).cast(pl.Int64)
            continue
        if name not in values:
            values[name] = known_or_missing(column.cast(pl.Int64))
        if field == "volume":
            columns[HIGH_PART], columns[field] = _sums(values[name], starts)
        else:
            columns[field] = reduced(field, values[name], starts)
    return pl.DataFrame(columns)


def joined(
    parts: Sequence[pl.DataFrame], *, key: str = "symbol", overlap: bool = False
) -> pl.DataFrame:
    """Bars made of parts that were folded apart, sorted by key and label.

    Args:
        parts: What `folded` gave, of rows in this order.
        key: The column that tells assets apart.
        overlap: Whether the rows of two parts may share an instant, as ticks do.

    Raises:
        Interleaved: Parts of one bar overlap otherwise.
    """
    every = _sorted(pl.concat(parts), key)
    labels = every["label"].to_numpy()
    change = changes(every[key])
    change[1:] |= labels[1:] != labels[:-1]
    if change.all():
        return every
    since, until = every["since"].to_numpy(), every["until"].to_numpy()
    early = since[1:] < until[:-1] if overlap else since[1:] <= until[:-1]
    wrong = np.flatnonzero(early & ~change[1:])
    if len(wrong):
        raise Interleaved(int(wrong[0]) + 1, every)
    starts = np.flatnonzero(change)
    whole = {key: every[key].gather(starts), "label": labels[starts], "since": since[starts]}
    whole["until"] = until[_lasts(starts, len(until))]
    for field in every.columns[len(whole) :]:
        values = every[field].to_numpy()
        if field in ("volume", HIGH_PART):
            whole[field] = np.add.reduceat(values, starts)
        else:
            whole[field] = reduced(field, values, starts)
    return pl.DataFrame(whole)


def _sorted(parts: pl.DataFrame, key: str) -> pl.DataFrame:
    """The parts by key, label and time; a look at them is cheaper than sorting them again."""
    change = changes(parts[key])
    keys = parts[key].filter(pl.Series(change))
    since = parts["since"].to_numpy()
    in_order = ((since[1:] >= since[:-1]) | change[1:]).all()
    if in_order and keys.is_sorted() and keys.n_unique() == len(keys):
        return parts
    return parts.sort(key, "label", "since", maintain_order=True)


def known_or_missing(column: pl.Series) -> IntArray:
    """Coefficients with MISSING for what is null."""
    if column.null_count():
        column = column.fill_null(MISSING)
    values: IntArray = column.to_numpy()
    return values


def _sums(values: IntArray, starts: IntArray) -> tuple[IntArray, IntArray]:
    """The sums of groups in two parts; what is missing counts nothing."""
    if not len(values):
        return values, values
    if int(values.min()) == MISSING:
        values = np.where(values == MISSING, 0, values)
    longest = int(np.diff(starts, append=len(values)).max())
    if max(int(values.max()), -int(values.min())) * longest < _LIMIT:
        high, low = np.divmod(np.add.reduceat(values, starts), PART)
        return high, low
    high, low = np.divmod(values, PART)
    return np.add.reduceat(high, starts), np.add.reduceat(low, starts)


def _lasts(starts: IntArray, stop: int) -> IntArray:
    return np.append(starts[1:], stop) - 1 if len(starts) else starts
