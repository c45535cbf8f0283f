"""`run_algorithm`: its arguments, what it runs on, and the kernel it takes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pandas as pd
import polars as pl
import pytest
from accelerator_stubs import GivenAccelerator, registered
from markets import daily_market, minute_market, play, small_sessions, stock

from rustybt import BacktestResult, TradingAlgorithm, run_algorithm
from rustybt.accelerators import kernel_name
from rustybt.calendars import get_calendar
from rustybt.errors import (
    BundleNotFound,
    InvalidArgument,
    InvalidCalendarName,
    PluginNotFound,
)
from rustybt.simulation.kernel import ReferenceKernel, choose_kernel

A = stock("AAA", 1)
MARKET = daily_market({A: ["10", "11", "12"]})
DAYS = [date(2020, 6, day) for day in (1, 2, 3)]


def frame(stamps: list[Any], closes: list[float], symbol: str = "AAA") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "timestamp": stamps,
            "symbol": [symbol] * len(stamps),
            **dict.fromkeys(("open", "high", "low", "close"), closes),
            "volume": [1_000.0] * len(stamps),
        }
    )


FRAME = frame(DAYS, [10.0, 11.0, 12.0])


def buy(context: Any, data: Any) -> None:
    if not context.get_open_orders() and not context.portfolio.positions:
        context.order(context.symbol("AAA"), 5)


# ------------------------------------------------------------------ the strategy


class Buyer(TradingAlgorithm):
    def handle_data(self, context: Any, data: Any) -> None:
        buy(self, data)


@pytest.mark.parametrize(
    "strategy",
    [{"handle_data": buy}, {"algorithm": Buyer}, {"algorithm": Buyer()}],
    ids=["functions", "class", "object"],
)
def test_a_strategy_is_functions_a_class_or_an_object(strategy: dict[str, Any]) -> None:
    result = run_algorithm("2020-06-01", "2020-06-03", data=FRAME, **strategy)
    assert result.transactions["amount"].to_list() == [5]


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({"algorithm": buy}, "give a TradingAlgorithm: an object or a class"),
        ({"algorithm": Buyer, "handle_data": buy}, "it was given with handle_data; give either"),
    ],
)
def test_other_strategies_are_refused(strategy: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        run_algorithm("2020-06-01", "2020-06-03", data=FRAME, **strategy)


@pytest.mark.parametrize(("frames", "kind"), [("polars", BacktestResult), ("pandas", pd.DataFrame)])
def test_analyze_gets_the_result(frames: str, kind: type) -> None:
    seen: list[Any] = []
    result = run_algorithm(
        "2020-06-01",
        "2020-06-03",
        data=FRAME,
        algorithm=Buyer,
        analyze=lambda context, outcome: seen.append(outcome),
        frames=frames,
    )
    assert [type(outcome) for outcome in seen] == [kind]
    assert isinstance(result, BacktestResult)
    values = seen[0].performance if frames == "polars" else seen[0]
    assert len(values["portfolio_value"]) == 3


def test_what_a_strategy_raises_reaches_the_caller() -> None:
    class MineError(Exception):
        pass

    def fail(context: Any, data: Any) -> None:
        raise MineError

    with pytest.raises(MineError):
        run_algorithm("2020-06-01", "2020-06-03", data=FRAME, handle_data=fail)


# ------------------------------------------------------------------ the data


@pytest.mark.parametrize("data", [FRAME, FRAME.lazy(), FRAME.to_pandas()])
def test_data_are_a_frame(data: Any) -> None:
    result = run_algorithm("2020-06-01", "2020-06-03", data=data, handle_data=buy)
    assert result.transactions["price"].to_list() == [D("11.0055")]  # 11 and 5 basis points
    assert result.manifest.data.bundle is None
    assert result.manifest.data.frame is not None


def test_data_and_a_bundle_exclude_each_other() -> None:
    with pytest.raises(InvalidArgument, match="data was given too"):
        run_algorithm("2020-06-01", "2020-06-03", data=FRAME, bundle="sample")


def test_a_bundle_is_looked_up_by_name() -> None:
    with pytest.raises(BundleNotFound, match="nowhere"):
        run_algorithm("2020-06-01", "2020-06-03", bundle="nowhere")


def test_a_market_without_minutes_has_no_minute_runs() -> None:
    with pytest.raises(InvalidArgument, match="bundle by-hand has no intraday bars"):
        play(MARKET, data_frequency="minute")


def test_bars_are_not_made_shorter() -> None:
    market = minute_market({A: {(0, 0): "10"}}, sessions=1)
    with pytest.raises(InvalidArgument, match="the bars of by-hand are 1m"):
        play(market, data_frequency="30s")


def test_a_market_of_minutes_has_daily_runs() -> None:
    market = minute_market(
        {A: {(0, 0): "10", (0, 3): "11", (1, 2): "12"}}, sessions=2, calendar=small_sessions(2, 4)
    )
    played = play(market, {0: lambda c, d: (d.current(A, "open"), d.current(A, "close"))})
    assert played.seen[0] == (10, 11)


def test_minutes_make_longer_bars() -> None:
    prices = {(0, minute): str(10 + minute) for minute in range(6)}
    market = minute_market({A: prices}, sessions=1, calendar=small_sessions(1, 6))
    played = play(
        market,
        {
            0: lambda c, d: c.order(A, 1),
            1: lambda c, d: (d.current_dt.minute, d.current(A, "open"), d.current(A, "close")),
        },
        data_frequency="3m",
    )
    assert played.seen[1] == (36, 13, 15)
    assert [fill[3] for fill in played.fills] == [15]


def test_bars_below_a_minute_are_where_the_data_are() -> None:
    start = datetime(2024, 1, 1, 10, tzinfo=UTC)
    stamps = [start + timedelta(seconds=second) for second in (1, 2, 5)]
    times: list[datetime] = []

    def act(context: Any, data: Any) -> None:
        times.append(data.current_dt)
        if len(times) == 1:
            context.order(context.symbol("BTC/USD"), 1)

    result = run_algorithm(
        "2024-01-01",
        "2024-01-01",
        data=frame(stamps, [10.0, 11.0, 12.0], "BTC/USD"),
        handle_data=act,
        data_frequency="1s",
    )
    assert times == stamps
    assert result.transactions["dt"].to_list() == [stamps[1]]


def test_labels_may_be_starts_of_bars() -> None:
    start = datetime(2020, 6, 1, 13, 30, tzinfo=UTC)
    stamps = [start + timedelta(minutes=minute) for minute in range(3)]
    seen: dict[str, Any] = {}
    for label in ("start", "end"):

        def look(context: Any, data: Any, label: str = label) -> None:
            seen.setdefault(label, []).append(data.current(context.symbol("AAA"), "close"))

        given = stamps if label == "start" else [at + timedelta(minutes=1) for at in stamps]
        run_algorithm(
            "2020-06-01",
            datetime(2020, 6, 1, 13, 33, tzinfo=UTC),
            data=frame(given, [10.0, 11.0, 12.0]),
            handle_data=look,
            data_frequency="minute",
            bar_label=label,
        )
    assert seen["start"] == seen["end"] == [10, 11, 12]


# ------------------------------------------------------------------ the calendar


@pytest.mark.parametrize(
    "calendar",
    [
        {"calendar": "XNYS"},
        {"trading_calendar": "XNYS"},
        {"calendar": get_calendar("XNYS")},
        {"trading_calendar": SimpleNamespace(name="XNYS")},
        {},
    ],
)
def test_the_calendar_is_a_name_or_an_object(calendar: dict[str, Any]) -> None:
    result = run_algorithm("2020-05-29", "2020-06-03", data=FRAME, **calendar)
    assert result.performance["session"].to_list() == [date(2020, 5, 29), *DAYS]


def test_the_calendar_drives_and_not_the_data() -> None:
    result = run_algorithm("2020-05-30", "2020-06-03", data=FRAME, calendar="24/7")
    assert len(result.performance) == 5


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"calendar": "XNYS", "trading_calendar": "XNYS"}, InvalidArgument, "the same as calendar"),
        ({"calendar": 5}, InvalidArgument, "give a name such as XNYS"),
        ({"calendar": "NOWHERE"}, InvalidCalendarName, "NOWHERE"),
    ],
)
def test_other_calendars_are_refused(
    given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        run_algorithm("2020-06-01", "2020-06-03", data=FRAME, **given)


def test_a_calendar_of_the_users_own_needs_no_name_that_is_known() -> None:
    market = daily_market({A: ["10", "11"]}, calendar=small_sessions(2, 5, name="MINE"))
    assert len(play(market).result.performance) == 2


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2020-06-03", "2020-06-01", "the end is before the start"),
        ("2020-06-06", "2020-06-07", "no bar lies between them"),
    ],
)
def test_a_run_has_a_session(start: str, end: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        run_algorithm(start, end, data=FRAME)


def test_a_time_of_day_bounds_what_happens() -> None:
    market = minute_market({A: {(0, 0): "10"}}, sessions=2, calendar=small_sessions(2, 5))
    bars: list[datetime] = []
    play(
        market,
        dict.fromkeys(range(10), lambda c, d: bars.append(d.current_dt)),
        start=datetime(2020, 6, 1, 14, 34, tzinfo=UTC),
        end=datetime(2020, 6, 2, 14, 32, tzinfo=UTC),
        data_frequency="minute",
    )
    assert [(at.day, at.minute) for at in bars] == [(1, 34), (1, 35), (2, 31), (2, 32)]


# ------------------------------------------------------------------ the rest


def test_progress_is_told_after_each_session() -> None:
    told: list[tuple[int, int]] = []
    run_algorithm(
        "2020-06-01", "2020-06-03", data=FRAME, on_progress=lambda *done: told.append(done)
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_metrics_come_from_a_set_or_as_they_are() -> None:
    columns = {
        str(choice): set(
            run_algorithm(
                "2020-06-01", "2020-06-03", data=FRAME, metrics_set=choice
            ).performance.columns
        )
        for choice in ("default", "none", ())
    }
    assert "sharpe" in columns["default"]
    assert "sharpe" not in columns["none"]
    assert columns["none"] == columns["()"]
    with pytest.raises(PluginNotFound, match="brilliant"):
        run_algorithm("2020-06-01", "2020-06-03", data=FRAME, metrics_set="brilliant")


def test_the_manifest_knows_how_it_came_about() -> None:
    manifest = play(MARKET, seed=7, profile="zipline").result.manifest
    assert manifest.kernel == "python"  # a run in floats is left to the reference
    assert manifest.arguments["seed"] == 7
    assert manifest.arguments["rules"].name == "zipline"
    assert manifest.data.fingerprint == "by-hand"


def test_no_thread_outlives_its_run() -> None:
    import threading

    market = minute_market({A: {(0, 0): "10"}}, sessions=30)
    play(market, {0: lambda c, d: d.current(A, "price")}, data_frequency="minute")
    assert not [t for t in threading.enumerate() if t.name.startswith("rustybt-chunks")]


# ------------------------------------------------------------------ the kernel


class Counting(ReferenceKernel):
    """The reference kernel under another name."""

    name = "counting 1.0"


@pytest.fixture
def counting() -> Iterator[None]:
    kernel = {"kernel": lambda venue, book, _: Counting(venue, book)}
    with registered(GivenAccelerator(name="counting", capabilities=kernel)):
        yield


@pytest.mark.parametrize(
    ("choice", "kernel"), [("auto", "counting 1.0"), ("off", "python"), ("require", "counting 1.0")]
)
def test_an_accelerator_is_taken_when_it_may(
    choice: str, kernel: str, counting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", choice)
    assert play(MARKET).result.manifest.kernel == kernel == kernel_name()


def test_an_accelerator_without_a_kernel_leaves_it_to_the_one_in_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", "require")
    with registered(GivenAccelerator(name="vectors only", capabilities={"vectors": list})):
        assert choose_kernel() is ReferenceKernel
        assert play(MARKET).result.manifest.kernel == "python" == kernel_name()


def test_an_opened_bundle_keeps_its_own_name() -> None:
    renamed = replace(MARKET, bundle=replace(MARKET.bundle, name="other", fingerprint="abc"))
    assert play(renamed).result.manifest.data.fingerprint == "abc"
