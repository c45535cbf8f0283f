"""Recalls and refusals under other rules, orders and accounts, by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from markets import VENUE, bar, daily_market, minute_market, play, split, stock

from rustybt import SimulationRules, TradingAlgorithm
from rustybt.assets import Future, Perpetual
from rustybt.calendars import get_calendar
from rustybt.errors import BorrowUnavailable
from rustybt.execution import Trigger
from rustybt.finance.account_types import CashAccount, MarginAccount
from rustybt.finance.borrow import BorrowRates, BorrowTerms
from rustybt.finance.cancel_policy import EODCancel
from rustybt.finance.execution import LimitOrder, OCOOrder, StopOrder
from rustybt.finance.latency import FixedLatency
from rustybt.finance.margin import PortfolioPercent
from rustybt.finance.slippage import VolumeShareSlippage

A, B = stock("AAA", 1), stock("BBB", 4)
FLAT = {A: ["10"] * 6}
"""Monday to Friday, and Monday."""


def june(day: int) -> date:
    return date(2020, 6, day)


def recall(first: int, last: int | None = None, **lent: Any) -> BorrowRates:
    """A recall over some days of June; other terms go before it."""
    called = BorrowTerms(
        rate=0, start_date=june(first), end_date=june(last or first), recalled=True
    )
    before = BorrowTerms(rate=0, end_date=june(first - 1), **lent)
    return BorrowRates({"AAA": [before, called]}, default=0)


def lent(*units: int | None) -> BorrowRates:
    """So many units on each day from the 1st of June on, the last for ever."""
    days = range(1, len(units) + 1)
    terms = [
        BorrowTerms(rate=0, start_date=june(day), end_date=june(day), available=n)
        for day, n in zip(days, units, strict=True)
    ]
    rest = BorrowTerms(rate=0, start_date=june(len(units) + 1), available=units[-1])
    return BorrowRates({"AAA": [*terms, rest]}, default=0)


def order(amount: int, **keywords: Any) -> Any:
    return lambda c, d: c.order(A, amount, **keywords)


def trades(played: Any) -> list[tuple[int, int]]:
    """Day of June and amount of every fill."""
    return [(day.day, amount) for day, _, amount, _ in played.fills]


def ends(played: Any) -> list[tuple[Any, ...]]:
    """Amount, filled, status and code of every order."""
    return list(played.result.orders["amount", "filled", "status", "code"].iter_rows())


# ------------------------------------------------------------------ rules of filling


@pytest.mark.parametrize("rules", ["standard", "zipline"])
@pytest.mark.parametrize(("fill_at", "price"), [("close", 12), ("open", 11)])
def test_a_cover_fills_where_market_orders_do(rules: str, fill_at: str, price: int) -> None:
    """At the open or the close of the day of the recall; under zipline's rules as well."""
    prices: dict[Any, list[Any]] = {
        A: ["10", "10", bar("12", open="11", high="13", low="10"), "12"]
    }
    played = play(
        daily_market(prices), {0: order(-100)}, setup=lambda c: c.set_borrow(recall(3)),
        rules=rules, fill_at=fill_at,
    )  # fmt: skip
    assert [fill[2:] for fill in played.fills] == [(-100, 10), (100, price)]
    assert trades(played) == [(2, -100), (3, 100)]


def test_a_cover_fills_in_the_first_minute_that_trades() -> None:
    """Sold in the second minute of Monday; called back on Tuesday, whose third minute trades."""
    market = minute_market(
        {A: {(0, 0): "10", (0, 1): "10", (1, 2): "12", (1, 3): "13"}}, sessions=2
    )
    played = play(
        market, {0: order(-100)}, setup=lambda c: c.set_borrow(recall(2)), data_frequency="minute"
    )
    (_, _, sold, _), (_, _, bought, price) = played.fills
    assert (sold, bought, price) == (-100, 100, 12)
    minutes = get_calendar("XNYS").minutes(get_calendar("XNYS").session_index(june(2)))
    assert played.result.transactions["dt"].dt.epoch("ns").to_list()[1] == minutes[2]


def test_a_cover_shares_the_volume_of_the_bar() -> None:
    """A tenth of 600 shares is traded each day: 60, and 40 on the next one, recall or not."""
    thin = bar("10", volume=600)
    prices: dict[Any, list[Any]] = {A: ["10", "10", thin, thin, "10"]}
    played = play(
        daily_market(prices), {0: order(-100), 3: order(-5), 4: order(-5)},
        setup=lambda c: c.set_borrow(recall(3)), slippage=VolumeShareSlippage("0.1", 0),
    )  # fmt: skip
    assert trades(played) == [(2, -100), (3, 60), (4, 40)]
    # On the day on which it is covered at last nothing is lent yet.
    assert [row[2:] for row in ends(played)] == [
        ("FILLED", None), ("FILLED", None), ("REJECTED", "not_lent"), ("OPEN", None),
    ]  # fmt: skip


