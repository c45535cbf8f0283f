"""The rows of the frames that a user writes."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from rustybt.errors import ConsumeAssetMetaDataError, InvalidArgument

Row = dict[str, Any]

Frame = Any
"""A Polars frame, a pandas frame (its index is the first column) or a list of rows."""


def rows_of(frame: Frame, *, table: str, key: str, columns: Iterable[str]) -> list[Row]:
    """The rows of a frame with every column of a table, None where something is missing.

    Args:
        frame: What the user gave; None is no rows.
        table: Its name in errors.
        key: The column that every row needs; in pandas the index may be it.
        columns: All columns that the table knows.

    Raises:
        ConsumeAssetMetaDataError: It is no frame.
        InvalidArgument: It has a column that the table does not know, or no `key`.
    """
    if frame is None:
        return []
    known = (key, *columns)
    rows = _records(frame, key)
    names = dict.fromkeys(name for row in rows for name in row)
    for name in names:
        if name not in known:
            raise InvalidArgument(
                field=f"column of {table}", value=name, reason=f"give some of {', '.join(known)}"
            )
    if rows and any(is_missing(row.get(key)) for row in rows):
        raise InvalidArgument(field=f"{key} of {table}", value=None, reason="give one in each row")
    return [{name: _present(row.get(name)) for name in known} for row in rows]


def is_missing(value: object) -> bool:
    """Whether a cell is None, NaN or NaT."""
    return value is None or value != value  # noqa: PLR0124 - NaN and NaT differ from themselves


def _records(frame: Frame, key: str) -> list[Row]:
    if isinstance(frame, pl.DataFrame):
        return frame.to_dicts()
    if hasattr(frame, "reset_index"):
        named = frame if key in frame.columns else frame.reset_index(names=key)
        return [dict(record) for record in named.to_dict("records")]
    if isinstance(frame, list):
        return [dict(row) for row in frame]
    raise ConsumeAssetMetaDataError(obj=type(frame).__name__)


def _present(value: object) -> object:
    return None if is_missing(value) else value
