"""Laws of orders over random programs: every kind, every term, groups, messages, splits and bars.

What is checked is said by the documents and found from outside: from the bars, from the fills, and
from the trails. With prices that floats hold exactly a second venue computes in floats and has to
decide everything alike.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from order_desk import MINUTE, SHARE, TICK, VOLUME_LIMIT, Bar, Fill, OrderDesk, told

from rustybt.calendars import from_day
from rustybt.errors import BadOrderParameters, UnsupportedOrderParameters
from rustybt.execution import MatchingRules
from rustybt.finance.execution import BracketOrder, OCOOrder, TrailingStopOrder
from rustybt.finance.fills import PartialFill
from rustybt.finance.latency import FixedLatency
from rustybt.orders import (
    BracketGroup,
    OCOGroup,
    Order,
    OrderStatus,
    Role,
    TimeInForce,
    check_transition,
    order_request,
)
from rustybt.values import Arithmetic, DecimalArithmetic, FloatArithmetic, Ratio

ticks = st.integers(1, 60).map(lambda count: TICK * count)
prices = st.none() | ticks
amounts = st.integers(-40, 40).filter(bool)
ratios = st.sampled_from([Ratio(1, 2), Ratio(2), Ratio(1, 4), Ratio(4)])


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    first, second, third, fourth = sorted(draw(st.tuples(ticks, ticks, ticks, ticks)))
    inner = draw(st.permutations([second, third]))
    return Bar(inner[0], fourth, first, inner[1], draw(st.integers(0, 320)))


plain: st.SearchStrategy[dict[str, Any]] = st.just({})
lives = st.sampled_from(["DAY", "IOC", "FOK"]).map(lambda kind: {"time_in_force": kind})
options = plain | plain | lives | st.just({"reduce_only": True})
icebergs = st.integers(1, 12).map(lambda size: {"visible": size})
some_bars = st.lists(st.none() | bars() | bars() | bars(), min_size=1, max_size=5)

STATES_IN_MARKET = {OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED}


class OrderMachine(RuleBasedStateMachine):
    """Random programs; `self.desks[0]` is exact, a second one computes in floats."""

    @initialize(
        trigger=st.sampled_from(["close", "intrabar"]),
        fill_at=st.sampled_from(["close", "open"]),
        slips=st.sampled_from([False, False, True]),
        seconds=st.sampled_from([None, None, 30, 90]),
        halves=st.sampled_from([False, False, True]),
    )
    def open_desks(
        self, trigger: Any, fill_at: Any, slips: bool, seconds: int | None, halves: bool
    ) -> None:
        self.slips, self.inside = slips, trigger == "intrabar"
        kinds: list[Arithmetic]
        kinds = [DecimalArithmetic()] if slips else [DecimalArithmetic(), FloatArithmetic()]
        self.desks = [
            OrderDesk(
                arithmetic,
                MatchingRules(trigger=trigger, fill_at=fill_at),
                basis_points=100 if slips else 0,
                latency=None if seconds is None else FixedLatency(1000 * seconds),
                fills=PartialFill("0.5") if halves else None,
            )
            for arithmetic in kinds
        ]
        self.at, self.day = MINUTE, 18_414
        self.filled: dict[str, int] = {}
        self.left: dict[str, int] = {}
        self.bars_of: dict[str, list[int]] = {}
        self.splits = 0

    def both(self, act: Callable[[OrderDesk], object]) -> None:
        """Let something happen to each desk; what one refuses the other refuses."""
        outcomes = []
        for desk in self.desks:
            try:
                act(desk)
                outcomes.append("done")
            except (UnsupportedOrderParameters, BadOrderParameters) as error:
                outcomes.append(type(error).__name__)
        assert len(set(outcomes)) == 1

    @property
    def exact(self) -> OrderDesk:
        return self.desks[0]

    @property
    def alive(self) -> list[Order]:
        return [order for order in self.exact.orders if order.status.is_open]

    # -------------------------------------------------------------- what happens

    @rule(amount=amounts, limit=prices, stop=prices, how=options)
    def place(self, amount: int, limit: Any, stop: Any, how: dict[str, Any]) -> None:
        self.both(lambda desk: desk.place(amount, (limit, stop), None, how, self.at))

    @rule(amount=amounts, limit=ticks, how=icebergs | st.just({"post_only": True}))
    def place_limit(self, amount: int, limit: Any, how: dict[str, Any]) -> None:
        self.both(lambda desk: desk.place(amount, (limit, None), None, how, self.at))

    @rule(amount=amounts, trail=ticks, percent=st.booleans(), how=options)
    def place_trail(self, amount: int, trail: Decimal, percent: bool, how: dict[str, Any]) -> None:
        share = {"trail_percent": trail / 16} if percent else {"trail_amount": trail}
        self.both(lambda desk: desk.place(amount, (None, None), None, {**how, **share}, self.at))

    @precondition(lambda self: self.exact.position)
    @rule(size=st.integers(1, 60), limit=prices, stop=prices)
    def place_reducing(self, size: int, limit: Any, stop: Any) -> None:
        amount = -size if self.exact.position > 0 else size
        how = {"reduce_only": True}
        self.both(lambda desk: desk.place(amount, (limit, stop), None, how, self.at))

    @rule(amount=amounts, until=st.integers(0, 4), by_day=st.booleans(), limit=prices)
    def place_until(self, amount: int, until: int, by_day: bool, limit: Any) -> None:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self.at // 1000)
        till = from_day(self.day + until) if by_day else moment + timedelta(seconds=45 * until)
        how = {"good_till": till}
        self.both(lambda desk: desk.place(amount, (limit, None), None, dict(how), self.at))

    @rule(
        amount=amounts,
        limit=prices,
        stop=prices,
        profit=prices,
        loss=prices,
        trail=prices,
        how=options,
    )
    def place_bracket(
        self, amount: int, limit: Any, stop: Any, profit: Any, loss: Any, trail: Any, how: Any
    ) -> None:
        def act(desk: OrderDesk) -> None:
            entry = order_request(limit, stop, None, {})
            exit_ = TrailingStopOrder(trail) if trail is not None and loss is None else loss
            style = BracketOrder(entry.style, profit, exit_)
            style.check_sides(is_buy=amount > 0)
            desk.place(amount, (None, None), style, how, self.at)

        self.both(act)

    @rule(
        amount=amounts,
        legs=st.lists(st.tuples(prices, prices), min_size=2, max_size=3),
        sides=st.integers(1, 3),
    )
    def place_oco(self, amount: int, legs: list[tuple[Any, Any]], sides: int) -> None:
        styles = [order_request(*leg, None, {}).style for leg in legs]
        group = OCOOrder(*styles[:sides], opposite=styles[sides:])
        self.both(lambda desk: desk.place(amount, (None, None), group, {}, self.at))

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([order.id for order in self.alive]))
        self.both(lambda desk: desk.blotter.cancel(name, at=self.at, cause="strategy"))

    @precondition(lambda self: self.exact.blotter.groups)
    @rule(data=st.data())
    def cancel_group(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(list(self.exact.blotter.groups)))
        self.both(lambda desk: desk.blotter.cancel_group(name, at=self.at, cause="strategy"))

    @precondition(lambda self: self.alive)
    @rule(data=st.data(), size=st.integers(1, 40), price=prices, moves_stop=st.booleans())
    def replace(self, data: st.DataObject, size: int, price: Any, moves_stop: bool) -> None:
        order = data.draw(st.sampled_from(self.alive))
        number = order.sequence - 1
        figures: dict[str, Any] = {}
        if order.role not in {Role.TAKE_PROFIT, Role.STOP_LOSS}:
            figures["amount"] = Decimal(size if order.is_buy else -size)
        if price is not None and order.limit is not None and not moves_stop:
            figures["limit"] = price
        if price is not None and order.waits_for_stop and order.trailing is None and moves_stop:
            figures["stop"] = price
        self.both(lambda desk: desk.replace(number, self.at, **figures))

    @rule(ratio=ratios)
    def split(self, ratio: Ratio) -> None:
        self.splits += 1
        for order_id in self.filled:
            order = self.exact.blotter.orders[order_id]
            if order.status.is_open:
                self.filled[order_id] = _divided(self.filled[order_id], ratio)
        for group_id in self.left:
            self.left[group_id] = _divided(self.left[group_id], ratio)
        self.both(lambda desk: desk.split(ratio, self.at))

    @rule()
    def next_session(self) -> None:
        self.day += 1
        for desk in self.desks:
            desk.blotter.end_session(self.at)
            desk.blotter.begin_session(self.day, self.at)

    @rule(rare=st.integers(0, 9))
    def delist(self, rare: int) -> None:
        if rare:
            return
        for desk in self.desks:
            desk.blotter.cancel_all(SHARE, at=self.at, cause="delisting")

    @rule(bars=some_bars)
    def trade(self, bars: list[Bar | None]) -> None:
        for bar in bars:
            self.bar(bar)

    @rule(bars=some_bars)
    def trade_on(self, bars: list[Bar | None]) -> None:
        self.trade(bars)

    def bar(self, bar: Bar | None) -> None:
        if bar is not None and not bar.volume:
            bar = None
        self.at += MINUTE
        before = self.exact.position
        both = [desk.advance(bar, self.at) for desk in self.desks]
        outcomes = [told(desk, fills) for desk, fills in zip(self.desks, both, strict=True)]
        assert all(outcome == outcomes[0] for outcome in outcomes)
        fills = both[0]
        assert bar is not None or not fills
        if bar is not None:
            self.check_bar(bar, fills)
            self.check_reducing(before, fills)
        self.keep(fills)
        self.exits_are_no_larger_than_what_they_close()
        self.one_leg_fills()

    # -------------------------------------------------------------- laws of one bar

    def check_bar(self, bar: Bar, fills: list[Fill]) -> None:
        taken = sum(abs(fill.amount) for fill in fills)
        assert taken <= bar.volume * VOLUME_LIMIT
        impact = Fraction(1, 100) if self.slips else Fraction(0)
        low, high = Fraction(bar.low), Fraction(bar.high)
        for order, amount, price, reference, limit in fills:
            side = 1 if order.is_buy or amount > 0 else -1
            assert amount * side > 0
            assert low <= reference <= high
            assert low * (1 - impact) <= price <= high * (1 + impact)
            assert side * (price - reference) >= 0
            assert limit is None or side * (limit - price) >= 0
            until = order.terms.until
            assert until is None or until >= self.at
        for group_id in {fill.order.group.id for fill in fills if fill.order.group}:
            closing = [
                fill.order
                for fill in fills
                if fill.order.group is not None
                and fill.order.group.id == group_id
                and fill.order.role != Role.ENTRY
            ]
            assert len(closing) <= 1
            assert order.visible is None or abs(amount) * 10**8 <= order.visible
        assert len({fill.order.id for fill in fills}) == len(fills)

    @staticmethod
    def check_reducing(position: int, fills: list[Fill]) -> None:
        for fill in fills:
            after = position + fill.amount
            if fill.order.terms.reduce_only:
                assert abs(after) < abs(position)
                assert after * position >= 0
            position = after

    def keep(self, fills: list[Fill]) -> None:
        for order, amount, *_ in fills:
            self.filled[order.id] = self.filled.get(order.id, 0) + amount
            self.bars_of.setdefault(order.id, []).append(self.at)
            if isinstance(order.group, BracketGroup):
                self.left[order.group.id] = self.left.get(order.group.id, 0) + amount

    # -------------------------------------------------------------- laws at all times

    @invariant()
    def trails_are_lives(self) -> None:
        for order in self.orders_so_far():
            trail = order.trail
            for earlier, later in pairwise(trail):
                assert later.before is earlier.after
                assert later.at >= earlier.at
            for step in trail:
                if step.before is not step.after:
                    check_transition(order.id, step.before, step.after)
            if trail:
                last = trail[-1]
                assert (last.after, last.amount, last.filled) == (
                    order.status, order.amount, order.filled,
                )  # fmt: skip

    @invariant()
    def nothing_fills_more_than_was_ordered(self) -> None:
        for order in self.orders_so_far():
            amount, filled = self.exact.amounts(order)
            assert 0 <= filled * (1 if amount > 0 else -1) <= abs(amount)
            assert filled == self.filled.get(order.id, 0)
            if order.status is OrderStatus.FILLED:
                assert amount == filled

    @invariant()
    def what_rests_is_what_is_open(self) -> None:
        if self.orders_so_far():
            resting = self.exact.blotter.open_orders.get(SHARE, [])
            assert [order.id for order in resting] == [order.id for order in self.alive]

    @invariant()
    def exits_are_no_larger_than_what_they_close(self) -> None:
        for group in self.groups(BracketGroup):
            entry, *exits = group.orders
            left = abs(self.left.get(group.id, 0))
            live = [exit_ for exit_ in exits if exit_.status in STATES_IN_MARKET]
            for exit_ in live:
                amount, filled = self.exact.amounts(exit_)
                assert abs(amount - filled) <= left
                assert exit_.is_buy is not entry.is_buy
            if len({abs(exit_.open_amount) for exit_ in live}) > 1:
                raise AssertionError("exits are open for different amounts")
            exited = any(exit_.filled for exit_ in exits)
            assert not (exited and entry.status.is_open)
            if not entry.status.is_open and not left:
                assert not any(exit_.status.is_open for exit_ in exits)

    @invariant()
    def one_leg_fills(self) -> None:
        for group in self.groups(OCOGroup):
            filled = [leg for leg in group.orders if leg.id in self.bars_of]
            assert len(filled) <= 1
            if filled:
                others = [leg for leg in group.orders if leg is not filled[0]]
                assert not any(leg.status.is_open for leg in others)

    @invariant()
    def terms_are_kept(self) -> None:
        for order in self.orders_so_far():
            bars = self.bars_of.get(order.id, [])
            kind = order.terms.time_in_force
            if kind is TimeInForce.IOC:
                assert len(set(bars)) <= 1
            if kind is TimeInForce.FOK and bars:
                assert len(bars) == 1
                assert order.status is OrderStatus.FILLED
            if order.terms.until_day is not None and order.status in STATES_IN_MARKET:
                assert order.terms.until_day >= self.day

    def orders_so_far(self) -> list[Order]:
        return self.exact.orders if hasattr(self, "desks") else []

    def groups(self, kind: type) -> list[Any]:
        if not hasattr(self, "desks"):
            return []
        return [group for group in self.exact.blotter.groups.values() if isinstance(group, kind)]


def _divided(amount: int, ratio: Ratio) -> int:
    return int(Fraction(amount) / ratio.as_fraction())


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = settings(stateful_step_count=40, deadline=None)