def test_a_cover_travels_before_the_open() -> None:
    def setup(context: Any) -> None:
        context.set_borrow(recall(3))
        context.set_latency(FixedLatency(60_000))

    played = play(daily_market(FLAT), {0: order(-100)}, setup=setup)
    assert trades(played) == [(2, -100), (3, 100)]


def test_a_cancel_policy_leaves_a_cover_alone() -> None:
    def setup(context: Any) -> None:
        context.set_borrow(recall(3))
        context.set_cancel_policy(EODCancel(warn_on_cancel=False))

    prices = {A: ["10", "10", None, "10"]}
    played = play(daily_market(prices), before_open={1: order(-100)}, setup=setup)
    assert trades(played) == [(2, -100), (4, 100)]
    assert len(ends(played)) == 2


def test_a_split_on_the_day_of_a_recall() -> None:
    """100 are 200 on the day on which they are called back."""
    market = daily_market({A: ["10", "10", "5", "5"]}, events=[split(A, june(3), "1/2")])
    played = play(market, {0: order(-100)}, setup=lambda c: c.set_borrow(recall(3)))
    assert trades(played) == [(2, -100), (3, 200)]


def test_a_split_while_a_cover_waits() -> None:
    market = daily_market({A: ["10", "10", None, "5", "5"]}, events=[split(A, june(4), "1/2")])
    played = play(market, {0: order(-100)}, setup=lambda c: c.set_borrow(recall(3)))
    assert trades(played) == [(2, -100), (4, 200)]
    assert len(ends(played)) == 2


def test_units_are_those_of_the_day() -> None:
    """After the split 150 of 200 are lent."""
    market = daily_market({A: ["10", "10", "5", "5"]}, events=[split(A, june(3), "1/2")])
    played = play(market, {0: order(-100)}, setup=lambda c: c.set_borrow(lent(100, 100, 150)))
    assert trades(played) == [(2, -100), (3, 50)]


def test_a_recall_of_the_weekend_counts_on_monday() -> None:
    played = play(daily_market(FLAT), {0: order(-100)}, setup=lambda c: c.set_borrow(recall(6, 7)))
    assert trades(played) == [(2, -100), (8, 100)]


# ------------------------------------------------------------------ kinds of orders

NOT_LENT = ("REJECTED", "not_lent")


@pytest.mark.parametrize(
    ("keywords", "end"),
    [
        ({}, (-60, "CANCELLED", "not_lent")),
        ({"limit_price": 9}, (-60, "CANCELLED", "not_lent")),
        ({"stop_price": 11}, (-60, "CANCELLED", "not_lent")),
        ({"time_in_force": "DAY"}, (-60, "CANCELLED", "not_lent")),
        ({"time_in_force": "IOC"}, (-60, "CANCELLED", "not_lent")),
        ({"time_in_force": "FOK"}, (0, "REJECTED", "not_lent")),
        # Never reached: it waits, and nothing is borrowed.
        ({"limit_price": 15}, (0, "OPEN", None)),
        # 30 of them show at a time: all of the first, and of the second.
        ({"limit_price": 9, "visible": 30}, (-60, "CANCELLED", "not_lent")),
    ],
    ids=str,
)
@pytest.mark.parametrize("trigger", ["close", "intrabar"])
def test_kinds_of_orders_when_less_is_lent(
    keywords: dict[str, Any], end: tuple[Any, ...], trigger: Trigger
) -> None:
    """100 were lent on the day of the order, 60 are when it fills."""
    played = play(
        daily_market(FLAT), {0: order(-100, **keywords)},
        setup=lambda c: c.set_borrow(lent(100, 60)),
        rules=replace(SimulationRules.standard(), trigger=trigger),
    )  # fmt: skip
    assert ends(played) == [(-100, *end)]


def test_the_exits_of_an_entry_that_was_cut() -> None:
    """60 are short; the target buys 60 back."""
    prices = {A: ["10", "10", "8", "8"]}
    played = play(
        daily_market(prices), {0: order(-100, take_profit=8, stop_loss=12)},
        setup=lambda c: c.set_borrow(lent(100, 60)),
    )  # fmt: skip
    assert trades(played) == [(2, -60), (3, 60)]
    assert [row[2] for row in ends(played)] == ["CANCELLED", "FILLED", "CANCELLED"]


