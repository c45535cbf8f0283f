"""Collects what happens in a run and makes the frames of its result.

The engine calls :meth:`ResultBuilder.add_fill` for every execution and
:meth:`ResultBuilder.end_session` at every close. Rows are kept as plain tuples of kernel numbers
and become columns at the end, positions in blocks, so a session costs a few microseconds.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rustybt.finance.snapshot import PositionColumns
from rustybt.metrics import add_metrics, performance_rows
from rustybt.orders import OrderStatus, ZiplineStatus
from rustybt.simulation.recorded import recorded_frame
from rustybt.simulation.tables import RunEvents, Tables
from rustybt.values.columns import INSTANT, Columns, instants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from rustybt.assets import Asset
    from rustybt.finance.book_events import Fill
    from rustybt.finance.lot_events import LotEvent
    from rustybt.finance.snapshot import SessionSnapshot
    from rustybt.metrics import Metric
    from rustybt.orders import Order
    from rustybt.values import Arithmetic, Num

_BLOCK_ROWS = 65_536
_NONE_HELD = PositionColumns()


class ResultBuilder:
    """The rows of one run.

    Args:
        arithmetic: The run's arithmetic, to which all kernel numbers belong.
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._columns = Columns(arithmetic)
        self._snapshots: list[SessionSnapshot] = []
        self._fills: list[tuple[Any, ...]] = []
        self._told: list[tuple[int, LotEvent]] = []
        self._order_states: list[tuple[Any, ...]] = []
        self._recorded: list[dict[str, object]] = []
        self._position_blocks: list[pl.DataFrame] = []
        self._block_start = 0
        self._block_rows = 0
        self._held: tuple[Asset, ...] = ()
        self.assets: dict[int, Asset] = {}

    def add_fill(self, fill: Fill, commission: Num) -> None:
        """Keep an execution.

        Args:
            fill: The execution; one without an order is an auto-close.
            commission: What was charged for it.
        """
        asset = fill.asset
        self.assets[asset.sid] = asset
        order_id, _, at, _, amount, price, _, strategy, reference = fill
        self._fills.append(
            (order_id, asset.symbol, at, amount, price, commission, asset.sid, strategy, reference)
        )

    def add_event(self, event: LotEvent) -> None:
        """Keep what the book told of its lots: a corporate action, a payment."""
        self._told.append((len(self._fills), event))

    def end_session(
        self,
        snapshot: SessionSnapshot,
        *,
        orders: Iterable[Order],
        recorded: Mapping[str, object],
    ) -> None:
        """Keep the state at a close.

        Args:
            snapshot: The book.
            orders: The orders that were placed or changed in the session.
            recorded: Everything that the strategy has recorded so far, by name.
        """
        session = snapshot.session
        self._recorded.append(dict(recorded))
        self._order_states += [(session, *_order_row(order)) for order in orders]
        self._snapshots.append(snapshot)
        held = snapshot.positions.assets
        if held is not self._held:
            self._held = held
            self.assets.update((asset.sid, asset) for asset in held)
        self._block_rows += len(held)
        if self._block_rows >= _BLOCK_ROWS:
            self._position_blocks.append(self._open_block())
            self._forget_open_block()

    @property
    def sessions(self) -> list[date]:
        """The sessions that have ended."""
        return [snapshot.session for snapshot in self._snapshots]

    def finish(
        self,
        *,
        orders: Iterable[Order],
        metrics: Iterable[Metric],
        benchmark_returns: NDArray[np.float64] | None = None,
        journal: Callable[[], pl.DataFrame] | None = None,
    ) -> Tables:
        """The frames of the run; nothing may be added afterwards.

        Args:
            orders: Every order, in order of creation.
            metrics: What is added to the performance rows.
            benchmark_returns: One per session; None without a benchmark.
            journal: Makes the frame of the postings, where they were kept.
        """
        placed = list(orders)
        self.assets.update((order.asset.sid, order.asset) for order in placed)
        rows = performance_rows(self._snapshots, self._arithmetic, benchmark_returns)
        tables = Tables(
            performance=add_metrics(rows, metrics),
            orders=partial(self._orders_frame, placed),
            transitions=partial(self._transitions_frame, placed),
            order_states=self._order_states_frame,
            transactions=self._transactions_frame,
            positions=self._positions_frame,
            recorded=recorded_frame(self.sessions, self._recorded),
            journal=journal,
        )
        tables.events = RunEvents(self._fills, self._told)
        return tables

    def _positions_frame(self) -> pl.DataFrame:
        return pl.concat([*self._position_blocks, self._open_block()])

    def _orders_frame(self, orders: list[Order]) -> pl.DataFrame:
        return pl.DataFrame(self._order_columns(map(_final_row, orders), _FINAL_COLUMNS))

    def _transitions_frame(self, orders: list[Order]) -> pl.DataFrame:
        from rustybt.simulation.explanations.order_trails import transitions_frame

        return transitions_frame(orders, self._columns)

    def _open_block(self) -> pl.DataFrame:
        """The positions since the last block."""
        block = self._snapshots[self._block_start :]
        held = [snapshot.positions for snapshot in block]
        assets = [asset for positions in held for asset in positions.assets]
        sessions = pl.Series("session", [snapshot.session for snapshot in block], dtype=pl.Date)
        rows = np.repeat(np.arange(len(block)), [len(positions.assets) for positions in held])
        columns = self._columns
        return pl.DataFrame(
            [
                sessions.gather(rows),
                pl.Series("symbol", [asset.symbol for asset in assets], dtype=pl.String),
                columns.amount("amount", _chained(p.amounts for p in held)),
                columns.money("cost_basis", _chained(p.cost_bases for p in held)),
                columns.price("last_sale_price", _chained(p.last_sale_prices for p in held)),
                pl.Series("sid", [asset.sid for asset in assets], dtype=pl.Int64),
            ]
        )

    def _forget_open_block(self) -> None:
        block = self._snapshots[self._block_start :]
        self._snapshots[self._block_start :] = [s._replace(positions=_NONE_HELD) for s in block]
        self._block_start = len(self._snapshots)
        self._block_rows = 0

    def _transactions_frame(self) -> pl.DataFrame:
        order_id, symbol, at, amount, price, commission, sid = _transposed(self._fills, 7)
        return pl.DataFrame(
            [
                pl.Series("order_id", order_id, dtype=pl.String),
                pl.Series("symbol", symbol, dtype=pl.String),
                instants("dt", at),
                self._columns.amount("amount", amount),
                self._columns.price("price", price),
                self._columns.money("commission", commission),
                pl.Series("sid", sid, dtype=pl.Int64),
            ]
        )

    def _order_states_frame(self) -> pl.DataFrame:
        sessions = pl.Series("session", [row[0] for row in self._order_states], dtype=pl.Date)
        return pl.DataFrame(
            [
                sessions,
                *self._order_columns((row[1:] for row in self._order_states), _ORDER_COLUMNS),
            ]
        )

    def _order_columns(
        self, rows: Iterable[tuple[Any, ...]], kinds: Mapping[str, Any]
    ) -> list[pl.Series]:
        columns, kernel = _transposed(list(rows), len(kinds)), self._columns
        by_kind = {"amount": kernel.amount, "money": kernel.money, "price": kernel.price}
        return [
            by_kind[kind](name, values)
            if isinstance(kind, str)
            else instants(name, values)
            if kind == INSTANT
            else pl.Series(name, values, dtype=kind)
            for (name, kind), values in zip(kinds.items(), columns, strict=True)
        ]


