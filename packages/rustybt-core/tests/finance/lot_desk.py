"""A lot book that is driven and read with public numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from finance.books import DECIMAL

from rustybt.assets import Asset
from rustybt.finance.lot_book import LotBook
from rustybt.finance.lot_events import (
    CapitalReturned,
    Merged,
    RightsEnded,
    RightsPaid,
    SharesSplit,
    SpunOff,
    UnitsTaken,
)
from rustybt.finance.lots import ClosedLot, LotMethod
from rustybt.values import Arithmetic, Num, Ratio

KINDS: dict[str, Any] = {
    "split": SharesSplit,
    "stock_dividend": SharesSplit,
    "spin_off": SpunOff,
    "merge": Merged,
    "return_of_capital": CapitalReturned,
    "take": UnitsTaken,
    "end_rights": RightsEnded,
    "pay_rights": RightsPaid,
}


def numbers(arithmetic: Arithmetic, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a lot event as kernel numbers."""
    kinds = {
        **dict.fromkeys(("price", "cash_per_share", "per_share"), arithmetic.price),
        **dict.fromkeys(("stays", "units"), arithmetic.amount),
        **dict.fromkeys(("cash", "paid", "money", "worth"), arithmetic.money),
        **dict.fromkeys(("ratio", "shares", "cost_share", "rate"), Ratio.parse),
    }
    return {
        name: kinds[name](term) if name in kinds and term is not None else term
        for name, term in terms.items()
    }


@dataclass
class LotDesk:
    """A lot book; the time moves on with each event, orders are numbered from `o1`.

    Attributes:
        method: Which lot is closed first.
        arithmetic: The policy of all numbers.
        now: Time of the newest event.
        orders: How many there were.
        paid: All money that went out for positions, commissions included, less what came in.
    """

    method: LotMethod = "fifo"
    arithmetic: Arithmetic = DECIMAL
    now: int = 0
    orders: int = 0
    paid: Num = 0
    book: LotBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = LotBook(self.arithmetic, self.method)

    def tick(self) -> int:
        self.now += 1
        return self.now

    def trade(
        self, asset: Asset, amount: object, price: object, commission: object = 0
    ) -> list[ClosedLot]:
        """An order that is filled at once and charged for; the parts that it closed."""
        start = len(self.book.closed)
        self.fill(asset, amount, price)
        if commission:
            self.charge(asset, commission)
        return list(self.book.closed[start:])

    def fill(self, asset: Asset, amount: object, price: object, order: str | None = None) -> None:
        self.orders += 1
        kernel = self.arithmetic.amount(amount), self.arithmetic.price(price)
        multiplier = multiplier_of(asset)
        self.paid += self.arithmetic.notional(*kernel, multiplier)
        self.book.execute(
            asset, *kernel, self.tick(), order or f"o{self.orders}", multiplier, strategy="carry"
        )

    def charge(self, asset: Asset, commission: object, order: str | None = None) -> None:
        money = self.arithmetic.money(commission)
        self.paid += money
        self.book.charge(asset, money, order or f"o{self.orders}")

    def act(self, name: str, asset: Asset, *other: Asset, **terms: Any) -> list[str]:
        """A corporate action; the parts that it closed, as `part` writes them."""
        if name == "stock_dividend":  # a split under another name: 1/20 are 21 for 20
            rate = Ratio.parse(terms.pop("rate"))
            terms["ratio"] = Ratio(rate.denominator, rate.denominator + rate.numerator)
        at = terms.pop("at", None) or self.tick()
        closed = self.book.act(KINDS[name](asset, at, *other, **numbers(self.arithmetic, terms)))
        self.paid -= sum(part.proceeds for part in closed if part.cause != "delivery")
        if name == "take":
            self.paid += self.arithmetic.money(terms["paid"])
        return [self.part(part) for part in closed]

    # ------------------------------------------------------------------ reading

    def money(self, money: Num) -> str:
        return plain(self.arithmetic.money_value(money, keep=0))

    def amount(self, asset: Asset) -> str:
        return plain(self.arithmetic.amount_value(self.book.amount(asset)))

    def cost(self, asset: Asset) -> str:
        return self.money(self.book.cost(asset))

    def lots(self, asset: Asset) -> list[str]:
        """The open lots: number, amount, price, cost."""
        return [
            f"{lot.number}: {plain(self.arithmetic.amount_value(lot.amount))} "
            f"at {plain(self.arithmetic.price_value(lot.price))} cost {self.money(lot.cost)}"
            for lot in self.book.lots(asset)
        ]

    def part(self, part: ClosedLot) -> str:
        """A closed part: number of its lot, amount, prices, profit."""
        return (
            f"{part.number}: {plain(self.arithmetic.amount_value(part.amount))} "
            f"from {plain(self.arithmetic.price_value(part.entry_price))} "
            f"to {plain(self.arithmetic.price_value(part.exit_price))} "
            f"made {self.money(part.pnl)}"
        )

    def closed(self) -> list[str]:
        return [self.part(part) for part in self.book.closed]

    def realised(self) -> str:
        return self.money(self.book.realised())


def plain(value: Any) -> str:
    """A public number as a text without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def multiplier_of(asset: Asset) -> Ratio | None:
    """Money per unit of price and amount, as positions have it."""
    return None if asset.price_multiplier == 1 else Ratio.parse(asset.price_multiplier)
