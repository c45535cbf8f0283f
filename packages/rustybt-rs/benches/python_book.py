"""An order book in plain Python, as one would write it for speed: what ours is measured against.

Levels are deques in a dictionary, their prices a sorted list (`bisect`), cancelled orders are
left in their queue and passed over. It knows limit and market orders, IOC, FOK, post-only,
cancel and replace, counts in ticks and lots as ours does, and gives events as tuples.
"""

from bisect import insort
from collections import deque
from typing import Any, Final

Event = tuple[Any, ...]

LIMIT, MARKET = 0, 1
GTC, IOC, FOK = 0, 1, 2


class Order:
    """An order in a queue; a size of zero is one that left it."""

    __slots__ = ("key", "number", "post_only", "side", "size")

    def __init__(self, number: int, side: int, key: int, size: int, post_only: int) -> None:
        self.number = number
        self.side = side
        self.key = key
        self.size = size
        self.post_only = post_only


class Ladder:
    """One side: keys are prices, negative for bids, so that the best is the smallest."""

    __slots__ = ("keys", "queues", "totals")

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.queues: dict[int, deque[Order]] = {}
        self.totals: dict[int, int] = {}

    def push(self, order: Order) -> None:
        key = order.key
        queue = self.queues.get(key)
        if queue is None:
            self.queues[key] = deque((order,))
            self.totals[key] = order.size
            insort(self.keys, key)
        else:
            queue.append(order)
            self.totals[key] += order.size

    def less(self, key: int, size: int) -> None:
        """Take size off a level; the level goes with its last."""
        self.totals[key] -= size
        if not self.totals[key]:
            del self.totals[key], self.queues[key]
            self.keys.remove(key)

    def available(self, key: int, wanted: int) -> bool:
        """Whether levels up to a key have so much."""
        for level in self.keys:
            if level > key:
                return False
            wanted -= self.totals[level]
            if wanted <= 0:
                return True
        return False


class PythonBook:
    """Commands as in `rustybt_rs.OrderBook`, in whole ticks and lots."""

    def __init__(self) -> None:
        self.sides: Final = {1: Ladder(), -1: Ladder()}
        self.orders: dict[int, Order] = {}

    def submit(
        self,
        number: int,
        side: int,
        kind: int,
        price: int,
        size: int,
        life: int,
        post_only: int,
        at: int,
    ) -> list[Event]:
        if number in self.orders:
            return [("rejected", number, "duplicate_order", at)]
        other = self.sides[-side]
        limit = side * price if kind == LIMIT else 2**62
        if post_only and other.keys and other.keys[0] <= limit:
            return [("rejected", number, "post_only", at)]
        events: list[Event] = [("accepted", number, at)]
        if life == FOK and not other.available(limit, size):
            events.append(("expired", number, size, "fok_unfilled", at))
            return events
        rest = self.trade(number, side, limit, size, at, events)
        if not rest:
            events.append(("filled", number, at))
        elif kind == MARKET:
            events.append(("expired", number, rest, "no_liquidity", at))
        elif life != GTC:
            events.append(("expired", number, rest, "ioc_unfilled", at))
        else:
            order = Order(number, side, -side * price, rest, post_only)
            self.orders[number] = order
            self.sides[side].push(order)
        return events

    def trade(
        self, number: int, side: int, limit: int, rest: int, at: int, events: list[Event]
    ) -> int:
        ladder = self.sides[-side]
        while rest and ladder.keys:
            key = ladder.keys[0]
            if key > limit:
                break
            queue = ladder.queues[key]
            while rest and queue:
                maker = queue[0]
                if not maker.size:
                    queue.popleft()
                    continue
                size = min(rest, maker.size)
                events.append(("trade", maker.number, number, side, side * key, size, at))
                rest -= size
                maker.size -= size
                if not maker.size:
                    queue.popleft()
                    del self.orders[maker.number]
                    events.append(("filled", maker.number, at))
                ladder.less(key, size)
        return rest

    def cancel(self, number: int, at: int) -> list[Event]:
        order = self.orders.pop(number, None)
        if order is None:
            return [("rejected", number, "unknown_order", at)]
        size, order.size = order.size, 0
        self.sides[order.side].less(order.key, size)
        return [("cancelled", number, size, "requested", at)]

    def replace(self, number: int, price: int, size: int, at: int) -> list[Event]:
        order = self.orders.get(number)
        if order is None:
            return [("rejected", number, "unknown_order", at)]
        side = order.side
        if order.key == -side * price and size <= order.size:
            less, order.size = order.size - size, size
            self.sides[side].less(order.key, less)
            return [("replaced", number, price, size, True, at)]
        other = self.sides[-side]
        if order.post_only and other.keys and other.keys[0] <= side * price:
            return [("rejected", number, "post_only", at)]
        self.cancel(number, at)
        events: list[Event] = [("replaced", number, price, size, False, at)]
        post_only = order.post_only
        return events + self.submit(number, side, LIMIT, price, size, GTC, post_only, at)[1:]
