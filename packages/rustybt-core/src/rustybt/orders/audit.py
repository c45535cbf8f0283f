"""The audit log of orders: every line of every trail, as rows of the table `order_audit_log`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from rustybt.orders.status import REPLACED, STOP_REACHED, TRIGGERED, OrderStatus

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.orders.status import Transition
    from rustybt.orders.terms import TimeInForce
    from rustybt.values import Value
    from rustybt.views import ValueView

_NANOS_PER_MICROSECOND: Final = 1_000
_NANOS_PER_MILLISECOND: Final = 1_000_000

_BY_STATUS: Final = {
    OrderStatus.SUBMITTED: "submitted",
    OrderStatus.ACCEPTED: "accepted",
    OrderStatus.PARTIALLY_FILLED: "partially_filled",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELLED: "canceled",
    OrderStatus.REJECTED: "rejected",
    OrderStatus.EXPIRED: "expired",
    OrderStatus.UNKNOWN: "unknown",
}
_BY_REASON: Final = {TRIGGERED: "triggered", STOP_REACHED: "triggered", REPLACED: "replaced"}
_BY_CAUSE: Final = {"split": "split", "group": "resized"}


class AuditedOrder(Protocol):
    """What the audit log asks of an order: one of a run, or of a result that was kept."""

    @property
    def id(self) -> str:
        """The order's id."""

    @property
    def sequence(self) -> int:
        """Its number among the orders of its run."""

    @property
    def strategy(self) -> str:
        """Who placed it."""

    @property
    def asset(self) -> "Asset":
        """What is ordered."""

    @property
    def order_type(self) -> str:
        """What orders of its style are called."""

    @property
    def time_in_force(self) -> "TimeInForce":
        """How long it lives."""

    @property
    def trail(self) -> "Sequence[Transition]":
        """Every step of its life."""


def order_audit_log(
    orders: "Iterable[AuditedOrder]", view: "ValueView", *, broker_connection_id: int | None = None
) -> list[dict[str, object]]:
    """The rows of the audit log, by time, then by order, each in the order of its trail.

    Args:
        orders: The orders of a run.
        view: The look of numbers; in the log they are texts.
        broker_connection_id: The broker that they were sent to; None for a simulated one.

    Returns:
        Dicts of id (from 1), strategy_id, broker_connection_id, order_id, broker_order_id,
        asset_sid, event_type, event_timestamp (microseconds since 1970-01-01 UTC), event_data.
        The last is a dict of the order's state after the event: order_type, side, amount, price
        (the limit, else the stop), limit_price, stop_price, filled_amount (so far), status,
        time_in_force, cause, reason, code, latency_ms (from sending to acceptance); and of the
        fill, where the event is one: fill_amount, fill_price, commission, slippage (per unit,
        positive is a cost). Figures that there are not are None.
    """
    events = [
        (transition.at, order.sequence, place, order, transition, data)
        for order in orders
        for place, (transition, data) in enumerate(_events(order, view))
    ]
    events.sort(key=lambda event: event[:3])
    return [
        {
            "id": number,
            "strategy_id": order.strategy,
            "broker_connection_id": broker_connection_id,
            "order_id": order.id,
            "broker_order_id": None,
            "asset_sid": order.asset.sid,
            "event_type": _event_type(transition),
            "event_timestamp": at // _NANOS_PER_MICROSECOND,
            "event_data": data,
        }
        for number, (at, _, _, order, transition, data) in enumerate(events, start=1)
    ]


def audit_json(rows: Iterable[dict[str, object]]) -> str:
    """Rows of the audit log as JSON: an array with a line for each row."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _event_type(transition: "Transition") -> str:
    if transition.before is not transition.after or transition.fill is not None:
        return _BY_STATUS[transition.after]
    reason = transition.reason or ""
    return _BY_REASON.get(reason) or _BY_CAUSE.get(transition.cause) or "message"


def _events(
    order: "AuditedOrder", view: "ValueView"
) -> "Iterator[tuple[Transition, dict[str, object]]]":
    """The lines of a trail with the state after each."""
    sent = accepted = None
    for line in order.trail:
        if line.after is OrderStatus.SUBMITTED and sent is None:
            sent = line.at
        if line.after is OrderStatus.ACCEPTED and accepted is None:
            accepted = line.at
        travelled = None if sent is None or accepted is None else accepted - sent
        yield line, {**_state(order, line, view, travelled), **_fill(order, line, view)}


def _state(
    order: "AuditedOrder", line: "Transition", view: "ValueView", travelled: int | None
) -> dict[str, object]:
    keep = order.asset.price_decimals
    limit, stop = (
        None if price is None else _text(view.price(price, keep))
        for price in (line.limit, line.stop)
    )
    return {
        "order_type": order.order_type,
        "side": "buy" if _bought(order) else "sell",
        "amount": _text(view.amount(abs(line.amount))),
        "price": stop if limit is None else limit,
        "limit_price": limit,
        "stop_price": stop,
        "filled_amount": _text(view.amount(abs(line.filled))),
        "status": line.after.value,
        "time_in_force": order.time_in_force.value,
        "cause": line.cause,
        "reason": line.reason,
        "code": None if line.code is None else line.code.value,
        "latency_ms": None if travelled is None else _milliseconds(travelled),
    }


def _fill(order: "AuditedOrder", line: "Transition", view: "ValueView") -> dict[str, object]:
    fill, keep = line.fill, order.asset.price_decimals
    if fill is None:
        return dict.fromkeys(("fill_amount", "fill_price", "commission", "slippage"))
    slippage = None
    if fill.reference is not None:
        worse = fill.price - fill.reference if _bought(order) else fill.reference - fill.price
        slippage = _text(view.price(worse, keep))
    return {
        "fill_amount": _text(view.amount(abs(fill.amount))),
        "fill_price": _text(view.price(fill.price, keep)),
        "commission": _text(view.money(fill.commission)),
        "slippage": slippage,
    }


def _bought(order: "AuditedOrder") -> bool:
    """Whether it was a buy; a split may have left an amount of zero."""
    return order.trail[0].amount > 0


def _milliseconds(nanoseconds: int) -> int | float:
    whole, rest = divmod(nanoseconds, _NANOS_PER_MILLISECOND)
    return nanoseconds / _NANOS_PER_MILLISECOND if rest else whole


def _text(value: "Value") -> str:
    """A number as text: all digits of a Decimal, the shortest text of a float."""
    return format(value, "f") if isinstance(value, Decimal) else repr(value)
