"""Where inside a bar an order is reached, and at what price.

A bar tells its first, highest, lowest and last price, and not their order. The open comes first
and the close last, which decides most questions; where it does not, the worse order is assumed:

- A price that the open lies beyond already is reached at the open, at the open's price.
- A stop that follows the price is tested against the bar as it stood after the open; then the
  best price moves it, and the close, which comes after, is tested against that.
- A stop-limit whose limit lies beyond its stop is certain to come back to it only where its stop
  was reached at the open, or where the close lies within the limit.
- The exits of an entry that fills inside the bar see what is left of it: the loss is taken to come
  after the entry where the bar reaches it at all, the profit only where the close proves it.
"""

from typing import TYPE_CHECKING, NamedTuple

from rustybt.execution.bars import Moment, PriceRange
from rustybt.orders import Role

if TYPE_CHECKING:
    from rustybt.orders import Order
    from rustybt.values import Num


class Touch(NamedTuple):
    """An order is reached.

    Attributes:
        price: At what price, a kernel price.
        moment: When.
    """

    price: "Num"
    moment: Moment


def touch_in(bar: PriceRange, order: "Order", at: int) -> Touch | None:
    """Where a bar reaches an order that has a stop or a limit; its triggers are recorded.

    Args:
        bar: The prices of the bar, or of what the order sees of it.
        order: An order that is not a market order yet.
        at: The bar's label, nanoseconds UTC.
    """
    if not order.waits_for_stop:
        return _limit_in(bar, order, at)
    hit = _trail_in(bar, order) if order.trailing is not None else _stop_in(bar, order)
    if hit is None:
        return None
    order.reach_stop(at)
    return hit if order.limit is None else _limit_after(hit, bar, order, at)


def touch_at_close(close: "Num", order: "Order", at: int) -> Touch | None:
    """Where the close alone reaches an order that came into the market within the bar."""
    if order.waits_for_stop:
        return Touch(close, Moment.CLOSE) if order.touch(close, at) else None
    limit = order.limit
    if limit is not None:
        if (close > limit) if order.is_buy else (close < limit):
            return None
        order.reach_limit(at)
    return Touch(close, Moment.CLOSE)


def rest_of_bar(bar: PriceRange, entry: Touch, exit_: "Order") -> PriceRange | None:
    """What an exit sees of the bar in which its entry filled; None for nothing."""
    if entry.moment is Moment.CLOSE:
        return None
    if entry.moment is Moment.OPEN:
        return bar
    high, low = max(entry.price, bar.close), min(entry.price, bar.close)
    if exit_.role == Role.STOP_LOSS:
        high, low = (bar.high, low) if exit_.is_buy else (high, bar.low)
    return PriceRange(entry.price, high, low, bar.close)


def _limit_in(bar: PriceRange, order: "Order", at: int) -> Touch | None:
    limit = order.limit
    assert limit is not None, "an order without a stop and a limit is a market order"
    touch = None
    if (bar.open <= limit) if order.is_buy else (bar.open >= limit):
        touch = Touch(bar.open, Moment.OPEN)
    elif (bar.low <= limit) if order.is_buy else (bar.high >= limit):
        touch = Touch(limit, Moment.RANGE)
    if touch is not None:
        order.reach_limit(at)
    return touch


def _stop_in(bar: PriceRange, order: "Order") -> Touch | None:
    stop = order.stop
    assert stop is not None, "it waits for its stop"
    if (bar.open >= stop) if order.is_buy else (bar.open <= stop):
        return Touch(bar.open, Moment.OPEN)
    if (bar.high >= stop) if order.is_buy else (bar.low <= stop):
        return Touch(stop, Moment.RANGE)
    return None


def _trail_in(bar: PriceRange, order: "Order") -> Touch | None:
    """The stop as it stood, after the open, and after the best price, against what follows."""
    if order.stop is not None and _is_at(bar.open, order.stop, order):
        return Touch(bar.open, Moment.OPEN)
    order.follow(bar.open)
    best, worst = (bar.low, bar.high) if order.is_buy else (bar.high, bar.low)
    for moved_by, tested in ((bar.open, worst), (best, bar.close)):
        order.follow(moved_by)
        stop = order.stop
        assert stop is not None, "it has followed a price"
        if _is_at(tested, stop, order):
            return Touch(stop, Moment.RANGE)
    return None


def _is_at(price: "Num", stop: "Num", order: "Order") -> bool:
    return price >= stop if order.is_buy else price <= stop


def _limit_after(hit: Touch, bar: PriceRange, order: "Order", at: int) -> Touch | None:
    """Where the limit of a stop-limit is reached after its stop."""
    limit = order.limit
    assert limit is not None, "it is a stop-limit order"
    if (hit.price <= limit) if order.is_buy else (hit.price >= limit):
        order.crossed = at - 1
        order.reach_limit(at)
        return hit
    worst_case = bar.close
    if hit.moment is Moment.OPEN:
        worst_case = bar.low if order.is_buy else bar.high
    if (worst_case <= limit) if order.is_buy else (worst_case >= limit):
        order.reach_limit(at)
        return Touch(limit, Moment.RANGE)
    return None
