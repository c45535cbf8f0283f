"""Exponential, logarithm and normal quantile in integers.

Each has one algorithm, written down here, whose every step is a sum, a product or a division
rounded half even of integers that fit in 128 bits with a sign, so that another language repeats
it to the last digit. A coefficient `c` at scale `s` is the number c / 10^s.
"""

from __future__ import annotations

from typing import Final

from rustybt.errors import InvalidArgument
from rustybt.values import divide_half_even, isqrt_scaled, parse_decimal, rounded_scaled

SCALE: Final = 18
"""Decimals of arguments and results."""

ONE: Final = 10**SCALE

_WIDE_SCALE: Final = 19
_WIDE: Final = 10**_WIDE_SCALE
_LN2: Final = 693147180559945309417232121458
"""ln 2 at scale 30."""

_LN2_SCALE: Final = 30
_EXPONENT_MAX: Final = 43 * ONE
_EXP_TERMS: Final = 17
_LN_LAST_TERM: Final = 27


def exp_scaled(exponent: int) -> int:
    """e to a power: the exponent is k ln 2 + r with |r| <= ln 2 / 2, and e^r Taylor's series.

    Args:
        exponent: Coefficient at scale 18, at most 43 away from zero.

    Returns:
        Coefficient at scale 18, away from the truth by less than 1e-18 of its value
        and half a unit.

    Raises:
        InvalidArgument: The exponent is too far from zero.
    """
    if abs(exponent) > _EXPONENT_MAX:
        raise InvalidArgument(
            field="exponent", value=exponent, reason="give -43 to 43, as a coefficient at scale 18"
        )
    doublings = divide_half_even(exponent * 10 ** (_LN2_SCALE - SCALE), _LN2)
    rest = divide_half_even(
        exponent * 10 ** (_LN2_SCALE - SCALE) - doublings * _LN2, 10 ** (_LN2_SCALE - _WIDE_SCALE)
    )
    power = _WIDE
    for term in range(_EXP_TERMS, 0, -1):
        power = _WIDE + divide_half_even(power * rest, term * _WIDE)
    unit = 10 ** (_WIDE_SCALE - SCALE)
    if doublings >= 0:
        return divide_half_even(power << doublings, unit)
    return divide_half_even(power, unit << -doublings)


def ln_scaled(coefficient: int, scale: int) -> int:
    """The natural logarithm of a number above 0 and at most 1.

    The number is m / 2^k with m in [0.7, 1.4]; ln m is 2 artanh((m - 1) / (m + 1)) by its series.

    Args:
        coefficient: Of the number.
        scale: Its scale, at most 19.

    Returns:
        Coefficient at scale 18, less than one unit away from the truth.
    """
    one = 10**scale
    assert 0 < coefficient <= one
    assert scale <= _WIDE_SCALE
    halvings = one.bit_length() - coefficient.bit_length()
    mantissa = coefficient << halvings
    if 10 * mantissa < 7 * one:
        mantissa, halvings = mantissa << 1, halvings + 1
    elif 10 * mantissa > 14 * one:
        mantissa, halvings = mantissa >> 1, halvings - 1
    ratio = divide_half_even((mantissa - one) * _WIDE, mantissa + one)
    square = divide_half_even(ratio * ratio, _WIDE)
    series = 0
    for odd in range(_LN_LAST_TERM, 0, -2):
        series = divide_half_even(_WIDE, odd) + divide_half_even(series * square, _WIDE)
    logarithm = divide_half_even(2 * ratio * series, _WIDE)
    return divide_half_even(
        logarithm * 10 ** (_LN2_SCALE - _WIDE_SCALE) - halvings * _LN2,
        10 ** (_LN2_SCALE - SCALE),
    )


# ------------------------------------------------------------------ normal quantile

_FINE_SCALE: Final = 17
_FINE: Final = 10**_FINE_SCALE
_ROOT_SCALE: Final = 16


def _coefficients(text: str) -> tuple[int, ...]:
    """Numbers at scale 17, the one of the highest power first."""
    numbers = [parse_decimal(word, field="coefficient") for word in text.split()]
    return tuple(rounded_scaled(number, _FINE_SCALE) for number in reversed(numbers))