def test_an_entry_that_is_not_lent_has_no_exits() -> None:
    played = play(
        daily_market(FLAT), {0: order(-100, take_profit=8, stop_loss=12)},
        setup=lambda c: c.set_borrow(lent(100, 0)),
    )  # fmt: skip
    assert [row[2:] for row in ends(played)] == [
        NOT_LENT, ("CANCELLED", "group"), ("CANCELLED", "group"),
    ]  # fmt: skip


def test_a_recall_cancels_an_entry_and_its_exits() -> None:
    keywords = {"limit_price": 15, "take_profit": 8, "stop_loss": 20}
    played = play(
        daily_market(FLAT), {0: order(-100, **keywords)}, setup=lambda c: c.set_borrow(recall(3))
    )
    assert [row[2:] for row in ends(played)] == [
        ("CANCELLED", "recalled"), ("CANCELLED", "group"), ("CANCELLED", "group"),
    ]  # fmt: skip


def test_the_exits_of_a_long_outlive_a_recall() -> None:
    played = play(
        daily_market(FLAT), {0: order(100, take_profit=15, stop_loss=5)},
        setup=lambda c: c.set_borrow(recall(3)),
    )  # fmt: skip
    assert [row[2] for row in ends(played)] == ["FILLED", "OPEN", "OPEN"]


@pytest.mark.parametrize(("amount", "status"), [(100, "OPEN"), (101, "REJECTED")])
def test_both_sides_of_a_pair_are_asked_about(amount: int, status: str) -> None:
    """100 may be short: a pair that buys above or sells below can sell no more."""
    style = OCOOrder(StopOrder(12), opposite=StopOrder(8))
    played = play(
        daily_market(FLAT), {0: order(amount, style=style)},
        setup=lambda c: c.set_borrow(lent(100)),
    )  # fmt: skip
    assert ends(played)[0][2] == status


def test_of_a_pair_of_sales_one_counts() -> None:
    style = OCOOrder(LimitOrder(12), StopOrder(8))
    played = play(
        daily_market(FLAT),
        {0: lambda c, d: [c.order(A, -60, style=style), c.order(A, -40), c.order(A, -1)]},
        setup=lambda c: c.set_borrow(lent(100)),
    )
    assert [row[2] for row in ends(played)] == ["OPEN", "OPEN", "FILLED", "REJECTED"]


@pytest.mark.parametrize(("amount", "replaced"), [(-100, True), (-101, False), (-50, True)])
def test_a_larger_amount_is_asked_about(amount: int, replaced: bool) -> None:
    def act(context: Any, data: Any) -> bool:
        placed = context.order(A, -80, limit_price=15)
        return bool(context.replace_order(placed, amount=amount))

    played = play(daily_market(FLAT), {0: act}, setup=lambda c: c.set_borrow(lent(100)))
    assert played.seen[0] is replaced
    assert ends(played) == [(amount if replaced else -80, 0, "OPEN", None)]


# ------------------------------------------------------------------ what a strategy cannot do


def test_a_strategy_cannot_stop_a_cover() -> None:
    told: list[str] = []

    def stop(context: Any, data: Any) -> list[Any]:
        (cover,) = context.get_open_orders(A)
        context.cancel_order(cover)
        return [context.replace_order(cover, amount=1), cover.reason]

    played = play(
        daily_market({A: ["10", "10", None, "10"]}), {0: order(-100), 2: stop},
        setup=lambda c: c.set_borrow(recall(3)),
        algorithm=TradingAlgorithm(on_broker_message=lambda c, m: told.append(m.kind)),
    )  # fmt: skip
    assert played.seen[2] == [False, "loans of AAA are recalled: the broker buys 100 to cover"]
    assert told == ["recall"] * 3
    assert trades(played) == [(2, -100), (4, 100)]


def test_a_cover_is_in_the_audit_log() -> None:
    played = play(daily_market(FLAT), {0: order(-100)}, setup=lambda c: c.set_borrow(recall(3)))
    rows = [row for row in played.result.order_audit_log() if row["order_id"] == "main-2"]
    shown = [(row["event_type"], data["cause"], data["reason"]) for row in rows
             for data in [row["event_data"]] if isinstance(data, dict)]  # fmt: skip
    assert shown == [
        ("submitted", "recall", "loans of AAA are recalled: the broker buys 100 to cover"),
        ("accepted", "venue", None),
        ("filled", "venue", None),
    ]


