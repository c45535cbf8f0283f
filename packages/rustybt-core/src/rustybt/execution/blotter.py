"""The blotter: every order of an account, its venue, and what happens to orders besides fills."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from rustybt.logs import get_logger
from rustybt.orders import ExecutionStyle, Order
from rustybt.plugins import groups, registry
from rustybt.values import Arithmetic, ExactRounding, Num, OrderRounding, Ratio

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.events import Execution
    from rustybt.execution.venue import SimulatedVenue


class BlotterFactory(Protocol):
    """Makes the blotter of a run; what is registered under a blotter's name."""

    def __call__(
        self, *, venue: "SimulatedVenue", arithmetic: Arithmetic, rounding: OrderRounding
    ) -> "Blotter":
        """A blotter over the run's venue."""


class Blotter:
    """Keeps all orders of one account and sends them to a venue.

    Subclass it, and register the class under a name in the group `rustybt.blotters`, to change
    how orders are kept or sent.

    Args:
        venue: Where orders go.
        arithmetic: The run's numbers.
        rounding: How order prices get onto the tick; exactly when not given.

    Attributes:
        has_news: Whether `take_news` has anything to tell.
    """

    def __init__(
        self,
        *,
        venue: "SimulatedVenue",
        arithmetic: Arithmetic,
        rounding: OrderRounding | None = None,
    ) -> None:
        self._venue = venue
        self._arithmetic = arithmetic
        self._rounding: OrderRounding = rounding or ExactRounding()
        self._orders: dict[str, Order] = {}
        self._touched: dict[str, Order] = {}
        self._placed: list[Order] = []
        self._changed: list[Order] = []
        self.has_news = False

    @property
    def orders(self) -> Mapping[str, Order]:
        """Every order ever placed, by id, in order of creation."""
        return self._orders

    @property
    def open_orders(self) -> Mapping["Asset", list[Order]]:
        """Orders that can still be filled, by asset."""
        return self._venue.open_orders

    def order(
        self, asset: "Asset", amount: Num, style: ExecutionStyle, *, at: int, strategy: str
    ) -> Order:
        """Place an order.

        Args:
            asset: What to trade.
            amount: Signed kernel amount in whole lots, not zero.
            style: How to execute it; its prices are rounded to the asset's tick.
            at: Now, nanoseconds UTC.
            strategy: Whose order it is.
        """
        order = self._new(asset, amount, style, at=at, strategy=strategy)
        self._placed.append(order)
        self._venue.submit(order, at)
        return order

    def _new(
        self, asset: "Asset", amount: Num, style: ExecutionStyle, *, at: int, strategy: str
    ) -> Order:
        limit, stop = style.prices(asset, self._rounding, is_buy=amount > 0)
        sequence = len(self._orders) + 1
        order = Order(
            id=f"{strategy}-{sequence}",
            sequence=sequence,
            asset=asset,
            amount=amount,
            limit=self._price(limit, "limit price"),
            stop=self._price(stop, "stop price"),
            created=at,
            strategy=strategy,
            zero=self._arithmetic.zero,
        )
        self._orders[order.id] = order
        self._touch(order)
        return order

    def reject(
        self,
        asset: "Asset",
        amount: Num,
        style: ExecutionStyle,
        *,
        at: int,
        strategy: str,
        reason: str,
    ) -> Order:
        """Keep a record of an order that is refused before it reaches the venue."""
        order = self._new(asset, amount, style, at=at, strategy=strategy)
        order.reject(at, reason=reason)
        self._change(order)
        return order

    def _price(self, value: object, field: str) -> Num | None:
        return None if value is None else self._arithmetic.price(value, field)

    def cancel(self, order_id: str, *, at: int, cause: str, reason: str | None = None) -> bool:
        """Take an order back.

        Returns:
            Whether there was an open order to cancel.
        """
        order = self._orders.get(order_id)
        if order is None or not order.status.is_open:
            return False
        order.cancel(at, cause=cause, reason=reason)
        self._change(order)
        self._venue.remove(order)
        return True

    def cancel_all(
        self, asset: "Asset", *, at: int, cause: str, first_of_several: bool = False
    ) -> list[Order]:
        """Take back the open orders of an asset and return them.

        Args:
            asset: Whose orders.
            at: Now, nanoseconds UTC.
            cause: Why, for the trail.
            first_of_several: Take back the first one only, and only where there are several.
        """
        orders = list(self.open_orders.get(asset, ()))
        if first_of_several:
            orders = orders[:1] if len(orders) > 1 else []
        for order in orders:
            self.cancel(order.id, at=at, cause=cause)
        return orders

    def split(self, asset: "Asset", ratio: Ratio, at: int) -> list[Order]:
        """Bring the open orders of an asset to the scale after a split and return them."""
        orders = list(self.open_orders.get(asset, ()))
        for order in orders:
            order.split(ratio, at, self._arithmetic, self._rounding)
            self._change(order)
            if not order.status.is_open:
                self._venue.remove(order)
        return orders

    def advance(self, at: int, session: int) -> "list[Execution]":
        """Match the open orders against the bar that ended at `at`."""
        executions = self._venue.advance(at, session)
        for execution in executions:
            self._change(execution.order)
        return executions

    def next_sequence(self) -> int:
        """The number of the next execution of the run."""
        return self._venue.next_sequence()

    # ------------------------------------------------------------ what has happened

    def take_news(self) -> tuple[Sequence[Order], Sequence[Order]]:
        """The orders placed, and those changed, since the last call."""
        news = self._placed, self._changed
        self._placed, self._changed = [], []
        self.has_news = False
        return news

    def take_touched(self) -> Sequence[Order]:
        """The orders placed or changed since the last call, by their last change."""
        touched, self._touched = self._touched, {}
        return tuple(touched.values())

    def _change(self, order: Order) -> None:
        self._changed.append(order)
        self._touch(order)

    def _touch(self, order: Order) -> None:
        self._touched.pop(order.id, None)
        self._touched[order.id] = order
        self.has_news = True


def make_blotter(
    choice: "str | type[Blotter] | BlotterFactory",
    *,
    venue: "SimulatedVenue",
    arithmetic: Arithmetic,
    rounding: OrderRounding | None = None,
) -> Blotter:
    """The blotter that a run's `blotter` argument means.

    Args:
        choice: A registered name, or a factory such as a subclass of :class:`Blotter`.
        venue: The run's venue.
        arithmetic: The run's numbers.
        rounding: How order prices get onto the tick; exactly when not given.

    Raises:
        PluginNotFound: No blotter of that name.
    """
    factory: Callable[..., Blotter]
    factory = registry(groups.BLOTTERS).load(choice) if isinstance(choice, str) else choice
    get_logger(__name__).debug("blotter chosen", blotter=getattr(factory, "__name__", choice))
    return factory(venue=venue, arithmetic=arithmetic, rounding=rounding or ExactRounding())
