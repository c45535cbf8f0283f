"""Messages on their way to the market."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rustybt.finance.draws import Draws
    from rustybt.finance.latency import LatencyModel, SentOrder
    from rustybt.orders import Order


class Message(NamedTuple):
    """Something that a strategy sent to the market.

    Attributes:
        arrives: When it arrives, nanoseconds UTC.
        number: Of messages that arrive together the lower one comes first.
        orders: What it is about.
        takes: Whether it ends or changes orders that are in the market.
        deliver: What happens on its arrival, given when that is.
    """

    arrives: int
    number: int
    orders: "tuple[Order, ...]"
    takes: bool
    deliver: Callable[[int], None]


class Transit:
    """Messages that have been sent and have not arrived.

    Messages about one order arrive in the order in which they were sent.

    Args:
        model: How long a message travels.
        draws: Where its random numbers come from.
    """

    def __init__(self, model: "LatencyModel", draws: "Draws") -> None:
        self._model = model
        self._draws = draws
        self._messages: list[Message] = []
        self._sent = 0
        self._last: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._messages)

    def send(
        self,
        orders: "Sequence[Order]",
        shown: "SentOrder",
        at: int,
        deliver: Callable[[int], None],
        *,
        takes: bool,
    ) -> None:
        """Send a message now.

        It travels as long as the model says of the first order. The first message about an order
        draws the numbers of that order, each later one numbers of its own.

        Args:
            orders: What it is about.
            shown: The first of them as a latency model is shown it.
            at: Now, nanoseconds UTC.
            deliver: What happens on its arrival.
            takes: Whether it ends or changes orders that are in the market.
        """
        first = orders[0].id
        count = self._counts.get(first, 0)
        draws = self._draws if not count else self._draws.within(f"message {count}")
        earlier = (self._last.get(order.id, at) for order in orders)
        arrives = max(at + self._model.delay(shown, draws), *earlier)
        for order in orders:
            self._counts[order.id] = self._counts.get(order.id, 0) + 1
            self._last[order.id] = arrives
        self._sent += 1
        heappush(self._messages, Message(arrives, self._sent, tuple(orders), takes, deliver))

    def arrived(self, until: int) -> Iterator[Message]:
        """Take the messages that have arrived by a time, in turn."""
        while self._messages and self._messages[0].arrives <= until:
            yield heappop(self._messages)
