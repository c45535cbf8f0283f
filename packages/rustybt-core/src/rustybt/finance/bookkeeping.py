"""Holdings whose every change is posted: how money and units come and go, and what for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.finance import accounts
from rustybt.finance.holdings import Holdings
from rustybt.finance.journal import Journal, Leg, Posting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rustybt.assets import Asset
    from rustybt.finance.accounts import CostKind
    from rustybt.finance.lot_events import LotEvent
    from rustybt.finance.position import DecimalPosition
    from rustybt.values import Arithmetic, Num, Ratio

NOTHING: tuple[Posting, ...] = ()
"""What an event posts that changes nothing, or that no journal is kept of."""


def _unfollowed(event: LotEvent) -> None:
    """What a book tells that nobody follows."""


class Bookkeeping(Holdings):
    """Holdings with a journal and with the sums that a book keeps beside it.

    Args:
        arithmetic: The policy of all numbers.
        currency: The currency of the account.
        strategy: Who owns what no order is behind: capital, dividends, splits.
        as_zipline: Keep zipline's float cost basis instead of the exact cost.
        receivables_in_value: Whether dividends that were earned and not yet paid count as value.
        one_currency: Whether everything counts as quoted in the currency of the account.
        journal: Whether to keep one; the arithmetic is the same without.

    Attributes:
        strategy: Who owns what no order is behind.
        costs: What was paid so far by kind, in the currency of the account at the rate of then.
        dividends: What was earned so far in dividends, counted in the same way.
        transfers: For each other currency what came in by exchanges and deposits less what went,
            and what that was worth then.
        journal: The journal, or None.
        follow: Is told whatever tax lots have to know beside executions, as it is booked.
    """

    def __init__(
        self,
        arithmetic: Arithmetic,
        *,
        currency: str,
        strategy: str,
        as_zipline: bool,
        receivables_in_value: bool,
        one_currency: bool,
        journal: bool,
    ) -> None:
        super().__init__(
            arithmetic,
            currency=currency,
            as_zipline=as_zipline,
            receivables_in_value=receivables_in_value,
            one_currency=one_currency,
        )
        self.strategy = strategy
        self.journal = Journal(arithmetic) if journal else None
        self.follow: Callable[[LotEvent], None] = _unfollowed
        self.costs: dict[CostKind, Num] = dict.fromkeys(accounts.COSTS, arithmetic.zero)
        self.dividends = arithmetic.zero
        self.transfers: dict[str, tuple[Num, Num]] = {}
        self._shares_owed: dict[tuple[Asset, int], Num] = {}
        self._rights: dict[tuple[Asset, int], tuple[Num, Ratio]] = {}

    # ------------------------------------------------------------------ money

    def _receive(self, money: Num, currency: str) -> None:
        """Money comes, or goes where it is negative."""
        balances = self.balances
        try:
            balances[currency] += money
        except KeyError:
            balances[currency] = money

    def _currency_of(self, asset: Asset) -> str:
        return self.currency if self._one_currency else asset.currency

    def _cost(self, kind: CostKind, money: Num, currency: str) -> None:
        self.costs[kind] += money if currency == self.currency else self.worth(money, currency)

    def _converted(self, number: Num, source: str, target: str) -> Num:
        """Money or a price of one currency in another one, at the rate as of now."""
        if source == target or not number:
            return number
        return self.arithmetic.converted(number, self.rates(source, target))

    def rate_of(self, asset: Asset) -> Ratio | None:
        """What a unit of an asset's currency is worth in the account's now; None for one currency.

        Raises:
            MissingRate: There is no rate as of now.
        """
        currency = self._currency_of(asset)
        return None if currency == self.currency else self.rates(currency, self.currency)

    def _rate(self, source: Asset, target: Asset) -> Ratio | None:
        """The rate that takes the cost of an asset to another one; None for one currency."""
        sold, bought = self._currency_of(source), self._currency_of(target)
        return None if sold == bought else self.rates(sold, bought)

    def _move(self, source: str, target: str, money: Num) -> None:
        """Something worth `money` of the target's currency is no longer held in the source's."""
        if source != target and money:
            value = self.worth(money, target)
            self._transfer(source, -self._converted(money, target, source), -value)
            self._transfer(target, money, value)

    def _transfer(self, currency: str, money: Num, value: Num) -> None:
        if currency != self.currency:
            zero = self.arithmetic.zero
            units, worth = self.transfers.get(currency, (zero, zero))
            self.transfers[currency] = units + money, worth + value

    # ------------------------------------------------------------------ journal

    def _exchange(self, position: DecimalPosition, amount: Num, money: Num) -> list[Leg]:
        """The legs of an asset that comes and money that comes, against the asset's account."""
        trading = position.trading_account
        legs: list[Leg] = []
        if money:
            legs += (
                (accounts.CASH, position.currency, money),
                (trading, position.currency, -money),
            )
        if amount:
            commodity = position.commodity
            legs += (accounts.POSITION, commodity, amount), (trading, commodity, -amount)
        return legs

    def _record_money(
        self, at: int, cause: str, counterpart: str, money: Num, currency: str
    ) -> tuple[Posting, ...]:
        legs = (accounts.CASH, currency, money), (counterpart, currency, -money)
        return self._record(at, cause, legs)

    def _record(self, at: int, cause: str, legs: Iterable[Leg]) -> tuple[Posting, ...]:
        if self.journal is None:
            return NOTHING
        legs = [leg for leg in legs if leg[2]]
        if not legs:
            return NOTHING
        return self.journal.append(at=at, strategy=self.strategy, cause=cause, legs=legs)
