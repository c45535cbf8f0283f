"""What a session began with and ended with: the book's contribution to a performance row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from rustybt.finance.fx_profit import foreign_equities, fx_profit
from rustybt.finance.returns import ReturnChain
from rustybt.finance.snapshot import SessionSnapshot

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from rustybt.finance.accounts import CostKind
    from rustybt.finance.snapshot import PositionColumns
    from rustybt.finance.totals import BookTotals
    from rustybt.values import Arithmetic, Num, Value


class ValuedBook(Protocol):
    """What a session's figures are read from: the book."""

    arithmetic: Arithmetic
    contributed: Num
    costs: dict[CostKind, Num]
    dividends: Num
    currency: str
    transfers: dict[str, tuple[Num, Num]]

    def cash_as_marked(self) -> Num:
        """Cash at the newest marks."""

    def totals_as_marked(self) -> BookTotals:
        """Values and exposures at the newest marks."""

    def value_as_marked(self) -> Num:
        """Portfolio value at the newest marks."""

    def foreign_currencies(self) -> Collection[str]:
        """The other currencies that something is held in."""

    def equity_in(self, currency: str) -> Num:
        """Everything that is held in one currency, in that currency."""

    def worth(self, money: Num, currency: str) -> Num:
        """Money of any currency in that of the account."""

    def position_columns(self) -> PositionColumns:
        """The positions at the newest marks."""

    def gross_leverage(self) -> Value:
        """Gross exposure over portfolio value."""

    def net_leverage(self) -> Value:
        """Net exposure over portfolio value."""


class Figures(NamedTuple):
    """A book in five figures, at its newest marks."""

    cash: Num
    value: Num
    exposure: Num
    cash_flow: Num
    pnl: Num


def _figures(book: ValuedBook) -> Figures:
    totals = book.totals_as_marked()
    cash = book.cash_as_marked()
    return Figures(
        cash=cash,
        value=totals.net_value,
        exposure=totals.net_exposure,
        cash_flow=cash - book.contributed,
        pnl=book.value_as_marked() - book.contributed,
    )


class SessionFigures:
    """The figures of one session, from the morning on.

    Return and cash flow count from before the dividends; starting cash, value and exposure are
    taken after them. The profit counts from before or after them, as the rules say.

    Args:
        book: The ledger as the session begins.
        opening: Its figures, where they are known.

    Attributes:
        returns: The return of the session so far.
        closing: The figures of the latest snapshot.
    """

    __slots__ = ("_costs", "_dividends", "_foreign", "_opening", "closing", "returns")

    def __init__(self, book: ValuedBook, opening: Figures | None = None) -> None:
        self.returns = ReturnChain(book.arithmetic, book.value_as_marked())
        self._opening = self.closing = _figures(book) if opening is None else opening
        self._costs = book.costs.copy()
        self._dividends = book.dividends
        self._foreign = foreign_equities(book)

    def morning_done(self, book: ValuedBook, *, dividends_in_pnl: bool) -> None:
        """Take the starting figures: the night is paid for, dividends are earned and paid."""
        before = self._opening
        after = _figures(book)
        self._opening = after._replace(
            cash_flow=before.cash_flow, pnl=before.pnl if dividends_in_pnl else after.pnl
        )

    def snapshot(
        self, book: ValuedBook, *, session: date, period_open: int, period_close: int
    ) -> SessionSnapshot:
        """The session so far, as a performance row needs it."""
        opening, closing = self._opening, _figures(book)
        self.closing = closing
        totals = book.totals_as_marked()
        value = book.value_as_marked()
        gross = book.gross_leverage()
        return SessionSnapshot(
            session=session,
            period_open=period_open,
            period_close=period_close,
            starting_cash=opening.cash,
            ending_cash=closing.cash,
            starting_value=opening.value,
            ending_value=closing.value,
            starting_exposure=opening.exposure,
            ending_exposure=closing.exposure,
            long_value=totals.long_value,
            short_value=totals.short_value,
            long_exposure=totals.long_exposure,
            short_exposure=totals.short_exposure,
            longs_count=totals.longs_count,
            shorts_count=totals.shorts_count,
            capital_used=closing.cash_flow - opening.cash_flow,
            pnl=closing.pnl - opening.pnl,
            portfolio_value=value,
            returns=self.returns.value(value),
            gross_leverage=gross,
            net_leverage=book.net_leverage() if totals.short_exposure else gross,
            positions=book.position_columns(),
            costs={kind: cost - self._costs[kind] for kind, cost in book.costs.items()},
            dividends=book.dividends - self._dividends,
            fx_pnl=fx_profit(book, self._foreign),
        )
