"""How stored coefficients look to their reader: kernel numbers, Decimals or floats.

A rendering turns a whole column at once, or one rational number (a coefficient that adjustments
have multiplied), rounding at most once.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final, Protocol, TypeVar

import numpy as np

from rustybt.data.coefficients import MISSING, IntArray, present
from rustybt.values import (
    KERNEL_CONTEXT,
    Arithmetic,
    Num,
    Value,
    divide_half_even,
    from_scaled,
)

NumberT_co = TypeVar("NumberT_co", covariant=True)


class Rendering(Protocol[NumberT_co]):
    """Turns coefficients of one kind (prices, or volumes) into one kind of number."""

    @property
    def missing(self) -> NumberT_co | None:
        """What stands for a value that is not there."""

    def column(self, coefficients: IntArray, scale: int, keep: int) -> Sequence[NumberT_co | None]:
        """Every coefficient at `scale` as a number.

        Args:
            coefficients: A column.
            scale: Its decimals.
            keep: Decimals that a Decimal keeps even when they are zeros.
        """

    def single(self, coefficient: int, scale: int, keep: int) -> NumberT_co:
        """One coefficient at `scale` as a number."""

    def ratio(self, numerator: int, denominator: int, keep: int) -> NumberT_co:
        """The number numerator / denominator; `denominator` is positive."""


class KernelIntegers:
    """Integers at a fixed scale: kernel numbers of the decimal arithmetic.

    Args:
        scale: The kernel's scale of this kind of number.
    """

    missing: None = None

    def __init__(self, scale: int) -> None:
        self._scale = scale

    def column(self, coefficients: IntArray, scale: int, keep: int = 0) -> list[int | None]:
        """Integers at the kernel's scale; exact, since that scale is never the smaller one."""
        unit = 10 ** (self._scale - scale)
        return [None if c == MISSING else c * unit for c in coefficients.tolist()]

    def single(self, coefficient: int, scale: int, keep: int = 0) -> int:
        """An integer at the kernel's scale."""
        unit: int = 10 ** (self._scale - scale)
        return coefficient * unit

    def ratio(self, numerator: int, denominator: int, keep: int = 0) -> int:
        """Rounded half even to the kernel's scale."""
        return divide_half_even(numerator * 10**self._scale, denominator)


class Floats:
    """The nearest floats.

    Args:
        missing: None, or NaN for readers that expect it.
    """

    def __init__(self, missing: float | None = None) -> None:
        self.missing: Final = missing

    def column(self, coefficients: IntArray, scale: int, keep: int = 0) -> list[float | None]:
        """Correctly rounded for coefficients of up to 15 digits."""
        known = present(coefficients)
        values: list[float | None] = (coefficients / 10**scale).tolist()
        for row in np.flatnonzero(~known).tolist():
            values[row] = self.missing
        return values

    def single(self, coefficient: int, scale: int, keep: int = 0) -> float:
        """Correctly rounded."""
        unit: int = 10**scale
        return coefficient / unit

    def ratio(self, numerator: int, denominator: int, keep: int = 0) -> float:
        """Correctly rounded, however long the integers are."""
        return numerator / denominator


class WholeNumbers:
    """Integers where a number is whole, else the nearest floats: Zipline's volumes."""

    missing: int = 0

    def column(self, coefficients: IntArray, scale: int, keep: int = 0) -> list[int | float]:
        """Every coefficient as a number; nothing is missing from a column of volumes."""
        unit = 10**scale
        wholes, rests = np.divmod(coefficients, unit)
        values: list[int | float] = wholes.tolist()
        for row in np.flatnonzero(rests).tolist():
            values[row] = int(coefficients[row]) / unit
        return values

    def single(self, coefficient: int, scale: int, keep: int = 0) -> int | float:
        """An integer when it is whole."""
        return self.ratio(coefficient, 10**scale)

    def ratio(self, numerator: int, denominator: int, keep: int = 0) -> int | float:
        """An integer when the division leaves no rest."""
        whole, rest = divmod(numerator, denominator)
        return numerator / denominator if rest else whole


class Decimals:
    """Exact Decimals, without needless zeros.

    Args:
        scale: Decimals to which an adjusted number is rounded, half even.
    """

    missing: None = None

    def __init__(self, scale: int) -> None:
        self._scale = scale

    def column(self, coefficients: IntArray, scale: int, keep: int) -> list[Decimal | None]:
        """Decimals with at least `keep` places."""
        return _decimals(coefficients, scale, keep)

    def single(self, coefficient: int, scale: int, keep: int) -> Decimal:
        """With at least `keep` places."""
        return from_scaled(coefficient, scale, keep=keep)

    def ratio(self, numerator: int, denominator: int, keep: int) -> Decimal:
        """Rounded half even to the scale of this rendering."""
        coefficient = divide_half_even(numerator * 10**self._scale, denominator)
        return from_scaled(coefficient, self._scale, keep=keep)


def _decimals(coefficients: IntArray, scale: int, keep: int) -> list[Decimal | None]:
    """A Decimal for each coefficient.

    Those with the same number of places are made together, four times faster than one by one.
    """
    values: list[Decimal | None] = [None] * len(coefficients)
    left = np.flatnonzero(present(coefficients))
    for places in range(min(keep, scale), scale + 1):
        shorter, rests = np.divmod(coefficients[left], 10 ** (scale - places))
        whole = rests == 0
        of_units = partial(KERNEL_CONTEXT.multiply, from_scaled(1, places))
        decimals = map(of_units, shorter[whole].tolist())
        if len(left) == len(values) and whole.all():
            return list(decimals)
        for row, value in zip(left[whole].tolist(), decimals, strict=True):
            values[row] = value
        left = left[~whole]
        if not len(left):
            break
    return values


def kernel_prices(arithmetic: Arithmetic) -> Rendering[Num]:
    """Prices as the kernel computes with them."""
    return KernelIntegers(arithmetic.price_scale) if arithmetic.exact else Floats()


def kernel_amounts(arithmetic: Arithmetic) -> Rendering[Num]:
    """Volumes as the kernel computes with them."""
    return KernelIntegers(arithmetic.amount_scale) if arithmetic.exact else Floats()


def public_prices(arithmetic: Arithmetic) -> Rendering[Value]:
    """Prices as strategies and cost models see them."""
    return Decimals(arithmetic.price_scale) if arithmetic.exact else Floats()


def public_amounts(arithmetic: Arithmetic) -> Rendering[Value]:
    """Volumes as strategies and cost models see them."""
    return Decimals(arithmetic.amount_scale) if arithmetic.exact else Floats()