def test_a_cover_is_explained() -> None:
    played = play(daily_market(FLAT), {0: order(-100)}, setup=lambda c: c.set_borrow(recall(3)))
    reason = "loans of AAA are recalled: the broker buys 100 to cover"
    assert played.result.explain("main-2").forced == reason
    assert f"placed by the broker: {reason}" in str(played.result.explain("main-2"))
    assert played.result.explain("main-1").forced is None


def test_a_cut_is_in_the_audit_log() -> None:
    played = play(daily_market(FLAT), {0: order(-100)}, setup=lambda c: c.set_borrow(lent(100, 60)))
    last = played.result.order_audit_log()[-1]
    data: Any = last["event_data"]
    assert last["event_type"] == "canceled"
    assert (data["cause"], data["code"], data["filled_amount"]) == ("borrow", "not_lent", "60")
    assert data["reason"] == "the rest would be short: 60 AAA can be borrowed in all"


# ------------------------------------------------------------------ accounts


def test_an_account_that_fails_raises() -> None:
    account = MarginAccount(PortfolioPercent("0.5", "0.4"), on_refusal="fail")
    with pytest.raises(BorrowUnavailable, match="101 short in all, 100 can be borrowed"):
        play(
            daily_market(FLAT), {0: order(-101)},
            setup=lambda c: c.set_borrow(lent(100)), account=account,
        )  # fmt: skip


@pytest.mark.parametrize("account", ["unlimited", "margin"])
def test_accounts_that_go_short(account: str) -> None:
    played = play(
        daily_market(FLAT), {0: lambda c, d: [c.order(A, -101), c.order(A, -100)]},
        setup=lambda c: c.set_borrow(recall(4, available=100)), account=account,
    )  # fmt: skip
    assert [row[2:] for row in ends(played)] == [NOT_LENT, ("FILLED", None), ("FILLED", None)]
    assert trades(played) == [(2, -100), (4, 100)]


def test_a_cash_account_borrows_nothing_anyway() -> None:
    played = play(
        daily_market(FLAT), {0: order(-1)},
        setup=lambda c: c.set_borrow(lent(100)), account=CashAccount(),
    )  # fmt: skip
    assert ends(played) == [(-1, 0, "REJECTED", "account")]


def test_a_margin_call_beside_a_recall_covers_once() -> None:
    """Long 100 of B and short 100 of A from 10 with 1,000; on Thursday A is called back.

    A does not trade, and B falls to 6: equity of 600 is below 40 % of 1,600. Half of 1,200 could be
    kept: 40 of A are to be bought. On Friday the recall covers all of A, and those 40 are no more.
    """
    played = play(
        daily_market({A: ["10", "10", "10", None, "10"], B: ["10", "10", "10", "6", "6"]}),
        {0: lambda c, d: [c.order(A, -100), c.order(B, 100)]},
        setup=lambda c: c.set_borrow(recall(4)),
        capital_base=1_000,
        account=MarginAccount(PortfolioPercent("0.5", "0.4")),
    )
    assert trades(played) == [(2, -100), (2, 100), (5, 100)]
    assert ends(played)[2:] == [
        (100, 100, "FILLED", None), (40, 0, "CANCELLED", "reduce_only_no_position"),
    ]  # fmt: skip


# ------------------------------------------------------------------ what is not borrowed

OIL = Future(sid=2, symbol="CLN20", exchange_info=VENUE, root_symbol="CL")
SWAP = Perpetual(sid=3, symbol="BTC/USD:USD", exchange_info=VENUE)


@pytest.mark.parametrize("asset", [OIL, SWAP], ids=str)
def test_futures_and_swaps_are_not_borrowed(asset: Any) -> None:
    never = BorrowTerms(rate="0.36", recalled=True)
    calendar = get_calendar("24/7") if asset is SWAP else None
    played = play(
        daily_market({asset: ["10"] * 4}, calendar=calendar),
        {0: lambda c, d: c.order(asset, -3)},
        setup=lambda c: c.set_borrow(BorrowRates({asset.symbol: never})),
    )
    assert [fill[2] for fill in played.fills] == [-3]
    assert set(played.column("borrow")) == {0}


def test_without_a_model_nobody_asks() -> None:
    played = play(daily_market(FLAT), {0: order(-9_999)})
    assert played.context._env.loans is None
    assert trades(played) == [(2, -9_999)]
