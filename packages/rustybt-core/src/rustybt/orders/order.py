"""One order: its state in kernel numbers, and what may happen to it."""

from typing import TYPE_CHECKING, NamedTuple

from rustybt.calendars import from_day
from rustybt.orders.membership import Membership
from rustybt.orders.status import (
    REPLACED,
    STOP_REACHED,
    TRIGGERED,
    EndCode,
    FillFacts,
    OrderStatus,
    Transition,
    ZiplineStatus,
    check_transition,
)
from rustybt.orders.terms import PLAIN_TERMS, OrderTerms, TimeInForce
from rustybt.orders.trailing import Trail
from rustybt.orders.view import OrderView, PartView, WorkingView
from rustybt.values import Arithmetic, Num, OrderRounding, Ratio, Value, parse_decimal
from rustybt.views import ValueView

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from rustybt.assets import Asset


class Change(NamedTuple):
    """What an order is to be replaced by, in kernel numbers; None leaves a figure as it is.

    Attributes:
        amount: The whole amount, what has filled included.
        limit: The limit price.
        stop: The stop price.
    """

    amount: Num | None = None
    limit: Num | None = None
    stop: Num | None = None


class Order:
    """The state of one order, in kernel numbers.

    It changes only through the methods below, each of which leaves a :class:`Transition` in
    `trail`, so the trail tells the whole life. Only a stop that follows the price moves without
    a record: the prices of the bars say where it is.

    Attributes:
        queued: Since when it has its place in the queue of its asset, nanoseconds UTC.
        crossed: When its limit last met a price that was there already, nanoseconds UTC: as it
            arrived, or just before the end of the bar that reached its stop; None for never.
        takes: Of an order with a limit: whether what it fills now takes liquidity.
        tip: Of an iceberg: what is left of the part that shows, without sign.
        group: The group that it belongs to, None for an order of its own.
        role: What it is in its group.
    """

    __slots__ = (
        "amount",
        "asset",
        "changed",
        "code",
        "commission",
        "created",
        "crossed",
        "filled",
        "group",
        "id",
        "limit",
        "limit_reached",
        "order_type",
        "queued",
        "reason",
        "role",
        "sequence",
        "status",
        "stop",
        "stop_reached",
        "strategy",
        "takes",
        "terms",
        "tip",
        "trail",
        "trailing",
        "visible",
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
        order_type: str = "",
        terms: OrderTerms = PLAIN_TERMS,
        trailing: Trail | None = None,
        visible: Num | None = None,
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
        self.queued = created
        self.crossed: int | None = None
        self.takes = False
        self.status = OrderStatus.PENDING
        self.reason: str | None = None if terms.forced is None else terms.forced.reason
        self.code: EndCode | None = None
        self.strategy = strategy
        self.order_type = order_type
        self.terms = terms
        self.trailing = trailing
        self.visible = visible
        self.tip = visible
        self.group: Membership[Order] | None = None
        self.role: str | None = None
        self.trail: list[Transition] = []

    @property
    def open_amount(self) -> Num:
        """What is still to be filled, signed."""
        return self.amount - self.filled

    @property
    def time_in_force(self) -> TimeInForce:
        """How long it lives."""
        return self.terms.time_in_force

    @property
    def is_buy(self) -> bool:
        """Whether it adds to a position."""
        return self.amount > 0

    @property
    def takes_liquidity(self) -> bool:
        """Whether what it fills now trades with what is there, instead of being waited for."""
        return self.limit is None or self.takes

    @property
    def triggered(self) -> bool:
        """Whether it may be filled: no stop or limit is left to be reached."""
        if self.trailing is not None:
            return self.stop_reached
        return (self.stop is None or self.stop_reached) and (
            self.limit is None or self.limit_reached
        )

    @property
    def waits_for_stop(self) -> bool:
        """Whether a stop is still to be reached before anything else."""
        return not self.stop_reached and (self.stop is not None or self.trailing is not None)

    # ------------------------------------------------------------ transitions

    def move(
        self,
        status: OrderStatus,
        at: int,
        *,
        cause: str,
        reason: str | None = None,
        code: EndCode | None = None,
    ) -> Transition:
        """Enter another status.

        Raises:
            ImpossibleTransition: The table does not allow it.
        """
        check_transition(self.id, self.status, status)
        before, self.status = self.status, status
        return self._record(before, at, cause, reason, code)

    def submit(self, at: int, *, cause: str = "strategy") -> Transition:
        """It was sent to its venue."""
        forced = self.terms.forced
        if forced is None:
            return self.move(OrderStatus.SUBMITTED, at, cause=cause)
        return self.move(OrderStatus.SUBMITTED, at, cause=forced.cause, reason=forced.reason)

    def accept(self, at: int) -> Transition:
        """Its venue holds it now."""
        self.queued = at
        return self.move(OrderStatus.ACCEPTED, at, cause="venue")

    def cancel(
        self, at: int, *, cause: str, reason: str | None = None, code: EndCode | None = None
    ) -> Transition:
        """It was taken back."""
        return self._end(OrderStatus.CANCELLED, at, cause, reason, code)

    def reject(
        self, at: int, *, reason: str, code: EndCode | None = None, cause: str = "venue"
    ) -> Transition:
        """It was refused."""
        return self._end(OrderStatus.REJECTED, at, cause, reason, code)

    def expire(self, at: int, *, reason: str, code: EndCode) -> Transition:
        """Its time is over."""
        return self._end(OrderStatus.EXPIRED, at, "time in force", reason, code)

    def _end(
        self, status: OrderStatus, at: int, cause: str, reason: str | None, code: EndCode | None
    ) -> Transition:
        self.changed = at
        self.reason = reason
        self.code = code
        return self.move(status, at, cause=cause, reason=reason, code=code)

    def fill(
        self,
        amount: Num,
        commission: Num,
        at: int,
        *,
        price: Num | None = None,
        reference: Num | None = None,
    ) -> Transition:
        """A part of it, or all, was executed.

        Args:
            amount: Signed amount.
            commission: What its commission grows by.
            at: When.
            price: At what price per unit, for the trail.
            reference: The market's price before slippage, for the trail.
        """
        done = amount == self.open_amount
        self.filled = self.amount if done else self.filled + amount
        self.commission += commission
        self.changed = at
        if self.visible is not None:
            self._shrink_tip(abs(amount), at)
        before = self.status
        self.status = OrderStatus.FILLED if done else OrderStatus.PARTIALLY_FILLED
        check_transition(self.id, before, self.status)
        facts = None if price is None else FillFacts(amount, price, reference, commission)
        return self._record(before, at, "venue", None, None, facts)

    def _shrink_tip(self, size: Num, at: int) -> None:
        """Take from the part that shows; a new one goes to the end of the queue."""
        assert self.tip is not None
        self.tip -= size
        if self.tip <= 0:
            self.tip = self.visible
            self.queued = at

    def note(self, at: int, *, cause: str, reason: str) -> Transition:
        """Record what did not change it: a message that was sent, or that came to nothing."""
        return self._record(self.status, at, cause, reason)

    # ------------------------------------------------------------ other changes

    def resize(self, amount: Num, at: int, *, cause: str, reason: str) -> Transition:
        """Give it another amount, what has filled included; it keeps its place in the queue."""
        assert abs(amount) >= abs(self.filled), "what has filled stays filled"
        self.amount = amount
        self.changed = at
        return self._record(self.status, at, cause, reason)

    def replace(self, change: Change, at: int, *, cause: str = "strategy") -> Transition:
        """Give it other figures.

        What has filled stays: an amount that is no larger ends the order. A stop that was
        reached meanwhile stays so. It goes to the end of the queue unless it only became
        smaller.
        """
        self.changed = at
        stops = change.stop is not None and self.stop is not None and not self.stop_reached
        grows = change.amount is not None and abs(change.amount) > abs(self.amount)
        if change.amount is not None:
            self.amount = change.amount
        if change.limit is not None:
            self.limit = change.limit
            self.limit_reached = False
        if stops:
            self.stop = change.stop
        if change.limit is not None or stops or grows:
            self.queued = at
        if abs(self.amount) <= abs(self.filled):
            self.amount = self.filled
            return self.cancel(
                at, cause=cause, reason="replaced by what had filled", code=EndCode.REPLACED
            )
        return self._record(self.status, at, cause, REPLACED)

    # ------------------------------------------------------------ triggers

    def touch(self, price: Num, at: int) -> bool:
        """Test stop and limit against a price, once per bar.

        A stop-limit whose stop is touched loses the stop and tests its limit at once. What was
        touched stays touched. A trailing stop that is not touched follows the price.

        Returns:
            Whether the order may be filled now.
        """
        if self.triggered:
            return True
        buy = self.amount > 0
        if self.waits_for_stop:
            if self.stop is None or ((price < self.stop) if buy else (price > self.stop)):
                self.follow(price)
                return False
            if self.limit is None:
                self.reach_stop(at)
                return True
            self.stop = None
            if (price > self.limit) if buy else (price < self.limit):
                self._record(self.status, at, "venue", STOP_REACHED)
                return False
            self.crossed = at - 1
        limit = self.limit
        if limit is not None and ((price <= limit) if buy else (price >= limit)):
            self.reach_limit(at)
        return self.triggered

    def follow(self, price: Num) -> None:
        """Let a stop that trails come nearer after a price; others stay."""
        if self.trailing is not None:
            stop = self.trailing.follow(price)
            if stop is not None:
                self.stop = stop

    def reach_stop(self, at: int) -> None:
        """Its stop was touched: it is a market order now, or waits for its limit."""
        if self.limit is None:
            self.stop_reached = True
            self.changed = at
            self._record(self.status, at, "venue", TRIGGERED)
        else:
            self.stop = None
            self._record(self.status, at, "venue", STOP_REACHED)

    def reach_limit(self, at: int) -> None:
        """Its limit was touched; the first time counts."""
        if not self.limit_reached:
            self.limit_reached = True
            self.changed = at
            self._record(self.status, at, "venue", TRIGGERED)

    # ------------------------------------------------------------ splits

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
        if self.trailing is not None:
            self.trailing.split(ratio)
        if self.visible is not None and self.tip is not None:
            lot = arithmetic.amount(self.asset.lot_size)
            self.visible, self.tip = (
                max(self._split_amount(part, ratio, arithmetic, rounding), lot)
                for part in (self.visible, self.tip)
            )
        if not remaining:
            # As Zipline counts it: nothing is open, so it is filled, be it with nothing.
            if self.status is OrderStatus.PENDING:
                return self.cancel(at, cause="split", reason="nothing left open")
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

    def _record(
        self,
        before: OrderStatus,
        at: int,
        cause: str,
        reason: str | None,
        code: EndCode | None = None,
        fill: FillFacts | None = None,
    ) -> Transition:
        transition = Transition(
            self.id,
            at,
            before,
            self.status,
            cause,
            reason,
            self.amount,
            self.filled,
            self.limit,
            self.stop,
            code,
            fill,
        )
        self.trail.append(transition)
        return transition

    # ------------------------------------------------------------ views

    def working(self, view: ValueView) -> WorkingView:
        """What a cost model sees while it is asked about the order."""
        return WorkingView(self, view)

    def part(self, view: ValueView, room: Num, *, limited: bool) -> PartView:
        """What a slippage model sees that may fill a part of the order; see `PartView`."""
        return PartView(self, view, room, limited=limited)

    def view(self, view: ValueView) -> OrderView:
        """A snapshot for strategies and cost models."""
        keep = self.asset.price_decimals
        terms, trailing = self.terms, self.trailing
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
            code=self.code,
            order_type=self.order_type,
            time_in_force=terms.time_in_force,
            good_till=_good_till(terms, view),
            post_only=terms.post_only,
            reduce_only=terms.reduce_only,
            visible=None if self.visible is None else view.amount(self.visible),
            trail_amount=_figure(None if trailing is None else trailing.amount, view),
            trail_percent=_figure(None if trailing is None else trailing.share, view),
            group_id=None if self.group is None else self.group.id,
            role=self.role,
            takes_liquidity=self.takes_liquidity,
        )


def _good_till(terms: OrderTerms, view: ValueView) -> "date | datetime | None":
    if terms.until_day is not None:
        return from_day(terms.until_day)
    return None if terms.until is None else view.instant(terms.until)


def _figure(value: "Decimal | None", view: ValueView) -> Value | None:
    return None if value is None else view.figure(value)
