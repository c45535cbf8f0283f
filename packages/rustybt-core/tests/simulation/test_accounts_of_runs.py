"""Accounts with limits in whole runs, by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from markets import VENUE, bar, daily_market, minute_market, play, small_sessions, stock

from rustybt import TradingAlgorithm
from rustybt.assets import Cryptocurrency
from rustybt.calendars import get_calendar
from rustybt.data.rates import ExchangeRates
from rustybt.errors import InsufficientFundsError, InvalidArgument
from rustybt.finance.account_types import CallPolicy, CashAccount, MarginAccount
from rustybt.finance.cancel_policy import EODCancel
from rustybt.finance.execution import LimitOrder, OCOOrder, StopOrder
from rustybt.finance.margin import CryptoIsolated, PortfolioPercent

A, B = stock("AAA", 1), stock("BBB", 2)
COIN = Cryptocurrency(sid=3, symbol="BTC/USD", exchange_info=VENUE)


def listening(told: list[Any]) -> TradingAlgorithm:
    return TradingAlgorithm(
        on_order_reject=lambda c, order, reason: told.append(("rejected", order.amount, reason)),
        on_broker_message=lambda c, message: told.append((message.kind, message.asset)),
    )


def test_a_cash_account_buys_what_it_can_pay_for() -> None:
    told: list[Any] = []
    played = play(
        daily_market({A: ["10"] * 3}),
        {0: lambda c, d: (c.order(A, 101), c.order(A, 60), c.order(A, 41), c.order(A, 40))},
        algorithm=listening(told),
        capital_base=1_000,
        account="cash",
    )
    assert played.statuses == ["REJECTED", "FILLED", "REJECTED", "FILLED"]
    assert played.column("ending_cash") == [1_000, 0, 0]
    assert [kind for kind, *_ in told] == ["rejected", "rejected"]
    assert "1,010" in told[0][2] or "1010" in told[0][2]


def test_a_refusal_can_be_an_error() -> None:
    with pytest.raises(InsufficientFundsError):
        play(
            daily_market({A: ["10"] * 2}),
            {0: lambda c, d: c.order(A, 101)},
            capital_base=1_000,
            account=CashAccount(on_refusal="fail"),
        )


def test_a_price_that_runs_away_makes_no_debt() -> None:
    """100 shares at 10 are covered, at 12.50 only 80 of them."""
    played = play(
        daily_market({A: ["10", "12.50", "12.50"]}),
        {0: lambda c, d: c.order(A, 100)},
        capital_base=1_000,
        account="cash",
    )
    assert [fill[2] for fill in played.fills] == [80]
    assert played.column("ending_cash")[-1] == 0


@pytest.mark.parametrize(("account", "shares"), [("cash", 80), ("margin", 160)])
def test_a_rate_that_runs_away_makes_no_debt(account: str, shares: int) -> None:
    """All is covered with a euro at 1.00; at 1.25 it is 80 shares at 10, or half of 160."""
    euro = stock("EEE", 4, currency="EUR")
    made = daily_market({A: ["10"] * 3, euro: ["10"] * 3})
    rows = [
        {
            "timestamp": datetime(2020, 6, day, tzinfo=UTC),
            "base": "EUR",
            "quote": "USD",
            "rate": rate,
        }
        for day, rate in ((1, "1"), (2, "1.25"))
    ]
    bundle = replace(made.bundle, rates=ExchangeRates.from_frame(pl.DataFrame(rows)))
    played = play(
        replace(made, bundle=bundle),
        {0: lambda c, d: c.order(euro, shares * 10 // 8)},
        capital_base=1_000,
        currency="USD",
        account=account,
    )
    assert [fill[2] for fill in played.fills] == [shares]


STRADDLE = OCOOrder(StopOrder(11), opposite=StopOrder(9))


@pytest.mark.parametrize(("more", "statuses"), [(90, ["FILLED"]), (91, ["REJECTED"])])
def test_of_legs_on_both_sides_the_worse_one_counts(more: int, statuses: list[str]) -> None:
    """Half of 100 x 11 to buy, of 100 x 10 to sell: 550 of 1,000 are kept, 450 are free."""
    played = play(
        daily_market({A: ["10"] * 2, B: ["10"] * 2}),
        {0: lambda c, d: (c.order(A, 100, style=STRADDLE), c.order(B, more, limit_price=10))},
        capital_base=1_000,
        account=MarginAccount(PortfolioPercent("0.5", "0.25")),
    )
    assert played.statuses == ["OPEN", "OPEN", *statuses]


@pytest.mark.parametrize(
    ("held", "ordered", "statuses"),
    [
        # A cash account sells what it holds; 50 more at 11 are covered by 500 less at 10.
        (50, 45, ["FILLED", "OPEN", "OPEN"]),
        (50, 46, ["FILLED", "REJECTED"]),
        (20, 21, ["FILLED", "REJECTED"]),
    ],
)
def test_a_cash_account_looks_at_both_sides(held: int, ordered: int, statuses: list[str]) -> None:
    played = play(
        daily_market({A: ["10"] * 3}),
        {
            0: lambda c, d: c.order(A, held),
            1: lambda c, d: c.order(A, ordered, style=STRADDLE),
        },
        capital_base=1_000,
        account="cash",
    )
    assert played.statuses == statuses


@pytest.mark.parametrize(
    ("control", "options"),
    [("set_long_only", {}), ("set_max_order_count", {"max_count": 1})],
)
def test_controls_look_at_both_sides(control: str, options: dict[str, int]) -> None:
    played = play(
        daily_market({A: ["10"] * 2}),
        {0: lambda c, d: c.order(A, 100, style=STRADDLE)},
        setup=lambda c: getattr(c, control)(**options, on_error="reject"),
    )
    assert played.statuses == ["REJECTED"]


def test_proceeds_are_spent_once_they_are_settled() -> None:
    """Sold on Wednesday, settled on Thursday."""
    told: list[Any] = []
    played = play(
        daily_market({A: ["10"] * 6, B: ["10"] * 6}),
        {
            0: lambda c, d: c.order(A, 100),
            1: lambda c, d: c.order(A, -100),
            2: lambda c, d: c.order(B, 100),
            3: lambda c, d: c.order(B, 100),
        },
        algorithm=listening(told),
        capital_base=1_000,
        account="cash",
    )
    assert [fill[1:3] for fill in played.fills] == [("AAA", 100), ("AAA", -100), ("BBB", 100)]
    assert len(told) == 1


def test_a_margin_call_sells_what_restores_the_account() -> None:
    """200 at 10 with 1,000: at 8 the equity of 600 is below 40 % of 1,600.

    Half of 1,200 can be held: 50 shares are sold at the next close.
    """
    told: list[Any] = []
    played = play(
        daily_market({A: ["10", "10", "8", "8", "8"]}),
        {0: lambda c, d: c.order(A, 200)},
        algorithm=listening(told),
        capital_base=1_000,
        account=MarginAccount(PortfolioPercent("0.5", "0.4"), calls=CallPolicy()),
    )
    assert [fill[2:] for fill in played.fills] == [(200, 10), (-50, 8)]
    assert told[0] == ("margin_call", A)


# 1,000 dollars; the share costs 10. Each line asks for other figures of a purchase of 60 at 8.
REPLACED: list[tuple[dict[str, Any], bool]] = [
    ({"limit_price": 17}, False),  # 60 x 17 = 1,020
    ({"limit_price": 16}, True),  # 60 x 16 = 960
    ({"amount": 70}, False),  # 70 x 16 = 1,120
    ({"amount": 62, "limit_price": "16.50"}, False),  # 62 x 16.50 = 1,023
    ({"amount": 62}, True),  # 62 x 16 = 992
    ({"amount": 50, "limit_price": 20}, True),  # 50 x 20 = 1,000
    ({"limit_price": 5}, True),  # 50 x 5 = 250
    ({"amount": 201}, False),  # 201 x 5 = 1,005
]


@pytest.mark.parametrize(("account", "capital"), [("cash", 1_000), ("margin", 500)])
def test_a_replacement_keeps_no_more_than_there_is(account: str, capital: int) -> None:
    """On margin one half has to be there: of twice the orders of a cash account."""
    told: list[Any] = []

    def replace_all(context: Any, data: Any) -> list[bool]:
        order_id = context.order(A, 60, limit_price=8)
        return [context.replace_order(order_id, **figures) for figures, _ in REPLACED]

    played = play(
        daily_market({A: ["10"] * 2}),
        {0: replace_all},
        algorithm=listening(told),
        capital_base=capital,
        account=account,
    )
    assert played.seen[0] == [allowed for _, allowed in REPLACED]
    assert len(told) == 4
    assert "replacement refused" in told[0][2]
    needed = 1_020 * capital // 1_000
    assert f"needs {needed}.00 USD, available is {capital}.00 USD" in told[0][2]


def test_a_leg_that_is_replaced_counts_once() -> None:
    """60 with a stop of 12 keep 720; with one of 17 they would keep 1,020, with one of 16 960."""
    style = OCOOrder(LimitOrder(8), StopOrder(12))

    def replace_leg(context: Any, data: Any) -> list[bool]:
        group = context.get_order_group(context.order(A, 60, style=style))
        return [context.replace_order(group, stop_price=price) for price in (17, 16)]

    played = play(
        daily_market({A: ["10"] * 2}), {0: replace_leg}, capital_base=1_000, account="cash"
    )
    assert played.seen[0] == [False, True]


def _take_all_back(context: Any, data: Any) -> None:
    for orders in context.get_open_orders().values():
        for each in orders:
            assert not context.replace_order(each, amount=each.amount - 1)
            context.cancel_order(each)


@pytest.mark.parametrize("policy", [None, EODCancel(warn_on_cancel=False)], ids=["never", "eod"])
def test_what_a_margin_call_sells_cannot_be_taken_back(policy: Any) -> None:
    """200 at 10 with 1,000 on margin of a half, called at 40 %.

    At 8 equity is 600 and 1,600 are held: 640 are needed, so 50 are to be sold (half of 1,200 can
    stay). The asset does not trade in the last minute of the session; in the next session the 50
    are sold. The call stands until then, with the same figures, so the order stays as well.
    """
    told: list[Any] = []
    bars = {(0, 0): "10", (0, 1): "10", (0, 2): "8", (1, 0): "8", (1, 1): "8"}
    market = minute_market({A: bars}, sessions=2, calendar=small_sessions(2, 4))
    played = play(
        market,
        {0: lambda c, d: c.order(A, 200), 2: _take_all_back, 3: _take_all_back},
        setup=lambda c: None if policy is None else c.set_cancel_policy(policy),
        algorithm=listening(told),
        capital_base=1_000,
        account=MarginAccount(PortfolioPercent("0.5", "0.4")),
        data_frequency="minute",
    )
    assert [fill[2:] for fill in played.fills] == [(200, 10), (-50, 8)]
    assert played.statuses == ["FILLED", "FILLED"]
    assert {kind for kind, _ in told} == {"margin_call"}
    told_of = played.result.explain("main-2")
    assert "placed by the broker: margin call: equity of 600.00 USD" in str(told_of)


def test_orders_that_a_margin_call_takes_back_say_so() -> None:
    played = play(
        daily_market({A: ["10", "10", "8", "8"]}),
        {0: lambda c, d: (c.order(A, 200), c.order(A, 5, limit_price=1))},
        capital_base=1_025,
        account=MarginAccount(PortfolioPercent("0.5", "0.4")),
    )
    frame = played.result.orders
    assert frame["code"].to_list() == [None, "margin_call", None]
    assert frame["reason"][1] == "too little margin: the broker trades the asset"


def test_an_isolated_position_ends_at_its_liquidation_price() -> None:
    """10 coins at 100 with 5 x: the margin of 200 is gone at 80 but for the maintenance."""
    told: list[Any] = []
    market = daily_market(
        {COIN: ["100", "100", bar("95", open="99", high="99", low="70"), "95"]},
        calendar=get_calendar("24/7"),
    )
    played = play(
        market,
        {0: lambda c, d: c.order(COIN, 10)},
        algorithm=listening(told),
        capital_base=1_000,
        account=MarginAccount(CryptoIsolated(5, "0.05")),
    )
    assert [kind for kind, _ in told] == ["liquidation"]
    assert played.column("longs_count") == [0, 1, 0, 0]
    assert 780 <= played.column("portfolio_value")[-1] <= 850


def test_an_unknown_account_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="account"):
        play(daily_market({A: ["10"] * 2}), account="pension")
