"""Laws of accounts over random trades, prices and sessions."""

from decimal import Decimal
from typing import Any

import pytest
from finance.account_desk import Account, account
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, OIL
from hypothesis import assume, given
from hypothesis import strategies as st
from laws import whole_run

from rustybt.assets import Asset, Future
from rustybt.errors import InsufficientFundsError
from rustybt.finance.account_types import BarRange, CallPolicy, CashAccount, MarginAccount
from rustybt.finance.margin import (
    BTCUSDT_TIERS,
    ByAssetClass,
    CryptoCross,
    CryptoIsolated,
    FutureMargins,
    MarginModel,
    PortfolioPercent,
    RegT,
    standard_margin,
)
from rustybt.values import Arithmetic, Num

ASSETS = (AAA, BBB, COIN, OIL)
CAPITAL = 100_000

both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])
prices = st.decimals("0.05", "500", places=2)
costs = st.decimals("0", "30", places=2)
assets = st.sampled_from(ASSETS)
amounts = st.integers(-3_000, 3_000).filter(bool)
trades = st.tuples(assets, amounts, prices, costs)
bars = st.lists(st.lists(trades, min_size=1, max_size=4), max_size=8)
models = st.sampled_from(
    [
        RegT(),
        RegT(minimum_equity=2000),
        PortfolioPercent("0.2", "0.1"),
        CryptoCross(BTCUSDT_TIERS, leverage=20),
        CryptoCross([(0, "0.01"), (1_000, "0.05"), (50_000, "0.4")], leverage=10),
        FutureMargins({"AAA": (40, 30), "CLF21": (3000, 2500)}),
        standard_margin(),
        ByAssetClass({"equity": RegT(), "crypto": CryptoIsolated(10)}),
    ]
)


def trade_what_is_affordable(desk: Account, bar: list[Any]) -> None:
    """Everything of one bar is asked for first, and told to the book afterwards."""
    done = []
    for asset, amount, price, cost in bar:
        part = Decimal(desk.affordable(asset, amount, price, cost))
        if part:
            desk.claim(asset, part, price, cost)
            done.append((asset, part, price, cost))
    fills = []
    for asset, part, price, _ in done:
        desk.book.fill(asset, part, price)
        fills.append(desk.as_fill(asset, part, price))
    for asset, _, _, cost in done:
        desk.book.charge(asset, cost)
    desk.funds.filled(fills)


def shown(desk: Account, name: str) -> Decimal | float:
    money: Num = getattr(desk.funds, name)()
    return desk.arithmetic.money_value(money)


# ---------------------------------------------------------------------- cash


@both
@whole_run
@given(history=bars, unsettled=st.booleans(), sessions=st.lists(st.booleans(), max_size=8))
def test_a_cash_account_never_owes_money_or_assets(
    arithmetic: Arithmetic, history: list[Any], unsettled: bool, sessions: list[bool]
) -> None:
    desk = account(CashAccount(allow_unsettled=unsettled), CAPITAL, arithmetic)
    for place, bar in enumerate(history):
        trade_what_is_affordable(desk, bar)
        ledger = desk.book.ledger
        noise = 0 if arithmetic is DECIMAL else -1e-6
        assert ledger.cash >= noise
        assert all(position.amount > 0 for position in ledger.positions.values())
        if place < len(sessions) and sessions[place]:
            desk.next_session()
    desk.next_session(5)
    assert desk.funds.settled_cash() == desk.book.ledger.cash


@given(asset=assets, amount=st.integers(1, 10**6), price=prices, cost=costs)
def test_cash_buys_as_much_as_it_can(
    asset: Asset, amount: int, price: Decimal, cost: Decimal
) -> None:
    desk = account(CashAccount(), CAPITAL)
    part = Decimal(desk.affordable(asset, amount, price, cost))
    multiplier = asset.price_multiplier
    assert part * price * multiplier + cost <= CAPITAL
    assert part == amount or (part + asset.lot_size) * price * multiplier + cost > CAPITAL
    if part:
        desk.check(asset, part, price, commission=cost)
    if part < amount:
        with pytest.raises(InsufficientFundsError):
            desk.check(asset, part + asset.lot_size, price, commission=cost)


# ---------------------------------------------------------------------- margin


FIGURES = (
    "regt_equity", "initial_margin", "maintenance_margin", "available_funds", "excess_liquidity",
)  # fmt: skip


@both
@whole_run
@given(history=bars, model=models)
def test_available_funds_are_equity_less_the_initial_requirement(
    arithmetic: Arithmetic, history: list[Any], model: MarginModel
) -> None:
    desk = account(MarginAccount(model), CAPITAL, arithmetic)
    for bar in history:
        trade_what_is_affordable(desk, bar)
        money = {name: getattr(desk.funds, name)() for name in FIGURES}
        noise = 0 if arithmetic is DECIMAL else 1e-6
        available = money["regt_equity"] - money["initial_margin"]
        excess = money["regt_equity"] - money["maintenance_margin"]
        assert abs(money["available_funds"] - available) <= noise
        assert abs(money["excess_liquidity"] - excess) <= noise
        assert money["available_funds"] <= money["excess_liquidity"]
    if not desk.book.ledger.positions:
        assert desk.funds.initial_margin() == desk.funds.maintenance_margin() == 0


@whole_run
@given(history=bars, model=models, trade=trades)
def test_what_was_affordable_leaves_no_less_than_nothing(
    history: list[Any], model: MarginModel, trade: Any
) -> None:
    desk = account(MarginAccount(model), CAPITAL)
    for bar in history:
        trade_what_is_affordable(desk, bar)
    asset, amount, price, cost = trade
    held = desk.book.ledger.positions.get(asset)
    before = Decimal(0) if held is None else Decimal(desk.book.amount(asset))
    part = Decimal(desk.affordable(asset, amount, price, cost))
    assert 0 <= part / amount <= 1
    assume(part)
    desk.fill(asset, part, price, cost)
    if before * part >= 0 or abs(part) > abs(before):
        assert desk.funds.available_funds() >= 0


