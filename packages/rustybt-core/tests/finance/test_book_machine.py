"""The ledger against an independent model in fractions, over random lives of a book.

The model knows nothing of kernel numbers: it keeps fractions and rounds where the rounding table of
the specification says so (money at 16 decimals, prices at 12, amounts at 8, half even; cash in lieu
to cents).
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from finance.books import AAA, BBB, COIN, DECIMAL, OIL, desk
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from rustybt.assets import Asset
from rustybt.finance.accounts import commodity_of
from rustybt.finance.book_events import CapitalChange, DividendPaid, Settlement
from rustybt.finance.journal import replay
from rustybt.values import Num

ASSETS = (AAA, BBB, OIL, COIN)
MULTIPLIER = {AAA: 1, BBB: 1, OIL: 50, COIN: 1}
LOT = {AAA: Fraction(1), BBB: Fraction(1), OIL: Fraction(1), COIN: Fraction(1, 10**8)}

assets = st.sampled_from(ASSETS)
prices = st.decimals("0.000001", "100000", places=8)
whole = st.integers(-1000, 1000).filter(bool)
coins = st.decimals("-1000", "1000", places=8).filter(bool)
ratios = st.builds(Fraction, st.integers(1, 40), st.integers(1, 40))
sums = st.decimals("-5000", "5000", places=10)


def fraction_of(number: Num, scale: int) -> Fraction:
    """A kernel number as the model counts."""
    assert isinstance(number, int)
    return Fraction(number, 10**scale)


def rounded(number: Fraction, places: int) -> Fraction:
    return Fraction(round(number * 10**places), 10**places)


@dataclass
class Holding:
    amount: Fraction = Fraction(0)
    cost: Fraction = Fraction(0)
    mark: Fraction = Fraction(0)
    settled: Fraction = Fraction(0)


@dataclass
class Model:
    cash: Fraction
    held: dict[Asset, Holding] = field(default_factory=dict)
    owed: dict[tuple[Asset, int], Fraction] = field(default_factory=dict)

    def profit(self, asset: Asset, price: Fraction) -> Fraction:
        holding = self.held[asset]
        return rounded(holding.amount * (price - holding.settled) * MULTIPLIER[asset], 16)

    def settle(self, asset: Asset, price: Fraction) -> None:
        self.cash += self.profit(asset, price)
        self.held[asset].settled = price

    def fill(self, asset: Asset, amount: Fraction, price: Fraction) -> None:
        holding = self.held.setdefault(asset, Holding(settled=price))
        notional = rounded(amount * price * MULTIPLIER[asset], 16)
        if asset is OIL:
            self.settle(asset, price)
        else:
            self.cash -= notional
        after = holding.amount + amount
        if holding.amount * amount >= 0:
            holding.cost += notional
        elif holding.amount * after >= 0:
            holding.cost -= rounded(holding.cost * -amount / holding.amount, 16)
        else:
            holding.cost = rounded(after * price * MULTIPLIER[asset], 16)
        holding.amount, holding.mark = after, price
        self.drop_if_empty(asset)

    def split(self, asset: Asset, ratio: Fraction) -> None:
        if asset not in self.held:
            return
        holding = self.held[asset]
        lots = abs(holding.amount / ratio) // LOT[asset]
        sign = 1 if holding.amount > 0 else -1
        amount = sign * lots * LOT[asset]
        fraction = rounded(holding.amount / ratio - amount, 8)
        holding.mark = rounded(holding.mark * ratio, 12)
        if fraction:
            holding.cost -= rounded(holding.cost * fraction / (amount + fraction), 16)
        self.cash += rounded(rounded(fraction * holding.mark, 16), 2)
        holding.amount = amount
        self.drop_if_empty(asset)

    def drop_if_empty(self, asset: Asset) -> None:
        if not self.held[asset].amount:
            del self.held[asset]

    @property
    def total_cash(self) -> Fraction:
        unsettled = self.profit(OIL, self.held[OIL].mark) if OIL in self.held else 0
        return self.cash + unsettled

    @property
    def value(self) -> Fraction:
        worth = sum(
            rounded(holding.amount * holding.mark, 16)
            for asset, holding in self.held.items()
            if asset is not OIL
        )
        return self.total_cash + worth + sum(self.owed.values())


class BookMachine(RuleBasedStateMachine):
    """Every rule happens to the ledger and to the model; after each they agree."""

    @initialize(capital=st.integers(1, 10**9))
    def open_book(self, capital: int) -> None:
        self.book = desk(capital)
        self.model = Model(cash=Fraction(capital))
        self.capital = Fraction(capital)
        self.day = 0

    @rule(asset=st.sampled_from((AAA, BBB, OIL)), amount=whole, price=prices)
    def fill_whole(self, asset: Asset, amount: int, price: Decimal) -> None:
        self.book.fill(asset, amount, price)
        self.model.fill(asset, Fraction(amount), Fraction(price))

    @rule(amount=coins, price=prices)
    def fill_coin(self, amount: Decimal, price: Decimal) -> None:
        self.book.fill(COIN, amount, price)
        self.model.fill(COIN, Fraction(amount), Fraction(price))

    @precondition(lambda self: self.model.held)
    @rule(data=st.data(), price=prices, part=st.sampled_from((1, 1, 2)))
    def reduce(self, data: st.DataObject, price: Decimal, part: int) -> None:
        asset = data.draw(st.sampled_from(list(self.model.held)))
        lot = LOT[asset]
        amount = -(self.model.held[asset].amount / part // lot * lot)
        if amount:
            self.book.fill(asset, DECIMAL.amount_value(int(amount * 10**8)), price)
            self.model.fill(asset, amount, Fraction(price))

    @rule(asset=assets, money=sums)
    def charge(self, asset: Asset, money: Decimal) -> None:
        self.book.charge(asset, money)
        self.model.cash -= Fraction(money)
        if asset in self.model.held:
            self.model.held[asset].cost += Fraction(money)

    @rule(asset=assets, price=prices)
    def mark(self, asset: Asset, price: Decimal) -> None:
        self.book.mark(asset, price)
        if asset in self.model.held:
            self.model.held[asset].mark = Fraction(price)

    @rule(asset=st.sampled_from((AAA, BBB, COIN)), ratio=ratios)
    def split(self, asset: Asset, ratio: Fraction) -> None:
        self.book.split(asset, ratio)
        self.model.split(asset, ratio)

    @rule(asset=st.sampled_from((AAA, BBB)), per_share=prices, wait=st.integers(0, 4))
    def earn(self, asset: Asset, per_share: Decimal, wait: int) -> None:
        pay = self.day + wait
        self.book.ledger.apply(self.book.dividend(asset, per_share, pay=pay))
        if asset in self.model.held:
            owed = rounded(self.model.held[asset].amount * Fraction(per_share), 16)
            key = (asset, pay)
            self.model.owed[key] = self.model.owed.get(key, Fraction(0)) + owed

    @rule(asset=st.sampled_from((AAA, BBB)), wait=st.integers(0, 4))
    def pay_early(self, asset: Asset, wait: int) -> None:
        pay = self.day + wait
        self.book.ledger.apply(DividendPaid(asset=asset, at=self.book.tick(), pay=pay))
        self.model.cash += self.model.owed.pop((asset, pay), 0)

    @rule(days=st.integers(1, 3))
    def next_session(self, days: int) -> None:
        self.day += days
        self.book.ledger.start_session(day=self.day, at=self.book.tick())
        for key in [key for key in self.model.owed if key[1] <= self.day]:
            self.model.cash += self.model.owed.pop(key)

    @rule()
    def settle(self) -> None:
        self.book.ledger.apply(Settlement(at=self.book.tick()))
        if OIL in self.model.held:
            self.model.settle(OIL, self.model.held[OIL].mark)

    @rule(money=sums)
    def change_capital(self, money: Decimal) -> None:
        amount = DECIMAL.money(money)
        self.book.ledger.apply(CapitalChange(at=self.book.tick(), amount=amount))
        self.model.cash += Fraction(money)
        self.capital += Fraction(money)

    @precondition(lambda self: self.model.held)
    @rule(data=st.data())
    def delist(self, data: st.DataObject) -> None:
        asset = data.draw(st.sampled_from(list(self.model.held)))
        holding = self.model.held[asset]
        self.book.close_out(asset)
        self.model.fill(asset, -holding.amount, holding.mark)

    @invariant()
    def the_model_agrees(self) -> None:
        ledger, model = self.book.ledger, self.model
        assert fraction_of(ledger.cash, 16) == model.total_cash
        assert fraction_of(ledger.portfolio_value(), 16) == model.value
        assert fraction_of(ledger.pnl(), 16) == model.value - self.capital
        assert fraction_of(ledger.receivables, 16) == sum(model.owed.values())
        assert set(ledger.positions) == set(model.held)
        for asset, holding in model.held.items():
            position = ledger.positions[asset]
            assert fraction_of(position.amount, 8) == holding.amount
            assert fraction_of(position.last_price, 12) == holding.mark
            basis = rounded(holding.cost / holding.amount / MULTIPLIER[asset], 16)
            assert Fraction(position.cost_basis()) == basis

    @invariant()
    def the_journal_balances(self) -> None:
        sums: dict[str, Num] = {}
        for posting in self.book.journal:
            sums[posting.commodity] = sums.get(posting.commodity, 0) + posting.amount
        assert not any(sums.values())

    @invariant()
    def replay_rebuilds_the_book(self) -> None:
        state = replay(self.book.journal)
        assert fraction_of(state.cash.get("USD", 0), 16) == self.model.cash
        assert fraction_of(state.receivables.get("USD", 0), 16) == sum(self.model.owed.values())
        assert state.positions == {
            commodity_of(asset): holding.amount * 10**8
            for asset, holding in self.model.held.items()
        }


TestBookMachine = BookMachine.TestCase
