"""Columns of numbers from outside, exactly."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.data.exact_columns import exact_column, rescaled
from rustybt.errors import InvalidNumber, ScaleExceeded


def has_few_decimals(value: float) -> bool:
    """Whether 18 digits hold the value beside numbers of up to 1e8."""
    return Decimal(repr(value)) == round(Decimal(repr(value)), 10)


prices = st.one_of(
    st.integers(0, 10**9).map(lambda cents: cents / 100),
    st.decimals("0.00000001", "10000", places=8).map(float),
    st.floats(1e-4, 1e8).filter(has_few_decimals),
)


def decimals(column: pl.Series, scale: int) -> list[Decimal | None]:
    return [None if value is None else Decimal(value).scaleb(-scale) for value in column]


@given(st.lists(prices, min_size=1, max_size=20))
def test_a_float_is_its_shortest_text(values: list[float]) -> None:
    column, scale = exact_column(pl.Series(values), field="close")
    assert decimals(column, scale) == [Decimal(repr(value)) for value in values]


def test_the_float_0_1_is_not_the_binary_fraction_next_to_it() -> None:
    assert decimals(*exact_column(pl.Series([0.1, 1e-7]), field="close")) == [
        Decimal("0.1"),
        Decimal("0.0000001"),
    ]


def test_floats_with_more_than_eight_decimals_keep_them() -> None:
    column, scale = exact_column(pl.Series([0.000000012345, 2.5]), field="close")
    assert scale == 12
    assert decimals(column, scale) == [Decimal("0.000000012345"), Decimal("2.5")]


def test_huge_volumes_keep_fewer_decimals() -> None:
    column, scale = exact_column(pl.Series([1e15, 3.0]), field="volume")
    assert decimals(column, scale) == [10**15, 3]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pl.Series([1, None, 3]), [1, None, 3]),
        (pl.Series([Decimal("1.25"), None]), [Decimal("1.25"), None]),
        (pl.Series(["1.50", " 2 ", "1e-3", None]), [Decimal("1.5"), 2, Decimal("0.001"), None]),
        (pl.Series([1.5, float("nan"), None]), [Decimal("1.5"), None, None]),
    ],
    ids=["integers", "decimals", "texts", "floats"],
)
def test_every_kind_of_column(values: pl.Series, expected: list[object]) -> None:
    assert decimals(*exact_column(values, field="close")) == expected


@pytest.mark.parametrize("values", [[float("inf")], ["x"], [True], ["nan"]])
def test_what_is_no_number(values: list[object]) -> None:
    with pytest.raises(InvalidNumber, match="close"):
        exact_column(pl.Series(values), field="close")


def test_a_wider_scale_must_fit_in_18_digits() -> None:
    assert rescaled(pl.Series([5, None]), 0, 2, field="volume").to_list() == [500, None]
    with pytest.raises(ScaleExceeded, match="volume"):
        rescaled(pl.Series([10**11]), 0, 8, field="volume")


def test_too_many_decimals_for_18_digits() -> None:
    with pytest.raises(ScaleExceeded):
        exact_column(pl.Series(["0." + "1" * 19]), field="close")
