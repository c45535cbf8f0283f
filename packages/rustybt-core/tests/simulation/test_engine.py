"""The one loop: what happens in a session, in which order, and what each step brings about."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from markets import (
    VENUE,
    bar,
    daily_market,
    dividend,
    minute_market,
    play,
    small_sessions,
    split,
    stock,
)

from rustybt import TradingAlgorithm
from rustybt.assets import Cryptocurrency
from rustybt.calendars import get_calendar
from rustybt.clock import EventKind, SimulatedClock
from rustybt.finance.cancel_policy import CancelPolicy, EODCancel
from rustybt.finance.commission import PerShare
from rustybt.simulation.assembly import Assembly, assemble
from rustybt.simulation.effects import NO_EFFECTS, Effects
from rustybt.simulation.market import open_market
from rustybt.simulation.request import ABSENT, RunRequest

A, B = stock("AAA", 1), stock("BBB", 2)
TUE, WED, THU = (date(2020, 6, day) for day in (2, 3, 4))

# ------------------------------------------------------------------ the order of things


def test_hooks_are_called_in_the_order_of_the_session() -> None:
    log: list[tuple[str, str]] = []

    def note(name: str) -> Callable[..., None]:
        return lambda context, *args: log.append((name, f"{context.datetime:%d %H:%M}"))

    algorithm = TradingAlgorithm(
        before_trading_start=note("before"),
        analyze=lambda context, result: log.append(("analyze", "")),
        on_order_fill=note("fill"),
        on_order_cancel=note("cancel"),
    )

    def setup(context: Any) -> None:
        log.append(("initialize", ""))
        context.schedule_function(note("scheduled"))
        context.set_cancel_policy(EODCancel(warn_on_cancel=False))

    def act(context: Any, data: Any) -> None:
        note("handle_data")(context)
        if context.datetime.day == 1:
            context.order(A, 1)

    market = minute_market({A: {(0, 1): "10"}}, sessions=2, calendar=small_sessions(2, 2))
    play(
        market,
        dict.fromkeys(range(4), act),
        setup=setup,
        algorithm=algorithm,
        data_frequency="minute",
    )
    assert log == [
        ("initialize", ""),
        ("before", "01 13:45"),
        ("handle_data", "01 14:31"),
        ("scheduled", "01 14:31"),
        ("fill", "01 14:32"),
        ("handle_data", "01 14:32"),
        ("cancel", "01 14:32"),
        ("before", "02 13:45"),
        ("handle_data", "02 14:31"),
        ("scheduled", "02 14:31"),
        ("handle_data", "02 14:32"),
        ("analyze", ""),
    ]


def test_before_the_open_the_morning_has_happened() -> None:
    """Dividends are earned on what is held, then paid; a split then makes two shares of one."""
    market = daily_market(
        {A: ["10", "10", "5", "5"]},
        events=[dividend(A, WED, WED, "0.50"), split(A, WED, "1/2")],
    )
    seen = []

    def look(context: Any, data: Any) -> None:
        position = context.portfolio.positions[A]
        seen.append((position.amount, position.last_sale_price, context.portfolio.cash))

    play(market, {0: lambda c, d: c.order(A, 100)}, before_open={2: look})
    assert seen == [(200, 5, 100_000 - 1_000 + 50)]


def test_a_split_comes_to_orders_before_they_are_matched() -> None:
    market = daily_market({A: ["10", "10", "4.80"]}, events=[split(A, WED, "1/2")])
    played = play(market, {0: lambda c, d: c.order(A, 7, limit_price="9.70")})
    assert played.fills == [(WED, "AAA", 14, D("4.80"))]
    (order,) = played.result.orders.to_dicts()
    assert (order["amount"], order["limit"]) == (14, D("4.85"))


def test_fills_come_before_commissions() -> None:
    """The cost basis of a bar's fills does not depend on which was charged first."""
    market = daily_market({A: ["10", "10"]})
    played = play(
        market,
        {0: lambda c, d: (c.order(A, 10), c.order(A, 30))},
        commission=PerShare("0.1"),
    )
    assert played.result.journal is not None
    causes = played.result.journal["cause"].unique(maintain_order=True).to_list()
    assert causes == [
        "capital", "fill:main-1#1", "fill:main-2#2", "commission:main-1", "commission:main-2",
    ]  # fmt: skip


