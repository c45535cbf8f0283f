"""The ledger: the book of one account, in kernel numbers, changed by events only."""

from __future__ import annotations

from datetime import date
from math import copysign, inf, nan
from typing import TYPE_CHECKING, Any, Literal, Protocol

from rustybt.errors import InvalidArgument
from rustybt.finance import accounts
from rustybt.finance.book_events import (
    BookEvent,
    CapitalChange,
    CloseOut,
    CommissionCharge,
    DividendEarned,
    DividendPaid,
    Fill,
    Settlement,
    SplitApplied,
)
from rustybt.finance.journal import Journal, Leg, Posting
from rustybt.finance.position import DecimalPosition
from rustybt.finance.returns import ReturnChain
from rustybt.finance.session_figures import SessionFigures
from rustybt.finance.snapshot import PositionColumns
from rustybt.finance.totals import BookTotals, sum_positions, sum_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rustybt.assets import Asset
    from rustybt.finance.snapshot import SessionSnapshot
    from rustybt.values import Arithmetic, Num, Value

CashInLieu = Literal["market", "cost_basis"]

_NOTHING: tuple[Posting, ...] = ()


class PositionListener(Protocol):
    """Who follows which positions there are: the mapping that strategies see."""

    def opened(self, position: DecimalPosition) -> None:
        """A position now exists."""

    def closed(self, position: DecimalPosition) -> None:
        """A position no longer exists."""


def _nothing_to_refresh() -> None:
    """The hook of a ledger whose marks are set from outside."""


def _ends_by(asset: Asset, today: date) -> bool:
    return asset.auto_close_date is not None and asset.auto_close_date <= today