_ORDER_COLUMNS: dict[str, Any] = {
    "id": pl.String,
    "symbol": pl.String,
    "created": INSTANT,
    "last_modified": INSTANT,
    "amount": "amount",
    "filled": "amount",
    "commission": "money",
    "limit": "price",
    "stop": "price",
    "limit_reached": pl.Boolean,
    "stop_reached": pl.Boolean,
    "status": pl.String,
    "reason": pl.String,
    "sid": pl.Int64,
}
"""Of an order in any state."""

_FINAL_COLUMNS: dict[str, Any] = {
    **{name: kind for name, kind in _ORDER_COLUMNS.items() if name != "sid"},
    "code": pl.String,
    "order_type": pl.String,
    "time_in_force": pl.String,
    "group_id": pl.String,
    "role": pl.String,
    "strategy": pl.String,
    "sid": pl.Int64,
}
"""Of an order in its final state; Zipline's frame, which is made of the states, has no more."""


_STATUS_NAMES = {status: ZiplineStatus.of(status).name for status in OrderStatus}


def _order_row(order: Order) -> tuple[Any, ...]:
    """One order, in the order of the columns; its status by Zipline's name."""
    return (
        order.id,
        order.asset.symbol,
        order.created,
        order.changed,
        order.amount,
        order.filled,
        order.commission,
        order.limit,
        order.stop,
        order.limit_reached,
        order.stop_reached,
        _STATUS_NAMES[order.status],
        order.reason,
        order.asset.sid,
    )


def _final_row(order: Order) -> tuple[Any, ...]:
    """One order at the end, in the order of the columns."""
    *state, sid = _order_row(order)
    return (
        *state,
        order.code,
        order.order_type,
        order.terms.time_in_force.value,
        None if order.group is None else order.group.id,
        order.role,
        order.strategy,
        sid,
    )


def _chained(columns: Iterable[tuple[Num, ...]]) -> list[Num]:
    return list(chain.from_iterable(columns))


def _transposed(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(width)]
