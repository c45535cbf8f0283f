"""What vendors did to numbers by later splits, undone by hand."""

import pytest

from rustybt.values import Ratio
from rustybt_data.adapters.split_scale import price_of_then, volume_of_then

#: Apple since 1980: 2, 2, 2, 7 and 4 for one, 224 shares of today for one of then.
APPLE = [Ratio(1, shares) for shares in (2, 2, 2, 7, 4)]


@pytest.mark.parametrize(
    ("number", "later", "places", "then"),
    [
        # 0.12834822 x 224 = 28.75000128; its first close, on 1980-12-12, was 28.75.
        ("0.12834822", APPLE, 2, "28.75"),
        ("0.205", [Ratio(1, 4)], 6, "0.82"),
        # One share for ten: 15.4 / 10.
        ("15.4", [Ratio(10)], 2, "1.54"),
        # Three for two: 10.01 x 1.5 = 15.015, half to even.
        ("10.01", [Ratio(2, 3)], 2, "15.02"),
        ("10.03", [Ratio(2, 3)], 2, "15.04"),  # 15.045
        ("1.23456789", [], 2, "1.23456789"),
    ],
)
def test_prices(number: str, later: list[Ratio], places: int, then: str) -> None:
    assert price_of_then(number, later, places=places) == then


def test_volumes() -> None:
    # 469033600 / 224 = 2093900 shares on 1980-12-12; ten for one: 7 / 10 = 0.7 is one share.
    assert volume_of_then("469033600", APPLE) == "2093900"
    assert volume_of_then("7", [Ratio(1, 10)]) == "1"
    assert volume_of_then("7", [Ratio(10)]) == "70"
