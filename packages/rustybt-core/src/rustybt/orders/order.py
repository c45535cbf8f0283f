"""One order: its state in kernel numbers, and the snapshot that a strategy sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rustybt.orders.status import OrderStatus, Transition, ZiplineStatus, check_transition
from rustybt.values import Arithmetic, Num, OrderRounding, Ratio, Value, parse_decimal
from rustybt.views import ValueView

if TYPE_CHECKING:
    from rustybt.assets import Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """What a strategy or a cost model sees of an order, at one moment.

    Attributes:
        id: The order's id, a text.
        asset: What is ordered.
        created: When it was placed (UTC).
        dt: When it last changed (UTC).
        amount: Signed amount ordered; splits scale it.
        filled: Signed amount filled so far.
        commission: Commission charged so far.
        limit: Limit price, None without one.
        stop: Stop price, None without one or once a stop-limit's stop was hit.
        limit_reached: Whether the limit was touched.
        stop_reached: Whether the stop was touched.
        status: Zipline's status value.
        state: The exact status.
        reason: Why it was rejected or cancelled, None otherwise.
        strategy: Name of the strategy that placed it.
    """

    id: str
    asset: "Asset"
    created: datetime
    dt: datetime
    amount: Value
    filled: Value
    commission: Value
    limit: Value | None
    stop: Value | None
    limit_reached: bool
    stop_reached: bool
    status: ZiplineStatus
    state: OrderStatus
    reason: str | None
    strategy: str

    @property
    def sid(self) -> "Asset":
        """The asset, under Zipline's old name."""
        return self.asset

    @property
    def open_amount(self) -> Value:
        """What is still to be filled, signed."""
        return _difference(self.amount, self.filled)

    @property
    def direction(self) -> int:
        """1 for a buy, -1 for a sell."""
        return 1 if self.amount > 0 else -1

    @property
    def open(self) -> bool:
        """Whether it can still be filled."""
        return self.state.is_open

    @property
    def triggered(self) -> bool:
        """Whether it may be filled: no stop or limit is left to be reached."""
        return (self.stop is None or self.stop_reached) and (
            self.limit is None or self.limit_reached
        )

    def __getitem__(self, name: str) -> object:
        """A field by name, as Zipline's orders allow."""
        return getattr(self, name)


class WorkingView:
    """An order as a cost model sees it while it is asked: made of what it reads, and no more.

    It follows the order, so it is for the length of a call only.
    """

    __slots__ = ("_order", "_view", "asset", "direction")

    def __init__(self, order: "Order", view: ValueView) -> None:
        self._order = order
        self._view = view
        self.asset = order.asset
        self.direction = 1 if order.amount > 0 else -1

    @property
    def amount(self) -> Value:
        """Signed amount ordered."""
        return self._view.amount(self._order.amount)

    @property
    def filled(self) -> Value:
        """Signed amount filled so far."""
        return self._view.amount(self._order.filled)

    @property
    def open_amount(self) -> Value:
        """Signed amount still open."""
        return self._view.amount(self._order.open_amount)

    @property
    def commission(self) -> Value:
        """Commission charged so far."""
        return self._view.money(self._order.commission)

    @property
    def limit(self) -> Value | None:
        """Limit price."""
        limit = self._order.limit
        return None if limit is None else self._view.price(limit, self.asset.price_decimals)


def _difference(a: Value, b: Value) -> Value:
    return a - b  # type: ignore[operator] # both are of the run's one kind


