"""An order book with price-time priority, for a simulated venue and for backtests on ticks.

Prices are multiples of the tick and sizes of the lot, given and shown as `Decimal`s; what is off
them is an `InvalidInputError`. Ids and times come from the caller, so the same commands always
give the same events. Every command returns its events, in the order in which they happened.

Rules:

- The better price trades first; at one price, who came first. A trade has the resting order's
  price.
- An iceberg shows a slice; when it is used up, the next one stands at the back of its level.
- A market order's rest expires where the other side is empty.
- A trade reaches the buy stops at or below its price and the sell stops at or above it: the
  nearest first, at one stop price who came first. They become active when the order that traded
  is done, one after the other. A stop that the last trade has reached already is active at once.
- A smaller size alone keeps an order's place; any other replacement makes it a new arrival.
- An id can be used again when its order has ended.
"""

from rustybt_rs._book_records import (
    MARKET,
    NOBODY,
    Accepted,
    Cancelled,
    Command,
    Event,
    EventKind,
    Expired,
    FeedCancels,
    Filled,
    Level,
    OpenOrder,
    OrderKind,
    QueuePosition,
    Reason,
    Refilled,
    Rejected,
    Replaced,
    SelfTrade,
    Side,
    TimeInForce,
    Trade,
    Triggered,
)
from rustybt_rs._native import OrderBook

__all__ = [
    "MARKET",
    "NOBODY",
    "Accepted",
    "Cancelled",
    "Command",
    "Event",
    "EventKind",
    "Expired",
    "FeedCancels",
    "Filled",
    "Level",
    "OpenOrder",
    "OrderBook",
    "OrderKind",
    "QueuePosition",
    "Reason",
    "Refilled",
    "Rejected",
    "Replaced",
    "SelfTrade",
    "Side",
    "TimeInForce",
    "Trade",
    "Triggered",
]
