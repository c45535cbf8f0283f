"""The blotter: every order of an account, its venue, and what happens to orders besides fills."""

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from rustybt.execution.order_factory import OrderFactory, Placement, Ticket
from rustybt.logs import get_logger
from rustybt.orders import (
    PLAIN_TERMS,
    Change,
    EndCode,
    ExecutionStyle,
    GroupStyle,
    MarketOrder,
    Order,
    OrderGroup,
    OrderTerms,
)
from rustybt.plugins import groups, registry
from rustybt.values import Arithmetic, ExactRounding, Num, OrderRounding, Ratio

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.events import Execution
    from rustybt.execution.resting import RestingOrders
    from rustybt.execution.venue import SimulatedVenue
    from rustybt.finance.fills import FillModel
    from rustybt.finance.latency import LatencyModel
    from rustybt.finance.loans import Loans

Enter = Callable[[Order, int], bool]

_NOBODY: frozenset[str] = frozenset()
_WHY: dict[str, tuple[EndCode, str | None]] = {  # Without words where Zipline has none.
    "cancel policy": (EndCode.CANCEL_POLICY, None),
    "delisting": (EndCode.DELISTING, None),
    "merger": (EndCode.MERGER, "the asset is exchanged for what its holders get"),
    "margin call": (EndCode.MARGIN_CALL, "too little margin: the broker trades the asset"),
    "liquidation": (EndCode.LIQUIDATION, "the position is closed at its liquidation price"),
}


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
        venue: Where orders go.
        factory: Makes the orders.
        resting: The open orders as they wait; empty when a bar has nothing to do.
        enter: A kernel's quicker way for a new market order without terms into the market; None
            without one. It does all that `order` does; False where it did nothing.
        has_news: Whether `take_news` has anything to tell.
        has_ends: Whether `take_ends` or `take_late` has anything to tell.
    """

    def __init__(
        self,
        *,
        venue: "SimulatedVenue",
        arithmetic: Arithmetic,
        rounding: OrderRounding | None = None,
    ) -> None:
        self.venue = venue
        self._arithmetic = arithmetic
        self._rounding: OrderRounding = rounding or ExactRounding()
        self.factory = OrderFactory(arithmetic, self._rounding)
        self.resting: Mapping[Asset, RestingOrders] = venue.resting
        self._touched: dict[str, Order] = {}
        self._placed: list[Order] = []
        self._changed: list[Order] = []
        self._ends: list[Order] = []
        self.has_news = False
        self.has_ends = False
        self.enter: Enter | None = None

    @property
    def orders(self) -> Mapping[str, Order]:
        """Every order ever placed, by id, in order of creation."""
        return self.factory.orders

    @property
    def groups(self) -> Mapping[str, OrderGroup]:
        """Every group ever placed, by id, in order of creation."""
        return self.factory.groups

    @property
    def open_orders(self) -> Mapping["Asset", list[Order]]:
        """Orders that can still be filled, by asset."""
        return self.venue.open_orders

    @property
    def touch_decisions(self) -> int:
        """How often the order of touch within a bar decided, and the worse one was assumed."""
        return self.venue.touch_decisions

    @property
    def latency(self) -> "LatencyModel | None":
        """How long messages to the venue travel; None for no time at all."""
        return self.venue.latency

    @property
    def fill_model(self) -> "FillModel | None":
        """What a bar may fill of the orders that it triggers; None for all of them."""
        return self.venue.fill_model

    def set_latency(self, model: "LatencyModel | None") -> None:
        """Choose how long messages to the venue travel."""
        self.venue.set_latency(model)

    def set_fill_model(self, model: "FillModel | None") -> None:
        """Choose what a bar may fill of the orders that it triggers."""
        self.venue.set_fill_model(model)

    def set_loans(self, loans: "Loans | None") -> None:
        """Say what may be short; None for no limits."""
        self.venue.set_loans(loans)

    # ------------------------------------------------------------ messages of a strategy

    def order(
        self,
        asset: "Asset",
        amount: Num,
        style: ExecutionStyle,
        *,
        at: int,
        strategy: str,
        terms: OrderTerms = PLAIN_TERMS,
    ) -> Order:
        """Place an order, or a group of them.

        Args:
            asset: What to trade.
            amount: Signed kernel amount in whole lots, not zero.
            style: How to execute it; its prices are rounded to the asset's tick.
            at: Now, nanoseconds UTC.
            strategy: Whose order it is.
            terms: How long it lives, and what it must not do.

        Returns:
            The order; of a bracket its entry, of other groups the first leg.
        """
        ticket = Ticket(asset, amount, at, strategy, terms)
        if self.enter is not None and type(style) is MarketOrder and terms is PLAIN_TERMS:
            placed = self.factory.new(ticket, style)
            if self.enter(placed, at):
                return placed
            sent, held = Placement((placed,))
        else:
            sent, held = self.factory.place(ticket, style)
        for order in (*sent, *held):
            self._placed.append(order)
            self._touch(order)
        self.venue.submit(sent, at, held=held)
        if self.venue.changed:
            self._collect()
        return sent[0]

    def reject(
        self,
        asset: "Asset",
        amount: Num,
        style: ExecutionStyle,
        *,
        at: int,
        strategy: str,
        reason: str,
        code: EndCode = EndCode.CONTROL,
    ) -> Order:
        """Keep a record of an order that is refused before it reaches the venue."""
        single = style.first if isinstance(style, GroupStyle) else style
        order = self.factory.new(Ticket(asset, amount, at, strategy), single)
        order.reject(at, reason=reason, code=code, cause="account")
        self._change(order)
        return order

    def cancel(self, order_id: str, *, at: int, cause: str, reason: str | None = None) -> bool:
        """Take an order back; any leg of orders that cancel each other means all of them.

        Returns:
            Whether there was an open order to cancel.
        """
        order = self.orders.get(order_id)
        if order is None or not order.status.is_open:
            return False
        together = [order]
        if order.group is not None and order.group.kind == "oco":
            together = [each for each in order.group.orders if each.status.is_open]
        return self._cancel(together, {order_id}, at, cause, reason)

    def cancel_group(
        self, group_id: str, *, at: int, cause: str, reason: str | None = None
    ) -> bool:
        """Take all orders of a group back.

        Returns:
            Whether there was an open order to cancel.
        """
        group = self.groups.get(group_id)
        together = [] if group is None else [o for o in group.orders if o.status.is_open]
        return self._cancel(together, _NOBODY, at, cause, reason)

    def _cancel(
        self,
        together: Sequence[Order],
        asked: Collection[str],
        at: int,
        cause: str,
        reason: str | None,
    ) -> bool:
        if not together:
            return False
        self.venue.cancel(together, at, cause=cause, reason=reason)
        self._collect(asked)
        return True

    def change(
        self,
        order: Order,
        amount: Decimal | None = None,
        limit: Decimal | None = None,
        stop: Decimal | None = None,
    ) -> Change:
        """What an order is to be replaced by; see `OrderFactory.change`."""
        return self.factory.change(order, amount=amount, limit=limit, stop=stop)

    def replace(self, changes: "Sequence[tuple[Order, Change]]", *, at: int) -> bool:
        """Give orders of one asset other figures, all at once.

        Args:
            changes: Orders, and what they are to be replaced by, as `change` makes it.
            at: Now, nanoseconds UTC.

        Returns:
            Whether there was an open order to replace.
        """
        if not any(order.status.is_open for order, _ in changes):
            return False
        self.venue.replace(changes, at)
        self._collect()
        return True

    # ------------------------------------------------------------ what a run does to orders

    def cancel_all(
        self,
        asset: "Asset",
        *,
        at: int,
        cause: str,
        first_of_several: bool = False,
        forced: bool = True,
    ) -> list[Order]:
        """End the open orders of an asset at once and return them.

        Args:
            asset: Whose orders.
            at: Now, nanoseconds UTC.
            cause: Why, for the trail; where it is a known one, orders have its code and reason.
            first_of_several: Take back the first one only, and only where there are several.
            forced: Whether orders end too that the broker placed.
        """
        orders = list(self.open_orders.get(asset, ()))
        if not forced:
            orders = [order for order in orders if order.terms.forced is None]
        if first_of_several:
            orders = orders[:1] if len(orders) > 1 else []
        code, reason = _WHY.get(cause, (None, None))
        for order in orders:
            order.cancel(at, cause=cause, reason=reason, code=code)
            self._change(order)
            self.venue.remove(order)
        return orders

    def end(self, order: Order, *, at: int, cause: str, reason: str, code: EndCode) -> None:
        """End an open order at once; what it was to do with its group is settled.

        Args:
            order: The order.
            at: Now, nanoseconds UTC.
            cause: Why, for the trail.
            reason: In words.
            code: Its stable name.
        """
        self.venue.end(order, at, cause=cause, reason=reason, code=code)
        self._collect()

    def split(self, asset: "Asset", ratio: Ratio, at: int) -> list[Order]:
        """Bring the open orders of an asset to the scale after a split and return them."""
        orders = list(self.open_orders.get(asset, ()))
        for order in orders:
            order.split(ratio, at, self._arithmetic, self._rounding)
            self._change(order)
            if not order.status.is_open:
                self.venue.remove(order)
        if orders:
            self.venue.restore(asset)
        return orders

    def begin_session(self, day: int, at: int) -> None:
        """End the orders whose last date has passed.

        Args:
            day: The session's date, in days since 1970-01-01.
            at: Now, nanoseconds UTC.
        """
        self.venue.begin_session(day, at)
        self._collect()

    def end_session(self, at: int) -> None:
        """End the orders of the day."""
        self.venue.end_session(at)
        self._collect()

    def advance(self, at: int, session: int) -> "list[Execution]":
        """Match the open orders against the bar that ended at `at`."""
        executions = self.venue.advance(at, session)
        for execution in executions:
            self._change(execution.order)
        if self.venue.changed or self.venue.late:
            self._collect()
        return executions

    def next_sequence(self) -> int:
        """The number of the next execution of the run."""
        return self.venue.next_sequence()

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

    def take_ends(self) -> Sequence[Order]:
        """The orders that the venue ended unfilled since the last call, without being asked."""
        ends, self._ends = self._ends, []
        self.has_ends = bool(self.venue.late)
        return ends

    def take_late(self) -> Sequence[tuple[Order, str]]:
        """Orders that had ended before a message of the strategy arrived, and which it was."""
        late = list(self.venue.late)
        self.venue.late.clear()
        self.has_ends = bool(self._ends)
        return late

    def _collect(self, asked: Collection[str] = _NOBODY) -> None:
        """Take note of what the venue did to orders; what the strategy asked for is no news."""
        changed = self.venue.changed
        for order in changed:
            self._change(order)
            if not order.status.is_open and order.id not in asked:
                self._ends.append(order)
        changed.clear()
        self.has_ends = bool(self._ends or self.venue.late)

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
