"""Declared indicators in whole runs, against figures worked out by hand and against TA-Lib."""

import copy
from datetime import date
from decimal import Decimal as D
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import talib
from indicator_runs import PRICES, A, B, plainly, random_prices, watched
from markets import Market, bar, daily_market, dividend, minute_market, play, split, stock
from talib._ta_lib import MA_Type

from rustybt import TradingAlgorithm, run_algorithm
from rustybt.indicators import Indicator, atr, bollinger, ema, macd, obv, rsi, sma, stochastic

SMA = MA_Type.SMA


# ------------------------------------------------------------------ by hand

"""Means of two: 11, 11.5, 13, 14, 16, 13; of three: 11, 12.667, 13, 15.667, 13."""


def test_a_mean_of_two_closes_begins_with_the_second_bar() -> None:
    seen = watched(PRICES, lambda c: sma(A, 2), lambda mean, _: (mean.value, mean.ready))
    assert plainly([value for value, _ in seen]) == [None, 11, 11.5, 13, 14, 16, 13]
    assert [ready for _, ready in seen] == [False] + [True] * 6


def test_earlier_values_are_counted_back_from_the_present() -> None:
    seen = watched(PRICES, lambda c: sma(A, 2), lambda mean, _: [mean[0], mean[1], mean.previous])
    assert seen[3] == [13, 11.5, 11.5]
    assert plainly(seen[1]) == [11, None, None]
    far = watched(PRICES, lambda c: sma(A, 2), lambda mean, _: mean[100])
    assert all(map(isnan, far))


def test_a_window_of_values_is_a_series_as_long_as_the_data_allow() -> None:
    seen = watched(PRICES, lambda c: sma(A, 2), lambda mean, _: mean.history(3))
    assert seen[4].to_list() == [11.5, 13, 14]
    assert (seen[4].name, seen[4].dtype) == ("sma", pl.Float64)
    assert plainly(seen[1].to_list()) == [None, 11]
    assert len(seen[0]) == 1


def test_with_pandas_a_window_has_times() -> None:
    seen = watched(PRICES, lambda c: sma(A, 2), lambda mean, _: mean.history(2), frames="pandas")
    days = pd.DatetimeIndex(["2020-06-02", "2020-06-03"]).as_unit("ns")
    pd.testing.assert_series_equal(seen[2], pd.Series([11.0, 11.5], index=days, name="sma"))


def test_a_crossing_is_told_in_the_bar_in_which_it_happens() -> None:
    # The close less the mean of two: 1, -0.5, 2, -1, 3, -6 from the second bar on.
    def crossings(made: Any, _: Any) -> tuple[bool, bool, bool]:
        close, mean = made
        return close.crossed_above(mean), close.crossed_below(mean), close > mean

    seen = watched(PRICES, lambda c: (sma(A, 1), sma(A, 2)), crossings)
    assert [above for above, _, _ in seen] == [False, False, False, True, False, True, False]
    assert [below for _, below, _ in seen] == [False, False, True, False, True, False, True]
    assert [higher for _, _, higher in seen] == [False, True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("closes", "above", "below"),
    [
        (["9", "11"], True, False),
        (["10", "11"], True, False),  # from equal it is a crossing
        (["9", "10"], False, False),  # to equal it is none
        (["11", "11"], False, False),
        (["11", "9"], False, True),
        (["10", "9"], False, True),
        (["11", "10"], False, False),
    ],
)
def test_equal_is_neither_above_nor_below(closes: list[str], above: bool, below: bool) -> None:
    market = daily_market({A: closes, B: ["10", "10"]})
    for level in (10, 10.0, D(10), None):

        def crossings(made: Any, _: Any, level: Any = level) -> tuple[bool, bool]:
            one, ten = made
            other = ten if level is None else level
            return one.crossed_above(other), one.crossed_below(other)

        seen = watched(market, lambda c: (sma(A, 1), sma(B, 1)), crossings)
        assert seen == [(False, False), (above, below)]


def test_an_indicator_compares_as_its_value_with_what_data_returns() -> None:
    def compared(mean: Indicator, data: Any) -> list[bool]:
        price = data.current(A, "close")
        assert isinstance(price, D)
        return [price > mean, price < mean, mean >= price, mean <= 11.5, float(mean) == 11.5]

    seen = watched(PRICES, lambda c: sma(A, 2), compared)
    assert seen[0] == [False] * 5  # no value: nothing is true of it
    assert seen[2] == [False, True, True, True, True]  # 11 and 11.5
    floats = watched(
        PRICES, lambda c: sma(A, 2), lambda mean, data: np.float64(11) < mean, numeric="float64"
    )
    assert floats == [False, False, True, True, True, True, True]


