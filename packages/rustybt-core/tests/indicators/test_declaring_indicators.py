"""How indicators are declared, and what cannot be."""

import inspect
from collections.abc import Callable
from datetime import date
from math import isnan
from typing import Any

import pytest
from indicator_runs import PRICES, A, B, plainly, random_prices, watched
from markets import daily_market, minute_market, split, stock

from rustybt import indicators
from rustybt.calendars import get_calendar
from rustybt.errors import (
    IndicatorNotReadable,
    InvalidArgument,
    LookaheadError,
    NoRunningAlgorithm,
    NoSuchOutput,
    OutsideInitialize,
)
from rustybt.indicators import Indicator, atr, macd, obv, sma
from rustybt.indicators.kernels import SPECIFICATIONS

# ------------------------------------------------------------------ declaring


def declaring(declare: Callable[[Any], object]) -> None:
    watched(PRICES, declare, lambda made, data: None)


def test_equal_declarations_are_one_indicator() -> None:
    def declare(context: Any) -> None:
        assert sma(A, 30) is sma(A) is sma(A, window=30, field="close")
        assert sma(A, 30) is not sma(A, 30, field="high")
        assert sma(A, 5, frequency="1d") is sma(A, 5)
        assert repr(sma(A, 7, field="low")) == "<sma(AAA, window=7, field='low')>"
        assert repr(obv(A)) == "<obv(AAA)>"
        assert context.declare_indicator("sma", A, parameters={"window": 30}) is sma(A)

    declaring(declare)


def test_several_values_have_names() -> None:
    def declare(context: Any) -> Any:
        made = macd(A, 2, 3, 2)
        line, signal, histogram = made
        assert made.signal is signal
        assert made.outputs == {"macd": line, "signal": signal, "histogram": histogram}
        assert repr(signal) == "<macd(AAA, fast=2, slow=3, signal=2).signal>"
        assert "histogram" in dir(made)
        with pytest.raises(NoSuchOutput, match="has no value; read macd or signal or histogram"):
            made.value  # noqa: B018 - that is what is tested
        assert not hasattr(made, "upper")
        return made

    seen = watched(PRICES, declare, lambda made, _: (made.ready, made.signal.history(1).name))
    assert seen == [(False, "signal")] * 3 + [(True, "signal")] * 4


def test_declared_for_a_list_it_is_a_dict() -> None:
    market = daily_market({A: ["1"], B: ["2"]})
    seen = watched(
        market,
        lambda c: sma([A, B], 1),
        lambda made, _: {a.symbol: i.value for a, i in made.items()},
    )
    assert seen == [{"AAA": 1, "BBB": 2}]


@pytest.mark.parametrize(
    ("declare", "field", "told"),
    [
        (lambda c: sma(A, 0), "sma.window", "give a whole number from 1"),
        (
            lambda c: sma(A, 2, field="clothes"),
            "field",
            "give open, high, low, close, volume, price",
        ),
        (lambda c: atr(A, frequency="1h"), "frequency", "or of sessions: give 1d$"),
        (lambda c: atr(A, frequency="hour"), "frequency", "give"),
        (lambda c: sma(c.name, 2), "assets", r"symbol\(\) finds them"),
        (lambda c: sma(stock("CCC", 9), 2), "asset", r"ask symbol\(\)"),
        (lambda c: sma(stock("OLD", 1), 2), "asset", r"ask symbol\(\)"),
        (lambda c: macd(A, 26, 12), "macd.fast", "give less than slow"),
        (
            lambda c: c.declare_indicator("atr", A, field="high", parameters={}),
            "field",
            "atr takes high, low, close: leave it out",
        ),
        (lambda c: c.declare_indicator("smma", A, parameters={}), "name of the indicator", "give"),
    ],
)
def test_what_cannot_be_declared(declare: Callable[[Any], Any], field: str, told: str) -> None:
    with pytest.raises(InvalidArgument, match=told) as raised:
        declaring(declare)
    assert raised.value.field == field


def test_it_is_declared_in_initialize_alone() -> None:
    with pytest.raises(NoRunningAlgorithm, match=r"^sma\(\) was called outside"):
        sma(A, 20)
    with pytest.raises(OutsideInitialize):
        watched(PRICES, lambda c: None, lambda made, data: sma(A, 2))


