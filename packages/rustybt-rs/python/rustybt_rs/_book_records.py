"""What an order book takes and gives: numbers with names, and records.

The records are named tuples; the last field of an event says what it is, so that events of
different kinds are never equal. Prices and sizes are `Decimal`s, times nanoseconds since 1970 in
UTC, ids whole numbers above zero.
"""

from decimal import Decimal
from enum import IntEnum
from typing import Final, Literal, NamedTuple

MARKET: Final = 0
"""The id that stands for everyone else in a replay of a feed."""

NOBODY: Final = 0
"""The owner of orders that self-trade prevention leaves alone."""


class Side(IntEnum):
    """A side of the book."""

    BUY = 1
    SELL = -1


class OrderKind(IntEnum):
    """Kind of an order."""

    LIMIT = 0
    MARKET = 1
    STOP = 2
    STOP_LIMIT = 3


class TimeInForce(IntEnum):
    """How long an order lives once it is active."""

    GTC = 0
    IOC = 1
    FOK = 2


class SelfTrade(IntEnum):
    """What happens when two orders of one owner would trade with each other."""

    ALLOW = 0
    CANCEL_NEWEST = 1
    CANCEL_OLDEST = 2
    CANCEL_BOTH = 3


class FeedCancels(IntEnum):
    """Whose size goes first when a feed's level loses size and no trade explains it."""

    BEHIND = 0
    PROPORTIONAL = 1


class Command(IntEnum):
    """A command in a column of `OrderBook.apply`."""

    SUBMIT = 0
    CANCEL = 1
    REPLACE = 2
    FEED_LEVEL = 3
    FEED_CHANGE = 4
    FEED_SNAPSHOT = 5
    FEED_TRADE = 6
    FEED_ADD = 7
    FEED_MODIFY = 8
    FEED_CANCEL = 9
    FEED_EXECUTE = 10


class EventKind(IntEnum):
    """What happened."""

    ACCEPTED = 0
    REJECTED = 1
    TRADE = 2
    FILLED = 3
    CANCELLED = 4
    EXPIRED = 5
    REPLACED = 6
    TRIGGERED = 7
    REFILLED = 8


class Reason(IntEnum):
    """Why something was refused or ended."""

    DUPLICATE_ORDER = 0
    UNKNOWN_ORDER = 1
    POST_ONLY = 2
    TOO_MANY_SLICES = 3
    NO_LIMIT_PRICE = 4
    NO_STOP_PRICE = 5
    REQUESTED = 6
    SELF_TRADE = 7
    IOC_UNFILLED = 8
    FOK_UNFILLED = 9
    NO_LIQUIDITY = 10
    DUPLICATE_FEED_ORDER = 11
    UNKNOWN_FEED_ORDER = 12


class Accepted(NamedTuple):
    """The order is in the book, or about to trade."""

    order: int
    at: int
    event: Literal[EventKind.ACCEPTED] = EventKind.ACCEPTED


class Rejected(NamedTuple):
    """Nothing changed."""

    order: int
    reason: Reason
    at: int
    event: Literal[EventKind.REJECTED] = EventKind.REJECTED


class Trade(NamedTuple):
    """Two orders traded at the maker's price; the side is the taker's."""

    maker: int
    taker: int
    side: Side
    price: Decimal
    size: Decimal
    at: int
    event: Literal[EventKind.TRADE] = EventKind.TRADE


class Filled(NamedTuple):
    """Nothing of the order is left to trade."""

    order: int
    at: int
    event: Literal[EventKind.FILLED] = EventKind.FILLED


class Cancelled(NamedTuple):
    """The rest was taken out: on request, or by self-trade prevention."""

    order: int
    size: Decimal
    reason: Reason
    at: int
    event: Literal[EventKind.CANCELLED] = EventKind.CANCELLED


class Expired(NamedTuple):
    """The rest ended by the order's own terms."""

    order: int
    size: Decimal
    reason: Reason
    at: int
    event: Literal[EventKind.EXPIRED] = EventKind.EXPIRED


class Replaced(NamedTuple):
    """The order has other figures; `price` is its limit, or the stop of a stop order."""

    order: int
    price: Decimal
    size: Decimal
    kept_place: bool
    at: int
    event: Literal[EventKind.REPLACED] = EventKind.REPLACED


class Triggered(NamedTuple):
    """A trade at `price` reached the order's stop price: it is active now."""

    order: int
    price: Decimal
    at: int
    event: Literal[EventKind.TRIGGERED] = EventKind.TRIGGERED


class Refilled(NamedTuple):
    """An iceberg shows its next slice, of `size`, at the back of its level."""

    order: int
    size: Decimal
    at: int
    event: Literal[EventKind.REFILLED] = EventKind.REFILLED


Event = Accepted | Rejected | Trade | Filled | Cancelled | Expired | Replaced | Triggered | Refilled


class Level(NamedTuple):
    """A price level: what its orders show together, and how many there are."""

    price: Decimal
    size: Decimal
    orders: int


class QueuePosition(NamedTuple):
    """What the orders ahead of an order at its price show together, and how many there are."""

    size: Decimal
    orders: int


class OpenOrder(NamedTuple):
    """An order in the book.

    Attributes:
        order: its id; `MARKET` for a level's size from a feed.
        owner: whose it is.
        side: buy or sell.
        kind: a stop order that was reached is a limit order.
        price: limit price; None for a stop order.
        stop: stop price; None once it was reached.
        size: what is open of it, shown and hidden.
        shown: what the book shows of it.
        time_in_force: its terms.
        post_only: its terms.
        from_feed: whether a feed gave it.
    """

    order: int
    owner: int
    side: Side
    kind: OrderKind
    price: Decimal | None
    stop: Decimal | None
    size: Decimal
    shown: Decimal
    time_in_force: TimeInForce
    post_only: bool
    from_feed: bool
