"""Integers at known scales: a coefficient `c` at scale `s` is the number c / 10**s."""

from decimal import Decimal
from functools import lru_cache
from math import isqrt

from rustybt.errors import ScaleExceeded
from rustybt.values.models import KERNEL_CONTEXT

_STRIP_STEPS = tuple((step, 10**step) for step in (16, 8, 4, 2, 1))
_GUARD_DIGITS = 2


@lru_cache(maxsize=64)
def _unit(scale: int) -> Decimal:
    """One unit of a coefficient at a scale."""
    return Decimal(1).scaleb(-scale, KERNEL_CONTEXT)


def divide_half_even(numerator: int, denominator: int) -> int:
    """The integer nearest to numerator / denominator, a tie to the even one.

    Args:
        numerator: Any integer.
        denominator: A positive integer.
    """
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient & 1):
        return quotient + 1
    return quotient


def rescale(coefficient: int, from_scale: int, to_scale: int) -> int:
    """The coefficient at another scale: exact when widening, half even when narrowing."""
    if to_scale >= from_scale:
        wider: int = coefficient * 10 ** (to_scale - from_scale)
        return wider
    return divide_half_even(coefficient, 10 ** (from_scale - to_scale))


def exact_scaled(value: Decimal, scale: int, *, field: str, bits: int | None = None) -> int:
    """`value` as a coefficient at `scale`, without loss.

    Args:
        value: A finite decimal.
        scale: Digits after the point.
        field: The name in an error message.
        bits: When given, the coefficient must fit a signed integer of so many bits.

    Raises:
        ScaleExceeded: A digit would be lost, or the coefficient is too wide.
    """
    scaled = KERNEL_CONTEXT.scaleb(value, scale)
    coefficient = int(scaled)
    if coefficient != scaled or (bits is not None and coefficient.bit_length() >= bits):
        raise ScaleExceeded(field=field, value=value, scale=scale)
    return coefficient


def rounded_scaled(value: Decimal, scale: int) -> int:
    """`value` as a coefficient at `scale`, rounded half even."""
    return int(KERNEL_CONTEXT.to_integral_value(KERNEL_CONTEXT.scaleb(value, scale)))


def from_scaled(coefficient: int, scale: int, *, keep: int = 0) -> Decimal:
    """The decimal of a coefficient, without needless zeros and without an exponent.

    Args:
        coefficient: The integer.
        scale: Digits after the point that it counts.
        keep: Zeros after the point are stripped down to so many digits:
            1005000 at scale 4 is 100.5, and 100.50 with `keep=2`.
    """
    if not coefficient % 10:
        for step, power in _STRIP_STEPS:
            if scale - step >= keep:
                shorter, remainder = divmod(coefficient, power)
                if not remainder:
                    coefficient, scale = shorter, scale - step
    if scale == 0:
        return Decimal(coefficient)
    return KERNEL_CONTEXT.multiply(_unit(scale), coefficient)


def isqrt_scaled(coefficient: int, scale: int, *, to_scale: int = 18) -> int:
    """The square root of a coefficient, as a coefficient at `to_scale`.

    The integer root is floored two digits further out, then rounded half even, so every
    implementation agrees to the last digit.

    Args:
        coefficient: Not negative.
        scale: Its scale.
        to_scale: The scale of the root.
    """
    wide = to_scale + _GUARD_DIGITS
    shift = 2 * wide - scale
    radicand = coefficient * 10**shift if shift >= 0 else coefficient // 10**-shift
    return divide_half_even(isqrt(radicand), 10**_GUARD_DIGITS)
