"""Columns of numbers from outside, as exact coefficients."""

import numpy as np
import polars as pl

from rustybt.data.coefficients import IntArray
from rustybt.data.schemas import DEFAULT_SCALE, MAX_DIGITS
from rustybt.errors import InvalidNumber, ScaleExceeded
from rustybt.values import parse_column, parse_decimal

_EXACT_FLOATS = 2**52


def exact_column(column: pl.Series, *, field: str) -> tuple[pl.Series, int]:
    """Coefficients of a column of numbers, and the scale they are at.

    Integers and Decimals are taken as they are, texts are read, a float means its shortest text.

    Args:
        column: Integers, Decimals, floats or texts; null and NaN are missing values.
        field: The column's name in an error.

    Returns:
        An Int64 series, and the decimals it counts: as many as the column needs, and some more
        where that comes for free.

    Raises:
        InvalidNumber: A value is no finite number.
        ScaleExceeded: The numbers need more than 18 digits.
    """
    if column.dtype.is_integer():
        return column.cast(pl.Int64), 0
    if isinstance(column.dtype, pl.Decimal):
        return column.to_physical().cast(pl.Int64), column.dtype.scale
    if column.dtype.is_float():
        return _from_floats(column.cast(pl.Float64), field)
    if column.dtype == pl.String:
        return _from_texts(column, field)
    raise InvalidNumber(field=field, value=f"a column of {column.dtype}")


def rescaled(column: pl.Series, scale: int, to_scale: int, *, field: str) -> pl.Series:
    """Coefficients at a larger scale.

    Raises:
        ScaleExceeded: They would have more than 18 digits.
    """
    widest = column.abs().max()
    factor = 10 ** (to_scale - scale)
    if isinstance(widest, int) and widest * factor >= 10**MAX_DIGITS:
        raise ScaleExceeded(field=field, value=widest / 10**scale, scale=to_scale)
    wider: pl.Series = column * factor
    return wider


def _from_floats(column: pl.Series, field: str) -> tuple[pl.Series, int]:
    every = column.to_numpy()  # NaN stands for null too
    known = ~np.isnan(every)
    whole = bool(known.all())
    values = every if whole else every[known]
    widest = float(np.abs(values).max(initial=0.0))
    if np.isinf(widest):
        raise InvalidNumber(field=field, value=float(values[np.isinf(values)][0]))
    scale = DEFAULT_SCALE
    while scale and widest * 10**scale >= _EXACT_FLOATS:
        scale -= 1
    coefficients = _exactly(values, scale) if widest * 10**scale < _EXACT_FLOATS else None
    if coefficients is None:
        return _from_texts(_shortest_texts(column.fill_nan(None)), field)
    if whole:
        return pl.Series(column.name, coefficients), scale
    result = np.zeros(len(column), np.int64)
    result[known] = coefficients
    return pl.Series(column.name, result).set(pl.Series(~known), None), scale


def _exactly(values: np.ndarray, scale: int) -> IntArray | None:
    """Coefficients whose decimals read as exactly these floats; None where there are none.

    Below 2**52 the decimals of a scale are wider apart than floats: at most one of them reads
    as a given float, and then it is the float's shortest text.
    """
    coefficients = values * 10**scale
    np.rint(coefficients, out=coefficients)
    if not np.array_equal(coefficients / 10**scale, values):
        return None
    exact: IntArray = coefficients.astype(np.int64)
    return exact


def _shortest_texts(column: pl.Series) -> pl.Series:
    texts = [None if value is None else repr(value) for value in column.to_list()]
    return pl.Series(column.name, texts, pl.String)


def _from_texts(column: pl.Series, field: str) -> tuple[pl.Series, int]:
    scale = 0
    for row, text in enumerate(column.to_list()):
        if text is not None:
            exponent = parse_decimal(text, field=field, row=row).normalize().as_tuple().exponent
            scale = max(scale, -int(exponent))
    if scale > MAX_DIGITS:
        raise ScaleExceeded(field=field, value=f"a number with {scale} decimals", scale=MAX_DIGITS)
    return parse_column(column, scale=scale, field=field), scale
