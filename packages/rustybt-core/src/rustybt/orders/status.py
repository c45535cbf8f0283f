"""The life of an order: statuses, allowed transitions, and the record of each."""

from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

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

    is_open: bool
    """Whether the order can still change."""

    in_market: bool
    """Whether bars may fill the order: it has arrived and has not ended."""

    follows: "tuple[OrderStatus, ...]"
    """The statuses that can come next."""


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

for _status in OrderStatus:
    # Attributes of the members: looked up in every bar, and ten times as fast as a table.
    _status.follows = tuple(_NEXT.get(_status, ()))
    _status.is_open = bool(_status.follows)
    _status.in_market = _status in {OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED}


class EndCode(StrEnum):
    """Why an order ended without being filled whole: the stable name beside the reason."""

    CONTROL = "control"
    """A trading control refused it."""
    ACCOUNT = "account"
    """The account had not what it needs."""
    NOT_LENT = "not_lent"
    """It would be short more than is lent."""
    RECALLED = "recalled"
    """It would sell short what is called back, or was to cover another amount of it."""
    POST_ONLY = "post_only_would_cross"
    """It would have taken a price that was there, and was to add one."""
    REDUCE_ONLY = "reduce_only_no_position"
    """There is no position left that it could reduce."""
    FILL_OR_KILL = "fok_unfilled"
    """It could not be filled whole at once."""
    IMMEDIATE_OR_CANCEL = "ioc_remainder"
    """What could not be filled at once has ended."""
    DAY = "day_over"
    """Its session is over."""
    GOOD_TILL = "good_till_passed"
    """Its last moment has passed."""
    GROUP = "group"
    """Another order of its group decided it."""
    REPLACED = "replaced"
    """It was replaced by no more than had filled."""
    CANCEL_POLICY = "cancel_policy"
    """The cancel policy of the run ends orders with the session."""
    DELISTING = "delisting"
    """Its asset has ended."""
    MERGER = "merger"
    """Its asset was merged into another."""
    MARGIN_CALL = "margin_call"
    """There is too little margin, and the broker trades the asset."""
    LIQUIDATION = "liquidation"
    """The position was closed at its liquidation price."""


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
    if after not in before.follows:
        raise ImpossibleTransition(order_id=order_id, from_status=before, to_status=after)


TRIGGERED: Final = "triggered"
"""Reason of a line: the order may be filled from now on."""

STOP_REACHED: Final = "stop reached"
"""Reason of a line: the order has lost its stop and waits for its limit."""

REPLACED: Final = "replaced"
"""Reason of a line: the order has other figures."""


class FillFacts(NamedTuple):
    """What an execution was like, in kernel numbers.

    Attributes:
        amount: Signed amount.
        price: Price per unit.
        reference: Price of the market before slippage; None where nobody says.
        commission: What the order's commission grew by.
    """

    amount: Num
    price: Num
    reference: Num | None
    commission: Num


class Transition(NamedTuple):
    """One immutable line of an order's audit trail.

    Attributes:
        order_id: The order.
        at: When, nanoseconds UTC.
        before: The status left; the same as `after` where only figures changed (a trigger, a
            replacement, a split) or a message came to nothing.
        after: The status entered.
        cause: What made it happen: "strategy", "account", "venue", "group", "time in force",
            "split", "cancel policy", "delisting", "borrow", "recall".
        reason: In words, None where the cause says it all.
        amount: The order's amount after the transition, a kernel amount.
        filled: The filled amount after the transition, a kernel amount.
        limit: The limit price after it, a kernel price.
        stop: The stop price after it, a kernel price.
        code: Why an order ended without being filled whole.
        fill: The execution that made it happen.
    """

    order_id: str
    at: int
    before: OrderStatus
    after: OrderStatus
    cause: str
    reason: str | None
    amount: Num
    filled: Num
    limit: Num | None = None
    stop: Num | None = None
    code: EndCode | None = None
    fill: FillFacts | None = None
