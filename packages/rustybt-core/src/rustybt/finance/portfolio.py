"""What a strategy sees of its book: portfolio and account, read only.

The objects hold nothing: every attribute reads the ledger through the run's `ValueView`. Reading an
amount or cash is cheap; reading a price or a value marks the positions at the current bar first, if
that has not happened yet.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from rustybt.finance.positions import Positions, describe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance.ledger import DecimalLedger
    from rustybt.values import Value
    from rustybt.views import ValueView


class Portfolio:
    """A strategy's holdings, cash and result so far, under Zipline's names.

    Args:
        ledger: The book.
        view: How numbers and times are shown.
        start_date: Label of the run's first session.
    """

    __slots__ = ("_ledger", "_positions", "_start_date", "_view")

    def __init__(self, ledger: DecimalLedger, view: ValueView, *, start_date: date) -> None:
        self._ledger = ledger
        self._view = view
        self._positions = Positions(ledger, view)
        self._start_date = view.session(start_date)

    @property
    def positions(self) -> Positions:
        """The holdings by asset."""
        return self._positions

    @property
    def start_date(self) -> date:
        """Label of the run's first session."""
        return self._start_date

    @property
    def starting_cash(self) -> Value:
        """The capital that the run began with."""
        return self._view.money(self._ledger.starting_cash)

    @property
    def cash(self) -> Value:
        """Money in the account."""
        return self._view.money(self._ledger.cash)

    @property
    def cash_flow(self) -> Value:
        """All money that came (positive) or went since the start, but for capital."""
        return self._view.money(self._ledger.cash_flow())

    @property
    def capital_used(self) -> Value:
        """The same as `cash_flow`, so negative while more was bought than sold."""
        return self.cash_flow

    @property
    def portfolio_value(self) -> Value:
        """Cash, positions and, in standard rules, dividends owed."""
        return self._view.money(self._ledger.portfolio_value())

    @property
    def positions_value(self) -> Value:
        """Market value of the holdings, shorts negative."""
        return self._view.money(self._ledger.totals().net_value)

    @property
    def positions_exposure(self) -> Value:
        """Market exposure of the holdings, shorts negative; futures count by their contracts."""
        return self._view.money(self._ledger.totals().net_exposure)

    @property
    def pnl(self) -> Value:
        """Profit or loss since the start."""
        return self._view.money(self._ledger.pnl())

    @property
    def returns(self) -> Value:
        """Time-weighted return since the start: 0.1 for ten per cent."""
        return self._view.figure(self._ledger.returns())

    @property
    def current_portfolio_weights(self) -> Mapping[Asset, Value]:
        """Exposure of each holding over the portfolio value; a Series in the pandas view."""
        ledger, view = self._ledger, self._view
        ledger.freshen()
        return view.by_asset(
            {
                asset: view.figure(ledger.over_value(held.exposure()))
                for asset, held in ledger.positions.items()
            }
        )

    def __repr__(self) -> str:
        return describe(self, _PORTFOLIO_FIELDS)


_PORTFOLIO_FIELDS = (
    "cash_flow",
    "starting_cash",
    "portfolio_value",
    "pnl",
    "returns",
    "cash",
    "positions",
    "start_date",
    "positions_value",
    "positions_exposure",
)


class Account:
    """The broker's account of a strategy, under Zipline's names.

    An account without limits: buying power is infinite and nothing is required as margin.

    Args:
        ledger: The book.
        view: How numbers are shown.
    """

    __slots__ = ("_ledger", "_view")

    def __init__(self, ledger: DecimalLedger, view: ValueView) -> None:
        self._ledger = ledger
        self._view = view

    def _cash(self) -> Value:
        return self._view.money(self._ledger.cash)

    def _zero(self) -> Value:
        return self._view.constant(0.0)

    def _unlimited(self) -> Value:
        return self._view.constant(inf)

    @property
    def settled_cash(self) -> Value:
        """The cash."""
        return self._cash()

    @property
    def accrued_interest(self) -> Value:
        """Zero: cash bears no interest."""
        return self._zero()

    @property
    def buying_power(self) -> Value:
        """Infinite."""
        return self._unlimited()

    @property
    def equity_with_loan(self) -> Value:
        """The portfolio value."""
        return self.net_liquidation

    @property
    def total_positions_value(self) -> Value:
        """Market value of the holdings, shorts negative."""
        return self._view.money(self._ledger.totals().net_value)

    @property
    def total_positions_exposure(self) -> Value:
        """Market exposure of the holdings, shorts negative."""
        return self._view.money(self._ledger.totals().net_exposure)

    @property
    def regt_equity(self) -> Value:
        """The cash."""
        return self._cash()

    @property
    def regt_margin(self) -> Value:
        """Infinite."""
        return self._unlimited()

    @property
    def initial_margin_requirement(self) -> Value:
        """Zero."""
        return self._zero()

    @property
    def maintenance_margin_requirement(self) -> Value:
        """Zero."""
        return self._zero()

    @property
    def available_funds(self) -> Value:
        """The cash."""
        return self._cash()

    @property
    def excess_liquidity(self) -> Value:
        """The cash."""
        return self._cash()

    @property
    def cushion(self) -> Value:
        """Cash over portfolio value."""
        return self._view.figure(self._ledger.over_value(self._ledger.cash))

    @property
    def day_trades_remaining(self) -> Value:
        """Infinite."""
        return self._unlimited()

    @property
    def leverage(self) -> Value:
        """The same as `gross_leverage`."""
        return self.gross_leverage

    @property
    def gross_leverage(self) -> Value:
        """Gross exposure over portfolio value; infinite where that is zero."""
        return self._view.figure(self._ledger.gross_leverage())

    @property
    def net_leverage(self) -> Value:
        """Net exposure over portfolio value; infinite where that is zero."""
        return self._view.figure(self._ledger.net_leverage())

    @property
    def net_liquidation(self) -> Value:
        """The portfolio value."""
        return self._view.money(self._ledger.portfolio_value())

    def __repr__(self) -> str:
        return describe(self, _ACCOUNT_FIELDS)


_ACCOUNT_FIELDS = (
    "settled_cash",
    "accrued_interest",
    "buying_power",
    "equity_with_loan",
    "total_positions_value",
    "total_positions_exposure",
    "regt_equity",
    "regt_margin",
    "initial_margin_requirement",
    "maintenance_margin_requirement",
    "available_funds",
    "excess_liquidity",
    "cushion",
    "day_trades_remaining",
    "leverage",
    "gross_leverage",
    "net_leverage",
    "net_liquidation",
)
