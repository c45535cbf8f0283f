"""Integers at scales: rounding is half even and nothing is lost in silence."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import ScaleExceeded
from rustybt.values import (
    divide_half_even,
    exact_scaled,
    from_scaled,
    isqrt_scaled,
    rescale,
    rounded_scaled,
)

ints = st.integers(min_value=-(10**30), max_value=10**30)


@given(ints, st.integers(min_value=1, max_value=10**12))
def test_division_rounds_as_fractions_do(numerator: int, denominator: int) -> None:
    assert divide_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("coefficient", "expected"), [(25, 2), (35, 4), (-25, -2), (-35, -4), (26, 3), (-26, -3)]
)
def test_narrowing_rounds_a_tie_to_the_even_digit(coefficient: int, expected: int) -> None:
    assert rescale(coefficient, 1, 0) == expected


def test_widening_is_exact() -> None:
    assert rescale(-123, 2, 5) == -123000


@given(ints, st.integers(min_value=0, max_value=20), st.integers(min_value=0, max_value=4))
def test_a_coefficient_comes_back_from_its_decimal(value: int, scale: int, keep: int) -> None:
    shown = from_scaled(value, scale, keep=min(keep, scale))
    assert Fraction(shown) == Fraction(value, 10**scale)
    assert int(shown.as_tuple().exponent) <= 0
    assert exact_scaled(shown, scale, field="x") == value


@pytest.mark.parametrize(
    ("coefficient", "scale", "keep", "text"),
    [
        (1005000, 4, 2, "100.50"),
        (1005000, 4, 0, "100.5"),
        (10**20, 16, 2, "10000.00"),
        (0, 16, 2, "0.00"),
        (-12345, 3, 0, "-12.345"),
        (7, 0, 0, "7"),
    ],
)
def test_zeros_are_stripped_down_to_what_is_kept(
    coefficient: int, scale: int, keep: int, text: str
) -> None:
    assert str(from_scaled(coefficient, scale, keep=keep)) == text


def test_an_exact_coefficient_needs_room() -> None:
    assert exact_scaled(Decimal("1.25"), 2, field="price") == 125
    with pytest.raises(ScaleExceeded, match="price"):
        exact_scaled(Decimal("1.255"), 2, field="price")
    with pytest.raises(ScaleExceeded):
        exact_scaled(Decimal(2**63), 0, field="price", bits=64)
    assert exact_scaled(Decimal(2**63 - 1), 0, field="price", bits=64) == 2**63 - 1


@given(st.decimals(allow_nan=False, allow_infinity=False, places=20))
def test_a_rounded_coefficient_is_what_decimal_rounds_to(value: Decimal) -> None:
    context = Context(prec=90, rounding=ROUND_HALF_EVEN)
    expected = value.quantize(Decimal("1e-12"), context=context)
    assert rounded_scaled(value, 12) == int(expected.scaleb(12, context=context))


@given(st.integers(min_value=0, max_value=10**24), st.integers(min_value=0, max_value=12))
def test_a_square_root_is_that_of_decimal(value: int, scale: int) -> None:
    context = Context(prec=80, rounding=ROUND_HALF_EVEN)
    root = context.sqrt(Decimal(value).scaleb(-scale, context=context))
    found = Decimal(isqrt_scaled(value, scale)).scaleb(-18, context=context)
    assert abs(found - root) <= Decimal("0.51e-18")


def test_the_square_root_of_two() -> None:
    # 1.41421356237309504880168872420969807856967187537694 (OEIS A002193)
    assert isqrt_scaled(2, 0) == 1414213562373095049
