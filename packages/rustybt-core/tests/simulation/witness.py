"""A strategy that writes down everything it can see at every moment of a run."""

from typing import Any

import polars as pl
from worlds import ASSETS, Actor

from rustybt.assets import Asset
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
    """All that a strategy can look at now."""
    return (
        (data.current_dt, data.current_session, context.get_datetime(), context.datetime),
        data.current_session_minutes.to_list(),
        [_of_one(asset, data) for asset in ASSETS.values()],
        *_of_several(data),
        *_windows(data),
        [getattr(context.portfolio, name) for name in PORTFOLIO],
        context.portfolio.current_portfolio_weights,
        [getattr(context.account, name) for name in ACCOUNT],
        [
            (asset, *(getattr(position, name) for name in POSITION))
            for asset, position in context.portfolio.positions.items()
        ],
        context.get_open_orders(),
        [context.get_order(order) for order in context.placed],
    )


def _of_one(asset: Asset, data: BarData) -> tuple[Any, ...]:
    return (
        *(_current(asset, field, data) for field in CURRENT),
        data.can_trade(asset),
        data.is_stale(asset),
    )


def _current(asset: Asset, field: str, data: BarData) -> Any:
    try:
        return data.current(asset, field)
    except TypeError as error:  # zipline's defect: last_traded before the open of minutes
        return str(error)


def _of_several(data: BarData) -> tuple[Any, ...]:
    assets = list(ASSETS.values())
    return (
        data.current(assets, "price"),
        data.current(assets, ["close", "volume"]).rows(),
        data.can_trade(assets),
        data.is_stale(assets),
    )


def _windows(data: BarData) -> list[Any]:
    assets = list(ASSETS.values())
    seen = []
    for frequency, count in (("1m", 3), ("2m", 2), ("1d", 2), ("1w", 1)):
        for field in ("price", "close", "volume"):
            seen.append(_window(data, assets, field, count, frequency))
        for asset in assets[:2]:
            seen.append(_window(data, asset, "open", count, frequency))
            seen.append(_window(data, asset, ["high", "low"], count, frequency))
    return seen


def _window(data: BarData, assets: Any, fields: Any, count: int, frequency: str) -> Any:
    try:
        window = data.history(assets, fields, count, frequency)
    except HistoryWindowStartsBeforeData as error:
        return str(error)
    except ValueError as error:  # a run of sessions has no minutes
        return type(error).__name__
    return window.rows() if isinstance(window, pl.DataFrame) else window.to_list()