def test_prices_are_those_of_the_bar_when_the_strategy_looks() -> None:
    market = daily_market({A: ["10", "11", "12"], B: ["5"] * 3})

    def look(context: Any, data: Any) -> Any:
        return context.portfolio.portfolio_value, context.portfolio.positions_value

    played = play(market, {0: lambda c, d: c.order(A, 100), 1: look, 2: look})
    assert played.seen[1] == (100_000, 1_100)
    assert played.seen[2] == (100_100, 1_200)


def test_a_holding_without_a_bar_keeps_its_price() -> None:
    played = play(
        daily_market({A: ["10", "11", None, "12"], B: ["1"] * 4}), {0: lambda c, d: c.order(A, 10)}
    )
    assert played.column("ending_value") == [0, 110, 110, 120]


# ------------------------------------------------------------------ around the clock

COIN = Cryptocurrency(sid=4, symbol="BTC/USD", exchange_info=VENUE, start_date=date(2015, 1, 2))


def test_around_the_clock_the_morning_is_the_midnight_between_sessions() -> None:
    """It sees the day that has just ended; its orders fill at the end of the day that begins."""
    market = daily_market({COIN: ["10", "11", "12"]}, calendar=get_calendar("24/7"))
    seen = []

    def look(context: Any, data: Any) -> None:
        seen.append((data.current_dt, data.current_session, data.current(COIN, "close")))
        context.order(COIN, 1)

    played = play(market, before_open=dict.fromkeys(range(3), look))
    midnights = [datetime(2020, 6, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    days = [date(2020, 6, day) for day in (1, 2, 3)]
    assert seen == list(zip(midnights[:3], days, (None, 10, 11), strict=True))
    table = played.result.transactions
    assert table["dt"].to_list() == midnights[1:]
    assert table["price"].to_list() == [10, 11, 12]


def test_around_the_clock_midnight_belongs_to_the_day_that_ends() -> None:
    last, first = 24 * 60 - 1, 0
    market = minute_market(
        {COIN: {(0, last): "10", (1, first): "11"}}, sessions=2, calendar=get_calendar("24/7")
    )
    seen = {}
    for bar_number in (last, last + 1):
        seen[bar_number] = play(
            market,
            {bar_number: lambda c, d: (d.current_dt, d.current_session, d.current(COIN, "close"))},
            data_frequency="minute",
        ).seen[bar_number]
    assert seen[last] == (datetime(2020, 6, 2, tzinfo=UTC), date(2020, 6, 1), 10)
    assert seen[last + 1] == (datetime(2020, 6, 2, 0, 1, tzinfo=UTC), date(2020, 6, 2), 11)


# ------------------------------------------------------------------ the end of an asset


ENDING = stock("END", 3, end_date=TUE, auto_close_date=THU)
ENDS = {A: ["10"] * 5, ENDING: ["5", "6"]}


def test_positions_of_an_asset_that_ends_are_closed_at_its_last_price() -> None:
    played = play(
        daily_market(ENDS), {0: lambda c, d: c.order(ENDING, 10)}, commission=PerShare("0.1")
    )
    closing = played.result.transactions.to_dicts()[-1]
    assert closing == {
        "order_id": None,
        "symbol": "END",
        "dt": datetime(2020, 6, 4, 20, tzinfo=UTC),
        "amount": -10,
        "price": 6,
        "commission": 0,
    }
    assert played.column("ending_cash") == [100_000, 99_939, 99_939, 99_999, 99_999]
    assert played.column("longs_count") == [0, 1, 1, 0, 0]


def test_short_positions_of_an_asset_that_ends_are_closed_too() -> None:
    played = play(daily_market(ENDS), {0: lambda c, d: c.order(ENDING, -10)})
    assert [fill[2:] for fill in played.fills] == [(-10, 6), (10, 6)]


def test_orders_of_an_asset_that_ends_are_cancelled() -> None:
    told = []
    played = play(
        daily_market(ENDS),
        {0: lambda c, d: c.order(ENDING, 10, limit_price=1)},
        algorithm=TradingAlgorithm(
            on_order_cancel=lambda c, order, reason: told.append((order.id, c.datetime.day))
        ),
    )
    assert (played.statuses, told) == (["CANCELLED"], [("main-1", 4)])
    (order,) = played.context.blotter.orders.values()
    assert order.trail[-1].cause == "delisting"


def test_a_run_that_ends_before_the_close_date_keeps_the_position() -> None:
    played = play(daily_market(ENDS), {0: lambda c, d: c.order(ENDING, 10)}, end=WED)
    assert played.column("longs_count") == [0, 1, 1]


def test_a_close_date_that_is_no_session_counts_on_the_next() -> None:
    """Auto-close on Saturday the 6th: it happens on Monday the 8th."""
    weekend = stock("END", 3, end_date=TUE, auto_close_date=date(2020, 6, 6))
    played = play(
        daily_market({A: ["10"] * 6, weekend: ["5", "6"]}), {0: lambda c, d: c.order(weekend, 1)}
    )
    assert [fill[0] for fill in played.fills] == [TUE, date(2020, 6, 8)]


# ------------------------------------------------------------------ what the broker says


def test_the_simulated_broker_tells_of_a_close_out() -> None:
    told: list[Any] = []
    play(
        daily_market(ENDS),
        {0: lambda c, d: c.order(ENDING, 10)},
        algorithm=TradingAlgorithm(
            on_broker_message=lambda c, message: told.append((message, c.portfolio.positions))
        ),
    )
    ((message, held),) = told
    assert (message.kind, message.asset, message.order_id) == ("close_out", ENDING, None)
    assert message.dt == datetime(2020, 6, 4, 20, tzinfo=UTC)
    assert not held


def test_the_simulated_broker_tells_of_orders_that_a_split_changed() -> None:
    """Two for one before Wednesday's open: order and position are on the new scale."""
    told: list[Any] = []
    play(
        daily_market({A: ["10", "10", "5", "5"]}, events=[split(A, WED, "1/2")]),
        {0: lambda c, d: (c.order(A, 3), c.order(A, 7, limit_price=4))},
        algorithm=TradingAlgorithm(
            on_broker_message=lambda c, message: told.append(
                (message, c.get_order(message.order_id).amount, c.portfolio.positions[A].amount)
            )
        ),
    )
    ((message, ordered, held),) = told
    assert (message.kind, message.asset, message.order_id) == ("split", A, "main-2")
    assert (ordered, held) == (14, 6)


# ------------------------------------------------------------------ cancel policies


def test_minute_runs_cancel_everything_at_the_close() -> None:
    market = minute_market({A: {(0, 0): "10"}}, sessions=2, calendar=small_sessions(2, 3))
    played = play(
        market,
        {
            0: lambda c, d: (c.order(A, 1, limit_price=1), c.order(A, 2, limit_price=1)),
            2: lambda c, d: c.order(A, 3, limit_price=1),
        },
        setup=lambda c: c.set_cancel_policy(EODCancel(warn_on_cancel=False)),
        data_frequency="minute",
        rules="zipline",
    )
    assert played.statuses == ["CANCELLED"] * 3


def test_a_policy_of_the_users_own() -> None:
    class Never(CancelPolicy):
        asked: list[EventKind] = []  # noqa: RUF012 - the only policy of this test

        def should_cancel(self, event: EventKind) -> bool:
            self.asked.append(event)
            return False

    policy = Never()
    play(daily_market({A: ["10", "10"]}), setup=lambda c: c.set_cancel_policy(policy))
    assert policy.asked == [EventKind.SESSION_END] * 2


# ------------------------------------------------------------------ effects


def assembled(
    market: Any, algorithm: TradingAlgorithm, **options: Any
) -> tuple[Assembly, SimulatedClock]:
    """A run that has been initialised, and its clock."""
    request = RunRequest.settle(
        profile=None,
        rules="standard",
        fill_at=ABSENT,
        trigger=ABSENT,
        numeric="decimal",
        frames="polars",
        capital_base=100_000,
        bar_label=ABSENT,
        **{
            "start": market.first,
            "end": market.last,
            "data_frequency": "daily",
            "bundle": None,
            "bundle_timestamp": None,
            "calendar": None,
            "metrics_set": "default",
            "blotter": "default",
            "seed": 0,
            "journal": True,
            **options,
        },
    )
    opened = open_market(request, market.bundle, market.calendar, {})
    run = assemble(request, opened, algorithm, blotter="default")
    run.engine.initialize(opened.clock.start, opened.clock.first_session)
    return run, opened.clock


def steps(market: Any, algorithm: TradingAlgorithm, **options: Any) -> list[Effects]:
    """What each event of a run brings about."""
    run, clock = assembled(market, algorithm, **options)
    with run.environment.portal:
        return [run.engine.step(event) for event in clock]


@pytest.mark.parametrize("account", ["unlimited", "margin"])
def test_a_session_at_once_is_the_same_as_its_events_one_by_one(account: str) -> None:
    """Minutes without a bar, orders that wait, a schedule, a cancel policy, a second session."""
    seen: list[list[tuple[datetime, D | None, D]]] = []

    def strategy() -> TradingAlgorithm:
        told: list[tuple[datetime, D | None, D]] = []
        seen.append(told)

        def initialize(context: Any) -> None:
            context.schedule_function(lambda c, d: c.order(B, 5, limit_price=19))
            context.set_cancel_policy(EODCancel())

        def handle_data(context: Any, data: Any) -> None:
            value = context.portfolio.portfolio_value
            told.append((context.get_datetime(), data.current(A, "price"), value))
            if len(told) % 2:
                context.order(A, 10)

        return TradingAlgorithm(initialize=initialize, handle_data=handle_data)

    market = minute_market(
        {A: {(0, 0): "10", (0, 2): "11", (1, 1): "12"}, B: {(0, 1): "20", (1, 2): "19"}},
        sessions=2,
        calendar=small_sessions(2, 4),
    )
    options = {"data_frequency": "minute", "account": account}
    stepped, clock = assembled(market, strategy(), **options)
    whole, plans = assembled(market, strategy(), **options)
    with stepped.environment.portal, whole.environment.portal:
        for event in clock:
            stepped.engine.step(event)
        for plan in plans.plans():
            whole.engine.run(plan)
    assert seen[0] == seen[1]
    journals = [each.environment.ledger.journal for each in (stepped, whole)]
    assert list(journals[0] or ()) == list(journals[1] or ()) != []
    trails = [
        [order.trail for order in each.environment.blotter.orders.values()]
        for each in (stepped, whole)
    ]
    assert trails[0] == trails[1]
    assert len(trails[0]) == 6  # four of A, one of B a session


def test_a_step_returns_what_it_brought_about() -> None:
    def act(context: Any, data: Any) -> None:
        if context.get_datetime().day == 1:
            context.order(A, 10)
            context.cancel_order(context.order(B, 10))

    market = daily_market({A: ["10"] * 3, B: ["20"] * 3}, events=[dividend(A, WED, WED, "0.25")])
    algorithm = TradingAlgorithm(handle_data=act, before_trading_start=lambda c, d: None)
    (
        start, before, first, end,
        _, _, second, _,
        morning, _, third, _,
    ) = steps(market, algorithm)  # fmt: skip
    assert start is before is end is third is NO_EFFECTS
    assert [order.id for order in first.placed] == ["main-1", "main-2"]
    assert [order.id for order in first.changed] == ["main-2"]
    (execution,) = second.executions
    assert (execution.order.id, execution.transition.after) == ("main-1", "Filled")
    assert [order.id for order in second.changed] == ["main-1"]
    # Earned and paid on the same morning.
    assert {posting.cause.split(":")[0] for posting in morning.postings} == {
        "dividend-earned", "dividend-paid",
    }  # fmt: skip


def test_a_strategy_without_hooks_runs() -> None:
    assert steps(daily_market({A: ["10", "10"]}), TradingAlgorithm()) == [NO_EFFECTS] * 8


def test_corporate_actions_of_unknown_assets_are_left_alone() -> None:
    stranger = stock("ZZZ", 99)
    market = daily_market(
        {A: ["10"] * 3},
        events=[split(stranger, TUE, "1/2"), dividend(stranger, TUE, WED, "1")],
    )
    played = play(market, {0: lambda c, d: c.order(A, 1)})
    assert played.column("portfolio_value") == [100_000] * 3


# ------------------------------------------------------------------ the journal


@pytest.mark.parametrize("journal", [True, False])
def test_the_journal_changes_nothing_but_itself(journal: bool) -> None:
    market = daily_market({A: ["10", "11", bar("12")]}, events=[split(A, WED, "2/3")])
    played = play(market, {0: lambda c, d: c.order(A, 101)}, journal=journal)
    # 101 x 11 spent; 151 shares at 12, and 0.5 share at 11 x 2/3 = 7.333 paid in cash: 3.67
    assert played.column("ending_cash")[-1] == 100_000 - 1_111 + D("3.67")
    assert (played.result.journal is not None) is journal
