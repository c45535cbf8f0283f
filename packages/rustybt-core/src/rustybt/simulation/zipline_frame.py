"""The performance frame with Zipline's columns and types, for notebooks written for Zipline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.errors import MissingExtra
from rustybt.orders import ZiplineStatus

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
    keys, under ``sid`` the asset; what the strategy recorded follows at the end.

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

    performance = tables.performance
    close = pd.DatetimeIndex(performance["period_close"].to_list()).as_unit("ns")
    columns = {
        column.name: _values(column, pd) for column in performance.drop("session").get_columns()
    }
    sessions = performance["session"].to_list()
    rows = _Rows(assets, pd)
    columns["orders"] = _per_session(sessions, tables.order_states, rows.order)
    columns["transactions"] = _per_session(sessions, _with_session(tables), rows.transaction)
    columns["positions"] = _per_session(sessions, tables.positions, rows.position)
    for column in tables.recorded.drop("session").get_columns():
        columns[column.name] = _values(column, pd)
    frame = pd.DataFrame(columns, index=close)
    for name in ("period_open", "period_close"):
        frame[name] = pd.DatetimeIndex(frame[name]).as_unit("ns")
    return frame


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


def _values(column: pl.Series, pandas: Any) -> Any:  # noqa: ANN401 - a module; an array or list
    """A column as pandas keeps it: numbers as floats, whole ones without gaps as integers."""
    if column.dtype.is_decimal() or column.dtype.is_float():
        return column.cast(pl.Float64).to_numpy()
    if column.dtype.is_integer():
        return column.cast(pl.Float64).to_numpy() if column.null_count() else column.to_numpy()
    return pandas.Series(
        column.to_list(), dtype=None if column.dtype.is_temporal() else object
    ).array


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