CENTRE_ABOVE: Final = """
    3.3871328727963666080E0 1.3314166789178437745E2 1.9715909503065514427E3 1.3731693765509461125E4
    4.5921953931549871457E4 6.7265770927008700853E4 3.3430575583588128105E4 2.5090809287301226727E3
"""
CENTRE_BELOW: Final = """
    1 4.2313330701600911252E1 6.8718700749205790830E2 5.3941960214247511077E3
    2.1213794301586595867E4 3.9307895800092710610E4 2.8729085735721942674E4 5.2264952788528545610E3
"""
TAIL_ABOVE: Final = """
    1.42343711074968357734E0 4.63033784615654529590E0 5.76949722146069140550E0
    3.64784832476320460504E0 1.27045825245236838258E0 2.41780725177450611770E-1
    2.27238449892691845833E-2 7.74545014278341407640E-4
"""
TAIL_BELOW: Final = """
    1 2.05319162663775882187E0 1.67638483018380384940E0 6.89767334985100004550E-1
    1.48103976427480074590E-1 1.51986665636164571966E-2 5.47593808499534494600E-4
    1.05075007164441684324E-9
"""
FAR_ABOVE: Final = """
    6.65790464350110377720E0 5.46378491116411436990E0 1.78482653991729133580E0
    2.96560571828504891230E-1 2.65321895265761230930E-2 1.24266094738807843860E-3
    2.71155556874348757815E-5 2.01033439929228813265E-7
"""
FAR_BELOW: Final = """
    1 5.99832206555887937690E-1 1.36929880922735805310E-1 1.48753612908506148525E-2
    7.86869131145613259100E-4 1.84631831751005468180E-5 1.42151175831644588870E-7
    2.04426310338993978564E-15
"""

_CENTRE: Final = _coefficients(CENTRE_ABOVE), _coefficients(CENTRE_BELOW)
_TAIL: Final = _coefficients(TAIL_ABOVE), _coefficients(TAIL_BELOW)
_FAR: Final = _coefficients(FAR_ABOVE), _coefficients(FAR_BELOW)

_HALF: Final = _WIDE // 2
_CENTRE_WIDTH: Final = 425 * _WIDE // 1000
_CENTRE_SHIFT: Final = 180625 * 10 ** (2 * _WIDE_SCALE - 6)
_TAIL_SHIFT: Final = 16 * _FINE // 10
_FAR_SHIFT: Final = 5 * _FINE


def normal_quantile_scaled(probability: int) -> int:
    """The value that a standard normal variable lies below with a probability.

    Algorithm AS 241 (PPND16) of M. J. Wichura, "The percentage points of the normal
    distribution", Applied Statistics 37 (1988), pages 477 to 484, with coefficients and
    polynomials at scale 17 and the root of the tails at 16.

    Args:
        probability: Coefficient at scale 19, above 0 and below 1.

    Returns:
        Coefficient at scale 18, less than 2,000 units (2e-15) away from the truth. The quantile
        of 1 - p is exactly minus that of p.
    """
    assert 0 < probability < _WIDE
    offset = probability - _HALF
    if abs(offset) <= _CENTRE_WIDTH:
        rest = divide_half_even(_CENTRE_SHIFT - offset * offset, 10**21)
        above, below = (_polynomial(numbers, rest) for numbers in _CENTRE)
        return divide_half_even(offset * above, below * (_WIDE // ONE))
    depth = -ln_scaled(min(probability, _WIDE - probability), _WIDE_SCALE)
    root = isqrt_scaled(depth, SCALE, to_scale=_ROOT_SCALE) * (_FINE // 10**_ROOT_SCALE)
    numbers, shift = (_TAIL, _TAIL_SHIFT) if root <= _FAR_SHIFT else (_FAR, _FAR_SHIFT)
    above, below = (_polynomial(each, root - shift) for each in numbers)
    quantile = divide_half_even(above * ONE, below)
    return quantile if offset > 0 else -quantile


def _polynomial(numbers: tuple[int, ...], at: int) -> int:
    """A polynomial at scale 17 by Horner's rule, each product rounded half even."""
    value = 0
    for number in numbers:
        value = divide_half_even(value * at, _FINE) + number
    return value
