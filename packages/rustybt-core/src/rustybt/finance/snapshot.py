"""The state of the book at the end of a session, as the ledger hands it to the performance rows.

Amounts of money, of assets and prices are kernel numbers of the run's arithmetic; returns and
leverage, which a division gives, are public values, rounded once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rustybt.assets import Asset
    from rustybt.finance.accounts import CostKind
    from rustybt.values import Num, Value


class PositionColumns(NamedTuple):
    """The open positions at the end of a session, in order of opening.

    Columns, not rows: a row per position and session would be most of what a run allocates.

    Attributes:
        assets: What is held.
        amounts: Signed amounts, kernel amounts.
        cost_bases: Average prices paid per unit, costs included, at the scale of money.
        last_sale_prices: The prices at which the positions are marked, kernel prices.
    """

    assets: tuple[Asset, ...] = ()
    amounts: tuple[Num, ...] = ()
    cost_bases: tuple[Num, ...] = ()
    last_sale_prices: tuple[Num, ...] = ()


class SessionSnapshot(NamedTuple):
    """Everything that the book contributes to one performance row.

    Attributes:
        session: The session's label.
        period_open: First minute of the session, nanoseconds UTC.
        period_close: Close of the session, nanoseconds UTC.
        starting_cash: Cash after the morning's dividends were paid and before splits applied.
        ending_cash: Cash at the close.
        starting_value: Market value of all positions at the start, shorts negative; futures have
            none, they are settled in cash.
        ending_value: Market value of all positions at the close.
        starting_exposure: Exposure of all positions at the start: the value of what they control,
            futures included.
        ending_exposure: Exposure of all positions at the close.
        long_value: Market value of the long positions.
        short_value: Market value of the short positions, zero or negative.
        long_exposure: Exposure of the long positions.
        short_exposure: Exposure of the short positions, zero or negative.
        longs_count: How many positions are long.
        shorts_count: How many positions are short.
        capital_used: Signed cash flow of the session.
        pnl: Profit or loss of the session.
        portfolio_value: Cash, positions and (in standard rules) receivables at the close.
        returns: Return of the session, a public value.
        gross_leverage: Gross exposure over portfolio value, a public value.
        net_leverage: Net exposure over portfolio value, a public value.
        positions: The open positions.
        costs: What was paid in the session by kind, in the account's currency.
        dividends: Dividends earned in the session.
        fx_pnl: What of the profit comes from exchange rates alone.
    """

    session: date
    period_open: int
    period_close: int
    starting_cash: Num
    ending_cash: Num
    starting_value: Num
    ending_value: Num
    starting_exposure: Num
    ending_exposure: Num
    long_value: Num
    short_value: Num
    long_exposure: Num
    short_exposure: Num
    longs_count: int
    shorts_count: int
    capital_used: Num
    pnl: Num
    portfolio_value: Num
    returns: Value
    gross_leverage: Value
    net_leverage: Value
    positions: PositionColumns
    costs: Mapping[CostKind, Num]
    dividends: Num
    fx_pnl: Num
