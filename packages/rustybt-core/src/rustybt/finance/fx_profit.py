"""What of a session's profit comes from exchange rates alone.

All that is held in one currency is its equity. Over a session it changes by what came in from
outside, and by what was earned or lost in that currency. The latter counts as earned at the
session's last rate; the rest of the change in value is profit of exchange:

    start x (rate at the end - rate at the start)
        + transfers x rate at the end - what the transfers were worth when they happened
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from rustybt.values import Arithmetic, Num


class ForeignEquity(NamedTuple):
    """What is held in one currency.

    Attributes:
        units: In that currency.
        value: In the currency of the account.
        transferred: What came in so far, in that currency.
        cost: What that was worth when it came, in the currency of the account.
    """

    units: Num
    value: Num
    transferred: Num
    cost: Num


class CurrencyBook(Protocol):
    """What equities in currencies are read from."""

    arithmetic: Arithmetic
    transfers: dict[str, tuple[Num, Num]]

    def foreign_currencies(self) -> Collection[str]:
        """The other currencies that something is held in, or was."""

    def equity_in(self, currency: str) -> Num:
        """Everything that is held in one currency, in that currency."""

    def worth(self, money: Num, currency: str) -> Num:
        """Money of any currency in that of the account."""


def foreign_equities(book: CurrencyBook) -> dict[str, ForeignEquity]:
    """What a book holds in each other currency, at the newest marks and rates."""
    zero = book.arithmetic.zero
    equities = {}
    for currency in book.foreign_currencies():
        units = book.equity_in(currency)
        moved = book.transfers.get(currency, (zero, zero))
        equities[currency] = ForeignEquity(units, book.worth(units, currency), *moved)
    return equities


def fx_profit(book: CurrencyBook, before: Mapping[str, ForeignEquity]) -> Num:
    """The profit of exchange since `before`, in the currency of the account."""
    profit = zero = book.arithmetic.zero
    nothing = ForeignEquity(zero, zero, zero, zero)
    for currency, now in foreign_equities(book).items():
        start = before.get(currency, nothing)
        moved = now.transferred - start.transferred
        profit += book.worth(start.units + moved, currency) - start.value
        profit -= now.cost - start.cost
    return profit
