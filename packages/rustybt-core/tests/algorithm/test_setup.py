"""What is set up in `initialize`: costs, controls, policies, the schedule, the benchmark."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from markets import daily_market, minute_market, play, small_sessions, stock

from rustybt.api import calendars, date_rules, time_rules
from rustybt.errors import (
    AccountControlViolation,
    IncompatibleSlippageModel,
    InvalidArgument,
    RegisterAccountControlPostInit,
    RegisterTradingControlPostInit,
    SetBenchmarkOutsideInitialize,
    SetCancelPolicyPostInit,
    SetCommissionPostInit,
    SetSlippagePostInit,
    TradingControlViolation,
    UnsupportedCancelPolicy,
)
from rustybt.finance.asset_restrictions import (
    RESTRICTION_STATES,
    HistoricalRestrictions,
    Restriction,
    StaticRestrictions,
)
from rustybt.finance.cancel_policy import EODCancel, NeverCancel
from rustybt.finance.commission import PerShare, PerTrade
from rustybt.finance.slippage import FixedSlippage, VolatilityVolumeShare

A, B = stock("AAA", 1), stock("BBB", 2)
MARKET = daily_market({A: ["10", "11", "12"], B: ["20"] * 3})
Setup = Callable[[Any], object]

# ------------------------------------------------------------------ only in initialize


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda c: c.set_slippage(FixedSlippage(1)), SetSlippagePostInit),
        (lambda c: c.set_commission(PerShare()), SetCommissionPostInit),
        (lambda c: c.set_cancel_policy(EODCancel()), SetCancelPolicyPostInit),
        (lambda c: c.set_benchmark(A), SetBenchmarkOutsideInitialize),
        (lambda c: c.set_long_only(), RegisterTradingControlPostInit),
        (lambda c: c.set_max_order_count(1), RegisterTradingControlPostInit),
        (lambda c: c.set_max_order_size(A, 1), RegisterTradingControlPostInit),
        (lambda c: c.set_max_position_size(A, 1), RegisterTradingControlPostInit),
        (lambda c: c.set_do_not_order_list([A]), RegisterTradingControlPostInit),
        (lambda c: c.set_max_leverage(1), RegisterAccountControlPostInit),
        (lambda c: c.set_min_leverage(1, timedelta(1)), RegisterAccountControlPostInit),
    ],
)
@pytest.mark.parametrize("when", ["bar", "before the open"])
def test_it_is_too_late_after_initialize(call: Setup, error: type[Exception], when: str) -> None:
    where = {"bar": "actions", "before the open": "before_open"}[when]
    with pytest.raises(error, match="initialize"):
        play(MARKET, **{where: {0: lambda c, d: call(c)}})  # type: ignore[arg-type]


# ------------------------------------------------------------------ models


def test_costs_are_set_by_class_of_asset() -> None:
    played = play(
        MARKET,
        {0: lambda c, d: c.order(A, 10)},
        setup=lambda c: (
            c.set_slippage(us_equities=FixedSlippage("0.5")),
            c.set_commission(PerTrade(3), us_futures=None),
        ),
    )
    assert played.fills[0][3] == D("11.25")
    assert played.column("ending_cash")[-1] == 100_000 - D("112.5") - 3


def test_a_model_of_another_class_is_refused() -> None:
    with pytest.raises(IncompatibleSlippageModel):
        play(MARKET, setup=lambda c: c.set_slippage(us_equities=VolatilityVolumeShare("0.1")))


def test_a_cancel_policy_is_one() -> None:
    with pytest.raises(UnsupportedCancelPolicy):
        play(MARKET, setup=lambda c: c.set_cancel_policy("daily"))


@pytest.mark.parametrize(
    ("policy", "status"), [(NeverCancel(), "FILLED"), (EODCancel(), "CANCELLED")]
)
def test_the_cancel_policy_ends_orders_with_the_day(policy: Any, status: str) -> None:
    played = play(
        MARKET, {0: lambda c, d: c.order(A, 1)}, setup=lambda c: c.set_cancel_policy(policy)
    )
    assert played.statuses == [status]


@pytest.mark.parametrize("warns", [True, False])
def test_a_cancel_policy_may_warn(warns: bool, caplog: pytest.LogCaptureFixture) -> None:
    play(
        MARKET,
        {0: lambda c, d: c.order(A, 1)},
        setup=lambda c: c.set_cancel_policy(EODCancel(warns)),
    )
    assert ("order cancelled at the end of the day" in caplog.text) is warns


# ------------------------------------------------------------------ trading controls


@pytest.mark.parametrize(
    ("control", "act"),
    [
        (lambda c, e: c.set_max_order_size(A, max_shares=4, on_error=e), lambda c: c.order(A, 5)),
        (lambda c, e: c.set_max_order_size(max_notional=49, on_error=e), lambda c: c.order(A, 5)),
        (lambda c, e: c.set_max_position_size(A, 4, on_error=e), lambda c: c.order(A, -5)),
        (lambda c, e: c.set_long_only(e), lambda c: c.order(A, -1)),
        (lambda c, e: c.set_max_order_count(0, e), lambda c: c.order(A, 1)),
        (lambda c, e: c.set_do_not_order_list([A], e), lambda c: c.order(A, 1)),
        (
            lambda c, e: c.set_asset_restrictions(StaticRestrictions([A]), e),
            lambda c: c.order_target(A, 1),
        ),
    ],
)
class TestTradingControls:
    """Each control, with each answer to an order that breaks it."""

    def test_fail(self, control: Any, act: Any) -> None:
        with pytest.raises(TradingControlViolation):
            play(MARKET, {0: lambda c, d: act(c)}, setup=lambda c: control(c, "fail"))

    def test_log(self, control: Any, act: Any, caplog: pytest.LogCaptureFixture) -> None:
        played = play(MARKET, {0: lambda c, d: act(c)}, setup=lambda c: control(c, "log"))
        assert played.statuses == ["FILLED"]
        assert "order breaks a trading control" in caplog.text

    def test_reject(self, control: Any, act: Any) -> None:
        played = play(MARKET, {0: lambda c, d: act(c)}, setup=lambda c: control(c, "reject"))
        assert played.statuses == ["REJECTED"]
        assert played.seen[0] is None


def test_what_keeps_to_a_control_is_placed() -> None:
    played = play(
        MARKET,
        {0: lambda c, d: (c.order(A, 4), c.order(B, 100))},
        setup=lambda c: (c.set_max_order_size(A, max_shares=4), c.set_long_only()),
    )
    assert played.statuses == ["FILLED", "FILLED"]


def test_an_order_of_nothing_counts_as_an_order() -> None:
    """As zipline: controls look before the amount is cut away."""
    with pytest.raises(TradingControlViolation):
        play(
            MARKET,
            {0: lambda c, d: (c.order(A, 0), c.order(A, 1))},
            setup=lambda c: c.set_max_order_count(1),
        )


def test_restricted_assets_cannot_be_traded() -> None:
    frozen = Restriction(B, datetime(2020, 6, 2, tzinfo=UTC), RESTRICTION_STATES.FROZEN)

    def setup(context: Any) -> None:
        context.set_do_not_order_list([A])
        context.set_asset_restrictions(HistoricalRestrictions([frozen]))

    def tradable(context: Any, data: Any) -> Any:
        return data.can_trade(A), data.can_trade(B)

    played = play(MARKET, {0: tradable, 1: tradable}, setup=setup)
    assert played.seen == {0: (False, True), 1: (False, False)}


# ------------------------------------------------------------------ account controls


def test_leverage_has_a_ceiling() -> None:
    """10,000 shares at 11 on 100,000: 1.1."""
    buy = {0: lambda c, d: c.order(A, 10_000)}
    play(MARKET, buy, setup=lambda c: c.set_max_leverage("1.11"), end=date(2020, 6, 2))
    with pytest.raises(AccountControlViolation, match="MaxLeverage"):
        play(MARKET, buy, setup=lambda c: c.set_max_leverage("1.09"), end=date(2020, 6, 2))


@pytest.mark.parametrize(("days", "breaks"), [(1, True), (5, False)])
def test_leverage_has_a_floor_after_a_while(days: int, breaks: bool) -> None:
    def run() -> None:
        play(MARKET, setup=lambda c: c.set_min_leverage("0.5", timedelta(days)))

    if breaks:
        with pytest.raises(AccountControlViolation, match="MinLeverage"):
            run()
    else:
        run()


# ------------------------------------------------------------------ benchmark


def test_the_benchmark_is_an_asset_of_the_run() -> None:
    played = play(MARKET, setup=lambda c: c.set_benchmark(A))
    # 10 -> 11 -> 12; the first session has no close before it and counts from its open.
    assert played.column("benchmark_period_return") == pytest.approx([0, 0.1, 0.2])


@pytest.mark.parametrize("benchmark", ["AAA", 1, None])
def test_a_benchmark_is_an_asset(benchmark: object) -> None:
    with pytest.raises(InvalidArgument, match="give an asset, as symbol"):
        play(MARKET, setup=lambda c: c.set_benchmark(benchmark))


# ------------------------------------------------------------------ schedule


def calls(market: Any, *schedules: Callable[[Any, Any], object], **options: Any) -> list[Any]:
    """When scheduled functions are called."""
    log: list[Any] = []

    def setup(context: Any) -> None:
        for schedule in schedules:
            schedule(context, lambda c, d: log.append(d.current_dt))

    play(market, setup=setup, **options)
    return log


def test_a_function_is_called_every_session_by_default() -> None:
    found = calls(MARKET, lambda c, f: c.schedule_function(f))
    assert [at.date() for at in found] == [date(2020, 6, day) for day in (1, 2, 3)]


def test_rules_say_on_which_sessions_and_when() -> None:
    found = calls(
        minute_market({A: {(0, 0): "10"}}, sessions=2),
        lambda c, f: c.schedule_function(f, date_rules.week_start(1), time_rules.market_open()),
        lambda c, f: c.schedule_function(
            f, date_rules.every_day(), time_rules.market_close(minutes=30)
        ),
        data_frequency="minute",
    )
    assert found == [
        datetime(2020, 6, 1, 19, 30, tzinfo=UTC),
        datetime(2020, 6, 2, 13, 31, tzinfo=UTC),
        datetime(2020, 6, 2, 19, 30, tzinfo=UTC),
    ]


def test_functions_of_a_bar_are_called_after_handle_data_in_their_order() -> None:
    log: list[str] = []

    def setup(context: Any) -> None:
        for name in ("first", "second"):
            context.schedule_function(lambda c, d, name=name: log.append(name))

    play(MARKET, {0: lambda c, d: log.append("handle_data")}, setup=setup, end=date(2020, 6, 1))
    assert log == ["handle_data", "first", "second"]


def test_a_function_scheduled_in_a_bar_runs_from_that_bar_on() -> None:
    log: list[Any] = []
    market = minute_market({A: {(0, 0): "10"}}, sessions=2, calendar=small_sessions(2, 4))

    def schedule(context: Any, data: Any) -> None:
        rule = time_rules.every_minute()
        context.schedule_function(lambda c, d: log.append(d.current_dt), time_rule=rule)

    play(market, {2: schedule}, data_frequency="minute")
    assert [(at.day, at.minute) for at in log] == [
        (1, 33), (1, 34), (2, 31), (2, 32), (2, 33), (2, 34),
    ]  # fmt: skip


def test_half_days_can_be_left_out() -> None:
    """2020-11-27 closes early, 2020-11-26 is Thanksgiving."""
    market = daily_market({A: ["10"] * 3}, first=date(2020, 11, 25))
    found = calls(market, lambda c, f: c.schedule_function(f, half_days=False))
    assert [at.date() for at in found] == [date(2020, 11, 25), date(2020, 11, 30)]


def test_another_calendar_counts_the_days() -> None:
    """On Memorial Day 2020-05-25 futures trade and equities do not: the week starts later."""
    market = daily_market({A: ["10"] * 3}, first=date(2020, 5, 26))
    found = calls(
        market,
        lambda c, f: c.schedule_function(f, date_rules.week_start(), calendar=calendars.US_FUTURES),
        lambda c, f: c.schedule_function(
            f, date_rules.week_start(), calendar=calendars.US_EQUITIES
        ),
    )
    assert [at.date() for at in found] == [date(2020, 5, 26)]
