"""What a run is compared with."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import polars as pl
import pytest
from markets import Bar, Market, bar, daily_market, dividend, minute_market, play, split, stock

from rustybt.data.rates import ExchangeRates
from rustybt.errors import (
    BenchmarkAssetNotAvailableTooEarly,
    BenchmarkAssetNotAvailableTooLate,
    InvalidArgument,
    MissingRate,
    SymbolNotFound,
)

A, B = stock("AAA", 1), stock("BBB", 2)
MON, TUE, WED, THU = (date(2020, 6, day) for day in (1, 2, 3, 4))
CLOSES = ["10", "11", "12.1"]
MARKET = daily_market({A: ["10"] * 3, B: CLOSES})


def period_returns(market: Any, **options: Any) -> Any:
    return pytest.approx(play(market, **options).column("benchmark_period_return"))


def test_without_a_benchmark_there_is_none() -> None:
    played = play(MARKET)
    assert played.column("benchmark_period_return") == [0, 0, 0]
    assert played.column("beta") == [None] * 3


# ------------------------------------------------------------------ given returns

GIVEN = {MON: 0.01, WED: 0.02}


@pytest.mark.parametrize(
    "returns",
    [
        GIVEN,
        {day.isoformat(): value for day, value in GIVEN.items()},
        pd.Series([0.01, 0.02], index=pd.DatetimeIndex([MON, WED])),
        pd.Series([0.01, 0.02], index=pd.DatetimeIndex([MON, WED], tz="UTC")),
        pl.DataFrame({"day": [MON, WED], "return": [0.01, 0.02], "more": ["x", "y"]}),
    ],
    ids=["dates", "texts", "pandas", "pandas with zone", "polars"],
)
def test_returns_by_day(returns: Any) -> None:
    """A day that they leave out counts as 0."""
    assert period_returns(MARKET, benchmark_returns=returns) == [0.01, 0.01, 1.01 * 1.02 - 1]


@pytest.mark.parametrize(
    ("returns", "message"),
    [
        ([0.01, 0.02], "give a pandas Series by day or a Polars frame"),
        (pl.DataFrame({"return": [0.01]}), "give day and return"),
        ({MON: float("nan")}, "on 2020-06-01: give finite"),
    ],
)
def test_other_returns_are_refused(returns: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        play(MARKET, benchmark_returns=returns)


# ------------------------------------------------------------------ an asset


@pytest.mark.parametrize("benchmark", [B, "BBB", "bbb", 2])
def test_an_asset_by_itself_its_symbol_or_its_sid(benchmark: Any) -> None:
    """The first session counts from the open: there is none before it."""
    assert period_returns(MARKET, benchmark=benchmark) == [0, 0.1, 0.21]


def test_the_strategys_own_choice_comes_first() -> None:
    found = period_returns(
        MARKET, setup=lambda c: c.set_benchmark(B), benchmark=A, benchmark_returns=GIVEN
    )
    assert found == [0, 0.1, 0.21]


def test_the_first_session_counts_from_the_close_before_it() -> None:
    market = daily_market({A: ["10"] * 4, B: ["8", *CLOSES]}, first=date(2020, 5, 29))
    assert period_returns(market, benchmark=B, start=MON) == [0.25, 0.375, 0.5125]


def test_a_first_session_without_one_before_counts_from_its_open() -> None:
    market = daily_market({A: ["10"] * 2, B: [bar("11", open="10"), "12.1"]})
    assert period_returns(market, benchmark=B) == [0.1, 0.21]


def test_dividends_and_splits_are_returns() -> None:
    """100 -> 45 after 2:1 and a dividend of 5 on the new shares: 45 / (50 - 5) = 1."""
    market = daily_market(
        {A: ["10"] * 3, B: ["100", "50", "45"]},
        events=[split(B, TUE, "1/2"), dividend(B, WED, WED, "5")],
    )
    assert period_returns(market, benchmark=B) == [0, 0, 0]


def test_zipline_rounds_adjusted_prices() -> None:
    """A third of 10.00 is 3.333 there."""
    market = daily_market({A: ["10"] * 2, B: ["10", "3.40"]}, events=[split(B, TUE, "1/3")])
    assert period_returns(market, benchmark=B) == [0, 3.40 * 3 / 10 - 1]
    assert period_returns(market, benchmark=B, rules="zipline") == [0, 3.40 / 3.333 - 1]


def test_a_session_without_a_trade_has_no_return() -> None:
    market = daily_market({A: ["10"] * 4, B: ["10", None, "11", "11"]})
    assert period_returns(market, benchmark=B) == [0, 0, 0.1, 0.1]


def test_an_action_while_nothing_trades_is_no_return() -> None:
    """Halted over a split of 2:1 and a dividend of 5: 100, then 45 = 100 / 2 - 5, all the same."""
    market = daily_market(
        {A: ["10"] * 5, B: ["100", None, None, None, "45"]},
        events=[split(B, TUE, "1/2"), dividend(B, WED, WED, "5")],
    )
    assert period_returns(market, benchmark=B) == [0, 0, 0, 0, 0]


EURO = stock("EEE", 3, currency="EUR")


def euros(prices: list[Any], rates: dict[tuple[date, int], str], **options: Any) -> Market:
    """A share in euros, and what a euro costs in dollars, known from an hour UTC of a day on."""
    rows = [
        {
            "timestamp": datetime(day.year, day.month, day.day, hour, tzinfo=UTC),
            "base": "EUR",
            "quote": "USD",
            "rate": rate,
        }
        for (day, hour), rate in rates.items()
    ]
    market = daily_market({A: ["10"] * 4, EURO: prices}, **options)
    bundle = replace(market.bundle, rates=ExchangeRates.from_frame(pl.DataFrame(rows)))
    return replace(market, bundle=bundle)


def test_a_benchmark_is_held_in_the_currency_of_the_account() -> None:
    """In dollars 10, 11 = 10 x 1.10, 12.1 = 11 x 1.10, 13.2 = 11 x 1.20 though halted."""
    market = euros(["10", "10", "11", None], {(MON, 20): "1", (TUE, 20): "1.10", (THU, 20): "1.20"})
    assert period_returns(market, benchmark=EURO) == [0, 0.1, 0.21, 0.32]
    assert period_returns(market, benchmark=EURO, currency="EUR") == [0, 0, 0.1, 0.1]
    assert period_returns(market, benchmark=EURO, rules="zipline") == [0, 0, 0.1, 0.1]


def test_the_first_session_counts_the_rate_of_the_close_before_it() -> None:
    """From 10 x 1.00 at the close of Friday to 10 x 1.10 on Monday."""
    friday = date(2020, 5, 29)
    rates = {(friday, 20): "1", (MON, 20): "1.10"}
    market = euros(["10"] * 4, rates, first=friday)
    assert period_returns(market, benchmark=EURO, start=MON) == [0.1] * 3


def test_a_first_session_without_a_rate_before_counts_from_its_open() -> None:
    """The open's rate is 1.05, the close's 1.05 x 1.20; without the former, the price alone."""
    rates = {(MON, 13): "1.05", (MON, 20): "1.26"}
    opened = euros([bar("11", open="10"), "11"], rates)
    assert period_returns(opened, benchmark=EURO) == [0.32] * 4
    del rates[MON, 13]
    assert period_returns(euros([bar("11", open="10")], rates), benchmark=EURO) == [0.1] * 4


def test_a_missing_rate_of_a_benchmark_is_an_error() -> None:
    market = euros(["10"] * 4, {(TUE, 20): "1.10"})
    with pytest.raises(MissingRate, match="EUR in USD at 2020-06-01 20:00"):
        play(market, benchmark=EURO)


def test_before_its_first_trade_a_benchmark_has_no_return() -> None:
    silent = Bar(None, None, None, None, "0")
    market = daily_market({A: ["10"] * 4, B: [silent, None, "10", "11"]})
    assert period_returns(market, benchmark=B) == [0, 0, 0, 0.1]


def test_a_run_of_one_session() -> None:
    assert period_returns(MARKET, benchmark=B, end=MON) == [0]
    assert period_returns(MARKET, benchmark=B, start=TUE, end=TUE) == [0.1]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"start_date": TUE}, BenchmarkAssetNotAvailableTooEarly),
        ({"end_date": TUE}, BenchmarkAssetNotAvailableTooLate),
    ],
)
def test_a_benchmark_lives_through_the_run(fields: Any, error: type[Exception]) -> None:
    short = stock("SSS", 3, **fields)
    market = daily_market({A: ["10"] * 3, short: ["10"] * 3})
    with pytest.raises(error):
        play(market, benchmark=short)


def test_a_benchmark_needs_daily_bars() -> None:
    market = minute_market({A: {(0, 0): "10"}}, sessions=1)
    with pytest.raises(InvalidArgument, match="the bundle has no daily bars"):
        play(market, benchmark=A, data_frequency="minute")


def test_other_benchmarks_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="give an asset, a symbol or a sid"):
        play(MARKET, benchmark=1.5)
    with pytest.raises(SymbolNotFound):
        play(MARKET, benchmark="SPY")
