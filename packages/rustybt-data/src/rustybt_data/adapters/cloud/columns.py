"""Typed columns of bars as what checks of bars take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt_data.adapters.local.chunks import ALL_FIELDS
from rustybt_data.adapters.local.columns import LABEL, ROW, Columns
from rustybt_data.adapters.local.mapping import FileMapping
from rustybt_data.adapters.local.stamps import (
    BadStamp,
    StampFormat,
    check_years,
    strictly_localised,
)
from rustybt_data.origin import Origin
from rustybt_data.parquet.numbers import numbers_of

_UTC: Final = "UTC"


def columns_of(
    frame: pl.DataFrame, roles: Mapping[str, str], mapping: FileMapping, origin: Origin
) -> Columns:
    """The columns of a frame by what they are.

    Args:
        frame: The columns of `roles`, and ``symbol``, under their roles.
        roles: The names that the file has for them, for errors.
        mapping: How times are written.
        origin: Where the frame comes from, for errors.

    Raises:
        DataValidationError: A symbol or a time is missing or cannot be read, or a cell is no
            number.
    """
    symbols = frame["symbol"].cast(pl.String).str.strip_chars()
    _refuse_empty(symbols, roles.get("symbol", "symbol"), "give a symbol", origin)
    role = "timestamp" if "timestamp" in roles else "date"
    _refuse_empty(frame[role], roles[role], "give the time of the bar", origin)
    try:
        labels = _labels(frame[role], mapping)
    except BadStamp as bad:
        raise origin.error(bad.row, roles[role], bad.value, bad.reason) from None
    numbers = {
        name: numbers_of(frame[name].alias(roles[name]), origin)
        for name in ALL_FIELDS
        if name in roles
    }
    return Columns(
        rows=pl.Series(ROW, range(frame.height), dtype=pl.UInt32),
        labels=labels,
        symbols=symbols,
        numbers=numbers,
        cells={
            LABEL: frame[role].alias(roles[role]),
            **{name: frame[name].alias(roles[name]) for name in numbers},
        },
    )


def _labels(column: pl.Series, mapping: FileMapping) -> pl.Series:
    """Dates as they are, anything else as instants in UTC.

    Raises:
        BadStamp: A label cannot be read.
    """
    if column.dtype == pl.Date:
        return column
    if not isinstance(column.dtype, pl.Datetime):
        texts = column.cast(pl.String).str.strip_chars()
        found = StampFormat.of(texts, mapping).read(texts, mapping)
        if found.skipped:
            row = int(found.values.is_null().arg_true()[0])
            raise BadStamp(row, texts[row], "say what becomes of it: dst_gap, dst_fold")
        return found.values
    check_years(column, column)
    fine = column.dt.cast_time_unit("ns")
    if column.dtype.time_zone is not None:
        return fine.dt.convert_time_zone(_UTC)
    return strictly_localised(fine.dt.replace_time_zone(_UTC), mapping)


def _refuse_empty(column: pl.Series, name: str, reason: str, origin: Origin) -> None:
    empty = column.is_null()
    if column.dtype == pl.String:
        empty |= column == ""
    if empty.any():
        raise origin.error(int(empty.arg_true()[0]), name, "", reason)


def check_mapping(mapping: FileMapping) -> None:
    """Refuse what objects that are read one by one cannot have.

    Raises:
        InvalidArgument: Empty cells are to be interpolated.
    """
    if mapping.missing == "interpolate":
        reason = "objects are read one by one; give fail or skip"
        raise InvalidArgument(field="missing", value=mapping.missing, reason=reason)
