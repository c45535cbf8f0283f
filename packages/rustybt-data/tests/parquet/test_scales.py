from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import DataValidationError
from rustybt.values import from_scaled
from rustybt_data.parquet.scales import ScaleNeed, rescaled


def need(*texts: str) -> ScaleNeed:
    gathered = ScaleNeed("volume")
    for text in texts:
        number = Decimal(text)
        scale = max(0, -int(number.as_tuple().exponent))
        coefficient = int(number.scaleb(scale))
        gathered.add(np.array([coefficient]), scale, origin=f"file of {text}")
    return gathered


@pytest.mark.parametrize(
    ("numbers", "scale"),
    [
        ([], 8),
        (["0"], 8),
        (["181.14"], 8),
        (["9999999999.99999999"], 8),  # 10 digits before the point, 8 after it
        (["10000000000"], 7),  # 11 digits before it leave 7
        (["123456789012345678"], 0),
        (["12345678901234567.5"], 1),
        (["0.000000001"], 9),
        (["0.000000001", "123456789"], 9),
        (["0.123456789012345678"], 18),
        (["12345678901.50", "0.1"], 7),
        (["-12345678901"], 7),
    ],
)
def test_the_scale_is_as_close_to_8_as_keeps_every_number(numbers: list[str], scale: int) -> None:
    assert need(*numbers).scale == scale


@pytest.mark.parametrize(
    "numbers",
    [
        ["1234567890.123456789"],
        ["12345678901", "0.00000001"],
        ["1000000000000000000"],
    ],
)
def test_what_18_digits_cannot_hold_is_an_error(numbers: list[str]) -> None:
    with pytest.raises(DataValidationError, match="18 digits"):
        _ = need(*numbers).scale


def test_the_error_names_both_numbers_and_where_they_are() -> None:
    with pytest.raises(DataValidationError) as caught:
        _ = need("12345678901", "0.00000001").scale
    assert caught.value.file == "file of 0.00000001"
    assert caught.value.value == "0.00000001"
    assert "12345678901 in file of 12345678901 needs 11" in caught.value.reason


@given(
    coefficients=st.lists(st.integers(-(10**9), 10**9), min_size=1),
    scale=st.integers(0, 8),
    to_scale=st.integers(8, 9),
)
def test_rescaling_keeps_every_number(coefficients: list[int], scale: int, to_scale: int) -> None:
    wide = rescaled(np.array(coefficients), scale, to_scale)
    assert [from_scaled(int(c), to_scale) for c in wide] == [
        from_scaled(c, scale) for c in coefficients
    ]
    assert rescaled(wide, to_scale, scale).tolist() == coefficients