def test_an_indicator_is_neither_true_nor_false_nor_a_list() -> None:
    def misused(mean: Indicator, _: Any) -> None:
        with pytest.raises(TypeError, match=r"ask \.ready or compare"):
            bool(mean)
        with pytest.raises(TypeError):
            list(mean)  # type: ignore[call-overload] # that is what is tested
        with pytest.raises(TypeError):
            mean[0.5]  # type: ignore[index] # that is what is tested
        if mean.ready:
            with pytest.raises(TypeError):
                assert mean > "11"  # type: ignore[operator] # that is what is tested

    assert len(watched(PRICES, lambda c: sma(A, 2), misused)) == 7


# ------------------------------------------------------------------ bars that are not there


def test_bars_without_trade_do_not_count_and_the_value_stays() -> None:
    market = daily_market({A: ["10", None, "14", None, None, "18"], B: ["1"] * 6})
    seen = watched(market, lambda c: sma(A, 2), lambda mean, _: mean.value)
    assert plainly(seen) == [None, None, 12, 12, 12, 16]


def test_a_volume_counts_where_there_is_a_bar() -> None:
    bars = [bar("10", volume=100), None, bar("10", volume=0), bar("10", volume=300)]
    market = daily_market({A: bars, B: ["1"] * 4})
    seen = watched(market, lambda c: sma(A, 2, field="volume"), lambda mean, _: mean.value)
    assert plainly(seen) == [None, None, 50, 150]


def test_the_last_known_price_counts_in_every_bar() -> None:
    market = daily_market({A: ["10", None, "14", None], B: ["1"] * 4})
    seen = watched(market, lambda c: sma(A, 2, field="price"), lambda mean, _: mean.value)
    assert plainly(seen) == [None, 10, 12, 14]


def test_a_share_that_is_listed_later_and_leaves() -> None:
    late = stock("LATE", 3, start_date=date(2020, 6, 2), end_date=date(2020, 6, 4))
    market = daily_market({A: ["1"] * 6, late: [None, "20", "30", "40", None, None]})
    seen = watched(market, lambda c: sma(late, 2), lambda mean, _: mean.value)
    assert plainly(seen) == [None, None, 25, 35, 35, 35]


# ------------------------------------------------------------------ before the run, and actions


def test_it_is_warm_where_the_run_begins_after_the_data() -> None:
    seen = watched(PRICES, lambda c: sma(A, 4), lambda m, _: m.value, start=date(2020, 6, 4))
    assert seen == [12, 12.75, 14.5, 13.5]


def test_before_the_open_it_shows_the_session_before() -> None:
    seen: list[float] = []
    market = daily_market({A: ["10", "12", "20"]}, events=[split(A, date(2020, 6, 3), "1/2")])

    def setup(context: Any) -> None:
        context.mean = sma(A, 2)

    actions = dict.fromkeys(range(3), lambda context, data: seen.append(context.mean.value))
    play(market, setup=setup, before_open=actions)
    assert plainly(seen) == [None, None, 5.5]  # (10 + 12) / 2, halved by the morning of the 3rd


def test_a_split_puts_earlier_values_on_the_scale_of_today() -> None:
    events = [split(A, date(2020, 6, 3), "1/2")]
    market = daily_market({A: ["100", "104", "54", "56"]}, events=events)
    seen = watched(market, lambda c: sma(A, 2), lambda m, _: [m[0], m[1], *m.history(2)])
    # Of 50, 52, 54, 56 from the third session on, of 100 and 104 until then.
    assert plainly(seen[1]) == [102, None, None, 102]
    assert seen[2] == [53, 51, 51, 53]
    assert seen[3] == [55, 53, 53, 55]


def test_volumes_are_those_of_shares_of_today() -> None:
    events = [split(A, date(2020, 6, 2), "1/2")]
    market = daily_market({A: [bar("10", volume=100), bar("5", volume=300)]}, events=events)
    seen = watched(market, lambda c: sma(A, 2, field="volume"), lambda m, _: m.value)
    assert plainly(seen) == [None, 250]  # 200 and 300


def test_a_dividend_is_taken_out_of_earlier_prices() -> None:
    market = daily_market(
        {A: ["100", "100", "98"]}, events=[dividend(A, "2020-06-03", "2020-06-05", "2")]
    )
    seen = watched(market, lambda c: sma(A, 3), lambda m, _: m.value)
    assert seen[2] == pytest.approx((98 + 98 + 98) / 3, abs=1e-12)  # 100 x (1 - 2 / 100)


def test_a_crossing_right_after_a_split_compares_like_with_like() -> None:
    # On today's scale 50, 51, 52: the price stays above the mean, there is nothing to tell.
    events = [split(A, date(2020, 6, 3), "1/2")]
    market = daily_market({A: ["100", "102", "52"]}, events=events)
    seen = watched(
        market,
        lambda c: (sma(A, 1), sma(A, 2)),
        lambda made, _: (made[0].crossed_above(made[1]), made[0].crossed_below(made[1])),
    )
    assert seen == [(False, False)] * 3


# ------------------------------------------------------------------ against TA-Lib


