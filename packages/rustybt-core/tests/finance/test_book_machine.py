"""The ledger against a model in fractions, over random lives of a book."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from finance.book_model import ASSETS, LOT, MULTIPLIER, Model, fraction_of, rounded
from finance.books import AAA, BBB, COIN, DECIMAL, FORK, OIL, RTS, desk
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
from rustybt.finance.action_events import (
    Merged,
    ReturnOfCapital,
    RightsExercised,
    RightsGranted,
    RightsLapsed,
    RightsSold,
    SharesDistributed,
    SpunOff,
)
from rustybt.finance.book_events import CapitalChange, DividendPaid, Settlement
from rustybt.finance.journal import replay
from rustybt.values import Num

EXPIRY = 99

assets = st.sampled_from(ASSETS)
shares = st.sampled_from((AAA, BBB))
spot = st.sampled_from([asset for asset in ASSETS if asset is not OIL])
pairs = st.sampled_from([(AAA, BBB), (BBB, AAA), (COIN, FORK), (FORK, COIN), (RTS, AAA)])
prices = st.decimals("0.000001", "100000", places=8)
whole = st.integers(-1000, 1000).filter(bool)
coins = st.decimals("-1000", "1000", places=8).filter(bool)
ratios = st.builds(Fraction, st.integers(1, 40), st.integers(1, 40))
parts = st.sampled_from((None, Fraction(1, 3), Fraction(1, 7), Fraction(1)))
fractions = st.sampled_from(("cash", "drop", "round_up"))
rights = st.sampled_from((RTS, None))
sums = st.decimals("-5000", "5000", places=10)


def exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


class BookMachine(RuleBasedStateMachine):
    """Every rule happens to the ledger and to the model; after each they agree."""

    @initialize(capital=st.integers(1, 10**9))
    def open_book(self, capital: int) -> None:
        self.book = desk(capital)
        self.model = Model(cash=Fraction(capital))
        self.capital = Fraction(capital)
        self.day = 0

    @rule(asset=st.sampled_from((AAA, BBB, RTS, OIL)), amount=whole, price=prices)
    def fill_whole(self, asset: Asset, amount: int, price: Decimal) -> None:
        self.book.fill(asset, amount, price)
        self.model.fill(asset, Fraction(amount), Fraction(price))

    @rule(asset=st.sampled_from((COIN, FORK)), amount=coins, price=prices)
    def fill_coin(self, asset: Asset, amount: Decimal, price: Decimal) -> None:
        self.book.fill(asset, amount, price)
        self.model.fill(asset, Fraction(amount), Fraction(price))

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

    @rule(asset=spot, ratio=ratios)
    def split(self, asset: Asset, ratio: Fraction) -> None:
        self.book.split(asset, ratio)
        self.model.split(asset, ratio)

    @rule(asset=shares, per_share=prices, wait=st.integers(0, 4))
    def earn(self, asset: Asset, per_share: Decimal, wait: int) -> None:
        pay = self.day + wait
        self.book.ledger.apply(self.book.dividend(asset, per_share, pay=pay))
        if asset in self.model.held:
            owed = rounded(self.model.held[asset].amount * Fraction(per_share), 16)
            key = (asset, pay)
            self.model.owed[key] = self.model.owed.get(key, Fraction(0)) + owed

    @rule(asset=shares, wait=st.integers(0, 4))
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

    # ------------------------------------------------------------------ corporate actions

    @rule(asset=spot, rate=ratios, left=fractions)
    def distribute(self, asset: Asset, rate: Fraction, left: str) -> None:
        self.book.act(SharesDistributed, asset, pay=self.day, ratio=rate, fractions=left)
        self.model.split(asset, 1 / (1 + rate), left)

    @rule(
        pair=pairs, ratio=ratios, cash=st.none() | prices, price=st.none() | prices, left=fractions
    )
    def merge(
        self,
        pair: tuple[Asset, Asset],
        ratio: Fraction,
        cash: Decimal | None,
        price: Decimal | None,
        left: str,
    ) -> None:
        terms: dict[str, Any] = {"into": pair[1], "ratio": ratio, "fractions": left}
        self.book.act(Merged, pair[0], cash=cash, price=price, **terms)
        self.model.merge(*pair, ratio, exact(cash) or Fraction(0), exact(price), left)

    @rule(pair=pairs, cash=prices)
    def buy_out(self, pair: tuple[Asset, Asset], cash: Decimal) -> None:
        self.book.act(Merged, pair[0], cash=cash)
        self.model.merge(*pair, None, Fraction(cash), None, "cash")

    @rule(pair=pairs, ratio=ratios, share=parts, price=st.none() | prices, left=fractions)
    def spin_off(
        self,
        pair: tuple[Asset, Asset],
        ratio: Fraction,
        share: Fraction | None,
        price: Decimal | None,
        left: str,
    ) -> None:
        terms: dict[str, Any] = {"child": pair[1], "ratio": ratio, "fractions": left}
        self.book.act(SpunOff, pair[0], cost_share=share, price=price, **terms)
        self.model.spin_off(*pair, ratio, share or Fraction(0), exact(price), left)

    @rule(asset=spot, per_share=prices)
    def return_capital(self, asset: Asset, per_share: Decimal) -> None:
        self.book.act(ReturnOfCapital, asset, per_share=per_share)
        self.model.return_capital(asset, Fraction(per_share))

    @rule(asset=shares)
    def grant(self, asset: Asset) -> None:
        self.book.act(RightsGranted, asset, expiry=EXPIRY, ratio=1)
        self.model.grant(asset)

    @rule(asset=shares, ratio=ratios, share=parts, price=st.none() | prices, left=fractions)
    def grant_what_trades(
        self,
        asset: Asset,
        ratio: Fraction,
        share: Fraction | None,
        price: Decimal | None,
        left: str,
    ) -> None:
        terms: dict[str, Any] = {"expiry": EXPIRY, "rights": RTS, "fractions": left}
        self.book.act(RightsGranted, asset, ratio=ratio, cost_share=share, price=price, **terms)
        self.model.spin_off(asset, RTS, ratio, share or Fraction(0), exact(price), left)

    @rule(
        asset=shares, right=rights, ratio=ratios, price=prices, market=st.none() | prices,
        left=fractions,
    )  # fmt: skip
    def exercise(
        self,
        asset: Asset,
        right: Asset | None,
        ratio: Fraction,
        price: Decimal,
        market: Decimal | None,
        left: str,
    ) -> None:
        terms: dict[str, Any] = {"expiry": EXPIRY, "rights": right, "fractions": left}
        self.book.act(RightsExercised, asset, ratio=ratio, price=price, market=market, **terms)
        self.model.exercise(asset, right, ratio, Fraction(price), exact(market), left)

    @rule(asset=shares, right=rights, price=prices)
    def sell_rights(self, asset: Asset, right: Asset | None, price: Decimal) -> None:
        self.book.act(RightsSold, asset, expiry=EXPIRY, price=price, rights=right)
        self.model.sell_rights(asset, right, Fraction(price))

    @rule(asset=shares, right=rights)
    def lapse(self, asset: Asset, right: Asset | None) -> None:
        self.book.act(RightsLapsed, asset, expiry=EXPIRY, rights=right)
        self.model.end_rights(asset, right)

    # ------------------------------------------------------------------ what holds always

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
