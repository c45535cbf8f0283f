"""The ledger: the book of one account, in kernel numbers, changed by events only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rustybt.errors import InvalidArgument
from rustybt.finance import accounts
from rustybt.finance.action_events import SharesPaid
from rustybt.finance.book_events import (
    BookEvent,
    CapitalChange,
    CloseOut,
    CommissionCharge,
    CurrencyExchanged,
    DividendEarned,
    DividendPaid,
    FeeCharged,
    Fill,
    Settlement,
    SplitApplied,
)
from rustybt.finance.bookkeeping import NOTHING
from rustybt.finance.lot_events import MoneyPaid
from rustybt.finance.returns import ReturnChain
from rustybt.finance.rights import RightsOfferings
from rustybt.finance.session_figures import SessionFigures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance.journal import Leg, Posting
    from rustybt.finance.position import DecimalPosition
    from rustybt.finance.snapshot import SessionSnapshot
    from rustybt.finance.withholding import WithholdingModel
    from rustybt.values import Arithmetic, Num, Value

CashInLieu = Literal["market", "cost_basis"]


class DecimalLedger(RightsOfferings):
    """A book: cash, positions, receivables, and the journal that explains them.

    `apply` is the only way to change what is held; `mark` sets prices.

    Args:
        arithmetic: The policy of all numbers.
        capital: Money to start with, a public value.
        currency: The currency of the account.
        strategy: Who owns what no order is behind: capital, dividends, splits.
        at: Time of the first deposit, nanoseconds UTC.
        cash_in_lieu: What pays for a fraction of a share after a split: the ``"market"`` price,
            or zipline's ``"cost_basis"`` (with zipline's float average as cost basis throughout).
        receivables_in_value: Whether dividends that were earned and not yet paid count as value.
        pnl_includes_dividends: Whether a session's profit includes its morning's dividends.
        late_dividends: Whether a dividend whose pay date was no session is paid on the next one;
            otherwise never.
        one_currency: Whether everything counts as quoted in the currency of the account.
        journal: Whether to keep one; the arithmetic is the same without.

    Attributes:
        contributed: Money put in less money taken out.
        withholding: The tax that is taken from a dividend that is paid, None for none; who is
            short owes the whole dividend.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each rule of the book
        self,
        arithmetic: Arithmetic,
        capital: Value,
        *,
        currency: str = "USD",
        strategy: str = "strategy",
        at: int = 0,
        cash_in_lieu: CashInLieu = "market",
        receivables_in_value: bool = True,
        pnl_includes_dividends: bool = True,
        late_dividends: bool = True,
        one_currency: bool = False,
        journal: bool = True,
    ) -> None:
        super().__init__(
            arithmetic,
            currency=currency,
            strategy=strategy,
            as_zipline=cash_in_lieu == "cost_basis",
            receivables_in_value=receivables_in_value,
            one_currency=one_currency,
            journal=journal,
        )
        self.withholding: WithholdingModel | None = None
        self._pnl_includes_dividends = pnl_includes_dividends
        self._late_dividends = late_dividends
        self._entitlements: dict[tuple[Asset, int, str], Num] = {}
        self._handlers: dict[type, Callable[[Any], tuple[Posting, ...]]] = {
            Fill: self._fill,
            CommissionCharge: self._charge,
            FeeCharged: self._fee,
            CurrencyExchanged: self._exchange_money,
            SplitApplied: self._split,
            DividendEarned: self._earn,
            DividendPaid: self._pay,
            CapitalChange: self._change_capital,
            CloseOut: self._close_out,
            Settlement: self._settle,
            **self._action_handlers(),
        }
        self.starting_cash = arithmetic.money(capital, "capital")
        self.contributed = self.balances[currency] = self.starting_cash
        self._record_money(at, "capital", accounts.CAPITAL, self.starting_cash, currency)
        self._returns = ReturnChain(arithmetic, self.starting_cash)
        self._session = SessionFigures(self)

    # ------------------------------------------------------------------ events

    def apply(self, event: BookEvent) -> tuple[Posting, ...]:
        """Change the book as the event says and return the postings of its journal entry.

        Raises:
            InvalidArgument: It is no event of a book.
        """
        handler = self._handlers.get(type(event))
        if handler is None:
            raise InvalidArgument(field="event", value=event, reason="it is no event of a book")
        postings = handler(event)
        self._changed()
        return postings

    def closing_fill(self, event: CloseOut) -> Fill | None:
        """The execution that a close-out means for the book as it is; None without a position."""
        position = self.positions.get(event.asset)
        if position is None:
            return None
        return Fill(
            order_id=None,
            asset=event.asset,
            at=event.at,
            session=event.session,
            amount=-position.amount,
            price=position.last_price if event.price is None else event.price,
            sequence=event.sequence,
            strategy=self.strategy,
        )

    def due(self, day: int, at: int) -> tuple[DividendPaid | SharesPaid, ...]:
        """The payments that arrive on a session, in order of earning: money, then shares.

        Args:
            day: The session, in days since 1970-01-01.
            at: Time of arrival.
        """
        money = tuple(
            DividendPaid(asset, at, pay, currency)
            for asset, pay, currency in self._entitlements
            if self._is_due(pay, day)
        )
        if not self._shares_owed:
            return money
        owed = [key for key in self._shares_owed if self._is_due(key[1], day)]
        return money + tuple(SharesPaid(asset, at, pay) for asset, pay in owed)

    def _is_due(self, pay: int, day: int) -> bool:
        return pay == day or (self._late_dividends and pay < day)

    def _fill(self, event: Fill) -> tuple[Posting, ...]:
        return self._execute(event, f"fill:{event.order_id}#{event.sequence}")

    def _close_out(self, event: CloseOut) -> tuple[Posting, ...]:
        fill = self.closing_fill(event)
        return NOTHING if fill is None else self._execute(fill, f"close-out#{event.sequence}")

    def _execute(self, event: Fill, cause: str) -> tuple[Posting, ...]:
        assert event.amount, "a fill has an amount"
        position = self.positions.get(event.asset)
        if position is None:
            position = self._open(event.asset, event.price, event.at)
        money = position.execute(event.amount, event.price, event.at)
        self._receive(money, position.currency)
        self.stale = True
        if not position.amount:
            self._close(position)
        slipped = self._slippage(event, position)
        if self.journal is None:
            return NOTHING
        legs = self._exchange(position, event.amount, money)
        if slipped:
            account = accounts.expense("slippage")
            legs += (
                (account, position.currency, slipped),
                (position.trading_account, position.currency, -slipped),
            )
        return self.journal.append(at=event.at, strategy=event.strategy, cause=cause, legs=legs)

    def _slippage(self, event: Fill, position: DecimalPosition) -> Num:
        """What the fill cost over its reference price, in the position's currency."""
        if event.reference is None or event.reference == event.price:
            return self.arithmetic.zero
        worse = event.price - event.reference
        money = self.arithmetic.notional(event.amount, worse, position.multiplier)
        self._cost("slippage", money, position.currency)
        return money

    def _charge(self, event: CommissionCharge) -> tuple[Posting, ...]:
        position = self.positions.get(event.asset)
        if position is not None:
            position.charge(event.amount)
        currency = self._currency_of(event.asset)
        self._receive(-event.amount, currency)
        self._cost("commission", event.amount, currency)
        if self.journal is None or not event.amount:
            return NOTHING
        return self.journal.append(
            at=event.at,
            strategy=event.strategy,
            cause=f"commission:{event.order_id}",
            legs=(
                (accounts.COMMISSION, currency, event.amount),
                (accounts.CASH, currency, -event.amount),
            ),
        )

    def _fee(self, event: FeeCharged) -> tuple[Posting, ...]:
        self._receive(-event.amount, event.currency)
        self._cost(event.kind, event.amount, event.currency)
        if event.asset is not None and event.kind != "commission":
            self._tell_cost(event.asset, event.at, event.amount, event.currency)
        about = "" if event.asset is None else f":{accounts.commodity_of(event.asset)}"
        account = accounts.expense(event.kind)
        cause = f"{event.kind}{about}"
        return self._record_money(event.at, cause, account, -event.amount, event.currency)

    def _tell_cost(self, asset: Asset, at: int, money: Num, currency: str) -> None:
        if money:
            own = self._converted(money, currency, self._currency_of(asset))
            self.follow(MoneyPaid(asset, at, "cost", -own))

    def _exchange_money(self, event: CurrencyExchanged) -> tuple[Posting, ...]:
        zero = self.arithmetic.zero
        paid = event.cost if event.cost_currency == event.sold else zero
        given, received = event.sold_amount - paid, event.bought_amount + event.cost - paid
        value = given if event.sold == self.currency else self.worth(received, event.bought)
        self._receive(-event.sold_amount, event.sold)
        self._receive(event.bought_amount, event.bought)
        self._transfer(event.sold, -given, -value)
        self._transfer(event.bought, received, value)
        self._cost("conversion", event.cost, event.cost_currency)
        if self.journal is None:
            return NOTHING
        between = accounts.exchange_account(event.sold, event.bought)
        legs = (
            (accounts.CASH, event.sold, -event.sold_amount),
            (between, event.sold, given),
            (accounts.CASH, event.bought, event.bought_amount),
            (between, event.bought, -received),
            (accounts.expense("conversion"), event.cost_currency, event.cost),
        )
        return self.journal.append(
            at=event.at,
            strategy=event.strategy,
            cause=f"exchange:{event.sold}/{event.bought}",
            legs=[leg for leg in legs if leg[2]],
        )

    def _split(self, event: SplitApplied) -> tuple[Posting, ...]:
        position = self.positions.get(event.asset)
        if position is None:
            return NOTHING
        self._check(event.asset)
        return self._rescale(position, event.ratio, event.at, "split")

    def _earn(self, event: DividendEarned) -> tuple[Posting, ...]:
        position = self.positions.get(event.asset)
        if position is None:
            return NOTHING
        self._check(event.asset)
        owed = self.arithmetic.notional(position.amount, event.per_share)
        currency = self._paid_in(event.currency, event.asset)
        key = (event.asset, event.pay, currency)
        self._entitlements[key] = self._entitlements.get(key, self.arithmetic.zero) + owed
        self.owed[currency] = self.owed.get(currency, self.arithmetic.zero) + owed
        self.dividends += self.worth(owed, currency)
        own = self._converted(owed, currency, position.currency)
        self.follow(MoneyPaid(event.asset, event.at, "dividend", own))
        legs = (
            (accounts.RECEIVABLE_DIVIDENDS, currency, owed),
            (accounts.DIVIDENDS, currency, -owed),
        )
        return self._record(event.at, f"dividend-earned:{position.commodity}", legs)

    def _pay(self, event: DividendPaid) -> tuple[Posting, ...]:
        currency = self._paid_in(event.currency, event.asset)
        owed = self._entitlements.pop((event.asset, event.pay, currency), None)
        if owed is None:
            return NOTHING
        tax = self._tax(event.asset, owed, currency)
        self.owed[currency] -= owed
        self._receive(owed - tax, currency)
        self._cost("withholding", tax, currency)
        self._tell_cost(event.asset, event.at, tax, currency)
        cause = f"dividend-paid:{accounts.commodity_of(event.asset)}"
        legs = (
            (accounts.CASH, currency, owed - tax),
            (accounts.expense("withholding"), currency, tax),
            (accounts.RECEIVABLE_DIVIDENDS, currency, -owed),
        )
        return self._record(event.at, cause, legs)

    def _tax(self, asset: Asset, owed: Num, currency: str) -> Num:
        if self.withholding is None or owed <= 0:
            return self.arithmetic.zero
        return self.withholding.tax(asset, owed, currency, self.arithmetic)

    def _change_capital(self, event: CapitalChange) -> tuple[Posting, ...]:
        currency = event.currency or self.currency
        before = self.portfolio_value()
        value = self.worth(event.amount, currency)
        self._receive(event.amount, currency)
        self._transfer(currency, event.amount, value)
        self.contributed += value
        self._returns.cut(before, before + value)
        self._session.returns.cut(before, before + value)
        return self._record_money(event.at, "capital", accounts.CAPITAL, event.amount, currency)

    def _settle(self, event: Settlement) -> tuple[Posting, ...]:
        legs: list[Leg] = []
        for position in self.positions.values():
            if position.settles_daily:
                profit = position.settle(position.last_price)
                self._receive(profit, position.currency)
                legs += self._exchange(position, self.arithmetic.zero, profit)
        return self._record(event.at, "settlement", legs)

    # ------------------------------------------------------------------ result so far

    def cash_flow(self) -> Num:
        """All money that came (positive) or went, but for capital."""
        return self.cash - self.contributed

    def pnl(self) -> Num:
        """Profit or loss since the start."""
        return self.portfolio_value() - self.contributed

    def returns(self) -> Value:
        """Time-weighted return since the start, a public value."""
        return self._returns.value(self.portfolio_value())

    # ------------------------------------------------------------------ sessions

    def start_session(
        self,
        *,
        day: int,
        at: int,
        fees: Iterable[FeeCharged] = (),
        dividends: Iterable[DividendEarned] = (),
    ) -> tuple[Posting, ...]:
        """Begin a session: pay for the night, earn dividends, take in payments that are due.

        Capital changes of the morning come before, splits after: the session's starting figures
        are those in between, at the last session's marks.

        Args:
            day: The session, in days since 1970-01-01.
            at: Its start, nanoseconds UTC.
            fees: What the night has cost.
            dividends: Those with this ex-date.

        Returns:
            What was posted.
        """
        self._session = SessionFigures(self, self._closing)
        earned: list[BookEvent] = [*fees, *dividends]
        postings = [posting for event in earned for posting in self.apply(event)]
        paid = self.due(day, at)
        postings += [posting for event in paid for posting in self.apply(event)]
        if earned or paid:
            self._session.morning_done(self, dividends_in_pnl=self._pnl_includes_dividends)
        return tuple(postings)

    def end_session(self, *, session: date, period_open: int, period_close: int) -> SessionSnapshot:
        """End a session: settle futures and swaps at the current prices, report the state.

        Args:
            session: The session's label.
            period_open: Its first minute, nanoseconds UTC.
            period_close: Its close, nanoseconds UTC.
        """
        self.freshen()
        if self._futures:
            self.apply(Settlement(at=period_close))
        snapshot = self._session.snapshot(
            self, session=session, period_open=period_open, period_close=period_close
        )
        self._closing = self._session.closing
        return snapshot