def fields_of(market: Market) -> dict[str, np.ndarray]:
    assert market.bundle.daily is not None
    first, last = market.bundle.daily.first_session, market.bundle.daily.last_session
    days = [(day - date(1970, 1, 1)).days for day in (first, last)]
    read = market.bundle.daily.read([1], days[0], days[1] + 1)
    scale = market.bundle.daily.price_scale
    return {f: read[f].to_numpy() / 10**scale for f in ("high", "low", "close")} | {
        "volume": read["volume"].to_numpy() / 10**market.bundle.daily.volume_scale
    }


def test_columns_of_a_run_are_those_of_ta_lib() -> None:
    market = daily_market(random_prices(120))
    columns = fields_of(market)
    high, low, close = (columns[field] for field in ("high", "low", "close"))
    expected = {
        "sma": talib.SMA(close, 20),
        "ema": talib.EMA(close, 10),
        "rsi": talib.RSI(close, 14),
        "signal": talib.MACD(close)[1],
        "upper": talib.BBANDS(close, 20, 2.0, 2.0)[0],
        "atr": talib.ATR(high, low, close, 14),
        "k": talib.STOCH(high, low, close, 14, 3, SMA, 3, SMA)[0],
        "obv": talib.OBV(close, columns["volume"]),
    }

    def declare(context: Any) -> dict[str, Indicator]:
        return {
            "sma": sma(A, 20),
            "ema": ema(A, 10),
            "rsi": rsi(A),
            "signal": macd(A).signal,
            "upper": bollinger(A, 20).upper,
            "atr": atr(A, 14),
            "k": stochastic(A, 14, 3, 3).k,
            "obv": obv(A),
        }

    seen = watched(market, declare, lambda made, _: {name: i.value for name, i in made.items()})
    for name, column in expected.items():
        got = [row[name] for row in seen]
        np.testing.assert_allclose(got, column, rtol=1e-10, atol=1e-10, err_msg=name)


# ------------------------------------------------------------------ kinds of runs


def test_minutes_go_on_over_sessions() -> None:
    prices = {A: {(day, minute): f"{10 * day + minute}" for day in range(2) for minute in range(3)}}
    market = minute_market(prices, sessions=2)
    seen = watched(market, lambda c: sma(A, 2), lambda m, _: m.value, data_frequency="minute")
    first, second = seen[:3], seen[390:393]
    assert plainly(first) == [None, 0.5, 1.5]
    assert second == [6, 10.5, 11.5]  # (2 + 10) / 2, …


def test_seconds_around_the_clock() -> None:
    stamps = pl.datetime_range(
        pl.datetime(2024, 3, 1, 0, 0, 1), pl.datetime(2024, 3, 1, 0, 0, 6), "1s", eager=True
    )
    prices = ["1", "2", "4", "8", "16", "32"]
    frame = pl.DataFrame({"timestamp": stamps, "symbol": "COIN", "volume": "1"}).with_columns(
        **{field: pl.Series(prices) for field in ("open", "high", "low", "close")}
    )
    seen: list[float] = []

    def initialize(context: Any) -> None:
        context.mean = sma(context.symbol("COIN"), 2)

    run_algorithm(
        "2024-03-01",
        "2024-03-01",
        initialize=initialize,
        handle_data=lambda context, data: seen.append(context.mean.value),
        data=frame,
        data_frequency="1s",
        calendar="24/7",
    )
    assert plainly(seen) == [None, 1.5, 3, 6, 12, 24]


@pytest.mark.parametrize("profile", [None, "zipline"])
def test_a_strategy_of_methods_runs_twice_with_equal_values(profile: str | None) -> None:
    class Means(TradingAlgorithm):
        def initialize(self, context: Any) -> None:
            self.pair = sma([A, B], 2)
            self.seen: list[Any] = []

        def handle_data(self, context: Any, data: Any) -> None:
            self.seen.append({asset.symbol: mean.value for asset, mean in self.pair.items()})

    market = daily_market({A: ["1", "2", "4"], B: ["3", "5", "7"]})
    first, second = Means(), copy.deepcopy(Means())
    for strategy in (first, second):
        run_algorithm(
            market.first,
            market.last,
            algorithm=strategy,
            data=market.bundle,
            calendar=market.calendar,
            profile=profile,
        )
    assert first.seen[1:] == second.seen[1:] == [{"AAA": 1.5, "BBB": 4}, {"AAA": 3, "BBB": 6}]


def test_an_envelope_runs_copies_of_the_strategy() -> None:
    def initialize(context: Any) -> None:
        context.mean = sma(A, 2)

    def handle_data(context: Any, data: Any) -> None:
        if context.mean > 11 and not context.portfolio.positions:
            context.order(A, 10)

    result = run_algorithm(
        PRICES.first,
        PRICES.last,
        initialize=initialize,
        handle_data=handle_data,
        data=PRICES.bundle,
        calendar=PRICES.calendar,
        envelope=True,
    )
    assert result.envelope is not None
    assert [outcome.transactions for outcome in result.envelope.outcomes] == [1, 1, 1]
