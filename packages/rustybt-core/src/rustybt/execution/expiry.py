"""When orders end by themselves."""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from rustybt.orders import TimeInForce

if TYPE_CHECKING:
    from rustybt.orders import Order


class Expiries:
    """The orders of a venue that have a last moment, a last date or a last session."""

    __slots__ = ("_by_date", "_by_moment", "_fresh", "_of_day")

    def __init__(self) -> None:
        self._by_moment: list[tuple[int, int, Order]] = []
        self._by_date: list[tuple[int, int, Order]] = []
        self._fresh: list[Order] = []
        self._of_day: list[Order] = []

    def keep(self, order: "Order") -> None:
        """Remember an order that has come into the market."""
        terms = order.terms
        if terms.time_in_force is TimeInForce.DAY:
            self._fresh.append(order)
        elif terms.until is not None:
            heappush(self._by_moment, (terms.until, order.sequence, order))
        elif terms.until_day is not None:
            heappush(self._by_date, (terms.until_day, order.sequence, order))

    def count_bar(self) -> None:
        """Know that the orders that have come in have had a bar."""
        if self._fresh:
            self._of_day += self._fresh
            self._fresh.clear()

    def begin_bar(self, at: int) -> "Iterator[Order]":
        """The open orders whose last moment comes before a bar ends; the others take part."""
        return _before(self._by_moment, at)

    def begin_session(self, day: int) -> "Iterator[Order]":
        """The open orders whose last date comes before a session's, in days since 1970-01-01."""
        return _before(self._by_date, day)

    def end_session(self) -> "list[Order]":
        """The open orders of the day that have had a bar."""
        ended = [order for order in self._of_day if order.status.is_open]
        self._of_day.clear()
        return ended


def _before(heap: "list[tuple[int, int, Order]]", limit: int) -> "Iterator[Order]":
    while heap and heap[0][0] < limit:
        order = heappop(heap)[2]
        if order.status.is_open:
            yield order
