"""The order functions: how much they order, when they refuse, what they answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pandas as pd
import polars as pl
import pytest
from markets import VENUE, Bar, Played, daily_market, play, stock

from rustybt.assets import Cryptocurrency, Future
from rustybt.data.rates import ExchangeRates
from rustybt.errors import (
    BadOrderParameters,
    CannotOrderDelistedAsset,
    InvalidNumber,
    MissingRate,
    OrderDuringInitialize,
    OrderInBeforeTradingStart,
    UnsupportedOrderParameters,
)
from rustybt.finance.execution import LimitOrder, MarketOrder, StopLimitOrder, StopOrder
from rustybt.orders import OrderStatus, ZiplineStatus

A, B = stock("AAA", 1), stock("BBB", 2)
COIN = Cryptocurrency(
    sid=3,
    symbol="BTC/USD",
    exchange_info=VENUE,
    lot_size=D("0.001"),
    tick_size=D("0.5"),
    amount_decimals=3,
)
OIL = Future(sid=4, symbol="CLZ20", exchange_info=VENUE, root_symbol="CL", price_multiplier=D(1000))
MARKET = daily_market({A: ["10", "12", "12"], B: ["20"] * 3, COIN: ["50000"] * 3, OIL: ["40"] * 3})


def ordered(method: str, asset: Any, number: object, **options: Any) -> Any:
    """The amount that a function orders at the first bar; None where it orders nothing."""

    def act(context: Any, data: Any) -> Any:
        order = getattr(context, method)(asset, number)
        return None if order is None else context.get_order(order).amount

    return play(MARKET, {0: act}, **options).seen[0]


# ------------------------------------------------------------------ amounts


@pytest.mark.parametrize(
    ("amount", "shares"),
    [
        # recorded from zipline-reloaded 3.2.1
        (1.9, 1), (2.99989, 2), (2.99995, 3), (3.00005, 3), (0.5, None), (0.99995, 1),
        (-1.9, -1), (-2.99995, -3), (6.9999, 7), (6.99989, 6), (7.00011, 7), (1e-5, None),
        ("12.5", 12), (D("7.999"), 7), (0, None), (-0.3, None),
    ],
)  # fmt: skip
def test_amounts_are_cut_to_whole_shares(amount: object, shares: int | None) -> None:
    assert ordered("order", A, amount) == shares


@pytest.mark.parametrize(
    ("amount", "coins"),
    [("0.1239", D("0.123")), ("0.12399995", D("0.124")), ("-0.0019", D("-0.001")), (0.0009, None)],
)
def test_amounts_are_cut_to_the_lot_of_the_asset(amount: object, coins: D | None) -> None:
    assert ordered("order", COIN, amount) == coins


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), None, "many", True])
def test_an_amount_is_a_finite_number(amount: object) -> None:
    with pytest.raises(InvalidNumber, match="amount was"):
        ordered("order", A, amount)


def test_more_than_a_hundred_billion_cannot_be_ordered_at_once() -> None:
    assert ordered("order", A, 10**11) == 10**11
    with pytest.raises(OverflowError, match="order at most 100,000,000,000 at once"):
        ordered("order", A, 10**11 + 1)


@pytest.mark.parametrize(
    ("method", "asset", "number", "amount"),
    [
        # 100,000 in cash; A costs 10, B 20, a coin 50,000, a contract 40 x 1,000
        ("order_value", A, 99, 9),
        ("order_value", A, -99.99, -9),
        ("order_value", A, D("99.9999"), 10),
        ("order_value", COIN, 125, D("0.002")),
        ("order_value", OIL, 85_000, 2),
        ("order_percent", B, 0.24, 1200),
        ("order_percent", B, -0.00015, None),
        ("order_target", A, 7, 7),
        ("order_target", A, -7, -7),
        ("order_target_value", B, 1_999, 99),
        ("order_target_percent", A, 0.1, 1000),
        ("order_target_percent", OIL, 1, 2),
    ],
)
def test_values_and_shares_become_amounts(
    method: str, asset: Any, number: object, amount: object
) -> None:
    assert ordered(method, asset, number) == amount


def test_targets_take_off_what_is_held_but_not_what_is_open() -> None:
    played = play(
        MARKET,
        {
            0: lambda c, d: c.order(A, 33),
            1: lambda c, d: [
                amount_of(c, c.order_target(A, 40)),
                amount_of(c, c.order_target(A, 40)),
                amount_of(c, c.order_target(A, 33)),
                # 100,000 x 0.0011 / 12 = 9.1666 less 33 is -23.83
                amount_of(c, c.order_target_percent(A, 0.0011)),
                # 500 / 12 = 41.67 less 33
                amount_of(c, c.order_target_value(A, 500)),
            ],
        },
    )
    assert played.seen[1] == [7, 7, None, -23, 8]


def amount_of(context: Any, order: str | None) -> Any:
    return None if order is None else context.get_order(order).amount


def test_a_price_of_zero_buys_nothing() -> None:
    worthless = daily_market({A: ["0", "1"]})
    played = play(worthless, {0: lambda c, d: c.order_value(A, 100)})
    assert played.seen[0] is None


# ------------------------------------------------------------------ styles


@pytest.mark.parametrize(
    ("keywords", "limit", "stop"),
    [
        ({}, None, None),
        ({"limit_price": "10.006"}, D("10.00"), None),
        ({"stop_price": "10.004"}, None, D("10.01")),
        ({"limit_price": 10, "stop_price": 11}, 10, 11),
        ({"limit_price": 0}, 0, None),
        ({"style": MarketOrder()}, None, None),
        ({"style": LimitOrder("10.006")}, D("10.00"), None),
        ({"style": StopOrder("10.004")}, None, D("10.01")),
        ({"style": StopLimitOrder(10, 11)}, 10, 11),
        # the tick of another asset, where the style names one
        ({"style": LimitOrder("10.006", asset=COIN)}, D("10.0"), None),
    ],
)
@pytest.mark.parametrize("method", ["order", "order_value", "order_target_percent"])
def test_a_style_gives_the_prices(
    method: str, keywords: Mapping[str, Any], limit: D | None, stop: D | None
) -> None:
    played = play(MARKET, {0: lambda c, d: c.get_order(getattr(c, method)(A, 1000, **keywords))})
    assert (played.seen[0].limit, played.seen[0].stop) == (limit, stop)


def test_a_style_and_a_price_exclude_each_other() -> None:
    with pytest.raises(UnsupportedOrderParameters, match="limit_price was 9 although a style"):
        play(MARKET, {0: lambda c, d: c.order(A, 1, limit_price=9, style=MarketOrder())})


@pytest.mark.parametrize("price", [-1, float("nan"), float("inf"), "high"])
@pytest.mark.parametrize("name", ["limit_price", "stop_price"])
def test_a_price_is_a_number_that_is_not_negative(name: str, price: object) -> None:
    with pytest.raises(BadOrderParameters, match=name.replace("_", " ")):
        play(MARKET, {0: lambda c, d: c.order(A, 1, **{name: price})})


@pytest.mark.parametrize("asset", ["AAA", 1, None])
def test_only_an_asset_can_be_ordered(asset: object) -> None:
    with pytest.raises(UnsupportedOrderParameters, match=r"give an Asset, as symbol\(\)"):
        ordered("order", asset, 1)


# ------------------------------------------------------------------ when

FUNCTIONS = (
    "order", "order_value", "order_percent", "order_target", "order_target_value",
    "order_target_percent",
)  # fmt: skip


@pytest.mark.parametrize("method", FUNCTIONS)
@pytest.mark.parametrize(
    ("rules", "error"),
    [("standard", OrderDuringInitialize), ("zipline", AssertionError)],
)
def test_no_orders_in_initialize(method: str, rules: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        play(MARKET, setup=lambda c: getattr(c, method)(A, 1), rules=rules)


def test_no_batches_in_initialize() -> None:
    with pytest.raises(OrderDuringInitialize):
        play(MARKET, setup=lambda c: c.batch_market_order({A: 1}))


def test_orders_before_the_open_fill_in_the_first_bar() -> None:
    played = play(MARKET, before_open={1: lambda c, d: c.order(A, 5)})
    assert played.fills == [(date(2020, 6, 2), "AAA", 5, 12)]


def test_zipline_takes_no_orders_before_the_open() -> None:
    with pytest.raises(OrderInBeforeTradingStart):
        play(MARKET, before_open={1: lambda c, d: c.order(A, 5)}, rules="zipline")


# ------------------------------------------------------------------ other currencies

YEN = stock("SONY", 11, currency="JPY")


def abroad(act: Any, **options: Any) -> Any:
    """What an action at the second bar orders of a share at 7,000 yen, 100 of which are a dollar.

    The account has 100,000 dollars and 50 shares, worth 3,500 dollars.
    """
    market = daily_market({A: ["10"] * 4, YEN: ["7000"] * 4})
    rows = {"timestamp": ["2020-06-01"], "base": ["USD"], "quote": ["JPY"], "rate": ["100"]}
    known = pl.DataFrame(rows).with_columns(pl.col("timestamp").str.to_datetime())
    bundle = replace(market.bundle, rates=ExchangeRates.from_frame(known))
    plan = {0: lambda c, d: c.order(YEN, 50), 1: act}
    options = {"currency": "USD", "capital_base": 100_000, **options}
    return play(replace(market, bundle=bundle), plan, **options)


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
@pytest.mark.parametrize(
    ("method", "number", "shares"),
    [
        ("order_value", 7_000, 100),
        ("order_percent", "0.35", 500),  # 35,000 dollars, at 70 each
        ("order_target_value", 7_000, 50),
        ("order_target_percent", "0.35", 450),
    ],
)
def test_values_are_in_the_currency_of_the_account(
    method: str, number: object, shares: int, numeric: str
) -> None:
    played = abroad(lambda c, d: getattr(c, method)(YEN, number), numeric=numeric)
    assert played.result.orders["amount"].to_list() == [50, shares]


def test_zipline_knows_one_currency() -> None:
    played = abroad(lambda c, d: c.order_value(YEN, 7_000), rules="zipline")
    assert played.result.orders["amount"].to_list() == [50, 1]


@pytest.mark.parametrize("frames", ["polars", "pandas"])
@pytest.mark.parametrize(("limit", "placed"), [("7000", [50, 100]), ("6999", [50])])
def test_limits_of_value_are_in_the_currency_of_the_account(
    limit: str, placed: list[int], frames: str
) -> None:
    played = abroad(
        lambda c, d: c.order(YEN, 100),
        setup=lambda c: c.set_max_order_size(max_notional=limit, on_error="reject"),
        frames=frames,
    )
    done = played.result.orders.filter(pl.col("status") == "FILLED")
    assert done["amount"].to_list() == placed


def test_a_value_without_a_rate_is_an_error() -> None:
    market = daily_market({A: ["10"] * 4, YEN: ["7000"] * 4})
    with pytest.raises(MissingRate, match="JPY in USD at 2020-06-01 20:00"):
        play(market, {0: lambda c, d: c.order_value(YEN, 100)}, currency="USD")


# ------------------------------------------------------------------ lives of assets

ENDED = stock("END", 7, end_date=date(2020, 6, 2), auto_close_date=date(2020, 6, 4))
COMING = stock("NEW", 8, start_date=date(2020, 6, 3))
SILENT = stock("SIL", 9)
LIVES = daily_market(
    {
        A: ["10"] * 4,
        ENDED: ["5", "5"],
        COMING: [None, None, "7", "8"],
        SILENT: [Bar(None, None, None, None, "0")] * 4,
    }
)


@pytest.mark.parametrize("method", FUNCTIONS)
def test_an_asset_that_has_ended_is_not_ordered(
    method: str, caplog: pytest.LogCaptureFixture
) -> None:
    played = play(LIVES, {2: lambda c, d: getattr(c, method)(ENDED, 1)})
    assert played.seen[2] is None
    assert not len(played.result.orders)
    assert "the asset has ended" in caplog.text
    assert "END" in caplog.text


def test_on_its_last_day_an_asset_is_ordered_in_vain() -> None:
    played = play(LIVES, {1: lambda c, d: c.order(ENDED, 1)})
    (order,) = played.result.orders.to_dicts()
    assert (order["status"], order["last_modified"].date()) == ("CANCELLED", date(2020, 6, 4))


@pytest.mark.parametrize("method", FUNCTIONS[1:3] + FUNCTIONS[4:])
@pytest.mark.parametrize(
    ("asset", "words"), [(COMING, "starts trading on 2020-06-03"), (SILENT, "has no price yet")]
)
def test_what_has_no_price_cannot_be_ordered_by_value(method: str, asset: Any, words: str) -> None:
    with pytest.raises(CannotOrderDelistedAsset, match=words):
        play(LIVES, {0: lambda c, d: getattr(c, method)(asset, 1)})


def test_an_asset_without_close_date_that_has_ended_cannot_be_valued() -> None:
    ended = stock("OLD", 10, end_date=date(2020, 6, 2))
    market = daily_market({ended: ["5", "5"], A: ["10"] * 4})
    with pytest.raises(CannotOrderDelistedAsset, match="it stopped trading on 2020-06-02"):
        play(market, {2: lambda c, d: c.order_value(ended, 100)})


def test_an_order_before_the_first_day_rests() -> None:
    played = play(LIVES, {0: lambda c, d: (c.order(COMING, 2), c.order_target(COMING, 3))})
    assert [fill[:3] for fill in played.fills] == [
        (date(2020, 6, 3), "NEW", 2),
        (date(2020, 6, 3), "NEW", 3),
    ]


# ------------------------------------------------------------------ batches


@pytest.mark.parametrize(
    "counts", [{A: 3, B: 0, COIN: "0.0019"}, pd.Series({A: 3, B: 0, COIN: 0.0019})]
)
def test_a_batch_is_an_order_each(counts: Any) -> None:
    played = play(MARKET, {0: lambda c, d: c.batch_market_order(counts)})
    assert played.seen[0] == ["main-1", "main-2"]
    assert [(symbol, amount) for _, symbol, amount, _ in played.fills] == [
        ("AAA", 3), ("BTC/USD", D("0.001")),
    ]  # fmt: skip


def test_a_batch_asks_no_control() -> None:
    played = play(
        MARKET,
        {0: lambda c, d: c.batch_market_order({A: -3})},
        setup=lambda c: c.set_long_only(),
    )
    assert played.fills[0][2] == -3


# ------------------------------------------------------------------ looking at orders


def test_orders_can_be_looked_up() -> None:
    def act(context: Any, data: Any) -> Any:
        one = context.order(A, 5, limit_price=9)
        context.order(B, 6, limit_price=9)
        order = context.get_order(one)
        return (
            (order.id, order.amount, order.filled, order.status, order.state, order.sid is A),
            [o.id for o in context.get_open_orders(A)],
            {asset: len(some) for asset, some in context.get_open_orders().items()},
            context.get_open_orders(COIN),
            context.get_order("nothing"),
        )

    played = play(MARKET, {0: act})
    assert played.seen[0] == (
        ("main-1", 5, 0, ZiplineStatus.OPEN, OrderStatus.ACCEPTED, True),
        ["main-1"],
        {A: 1, B: 1},
        [],
        None,
    )


def test_what_was_looked_up_does_not_change_afterwards() -> None:
    played = play(MARKET, {0: lambda c, d: c.get_order(c.order(A, 5))})
    before, after = played.seen[0], played.context.get_order("main-1")
    assert (before.filled, after.filled) == (0, 5)
    with pytest.raises(AttributeError):
        before.filled = 5


def run_cancelling(what: Any) -> Played:
    return play(
        MARKET,
        {0: lambda c, d: c.order(A, 5, limit_price=9), 1: lambda c, d: c.cancel_order(what(c))},
    )


@pytest.mark.parametrize("what", [lambda c: "main-1", lambda c: c.get_order("main-1")])
def test_an_order_is_cancelled_by_id_or_as_an_object(what: Any) -> None:
    played = run_cancelling(what)
    assert played.statuses == ["CANCELLED"]
    assert not played.context.get_open_orders()


@pytest.mark.parametrize("what", [lambda c: "main-99", lambda c: None, lambda c: 7])
def test_to_cancel_what_is_none_does_nothing(what: Any) -> None:
    assert run_cancelling(what).statuses == ["OPEN"]


def test_to_cancel_what_has_ended_does_nothing() -> None:
    played = play(MARKET, {0: lambda c, d: c.order(A, 5), 1: lambda c, d: c.cancel_order("main-1")})
    assert played.statuses == ["FILLED"]


def test_a_cancelled_order_does_not_fill() -> None:
    played = play(MARKET, {0: lambda c, d: c.cancel_order(c.order(A, 5))})
    assert (played.fills, played.statuses) == ([], ["CANCELLED"])
