"""Columns of texts to integers."""

from decimal import Decimal as D

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidNumber, ScaleExceeded
from rustybt.values import parse_decimal, parse_texts


def parsed(*texts: str | None) -> tuple[list[int | None], int]:
    values, scale = parse_texts(pl.Series("price", texts, dtype=pl.String), field="price")
    assert values.name == "price"
    assert values.dtype == pl.Int64
    return values.to_list(), scale


@pytest.mark.parametrize(
    ("texts", "coefficients", "scale"),
    [
        (["200.04", "200.2", "7"], [20004, 20020, 700], 2),
        (["1", "20"], [1, 20], 0),
        (["-.5", ".5", "+.5", "5.", "+5"], [-5, 5, 5, 50, 50], 1),
        ([None, "", "  ", "1.5"], [None, None, None, 15], 1),
        ([" 1.5 ", "1.50"], [150, 150], 2),
        (["1e3", "2.5E-3"], [10_000_000, 25], 4),
        (["0.0000000123", "1"], [123, 10_000_000_000], 10),
        (["30000000000000"], [30_000_000_000_000], 0),
        (["1.000000000000000000000", "2"], [1, 2], 0),
        (["0.000000000000000000000000", "3"], [0, 3], 0),
        (["9223372036854775807", "-9223372036854775807"], [2**63 - 1, 1 - 2**63], 0),
        # 19 digits with their zeros, 5 without them: they are left away
        (["12345.00000000000000", "99999999999"], [12345, 99999999999], 0),
        (["0e9999999", "-0.0", "1e18", "-1e-0"], [0, 0, 10**18, -1], 0),
        # zeros are kept as long as 64 bits hold them: 1009.500 is 1009500 thousandths
        (["1009.500", "7", "-0.25"], [1_009_500, 7_000, -250], 3),
        # an exponent hides decimals: 1.5e-4 is 0.00015, and has five
        (["0.25", "1.5e-4"], [25_000, 15], 5),
        ([], [], 0),
        ([None], [None], 0),
    ],
)
def test_texts_are_read(
    texts: list[str | None], coefficients: list[int | None], scale: int
) -> None:
    assert parsed(*texts) == (coefficients, scale)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "1.2.3",
        ".+5",
        ".-5",
        "-",
        ".",
        "+-5",
        "1,5",
        "0x10",
        "nan",
        "inf",
        "1_0",
        "\u22125",
        "5\0",
    ],
)
def test_what_is_no_number_is_named(text: str) -> None:
    with pytest.raises(InvalidNumber, match="price in row 1 was") as caught:
        parsed("1.5", text, "2")
    assert caught.value.value == text


@pytest.mark.parametrize(
    "texts",
    [
        ("9223372036854775808",),
        ("-9223372036854775809",),
        ("1000000000000", "0.00000001"),  # 13 digits before the point and 8 after it
        ("0.0000000000000000001",),
        ("9e9999999",),
        ("9e-9999999",),
        ("9e999999999999",),
        ("0.1234567890123456789",),
    ],
)
def test_what_64_bits_do_not_hold_is_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(ScaleExceeded, match="price in row"):
        parsed(*texts)


pieces = st.text("0123456789.+-eE _,x", max_size=8)
written = st.decimals(
    min_value=-(10**9), max_value=10**9, places=6, allow_nan=False, allow_infinity=False
).map(str)


@given(st.lists(st.one_of(pieces, written, st.none()), max_size=12))
def test_a_column_is_what_its_cells_are(texts: list[str | None]) -> None:
    expected: list[D | None] = []
    try:
        expected += [
            parse_decimal(text, field="x") if text and text.strip() else None for text in texts
        ]
    except InvalidNumber:
        with pytest.raises((InvalidNumber, ScaleExceeded)):
            parsed(*texts)
        return
    try:
        coefficients, scale = parsed(*texts)
    except ScaleExceeded:
        return
    read = [None if each is None else D(each).scaleb(-scale) for each in coefficients]
    assert read == expected
