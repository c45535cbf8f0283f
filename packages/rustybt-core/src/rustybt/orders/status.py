"""The life of an order: statuses, allowed transitions, and the record of each."""

from enum import IntEnum, StrEnum
from typing import NamedTuple

from rustybt.errors import ImpossibleTransition
from rustybt.values import Num


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    PENDING = "Pending"
    SUBMITTED = "Submitted"
    ACCEPTED = "Accepted"
    PARTIALLY_FILLED = "PartiallyFilled"
    FILLED = "Filled"
    CANCELLED = "Cancelled"
    REJECTED = "Rejected"
    EXPIRED = "Expired"
    UNKNOWN = "Unknown"
    """Live only: the venue has not proved the outcome."""

    @property
    def is_open(self) -> bool:
        """Whether the order can still change."""
        return self in _NEXT


class ZiplineStatus(IntEnum):
    """The status as Zipline counts it, derived from :class:`OrderStatus`."""

    OPEN = 0
    FILLED = 1
    CANCELLED = 2
    REJECTED = 3
    HELD = 4

    @classmethod
    def of(cls, status: OrderStatus) -> "ZiplineStatus":
        """Zipline's value for a status: everything that can still change is open."""
        return _ZIPLINE.get(status, cls.OPEN)


_ENDS = frozenset({OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.EXPIRED})
_FILLS = frozenset({OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED})
_DOUBT = frozenset({OrderStatus.UNKNOWN})

_NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: _ENDS | _DOUBT | {OrderStatus.SUBMITTED},
    OrderStatus.SUBMITTED: _ENDS | _DOUBT | _FILLS | {OrderStatus.ACCEPTED},
    OrderStatus.ACCEPTED: _ENDS | _DOUBT | _FILLS,
    OrderStatus.PARTIALLY_FILLED: _ENDS | _DOUBT | _FILLS,
    OrderStatus.UNKNOWN: _ENDS | _FILLS | {OrderStatus.ACCEPTED},
}

_ZIPLINE = {
    OrderStatus.FILLED: ZiplineStatus.FILLED,
    OrderStatus.CANCELLED: ZiplineStatus.CANCELLED,
    OrderStatus.EXPIRED: ZiplineStatus.CANCELLED,
    OrderStatus.REJECTED: ZiplineStatus.REJECTED,
    OrderStatus.UNKNOWN: ZiplineStatus.HELD,
}


def check_transition(order_id: str, before: OrderStatus, after: OrderStatus) -> None:
    """Refuse what the table does not allow.

    Raises:
        ImpossibleTransition: The state of the order is corrupt.
    """
    if after not in _NEXT.get(before, ()):
        raise ImpossibleTransition(order_id=order_id, from_status=before, to_status=after)


class Transition(NamedTuple):
    """One immutable line of an order's audit trail.

    Attributes:
        order_id: The order.
        at: When, nanoseconds UTC.
        before: The status left; the same as `after` where only figures changed (a trigger, a
            split).
        after: The status entered.
        cause: What made it happen: "strategy", "venue", "split", "cancel policy", "delisting".
        reason: In words, None where the cause says it all.
        amount: The order's amount after the transition, a kernel amount.
        filled: The filled amount after the transition, a kernel amount.
    """

    order_id: str
    at: int
    before: OrderStatus
    after: OrderStatus
    cause: str
    reason: str | None
    amount: Num
    filled: Num
