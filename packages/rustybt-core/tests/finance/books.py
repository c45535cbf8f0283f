"""Assets, books and events for tests, written with public numbers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rustybt.assets import Asset, Cryptocurrency, Equity, ExchangeInfo, Future
from rustybt.finance.book_events import (
    CloseOut,
    CommissionCharge,
    DividendEarned,
    Fill,
    SplitApplied,
)
from rustybt.finance.journal import Journal, Posting
from rustybt.finance.ledger import DecimalLedger
from rustybt.values import Arithmetic, DecimalArithmetic, FloatArithmetic, Num, Ratio

DECIMAL = DecimalArithmetic()
FLOAT = FloatArithmetic()

NYSE = ExchangeInfo("New York Stock Exchange", "NYSE", "US")
FIRST = date(2019, 1, 2)
AAA = Equity(sid=1, symbol="AAA", exchange_info=NYSE, start_date=FIRST)
BBB = Equity(sid=2, symbol="BBB", exchange_info=NYSE, start_date=FIRST)
OIL = Future(sid=3, symbol="CLF21", exchange_info=NYSE, price_multiplier=Decimal(50))
COIN = Cryptocurrency(sid=4, symbol="BTC/USD", exchange_info=NYSE)
FORK = Cryptocurrency(sid=5, symbol="BCH/USD", exchange_info=NYSE)
RTS = Equity(sid=6, symbol="RTS", exchange_info=NYSE, start_date=FIRST)
SAP = Equity(sid=7, symbol="SAP", exchange_info=NYSE, start_date=FIRST, currency="EUR")

Rules = dict[str, Any]

ZIPLINE_RULES: Rules = {
    "cash_in_lieu": "cost_basis",
    "receivables_in_value": False,
    "pnl_includes_dividends": False,
    "late_dividends": False,
}


@dataclass
class Desk:
    """A ledger that is driven and read with public numbers; the time moves on with each event."""

    ledger: DecimalLedger
    now: int = 0
    sequence: int = 0

    @property
    def arithmetic(self) -> Arithmetic:
        return self.ledger.arithmetic

    @property
    def journal(self) -> Journal:
        journal = self.ledger.journal
        assert journal is not None
        return journal

    def tick(self) -> int:
        self.now += 1
        return self.now

    def fill(self, asset: Asset, amount: object, price: object) -> tuple[Posting, ...]:
        self.sequence += 1
        return self.ledger.apply(
            Fill(
                order_id=f"order-{self.sequence}",
                asset=asset,
                at=self.tick(),
                session=0,
                amount=self.arithmetic.amount(amount),
                price=self.arithmetic.price(price),
                sequence=self.sequence,
                strategy="carry",
            )
        )

    def charge(self, asset: Asset, money: object) -> tuple[Posting, ...]:
        return self.ledger.apply(
            CommissionCharge(
                order_id=f"order-{self.sequence}",
                asset=asset,
                at=self.tick(),
                amount=self.arithmetic.money(money),
                strategy="carry",
            )
        )

    def split(self, asset: Asset, ratio: object) -> tuple[Posting, ...]:
        return self.ledger.apply(
            SplitApplied(asset=asset, at=self.tick(), ratio=Ratio.parse(ratio))
        )

    def act(self, event: type[Any], asset: Asset, **terms: Any) -> tuple[Posting, ...]:
        """A corporate action whose numbers are public ones."""
        return self.ledger.apply(self.action(event, asset, **terms))

    def action(self, event: type[Any], asset: Asset, **terms: Any) -> Any:
        """The event of a corporate action whose numbers are public ones."""
        kinds = {
            **dict.fromkeys(("cash", "price", "market", "per_share"), self.arithmetic.price),
            **dict.fromkeys(("ratio", "cost_share"), Ratio.parse),
        }
        numbers = {
            name: kinds[name](term) if name in kinds and term is not None else term
            for name, term in terms.items()
        }
        return event(asset=asset, at=self.tick(), **numbers)

    def dividend(self, asset: Asset, per_share: object, *, pay: int) -> DividendEarned:
        return DividendEarned(
            asset=asset, at=self.tick(), pay=pay, per_share=self.arithmetic.price(per_share)
        )

    def close_out(self, asset: Asset, price: object = None) -> tuple[Posting, ...]:
        self.sequence += 1
        return self.ledger.apply(
            CloseOut(
                asset=asset,
                at=self.tick(),
                session=0,
                price=None if price is None else self.arithmetic.price(price),
                sequence=self.sequence,
            )
        )

    def mark(self, asset: Asset, price: object) -> None:
        self.ledger.mark(asset, self.arithmetic.price(price), self.tick())

    def money(self, money: Num) -> str:
        return f"{self.arithmetic.money_value(money):f}"

    @property
    def cash(self) -> str:
        return self.money(self.ledger.cash)

    @property
    def value(self) -> str:
        return self.money(self.ledger.portfolio_value())

    def amount(self, asset: Asset) -> str:
        return f"{self.arithmetic.amount_value(self.ledger.positions[asset].amount):f}"

    def cost(self, asset: Asset) -> str:
        """What all of a position cost."""
        return self.money(self.ledger.positions[asset].total_cost())

    def price(self, asset: Asset) -> str:
        """The mark of a position."""
        return f"{self.arithmetic.price_value(self.ledger.positions[asset].last_price):f}"

    def cost_basis(self, asset: Asset) -> str:
        return f"{self.ledger.positions[asset].cost_basis():f}"


def desk(capital: int = 100_000, arithmetic: Arithmetic = DECIMAL, **rules: Any) -> Desk:
    """A new book with some capital."""
    return Desk(DecimalLedger(arithmetic, Decimal(capital), **rules))
