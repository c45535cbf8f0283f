"""The cash account: what is bought is paid for, nothing is sold that is not held."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rustybt.errors import InsufficientFundsError, ShortSaleRefused
from rustybt.finance.account_types._arguments import checked_refusal
from rustybt.finance.account_types._limited import LimitedFunds
from rustybt.finance.account_types._lots import most_lots
from rustybt.finance.account_types._settlement import SettlementDays, settlement_days_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance.account_types._arguments import OnRefusal
    from rustybt.finance.account_types._base import OpenOrder
    from rustybt.finance.book_events import Fill
    from rustybt.finance.holdings import Holdings
    from rustybt.values import Num

_FREEZE: Final = timedelta(days=90)


class CashAccount:
    """An account without credit: a purchase has to be covered by cash that has settled.

    Short sales are refused. A future or perpetual swap, which takes no money when it is bought,
    keeps cash for the whole value of its contracts from being spent. Cash is the money of all
    currencies together, at the rates as of now: a purchase may bring a balance in one of them below
    zero. An exchange may not: it gives no more of a currency than there is.

    With `allow_unsettled` proceeds of sales can be spent before they settle. What was bought with
    them is not paid for until they settle; selling it earlier is free-riding, for which the
    account is frozen for 90 calendar days: purchases then need settled cash again (Regulation T,
    12 CFR 220.8(c)).

    Args:
        settlement_days: Sessions from trade to settlement: of equities, or by asset class. Where
            nothing is said equities take 1, futures and crypto 0, forex 2.
        allow_unsettled: Whether purchases may use proceeds that have not settled.
        on_refusal: "reject": an order that is not covered is refused; "fail": its error is
            raised.

    Raises:
        InvalidArgument: Days that are no whole number of sessions, or no such choice.
    """

    name: ClassVar[str] = "cash"

    def __init__(
        self,
        settlement_days: SettlementDays = 1,
        *,
        allow_unsettled: bool = False,
        on_refusal: OnRefusal = "reject",
    ) -> None:
        self.settlement_days = settlement_days_of(settlement_days)
        self.allow_unsettled = allow_unsettled
        self.on_refusal = checked_refusal(on_refusal)

    def open(self, book: Holdings, *, one_currency: bool = False) -> CashFunds:
        """The funds of one run."""
        return CashFunds(
            book,
            one_currency=one_currency,
            days=self.settlement_days,
            on_refusal=self.on_refusal,
            allow_unsettled=self.allow_unsettled,
        )

    def arguments(self) -> dict[str, Any]:
        return {
            "settlement_days": dict(self.settlement_days),
            "allow_unsettled": self.allow_unsettled,
            "on_refusal": self.on_refusal,
        }

    def __repr__(self) -> str:
        return (
            f"CashAccount(settlement_days={dict(self.settlement_days)}, "
            f"allow_unsettled={self.allow_unsettled})"
        )


class CashFunds(LimitedFunds):
    """The money of a cash account.

    Args:
        book: Cash and positions of the account.
        one_currency: Whether everything counts as quoted in the currency of the account.
        days: Sessions to settlement by asset class.
        on_refusal: What happens to an order that is not covered.
        allow_unsettled: Whether purchases may use proceeds that have not settled.

    Attributes:
        frozen_until: Until when purchases need settled cash because of free-riding; None when
            there was none.
    """

    def __init__(
        self,
        book: Holdings,
        *,
        one_currency: bool,
        days: Mapping[str, int],
        on_refusal: OnRefusal,
        allow_unsettled: bool,
    ) -> None:
        super().__init__(book, one_currency=one_currency, days=days, on_refusal=on_refusal)
        self.frozen_until: date | None = None
        self._allow_unsettled = allow_unsettled
        self._day: date | None = None
        self._paid_in: dict[Asset, int] = {}
        self._claimed = book.arithmetic.zero
        self._moved: dict[Asset, Num] = {}

    # ------------------------------------------------------------------ questions

    def check(
        self,
        asset: Asset,
        amount: Num,
        price: Num,
        *,
        commission: Num = 0,
        open_orders: Iterable[OpenOrder] = (),
    ) -> None:
        if amount < 0:
            self._check_sale(asset, amount, open_orders)
            return
        if amount <= -self._held(asset):
            return
        self._book.freshen()
        pricing = self._pricing
        reserved = sum(
            (pricing.value(o.asset, o.amount, o.price) for o in open_orders if o.amount > 0),
            self._book.arithmetic.zero,
        )
        required = self._cost(asset, amount, price, commission)
        available = self._free() - reserved
        self._require(asset, amount, required, available)

    def _check_sale(self, asset: Asset, amount: Num, open_orders: Iterable[OpenOrder]) -> None:
        sold = sum(o.amount for o in open_orders if o.asset == asset and o.amount < 0)
        left = self._held(asset) + sold
        if left + amount < 0:
            shown = self._book.arithmetic.amount_value
            raise ShortSaleRefused(asset=asset, amount=shown(amount), held=shown(left))

    def check_exchange(self, sell: str, amount: Num) -> None:
        held = self._book.balances.get(sell, self._book.arithmetic.zero)
        if amount > held:
            shown = self._book.arithmetic.money_value
            raise InsufficientFundsError(
                asset=sell,
                amount=shown(amount),
                required=shown(amount),
                available=shown(max(held, self._book.arithmetic.zero)),
                currency=sell,
            )

    def affordable(self, asset: Asset, amount: Num, price: Num, commission: Num = 0) -> Num:
        arithmetic, zero = self._book.arithmetic, self._book.arithmetic.zero
        free = self._free() - self._claimed
        if amount > 0:
            return most_lots(
                asset,
                amount,
                lambda part: not part or self._cost(asset, part, price, commission) <= free,
                arithmetic,
            )
        held = max(zero, self._held(asset) + self._moved.get(asset, zero))
        sold = max(amount, -held)
        cash = self._book.cash_as_marked() - self._claimed
        return sold if cash + self._brought(asset, sold, price, commission) >= 0 else zero

    def _cost(self, asset: Asset, amount: Num, price: Num, commission: Num) -> Num:
        """Value and commission of a purchase, in the currency of the account."""
        value = abs(self._pricing.local(asset, amount, price))
        return self._pricing.worth(asset, value + self._charged(commission))

    def _brought(self, asset: Asset, amount: Num, price: Num, commission: Num) -> Num:
        """What a sale adds to cash; one of a future what its price has changed."""
        position = self._book.positions.get(asset)
        if position is not None and position.settles_daily:
            price -= position.last_price
        money = self._pricing.local(asset, -amount, price)
        return self._pricing.worth(asset, money - self._charged(commission))

    def _charged(self, commission: Num) -> Num:
        """A commission; one that is paid back counts as none."""
        return max(commission, self._book.arithmetic.zero)

    # ------------------------------------------------------------------ what happens

    def claim(self, asset: Asset, amount: Num, price: Num, commission: Num = 0) -> None:
        zero = self._book.arithmetic.zero
        self._moved[asset] = self._moved.get(asset, zero) + amount
        if amount > 0:
            self._claimed += self._cost(asset, amount, price, commission)
        elif self._spends_all() or self._settlement.settles_at_once(asset):
            self._claimed -= self._brought(asset, amount, price, commission)
        else:
            self._claimed += self._pricing.worth(asset, self._charged(commission))

    def filled(self, fills: Iterable[Fill]) -> None:
        executed = list(fills)
        super().filled(executed)
        self._claimed = self._book.arithmetic.zero
        self._moved.clear()
        if self._allow_unsettled:
            self._note_free_riding(executed)

    def _note_free_riding(self, fills: list[Fill]) -> None:
        """Freeze the account for sales of what is not paid for; note what is bought so."""
        value, zero = self._pricing.value, self._book.arithmetic.zero
        costs = [max(value(fill.asset, fill.amount, fill.price), zero) for fill in fills]
        settled = self._book.cash_as_marked() - self._unsettled() + sum(costs, zero)
        for fill, cost in zip(fills, costs, strict=True):
            if fill.amount < 0:
                self._sell_unpaid(fill)
                continue
            settled -= cost
            if settled < 0:
                self._paid_in[fill.asset] = self._session_that_pays(-settled)

    def _sell_unpaid(self, fill: Fill) -> None:
        paid_in = self._paid_in.pop(fill.asset, 0)
        by_choice = fill.order_id is not None
        if by_choice and self._settlement.session < paid_in and self._day is not None:
            self.frozen_until = self._day + _FREEZE

    def _session_that_pays(self, debt: Num) -> int:
        """The session in which so much will have settled."""
        session = self._settlement.session
        for session, money in self._settlement.schedule(self._book.worth):  # noqa: B007 - the last
            debt -= money
            if debt <= 0:
                break
        return session

    def start_session(self, session: int, day: date) -> None:
        super().start_session(session, day)
        self._day = day
        if self.frozen_until is not None and day >= self.frozen_until:
            self.frozen_until = None

    # ------------------------------------------------------------------ figures

    def _free(self) -> Num:
        """What can be spent, at the newest marks."""
        totals = self._book.totals_as_marked()
        kept = totals.gross_exposure - (totals.long_value - totals.short_value)
        free = self._book.cash_as_marked() - kept
        return free if self._spends_all() else free - self._unsettled()

    def _spends_all(self) -> bool:
        """Whether money that has not settled may be spent."""
        return self._allow_unsettled and self.frozen_until is None

    def available_funds(self) -> Num:
        self._book.freshen()
        return self._free()

    def excess_liquidity(self) -> Num:
        return self.available_funds()

    def buying_power(self) -> Num | None:
        return max(self.available_funds(), self._book.arithmetic.zero)

    def regt_equity(self) -> Num:
        return self._book.portfolio_value()

    def initial_margin(self) -> Num | None:
        """All that is held is paid for in full."""
        return self._book.totals().gross_exposure

    def maintenance_margin(self) -> Num | None:
        return self.initial_margin()

    def regt_margin(self) -> Num | None:
        return self.initial_margin()
