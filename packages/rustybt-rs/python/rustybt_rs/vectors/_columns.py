"""Columns as they are given, and back as they came."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, Protocol, overload

from rustybt_rs import _native
from rustybt_rs._native import Column

if TYPE_CHECKING:
    import polars as pl

    from rustybt_rs._native import ArrowArray, ArrowColumn

DEFAULT_ROUNDING: Final = "ROUND_HALF_EVEN"


P = ParamSpec("P")


class ColumnFunction(Protocol[P]):
    """Gives a series of a series, and a :class:`Column` of anything else."""

    @overload
    def __call__(self, column: pl.Series, /, *args: P.args, **kwargs: P.kwargs) -> pl.Series: ...
    @overload
    def __call__(
        self, column: ArrowArray | Column, /, *args: P.args, **kwargs: P.kwargs
    ) -> Column: ...


def gives_what_it_got(
    function: Callable[Concatenate[ArrowColumn, P], Column],
) -> ColumnFunction[P]:
    """Make a series of the result where the column is one."""

    @wraps(function)
    def given(column: ArrowColumn, /, *args: P.args, **kwargs: P.kwargs) -> Column | pl.Series:
        result = function(column, *args, **kwargs)
        polars = sys.modules.get("polars")
        if polars is None or not isinstance(column, polars.Series):
            return result
        series: pl.Series = polars.Series(result).alias(column.name)
        return series

    return given  # type: ignore[return-value]


@gives_what_it_got
def decimals(column: ArrowColumn, scale: int) -> Column:
    """Coefficients at a scale as Decimals: 12345 at scale 2 is 123.45.

    Args:
        column: Int64, as data sets hold prices and volumes.
        scale: Digits after the point, 0 to 38.
    """
    return _native.vector_decimals(column, scale)


@gives_what_it_got
def coefficients(column: ArrowColumn) -> Column:
    """The numbers times ten to the power of the column's scale, as Int64.

    Raises:
        NumberTooLargeError: One has more than 64 bits.
    """
    return _native.vector_coefficients(column)
