"""A bar looks only at the orders that its prices reach, however many rest."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markets import bar, daily_market, play, stock
from order_stories import AT_CLOSE, AT_OPEN, INSIDE, SHARE, TENTH

from rustybt.execution.resting import RestingOrders
from rustybt.orders import MarketOrder, Order, style_from_prices
from rustybt.simulation.rules import SimulationRules
from rustybt.values import DecimalArithmetic, ExactRounding

EXACT = DecimalArithmetic()

RULES = [AT_CLOSE, AT_OPEN, INSIDE, SimulationRules.zipline()]


def looked_at(played: Any) -> int:
    """How many orders the bars of a run have looked at."""
    found: int = played.context.blotter.venue.looked_at
    return found


@pytest.mark.parametrize("rules", RULES, ids=["close", "open", "intrabar", "zipline"])
@pytest.mark.parametrize("count", [10, 1_000])
def test_orders_that_no_price_reaches_are_never_looked_at(rules: Any, count: int) -> None:
    """Limits from 9 downwards and stops from 11 upwards, while the price stays at 10."""
    assets = [stock(f"S{n}", n) for n in range(1, 11)]
    market = daily_market({asset: [bar("10", high="10.5", low="9.5")] * 5 for asset in assets})

    def place(context: Any, data: Any) -> None:
        for n in range(count):
            asset = assets[n % len(assets)]
            context.order(asset, 1, limit_price=Decimal(900 - n % 100) / 100)
            context.order(asset, -1, limit_price=Decimal(1100 + n % 100) / 100)
            context.order(asset, 1, stop_price=Decimal(1100 + n % 100) / 100)

    played = play(market, {0: place}, rules=rules, numeric="decimal", frames="polars")
    assert len(played.result.orders) == 3 * count
    assert looked_at(played) == 0


@pytest.mark.parametrize("rules", RULES[:3], ids=["close", "open", "intrabar"])
def test_each_order_is_looked_at_when_its_price_comes(rules: Any) -> None:
    """The price falls by a cent a bar through 100 limits, a cent apart."""
    prices = [bar(str(Decimal(1000 - n) / 100)) for n in range(60)]
    market = daily_market({SHARE: prices})

    def place(context: Any, data: Any) -> None:
        for n in range(100):
            context.order(SHARE, 1, limit_price=Decimal(995 - n) / 100)

    played = play(market, {0: place}, rules=rules)
    # Closes 9.99 to 9.41 reach the limits 9.95 to 9.41.
    reached = 995 - 941 + 1
    # At opens an order is looked at when a close triggers it, and again when it fills.
    assert looked_at(played) == (2 * reached - 1 if rules is AT_OPEN else reached)


def test_limits_that_were_touched_once_are_left_alone_while_the_price_is_away() -> None:
    """20 limits are reached by a bar with volume for one of them; then the price is gone."""
    prices = [bar("10"), bar("9", volume=10), *[bar("12")] * 30, bar("9")]
    market = daily_market({SHARE: prices})
    played = play(
        market,
        {0: lambda c, d: [c.order(SHARE, 1, limit_price=9) for _ in range(20)]},
        slippage=TENTH,
    )
    # All of them twice: when they are reached first, and in the last bar, which fills the rest.
    assert looked_at(played) == 20 + 19
    assert set(played.statuses) == {"FILLED"}


def test_market_orders_and_trailing_stops_are_looked_at_in_every_bar() -> None:
    prices = [bar("10"), bar("10", volume=0), *[bar("10")] * 3]
    played = play(
        daily_market({SHARE: prices}),
        {0: lambda c, d: (c.order(SHARE, 1), c.order(SHARE, -1, trail_amount=1))},
    )
    # The bar without trade looks at nothing; the market order fills in the one after it.
    assert looked_at(played) == 2 + 1 + 1


# ------------------------------------------------------------------ against looking at all of them


def an_order(number: int, amount: int, limit: int | None, stop: int | None) -> Order:
    style = style_from_prices(limit, stop, None) if limit or stop else MarketOrder()
    limit_price, stop_price = style.prices(SHARE, ExactRounding(), is_buy=amount > 0)
    made = Order(
        id=f"main-{number}",
        sequence=number,
        asset=SHARE,
        amount=EXACT.amount(amount),
        limit=None if limit_price is None else EXACT.price(limit_price),
        stop=None if stop_price is None else EXACT.price(stop_price),
        created=number,
        strategy="main",
        zero=EXACT.zero,
    )
    made.submit(number)
    made.accept(number)
    return made


prices_of_orders = st.none() | st.integers(1, 9)
an_event = st.one_of(
    st.tuples(st.just("place"), st.sampled_from((-1, 1)), prices_of_orders, prices_of_orders),
    st.tuples(st.just("forget"), st.integers(0, 50)),
    st.tuples(st.just("bar"), st.integers(1, 9)),
    st.tuples(st.just("move"), st.integers(0, 50), st.integers(1, 9)),
)


@given(events=st.lists(an_event, max_size=40), keeps=st.booleans())
def test_what_a_price_reaches_is_what_a_look_at_all_orders_finds(
    events: list[Any], keeps: bool
) -> None:
    """The trigger rules are read from `Order.touch`, asked of a copy of every order."""
    resting = RestingOrders(keeps_limits=keeps)
    alive: list[Order] = []
    for number, (kind, *rest) in enumerate(events, start=1):
        if kind == "place":
            made = an_order(number, *rest)
            resting.hold(made)
            resting.admit(made)
            alive.append(made)
        elif kind == "bar":
            price = EXACT.price(rest[0])
            found = resting.take(price, price)
            reached = [order.sequence for order in alive if would_touch(order, price, keeps=keeps)]
            assert [order.sequence for order in found if order.sequence in reached] == reached
            # Nothing else was looked at.
            assert {order.sequence for order in found} == set(reached)
            for order in found:
                order.touch(price, number)
                resting.put_back(order)
        elif alive and kind == "forget":
            resting.forget(alive.pop(rest[0] % len(alive)))
        elif alive:
            order = alive[rest[0] % len(alive)]
            if order.limit is not None:
                order.limit, order.limit_reached = EXACT.price(rest[1]), False
                resting.move(order)
    assert [order.sequence for order in resting] == [order.sequence for order in alive]


def would_touch(order: Order, price: Any, *, keeps: bool) -> bool:
    """Whether a bar at one price has something to do with an order."""
    above, below = price >= (order.stop or 0), price <= (order.stop or 0)
    if order.waits_for_stop:
        return bool(above if order.is_buy else below)
    if order.limit is None or (order.limit_reached and not keeps):
        return True
    return bool(price <= order.limit if order.is_buy else price >= order.limit)


def test_places_in_the_queue_are_kept_through_the_heaps() -> None:
    """Orders come out by the time of their place, then by number."""
    resting = RestingOrders(keeps_limits=True)
    made = [an_order(number, 1, 5, None) for number in (3, 1, 2)]
    for order in (*made, an_order(4, 1, None, None)):
        resting.hold(order)
        resting.admit(order)
    made[1].queued = 9
    resting.move(made[1])
    price = EXACT.price(5)
    assert [order.sequence for order in resting.take(price, price)] == [2, 3, 4, 1]


def test_what_has_left_the_heaps_is_cleared_away() -> None:
    """Replaced a thousand times, an order leaves no more than a few entries behind."""
    resting = RestingOrders(keeps_limits=True)
    order = an_order(1, 1, 5, None)
    resting.hold(order)
    resting.admit(order)
    for n in range(1_000):
        order.limit = EXACT.price(Decimal(500 + n) / 100)
        resting.move(order)
    assert len(resting._falling) < 100
    assert resting.take(EXACT.price(14), EXACT.price(14)) == [order]
