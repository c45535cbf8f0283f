"""What fills in a bar, and at what price: tables worked out by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from markets import Bar, Market, bar, daily_market, play, stock

from rustybt.errors import (
    InvalidNumber,
    TransactionVolumeExceedsOrder,
    TransactionWithWrongDirection,
)
from rustybt.finance.commission import CommissionModel, NoCommission, PerShare, PerTrade
from rustybt.finance.slippage import (
    FixedBasisPointsSlippage,
    FixedSlippage,
    LiquidityExceeded,
    NoSlippage,
    SlippageModel,
    VolumeShareSlippage,
)

D = Decimal

A, B = stock("AAA", 1), stock("BBB", 2)
TUE, WED, THU, FRI = (date(2020, 6, day) for day in (2, 3, 4, 5))


def orders(*amounts: int, **style: Any) -> dict[int, Callable[[Any, Any], object]]:
    """Order these amounts of A at the first bar."""
    return {0: lambda context, data: [context.order(A, amount, **style) for amount in amounts]}


def closes(*prices: str | None, volume: int = 1_000_000) -> Market:
    """A market of A alone, by its closes."""
    return daily_market({A: [price and bar(price, volume=volume) for price in prices]})


# ------------------------------------------------------------------ when


def test_a_market_order_fills_at_the_next_close() -> None:
    played = play(closes("10", "11", "12"), orders(5))
    assert played.fills == [(TUE, "AAA", 5, 11)]


@pytest.mark.parametrize(
    ("amount", "style", "filled"),
    [
        # closes after the order: 9.90, 10.10, 9.50, 10.60
        (1, {"limit_price": "9.60"}, (THU, D("9.50"))),
        (1, {"limit_price": "9.40"}, None),
        (-1, {"limit_price": "10.50"}, (FRI, D("10.60"))),
        (-1, {"limit_price": "10.10"}, (WED, D("10.10"))),
        (1, {"stop_price": "10.10"}, (WED, D("10.10"))),
        (-1, {"stop_price": "9.60"}, (THU, D("9.50"))),
        # Wednesday touches the stop, but is above the limit; Thursday is below it.
        (1, {"stop_price": "10.05", "limit_price": "10.00"}, (THU, D("9.50"))),
        (1, {"stop_price": "10.05", "limit_price": "10.20"}, (WED, D("10.10"))),
        # Thursday touches the stop, but is below the limit; Friday is above it.
        (-1, {"stop_price": "9.60", "limit_price": "9.70"}, (FRI, D("10.60"))),
    ],
)
def test_stops_and_limits_wait_for_a_close(
    amount: int, style: dict[str, str], filled: tuple[date, D] | None
) -> None:
    played = play(closes("10", "9.90", "10.10", "9.50", "10.60"), orders(amount, **style))
    expected = [] if filled is None else [(filled[0], "AAA", amount, filled[1])]
    assert played.fills == expected


def test_what_was_triggered_stays_so_where_the_volume_gave_out() -> None:
    """The limit was touched on Tuesday; Wednesday's close above it does not undo that."""
    market = daily_market({A: ["10", bar("9", volume=10), bar("11", volume=100)]})
    model = FixedBasisPointsSlippage(0, "0.1")
    played = play(market, orders(3, limit_price=9), slippage=model, rules="zipline")
    assert played.fills == [(TUE, "AAA", 1, 9), (WED, "AAA", 2, 11)]


@pytest.mark.parametrize(
    "still",
    [None, bar("11", volume=0), Bar("11", "11", "11", None, 100)],
    ids=["no row", "volume 0", "no close"],
)
def test_a_bar_without_a_trade_fills_and_triggers_nothing(still: Any) -> None:
    market = daily_market({A: ["10", still, "12", "10"]})
    played = play(market, {0: lambda c, d: (c.order(A, 1), c.order(A, -1, stop_price=11))})
    assert played.fills == [(WED, "AAA", 1, 12), (THU, "AAA", -1, 10)]


def test_orders_of_the_last_bar_stay_open() -> None:
    played = play(closes("10", "11"), {1: lambda c, d: c.order(A, 1)})
    assert (played.fills, played.statuses) == ([], ["OPEN"])


# ------------------------------------------------------------------ fill_at="open"


