"""How the resting orders of an asset meet a bar that decides on its close.

Orders are tried first come, first served; the volume limit of the bar is shared by all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from rustybt.execution.bars import Moment, PriceRange
from rustybt.orders import Role

if TYPE_CHECKING:
    from rustybt.execution.bars import BarSource
    from rustybt.execution.executor import AssetBar, Executor
    from rustybt.execution.floor import Floor
    from rustybt.execution.resting import RestingOrders
    from rustybt.orders import Order
    from rustybt.values import Num

NOBODY: frozenset[str] = frozenset()


class Matching(ABC):
    """One way in which orders meet bars.

    Args:
        executor: Asks the models.
        bars: The bar that has just ended.
        floor: Where open orders are.

    Attributes:
        looked_at: How many orders were looked at so far, each bar counted.
        touch_decisions: How often the order in which a bar touched two orders of a group decided,
            and was assumed to be the worse one.
    """

    def __init__(self, executor: "Executor", bars: "BarSource", floor: "Floor") -> None:
        self._executor = executor
        self._bars = bars
        self._floor = floor
        self.looked_at = 0
        self.touch_decisions = 0

    @abstractmethod
    def match(
        self, resting: "RestingOrders", bar: "AssetBar", leaving: Collection[str] = NOBODY
    ) -> None:
        """Match everything in the market against a bar in which the asset traded.

        Args:
            resting: The open orders of the asset.
            bar: The bar.
            leaving: Ids of orders that a message ends or changes before the close.
        """

    @abstractmethod
    def match_late(
        self, orders: "Iterable[Order]", resting: "RestingOrders", bar: "AssetBar"
    ) -> None:
        """Match orders that came into the market within the bar: against its close alone."""

    def _fill(
        self,
        order: "Order",
        resting: "RestingOrders",
        bar: "AssetBar",
        base: "Num",
        moment: Moment,
        *,
        inside: bool = False,
    ) -> "list[Order]":
        """Execute an order, and settle what follows; exits that came alive by it."""
        if bar.decided and _is_decided(order, bar):
            return []
        execution = self._executor.execute(order, bar, base, moment, inside=inside)
        alive = [] if execution is None else self._floor.after_fill(order, bar)
        if bar.cut is not None:
            filled = 0 if execution is None else execution.fill.amount
            self._floor.cut_short(order, filled, bar)
        return alive

    def _candidates(self, resting: "RestingOrders", bar: "AssetBar") -> "list[Order]":
        """The orders that the bar may trigger, or that were triggered before, in turn."""
        low = high = bar.close
        if resting.needs_range:
            _, high, low, _ = PriceRange.of(self._bars, bar.asset, bar.close)
        candidates = resting.take(low, high)
        self.looked_at += len(candidates)
        if resting.grouped:
            _worse_first(candidates)
        return candidates


class CloseMatching(Matching):
    """Triggers are tested on the close, and fill there."""

    def match(
        self, resting: "RestingOrders", bar: "AssetBar", leaving: Collection[str] = NOBODY
    ) -> None:
        orders = self._candidates(resting, bar)
        self._match(orders, resting, bar, leaving)

    def match_late(
        self, orders: "Iterable[Order]", resting: "RestingOrders", bar: "AssetBar"
    ) -> None:
        self._match(orders, resting, bar, NOBODY)

    def _match(
        self,
        orders: "Iterable[Order]",
        resting: "RestingOrders",
        bar: "AssetBar",
        leaving: Collection[str],
    ) -> None:
        for order in orders:
            if bar.dry or order.id in leaving:
                resting.put_back(order)
                continue
            if order.status.is_open and order.touch(bar.close, bar.at):
                self._fill(order, resting, bar, bar.close, Moment.CLOSE)
            resting.put_back(order)
        if resting.immediate:
            self._floor.end_immediate(resting, bar.at, leaving)


class OpenMatching(Matching):
    """What was triggered before fills at the open; then triggers are tested on the close."""

    def match(
        self, resting: "RestingOrders", bar: "AssetBar", leaving: Collection[str] = NOBODY
    ) -> None:
        orders = self._candidates(resting, bar)
        opened = self._bars.value(bar.asset, "open")
        alive: list[Order] = []
        if opened is not None:
            for order in orders:
                if bar.dry:
                    break
                if order.status.is_open and _may_fill_at(opened, order, bar.at):
                    alive += self._fill(order, resting, bar, opened, Moment.OPEN)
        if resting.immediate:
            self._floor.end_immediate(resting, bar.at)
        for order in (*orders, *alive):
            if order.status.is_open and order.id not in leaving:
                order.touch(bar.close, bar.at)
            resting.put_back(order)

    def match_late(
        self, orders: "Iterable[Order]", resting: "RestingOrders", bar: "AssetBar"
    ) -> None:
        for order in orders:
            if order.status.is_open:
                order.touch(bar.close, bar.at)
            resting.put_back(order)


def _may_fill_at(opened: "Num", order: "Order", at: int) -> bool:
    """Whether an order may fill at an open: it was triggered before, or cannot wait."""
    if order.triggered:
        return True
    waits = order.waits_for_stop or not order.terms.time_in_force.is_immediate
    return not waits and order.touch(opened, at)


def _is_decided(order: "Order", bar: "AssetBar") -> bool:
    """Whether another order of its group has filled in the bar already."""
    return order.group is not None and order.role != Role.ENTRY and order.group.id in bar.decided


def _worse_first(orders: "list[Order]") -> None:
    """Let stops of a group take the turn of its limits where both are there."""
    places: dict[str, list[int]] = {}
    for place, order in enumerate(orders):
        if order.group is not None and order.role != Role.ENTRY:
            places.setdefault(order.group.id, []).append(place)
    for several in places.values():
        stops_first = sorted((orders[place] for place in several), key=is_favourable)
        for place, order in zip(several, stops_first, strict=True):
            orders[place] = order


def is_favourable(order: "Order") -> bool:
    """Whether an order of a group takes a profit: it waits for its limit alone."""
    return order.limit is not None and not order.waits_for_stop and not order.stop_reached
