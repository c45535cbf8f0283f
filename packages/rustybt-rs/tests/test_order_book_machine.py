"""The order book against a slow one, over all its commands."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs.order_book import (  # noqa: E402
    Command,
    Event,
    EventKind,
    Level,
    OrderBook,
    OrderKind,
    SelfTrade,
    Side,
    TimeInForce,
)
from slow_book import Resting, SlowBook  # noqa: E402

TICK, LOT = Decimal("0.05"), Decimal("0.1")

ids = st.integers(1, 25)
sides = st.sampled_from(Side)
prices = st.integers(-3, 8).map(lambda ticks: ticks * TICK)
sizes = st.integers(1, 12).map(lambda lots: lots * LOT)
owners = st.integers(0, 2)
lives = st.sampled_from(TimeInForce)


@st.composite
def orders(draw: st.DrawFn) -> Resting:
    kind = draw(st.sampled_from(OrderKind))
    limited = kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT)
    stops = kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    life = draw(lives)
    return Resting(
        order=draw(ids),
        side=draw(sides),
        kind=kind,
        size=draw(sizes),
        price=draw(prices) if limited else Decimal(0),
        stop=draw(prices) if stops else Decimal(0),
        visible=draw(st.none() | sizes) if limited else None,
        time_in_force=life,
        post_only=limited and life is TimeInForce.GTC and draw(st.integers(0, 3)) == 0,
        owner=draw(owners),
    )


def submit(book: OrderBook, order: Resting, at: int) -> tuple[Event, ...]:
    """The order by the method of its kind."""
    match order.kind:
        case OrderKind.MARKET:
            return book.market(
                order.order,
                order.side,
                order.size,
                at=at,
                time_in_force=order.time_in_force,
                owner=order.owner,
            )
        case OrderKind.STOP:
            return book.stop(
                order.order,
                order.side,
                order.stop,
                order.size,
                at=at,
                time_in_force=order.time_in_force,
                owner=order.owner,
            )
        case OrderKind.LIMIT:
            return book.limit(
                order.order,
                order.side,
                order.price,
                order.size,
                at=at,
                time_in_force=order.time_in_force,
                post_only=order.post_only,
                visible=order.visible,
                owner=order.owner,
            )
        case OrderKind.STOP_LIMIT:
            return book.stop_limit(
                order.order,
                order.side,
                order.stop,
                order.price,
                order.size,
                at=at,
                time_in_force=order.time_in_force,
                post_only=order.post_only,
                visible=order.visible,
                owner=order.owner,
            )


def levels(orders: Sequence[Resting]) -> list[Level]:
    """Levels of a side whose orders are sorted."""
    found: dict[Decimal, Level] = {}
    for order in orders:
        before = found.get(order.price, Level(order.price, Decimal(0), 0))
        found[order.price] = Level(order.price, before.size + order.shown, before.orders + 1)
    return list(found.values())


def submission(order: Resting, at: int) -> dict[str, object]:
    """A row of commands for the batch call."""
    return {
        "command": Command.SUBMIT,
        "at": at,
        "order": order.order,
        "side": order.side,
        "kind": order.kind,
        "price": order.price,
        "size": order.size,
        "stop": order.stop,
        "visible": order.visible,
        "time_in_force": order.time_in_force,
        "post_only": int(order.post_only),
        "owner": order.owner,
    }


WHOLE = ("command", "at", "order", "side", "kind", "time_in_force", "post_only", "owner")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(WHOLE, pl.Int64),
    **dict.fromkeys(("price", "size", "stop", "visible"), pl.Decimal(38, 4)),
}


class TwoBooks(RuleBasedStateMachine):
    """Both take every command; at the end a third takes them all in one call."""

    @initialize(self_trade=st.sampled_from(SelfTrade))
    def open(self, self_trade: SelfTrade) -> None:
        self.self_trade = self_trade
        self.slow = SlowBook(self_trade)
        self.book = OrderBook(tick=TICK, lot=LOT, self_trade=self_trade)
        self.at = 0
        self.rows: list[dict[str, object]] = []
        self.events: list[Event] = []

    def compare(self, given: tuple[Event, ...], expected: list[Event]) -> None:
        assert list(given) == expected
        self.events += given

    @rule(order=orders())
    def submit(self, order: Resting) -> None:
        self.at += 1
        self.rows.append(submission(order, self.at))
        given = submit(self.book, order, self.at)
        self.compare(given, self.slow.submit(order, self.at))

    @rule(order=ids)
    def cancel(self, order: int) -> None:
        self.at += 1
        self.rows.append({"command": Command.CANCEL, "at": self.at, "order": order})
        self.compare(self.book.cancel(order, at=self.at), self.slow.cancel(order, self.at))

    @rule(
        order=ids,
        price=st.none() | prices,
        size=st.none() | sizes,
        stop=st.none() | st.none() | st.none() | prices,
    )
    def replace(
        self, order: int, price: Decimal | None, size: Decimal | None, stop: Decimal | None
    ) -> None:
        if price is None and size is None and stop is None:
            return
        self.at += 1
        new = {"price": price, "size": size, "stop": stop}
        self.rows.append({"command": Command.REPLACE, "at": self.at, "order": order, **new})
        given = self.book.replace(order, at=self.at, **new)
        self.compare(given, self.slow.replace(order, self.at, **new))

    @invariant()
    def both_show_the_same(self) -> None:
        if not hasattr(self, "slow"):
            return
        shown = (self.book.bids(), self.book.asks())
        for side, given in zip(Side, shown, strict=True):
            expected = self.slow.side(side)
            assert given == levels(expected)
            queue = [(order.order, order.size, order.shown) for order in expected]
            assert [(o.order, o.size, o.shown) for o in self.book.orders(side)] == queue
            waiting = [order.order for order in self.slow.stops(side)]
            assert [order.order for order in self.book.stops(side)] == waiting
        assert self.book.last_price == self.slow.last

    def teardown(self) -> None:
        if not self.rows:
            return
        third = OrderBook(tick=TICK, lot=LOT, self_trade=self.self_trade)
        columns = third.apply(pl.DataFrame(self.rows, schema=SCHEMA))
        frame = pl.DataFrame({name: pl.Series(column) for name, column in columns.items()})
        assert frame.rows() == [as_row(event) for event in self.events]
        assert (third.bids(), third.asks()) == (self.book.bids(), self.book.asks())


def as_row(event: Event) -> tuple[object, ...]:
    """The columns of an event; a command's time is its number plus one."""
    fields = event._asdict()
    order = fields.get("order", fields.get("taker"))
    names = ("maker", "side", "price", "size", "reason", "kept_place")
    values = [fields.get(name) for name in names]
    return (event.at - 1, EventKind(event.event), order, *values, event.at)


TestTwoBooks = TwoBooks.TestCase