def test_it_is_read_in_a_run_alone() -> None:
    kept: list[Indicator] = []

    def declare(context: Any) -> None:
        kept.append(sma(A, 2))
        with pytest.raises(IndicatorNotReadable, match="was read before the first session"):
            kept[0].value  # noqa: B018 - that is what is tested
        with pytest.raises(IndicatorNotReadable):
            kept[0].history(2)

    declaring(declare)
    for read in (lambda: kept[0].value, lambda: kept[0][1], lambda: kept[0] > 1):
        with pytest.raises(IndicatorNotReadable, match="after the end of its run"):
            read()


def test_what_is_to_come_cannot_be_read() -> None:
    def look(mean: Indicator, _: Any) -> None:
        with pytest.raises(LookaheadError, match=r"sma\(AAA, window=2\) 1 bars ahead"):
            mean[-1]

    assert watched(PRICES, lambda c: sma(A, 2), look)


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_there_is_a_function_for_every_indicator(name: str) -> None:
    given = SPECIFICATIONS[name]
    parameters = list(inspect.signature(getattr(indicators, name)).parameters.values())
    told = {p.name: p.default for p in parameters[1:] if p.kind is p.POSITIONAL_OR_KEYWORD}
    options = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert parameters[0].name == "assets"
    assert told == given.defaults()
    assert options == (["field"] if given.inputs == ("value",) else []) + ["frequency"]
    documentation = inspect.getdoc(getattr(indicators, name))
    assert documentation is not None
    if len(given.outputs) > 1:
        outputs = ", ".join(f"`{output}`" for output in given.outputs)
        assert f"Values: {outputs}." in documentation


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_every_indicator_is_read_by_the_names_of_its_values(name: str) -> None:
    market = daily_market(random_prices(80))
    outputs = SPECIFICATIONS[name].outputs
    parameters = {key: 5 for key in SPECIFICATIONS[name].defaults() if key == "window"}

    def look(made: Any, _: Any) -> float:
        if len(outputs) == 1:
            return float(made)
        return float(getattr(made, outputs[-1]))

    seen = watched(market, lambda c: getattr(indicators, name)(A, **parameters), look)
    assert not isnan(seen[-1])


def test_the_calendar_of_these_runs_has_sessions_before_the_data() -> None:
    # Runs that begin with the data would not tell a warm-up that reads too far.
    assert get_calendar("XNYS").session_index(PRICES.first) > 1_000


# ------------------------------------------------------------------ sessions of minutes


def test_sessions_count_from_the_next_one_on() -> None:
    # Closes of the sessions: 12, 22, 32; that of today is not among them, even at its close.
    prices = {
        A: {(day, minute): f"{10 + 10 * day + minute}" for day in range(4) for minute in (0, 2)}
    }
    events = [split(A, date(2020, 6, 3), "1/2")]
    market = minute_market(prices, sessions=4, events=events)

    def look(made: Any, _: Any) -> list[float]:
        mean, minutes = made
        with pytest.raises(InvalidArgument, match=r"of another length: compare with its \.value"):
            minutes.crossed_above(mean)
        assert not minutes.crossed_above(mean.value + 1_000)
        return [mean.value, mean[1], *mean.history(2)]

    seen = watched(
        market,
        lambda c: (sma(A, 2, frequency="1d"), sma(A, 2, frequency="1m")),
        look,
        data_frequency="minute",
    )
    by_session = [seen[390 * day : 390 * (day + 1)] for day in range(4)]
    for session, expected in enumerate([[None, None], [None, None, None]]):
        assert all(plainly(each) == expected for each in by_session[session])
    # (12 + 22) / 2, halved on the morning of the split; then 11 and 32.
    assert all(plainly(each) == [8.5, None, None, 8.5] for each in by_session[2])
    assert all(each == [21.5, 8.5, 8.5, 21.5] for each in by_session[3])


def test_an_indicator_of_sessions_says_so() -> None:
    market = minute_market({A: {(0, 0): "1"}}, sessions=1)

    def declare(context: Any) -> None:
        assert repr(sma(A, 2, frequency="1d")) == "<sma(AAA, window=2, frequency='1d')>"
        assert sma(A, 2, frequency="1d") is sma(A, 2, frequency="1d")
        with pytest.raises(InvalidArgument, match="of sessions: give 1m or 1d"):
            sma(A, 2, frequency="5m")

    watched(market, declare, lambda made, data: None, data_frequency="minute")
