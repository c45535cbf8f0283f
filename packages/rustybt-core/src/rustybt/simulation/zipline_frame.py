"""The performance frame with Zipline's columns and types, for notebooks written for Zipline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.errors import MissingExtra
from rustybt.metrics.rows import LEDGER_ONLY
from rustybt.orders import ZiplineStatus
from rustybt.values.columns import INSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import pandas as pd

    from rustybt.assets import Asset
    from rustybt.simulation.tables import Tables

    Row = dict[str, Any]


def zipline_frame(tables: Tables, assets: Mapping[int, Asset]) -> pd.DataFrame:
    """One row per session, indexed by its close.

    The columns ``orders``, ``transactions`` and ``positions`` hold lists of dicts with Zipline's
    keys, under ``sid`` the asset. What the strategy recorded follows at the end; a name that is
    taken replaces the column, as in Zipline.

    Args:
        tables: The frames of a result.
        assets: The assets in them, by sid.

    Raises:
        MissingExtra: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra(feature="pandas", install="rustybt-core[pandas]") from error

    sessions = tables.performance["session"].to_list()
    rows = _Rows(assets, pd)
    lists = {
        "orders": _per_session(sessions, tables.order_states, rows.order),
        "transactions": _per_session(sessions, _with_session(tables), rows.transaction),
        "positions": _per_session(sessions, tables.positions, rows.position),
    }
    close = _stamps(tables.performance["period_close"], pd)
    columns = {
        column.name: _series(column, close, pd)
        for frame in (tables.performance.drop(LEDGER_ONLY), tables.recorded)
        for column in frame.drop("session").get_columns()
    }
    return pd.DataFrame({**lists, **columns}, index=close)


class _Rows:
    """Makes Zipline's dicts of our rows."""

    def __init__(self, assets: Mapping[int, Asset], pandas: Any) -> None:  # noqa: ANN401 - a module
        self._assets = assets
        self._stamp: Callable[[Any], Any] = lambda at: pandas.Timestamp(at).as_unit("ns")

    def order(self, row: Row) -> Row:
        return {
            "id": row["id"],
            "dt": self._stamp(row["last_modified"]),
            "reason": row["reason"],
            "created": self._stamp(row["created"]),
            "amount": _whole(row["amount"]),
            "filled": _whole(row["filled"]),
            "commission": float(row["commission"]),
            "stop": _float_or_none(row["stop"]),
            "limit": _float_or_none(row["limit"]),
            "stop_reached": row["stop_reached"],
            "limit_reached": row["limit_reached"],
            "sid": self._assets[row["sid"]],
            "status": ZiplineStatus[row["status"]],
        }

    def transaction(self, row: Row) -> Row:
        return {
            "amount": _whole(row["amount"]),
            "dt": self._stamp(row["dt"]),
            "price": float(row["price"]),
            "order_id": row["order_id"],
            "sid": self._assets[row["sid"]],
            "commission": None,  # Zipline keeps it with the order
        }

    def position(self, row: Row) -> Row:
        return {
            "sid": self._assets[row["sid"]],
            "amount": _whole(row["amount"]),
            "cost_basis": float(row["cost_basis"]),
            "last_sale_price": float(row["last_sale_price"]),
        }


def _stamps(column: pl.Series, pandas: Any) -> Any:  # noqa: ANN401 - a module; a DatetimeIndex
    return pandas.DatetimeIndex(column.to_list()).as_unit("ns")


def _series(column: pl.Series, index: Any, pandas: Any) -> Any:  # noqa: ANN401 - a module; a Series
    """A column as zipline has it: floats, integers where there are no gaps, stamps, or objects."""
    if column.dtype.is_integer() and not column.null_count():
        return pandas.Series(column.to_numpy(), index)
    if column.dtype.is_numeric():
        return pandas.Series(column.cast(pl.Float64).to_numpy(), index)
    if column.dtype == INSTANT:
        return pandas.Series(_stamps(column, pandas), index)
    return pandas.Series(column.to_list(), index, dtype=object)


def _per_session(
    sessions: list[date], frame: pl.DataFrame, convert: Callable[[Row], Row]
) -> list[list[Row]]:
    """The rows of each session as dicts."""
    by_session: dict[date, list[Row]] = {session: [] for session in sessions}
    for row in frame.iter_rows(named=True):
        by_session[row["session"]].append(convert(row))
    return list(by_session.values())


def _with_session(tables: Tables) -> pl.DataFrame:
    """Transactions with their session: the first one that closes at or after them."""
    sessions = tables.performance.select("session", dt="period_close").sort("dt")
    return tables.transactions.join_asof(sessions, on="dt", strategy="forward")


def _whole(amount: Any) -> int | float:  # noqa: ANN401 - Decimal or float
    return int(amount) if amount == int(amount) else float(amount)


def _float_or_none(price: Any) -> float | None:  # noqa: ANN401 - Decimal, float or None
    return None if price is None else float(price)
