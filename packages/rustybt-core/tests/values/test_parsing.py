"""Outside input becomes exact decimals, or a clear error."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidNumber, ScaleExceeded
from rustybt.values import parse_column, parse_decimal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (-7, "-7"),
        (0.24, "0.24"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e22, "1E+22"),
        (Decimal("1.50"), "1.50"),
        (" 12.5 ", "12.5"),
        ("1e-3", "0.001"),
        (".5", "0.5"),
        (np.float64(0.1), "0.1"),
        (np.float32(0.1), "0.1"),
        (np.int64(42), "42"),
    ],
)
def test_a_number_is_taken_exactly(value: object, text: str) -> None:
    assert str(parse_decimal(value, field="price")) == text


@pytest.mark.parametrize(
    "value",
    [True, float("nan"), float("inf"), Decimal("NaN"), "", "abc", "1_000", "NaN", None, [1], 1j],
)
def test_what_is_no_number_is_refused_by_name_and_value(value: object) -> None:
    with pytest.raises(InvalidNumber) as caught:
        parse_decimal(value, field="limit_price")
    assert "limit_price" in str(caught.value)
    assert repr(value) in str(caught.value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_means_its_shortest_text(value: float) -> None:
    assert float(parse_decimal(value, field="x")) == value
    assert parse_decimal(value, field="x") == Decimal(repr(value))


def test_a_column_is_read_at_a_scale() -> None:
    texts = pl.Series("close", ["1.5", "2", "-3.25", None, "1e2", "100.500000000", "+7.", "0.1"])
    found = parse_column(texts, scale=2, field="close")
    assert found.to_list() == [150, 200, -325, None, 10000, 10050, 700, 10]
    assert found.dtype == pl.Int64
    assert found.name == "close"


@given(
    st.lists(st.decimals(min_value=-(10**8), max_value=10**8, places=6), max_size=30),
)
def test_a_column_keeps_every_digit(numbers: list[Decimal]) -> None:
    texts = pl.Series("x", [str(n) for n in numbers], dtype=pl.String)
    found = parse_column(texts, scale=8, field="x").to_list()
    assert [Decimal(c) / 10**8 for c in found] == numbers


def test_a_column_names_the_row_of_a_bad_text() -> None:
    with pytest.raises(InvalidNumber) as caught:
        parse_column(pl.Series(["1", "two"]), scale=2, field="open")
    assert str(caught.value).startswith("open in row 1 was 'two'")


@pytest.mark.parametrize("text", ["1.005", "92233720368547758.08", "1e-3"])
def test_a_column_refuses_a_digit_too_many(text: str) -> None:
    with pytest.raises(ScaleExceeded) as caught:
        parse_column(pl.Series(["1", text]), scale=2, field="open")
    assert "open in row 1" in str(caught.value)
