"""Decimals and ratios to whole numbers and back, exactly."""

from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from rustybt_rs._native import InvalidInputError

Ratio = Fraction | Decimal | int | str
"""A number that is known exactly; a text as Fraction reads it: "0.05" or "1/20"."""

LARGEST_SCALE: Final = 38
_LARGEST: Final = 2**63 - 1
_EXACT: Final = Context(prec=100)


def number(scalar: tuple[int, int] | None) -> Decimal | None:
    """The Decimal of a coefficient and a scale; None stays None."""
    return None if scalar is None else required(scalar)


def required(scalar: tuple[int, int] | None) -> Decimal:
    """The Decimal of a coefficient and a scale that are there."""
    assert scalar is not None
    coefficient, scale = scalar
    return Decimal(coefficient).scaleb(-scale, _EXACT)


def scaled(value: Decimal | int, field: str) -> tuple[int, int]:
    """Coefficient and scale of a number.

    Raises:
        InvalidInputError: It is not finite, or has more than 38 digits.
    """
    if isinstance(value, int):
        value = Decimal(value)
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise InvalidInputError(f"{field}: give a finite number (met {value})")
    scale = max(-exponent, 0)
    if scale > LARGEST_SCALE or len(digits) + max(exponent, 0) > LARGEST_SCALE:
        raise InvalidInputError(f"{field}: give at most 38 digits (met {value})")
    coefficient = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    return (-coefficient if sign else coefficient), scale


def ratio(value: Ratio, field: str) -> tuple[int, int]:
    """Numerator and denominator.

    Raises:
        InvalidInputError: They have more than 64 bits, or the text is no number.
        TypeError: It is a float.
    """
    if not isinstance(value, (Fraction, Decimal, int, str)):
        text = f"{field}: give a Fraction, a Decimal, an int or a text, not {type(value).__name__}"
        raise TypeError(text)
    try:
        exact = Fraction(value)
    except (ValueError, OverflowError, ZeroDivisionError):
        raise InvalidInputError(f"{field}: give a number (met {value!r})") from None
    if abs(exact.numerator) > _LARGEST or exact.denominator > _LARGEST:
        raise InvalidInputError(f"{field}: give numerator and denominator of 64 bits (met {value})")
    return exact.numerator, exact.denominator
