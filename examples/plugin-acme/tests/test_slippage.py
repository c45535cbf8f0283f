"""The model by itself, with expected prices computed by hand."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from rustybt.finance.slippage import LiquidityExceeded
from rustybt_acme import HalfSpread

BAR = {"high": "10.40", "low": "9.90", "close": "10.10", "volume": "1000"}


@dataclass
class Share:
    lot_size: Decimal = Decimal(1)


@dataclass
class Order:
    open_amount: Any
    asset: Any

    @property
    def direction(self) -> int:
        return 1 if self.open_amount > 0 else -1


class Bar:
    def __init__(self, number: type, **fields: str) -> None:
        self.fields = {name: number(text) for name, text in {**BAR, **fields}.items()}

    def current(self, asset: object, field: str) -> object:
        return self.fields[field]


def fill(amount: int, number: type = Decimal, *, filled: int = 0, **fields: str) -> tuple[Any, Any]:
    model: Any = HalfSpread()
    model.volume_for_bar = number(filled)
    outcome: tuple[Any, Any] = model.process_order(
        Bar(number, **fields), Order(number(amount), Share())
    )
    return outcome


def test_buy_pays_half_the_spread() -> None:
    # spread = 0.1 x (10.40 - 9.90) = 0.05, half of it above the close
    assert fill(50) == (Decimal("10.125"), Decimal(50))


def test_sell_gets_half_the_spread_less() -> None:
    assert fill(-50) == (Decimal("10.075"), Decimal(-50))


def test_price_stays_inside_the_bar() -> None:
    assert fill(50, close="10.39") == (Decimal("10.40"), Decimal(50))
    assert fill(-50, close="9.91") == (Decimal("9.90"), Decimal(-50))


def test_a_tenth_of_the_volume_fills() -> None:
    assert fill(250) == (Decimal("10.125"), Decimal(100))
    assert fill(-250, filled=40) == (Decimal("10.075"), Decimal(-60))
    assert fill(250, volume="1019") == (Decimal("10.125"), Decimal(101))


def test_nothing_fills_when_the_volume_is_used_up() -> None:
    with pytest.raises(LiquidityExceeded):
        fill(50, filled=100)


def test_floats_work_as_decimals_do() -> None:
    price, amount = fill(50, float)
    assert price == pytest.approx(10.125, abs=1e-12)
    assert amount == 50.0