def test_orders_fill_at_the_open_of_the_next_bar() -> None:
    market = daily_market({A: ["10", bar("11", open="10.50"), bar("12", open="11.25")]})
    played = play(
        market,
        {0: lambda c, d: c.order(A, 5), 1: lambda c, d: c.order(A, -5)},
        slippage=FixedSlippage("0.10"),
        fill_at="open",
    )
    # 10.50 + 0.05 and 11.25 - 0.05
    assert played.fills == [(TUE, "AAA", 5, D("10.55")), (WED, "AAA", -5, D("11.20"))]


@pytest.mark.parametrize("style", [{"stop_price": 11}, {"stop_price": 11, "limit_price": 12}])
def test_a_close_that_triggers_fills_at_the_open_after_it(style: dict[str, int]) -> None:
    market = daily_market(
        {A: ["10", bar("10.90", open="11.50"), bar("11.10", open="10"), bar("9", open="11.75")]}
    )
    played = play(market, orders(5, **style), fill_at="open")
    assert played.fills == [(THU, "AAA", 5, D("11.75"))]


def test_an_open_beyond_the_limit_does_not_fill() -> None:
    market = daily_market({A: ["10", "9", bar("10", open="9.80"), bar("10", open="9.40")]})
    played = play(market, orders(5, limit_price="9.50"), fill_at="open")
    assert played.fills == [(THU, "AAA", 5, D("9.40"))]


def test_the_limit_of_volume_is_that_of_the_bar_that_fills() -> None:
    market = daily_market({A: [bar("10", volume=1000), bar("10", volume=30), "10"]})
    played = play(market, orders(5), slippage=FixedBasisPointsSlippage(0, "0.1"), fill_at="open")
    assert [fill[2] for fill in played.fills] == [3, 2]


@pytest.mark.parametrize("model", [NoSlippage(), FixedBasisPointsSlippage(0)])
def test_a_bar_without_an_open_fills_nothing_but_triggers(model: SlippageModel) -> None:
    market = daily_market({A: ["10", Bar(None, "11", "11", "11", 1000), bar("12", open="11.50")]})
    played = play(
        market,
        {0: lambda c, d: (c.order(A, 5), c.order(A, 3, stop_price=11))},
        slippage=model,
        fill_at="open",
    )
    assert played.fills == [(WED, "AAA", 5, D("11.50")), (WED, "AAA", 3, D("11.50"))]


# ------------------------------------------------------------------ how much


def test_an_order_fills_bar_by_bar_within_the_volume() -> None:
    """A tenth of 100 a bar: 25 take three bars, and pay 0.01 a share each time."""
    played = play(
        closes("10", "11", "12", "13", volume=100),
        orders(25),
        slippage=FixedBasisPointsSlippage(0, "0.1"),
        commission=PerShare("0.01"),
    )
    assert [(day, amount) for day, _, amount, _ in played.fills] == [(TUE, 10), (WED, 10), (THU, 5)]
    table = played.result.transactions
    assert table["commission"].to_list() == [D("0.1"), D("0.1"), D("0.05")]
    (order,) = played.result.orders.to_dicts()
    assert (order["filled"], order["commission"], order["status"]) == (25, D("0.25"), "FILLED")


@pytest.mark.parametrize(
    ("amounts", "fills"),
    [
        # 10 a bar for all orders of the asset: first come, first served
        ((6, 6, 6), [(TUE, 6), (TUE, 4), (WED, 2), (WED, 6)]),
        # buys and sells take from the same volume
        ((6, -6), [(TUE, 6), (TUE, -4), (WED, -2)]),
        ((30, 1), [(TUE, 10), (WED, 10), (THU, 10), (FRI, 1)]),
    ],
)
def test_orders_of_an_asset_share_the_volume(
    amounts: tuple[int, ...], fills: list[tuple[date, int]]
) -> None:
    played = play(
        closes("10", "11", "12", "13", "14", volume=100),
        orders(*amounts),
        slippage=FixedBasisPointsSlippage(0, "0.1"),
    )
    assert [(day, amount) for day, _, amount, _ in played.fills] == fills


def test_each_asset_has_a_volume_of_its_own() -> None:
    market = daily_market({A: [bar("10", volume=100)] * 2, B: [bar("10", volume=50)] * 2})
    played = play(
        market,
        {0: lambda c, d: (c.order(A, 99), c.order(B, 99))},
        slippage=FixedBasisPointsSlippage(0, "0.1"),
    )
    assert [(symbol, amount) for _, symbol, amount, _ in played.fills] == [("AAA", 10), ("BBB", 5)]