class DecimalLedger:
    """A book: cash, positions, receivables, and the journal that explains them.

    `apply` is the only way to change what is held; `mark` sets prices. Marking is lazy: the engine
    sets `stale` when the bar moves on and gives a `refresh` hook, which is called when a value is
    read for the first time since.

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
        journal: Whether to keep one; the arithmetic is the same without.

    Attributes:
        positions: What is held, in order of opening.
        receivables: Dividends earned and not yet paid (negative: owed), as money.
        contributed: Money put in less money taken out.
        journal: The journal, or None.
        stale: Whether prices have moved on since the last marking.
        refresh: Marks all positions at the current bar.
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
        journal: bool = True,
    ) -> None:
        self.arithmetic = arithmetic
        self.currency = currency
        self.strategy = strategy
        self.journal = Journal(arithmetic) if journal else None
        self.positions: dict[Asset, DecimalPosition] = {}
        self.receivables = arithmetic.zero
        self.stale = False
        self.refresh: Callable[[], None] = _nothing_to_refresh
        self._as_zipline = cash_in_lieu == "cost_basis"
        self._receivables_in_value = receivables_in_value
        self._pnl_includes_dividends = pnl_includes_dividends
        self._late_dividends = late_dividends
        self._owed: dict[tuple[Asset, int], Num] = {}
        self._listeners: list[PositionListener] = []
        self._totals: BookTotals | None = None
        self._columns: PositionColumns | None = None
        self._prices: tuple[Num, ...] | None = None
        self._futures = self._multiplied = 0
        self._next_end: date | None = None
        self._handlers: dict[type, Callable[[Any], tuple[Posting, ...]]] = {
            Fill: self._fill,
            CommissionCharge: self._charge,
            SplitApplied: self._split,
            DividendEarned: self._earn,
            DividendPaid: self._pay,
            CapitalChange: self._change_capital,
            CloseOut: self._close_out,
            Settlement: self._settle,
        }
        self.starting_cash = arithmetic.money(capital, "capital")
        self.contributed = self._cash = self.starting_cash
        self._record_money(at, "capital", accounts.CAPITAL, self.starting_cash)
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
        self._totals = self._columns = self._prices = None
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

    def due(self, day: int, at: int) -> tuple[DividendPaid, ...]:
        """The payments that arrive on a session, in order of earning.

        Args:
            day: The session, in days since 1970-01-01.
            at: Time of arrival.
        """
        return tuple(
            DividendPaid(asset=asset, at=at, pay=pay)
            for asset, pay in self._owed
            if pay == day or (self._late_dividends and pay < day)
        )

    def _fill(self, event: Fill) -> tuple[Posting, ...]:
        return self._execute(event, f"fill:{event.order_id}#{event.sequence}")

    def _close_out(self, event: CloseOut) -> tuple[Posting, ...]:
        fill = self.closing_fill(event)
        return _NOTHING if fill is None else self._execute(fill, f"close-out#{event.sequence}")

    def _execute(self, event: Fill, cause: str) -> tuple[Posting, ...]:
        assert event.amount, "a fill has an amount"
        position = self.positions.get(event.asset)
        if position is None:
            position = self._open(event)
        money = position.execute(event.amount, event.price, event.at)
        self._cash += money
        self.stale = True
        if not position.amount:
            self._close(position)
        if self.journal is None:
            return _NOTHING
        return self.journal.append(
            at=event.at,
            strategy=event.strategy,
            cause=cause,
            legs=self._exchange(position, event.amount, money),
        )

    def _charge(self, event: CommissionCharge) -> tuple[Posting, ...]:
        position = self.positions.get(event.asset)
        if position is not None:
            position.charge(event.amount)
        self._cash -= event.amount
        if self.journal is None or not event.amount:
            return _NOTHING
        return self.journal.append(
            at=event.at,
            strategy=event.strategy,
            cause=f"commission:{event.order_id}",
            legs=(
                (accounts.COMMISSION, self.currency, event.amount),
                (accounts.CASH, self.currency, -event.amount),
            ),
        )

    def _split(self, event: SplitApplied) -> tuple[Posting, ...]:
        position = self.positions.get(event.asset)
        if position is None:
            return _NOTHING
        before = position.amount
        cash = position.split(event.ratio)
        self._cash += cash
        if not position.amount:
            self._close(position)
        legs = self._exchange(position, position.amount - before, cash)
        return self._record(event.at, f"split:{position.commodity}", legs)

    def _earn(self, event: DividendEarned) -> tuple[Posting, ...]:
        position = self.positions.get(event.asset)
        if position is None:
            return _NOTHING
        owed = self.arithmetic.notional(position.amount, event.per_share)
        key = (event.asset, event.pay)
        self._owed[key] = self._owed.get(key, self.arithmetic.zero) + owed
        self.receivables += owed
        legs = (
            (accounts.RECEIVABLE_DIVIDENDS, self.currency, owed),
            (accounts.DIVIDENDS, self.currency, -owed),
        )
        return self._record(event.at, f"dividend-earned:{position.commodity}", legs)

    def _pay(self, event: DividendPaid) -> tuple[Posting, ...]:
        owed = self._owed.pop((event.asset, event.pay), None)
        if owed is None:
            return _NOTHING
        self.receivables -= owed
        self._cash += owed
        cause = f"dividend-paid:{accounts.commodity_of(event.asset)}"
        return self._record_money(event.at, cause, accounts.RECEIVABLE_DIVIDENDS, owed)

    def _change_capital(self, event: CapitalChange) -> tuple[Posting, ...]:
        before = self.portfolio_value()
        self._cash += event.amount
        self.contributed += event.amount
        self._returns.cut(before, before + event.amount)
        self._session.returns.cut(before, before + event.amount)
        return self._record_money(event.at, "capital", accounts.CAPITAL, event.amount)

    def _settle(self, event: Settlement) -> tuple[Posting, ...]:
        legs: list[Leg] = []
        for position in self.positions.values():
            if position.settles_daily:
                profit = position.settle(position.last_price)
                self._cash += profit
                legs += self._exchange(position, self.arithmetic.zero, profit)
        return self._record(event.at, "settlement", legs)

    # ------------------------------------------------------------------ journal

    def _exchange(self, position: DecimalPosition, amount: Num, money: Num) -> list[Leg]:
        """The legs of an asset that comes and money that comes, against the asset's account."""
        trading = position.trading_account
        legs: list[Leg] = []
        if money:
            legs += (accounts.CASH, self.currency, money), (trading, self.currency, -money)
        if amount:
            commodity = position.commodity
            legs += (accounts.POSITION, commodity, amount), (trading, commodity, -amount)
        return legs

    def _record_money(
        self, at: int, cause: str, counterpart: str, money: Num
    ) -> tuple[Posting, ...]:
        legs = (accounts.CASH, self.currency, money), (counterpart, self.currency, -money)
        return self._record(at, cause, legs)

    def _record(self, at: int, cause: str, legs: Iterable[Leg]) -> tuple[Posting, ...]:
        if self.journal is None:
            return _NOTHING
        legs = [leg for leg in legs if leg[2]]
        if not legs:
            return _NOTHING
        return self.journal.append(at=at, strategy=self.strategy, cause=cause, legs=legs)

    # ------------------------------------------------------------------ positions and marks

    def watch(self, listener: PositionListener) -> None:
        """Tell a listener of every position: those there are, then each that comes or goes."""
        self._listeners.append(listener)
        for position in self.positions.values():
            listener.opened(position)

    def _open(self, fill: Fill) -> DecimalPosition:
        position = DecimalPosition(
            fill.asset,
            self.arithmetic,
            price=fill.price,
            at=fill.at,
            as_zipline=self._as_zipline,
        )
        self.positions[fill.asset] = position
        self._next_end = None
        self._futures += position.settles_daily
        self._multiplied += position.multiplier is not None
        for listener in self._listeners:
            listener.opened(position)
        return position

    def _close(self, position: DecimalPosition) -> None:
        del self.positions[position.asset]
        self._futures -= position.settles_daily
        self._multiplied -= position.multiplier is not None
        for listener in self._listeners:
            listener.closed(position)

    def ended(self, today: date) -> list[Asset]:
        """The assets held whose last day is over or today, in order of opening."""
        if self._next_end is None:
            ends = (asset.auto_close_date for asset in self.positions)
            self._next_end = min((end for end in ends if end is not None), default=date.max)
        if today < self._next_end:
            return []
        return [asset for asset in self.positions if _ends_by(asset, today)]

    def mark(self, asset: Asset, price: Num, at: int) -> None:
        """Set the price that a position is valued at; nothing happens without a position."""
        position = self.positions.get(asset)
        if position is not None:
            position.mark(price, at)
            self._totals = self._prices = None

    def mark_all(self, prices: Iterable[Num | None], at: int) -> None:
        """Mark the positions, in order of opening; one without a price keeps its mark."""
        for position, price in zip(self.positions.values(), prices, strict=True):
            if price is not None:
                position.last_price = price
                position.last_at = at
        self._totals = self._prices = None

    def freshen(self) -> None:
        """Call the `refresh` hook if prices have moved on since the last marking."""
        if self.stale:
            self.stale = False
            self.refresh()
            self._totals = self._prices = None

    # ------------------------------------------------------------------ values

    def position_columns(self) -> PositionColumns:
        """The positions at the newest marks; columns that no event has changed are shared."""
        if self._columns is None:
            held = self.positions.values()
            self._columns = PositionColumns(
                tuple(self.positions),
                tuple([position.amount for position in held]),
                tuple([position.unit_cost() for position in held]),
            )
        assets, amounts, cost_bases, _ = self._columns
        return PositionColumns(assets, amounts, cost_bases, self._last_prices())

    def _last_prices(self) -> tuple[Num, ...]:
        if self._prices is None:
            self._prices = tuple([p.last_price for p in self.positions.values()])
        return self._prices

    @property
    def cash(self) -> Num:
        """Money in the account, the unsettled profit of futures included."""
        if self._futures:
            self.freshen()
        return self.cash_as_marked()

    def cash_as_marked(self) -> Num:
        """The cash at the newest marks, without asking for newer ones."""
        return self._cash + self.totals_as_marked().unsettled if self._futures else self._cash

    def totals(self) -> BookTotals:
        """Values and exposures of the positions at the current prices."""
        self.freshen()
        return self.totals_as_marked()

    def totals_as_marked(self) -> BookTotals:
        """Values and exposures at the newest marks, without asking for newer ones."""
        if self._totals is None:
            held = self.positions.values()
            if self._futures or self._multiplied:
                self._totals = sum_positions(held, self.arithmetic)
            else:
                columns = self._columns
                amounts = [p.amount for p in held] if columns is None else columns.amounts
                self._totals = sum_values(amounts, self._last_prices(), self.arithmetic)
        return self._totals

    def portfolio_value(self) -> Num:
        """Cash, positions and, where the rules say so, receivables at the current prices."""
        self.freshen()
        return self.value_as_marked()

    def value_as_marked(self) -> Num:
        """The portfolio value at the newest marks, without asking for newer ones."""
        value = self.cash_as_marked() + self.totals_as_marked().net_value
        return value + self.receivables if self._receivables_in_value else value

    def cash_flow(self) -> Num:
        """All money that came (positive) or went, but for capital."""
        return self.cash - self.contributed

    def pnl(self) -> Num:
        """Profit or loss since the start."""
        return self.portfolio_value() - self.contributed

    def returns(self) -> Value:
        """Time-weighted return since the start, a public value."""
        return self._returns.value(self.portfolio_value())

    def gross_leverage(self) -> Value:
        """Gross exposure over portfolio value; infinite where that is zero."""
        return self._leverage(self.totals().gross_exposure)

    def net_leverage(self) -> Value:
        """Net exposure over portfolio value; infinite where that is zero."""
        return self._leverage(self.totals().net_exposure)

    def _leverage(self, exposure: Num) -> Value:
        if self.portfolio_value():
            return self.over_value(exposure)
        return self.arithmetic.constant(inf)

    def over_value(self, money: Num) -> Value:
        """Money over portfolio value, a public value; infinite or NaN where that is zero."""
        value = self.portfolio_value()
        if value:
            return self.arithmetic.quotient(money, value)
        return self.arithmetic.constant(copysign(inf, money) if money else nan)

    # ------------------------------------------------------------------ sessions

    def start_session(
        self, *, day: int, at: int, dividends: Iterable[DividendEarned] = ()
    ) -> tuple[Posting, ...]:
        """Begin a session: earn its dividends, then take in the payments that are due.

        Capital changes of the morning come before, splits after: the session's starting figures
        are those in between, at the last session's marks.

        Args:
            day: The session, in days since 1970-01-01.
            at: Its start, nanoseconds UTC.
            dividends: Those with this ex-date.

        Returns:
            What was posted.
        """
        self._session = SessionFigures(self)
        earned = tuple(dividends)
        postings = [posting for event in earned for posting in self.apply(event)]
        paid = self.due(day, at)
        postings += [posting for event in paid for posting in self.apply(event)]
        if earned or paid:
            self._session.dividends_done(self, in_pnl=self._pnl_includes_dividends)
        return tuple(postings)

    def end_session(self, *, session: date, period_open: int, period_close: int) -> SessionSnapshot:
        """End a session: settle futures at the current prices and report the book's state.

        Args:
            session: The session's label.
            period_open: Its first minute, nanoseconds UTC.
            period_close: Its close, nanoseconds UTC.
        """
        self.freshen()
        if self._futures:
            self.apply(Settlement(at=period_close))
        return self._session.snapshot(
            self, session=session, period_open=period_open, period_close=period_close
        )
