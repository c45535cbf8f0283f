"""What a strategy sees of its book: portfolio and account, read only.

The objects hold nothing: every attribute reads the ledger through the run's `ValueView`. Reading an
amount or cash is cheap; reading a price or a value marks the positions at the current bar first, if
that has not happened yet.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from rustybt.finance.account_types import Funds
from rustybt.finance.positions import Positions, describe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance.ledger import DecimalLedger
    from rustybt.values import Num, Value
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
        """Market exposure of the holdings, shorts negative; futures and swaps count in full."""
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

    What its money may be used for is said by the run's account type. An unlimited account shows
    what Zipline's does: infinite buying power, and its cash wherever other accounts have funds.

    Args:
        ledger: The book.
        view: How numbers are shown.
        funds: What the money may be used for; anything when not given.
    """

    __slots__ = ("_funds", "_ledger", "_view")

    def __init__(self, ledger: DecimalLedger, view: ValueView, funds: Funds | None = None) -> None:
        self._ledger = ledger
        self._view = view
        self._funds = Funds(ledger) if funds is None else funds

    def _shown(self, money: Num | None, *, otherwise: float) -> Value:
        """Money, or a number in place of a limit that there is not."""
        return self._view.constant(otherwise) if money is None else self._view.money(money)

    @property
    def settled_cash(self) -> Value:
        """Cash less the proceeds of sales that have not settled; all of an unlimited account's."""
        return self._view.money(self._funds.settled_cash())

    @property
    def accrued_interest(self) -> Value:
        """Zero: interest is paid or earned night by night."""
        return self._view.constant(0.0)

    @property
    def buying_power(self) -> Value:
        """The largest value of long positions that can be added; infinite without limit.

        Of a cash account what can be spent, of a margin account the available funds x what its
        margin model lets them carry. Open orders are not taken off.
        """
        return self._shown(self._funds.buying_power(), otherwise=inf)

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
        """The portfolio value; of an unlimited account the cash."""
        return self._view.money(self._funds.regt_equity())

    @property
    def regt_margin(self) -> Value:
        """What Regulation T requires for the equities held; infinite in an unlimited account.

        Of a cash account the value of all that is held.
        """
        return self._shown(self._funds.regt_margin(), otherwise=inf)

    @property
    def initial_margin_requirement(self) -> Value:
        """Equity required to open what is held; zero in an unlimited account."""
        return self._shown(self._funds.initial_margin(), otherwise=0.0)

    @property
    def maintenance_margin_requirement(self) -> Value:
        """Equity required to keep what is held; zero in an unlimited account."""
        return self._shown(self._funds.maintenance_margin(), otherwise=0.0)

    @property
    def available_funds(self) -> Value:
        """What new positions can take.

        Of a margin account the portfolio value less the initial requirement, of a cash account
        what can be spent, of an unlimited one the cash.
        """
        return self._view.money(self._funds.available_funds())

    @property
    def excess_liquidity(self) -> Value:
        """What can be lost before there is a margin call.

        Of a margin account the portfolio value less the maintenance requirement, of a cash
        account what can be spent, of an unlimited one the cash.
        """
        return self._view.money(self._funds.excess_liquidity())

    @property
    def cushion(self) -> Value:
        """Excess liquidity over portfolio value."""
        return self._view.figure(self._ledger.over_value(self._funds.excess_liquidity()))

    @property
    def day_trades_remaining(self) -> Value:
        """How many day trades are left; infinite unless the account counts them and is small."""
        remaining = self._funds.day_trades_remaining()
        return self._view.constant(inf if remaining is None else float(remaining))

    def liquidation_price(self, asset: Asset) -> Value | None:
        """The price at which an isolated position is closed by force; None for others."""
        price = self._funds.liquidation_price(asset)
        return None if price is None else self._view.price(price, asset.price_decimals)

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
