"""Row by row."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rustybt_rs import _native
from rustybt_rs._native import Column
from rustybt_rs.vectors._columns import DEFAULT_ROUNDING, gives_what_it_got
from rustybt_rs.vectors._numbers import scaled

if TYPE_CHECKING:
    from rustybt_rs._native import ArrowColumn


@gives_what_it_got
def multiply(
    column: ArrowColumn,
    other: ArrowColumn | Decimal | int,
    scale: int,
    *,
    rounding: str = DEFAULT_ROUNDING,
) -> Column:
    """The products of rows, or of each row and one number, at `scale`; null where either is.

    Args:
        column: Of Decimals.
        other: A column of the same length, or a number.
        scale: Digits of the products.
        rounding: A mode of Python's `decimal`.

    Raises:
        InvalidInputError: The columns have two lengths.
    """
    return _native.vector_multiply(column, _operand(other), scale, rounding)


@gives_what_it_got
def divide(
    column: ArrowColumn,
    other: ArrowColumn | Decimal | int,
    scale: int,
    *,
    rounding: str = DEFAULT_ROUNDING,
) -> Column:
    """The quotients of rows, or of each row and one number, at `scale`; null where either is.

    Raises:
        InvalidInputError: A divisor is zero, or the columns have two lengths.
    """
    return _native.vector_divide(column, _operand(other), scale, rounding)


@gives_what_it_got
def round(  # noqa: A001 - the name it has everywhere
    column: ArrowColumn, scale: int, *, rounding: str = DEFAULT_ROUNDING
) -> Column:
    """The column at another scale; unlike a cast it says how it rounds."""
    return _native.vector_round(column, scale, rounding)


def _operand(other: ArrowColumn | Decimal | int) -> ArrowColumn | tuple[int, int]:
    if isinstance(other, (Decimal, int)):
        return scaled(other, "other")
    return other
