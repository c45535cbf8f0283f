"""Exchanging currencies: what it costs, and the event that it is for the book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rustybt.finance._parameters import Number, not_negative
from rustybt.finance.book_events import CurrencyExchanged
from rustybt.values import Ratio

if TYPE_CHECKING:
    from rustybt.finance.ledger import DecimalLedger
    from rustybt.values import Arithmetic, Num

_BASIS_POINTS_IN_ONE = 10_000


@runtime_checkable
class ConversionModel(Protocol):
    """What an exchange of currencies costs beside the rate."""

    def cost(self, amount: Num, currency: str, arithmetic: Arithmetic) -> Num:
        """What an exchange costs.

        Args:
            amount: What is exchanged, kernel money above zero.
            currency: The currency that the amount, and the cost, is in.
            arithmetic: The run's numbers.

        Returns:
            Kernel money, from zero up to `amount`.
        """


class ConversionCost:
    """A share of the money that is exchanged.

    Args:
        basis_points: Hundredths of a percent: half the spread between bid and ask, and a markup.
    """

    def __init__(self, basis_points: Number = 0) -> None:
        self.basis_points = not_negative(basis_points, field="basis_points")
        share = self.basis_points / _BASIS_POINTS_IN_ONE
        self._share = Ratio(*share.as_integer_ratio()) if share else None

    def cost(self, amount: Num, currency: str, arithmetic: Arithmetic) -> Num:
        return arithmetic.zero if self._share is None else arithmetic.converted(amount, self._share)

    def __repr__(self) -> str:
        return f"ConversionCost(basis_points={self.basis_points})"


FREE = ConversionCost(0)
"""Exchanges at the rate."""


def selling(
    book: DecimalLedger, amount: Num, sell: str, buy: str, *, at: int, model: ConversionModel
) -> CurrencyExchanged:
    """Give an amount of one currency for what the rate gives less the cost.

    Raises:
        MissingRate: There is no rate of the two as of now.
    """
    gives = book.arithmetic.converted(amount, book.rates(sell, buy))
    cost = model.cost(gives, buy, book.arithmetic)
    return CurrencyExchanged(at, sell, amount, buy, gives - cost, cost, buy, book.strategy)


def buying(
    book: DecimalLedger, amount: Num, sell: str, buy: str, *, at: int, model: ConversionModel
) -> CurrencyExchanged:
    """Receive an amount of one currency for what the rate asks and the cost.

    Raises:
        MissingRate: There is no rate of the two as of now.
    """
    asks = book.arithmetic.converted(amount, book.rates(buy, sell))
    cost = model.cost(asks, sell, book.arithmetic)
    return CurrencyExchanged(at, sell, asks + cost, buy, amount, cost, sell, book.strategy)


def swept(book: DecimalLedger, *, at: int, model: ConversionModel) -> list[CurrencyExchanged]:
    """The exchanges that leave cash in the account's currency only.

    Raises:
        MissingRate: There is no rate of a currency that is held as of now.
    """
    home = book.currency
    return [
        selling(book, cash, currency, home, at=at, model=model)
        if cash > 0
        else buying(book, -cash, home, currency, at=at, model=model)
        for currency, cash in book.balances.items()
        if cash and currency != home
    ]