def test_volume_impact_counts_what_others_took() -> None:
    """Price 100, volume 1000, impact 1: shares of 0.02 and 0.05 cost 100 x share^2 more."""
    played = play(
        closes("100", "100", volume=1000), orders(20, 30), slippage=VolumeShareSlippage("0.1", 1)
    )
    assert [price for *_, price in played.fills] == [D("100.04"), D("100.25")]


# ------------------------------------------------------------------ in which order


def test_assets_are_matched_in_the_order_in_which_they_were_ordered() -> None:
    market = daily_market({A: ["10"] * 3, B: ["20"] * 3})
    played = play(market, {0: lambda c, d: (c.order(B, 1), c.order(A, 1), c.order(B, 2))})
    assert [(symbol, amount) for _, symbol, amount, _ in played.fills] == [
        ("BBB", 1), ("BBB", 2), ("AAA", 1),
    ]  # fmt: skip


def test_an_asset_keeps_its_turn_until_the_next_bar() -> None:
    """As zipline: an emptied list of orders is dropped when bars are matched, not before."""
    market = daily_market({A: ["10"] * 4, B: ["20"] * 4})

    def replace_at_once(context: Any, data: Any) -> None:
        first = context.order(A, 1)
        context.order(B, 1)
        context.cancel_order(first)
        context.order(A, 3)

    at_once = play(market, {0: replace_at_once})
    assert [symbol for _, symbol, *_ in at_once.fills] == ["AAA", "BBB"]
    waiting = {"limit_price": 1}
    later = play(
        market,
        {
            0: lambda c, d: (c.order(A, 1, **waiting), c.order(B, 1, **waiting)),
            1: lambda c, d: [c.cancel_order(order) for order in c.get_open_orders(A)],
            2: lambda c, d: (c.order(A, 1), c.order(B, 1)),
        },
    )
    assert [symbol for _, symbol, *_ in later.fills] == ["BBB", "AAA"]


# ------------------------------------------------------------------ limits after slippage


@pytest.mark.parametrize(
    ("amount", "limit", "filled"),
    [
        # close 10.00, spread 0.10: a buy pays 10.05, a sell gets 9.95
        (1, "10.04", False),
        (1, "10.05", True),
        (-1, "9.96", False),
        (-1, "9.95", True),
    ],
)
@pytest.mark.parametrize("rules", ["standard", "zipline"])
def test_no_execution_beyond_the_limit(amount: int, limit: str, filled: bool, rules: str) -> None:
    played = play(
        closes("10", "10"),
        orders(amount, limit_price=limit),
        slippage=FixedSlippage("0.10"),
        rules=rules,
    )
    assert bool(played.fills) is (filled or rules == "zipline")


def test_a_refused_execution_takes_nothing_of_the_volume() -> None:
    played = play(
        closes("10", "10", volume=100),
        {0: lambda c, d: (c.order(A, 8, limit_price="10.001"), c.order(A, 8))},
        slippage=FixedBasisPointsSlippage(5, "0.1"),
    )
    assert [amount for _, _, amount, _ in played.fills] == [8]


# ------------------------------------------------------------------ a user's models


class Answering(SlippageModel):
    """Gives for every order the same answer."""

    def __init__(self, price: Any, amount: Any) -> None:
        super().__init__()
        self.answer = price, amount

    def process_order(self, data: Any, order: Any) -> Any:
        return self.answer


@pytest.mark.parametrize(
    ("amount", "price", "answer", "error"),
    [
        (5, 10, -1, TransactionWithWrongDirection),
        (-5, 10, 1, TransactionWithWrongDirection),
        (5, 10, 6, TransactionVolumeExceedsOrder),
        (-5, 10, -6, TransactionVolumeExceedsOrder),
        (5, float("nan"), 5, InvalidNumber),
        (5, 10, float("inf"), InvalidNumber),
    ],
)
def test_an_impossible_answer_of_a_model_is_an_error(
    amount: int, price: float, answer: float, error: type[Exception]
) -> None:
    with pytest.raises(error):
        play(closes("10", "11"), orders(amount), slippage=Answering(price, answer))


@pytest.mark.parametrize("answer", [(None, None), (10, 0), (10, 0.5), (10, None)])
def test_a_model_may_fill_nothing(answer: tuple[Any, Any]) -> None:
    played = play(closes("10", "11"), orders(5), slippage=Answering(*answer))
    assert (played.fills, played.statuses) == ([], ["OPEN"])