class Order:
    """The state of one order, in kernel numbers.

    It changes only through the methods below, each of which leaves a :class:`Transition` in
    `trail`, so the trail tells the whole life.
    """

    __slots__ = (
        "amount",
        "asset",
        "changed",
        "commission",
        "created",
        "filled",
        "id",
        "limit",
        "limit_reached",
        "reason",
        "sequence",
        "status",
        "stop",
        "stop_reached",
        "strategy",
        "trail",
    )

    def __init__(  # noqa: PLR0913 - one keyword for each fact of a new order
        self,
        *,
        id: str,  # noqa: A002 - the name of the field
        sequence: int,
        asset: "Asset",
        amount: Num,
        limit: Num | None,
        stop: Num | None,
        created: int,
        strategy: str,
        zero: Num,
    ) -> None:
        self.id = id
        self.sequence = sequence
        self.asset = asset
        self.amount = amount
        self.filled: Num = zero
        self.commission: Num = zero
        self.limit = limit
        self.stop = stop
        self.limit_reached = False
        self.stop_reached = False
        self.created = created
        self.changed = created
        self.status = OrderStatus.PENDING
        self.reason: str | None = None
        self.strategy = strategy
        self.trail: list[Transition] = []

    @property
    def open_amount(self) -> Num:
        """What is still to be filled, signed."""
        return self.amount - self.filled

    @property
    def is_buy(self) -> bool:
        """Whether it adds to a position."""
        return self.amount > 0

    @property
    def triggered(self) -> bool:
        """Whether it may be filled: no stop or limit is left to be reached."""
        return (self.stop is None or self.stop_reached) and (
            self.limit is None or self.limit_reached
        )

    def move(
        self, status: OrderStatus, at: int, *, cause: str, reason: str | None = None
    ) -> Transition:
        """Enter another status.

        Raises:
            ImpossibleTransition: The table does not allow it.
        """
        check_transition(self.id, self.status, status)
        before, self.status = self.status, status
        return self._record(before, at, cause, reason)

    def submit(self, at: int) -> Transition:
        """It was sent to its venue."""
        return self.move(OrderStatus.SUBMITTED, at, cause="strategy")

    def accept(self, at: int) -> Transition:
        """Its venue holds it now."""
        return self.move(OrderStatus.ACCEPTED, at, cause="venue")

    def cancel(self, at: int, *, cause: str, reason: str | None = None) -> Transition:
        """It was taken back."""
        self.changed = at
        self.reason = reason
        return self.move(OrderStatus.CANCELLED, at, cause=cause, reason=reason)

    def reject(self, at: int, *, reason: str) -> Transition:
        """It was refused."""
        self.changed = at
        self.reason = reason
        return self.move(OrderStatus.REJECTED, at, cause="venue", reason=reason)

    def fill(self, amount: Num, commission: Num, at: int) -> Transition:
        """A part of it, or all, was executed."""
        done = amount == self.open_amount
        self.filled = self.amount if done else self.filled + amount
        self.commission += commission
        self.changed = at
        status = OrderStatus.FILLED if done else OrderStatus.PARTIALLY_FILLED
        return self.move(status, at, cause="venue")

    def touch(self, price: Num, at: int) -> bool:
        """Test stop and limit against a price, once per bar.

        A stop-limit whose stop is touched loses the stop and tests its limit at once. What was
        touched stays touched.

        Returns:
            Whether the order may be filled now.
        """
        if self.triggered:
            return True
        buy = self.amount > 0
        reached = (self.stop_reached, self.limit_reached)
        if self.stop is not None and not self.stop_reached:
            if (price < self.stop) if buy else (price > self.stop):
                return False
            if self.limit is None:
                self.stop_reached = True
            else:
                self.stop = None
        if self.limit is not None:
            self.limit_reached = (price <= self.limit) if buy else (price >= self.limit)
        if (self.stop_reached, self.limit_reached) != reached:
            self.changed = at
            self._record(self.status, at, "venue", "triggered")
        return self.triggered

    def split(
        self, ratio: Ratio, at: int, arithmetic: Arithmetic, rounding: OrderRounding
    ) -> Transition:
        """Bring amounts and prices to the scale after a split.

        Filled and open part are divided by the ratio and truncated to whole lots; prices are
        multiplied and put on the tick. An order that is left with nothing open has ended.
        """
        remaining = self._split_amount(self.open_amount, ratio, arithmetic, rounding)
        self.filled = self._split_amount(self.filled, ratio, arithmetic, rounding)
        self.amount = self.filled + remaining
        self.limit = self._split_price(self.limit, ratio, arithmetic, rounding)
        self.stop = self._split_price(self.stop, ratio, arithmetic, rounding)
        if not remaining:
            # As Zipline counts it: nothing is open, so it is filled, be it with nothing.
            return self.move(OrderStatus.FILLED, at, cause="split", reason="nothing left open")
        return self._record(self.status, at, "split", f"ratio {ratio}")

    def _split_amount(
        self, amount: Num, ratio: Ratio, arithmetic: Arithmetic, rounding: OrderRounding
    ) -> Num:
        before = parse_decimal(arithmetic.amount_value(amount), field="amount")
        return arithmetic.amount(rounding.split_amount(before, ratio, self.asset.lot_size))

    def _split_price(
        self, price: Num | None, ratio: Ratio, arithmetic: Arithmetic, rounding: OrderRounding
    ) -> Num | None:
        if price is None:
            return None
        before = parse_decimal(arithmetic.price_value(price), field="price")
        return arithmetic.price(rounding.split_price(before, ratio, self.asset.tick_size))

    def _record(self, before: OrderStatus, at: int, cause: str, reason: str | None) -> Transition:
        transition = Transition(
            self.id, at, before, self.status, cause, reason, self.amount, self.filled
        )
        self.trail.append(transition)
        return transition

    def working(self, view: ValueView) -> WorkingView:
        """What a cost model sees while it is asked about the order."""
        return WorkingView(self, view)

    def view(self, view: ValueView) -> OrderView:
        """A snapshot for strategies and cost models."""
        keep = self.asset.price_decimals
        return OrderView(
            id=self.id,
            asset=self.asset,
            created=view.instant(self.created),
            dt=view.instant(self.changed),
            amount=view.amount(self.amount),
            filled=view.amount(self.filled),
            commission=view.money(self.commission),
            limit=None if self.limit is None else view.price(self.limit, keep),
            stop=None if self.stop is None else view.price(self.stop, keep),
            limit_reached=self.limit_reached,
            stop_reached=self.stop_reached,
            status=ZiplineStatus.of(self.status),
            state=self.status,
            reason=self.reason,
            strategy=self.strategy,
        )


OrderBook = Mapping["Asset", list[Order]]
