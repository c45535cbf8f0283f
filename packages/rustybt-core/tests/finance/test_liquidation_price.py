"""The price at which an isolated position is closed by force: exchanges' published examples."""

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rustybt.finance.margin import BTCUSDT_TIERS, CryptoIsolated
from rustybt.values import KERNEL_CONTEXT

D = Decimal

#: Binance's ETHUSDT of 2021, whose maintenance amount at 10 % is the 135,365 of its example.
ETHUSDT_TIERS = (
    (0, "0.005"), (10_000, "0.0065"), (100_000, "0.01"), (500_000, "0.02"), (1_000_000, "0.05"),
    (2_000_000, "0.1"), (5_000_000, "0.125"), (10_000_000, "0.15"),
)  # fmt: skip


def price_of(model: CryptoIsolated, size: str, entry: str, margin: str, name: str = "") -> Any:
    """The liquidation price in Decimals; floats give the same."""
    formula = getattr(model, name or "liquidation_price")
    with localcontext(KERNEL_CONTEXT):
        exact = formula(D(size), D(entry), D(margin))
    floating = formula(float(size), float(entry), float(margin))
    if exact is None:
        assert floating is None
    else:
        assert floating == pytest.approx(float(exact), rel=1e-9)
    return exact


@pytest.mark.parametrize(
    ("model", "size", "entry", "margin", "expected"),
    [
        # Binance, "How to Calculate Liquidation Price of USDT-M Futures Contracts": a wallet of
        # 1,535,443.01, ETHUSDT 3,683.979 at 1,456.84 and BTCUSDT 109.488 at 32,481.98. The tier
        # is that of the value at the price found, not at the entry (12.5 % of 5.4 million).
        (CryptoIsolated(1, ETHUSDT_TIERS), "3683.979", "1456.84", "1535443.01", "1114.78"),
        (CryptoIsolated(1, BTCUSDT_TIERS), "109.488", "32481.980", "1535443.01", "18778.73"),
        # Phemex, "Liq Price for USDTM": 500 x 0.4 at 5x, margin 40.096 with its closing fee of
        # 0.06 % beside a maintenance rate of 1 %.
        (CryptoIsolated(5, "0.0106"), "500", "0.4", "40.096", "0.32"),
        # One tier by hand: 10 at 100 with 10x; 900 / (10 x 0.995) and 1100 / (10 x 1.005).
        (CryptoIsolated(10), "10", "100", "100", "90.45"),
        (CryptoIsolated(10), "-10", "100", "100", "109.45"),
        # A short in the second tier: (100 + 50 + 60,000) / (1 x 1.005)
        (CryptoIsolated(125, BTCUSDT_TIERS), "-1", "60000", "480", "60228.86"),
        # Exactly at the end of a tier: 50,000 x 0.4 % = 50,000 x 0.5 % - 50 = 200.
        (CryptoIsolated(100, BTCUSDT_TIERS), "1", "50500", "700", "50000.00"),
        (CryptoIsolated(100, BTCUSDT_TIERS), "-1", "49500", "700", "50000.00"),
    ],
)
def test_liquidation_price(
    model: CryptoIsolated, size: str, entry: str, margin: str, expected: str
) -> None:
    assert f"{price_of(model, size, entry, margin):.2f}" == expected


@pytest.mark.parametrize("size", ["1", "0.5"])
def test_a_long_without_credit_is_never_liquidated(size: str) -> None:
    margin = str(D(size) * 100)
    assert price_of(CryptoIsolated(1), size, "100", margin) is None
    assert price_of(CryptoIsolated(1), size, "100", margin, "bankruptcy_price") is None


@pytest.mark.parametrize(
    ("size", "margin", "expected"),
    [("10", "100", "90"), ("-10", "100", "110"), ("-0.5", "50", "200"), ("8", "0", "100")],
)
def test_bankruptcy_price(size: str, margin: str, expected: str) -> None:
    assert price_of(CryptoIsolated(10), size, "100", margin, "bankruptcy_price") == D(expected)


models = st.sampled_from(
    [CryptoIsolated(1, BTCUSDT_TIERS), CryptoIsolated(1, ETHUSDT_TIERS), CryptoIsolated(1)]
)


@given(
    model=models,
    size=st.decimals("-5000", "5000", places=3).filter(bool),
    entry=st.decimals("0.01", "100000", places=2),
    leverage=st.integers(1, 125),
)
def test_margin_and_profit_at_the_liquidation_price_are_what_keeping_takes(
    model: CryptoIsolated, size: Decimal, entry: Decimal, leverage: int
) -> None:
    margin = abs(size) * entry / leverage
    with localcontext(KERNEL_CONTEXT):
        price = model.liquidation_price(size, entry, margin)
        lost = model.bankruptcy_price(size, entry, margin)
        assume(price is not None and lost is not None)
        assert price is not None
        assert lost is not None
        left = margin + size * (price - entry)
        assert abs(left - model.tiers.maintenance(abs(size) * price)) < D("1e-9")
        # On the way to losing everything, liquidation comes first.
        assert (price >= lost) if size > 0 else (price <= lost)
