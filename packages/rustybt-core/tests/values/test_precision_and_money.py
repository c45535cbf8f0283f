"""Precision per asset class, money per currency."""

from decimal import Decimal

import pytest

from rustybt.errors import CurrencyMismatch, InvalidArgument, InvalidNumber
from rustybt.values import AssetPrecision, Money, PrecisionTable, minor_unit

D = Decimal


@pytest.mark.parametrize(
    ("asset_class", "decimals", "tick", "lot", "amount_decimals"),
    [
        ("equity", 2, "0.01", "1", 0),
        ("crypto", 8, "0.00000001", "0.00000001", 8),
        ("forex", 4, "0.0001", "1", 0),
        ("future", 2, "0.01", "1", 0),
    ],
)
def test_the_defaults(
    asset_class: str, decimals: int, tick: str, lot: str, amount_decimals: int
) -> None:
    found = PrecisionTable().lookup(asset_class)
    assert (found.price_decimals, found.tick, found.lot) == (decimals, D(tick), D(lot))
    assert found.amount_decimals == amount_decimals


def test_an_unknown_class_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(InvalidArgument, match="crypto, equity, forex, future"):
        PrecisionTable().lookup("art")


def test_classes_and_assets_override() -> None:
    base = PrecisionTable().lookup("equity")
    fractional = base.with_overrides(tick="0.0001", lot=0.001, price_decimals=4)
    table = PrecisionTable().overridden(equity=fractional)
    assert table.lookup("equity").lot == D("0.001")
    assert table.lookup("equity").amount_decimals == 3
    assert base.with_overrides() == base


def test_steps_are_positive() -> None:
    share = PrecisionTable().lookup("equity")
    with pytest.raises(InvalidArgument, match="tick"):
        share.with_overrides(tick=0)
    with pytest.raises(InvalidArgument, match="lot"):
        share.with_overrides(lot="-1")
    with pytest.raises(InvalidNumber, match="tick_size"):
        share.with_overrides(tick="x")


def test_a_lot_of_tens_has_no_decimals() -> None:
    assert AssetPrecision(price_decimals=2, tick=D("0.01"), lot=D(100)).amount_decimals == 0


# ISO 4217 minor units.
@pytest.mark.parametrize(
    ("currency", "unit"), [("USD", "0.01"), ("jpy", "1"), ("KWD", "0.001"), ("EUR", "0.01")]
)
def test_minor_units(currency: str, unit: str) -> None:
    assert minor_unit(currency) == D(unit)


def test_money_adds_within_a_currency_only() -> None:
    ten = Money(D("10.005"), "USD")
    assert ten + Money(D(1), "USD") == Money(D("11.005"), "USD")
    assert ten - Money(D(1), "USD") == Money(D("9.005"), "USD")
    assert -ten == Money(D("-10.005"), "USD")
    assert ten.rounded() == Money(D("10.00"), "USD")
    assert str(ten) == "10.005 USD"
    with pytest.raises(CurrencyMismatch, match="EUR"):
        ten + Money(D(1), "EUR")
