"""What the values of a term are: dtypes, what stands for a missing value, and Polars types."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from rustybt.errors import NotDType, UnsupportedDType

FLOAT: Final = np.dtype(np.float64)
INTEGER: Final = np.dtype(np.int64)
TRUTH: Final = np.dtype(np.bool_)
TEXT: Final = np.dtype(object)
INSTANT: Final = np.dtype("datetime64[ns]")

_POLARS: Final[dict[np.dtype[Any], pl.DataType]] = {
    FLOAT: pl.Float64(),
    INTEGER: pl.Int64(),
    TRUTH: pl.Boolean(),
    TEXT: pl.String(),
    INSTANT: pl.Datetime("ns"),
}

_MISSING: Final[dict[np.dtype[Any], object]] = {
    FLOAT: np.nan,
    INTEGER: None,
    TRUTH: False,
    TEXT: None,
    INSTANT: np.datetime64("NaT", "ns"),
}


DTYPES: Final = tuple(_POLARS)
"""All that terms have."""


def dtype_of(
    value: object, *, term: str, choices: Sequence[np.dtype[Any]] = DTYPES
) -> np.dtype[Any]:
    """The dtype that a term is declared with.

    Args:
        value: What was declared.
        term: The name of the term.
        choices: What it can be.

    Raises:
        NotDType: It is no dtype.
        UnsupportedDType: It is none of the choices.
    """
    try:
        dtype = np.dtype(value)  # type: ignore[call-overload]
    except TypeError as error:
        raise NotDType(dtype=value, termname=term) from error
    given = dtype
    if dtype.kind in "OUS":
        dtype = TEXT
    if dtype.kind == "M":
        dtype = INSTANT
    if dtype.kind == "f":
        dtype = FLOAT
    if dtype not in choices:
        names = ", ".join("object (texts)" if each == TEXT else str(each) for each in choices)
        raise UnsupportedDType(dtype=given, termname=term, choices=names)
    found: np.dtype[Any] = dtype
    return found


def polars_type(dtype: np.dtype[Any]) -> pl.DataType:
    """The type of a column that holds values of a dtype; a missing number is null in it."""
    return _POLARS[dtype]


def missing_of(dtype: np.dtype[Any]) -> object:
    """What stands for a missing value where a term declares nothing else; None: it has to."""
    return _MISSING[dtype]
