"""The trails of a run's orders as a frame, and orders again as the frame tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from rustybt.orders import EndCode, FillFacts, OrderStatus, TimeInForce, Transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rustybt.assets import Asset
    from rustybt.orders import Order
    from rustybt.simulation.tables import Tables
    from rustybt.values import Num
    from rustybt.values.columns import Columns

_MOMENT: Final = pl.Datetime("ns", "UTC")
"""The type of the times of a trail: a latency may be shorter than a microsecond."""

_TEXTS: Final = ("order_id", "before", "after", "cause", "reason", "code")
_AMOUNTS: Final = ("amount", "filled", "fill_amount")
_PRICES: Final = ("limit", "stop", "fill_price", "market_price")


class RecordedOrder(NamedTuple):
    """An order of a finished run, in kernel numbers.

    Attributes:
        id: The order's id.
        sequence: Its number in order of creation, from 1.
        strategy: Who placed it.
        asset: What was ordered.
        order_type: What orders of its style are called.
        time_in_force: How long it was to live.
        group_id: Its group, None for an order of its own.
        role: What it was in its group.
        created: When it was placed, nanoseconds UTC.
        amount: Its amount at the end.
        filled: What had filled of it at the end.
        limit: Its limit at the end.
        stop: Its stop at the end.
        trail: Every step of its life.
    """

    id: str
    sequence: int
    strategy: str
    asset: Asset
    order_type: str
    time_in_force: TimeInForce
    group_id: str | None
    role: str | None
    created: int
    amount: Num
    filled: Num
    limit: Num | None
    stop: Num | None
    trail: Sequence[Transition]


def transitions_frame(orders: Iterable[Order], columns: Columns) -> pl.DataFrame:
    """Every line of the trails of some orders.

    Args:
        orders: The orders.
        columns: Makes columns of the run's numbers.

    Returns:
        A row per line, order by order: order_id, at (to the nanosecond), before, after, cause,
        reason, code, the order's amount, filled, limit and stop after it, and of an execution
        fill_amount, fill_price, market_price (before slippage) and fill_commission.
    """
    rows = [_row(line) for order in orders for line in order.trail]
    names = _NAMES
    values = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    return pl.DataFrame([_column(name, list(values.get(name, ())), columns) for name in names])


_NAMES: Final = (
    "order_id",
    "at",
    "before",
    "after",
    "cause",
    "reason",
    "code",
    "amount",
    "filled",
    "limit",
    "stop",
    "fill_amount",
    "fill_price",
    "market_price",
    "fill_commission",
)


def _row(line: Transition) -> tuple[Any, ...]:
    fill = line.fill
    facts = (
        (None,) * 4 if fill is None else (fill.amount, fill.price, fill.reference, fill.commission)
    )
    return (
        line.order_id,
        line.at,
        line.before,
        line.after,
        line.cause,
        line.reason,
        line.code,
        line.amount,
        line.filled,
        line.limit,
        line.stop,
        *facts,
    )


def _column(name: str, values: list[Any], columns: Columns) -> pl.Series:
    if name in _TEXTS:
        return pl.Series(name, values, dtype=pl.String)
    if name == "at":
        return pl.Series(name, values, dtype=pl.Int64).cast(_MOMENT)
    if name in _AMOUNTS:
        return columns.amount(name, values)
    return columns.price(name, values) if name in _PRICES else columns.money(name, values)


def recorded_orders(tables: Tables, assets: Mapping[int, Asset]) -> list[RecordedOrder]:
    """The orders of a result, in order of creation.

    Args:
        tables: The frames of the result.
        assets: The assets in them, by sid.

    Raises:
        InvalidArgument: The result was kept without the trails of its orders.
    """
    return _recorded(tables.orders.with_row_index("sequence", 1), tables.transitions, assets)


def recorded_order(
    tables: Tables, assets: Mapping[int, Asset], order_id: str
) -> RecordedOrder | None:
    """One order of a result, None where it has none of this id; see :func:`recorded_orders`."""
    mine = tables.orders.with_row_index("sequence", 1).filter(pl.col("id") == order_id)
    lines = tables.transitions.filter(pl.col("order_id") == order_id)
    return next(iter(_recorded(mine, lines, assets)), None)


def _recorded(
    orders: pl.DataFrame, lines: pl.DataFrame, assets: Mapping[int, Asset]
) -> list[RecordedOrder]:
    trails: dict[str, list[Transition]] = {}
    for line in _lines(lines):
        trails.setdefault(line.order_id, []).append(line)
    frame = orders.with_columns(pl.col("created").dt.cast_time_unit("ns"))
    columns = {
        name: _kernel(frame[name]) if name in _KERNEL else frame[name].to_list()
        for name in ("id", "sid", *_TAKEN)
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [_order(row, assets, trails) for row in rows]


_TAKEN: Final = (
    "sequence",
    "strategy",
    "order_type",
    "group_id",
    "role",
    "created",
    "amount",
    "filled",
    "limit",
    "stop",
    "time_in_force",
)
_KERNEL: Final = frozenset({"created", "amount", "filled", "limit", "stop"})


def _order(
    row: dict[str, Any], assets: Mapping[int, Asset], trails: Mapping[str, Sequence[Transition]]
) -> RecordedOrder:
    name, sid = row.pop("id"), row.pop("sid")
    life = TimeInForce(row.pop("time_in_force"))
    trail = trails.get(name, ())
    return RecordedOrder(id=name, asset=assets[sid], time_in_force=life, trail=trail, **row)


def _lines(frame: pl.DataFrame) -> Iterator[Transition]:
    """The rows of the frame, in kernel numbers."""
    columns = [frame[name] if name in _TEXTS else _kernel(frame[name]) for name in _NAMES]
    for row in zip(*columns, strict=True):
        (
            order_id, at, before, after, cause, reason, code, amount, filled, limit, stop,
            fill_amount, fill_price, market_price, commission,
        ) = row  # fmt: skip
        yield Transition(
            order_id,
            at,
            OrderStatus(before),
            OrderStatus(after),
            cause,
            reason,
            amount,
            filled,
            limit,
            stop,
            None if code is None else EndCode(code),
            None
            if fill_amount is None
            else FillFacts(fill_amount, fill_price, market_price, commission),
        )


def _kernel(column: pl.Series) -> list[Num | None]:
    return column.to_physical().to_list()
