"""Kernel numbers to columns of a frame.

Under the decimal policy a column is Decimal with the scale of its kind, so that nothing is
rounded; under float64 it is Float64.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rustybt.values.arithmetic import Arithmetic, Num
    from rustybt.values.models import Value

INSTANT = pl.Datetime("us", "UTC")
"""The type of every time in a result."""

_DIGITS = 38
_MONEY_SCALE = 16
_NANOSECONDS_IN_MICROSECOND = 1_000


def instants(name: str, times: Sequence[int | None]) -> pl.Series:
    """A column of times, from nanoseconds UTC."""
    return (pl.Series(name, times, dtype=pl.Int64) // _NANOSECONDS_IN_MICROSECOND).cast(INSTANT)


_SHORT = 50_000
_DTYPES = {"i8": pl.Int64(), "i4": pl.Int32(), "f8": pl.Float64(), "b1": pl.Boolean()}


def array_series(name: str, values: NDArray[Any], *, nan_is_missing: bool = False) -> pl.Series:
    """A column of an array of integers, floats or truth values.

    A short one goes through a list: before its first array Polars imports numpy.ma, which takes
    as long as two years of daily bars.

    Args:
        name: Of the column.
        values: One number a row.
        nan_is_missing: Whether NaN becomes null; otherwise it stays.
    """
    dtype = _DTYPES.get(values.dtype.str[1:])
    if dtype is None or len(values) > _SHORT:
        return pl.Series(name, values, nan_to_null=nan_is_missing)
    numbers: list[Any] = values.tolist()
    if nan_is_missing and dtype.is_float():
        numbers = [None if number != number else number for number in numbers]  # noqa: PLR0124
    return pl.Series(name, numbers, dtype=dtype)


class Columns:
    """Makes the columns of one run.

    Args:
        arithmetic: The run's arithmetic.
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._exact = arithmetic.exact
        self._price_scale = arithmetic.price_scale
        self._amount_scale = arithmetic.amount_scale

    def money(self, name: str, numbers: Sequence[Num | None]) -> pl.Series:
        """A column of money."""
        return self._kernel(name, numbers, _MONEY_SCALE)

    def moneys(self, columns: Mapping[str, Sequence[Num | None]]) -> list[pl.Series]:
        """Columns of money of equal length, made together.

        What a column costs beside its rows is more than a few hundred rows cost. Columns of
        nothing but zeros, which costs often are, are one.
        """
        paid = {
            name: numbers for name, numbers in columns.items() if any(numbers) or None in numbers
        }
        length = max(map(len, columns.values()), default=0)
        nothing = next((numbers for name, numbers in columns.items() if name not in paid), ())
        together = self.money("", [*chain.from_iterable(paid.values()), *nothing])
        places = {name: place for place, name in enumerate(paid)}
        return [
            together.slice(places.get(name, len(paid)) * length, length).alias(name)
            for name in columns
        ]

    def price(self, name: str, numbers: Sequence[Num | None]) -> pl.Series:
        """A column of prices."""
        return self._kernel(name, numbers, self._price_scale)

    def amount(self, name: str, numbers: Sequence[Num | None]) -> pl.Series:
        """A column of amounts."""
        return self._kernel(name, numbers, self._amount_scale)

    def derived(self, name: str, values: Sequence[Value | None]) -> pl.Series:
        """A column of public values that a division gave: at most 16 decimals.

        Exact columns have no infinite values, as division by zero gives them: those become null.
        """
        if not self._exact:
            return pl.Series(name, values, dtype=pl.Float64)
        known = [None if value is None or not isfinite(value) else value for value in values]
        return pl.Series(name, known, dtype=pl.Decimal(_DIGITS, _MONEY_SCALE))

    def _kernel(self, name: str, numbers: Sequence[Num | None], scale: int) -> pl.Series:
        if not self._exact:
            return pl.Series(name, numbers, dtype=pl.Float64)
        coefficients = pl.Series(name, numbers, dtype=pl.Int128).cast(pl.Decimal(_DIGITS, 0))
        unit = pl.Series([Decimal(1).scaleb(-scale)], dtype=pl.Decimal(_DIGITS, scale))
        return coefficients * unit
