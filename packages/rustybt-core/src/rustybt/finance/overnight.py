"""What a night costs a book: fees of borrowed assets, interest, swap points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rustybt.assets import CurrencyPair
from rustybt.finance.book_events import FeeCharged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance._cost_model import Figure
    from rustybt.finance.accounts import CostKind
    from rustybt.finance.borrow import BorrowModel
    from rustybt.finance.financing import FinancingModel
    from rustybt.finance.holdings import Holdings
    from rustybt.finance.position import DecimalPosition
    from rustybt.values import Arithmetic, Num


@dataclass(slots=True, kw_only=True)
class OvernightCosts:
    """The models of a run; without one that part of a night is free.

    Attributes:
        borrow: What loans of assets cost.
        financing: Interest on cash, and what rolling a currency pair brings.
    """

    borrow: BorrowModel | None = None
    financing: FinancingModel | None = None

    @property
    def is_free(self) -> bool:
        """Whether there is no model."""
        return self.borrow is None and self.financing is None

    def fees(self, book: Holdings, *, since: date, until: date, at: int) -> list[FeeCharged]:
        """The charges for the nights between two sessions, at the marks of the earlier one.

        A short pays the borrow fee on its market value. Interest is earned on the cash of a
        currency less the market value of what is short in it, since the proceeds of a short
        secure its loan, and paid on cash below zero; futures and perpetual swaps have no value
        and tie no cash.

        Args:
            book: What is held overnight.
            since: The session before the nights.
            until: The session after them.
            at: Time of the charges, nanoseconds UTC.

        Returns:
            Borrow fees by position, swaps by position, interest by currency; what is zero is
            left out. Money that is earned is a negative charge.
        """
        charges = _Charges(book.arithmetic, since, until, at)
        if self.borrow is not None:
            charges.borrow(self.borrow, book)
        if self.financing is not None:
            charges.swaps(self.financing, book)
            charges.interest(self.financing, book)
        return charges.made


class _Charges:
    """Collects the charges of some nights."""

    def __init__(self, arithmetic: Arithmetic, since: date, until: date, at: int) -> None:
        self._arithmetic = arithmetic
        self._since = since
        self._until = until
        self._at = at
        self.made: list[FeeCharged] = []

    def borrow(self, model: BorrowModel, book: Holdings) -> None:
        for position in _shorts(book):
            value = self._arithmetic.money_value(position.exposure())
            fee = model.fee(position.asset, value, since=self._since, until=self._until)
            self._add("borrow", self._money(fee), position.currency, position)

    def swaps(self, model: FinancingModel, book: Holdings) -> None:
        for position in book.positions.values():
            amount = self._arithmetic.amount_value(position.amount)
            earned = model.swap(position.asset, amount, since=self._since, until=self._until)
            self._add("financing", -self._money(earned), position.currency, position)

    def interest(self, model: FinancingModel, book: Holdings) -> None:
        for currency, cash in book.balances.items():
            free = _interest_bearing(book, currency, cash)
            if free:
                money = self._arithmetic.money_value(free)
                earned = model.interest(money, currency, since=self._since, until=self._until)
                self._add("financing", -self._money(earned), currency, None)

    def _money(self, figure: Figure) -> Num:
        return self._arithmetic.money(figure, "cost of a night")

    def _add(
        self, kind: CostKind, amount: Num, currency: str, position: DecimalPosition | None
    ) -> None:
        if amount:
            asset = None if position is None else position.asset
            self.made.append(FeeCharged(kind, self._at, amount, currency, asset))


def is_lent(asset: Asset) -> bool:
    """Whether a short position in an asset takes a loan: not of futures, swaps, currency pairs."""
    return not (asset.settles_daily or asset.asset_class == CurrencyPair.asset_class)


def _shorts(book: Holdings) -> Iterator[DecimalPosition]:
    """Positions that somebody lent."""
    held = book.positions.values()
    return (position for position in held if position.amount < 0 and is_lent(position.asset))


def _interest_bearing(book: Holdings, currency: str, cash: Num) -> Num:
    """The cash of a currency that earns or owes interest."""
    if cash <= 0:
        return cash
    secured = sum(
        [position.exposure() for position in _shorts(book) if position.currency == currency],
        book.arithmetic.zero,
    )
    return max(cash + secured, book.arithmetic.zero)
