"""How stored coefficients look to their reader: kernel numbers, Decimals or floats.

A rendering turns a whole column at once, or one rational number (a coefficient that adjustments
have multiplied), rounding at most once.
"""

from typing import Any, Final, Protocol

import numpy as np

from rustybt.data.coefficients import MISSING, IntArray, present
from rustybt.values import (
    KERNEL_CONTEXT,
    Arithmetic,
    Value,
    divide_half_even,
    from_scaled,
)


class Rendering(Protocol):
    """Turns coefficients of one kind (prices, or volumes) into one kind of number."""

    def column(self, coefficients: IntArray, scale: int, keep: int) -> list[Any]:
        """Every coefficient at `scale` as a number; what is missing as `None` or NaN.

        Args:
            coefficients: A column.
            scale: Its decimals.
            keep: Decimals that a Decimal keeps even when they are zeros.
        """

    def ratio(self, numerator: int, denominator: int, keep: int) -> Any:
        """The number numerator / denominator; `denominator` is positive."""

    @property
    def missing(self) -> Any:
        """What stands for a value that is not there."""


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

    def column(self, coefficients: IntArray, scale: int, keep: int) -> list[Value | None]:
        """Decimals with at least `keep` places; equal numbers share one object."""
        known = _SharedDecimals(scale, keep)
        return list(map(known.__getitem__, coefficients.tolist()))

    def ratio(self, numerator: int, denominator: int, keep: int) -> Value:
        """Rounded half even to the scale of this rendering."""
        coefficient = divide_half_even(numerator * 10**self._scale, denominator)
        return from_scaled(coefficient, self._scale, keep=keep)


class _SharedDecimals(dict[int, Value | None]):
    """Decimals by coefficient: prices of a column repeat, and a look-up is three times faster."""

    def __init__(self, scale: int, keep: int) -> None:
        super().__init__({MISSING: None})
        self._scale, self._keep = scale, keep
        self._surplus = 10 ** max(scale - keep, 0)
        self._unit = from_scaled(1, min(scale, keep))

    def __missing__(self, coefficient: int) -> Value:
        shorter, rest = divmod(coefficient, self._surplus)
        value = (
            from_scaled(coefficient, self._scale, keep=self._keep)
            if rest
            else KERNEL_CONTEXT.multiply(self._unit, shorter)
        )
        self[coefficient] = value
        return value


def kernel_prices(arithmetic: Arithmetic) -> Rendering:
    """Prices as the kernel computes with them."""
    return KernelIntegers(arithmetic.price_scale) if arithmetic.exact else Floats()


def kernel_amounts(arithmetic: Arithmetic) -> Rendering:
    """Volumes as the kernel computes with them."""
    return KernelIntegers(arithmetic.amount_scale) if arithmetic.exact else Floats()


def public_prices(arithmetic: Arithmetic) -> Rendering:
    """Prices as strategies and cost models see them."""
    return Decimals(arithmetic.price_scale) if arithmetic.exact else Floats()


def public_amounts(arithmetic: Arithmetic) -> Rendering:
    """Volumes as strategies and cost models see them."""
    return Decimals(arithmetic.amount_scale) if arithmetic.exact else Floats()