def test_an_answer_is_cut_to_whole_lots_and_12_decimals() -> None:
    played = play(closes("10", "11"), orders(5), slippage=Answering("10.1234567890125", 2.9))
    assert played.fills == [(TUE, "AAA", 2, D("10.123456789012"))]


def test_a_model_that_runs_dry_ends_the_bar_for_its_asset_alone() -> None:
    class Dry(SlippageModel):
        def process_order(self, data: Any, order: Any) -> Any:
            if order.asset == A:
                raise LiquidityExceeded
            return data.current(order.asset, "close"), order.open_amount

    market = daily_market({A: ["10"] * 2, B: ["20"] * 2})
    played = play(
        market, {0: lambda c, d: (c.order(A, 1), c.order(A, 1), c.order(B, 1))}, slippage=Dry()
    )
    assert played.fills == [(TUE, "BBB", 1, 20)]


def test_a_model_is_told_what_was_filled_before_in_the_bar() -> None:
    told = []

    class Listening(SlippageModel):
        def process_order(self, data: Any, order: Any) -> Any:
            told.append((data.current_session, self.volume_for_bar, order.filled))
            return data.current(order.asset, "close"), order.direction

    play(closes("10", "10", "10"), orders(2, -2), slippage=Listening())
    assert told == [(TUE, 0, 0), (TUE, 1, 0), (WED, 0, 1), (WED, 1, -1)]


@pytest.mark.parametrize(
    ("frames", "kinds"),
    [("polars", (D, D, D)), ("pandas", (float, int, float))],
)
def test_a_users_model_sees_the_numbers_of_the_strategy(
    frames: str, kinds: tuple[type, ...]
) -> None:
    seen = []

    class Slip(SlippageModel):
        def process_order(self, data: Any, order: Any) -> Any:
            price = data.current(order.asset, "close")
            seen.append(tuple(map(type, (price, order.open_amount))))
            return price, order.open_amount

    class Fee(CommissionModel):
        def calculate(self, order: Any, transaction: Any) -> Any:
            seen.append(tuple(map(type, (transaction.amount, transaction.price))))
            return transaction.price * transaction.amount / 100

    played = play(closes("10", "11"), orders(5), slippage=Slip(), commission=Fee(), frames=frames)
    assert seen == [kinds[:2], kinds[1:]]
    assert played.result.transactions["commission"].to_list() == [D("0.55")]


# ------------------------------------------------------------------ charges


def test_a_price_per_order_is_charged_with_its_first_fill() -> None:
    played = play(
        closes("10", "10", "10", volume=100),
        orders(15),
        slippage=FixedBasisPointsSlippage(0, "0.1"),
        commission=PerTrade(7),
    )
    assert played.result.transactions["commission"].to_list() == [7, 0]


def test_a_commission_may_be_a_rebate() -> None:
    class Rebate(CommissionModel):
        pays_rebates = True

        def calculate(self, order: Any, transaction: Any) -> Any:
            return D("-0.5")

    played = play(closes("10", "10"), orders(5), commission=Rebate())
    assert played.column("ending_cash")[-1] == D("99950.5")


def test_a_negative_commission_that_is_no_rebate_is_not_paid() -> None:
    class Falling(CommissionModel):
        def calculate(self, order: Any, transaction: Any) -> Any:
            return D("-0.5")

    played = {
        rules: play(closes("10", "10"), orders(5), commission=Falling(), rules=rules)
        for rules in ("standard", "zipline")
    }
    assert [run.column("ending_cash")[-1] for run in played.values()] == [99950, 99950]
    # Zipline lets the order's own figure fall nevertheless.
    kept = [run.result.orders["commission"].to_list() for run in played.values()]
    assert kept == [[0], [D("-0.5")]]


def test_a_commission_of_zero_leaves_no_posting() -> None:
    played = play(closes("10", "10"), orders(5), commission=NoCommission())
    assert played.result.journal is not None
    assert not played.result.journal["cause"].str.starts_with("commission").any()


def test_executions_count_through_the_run() -> None:
    played = play(closes("10", "10", "10"), {n: lambda c, d: c.order(A, 1) for n in (0, 1)})
    assert played.result.journal is not None
    causes = played.result.journal["cause"].unique(maintain_order=True).to_list()
    assert causes == ["capital", "fill:main-1#1", "fill:main-2#2"]
