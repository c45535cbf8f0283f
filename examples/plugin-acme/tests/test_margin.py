"""The margin model by itself, with expected money computed by hand."""

from decimal import Decimal
from typing import Any

import pytest

from rustybt.assets import Equity, ExchangeInfo
from rustybt.finance.margin import MarginPart, MarginPosition
from rustybt_acme import Concentrated

VENUE = ExchangeInfo("ACME")


def parts(model: Concentrated, values: list[int], number: type) -> list[MarginPart]:
    """Positions worth so much, each of one share."""
    found = []
    for sid, value in enumerate(values):
        share: Any = Equity(sid=sid, symbol=f"S{sid}", exchange_info=VENUE)
        held = MarginPosition(share, number(1), number(value), number(1), "USD")
        found.append(MarginPart(held, held.value, model.position(held)))
    return found


@pytest.mark.parametrize("number", [Decimal, float])
@pytest.mark.parametrize(
    ("values", "initial", "maintenance"),
    [
        ([], 0, 0),
        ([250, 250, 250, 250], 500, 250),  # none is above 300
        ([500, 250, 250], 600, 400),  # 200 above 300: 100 and 150 more
        ([1000], 850, 775),  # 700 above 300
    ],
)
def test_what_is_too_large_is_paid_in_full(
    values: list[int], initial: int, maintenance: int, number: type
) -> None:
    model = Concentrated()
    assert model.book(parts(model, values, number)) == (initial, maintenance)


def test_another_share() -> None:
    model = Concentrated("0.5")
    assert model.book(parts(model, [500, 250, 250], Decimal)) == (500, 250)
    assert model.leverage() == 2
