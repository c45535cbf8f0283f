"""An order as strategies and cost models see it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from rustybt.orders.status import EndCode, OrderStatus, ZiplineStatus
from rustybt.orders.terms import TimeInForce
from rustybt.values import Num, Value
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
        stop: Stop price, None without one or once a stop-limit's stop was hit; of a trailing stop
            where it stands now.
        limit_reached: Whether the limit was touched.
        stop_reached: Whether the stop was touched.
        status: Zipline's status value.
        state: The exact status.
        reason: Why it was rejected or cancelled, or why the broker placed it; None otherwise.
        strategy: Name of the strategy that placed it.
        code: Stable name of why it ended without being filled whole.
        order_type: "market", "limit", "stop", "stop_limit", "trailing_stop" or "iceberg".
        time_in_force: How long it lives.
        good_till: Last date or moment of a GTD order.
        post_only: Whether it is refused rather than filled at a price that is there already.
        reduce_only: Whether it can only bring a position nearer to zero.
        visible: The amount of an iceberg that the market sees at once.
        trail_amount: Distance of a trailing stop in money.
        trail_percent: Distance of a trailing stop as a share of the price.
        group_id: The group that it belongs to, None for an order of its own.
        role: What it is in its group: "entry", "take_profit", "stop_loss", "leg".
        takes_liquidity: Whether its newest fill trades with what was there (a taker) or was
            waited for (a maker).
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
    code: EndCode | None = None
    order_type: str = "market"
    time_in_force: TimeInForce = TimeInForce.GTC
    good_till: date | datetime | None = None
    post_only: bool = False
    reduce_only: bool = False
    visible: Value | None = None
    trail_amount: Value | None = None
    trail_percent: Value | None = None
    group_id: str | None = None
    role: str | None = None
    takes_liquidity: bool = True

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
        if self.order_type == "trailing_stop":
            return self.stop_reached
        return (self.stop is None or self.stop_reached) and (
            self.limit is None or self.limit_reached
        )

    def __getitem__(self, name: str) -> object:
        """A field by name, as Zipline's orders allow."""
        return getattr(self, name)


class Working(Protocol):
    """The state of an order, in kernel numbers, that a view is made of."""

    sequence: int
    asset: "Asset"
    amount: Num
    filled: Num
    commission: Num
    limit: Num | None

    @property
    def open_amount(self) -> Num:
        """Signed amount still open."""

    @property
    def takes_liquidity(self) -> bool:
        """Whether what it fills now trades with what is there."""


class WorkingView:
    """An order as a cost model sees it while it is asked: made of what it reads, and no more.

    It follows the order, so it is for the length of a call only.
    """

    __slots__ = ("_order", "_view", "asset", "direction")

    def __init__(self, order: Working, view: ValueView) -> None:
        self._order = order
        self._view = view
        self.asset = order.asset
        self.direction = 1 if order.amount > 0 else -1

    @property
    def sequence(self) -> int:
        """Number of the order within its run."""
        return self._order.sequence

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

    @property
    def takes_liquidity(self) -> bool:
        """Whether what it fills now trades with what is there."""
        return self._order.takes_liquidity


class PartView(WorkingView):
    """A part of an order as a slippage model sees it: as if no more had been ordered.

    Args:
        order: The order.
        view: The look of numbers.
        room: How much of it may fill, signed, a kernel amount.
        limited: Whether the model sees the limit price.
    """

    __slots__ = ("_limited", "_room")

    def __init__(self, order: Working, view: ValueView, room: Num, *, limited: bool) -> None:
        super().__init__(order, view)
        self._room = room
        self._limited = limited

    @property
    def amount(self) -> Value:
        """Signed amount filled so far and what may fill now."""
        return self._view.amount(self._order.filled + self._room)

    @property
    def open_amount(self) -> Value:
        """Signed amount that may fill now."""
        return self._view.amount(self._room)

    @property
    def limit(self) -> Value | None:
        """Limit price, where the model is to see it."""
        return super().limit if self._limited else None


def _difference(a: Value, b: Value) -> Value:
    return a - b  # type: ignore[operator] # both are of the run's one kind
