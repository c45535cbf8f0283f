"""Laws of tax lots, for random trades, commissions and corporate actions under every method."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, get_args

import pytest
from finance.books import AAA, BBB, COIN, DECIMAL, FLOAT, OIL
from finance.lot_desk import LotDesk, multiplier_of
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.finance.lots import LotMethod
from rustybt.finance.position import DecimalPosition
from rustybt.finance.sharing import shares
from rustybt.values import Arithmetic, Ratio

METHODS: tuple[LotMethod, ...] = get_args(LotMethod)
methods = st.sampled_from(METHODS)
both = pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT], ids=["decimal", "float64"])

prices = st.decimals("0.01", "1000", places=4)
ratios = st.sampled_from(("1/2", "2/3", "5", "7/3", "1/7", "10", "0.6666666666666666"))


@dataclass(frozen=True)
class Trade:
    """An order that is filled and charged for."""

    asset: Asset
    amount: Any
    price: Any
    commission: Any

    def apply(self, desk: LotDesk) -> None:
        desk.trade(self.asset, self.amount, self.price, self.commission)


@dataclass(frozen=True)
class Action:
    """A corporate action of AAA, at a price."""

    name: str
    price: Any
    ratio: str
    terms: dict[str, Any]

    def apply(self, desk: LotDesk) -> None:
        price, ratio = self.price, self.ratio
        match self.name:
            case "split":
                desk.act("split", AAA, ratio=ratio, price=price)
            case "stock_dividend":
                desk.act("stock_dividend", AAA, rate=ratio, price=price)
            case "spin_off":
                share = self.terms["cost_share"]
                desk.act("spin_off", AAA, BBB, shares=ratio, cost_share=share, price=price)
            case "return_of_capital":
                desk.act("return_of_capital", AAA, per_share=price)
            case _:
                desk.act("merge", AAA, BBB, shares=ratio, price=price, **self.terms)


def _amounts(asset: Asset) -> st.SearchStrategy[Any]:
    if asset is COIN:
        return st.decimals("-3", "3", places=8).filter(bool)
    return st.integers(-50, 50).filter(bool)


trades = st.sampled_from((AAA, AAA, BBB, COIN, OIL)).flatmap(
    lambda asset: st.builds(
        Trade,
        st.just(asset),
        _amounts(asset),
        prices,
        st.just(0) | st.decimals("-1", "10", places=4),
    )
)
actions = st.builds(
    Action,
    st.sampled_from(("split", "stock_dividend", "spin_off", "return_of_capital")),
    prices,
    ratios,
    st.fixed_dictionaries({"cost_share": st.sampled_from(("1/3", "1", None))}),
) | st.builds(
    Action,
    st.just("merge"),
    prices,
    ratios,
    st.fixed_dictionaries({"cash_per_share": st.none() | prices}),
)
lives = st.lists(trades | trades | actions, max_size=14)
trading = st.lists(trades, max_size=14)


def live(
    life: list[Any], method: LotMethod, arithmetic: Arithmetic = DECIMAL, *, ending: bool = False
) -> LotDesk:
    """A book after a life; at the end everything is sold, if it is to be."""
    desk = LotDesk(method, arithmetic)
    for event in life:
        event.apply(desk)
    if ending:
        for asset in desk.book.assets:
            amount = -arithmetic.amount_value(desk.book.amount(asset))
            desk.trade(asset, amount, "12.34", "0.07")
    return desk


@given(life=lives, method=methods)
def test_all_the_money_paid_is_in_what_is_held_and_what_was_realised(
    method: LotMethod, life: list[Any]
) -> None:
    desk = live(life, method)
    held = sum(desk.book.cost(asset) for asset in desk.book.assets)
    assert held - desk.book.realised() == desk.paid


@given(life=lives, method=methods)
def test_lots_are_of_one_side_and_add_up(method: LotMethod, life: list[Any]) -> None:
    desk = live(life, method)
    for asset in desk.book.assets:
        lots, amount = desk.book.lots(asset), desk.book.amount(asset)
        assert sum(lot.amount for lot in lots) == amount
        assert all(lot.amount * amount >= 0 for lot in lots)
        assert sum(lot.cost for lot in lots) == desk.book.cost(asset)
        assert [lot.opened for lot in lots] == sorted(lot.opened for lot in lots)
        assert all(lot.asset == asset for lot in lots)


@given(life=lives)
def test_every_method_makes_the_same_profit_once_flat(life: list[Any]) -> None:
    books = [live(life, method, ending=True).book for method in METHODS]
    assert all(book.assets == () for book in books)
    assert len({book.realised() for book in books}) == 1


@given(
    life=st.lists(
        st.tuples(st.integers(-50, 50).filter(bool), prices, st.decimals("0", "5", places=4))
        | st.tuples(ratios, prices),
        max_size=14,
    ),
    asset=st.sampled_from((AAA, OIL)),
)
def test_average_is_the_exact_cost_basis(life: list[Any], asset: Asset) -> None:
    """Of what was opened; commissions on what was closed are told to the lots only."""
    desk = LotDesk("average")
    position = DecimalPosition(asset, DECIMAL, price=DECIMAL.price(1), at=0)
    for event in life:
        held = position.amount
        if len(event) == 2:
            ratio = Ratio.parse(event[0])
            position.last_price = DECIMAL.price(event[1])
            cash = position.split(ratio)
            new = DECIMAL.price_value(position.last_price)
            desk.act("split", asset, ratio=ratio, price=new)
            paid = [part.proceeds for part in desk.book.closed if part.closed == desk.now]
            assert sum(paid) == cash
        else:
            amount, price, commission = event
            desk.trade(asset, amount, price, commission)
            position.execute(DECIMAL.amount(amount), DECIMAL.price(price), desk.now)
            entry = [lot.commission for lot in desk.book.lots(asset) if lot.opened == desk.now]
            if held == 0 or held * amount > 0:
                position.charge(DECIMAL.money(commission))
            elif entry:
                position.charge(entry[0])
        assert desk.book.amount(asset) == position.amount
        if position.amount:
            assert desk.book.cost(asset) == position.cost.cost  # type: ignore[attr-defined]


@given(
    life=st.lists(
        st.tuples(st.integers(-50, 50).filter(bool), prices) | st.tuples(ratios, prices),
        max_size=14,
    ),
    method=methods,
)
def test_what_stays_of_a_split_is_the_ledgers_whole_amount_and_cash(
    method: LotMethod, life: list[Any]
) -> None:
    desk = LotDesk(method)
    position = DecimalPosition(AAA, DECIMAL, price=DECIMAL.price(1), at=0)
    for change, price in life:
        if isinstance(change, str):
            position.last_price = DECIMAL.price(price)
            cash = position.split(Ratio.parse(change))
            desk.act("split", AAA, ratio=change, price=DECIMAL.price_value(position.last_price))
            parts = [part for part in desk.book.closed if part.closed == desk.now]
            assert sum(part.proceeds for part in parts) == cash
        else:
            desk.trade(AAA, change, price)
            position.execute(DECIMAL.amount(change), DECIMAL.price(price), desk.now)
        assert desk.book.amount(AAA) == position.amount


@given(life=trading, method=methods)
def test_what_was_opened_is_open_or_closed(method: LotMethod, life: list[Trade]) -> None:
    desk = live(life, method)
    for asset in (AAA, BBB, COIN, OIL):
        bought = sum(DECIMAL.amount(trade.amount) for trade in life if trade.asset is asset)
        assert desk.book.amount(asset) == bought
    opened: dict[int, Any] = {}
    for part in desk.book.closed:
        assert part.opened < part.closed
        assert part.amount
        opened[part.number] = opened.get(part.number, 0) + part.amount
    closing = {part.exit_order: part.closed for part in desk.book.closed}
    assert sorted(closing.values()) == list(closing.values())


@given(life=trading, method=methods)
def test_gross_profit_is_the_change_of_price(method: LotMethod, life: list[Trade]) -> None:
    for part in live(life, method).book.closed:
        if method == "average":
            continue  # its prices are rounded
        change = part.exit_price - part.entry_price
        assert part.gross_pnl == DECIMAL.notional(part.amount, change, multiplier_of(part.asset))


@given(life=lives, method=methods)
def test_both_arithmetics_tell_the_same_story(method: LotMethod, life: list[Any]) -> None:
    whole = [event for event in life if not (isinstance(event, Trade) and event.asset is COIN)]
    exact = live(whole, method, ending=True)
    rough = live(whole, method, FLOAT, ending=True)
    # Cash in lieu on half a cent: a float lies on one side of it or the other.
    slack = 1e-3 + 0.01 * len(whole)
    realised = float(DECIMAL.money_value(exact.book.realised()))
    assert float(rough.book.realised()) == pytest.approx(realised, rel=1e-9, abs=slack)
    assert [float(DECIMAL.amount_value(exact.book.amount(a))) for a in (AAA, BBB)] == [
        rough.book.amount(a) for a in (AAA, BBB)
    ]


# ------------------------------------------------------------------ sharing


@given(
    total=st.integers(-(10**20), 10**20),
    weights=st.lists(st.integers(0, 10**12), min_size=1, max_size=8),
)
def test_shares_add_up_and_are_off_by_less_than_a_unit(total: int, weights: list[int]) -> None:
    parts = shares(DECIMAL, total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(Fraction(int(part)) - Fraction(total * weight, whole)) < 1


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, [1], [10]),
        (10, [1, 1, 1], [4, 3, 3]),
        (-10, [1, 1, 1], [-4, -3, -3]),
        (10, [2, 3, 4], [2, 3, 5]),  # 2.22, 3.33, 4.44: the last loses most
        (7, [0, 1], [0, 7]),
        (7, [0, 0], [4, 3]),
        (0, [5, 6], [0, 0]),
    ],
)
@both
def test_shares_by_hand(
    arithmetic: Arithmetic, total: int, weights: list[int], parts: list[int]
) -> None:
    found = shares(arithmetic, total, weights)
    if arithmetic.exact:
        assert found == parts
    assert sum(found) == total
    assert found == pytest.approx(parts, abs=1)
