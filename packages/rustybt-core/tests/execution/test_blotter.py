"""The blotter: records of orders, cancels, splits, news; and how a run chooses one."""

from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest
from markets import daily_market, play, split, stock

from rustybt.errors import PluginNotFound
from rustybt.execution import Blotter, make_blotter
from rustybt.orders import LimitOrder, MarketOrder, Order, OrderStatus, StopLimitOrder
from rustybt.plugins import groups, registry
from rustybt.values import DecimalArithmetic, Ratio

A, B = stock("AAA", 1), stock("BBB", 2)
EXACT = DecimalArithmetic()
LOT = EXACT.amount(1)


@pytest.fixture
def blotter() -> Blotter:
    """The blotter of a run that placed no order."""
    played = play(daily_market({A: ["10"], B: ["20"]}))
    found: Blotter = played.context.blotter
    return found


def place(blotter: Blotter, *amounts: int, asset: Any = A, at: int = 5) -> list[Order]:
    return [
        blotter.order(asset, amount * LOT, LimitOrder(1), at=at, strategy="main")
        for amount in amounts
    ]


def test_orders_are_numbered_by_strategy_and_sequence(blotter: Blotter) -> None:
    first = blotter.order(A, 3 * LOT, MarketOrder(), at=5, strategy="trend")
    second = blotter.order(B, -LOT, StopLimitOrder("19.996", "20.001"), at=6, strategy="carry")
    assert (first.id, second.id, second.sequence) == ("trend-1", "carry-2", 2)
    # A sell limit goes up to its tick, a sell stop down.
    assert (second.limit, second.stop) == (EXACT.price("20.00"), EXACT.price("20.00"))
    assert list(blotter.orders) == ["trend-1", "carry-2"]
    assert blotter.open_orders == {A: [first], B: [second]}
    assert first.status is OrderStatus.ACCEPTED


def test_only_open_orders_can_be_cancelled(blotter: Blotter) -> None:
    (order,) = place(blotter, 1)
    assert blotter.cancel(order.id, at=7, cause="strategy", reason="changed my mind")
    assert (order.status, order.changed, order.reason) == (
        OrderStatus.CANCELLED, 7, "changed my mind",
    )  # fmt: skip
    assert not blotter.cancel(order.id, at=8, cause="strategy")
    assert not blotter.cancel("main-99", at=8, cause="strategy")
    assert order.changed == 7


def test_all_orders_of_an_asset_can_be_cancelled(blotter: Blotter) -> None:
    ours = place(blotter, 1, 2)
    (other,) = place(blotter, 3, asset=B)
    assert blotter.cancel_all(A, at=7, cause="cancel policy") == ours
    assert not blotter.cancel_all(A, at=7, cause="cancel policy")
    assert other.status is OrderStatus.ACCEPTED


def test_zipline_cancels_the_first_of_several(blotter: Blotter) -> None:
    place(blotter, 1)
    assert not blotter.cancel_all(A, at=7, cause="cancel policy", first_of_several=True)
    place(blotter, 2)
    (cancelled,) = blotter.cancel_all(A, at=7, cause="cancel policy", first_of_several=True)
    assert cancelled.sequence == 1


def test_only_open_orders_can_be_replaced(blotter: Blotter) -> None:
    (order,) = place(blotter, 3)
    change = blotter.change(order, D(5), D("1.006"))
    assert (change.amount, change.limit, change.stop) == (5 * LOT, EXACT.price(1), None)
    assert blotter.replace([(order, change)], at=7)
    assert (order.amount, order.changed) == (5 * LOT, 7)
    blotter.cancel(order.id, at=8, cause="strategy")
    assert not blotter.replace([(order, change)], at=9)
    assert not blotter.cancel_group("main-1/oco", at=9, cause="strategy")


def test_a_refused_order_is_kept_but_does_not_rest(blotter: Blotter) -> None:
    order = blotter.reject(A, LOT, MarketOrder(), at=5, strategy="main", reason="too large")
    assert (order.status, order.reason) == (OrderStatus.REJECTED, "too large")
    assert blotter.orders == {order.id: order}
    assert not blotter.open_orders


def test_a_split_changes_what_rests(blotter: Blotter) -> None:
    """5:1 joined: 12 become 2 at five times the price, 4 are too few for a share."""
    large, small = place(blotter, 12, 4)
    blotter.split(A, Ratio(5), at=9)
    assert (large.amount, large.limit, large.changed) == (2 * LOT, EXACT.price(5), 5)
    assert (small.status, small.amount) == (OrderStatus.FILLED, 0)
    assert blotter.open_orders == {A: [large]}


def test_news_are_told_once(blotter: Blotter) -> None:
    assert not blotter.has_news
    one, two = place(blotter, 1, 2)
    blotter.cancel(one.id, at=6, cause="strategy")
    assert blotter.has_news
    assert blotter.take_news() == ([one, two], [one])
    assert not blotter.has_news
    assert blotter.take_news() == ([], [])


def test_touched_orders_come_by_their_last_change(blotter: Blotter) -> None:
    one, two = place(blotter, 1, 2)
    blotter.cancel(one.id, at=6, cause="strategy")
    assert blotter.take_touched() == (two, one)
    assert blotter.take_touched() == ()


def test_the_trail_tells_the_whole_life() -> None:
    played = play(
        daily_market({A: ["10", "10", "20", "5"]}, events=[split(A, "2020-06-03", "2")]),
        {0: lambda c, d: c.order(A, 9, stop_price="9.80", limit_price="11")},
        setup=lambda c: None,
    )
    (order,) = played.context.blotter.orders.values()
    assert [(t.before, t.after, t.cause, t.reason) for t in order.trail] == [
        ("Pending", "Submitted", "strategy", None),
        ("Submitted", "Accepted", "venue", None),
        ("Accepted", "Accepted", "venue", "triggered"),
        ("Accepted", "Filled", "venue", None),
    ]


# ------------------------------------------------------------------ which blotter


class Halving(Blotter):
    """Sends half of every order."""

    def order(
        self, asset: Any, amount: Any, style: Any, *, at: int, strategy: str, **terms: Any
    ) -> Order:
        return super().order(asset, amount // 2, style, at=at, strategy=strategy, **terms)


@pytest.fixture
def registered() -> Iterator[None]:
    registry(groups.BLOTTERS).register("halving", Halving)
    yield
    registry(groups.BLOTTERS).unregister("halving")


@pytest.mark.parametrize("choice", [Halving, "halving"])
def test_a_run_takes_a_class_or_a_registered_name(choice: Any, registered: None) -> None:
    market = daily_market({A: ["10", "10"]})
    played = play(market, {0: lambda c, d: c.order(A, 8)}, blotter=choice)
    assert [fill[2] for fill in played.fills] == [4]


def test_the_default_blotter_is_registered(blotter: Blotter) -> None:
    made = make_blotter("default", venue=blotter.venue, arithmetic=EXACT)
    assert type(made) is Blotter
    order = made.order(A, LOT, LimitOrder("10.006"), at=5, strategy="main")
    assert EXACT.price_value(order.limit or 0, 2) == D("10.00")


def test_an_unknown_blotter_is_an_error() -> None:
    with pytest.raises(PluginNotFound, match="no plugin named 'nobody'"):
        play(daily_market({A: ["10"]}), blotter="nobody")
