"""Coefficients as kernel numbers, Decimals and floats."""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.data.coefficients import MISSING
from rustybt.data.rendering import (
    Decimals,
    Floats,
    WholeNumbers,
    kernel_amounts,
    kernel_prices,
    public_prices,
)
from rustybt.values import DecimalArithmetic, FloatArithmetic

coefficients = st.lists(st.integers(-(10**15), 10**15), max_size=10)


def texts(values: Iterable[Decimal | None]) -> list[str | None]:
    return [None if value is None else f"{value:f}" for value in values]


@pytest.mark.parametrize(
    ("coefficient", "keep", "text"),
    [
        (12_099_000_000, 2, "120.99"),
        (12_050_000_000, 2, "120.50"),
        (10_000_000_000, 2, "100.00"),
        (12_099_500_000, 2, "120.995"),
        (1, 2, "0.00000001"),
        (10_000_000_000, 0, "100"),
        (0, 2, "0.00"),
        (-5_000_000, 2, "-0.05"),
    ],
)
def test_zeros_are_stripped_down_to_those_an_asset_keeps(
    coefficient: int, keep: int, text: str
) -> None:
    column = Decimals(12).column(np.array([coefficient, MISSING]), 8, keep)
    assert texts(column) == [text, None]


def test_a_strategy_s_own_decimal_context_changes_nothing() -> None:
    with localcontext(prec=3):
        column = Decimals(12).column(np.array([123_456_789_00000000]), 8, 2)
    assert texts(column) == ["123456789.00"]


@given(coefficients, st.integers(0, 8))
def test_kernel_columns_are_what_the_arithmetic_makes(values: list[int], scale: int) -> None:
    for arithmetic in (DecimalArithmetic(), FloatArithmetic()):
        column = np.array(values, dtype=np.int64)
        prices = kernel_prices(arithmetic).column(column, scale, 0)
        amounts = kernel_amounts(arithmetic).column(column, scale, 0)
        assert list(prices) == [arithmetic.price_from(value, scale) for value in values]
        assert list(amounts) == [arithmetic.amount_from(value, scale) for value in values]


@given(coefficients, st.integers(0, 8), st.integers(0, 8))
def test_a_decimal_is_its_coefficient(values: list[int], scale: int, keep: int) -> None:
    column = public_prices(DecimalArithmetic()).column(np.array(values, np.int64), scale, keep)
    assert list(column) == [Decimal(value).scaleb(-scale) for value in values]


def test_what_is_missing() -> None:
    column = np.array([MISSING, 150])
    assert kernel_prices(DecimalArithmetic()).column(column, 2, 0) == [None, 1_500_000_000_000]
    assert Floats().column(column, 2) == [None, 1.5]
    assert isnan(Floats(missing=float("nan")).column(column, 2)[0] or 0)


def test_volumes_are_integers_where_they_are_whole() -> None:
    column = WholeNumbers().column(np.array([300, 250, 0]), 2)
    assert [(type(value), value) for value in column] == [(int, 3), (float, 2.5), (int, 0)]
    assert WholeNumbers().ratio(9, 3) == 3
    assert WholeNumbers().ratio(9, 2) == 4.5


def test_an_adjusted_number_is_rounded_once_half_even_to_the_kernel_s_scale() -> None:
    assert str(Decimals(12).ratio(17_050 * 2, 100 * 3, 2)) == "113.666666666667"
    assert str(Decimals(2).ratio(5, 1000, 0)) == "0"
    assert kernel_prices(DecimalArithmetic()).ratio(17_050 * 2, 300, 0) == 113_666_666_666_667
    assert Floats().ratio(17_050 * 2, 300) == 341 / 3


def test_long_factors_do_not_overflow_a_float() -> None:
    assert Floats().ratio(10**400, 10**399) == 10.0
