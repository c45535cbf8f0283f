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
        "orders": _per_session(sessions, tables.order_states, rows.orders),
        "transactions": _per_session(sessions, _with_session(tables), rows.transactions),
        "positions": _per_session(sessions, tables.positions, rows.positions),
    }
    close = _stamps(tables.performance["period_close"], pd)
    columns = {
        column.name: _series(column, close, pd)
        for frame in (tables.performance.drop(LEDGER_ONLY), tables.recorded)
        for column in frame.drop("session").get_columns()
    }
    return pd.DataFrame({**lists, **columns}, index=close)


class _Rows:
    """Makes Zipline's dicts of our frames, column by column."""

    def __init__(self, assets: Mapping[int, Asset], pandas: Any) -> None:  # noqa: ANN401 - a module
        self._assets = assets
        self._pandas = pandas

    def orders(self, frame: pl.DataFrame) -> list[Row]:
        return self._dicts(
            {
                "id": frame["id"].to_list(),
                "dt": self._times(frame["last_modified"]),
                "reason": frame["reason"].to_list(),
                "created": self._times(frame["created"]),
                "amount": _amounts(frame["amount"]),
                "filled": _amounts(frame["filled"]),
                "commission": _floats(frame["commission"]),
                "stop": _floats(frame["stop"]),
                "limit": _floats(frame["limit"]),
                "stop_reached": frame["stop_reached"].to_list(),
                "limit_reached": frame["limit_reached"].to_list(),
                "sid": self._sids(frame),
                "status": [ZiplineStatus[name] for name in frame["status"].to_list()],
            }
        )

    def transactions(self, frame: pl.DataFrame) -> list[Row]:
        return self._dicts(
            {
                "amount": _amounts(frame["amount"]),
                "dt": self._times(frame["dt"]),
                "price": _floats(frame["price"]),
                "order_id": frame["order_id"].to_list(),
                "sid": self._sids(frame),
                "commission": [None] * len(frame),  # Zipline keeps it with the order
            }
        )

    def positions(self, frame: pl.DataFrame) -> list[Row]:
        return self._dicts(
            {
                "sid": self._sids(frame),
                "amount": _amounts(frame["amount"]),
                "cost_basis": _floats(frame["cost_basis"]),
                "last_sale_price": _floats(frame["last_sale_price"]),
            }
        )

    def _dicts(self, columns: dict[str, list[Any]]) -> list[Row]:
        names = tuple(columns)
        rows = zip(*columns.values(), strict=True)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _sids(self, frame: pl.DataFrame) -> list[Asset]:
        return [self._assets[sid] for sid in frame["sid"].to_list()]

    def _times(self, column: pl.Series) -> list[Any]:
        return list(_stamps(column, self._pandas))


def _floats(column: pl.Series) -> list[float | None]:
    return column.cast(pl.Float64).to_list()


def _amounts(column: pl.Series) -> list[int | float]:
    """Integers where an amount is whole."""
    floats = column.cast(pl.Float64).to_list()
    return [int(amount) if amount.is_integer() else amount for amount in floats]


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
    sessions: list[date], frame: pl.DataFrame, convert: Callable[[pl.DataFrame], list[Row]]
) -> list[list[Row]]:
    """The rows of each session as dicts."""
    by_session: dict[date, list[Row]] = {session: [] for session in sessions}
    for session, row in zip(frame["session"].to_list(), convert(frame), strict=True):
        by_session[session].append(row)
    return list(by_session.values())


def _with_session(tables: Tables) -> pl.DataFrame:
    """Transactions with their session: the first one that closes at or after them."""
    sessions = tables.performance.select("session", dt="period_close").sort("dt")
    return tables.transactions.join_asof(sessions, on="dt", strategy="forward")
