"""A strategy that writes down everything it can see at every moment of a run."""

from typing import Any

import pandas as pd
import polars as pl
from random_runs import Actor
from worlds import ASSETS, EQUITIES, SHARE

from rustybt.data.bar_data import BarData
from rustybt.errors import HistoryWindowStartsBeforeData

CURRENT = ("price", "open", "high", "low", "close", "volume", "last_traded")
PORTFOLIO = (
    "cash", "cash_flow", "capital_used", "pnl", "portfolio_value", "positions_exposure",
    "positions_value", "returns", "starting_cash", "start_date",
)  # fmt: skip
ACCOUNT = (
    "accrued_interest", "available_funds", "cushion", "equity_with_loan", "excess_liquidity",
    "gross_leverage", "initial_margin_requirement", "leverage", "maintenance_margin_requirement",
    "net_leverage", "net_liquidation", "regt_equity", "settled_cash", "total_positions_exposure",
    "total_positions_value",
)  # fmt: skip
POSITION = ("amount", "cost_basis", "last_sale_price", "last_sale_date")


class Witness(Actor):
    """An actor whose `log` has an entry for every time that it was called.

    An entry begins with the hook's name and the number of the bar that it is called in, or
    before.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.log: list[tuple[Any, ...]] = []

    def before_trading_start(self, context: Any, data: BarData) -> None:
        self.log.append(("before", self._bar + 1, *everything(context, data)))
        super().before_trading_start(context, data)

    def handle_data(self, context: Any, data: BarData) -> None:
        super().handle_data(context, data)
        self.log.append(("bar", self._bar, *everything(context, data)))

    def on_order_fill(self, context: Any, order: Any, transaction: Any) -> None:
        super().on_order_fill(context, order, transaction)
        self.log.append(("fill", self._bar + 1, order, transaction))

    def up_to(self, bar: int) -> list[tuple[Any, ...]]:
        """What it saw before a bar was over."""
        return [entry for entry in self.log if entry[1] <= bar]


def everything(context: Any, data: BarData) -> tuple[Any, ...]:
    """All that a strategy can look at now, as values that can be compared."""
    return (
        (data.current_dt, data.current_session, context.get_datetime(), context.datetime),
        list(data.current_session_minutes),
        *(plain(_current(data, asset, field)) for asset in ASSETS.values() for field in CURRENT),
        *map(plain, _flags(data)),
        *map(plain, _several(data)),
        *_windows(data),
        [plain(getattr(context.portfolio, name)) for name in PORTFOLIO],
        plain(context.portfolio.current_portfolio_weights),
        [plain(getattr(context.account, name)) for name in ACCOUNT],
        [
            (asset, *(plain(getattr(position, name)) for name in POSITION))
            for asset, position in context.portfolio.positions.items()
        ],
        context.get_open_orders(),
        [context.get_order(order) for order in context.placed],
    )


def plain(value: Any) -> Any:
    """A value whose equality means the same numbers: of frames their rows, of NaN its text."""
    if isinstance(value, pl.DataFrame):
        return value.rows()
    if isinstance(value, pl.Series):
        return value.to_list()
    if isinstance(value, pd.DataFrame | pd.Series):
        return repr(value.to_dict())
    return repr(value) if value != value else value  # noqa: PLR0124 - NaN and NaT are not


def _current(data: BarData, assets: Any, field: Any) -> Any:
    try:
        return data.current(assets, field)
    except TypeError as error:  # zipline's defect: last_traded before the open of minutes
        return str(error)


def _flags(data: BarData) -> list[Any]:
    several = list(ASSETS.values())
    return [ask(assets) for ask in (data.can_trade, data.is_stale) for assets in (SHARE, several)]


def _several(data: BarData) -> list[Any]:
    assets = list(ASSETS.values())
    return [_current(data, assets, fields) for fields in ("price", ["close", "volume"])]


def _windows(data: BarData) -> list[Any]:
    assets = list(ASSETS.values())
    wanted: list[tuple[Any, Any]] = [(assets, field) for field in ("price", "close", "volume")]
    wanted += [(asset, fields) for asset in EQUITIES for fields in ("open", ["high", "low"])]
    return [
        _window(data, some, fields, count, frequency)
        for frequency, count in (("1m", 3), ("2m", 2), ("1d", 2), ("1w", 1))
        for some, fields in wanted
    ]


def _window(data: BarData, assets: Any, fields: Any, count: int, frequency: str) -> Any:
    try:
        return plain(data.history(assets, fields, count, frequency))
    except HistoryWindowStartsBeforeData as error:
        return str(error)
    except ValueError as error:  # a run of sessions has no minutes
        return type(error).__name__
