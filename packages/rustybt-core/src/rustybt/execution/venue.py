"""The simulated venue: bars and resting orders in, executions out."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import localcontext
from functools import partial
from typing import TYPE_CHECKING, Final

from rustybt.execution.bars import BarSource, BarStart, ModelSide
from rustybt.execution.executor import AssetBar, Executor, Held
from rustybt.execution.floor import Floor
from rustybt.execution.matching import NOBODY, CloseMatching, Matching, OpenMatching
from rustybt.execution.matching_rules import MatchingRules
from rustybt.execution.open_orders import OpenOrders
from rustybt.orders import PLAIN_TERMS, Change, EndCode
from rustybt.orders.status import TRIGGERED
from rustybt.values import KERNEL_CONTEXT, Arithmetic, Num

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.costs import CostModels
    from rustybt.execution.events import Execution
    from rustybt.execution.resting import RestingOrders
    from rustybt.execution.transit import Message, Transit
    from rustybt.finance.account_types import Funds
    from rustybt.finance.draws import Draws
    from rustybt.finance.fills import FillModel
    from rustybt.finance.latency import LatencyModel
    from rustybt.finance.loans import Loans
    from rustybt.orders import Order

_DAY_OVER: Final = "day: its session is over"
_TOO_LATE: Final = (
    f"{_DAY_OVER}, and its price was reached by the last close, too late for an open to fill it; "
    'let it live longer, or have bars fill what they reach, with trigger="intrabar"'
)

__all__ = ["BarSource", "MatchingRules", "ModelSide", "SimulatedVenue"]


class SimulatedVenue:
    """Matches resting orders against bars.

    Orders of an asset are tried first come, first served; the volume limit of a bar is shared by
    all of them; a bar without a trade matches nothing.

    With a latency model a message of the strategy reaches the market later. What it changes then
    counts for the prices that come at or after its arrival: for the whole of a bar that begins no
    earlier, for the close alone of a bar in which it arrives. An order that is taken back within
    a bar can therefore still fill at its open or inside it.

    Args:
        bars: The bar that has just ended.
        arithmetic: The run's numbers.
        costs: Slippage and commission models.
        rules: How orders meet a bar.
        exact: What models see that compute with the engine's numbers.
        strategy: What a user's own models see.
        held: What is held of an asset, for orders that only reduce; nothing where not given.
        draws: Where the models of latency and fills draw from; they cannot be set without.
        bar_start: When bars began; a latency model cannot be set without.

    Attributes:
        bars: The bar that has just ended.
        rules: How orders meet a bar.
        executor: What asks the models.
        floor: Where open orders are.
        matching: How bars decide about orders.
        resting: The open orders as they wait; empty when a bar has nothing to do.
        open_orders: The same, to be read.
        changed: Orders that changed or ended other than by their own fill; who reads them clears
            the list.
        late: Orders whose cancel or replacement came after their end, with what it was; the same.
        latency: The model of how long messages travel; None for no time at all.
    """

    def __init__(  # noqa: PLR0913 - all that a market is made of
        self,
        *,
        bars: BarSource,
        arithmetic: Arithmetic,
        costs: "CostModels",
        rules: MatchingRules,
        exact: ModelSide,
        strategy: ModelSide,
        held: Held | None = None,
        draws: "Draws | None" = None,
        bar_start: BarStart | None = None,
    ) -> None:
        self.bars = bars
        self.rules = rules
        self._view = exact.view
        self._draws = draws
        self._bar_start = bar_start
        self.executor = Executor(
            arithmetic=arithmetic,
            costs=costs,
            rules=rules,
            exact=exact,
            strategy=strategy,
            held=held or (lambda _: arithmetic.zero),
            draws=draws,
        )
        waits_again = rules.recheck_limit or rules.trigger == "intrabar"
        self.floor = Floor(self.executor, keeps_limits=waits_again)
        self.matching = _matching(rules, self.executor, bars, self.floor)
        self._closes_late = rules.fill_at == "close"
        self._fills_later = rules.trigger == "close" and rules.fill_at == "open"
        self._transit: Transit | None = None
        self._price: Callable[[Asset], Num | None] = bars.mark
        self.resting: Mapping[Asset, RestingOrders] = self.floor.resting
        self.open_orders: Mapping[Asset, list[Order]] = OpenOrders(self.floor.resting)
        self.changed = self.floor.changed
        self.late: list[tuple[Order, str]] = []
        self.latency: LatencyModel | None = None

    def set_latency(self, model: "LatencyModel | None") -> None:
        """Have messages travel; None for no time at all."""
        self._transit, self.latency = None, model
        if model is not None:
            assert self._draws is not None, "latency needs draws"
            assert self._bar_start is not None, "latency needs to know when bars begin"
            from rustybt.execution.transit import Transit

            self._transit = Transit(model, self._draws)

    def set_fill_model(self, model: "FillModel | None") -> None:
        """Choose what a bar may fill of the orders that it triggers; None for all of them."""
        assert model is None or self._draws is not None, "a fill model needs draws"
        self.executor.bound(fills=model, loans=self.executor.loans)

    def set_loans(self, loans: "Loans | None") -> None:
        """Have executions asked whether what they sell short is lent; None for no limits."""
        self.executor.bound(fills=self.executor.fills, loans=loans)

    def set_funds(self, funds: "Funds | None") -> None:
        """Have executions asked whether the account can pay for them; None for no limits."""
        self.executor.funds = funds

    @property
    def fill_model(self) -> "FillModel | None":
        """What a bar may fill of the orders that it triggers; None for all of them."""
        return self.executor.fills

    @property
    def is_immediate(self) -> bool:
        """Whether messages arrive at once, and nothing but its terms limits an order."""
        return self._transit is None and self.executor.is_free

    @property
    def looked_at(self) -> int:
        """How many orders bars have looked at so far, each bar counted."""
        return self.matching.looked_at

    @property
    def touch_decisions(self) -> int:
        """How often the order of touch within a bar decided, and the worse one was assumed."""
        return self.matching.touch_decisions

    def next_sequence(self) -> int:
        """The number of the next execution of the run."""
        return self.executor.next_sequence()

    # ------------------------------------------------------------ messages of a strategy

    def submit(self, orders: "Sequence[Order]", at: int, *, held: "Sequence[Order]" = ()) -> None:
        """Send orders to the market together; they can fill from the next bar on.

        Args:
            orders: New orders of one asset.
            at: Now, nanoseconds UTC.
            held: Orders that wait for the fill of the first.
        """
        resting = self.floor.of(orders[0].asset)
        for each in (*orders, *held):
            resting.hold(each)
        for order in orders:
            order.submit(at)
        if self._transit is None:
            self._arrive(orders, at)
        else:
            self._send(self._transit, orders, at, partial(self._arrive, orders), takes=False)

    def cancel(
        self, orders: "Sequence[Order]", at: int, *, cause: str, reason: str | None = None
    ) -> None:
        """Take orders of one asset back together: at once, or when the message arrives."""
        if self._transit is None:
            self._cancel(orders, cause, reason, at)
            return
        for order in orders:
            order.note(at, cause=cause, reason="cancel sent")
        self._send(
            self._transit, orders, at, partial(self._cancel, orders, cause, reason), takes=True
        )

    def replace(self, changes: "Sequence[tuple[Order, Change]]", at: int) -> None:
        """Give orders of one asset other figures: at once, or when the message arrives."""
        if self._transit is None:
            self._replace(changes, at)
            return
        orders = [order for order, _ in changes]
        for order in orders:
            order.note(at, cause="strategy", reason="replacement sent")
        self._send(self._transit, orders, at, partial(self._replace, changes), takes=True)

    def _send(
        self,
        transit: "Transit",
        orders: "Sequence[Order]",
        at: int,
        deliver: Callable[[int], None],
        *,
        takes: bool,
    ) -> None:
        transit.send(orders, orders[0].working(self._view), at, deliver, takes=takes)

    def _arrive(self, orders: "Sequence[Order]", at: int) -> None:
        for order in orders:
            if order.status.is_open:
                asks = not _is_plain(order)
                self.floor.enter(order, at, self._price(order.asset) if asks else None)

    def _cancel(self, orders: "Sequence[Order]", cause: str, reason: str | None, at: int) -> None:
        alive = [order for order in orders if order.status.is_open]
        for order in alive:
            if order.status.is_open:
                order.cancel(_no_earlier(at, order), cause=cause, reason=reason)
                self.floor.after_end(order, order.changed)
        if not alive:
            self._came_late(orders[0], at, "the cancel came too late")

    def _replace(self, changes: "Sequence[tuple[Order, Change]]", at: int) -> None:
        alive = [(order, change) for order, change in changes if order.status.is_open]
        for order, change in alive:
            if order.status.is_open:
                when = _no_earlier(at, order)
                self.floor.replace(order, change, when, self._price(order.asset))
        if not alive:
            self._came_late(changes[0][0], at, "the replacement came too late")

    def _came_late(self, order: "Order", at: int, text: str) -> None:
        order.note(_no_earlier(at, order), cause="venue", reason=text)
        self.late.append((order, text))

    # ------------------------------------------------------------ what a run does to orders

    def end(self, order: "Order", at: int, *, cause: str, reason: str, code: EndCode) -> None:
        """Cancel an order at once, and settle what follows for its group."""
        order.cancel(at, cause=cause, reason=reason, code=code)
        self.floor.after_end(order, at)

    def remove(self, order: "Order") -> None:
        """Forget an order that has ended; its asset keeps its turn until the next bar."""
        self.floor.of(order.asset).forget(order)

    def restore(self, asset: "Asset") -> None:
        """Let the open orders of an asset wait anew, after their prices have changed."""
        resting = self.floor.of(asset)
        for order in resting:
            if order.status.in_market:
                resting.move(order)

    def begin_session(self, day: int, at: int) -> None:
        """End the orders whose last date has passed; `day` counts from 1970-01-01."""
        self.floor.today = day
        for order in self.floor.expiries.begin_session(day):
            self._expire(order, at, "good till: its last date has passed", EndCode.GOOD_TILL)

    def end_session(self, at: int) -> None:
        """End the orders of the day that have had a bar."""
        for order in self.floor.expiries.end_session():
            newest = self.floor.of(order.asset).newest
            too_late = self._fills_later and _was_triggered(order, newest)
            self._expire(order, at, _TOO_LATE if too_late else _DAY_OVER, EndCode.DAY)

    def _expire(self, order: "Order", at: int, reason: str, code: EndCode) -> None:
        self.floor.expire(order, at, reason=reason, code=code)

    # ------------------------------------------------------------ bars

    def advance(self, at: int, session: int) -> "list[Execution]":
        """Match everything that rests against the bar that ended at `at`.

        Args:
            at: Label of the bar, nanoseconds UTC.
            session: Index of its session.

        Returns:
            The executions in order.
        """
        executions: list[Execution] = []
        with localcontext(KERNEL_CONTEXT):
            if self._transit:
                self._advance_with_messages(self._transit, at, session, executions)
            else:
                self.begin_bar(at)
                for asset in tuple(self.resting):
                    self.match(asset, at, session, executions)
        if not self._transit:
            self.floor.forget_empty()
        return executions

    def begin_bar(self, at: int) -> None:
        """End the orders whose last moment comes before the end of a bar."""
        self.floor.expiries.count_bar()
        for order in self.floor.expiries.begin_bar(at):
            self._expire(order, at, "good till: its last moment has passed", EndCode.GOOD_TILL)

    def match(
        self,
        asset: "Asset",
        at: int,
        session: int,
        done: "list[Execution]",
        leaving: Collection[str] = NOBODY,
    ) -> AssetBar | None:
        """Match the orders of one asset.

        Returns:
            The bar; None where it did not trade.
        """
        resting = self.resting[asset]
        close = self.bars.traded_close(asset)
        bar = None
        if close is not None:
            bar = AssetBar(asset, at, session, close, done, resting.since)
            self.matching.match(resting, bar, leaving)
            resting.since = resting.newest if self._fills_later else at
            resting.newest = at
        elif resting.immediate:
            self.floor.end_immediate(resting, at, leaving)
        if resting.reducing:
            self.floor.end_reducing(resting, asset, at, 0 if bar is None else bar.net)
        return bar

    # ------------------------------------------------------------ bars in which messages arrive

    def _advance_with_messages(
        self, transit: "Transit", at: int, session: int, done: "list[Execution]"
    ) -> None:
        """Deliver what arrives by the open, match, deliver what arrives by the close."""
        assert self._bar_start is not None, "latency needs to know when bars begin"
        self._deliver(transit.arrived(self._bar_start(at, session)), self._opening_price)
        self.begin_bar(at)
        later = list(transit.arrived(at))
        leaving = {order.id for message in later if message.takes for order in message.orders}
        bars = {
            asset: self.match(asset, at, session, done, leaving) for asset in tuple(self.resting)
        }
        self._deliver(later, self._closing_price)
        self._match_late(later, bars)

    def _deliver(
        self, messages: "Iterable[Message]", price: "Callable[[Asset], Num | None]"
    ) -> None:
        self._price = price
        for message in messages:
            message.deliver(message.arrives)
        self._price = self.bars.mark

    def _opening_price(self, asset: "Asset") -> Num | None:
        close = self.bars.traded_close(asset)
        opened = None if close is None else self.bars.value(asset, "open")
        return self._closing_price(asset) if opened is None else opened

    def _closing_price(self, asset: "Asset") -> Num | None:
        close = self.bars.traded_close(asset)
        return self.bars.mark(asset) if close is None else close

    def _match_late(
        self, messages: "Sequence[Message]", bars: "Mapping[Asset, AssetBar | None]"
    ) -> None:
        """Match what arrived within the bar against its close; an order fills once in a bar."""
        by_asset: dict[Asset, dict[str, Order]] = {}
        for order in (order for message in messages for order in message.orders):
            if order.status.in_market:
                by_asset.setdefault(order.asset, {})[order.id] = order
        for asset, orders in by_asset.items():
            bar = bars.get(asset)
            if bar is not None:
                filled = {execution.order.id for execution in bar.done}
                late = [
                    order
                    for order in orders.values()
                    if order.id not in filled and _ends_after(order, bar.at)
                ]
                self.executor.resume(bar)
                self.matching.match_late(late, self.resting[asset], bar)
        if self._closes_late:
            self.floor.expiries.count_bar()


def _was_triggered(order: "Order", at: int) -> bool:
    """Whether the newest that happened to an order is that this bar triggered it."""
    return order.trail[-1].at == at and order.trail[-1].reason == TRIGGERED


def _is_plain(order: "Order") -> bool:
    """Whether the price at its arrival is all the same to an order."""
    return order.limit is None and order.trailing is None and order.terms is PLAIN_TERMS


def _no_earlier(at: int, order: "Order") -> int:
    """When a message takes effect: what the bar of its arrival did came first."""
    return max(at, order.trail[-1].at) if order.trail else at


def _ends_after(order: "Order", at: int) -> bool:
    """Whether an order takes part in a bar that ends at a time."""
    return order.terms.until is None or order.terms.until >= at


def _matching(rules: MatchingRules, executor: Executor, bars: BarSource, floor: Floor) -> Matching:
    if rules.trigger == "intrabar":
        from rustybt.execution.intrabar import RangeMatching

        return RangeMatching(executor, bars, floor, fill_at=rules.fill_at)
    kind = CloseMatching if rules.fill_at == "close" else OpenMatching
    return kind(executor, bars, floor)
