"""An order book in Python, as one would write it to be quick: heaps of prices, queues at each."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from typing import Final

BUY: Final = 1
LIMIT, MARKET, CANCEL = range(3)
Row = tuple[int, int, int, Decimal, Decimal]
"""What is asked for, the order's id, its side, price and size."""

Event = tuple[int, str, int, int, int, Decimal, Decimal, str]
"""The command's number, what happened to which order, and maker, side, price, size and reason."""

_NOTHING: Final = Decimal(0)


@dataclass(slots=True)
class _Resting:
    order: int
    size: Decimal


@dataclass(slots=True)
class _Side:
    """One side: a queue for each price, and the prices of it as a heap, the best first."""

    sign: int
    queues: dict[Decimal, deque[_Resting]] = field(default_factory=dict)
    prices: list[Decimal] = field(default_factory=list)

    def add(self, price: Decimal, order: _Resting) -> None:
        queue = self.queues.get(price)
        if queue is None:
            queue = self.queues[price] = deque()
            heappush(self.prices, -price * self.sign)
        queue.append(order)

    def best(self) -> tuple[Decimal, deque[_Resting]] | None:
        """The best price and who waits there; cancelled orders are dropped on the way."""
        while self.prices:
            price = -self.prices[0] * self.sign
            queue = self.queues[price]
            while queue and not queue[0].size:
                queue.popleft()
            if queue:
                return price, queue
            heappop(self.prices)
            del self.queues[price]
        return None


class PlainBook:
    """Limit and market orders and cancellations, with price-time priority."""

    def __init__(self) -> None:
        self._sides = {side: _Side(side) for side in (1, -1)}
        self._open: dict[int, _Resting] = {}
        self._events: list[Event] = []

    def apply(self, rows: Iterable[Row]) -> list[Event]:
        """Carry out commands; what happened."""
        for row, (command, order, side, price, size) in enumerate(rows):
            if command == CANCEL:
                self._cancel(row, order)
            else:
                self._submit(row, order, side, price if command == LIMIT else None, size)
        return self._events

    def _cancel(self, row: int, order: int) -> None:
        resting = self._open.pop(order, None)
        if resting is None:
            self._events.append((row, "rejected", order, 0, 0, _NOTHING, _NOTHING, "unknown order"))
            return
        self._events.append((row, "cancelled", order, 0, 0, _NOTHING, resting.size, "requested"))
        resting.size = _NOTHING

    def _submit(
        self, row: int, order: int, side: int, limit: Decimal | None, size: Decimal
    ) -> None:
        self._events.append((row, "accepted", order, 0, 0, _NOTHING, _NOTHING, ""))
        left = self._trade(row, order, side, limit, size)
        if not left:
            self._events.append((row, "filled", order, 0, 0, _NOTHING, _NOTHING, ""))
        elif limit is None:
            self._events.append((row, "expired", order, 0, 0, _NOTHING, left, "no liquidity"))
        else:
            resting = self._open[order] = _Resting(order, left)
            self._sides[side].add(limit, resting)

    def _trade(
        self, row: int, order: int, side: int, limit: Decimal | None, size: Decimal
    ) -> Decimal:
        """Trade with the other side as long as it can be; what is left."""
        events, other = self._events, self._sides[-side]
        while size and (best := other.best()) is not None:
            price, queue = best
            if limit is not None and (price > limit if side == BUY else price < limit):
                break
            maker = queue[0]
            traded = min(size, maker.size)
            events.append((row, "trade", order, maker.order, side, price, traded, ""))
            size -= traded
            maker.size -= traded
            if not maker.size:
                del self._open[maker.order]
                events.append((row, "filled", maker.order, 0, 0, _NOTHING, _NOTHING, ""))
        return size
