"""Precision as the settings have it."""

from decimal import Decimal

import pytest

from rustybt.assets.precision import configured_precision
from rustybt.errors import InvalidArgument, InvalidSettings


def test_settings_change_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTYBT_PRECISION_CRYPTO_TICK", "0.01")
    monkeypatch.setenv("RUSTYBT_PRECISION_CRYPTO_LOT", "0.001")
    coin = configured_precision().lookup("crypto")
    assert (coin.tick, coin.lot) == (Decimal("0.01"), Decimal("0.001"))
    assert configured_precision().lookup("equity").tick == Decimal("0.01")


@pytest.mark.parametrize("name", ["TICK", "LOT"])
@pytest.mark.parametrize("value", ["abc", "0", "-1", "nan"])
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"RUSTYBT_PRECISION_CRYPTO_{name}", value)
    with pytest.raises(InvalidSettings) as caught:
        configured_precision()
    assert str(caught.value) == (
        f"setting RUSTYBT_PRECISION_CRYPTO_{name} was '{value}'; give a positive number"
    )


def test_a_class_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTYBT_PRECISION_ART_TICK", "1")
    with pytest.raises(InvalidArgument, match="asset_class was 'art'"):
        configured_precision()
