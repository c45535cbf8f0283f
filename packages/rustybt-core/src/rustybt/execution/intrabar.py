"""How the resting orders of an asset meet a bar that decides on its whole range."""

from collections import deque
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rustybt.execution.bars import BarSource, Moment, PriceRange
from rustybt.execution.matching import NOBODY, Matching, is_favourable
from rustybt.execution.matching_rules import FillAt
from rustybt.execution.touching import Touch, rest_of_bar, touch_at_close, touch_in
from rustybt.orders import Role

if TYPE_CHECKING:
    from rustybt.execution.executor import AssetBar, Executor
    from rustybt.execution.floor import Floor
    from rustybt.execution.resting import RestingOrders
    from rustybt.orders import Order
    from rustybt.values import Num


class _Reached(NamedTuple):
    """An order that the bar reaches.

    Attributes:
        order: The order.
        touch: Where.
        inside: Whether it is at the order's own price, not at one of the bar's.
        favourable: Whether it takes a profit, as it was before the bar.
    """

    order: "Order"
    touch: Touch
    inside: bool = False
    favourable: bool = False


class RangeMatching(Matching):
    """Stops and limits fill where the bar reaches them, market orders at its open or close.

    Orders are tried first come, first served. Of the orders of a group no more than one fills in
    a bar, apart from an entry: the one that the open reaches, else a stop before a limit, else
    the one nearest to the open.

    Args:
        executor: See :class:`Matching`.
        bars: See :class:`Matching`.
        floor: See :class:`Matching`.
        fill_at: Where market orders fill.
    """

    def __init__(
        self,
        executor: "Executor",
        bars: BarSource,
        floor: "Floor",
        *,
        fill_at: FillAt,
    ) -> None:
        super().__init__(executor, bars, floor)
        self._at_open = fill_at == "open"

    def match(
        self, resting: "RestingOrders", bar: "AssetBar", leaving: Collection[str] = NOBODY
    ) -> None:
        prices = PriceRange.of(self._bars, bar.asset, bar.close)
        candidates = resting.take(prices.low, prices.high)
        self.looked_at += len(candidates)
        reached = [
            found
            for order in candidates
            if (found := self._reached(order, prices, bar)) is not None
            and not (found.touch.moment is Moment.CLOSE and order.id in leaving)
        ]
        if resting.grouped:
            self._arrange(reached, prices)
        alive = self._fill_all(reached, prices, resting, bar)
        for order in (*candidates, *alive):
            resting.put_back(order)
        if resting.immediate:
            self._floor.end_immediate(resting, bar.at, leaving)

    def match_late(
        self, orders: "Iterable[Order]", resting: "RestingOrders", bar: "AssetBar"
    ) -> None:
        if self._at_open:
            return
        for order in orders:
            if order.status.is_open:
                market = _is_market(order)
                touch = touch_at_close(bar.close, order, bar.at)
                if touch is not None and not bar.dry:
                    self._execute(_Reached(order, touch, inside=not market), resting, bar)
            resting.put_back(order)
        if resting.immediate:
            self._floor.end_immediate(resting, bar.at)

    def _reached(self, order: "Order", prices: PriceRange, bar: "AssetBar") -> _Reached | None:
        if _is_market(order):
            touch = self._market_touch(bar)
            return None if touch is None else _Reached(order, touch)
        favourable = is_favourable(order)
        touch = touch_in(prices, order, bar.at)
        return None if touch is None else _Reached(order, touch, inside=True, favourable=favourable)

    def _market_touch(self, bar: "AssetBar") -> Touch | None:
        if not self._at_open:
            return Touch(bar.close, Moment.CLOSE)
        opened = self._bars.value(bar.asset, "open")
        return None if opened is None else Touch(opened, Moment.OPEN)

    def _fill_all(
        self,
        reached: list[_Reached],
        prices: PriceRange,
        resting: "RestingOrders",
        bar: "AssetBar",
    ) -> "list[Order]":
        """Fill what is reached, and the exits that come alive by it; those exits."""
        alive: list[Order] = []
        queue = deque(reached)
        while queue:
            each = queue.popleft()
            if bar.dry or not each.order.status.is_open:
                continue
            exits = self._execute(each, resting, bar)
            if exits:
                alive += exits
                queue.extendleft(reversed(self._reached_after(each, exits, prices, bar)))
        return alive

    def _execute(self, each: _Reached, resting: "RestingOrders", bar: "AssetBar") -> "list[Order]":
        return self._fill(
            each.order,
            resting,
            bar,
            each.touch.price,
            each.touch.moment,
            inside=each.inside,
        )

    def _reached_after(
        self, entry: _Reached, exits: "list[Order]", prices: PriceRange, bar: "AssetBar"
    ) -> list[_Reached]:
        """The exits that the rest of the bar reaches after their entry."""
        found = []
        for exit_ in exits:
            rest = rest_of_bar(prices, entry.touch, exit_)
            touch = None if rest is None else touch_in(rest, exit_, bar.at)
            if touch is not None:
                favourable = exit_.role == Role.TAKE_PROFIT
                found.append(_Reached(exit_, touch, inside=True, favourable=favourable))
                self.touch_decisions += _was_assumed(entry, exit_, prices)
        self._arrange(found, prices)
        return found

    def _arrange(self, reached: list[_Reached], prices: PriceRange) -> None:
        """Let the orders of a group have their turns in the order in which they are touched."""
        places: dict[str, list[int]] = {}
        for place, (order, *_) in enumerate(reached):
            if order.group is not None and order.role != Role.ENTRY:
                places.setdefault(order.group.id, []).append(place)
        for several in places.values():
            touched = [reached[place] for place in several]
            touched.sort(key=lambda each: _by_touch(each, prices.open))
            self.touch_decisions += sum(
                _lie_on_both_sides(a.touch, b.touch, prices.open) for a, b in pairwise(touched)
            )
            for place, each in zip(several, touched, strict=True):
                reached[place] = each


def _is_market(order: "Order") -> bool:
    return order.limit is None and not order.waits_for_stop


def _by_touch(each: _Reached, opened: "Num") -> "tuple[Moment, bool, Num]":
    """At the open first, then stops before limits, then the nearest to the open."""
    return each.touch.moment, each.favourable, abs(each.touch.price - opened)


def _lie_on_both_sides(a: Touch, b: Touch, opened: "Num") -> bool:
    """Whether nothing says which of two prices a bar touched first."""
    if a.moment is not Moment.RANGE or b.moment is not Moment.RANGE:
        return False
    return (a.price > opened) is not (b.price > opened)


def _was_assumed(entry: _Reached, exit_: "Order", prices: PriceRange) -> bool:
    """Whether a loss was only assumed to come after its entry.

    It is certain where the price came from beyond the entry: on its way to the loss it has passed
    the entry first.
    """
    if entry.touch.moment is not Moment.RANGE or exit_.role != Role.STOP_LOSS:
        return False
    came_down = prices.open >= entry.touch.price
    return came_down is exit_.is_buy