@whole_run
@given(history=bars, model=models, asset=assets, part=st.integers(1, 100), price=prices)
def test_an_order_that_makes_a_position_smaller_is_always_allowed(
    history: list[Any], model: MarginModel, asset: Asset, part: int, price: Decimal
) -> None:
    desk = account(MarginAccount(model), CAPITAL)
    for bar in history:
        trade_what_is_affordable(desk, bar)
    held = desk.book.ledger.positions.get(asset)
    assume(held is not None)
    assert held is not None
    for other in desk.book.ledger.positions:
        desk.book.mark(other, "0.01" if other is not asset else price)
    lots = abs(held.amount) // DECIMAL.amount(asset.lot_size)
    size = DECIMAL.amount(asset.lot_size) * max(lots * part // 100, 1)
    sold = -size if held.amount > 0 else size
    desk.funds.check(asset, sold, DECIMAL.price(price), commission=DECIMAL.money(5))
    assert desk.funds.affordable(asset, sold, DECIMAL.price(price), DECIMAL.money(5)) == sold


policies = st.builds(
    CallPolicy,
    sale_order=st.sampled_from(("requirement", "loss", "oldest")),
    restored_to=st.sampled_from(("initial", "maintenance")),
)


@both
@whole_run
@given(history=bars, model=models, policy=policies, marks=st.lists(prices, min_size=4, max_size=4))
def test_after_forced_sales_equity_suffices_or_all_is_sold(
    arithmetic: Arithmetic, history: Any, model: Any, policy: CallPolicy, marks: list[Decimal]
) -> None:
    desk = account(MarginAccount(model, calls=policy), CAPITAL, arithmetic)
    for bar in history:
        trade_what_is_affordable(desk, bar)
        for asset, mark in zip(ASSETS, marks, strict=True):
            desk.book.mark(asset, mark)
        excess, call = desk.funds.excess_liquidity(), desk.assess()
        shared = [asset for asset in desk.book.ledger.positions if model.isolated(asset) is None]
        assert (call is not None) == (excess < 0 and bool(shared))
        if call is None:
            continue
        assert call.forced
        assert call.deficit > 0
        assert call.sales
        sell(desk, call.sales)
        name = "available_funds" if policy.restored_to == "initial" else "excess_liquidity"
        left = [asset for asset in desk.book.ledger.positions if model.isolated(asset) is None]
        assert not left or getattr(desk.funds, name)() >= (0 if arithmetic is DECIMAL else -1e-6)


def sell(desk: Account, sales: Any) -> None:
    """Trade at the marks, without costs."""
    for asset, amount in sales:
        position = desk.book.ledger.positions[asset]
        assert 0 < abs(amount) <= abs(position.amount)
        assert (amount > 0) != (position.amount > 0)
        price = desk.arithmetic.price_value(position.last_price)
        desk.fill(asset, desk.arithmetic.amount_value(amount), price)


@whole_run
@given(history=bars, model=models, marks=st.lists(prices, min_size=4, max_size=4))
def test_no_more_is_sold_than_is_needed(history: Any, model: Any, marks: list[Decimal]) -> None:
    desk = account(MarginAccount(model), CAPITAL)
    for bar in history:
        trade_what_is_affordable(desk, bar)
    for asset, mark in zip(ASSETS, marks, strict=True):
        desk.book.mark(asset, mark)
    call = desk.assess()
    assume(call is not None)
    assert call is not None
    *others, (asset, amount) = call.sales
    lot = DECIMAL.amount(asset.lot_size)
    less = amount - lot if amount > 0 else amount + lot
    sell(desk, [*others, (asset, less)] if less else others)
    assert desk.funds.available_funds() < 0


# ---------------------------------------------------------------------- isolated


@both
@given(
    entries=st.lists(
        st.tuples(st.decimals("-5", "5", places=3).filter(bool), prices), min_size=1, max_size=4
    ),
    bar=st.tuples(prices, prices, prices),
    leverage=st.integers(1, 100),
    fee=st.sampled_from(("0", "0.005", "0.2")),
    asset=st.sampled_from((COIN, OIL)),
)
def test_an_isolated_position_loses_no_more_than_its_margin(
    arithmetic: Arithmetic, entries: Any, bar: Any, leverage: int, fee: str, asset: Asset
) -> None:
    desk = account(
        MarginAccount(CryptoIsolated(leverage, "0.005", liquidation_fee=fee)), 10**6, arithmetic
    )
    whole = isinstance(asset, Future)
    for amount, price in entries:
        desk.fill(asset, int(amount * 1000) if whole else amount, price)
    assume(asset in desk.book.ledger.positions)
    free = shown(desk, "available_funds")
    low, opened, high = sorted(bar)
    prices_of_bar: dict[Asset, BarRange] = {asset: desk.bar(opened, high, low)}
    found = desk.funds.liquidations(1, prices_of_bar.get)
    price = desk.funds.liquidation_price(asset)
    assume(found)
    end = found[0]
    assert price is not None
    assert desk.book.ledger.positions[asset].amount == -end.amount
    number = desk.arithmetic
    desk.fill(asset, number.amount_value(end.amount), number.price_value(end.price),
              number.money_value(end.fee))  # fmt: skip
    # Prices have 12 decimals, so up to a millionth of a millionth per unit is lost to rounding.
    assert float(shown(desk, "regt_equity")) >= float(free) - 1e-3
    assert asset not in desk.book.ledger.positions
