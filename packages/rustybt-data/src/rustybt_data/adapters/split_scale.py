"""Numbers that a vendor brought onto today's scale by later splits, as they were then."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from rustybt.values import Ratio, divide_half_even, from_scaled, parse_decimal

MONEY_PLACES: Final = 6
"""Decimals to which amounts per share are declared at most."""


def price_of_then(text: str, later: Sequence[Ratio], *, places: int) -> str:
    """A price, or money per share, as it was before some splits.

    Args:
        text: The number on today's scale.
        later: The splits since then, as factors on earlier prices: 1/4 for four shares for one.
        places: Decimals of the result, which is rounded half to even; without a split the number
            stays as it is.
    """
    return _scaled(text, [ratio.inverse for ratio in later], places)


def volume_of_then(text: str, later: Sequence[Ratio]) -> str:
    """A number of shares as it was before some splits, rounded half to even to whole shares."""
    return _scaled(text, later, 0)


def _scaled(text: str, factors: Sequence[Ratio], places: int) -> str:
    if not factors:
        return text
    exact = Fraction(parse_decimal(text, field="number"))
    for factor in factors:
        exact *= factor.as_fraction()
    coefficient = divide_half_even(exact.numerator * 10**places, exact.denominator)
    return f"{from_scaled(coefficient, places):f}"
