"""Where open orders are, and what follows for the others when one of them changes."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from rustybt.execution.expiry import Expiries
from rustybt.execution.resting import RestingOrders
from rustybt.orders import (
    PLAIN_TERMS,
    Change,
    EndCode,
    OrderStatus,
    OrderTerms,
    Role,
    TimeInForce,
)

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.executor import AssetBar, Executor
    from rustybt.orders import Order
    from rustybt.values import Num


class Floor:
    """The open orders of a venue.

    Args:
        executor: Knows positions.
        keeps_limits: See :class:`RestingOrders`.

    Attributes:
        resting: The open orders of each asset, in the order in which assets are matched.
        expiries: When orders end by themselves.
        changed: Orders that changed or ended other than by their own fill.
        today: Day of the running session, counted from 1970-01-01.
    """

    def __init__(self, executor: "Executor", *, keeps_limits: bool) -> None:
        self._executor = executor
        self._keeps_limits = keeps_limits
        self.resting: Final[dict[Asset, RestingOrders]] = {}
        self._spare: list[RestingOrders] = []
        self.expiries: Final = Expiries()
        self.changed: Final[list[Order]] = []
        self.today = 0

    def of(self, asset: "Asset") -> RestingOrders:
        """The open orders of an asset."""
        resting = self.resting.get(asset)
        if resting is None:
            spare = self._spare
            resting = spare.pop() if spare else RestingOrders(keeps_limits=self._keeps_limits)
            self.resting[asset] = resting
        return resting

    def forget_empty(self) -> None:
        """Forget the assets without an order; what kept their orders is used again."""
        for asset in [asset for asset, orders in self.resting.items() if not len(orders)]:
            empty = self.resting.pop(asset)
            empty.reset()
            self._spare.append(empty)

    # ------------------------------------------------------------ coming in

    def enter(self, order: "Order", at: int, price: "Num | None", *, net: "Num" = 0) -> None:
        """Let an order come into the market, or refuse it.

        Args:
            order: An order that was sent.
            at: When it arrives, nanoseconds UTC.
            price: The market's price then; None where there is none.
            net: What the bar has bought less what it has sold so far.
        """
        plain = order.terms is PLAIN_TERMS
        if not plain and self._refused(order, at, price, net):
            return
        order.accept(at)
        if price is not None:
            order.follow(price)
            _meet(order, price, at)
        self.of(order.asset).admit(order)
        if not plain:
            self.expiries.keep(order)

    def replace(self, order: "Order", change: Change, at: int, price: "Num | None") -> None:
        """Give an order other figures; see `Order.replace`."""
        order.replace(change, at)
        if not order.status.is_open:
            self.after_end(order, at)
            return
        self.changed.append(order)
        if order.group is not None:
            self.changed.extend(order.group.after_replace(order, at))
        if order.status.in_market and not self._refused(order, at, price, 0):
            if price is not None and order.queued == at:
                _meet(order, price, at)
            self.of(order.asset).move(order)

    def _refused(self, order: "Order", at: int, price: "Num | None", net: "Num") -> bool:
        """Refuse an order whose terms the market cannot keep."""
        terms = order.terms
        if self._is_over(terms, at):
            reason = "good till: its time had passed when it arrived"
            self.expire(order, at, reason=reason, code=EndCode.GOOD_TILL)
            return True
        if terms.post_only and price is not None and _crosses(order, price):
            reason, code = "post-only: it would have filled at once", EndCode.POST_ONLY
        elif terms.reduce_only and not self._executor.reducible(order, net):
            reason, code = "reduce-only: there is no position to reduce", EndCode.REDUCE_ONLY
        else:
            return False
        order.reject(at, reason=reason, code=code)
        self.after_end(order, at)
        return True

    def _is_over(self, terms: OrderTerms, at: int) -> bool:
        """Whether the last date or the last moment of an order has passed."""
        day, moment = terms.until_day, terms.until
        return (day is not None and day < self.today) or (moment is not None and moment < at)

    # ------------------------------------------------------------ fills and ends

    def after_fill(self, order: "Order", bar: "AssetBar") -> "list[Order]":
        """Settle a fill.

        Returns:
            Exits that came alive by it.
        """
        resting = self.resting[order.asset]
        if not order.status.is_open:
            resting.forget(order)
        elif order.tip is not None:
            resting.move(order)
        if order.group is None:
            return []
        if order.role != Role.ENTRY:
            bar.decided |= {order.group.id}
        alive = []
        for other in order.group.after_fill(order, bar.at):
            self.changed.append(other)
            if not other.status.is_open:
                resting.forget(other)
            elif other.status is OrderStatus.PENDING:
                other.submit(bar.at, cause="group")
                self.enter(other, bar.at, bar.done[-1].fill.price, net=bar.net)
                alive.append(other)
        return alive

    def after_end(self, order: "Order", at: int) -> None:
        """Settle the end of an order that was not filled whole."""
        resting = self.of(order.asset)
        resting.forget(order)
        self.changed.append(order)
        if order.group is not None:
            for other in order.group.after_end(order, at):
                resting.forget(other)
                self.changed.append(other)

    def cut_short(self, order: "Order", filled: "Num", bar: "AssetBar") -> None:
        """End an order once all of it has filled that loans allow.

        Args:
            order: An order that was executed, or could not be.
            filled: What of it has filled now.
            bar: The bar, which says what is allowed; it is told that this was settled.
        """
        cut, bar.cut = bar.cut, None
        assert cut is not None, "the caller has looked"
        if filled != cut.part or not order.status.is_open:
            return
        forced = order.terms.forced
        if forced is not None:
            reason, code = f"nothing more is to be covered: {cut.reason}", EndCode.REDUCE_ONLY
            order.cancel(bar.at, cause=forced.cause, reason=reason, code=code)
        elif order.filled:
            reason = f"the rest would be short: {cut.reason}"
            order.cancel(bar.at, cause="borrow", reason=reason, code=EndCode.NOT_LENT)
        else:
            reason = f"it would be short: {cut.reason}"
            order.reject(bar.at, reason=reason, code=EndCode.NOT_LENT, cause="borrow")
        self.after_end(order, bar.at)

    def expire(self, order: "Order", at: int, *, reason: str, code: EndCode) -> None:
        """End an order whose time is over."""
        order.expire(at, reason=reason, code=code)
        self.after_end(order, at)

    def end_immediate(self, resting: RestingOrders, at: int, leaving: Collection[str] = ()) -> None:
        """End what was to fill at once and has had its bar; a stop's bar comes with its trigger.

        Args:
            resting: The open orders of an asset.
            at: The bar's label, nanoseconds UTC.
            leaving: Ids of orders that have not had their bar.
        """
        for order in list(resting.immediate.values()):
            if order.waits_for_stop or order.id in leaving or not order.status.is_open:
                continue
            if order.terms.time_in_force is TimeInForce.FOK:
                reason = "fill or kill: it could not be filled whole at once"
                order.reject(at, reason=reason, code=EndCode.FILL_OR_KILL)
                self.after_end(order, at)
            else:
                reason = "immediate or cancel: no more could be filled at once"
                self.expire(order, at, reason=reason, code=EndCode.IMMEDIATE_OR_CANCEL)

    def end_reducing(self, resting: RestingOrders, asset: "Asset", at: int, net: "Num" = 0) -> None:
        """End reduce-only orders that have nothing left to reduce.

        They are looked at only when the position has gone, or has changed its side.
        """
        position = self._executor.position(asset, net)
        side = (position > 0) - (position < 0)
        if side == resting.side:
            return
        resting.side = side
        for order in list(resting.reducing.values()):
            reduces = side != 0 and order.is_buy is (side < 0)
            if order.status.is_open and not reduces:
                reason = "reduce-only: no position is left to reduce"
                order.cancel(at, cause="venue", reason=reason, code=EndCode.REDUCE_ONLY)
                self.after_end(order, at)


def _meet(order: "Order", price: "Num", at: int) -> None:
    """Note whether the limit of an order that arrives is reached by a price that is there."""
    if order.limit is not None and not order.waits_for_stop:
        order.crossed = at if _crosses(order, price) else None


def _crosses(order: "Order", price: "Num") -> bool:
    """Whether a limit would fill at a price that is there already."""
    limit = order.limit
    assert limit is not None, "a post-only order rests at a limit"
    return limit >= price if order.is_buy else limit <= price
