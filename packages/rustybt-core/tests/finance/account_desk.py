"""A book with the funds of its account, written with public numbers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from finance.books import DECIMAL, Desk, desk

from rustybt.assets import Asset
from rustybt.finance.account_types import AccountType, BarRange, Funds, MarginCall, OpenOrder
from rustybt.finance.book_events import Fill
from rustybt.values import Arithmetic

MONDAY = date(2024, 6, 3)


@dataclass
class Account:
    """What a strategy's account goes through: sessions, fills, marks and questions."""

    book: Desk
    funds: Funds
    session: int = 0

    @property
    def arithmetic(self) -> Arithmetic:
        return self.book.arithmetic

    def next_session(self, count: int = 1) -> None:
        self.session += count
        self.funds.start_session(self.session, MONDAY + timedelta(days=self.session))

    def fill(self, asset: Asset, amount: object, price: object, commission: object = 0) -> None:
        """An execution that nobody was asked about."""
        self.book.fill(asset, amount, price)
        self.book.charge(asset, commission)
        self.funds.filled([self.as_fill(asset, amount, price)])

    def as_fill(self, asset: Asset, amount: object, price: object) -> Fill:
        return Fill(
            order_id=f"order-{self.book.sequence}",
            asset=asset,
            at=self.book.now,
            session=self.session,
            amount=self.arithmetic.amount(amount),
            price=self.arithmetic.price(price),
            sequence=self.book.sequence,
            strategy="carry",
        )

    def check(
        self, asset: Asset, amount: object, price: object, *, commission: object = 0,
        waiting: tuple[tuple[Asset, object, object], ...] = (),
    ) -> None:  # fmt: skip
        number = self.arithmetic
        self.funds.check(
            asset,
            number.amount(amount),
            number.price(price),
            commission=number.money(commission),
            open_orders=[
                OpenOrder(each, number.amount(size), number.price(at)) for each, size, at in waiting
            ],
        )

    def affordable(
        self, asset: Asset, amount: object, price: object, commission: object = 0
    ) -> str:
        number = self.arithmetic
        part = self.funds.affordable(
            asset, number.amount(amount), number.price(price), number.money(commission)
        )
        value = number.amount_value(part)
        return repr(value) if isinstance(value, float) else f"{value:f}"

    def claim(self, asset: Asset, amount: object, price: object, commission: object = 0) -> None:
        number = self.arithmetic
        self.funds.claim(
            asset, number.amount(amount), number.price(price), number.money(commission)
        )

    def assess(self) -> MarginCall | None:
        return self.funds.assess(self.book.tick())

    def sales(self) -> dict[Asset, str]:
        """What the call that stands would sell."""
        call = self.assess()
        assert call is not None
        return {s.asset: f"{self.arithmetic.amount_value(s.amount):f}" for s in call.sales}

    def bar(self, opened: object, high: object, low: object) -> BarRange:
        price = self.arithmetic.price
        return BarRange(price(opened), price(high), price(low))

    def figure(self, name: str) -> str:
        money = getattr(self.funds, name)()
        return "None" if money is None else self.book.money(money)


def account(
    kind: AccountType, capital: Any = 100_000, arithmetic: Arithmetic = DECIMAL, **rules: Any
) -> Account:
    book = desk(capital, arithmetic=arithmetic, **rules)
    opened = Account(book, kind.open(book.ledger))
    opened.next_session(0)
    return opened
