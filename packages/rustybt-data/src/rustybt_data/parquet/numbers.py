"""Columns of any type as integer coefficients, exactly."""

from typing import NamedTuple

import numpy as np
import polars as pl

from rustybt.errors import InvalidNumber, ScaleExceeded
from rustybt.values import parse_texts
from rustybt_data.origin import Origin
from rustybt_data.parquet.scales import ScaleNeed, rescaled


class Coefficients(NamedTuple):
    """Numbers as ``values / 10**scale``.

    Attributes:
        values: Int64, null where there was nothing.
        scale: Decimals that a coefficient counts.
    """

    values: pl.Series
    scale: int


class BadNumber(Exception):  # noqa: N818 - caught at once by who knows the file
    """A cell is no number that the store can hold.

    Attributes:
        row: Its row, from 0.
        value: What it holds.
        reason: What to do.
    """

    def __init__(self, row: int, value: object, reason: str) -> None:
        super().__init__(row, value, reason)
        self.row = row
        self.value = value
        self.reason = reason


def coefficients_of(column: pl.Series) -> Coefficients:
    """Read a column of texts, integers, Decimals or floats.

    A float means its shortest text; NaN means that there is nothing, and so does an empty text.

    Raises:
        BadNumber: A cell is no finite number.
    """
    if column.dtype.is_integer():
        narrow = column.cast(pl.Int64, strict=False)
        if narrow.null_count() == column.null_count():
            return Coefficients(narrow, 0)
    if isinstance(column.dtype, pl.Decimal):
        narrow = column.to_physical().cast(pl.Int64, strict=False)
        if narrow.null_count() == column.null_count():
            return Coefficients(narrow, column.dtype.scale)
    if column.dtype.is_float():
        column = column.fill_nan(None)
    return _of_texts(column.cast(pl.String))


def numbers_of(column: pl.Series, origin: Origin) -> Coefficients:
    """The numbers of a column.

    Raises:
        DataValidationError: A cell is no finite number.
    """
    try:
        return coefficients_of(column)
    except BadNumber as bad:
        raise origin.error(bad.row, column.name, bad.value, bad.reason) from None


def scale_of(name: str, columns: list[Coefficients], origin: Origin) -> int:
    """Decimals that a data set of the numbers of some columns declares.

    Raises:
        DataValidationError: 18 digits cannot hold all of them exactly.
    """
    return _need_of(name, columns, origin).scale


def least_scale(name: str, columns: list[Coefficients], origin: Origin) -> int:
    """The fewest decimals that hold the numbers of some columns.

    Raises:
        DataValidationError: 18 digits cannot hold all of them exactly.
    """
    need = _need_of(name, columns, origin)
    return min(need.decimals, need.scale)


def _need_of(name: str, columns: list[Coefficients], origin: Origin) -> ScaleNeed:
    need = ScaleNeed(name)
    for column in columns:
        need.add(column.values.drop_nulls().to_numpy(), column.scale, origin=origin.name)
    return need


def at_scale(numbers: Coefficients, scale: int) -> pl.Series:
    """The coefficients at another scale, which holds all of them."""
    values, own = numbers
    if own == scale:
        return values
    if not values.null_count():
        return pl.Series(values.name, rescaled(values.to_numpy(), own, scale))
    known = values.is_not_null().to_numpy()
    result = np.zeros(len(values), dtype=np.int64)
    result[known] = rescaled(values.drop_nulls().to_numpy(), own, scale)
    return pl.Series(values.name, result).set(~pl.Series(known), None)


def _of_texts(column: pl.Series) -> Coefficients:
    try:
        return Coefficients(*parse_texts(column, field=column.name))
    except (InvalidNumber, ScaleExceeded) as error:
        row = error.row or 0
        too_wide = isinstance(error, ScaleExceeded)
        reason = f"give a number{' of fewer digits: the column holds 18' if too_wide else ''}"
        raise BadNumber(row, column[row], reason) from None
