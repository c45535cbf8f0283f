"""`context.account` of each account type, in each view."""

from decimal import Decimal
from math import inf

import pytest
from finance.account_desk import account
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT

from rustybt.finance.account_types import AccountType, CashAccount, MarginAccount, UnlimitedAccount
from rustybt.finance.margin import ByAssetClass, CryptoIsolated, RegT
from rustybt.finance.portfolio import Account
from rustybt.values import Arithmetic
from rustybt.views import FloatView, PublicView, ValueView, ZiplineView

FIELDS = (
    "settled_cash", "accrued_interest", "buying_power", "equity_with_loan", "regt_equity",
    "regt_margin", "initial_margin_requirement", "maintenance_margin_requirement",
    "available_funds", "excess_liquidity", "cushion", "day_trades_remaining",
)  # fmt: skip


UNLIMITED = """5600.00 0 Infinity 10400.00 5600.00
    Infinity 0 0 5600.00 5600.00 0.5384615384615385 Infinity"""
CASH = """4000.00 0 4000.00 10400.00 10400.00
    4800.00 4800.00 4800.00 4000.00 4000.00 0.3846153846153846 Infinity"""
MARGIN = """4000.00 0 16000.00 10400.00 10400.00
    2400.00 2400.00 1200.00 8000.00 9200.00 0.8846153846153846 Infinity"""
HOUSE = """4000.00 0 12533.3333333333333333 10400.00 10400.00
    2400.00 2880.00 1440.00 7520.00 8960.00 0.8615384615384615 2"""


def seen(kind: AccountType, view: ValueView | None = None) -> Account:
    """10,000; 100 AAA bought at 60 and marked at 64, of which 25 were sold there."""
    desk = account(kind, 10_000)
    desk.fill(AAA, 100, 60)
    desk.book.mark(AAA, 64)
    desk.fill(AAA, -25, 64)
    return Account(desk.book.ledger, view or PublicView(DECIMAL), desk.funds)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        # Cash 4,000 + 1,600, of which 1,600 settle tomorrow; 75 x 64 = 4,800 of shares.
        (UnlimitedAccount(), UNLIMITED),
        (CashAccount(), CASH),
        (MarginAccount(RegT()), MARGIN),
        (MarginAccount(RegT("0.6", "0.3"), pattern_day_trader=True), HOUSE),
    ],
    ids=["unlimited", "cash", "margin", "house"],
)
def test_fields(kind: AccountType, fields: str) -> None:
    found = seen(kind)
    told = dict(zip(FIELDS, fields.split(), strict=True))
    assert {name: str(getattr(found, name)) for name in FIELDS} == told


def test_floats_in_the_pandas_view() -> None:
    found = seen(MarginAccount(RegT(), pattern_day_trader=True), ZiplineView(DECIMAL))
    values = [getattr(found, name) for name in FIELDS]
    assert [type(value) for value in values] == [float] * len(FIELDS)
    assert found.day_trades_remaining == 2.0
    assert found.buying_power == 16_000.0
    assert seen(CashAccount(), FloatView(DECIMAL)).day_trades_remaining == inf


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
def test_the_liquidation_price_of_an_isolated_position(arithmetic: Arithmetic) -> None:
    kind = MarginAccount(ByAssetClass({"crypto": CryptoIsolated(10, "0.04")}))
    desk = account(kind, 10_000, arithmetic)
    desk.fill(COIN, 2, 96)
    desk.fill(BBB, 1, 10)
    found = Account(desk.book.ledger, PublicView(arithmetic), desk.funds)
    price = found.liquidation_price(COIN)
    assert isinstance(price, Decimal if arithmetic is DECIMAL else float)
    assert float(price) == pytest.approx(90, rel=0 if arithmetic is DECIMAL else 1e-12)
    assert found.liquidation_price(BBB) is None
    assert Account(desk.book.ledger, PublicView(arithmetic)).liquidation_price(COIN) is None
