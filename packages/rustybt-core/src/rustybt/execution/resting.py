"""The open orders of one asset, and which of them a price reaches."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from rustybt.orders import PLAIN_TERMS

if TYPE_CHECKING:
    from rustybt.orders import Order
    from rustybt.values import Num

_FEWEST_DEAD: Final = 64
_LONG_AGO: Final = -(2**63)
_turn = attrgetter("queued", "sequence")


class _Wait(NamedTuple):
    """An order that waits for a price.

    Attributes:
        key: The price; with its sign turned where a falling price reaches it.
        sequence: The order's number, so that two entries always compare.
        order: The order.
        falls: Whether a falling price reaches it.
    """

    key: "Num"
    sequence: int
    order: "Order"
    falls: bool


class RestingOrders:
    """The open orders of one asset.

    Market orders, orders that were triggered and stops that follow the price are looked at in
    every bar. All others wait in two heaps, for a falling and for a rising price, so that a bar
    takes out those that its prices reach and never sees the rest. What was taken out and is
    still open has to be put back with `rest`.

    Args:
        keeps_limits: Whether an order whose limit was touched once waits for its limit again,
            instead of being looked at in every bar.

    Attributes:
        immediate: Orders that the first bar decides about, by number.
        reducing: Orders that only reduce a position, by number.
        special: Numbers of the orders in the market that are more than an amount, a limit and a
            stop: of a group, trailing, iceberg, or with terms.
        side: Sign of the position when those were checked last; None where one is new.
        grouped: Numbers of the orders of groups that are in the market.
        newest: Label of the newest bar with a trade, nanoseconds UTC.
        since: An order that arrived at this time or later has had no bar yet that could fill it:
            the newest one, or the one before where a close triggers what the next open fills.
    """

    __slots__ = (
        "_by_number",
        "_falling",
        "_in_turn",
        "_keeps_limits",
        "_ready",
        "_retouched",
        "_rising",
        "_waiting",
        "grouped",
        "immediate",
        "newest",
        "reducing",
        "side",
        "since",
        "special",
    )

    def __init__(self, *, keeps_limits: bool) -> None:
        self._keeps_limits = keeps_limits
        self._by_number: dict[int, Order] = {}
        self._ready: dict[int, Order] = {}
        self._in_turn = True
        self._waiting: dict[int, _Wait] = {}
        self._falling: list[_Wait] = []
        self._rising: list[_Wait] = []
        self._retouched: set[int] = set()
        self.immediate: dict[int, Order] = {}
        self.reducing: dict[int, Order] = {}
        self.side: int | None = None
        self.grouped: set[int] = set()
        self.special: set[int] = set()
        self.newest = self.since = _LONG_AGO

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> "Iterator[Order]":
        return iter(self._by_number.values())

    @property
    def needs_range(self) -> bool:
        """Whether more than the close of a bar may decide which orders it reaches."""
        return bool(self._retouched or self.immediate)

    def reset(self) -> None:
        """Be as new: no order is left."""
        assert not self._by_number, "only what is empty is used again"
        self._falling.clear()
        self._rising.clear()
        self._in_turn, self.side = True, 0
        self.newest = self.since = _LONG_AGO

    def hold(self, order: "Order") -> None:
        """Keep an order that is not in the market yet."""
        self._by_number[order.sequence] = order

    def admit(self, order: "Order") -> None:
        """Let an order that is kept take part from now on."""
        terms = order.terms
        if terms is not PLAIN_TERMS:
            if terms.time_in_force.is_immediate:
                self.immediate[order.sequence] = order
            if terms.reduce_only:
                self.reducing[order.sequence] = order
                self.side = None
        if order.group is not None:
            self.grouped.add(order.sequence)
        if _is_special(order):
            self.special.add(order.sequence)
        self.rest(order)

    def forget(self, order: "Order") -> None:
        """Drop an order that has ended."""
        number = order.sequence
        if self._by_number.pop(number, None) is None:
            return
        self._ready.pop(number, None)
        if self.special:
            self.special.discard(number)
            self.grouped.discard(number)
        if order.terms is not PLAIN_TERMS:
            self.immediate.pop(number, None)
            self.reducing.pop(number, None)
        if self._waiting:
            self._stop_waiting(number)

    def rest(self, order: "Order") -> None:
        """Put an order where it waits: for a price, or for the next bar."""
        key = self._awaited(order)
        number = order.sequence
        if key is None:
            if number not in self._ready:
                if self._waiting:
                    self._stop_waiting(number)
                self._in_turn = self._in_turn and self._comes_last(order)
                self._ready[number] = order
            return
        self._ready.pop(number, None)
        falls = order.is_buy is not order.waits_for_stop
        wait = _Wait(-key if falls else key, number, order, falls)
        if order.limit_reached:
            self._retouched.add(number)
        if self._waiting.get(number) == wait:
            return
        self._waiting[number] = wait
        heappush(self._falling if falls else self._rising, wait)

    def put_back(self, order: "Order") -> None:
        """Put an order back that was taken out, unless it has ended since."""
        if order.sequence in self._by_number:
            self.rest(order)

    def move(self, order: "Order") -> None:
        """Put an order anew whose prices or whose place in the queue have changed."""
        self._ready.pop(order.sequence, None)
        self._stop_waiting(order.sequence)
        self.rest(order)

    def take(self, low: "Num", high: "Num") -> "list[Order]":
        """The orders that prices from `low` to `high` reach, in turn.

        Those that waited for a price no longer do.
        """
        if not self._waiting and self._in_turn:
            return list(self._ready.values())
        reached: list[Order] = []
        for heap, bound in ((self._falling, -low), (self._rising, high)):
            if heap and heap[0].key <= bound:
                reached += _reached(heap, bound, self._waiting)
        for order in reached:
            self._retouched.discard(order.sequence)
        if not reached and self._in_turn:
            return list(self._ready.values())
        if not self._in_turn:
            self._ready = {
                order.sequence: order for order in sorted(self._ready.values(), key=_turn)
            }
            self._in_turn = True
        return sorted([*self._ready.values(), *reached], key=_turn)

    def _awaited(self, order: "Order") -> "Num | None":
        """The price that an order waits for; None where every bar is to look at it."""
        if order.stop is None and order.limit is None:
            return None
        if order.trailing is not None:
            return None
        if order.waits_for_stop:
            return order.stop
        return order.limit if self._keeps_limits or not order.limit_reached else None

    def _comes_last(self, order: "Order") -> bool:
        if not self._ready:
            return True
        return bool(_turn(self._ready[next(reversed(self._ready))]) < _turn(order))

    def _stop_waiting(self, number: int) -> None:
        if self._waiting.pop(number, None) is None:
            return
        self._retouched.discard(number)
        dead = len(self._falling) + len(self._rising) - len(self._waiting)
        if dead > _FEWEST_DEAD + len(self._waiting):
            waits = self._waiting.values()
            self._falling = [wait for wait in waits if wait.falls]
            self._rising = [wait for wait in waits if not wait.falls]
            heapify(self._falling)
            heapify(self._rising)


def _is_special(order: "Order") -> bool:
    plain = order.terms is PLAIN_TERMS and order.group is None
    return not plain or order.trailing is not None or order.visible is not None


def _reached(heap: list[_Wait], bound: "Num", waiting: dict[int, _Wait]) -> "Iterator[Order]":
    """Take from a heap what does not lie beyond a bound, without what has left it since."""
    while heap and heap[0].key <= bound:
        wait = heappop(heap)
        if waiting.get(wait.sequence) is wait:
            del waiting[wait.sequence]
            yield wait.order
