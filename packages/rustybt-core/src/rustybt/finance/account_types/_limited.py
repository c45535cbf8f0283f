"""What cash and margin accounts share: settlement, and values in the account's currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rustybt.errors import InsufficientFundsError
from rustybt.finance.account_types._arguments import OnRefusal
from rustybt.finance.account_types._base import Funds
from rustybt.finance.account_types._pricing import Pricing
from rustybt.finance.account_types._settlement import SettlementBook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance.book_events import Fill
    from rustybt.finance.holdings import Holdings
    from rustybt.values import Num, Value


class LimitedFunds(Funds):
    """The base of accounts that have limits.

    Args:
        book: Cash and positions of the account.
        one_currency: Whether everything counts as quoted in the currency of the account.
        days: Sessions to settlement by asset class.
        on_refusal: What happens to an order that is not allowed.
    """

    limited: ClassVar[bool] = True

    def __init__(
        self,
        book: Holdings,
        *,
        one_currency: bool,
        days: Mapping[str, int],
        on_refusal: OnRefusal,
    ) -> None:
        super().__init__(book)
        self.on_refusal = on_refusal
        self._pricing = Pricing(book, one_currency=one_currency)
        self._settlement = SettlementBook(book.arithmetic, days)

    def start_session(self, session: int, day: date) -> None:
        self._settlement.start_session(session)

    def filled(self, fills: Iterable[Fill]) -> None:
        for fill in fills:
            if fill.amount < 0 and not fill.asset.settles_daily:
                money = self._pricing.local(fill.asset, -fill.amount, fill.price)
                currency = self._pricing.currency_of(fill.asset)
                self._settlement.sold(fill.asset.asset_class, money, currency)

    def settled_cash(self) -> Num:
        return self._book.cash - self._unsettled()

    def _unsettled(self) -> Num:
        return self._settlement.unsettled(self._book.worth)

    def _held(self, asset: Asset) -> Num:
        position = self._book.positions.get(asset)
        return self._book.arithmetic.zero if position is None else position.amount

    def _require(self, asset: Asset, amount: Num, required: Num, available: Num) -> None:
        """Refuse an order that requires more than there is."""
        if required > available:
            raise InsufficientFundsError(
                asset=asset,
                amount=self._book.arithmetic.amount_value(amount),
                required=self._shown(required),
                available=self._shown(available),
                currency=self._book.currency,
            )

    def _shown(self, money: Num) -> Value:
        return self._book.arithmetic.money_value(money)
