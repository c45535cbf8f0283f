"""Ratios are what people mean when they write a split."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rustybt.errors import InvalidNumber
from rustybt.values import Ratio


@pytest.mark.parametrize(
    ("text", "numerator", "denominator"),
    [
        ("0.5", 1, 2),
        ("0.6666666666666666", 2, 3),
        ("0.6667", 2, 3),
        ("0.3333", 1, 3),
        ("0.33", 33, 100),
        ("0.15", 3, 20),
        ("5.0", 5, 1),
        ("3/2", 3, 2),
        ("1.5/0.5", 3, 1),
        ("0.05", 1, 20),
        (0.1, 1, 10),
        (2, 2, 1),
        (Fraction(4, 6), 2, 3),
        (Ratio(7, 3), 7, 3),
    ],
)
def test_what_is_written_is_what_is_meant(text: object, numerator: int, denominator: int) -> None:
    assert Ratio.parse(text) == Ratio(numerator, denominator)


@given(
    st.integers(min_value=1, max_value=1000),
    st.integers(min_value=1, max_value=1000),
)
def test_a_float_of_a_simple_fraction_is_that_fraction(top: int, bottom: int) -> None:
    assume(len(repr(top / bottom)) > 8)  # 333/1000 is written 0.333, and that means a third
    assert Ratio.parse(top / bottom) == Ratio(top, bottom)
    assert Ratio.parse(repr(top / bottom)) == Ratio(top, bottom)


@given(st.integers(min_value=1, max_value=9999))
def test_a_short_text_is_not_made_up(cents: int) -> None:
    found = Ratio.parse(f"0.{cents:04d}").as_fraction()
    assert abs(found - Fraction(cents, 10_000)) <= Fraction(1, 20_000)


@pytest.mark.parametrize("value", ["0", "-1/2", "1/0", "-0.5", 0, "x", "1/"])
def test_a_ratio_is_positive(value: object) -> None:
    with pytest.raises(InvalidNumber):
        Ratio.parse(value)


def test_the_parts_of_a_ratio_are_checked() -> None:
    with pytest.raises(InvalidNumber):
        Ratio(1, -2)


def test_products_and_inverses_are_exact() -> None:
    assert Ratio(2, 3) * Ratio(3, 4) == Ratio(1, 2)
    assert Ratio(2, 3).inverse == Ratio(3, 2)
    assert Ratio(2, 3).as_float() == 2 / 3
    assert str(Ratio(4, 6)) == "2/3"
