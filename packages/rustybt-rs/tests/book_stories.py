"""Commands and events of an order book as short lines, to work cases out by hand.

Commands, one a line; what stands after ``--`` is a case's own, the lines before only set it up::

    1 buy 5 @ 100 [stop 101] [ioc] [fok] [post] [show 2] [of 7]     without "@": market or stop
    cancel 1
    replace 1 [size 4] [@ 99] [stop 102]
    level buy 5 @ 99 | change buy -2 @ 99 | traded sell 3 @ 99      a feed's levels
    snapshot buy 5 @ 99 sell 4 @ 101
    add 1 buy 5 @ 99 | modify 1 size 4 [@ 98] | drop 1 [size 2] | executed 1 size 3
"""

from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from rustybt_rs.order_book import (
    Event,
    EventKind,
    FeedCancels,
    Level,
    OrderBook,
    SelfTrade,
    Side,
    TimeInForce,
)


def run(book: OrderBook, line: str, at: int) -> tuple[Event, ...]:
    """Carry out one command."""
    words = line.split()
    if words[0].isdigit():
        return order(book, words, at)
    if words[0] == "snapshot":
        return snapshot(book, words, at)
    return amended(book, words, at) if words[0] in AMENDED else level(book, words, at)


class Case(NamedTuple):
    """Commands, the events of those after ``--``, and what bids and asks show in the end."""

    name: str
    story: str
    events: str
    bids: str = ""
    asks: str = ""
    self_trade: SelfTrade = SelfTrade.ALLOW
    feed_cancels: FeedCancels = FeedCancels.BEHIND

    def check(self) -> None:
        """Play it in ticks of 1 and lots of 1."""
        book = OrderBook(tick=1, lot=1, self_trade=self.self_trade, feed_cancels=self.feed_cancels)
        assert played(book, self.story) == (lines(self.events), self.bids, self.asks)


AMENDED = ("cancel", "replace", "modify", "drop", "executed")


def values(words: list[str], **names: str) -> dict[str, Any]:
    """The number after each of the given words, under another name."""
    pairs = dict(pairwise(words))
    return {name: Decimal(pairs[word]) for name, word in names.items() if word in pairs}


def order(book: OrderBook, words: list[str], at: int) -> tuple[Event, ...]:
    number, side, size = int(words[0]), Side[words[1].upper()], Decimal(words[2])
    lives = [TimeInForce[word.upper()] for word in words if word in ("gtc", "ioc", "fok")]
    prices = values(words, stop="stop", price="@")
    terms: dict[str, Any] = {"owner": int(words[words.index("of") + 1])} if "of" in words else {}
    if lives:
        terms["time_in_force"] = lives[0]
    if "price" in prices:
        visible = values(words, visible="show")
        terms |= visible | {"post_only": "post" in words}
        method: Any = book.stop_limit if "stop" in prices else book.limit
    else:
        method = book.stop if "stop" in prices else book.market
    events: tuple[Event, ...] = method(number, side, **prices, size=size, at=at, **terms)
    return events


def amended(book: OrderBook, words: list[str], at: int) -> tuple[Event, ...]:
    number = int(words[1])
    figures = values(words, size="size", price="@", stop="stop")
    match words[0]:
        case "cancel":
            return book.cancel(number, at=at)
        case "replace":
            return book.replace(number, at=at, **figures)
        case "modify":
            return book.feed_modify(number, at=at, **figures)
        case "drop":
            return book.feed_cancel(number, at=at, **figures)
        case _:
            return book.feed_execute(number, at=at, **figures)


def level(book: OrderBook, words: list[str], at: int) -> tuple[Event, ...]:
    match words:
        case ["add", number, side, size, "@", price]:
            terms = (Side[side.upper()], Decimal(price), Decimal(size))
            return book.feed_add(int(number), *terms, at=at)
        case [verb, side, size, "@", price]:
            verbs = {
                "level": book.feed_level,
                "change": book.feed_change,
                "traded": book.feed_trade,
            }
            return verbs[verb](Side[side.upper()], Decimal(price), Decimal(size), at=at)
    raise ValueError(words)


def snapshot(book: OrderBook, words: list[str], at: int) -> tuple[Event, ...]:
    sides: dict[str, list[tuple[Decimal, Decimal]]] = {"buy": [], "sell": []}
    for start in range(1, len(words), 4):
        side, size, _, price = words[start : start + 4]
        sides[side].append((Decimal(price), Decimal(size)))
    return book.feed_snapshot(sides["buy"], sides["sell"], at=at)


WORDS = {
    EventKind.ACCEPTED: "accepted {order}",
    EventKind.REJECTED: "rejected {order} {reason}",
    EventKind.TRADE: "trade {maker} {taker} {size} @ {price}",
    EventKind.FILLED: "filled {order}",
    EventKind.CANCELLED: "cancelled {order} {size} {reason}",
    EventKind.EXPIRED: "expired {order} {size} {reason}",
    EventKind.REPLACED: "replaced {order} {size} @ {price} {place}",
    EventKind.TRIGGERED: "triggered {order} @ {price}",
    EventKind.REFILLED: "refilled {order} {size}",
}


def told(event: Event) -> str:
    """An event in words."""
    fields = event._asdict()
    if "reason" in fields:
        fields["reason"] = fields["reason"].name.lower()
    place = "kept" if fields.get("kept_place") else "moved"
    return WORDS[event.event].format(**fields, place=place)


def lines(text: str) -> list[str]:
    """The lines of a text that say something, without comments."""
    stripped = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in stripped if line]


def shown(levels: list[Level]) -> str:
    return " ".join(f"{level.size}@{level.price}" for level in levels)


def played(book: OrderBook, story: str) -> tuple[list[str], str, str]:
    """The events after ``--``, then what bids and asks show."""
    events: list[str] = []
    for at, line in enumerate(lines(story)):
        if line == "--":
            events.clear()
        else:
            events += map(told, run(book, line, at))
    return events, shown(book.bids()), shown(book.asks())
