"""Exchange rates out of the bars of pairs, and of the rates that a bundle was given."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from small_markets import VENUE, at, bundle, frame, weekdays

from rustybt.assets import Asset, Cryptocurrency, CurrencyPair, Equity
from rustybt.data.bundle import BundleData
from rustybt.data.pair_rates import rates_of_bundle
from rustybt.data.rates import ExchangeRates

CALENDAR = weekdays("2020-01-06", 40)


def pair(sid: int, symbol: str, kind: type[CurrencyPair | Cryptocurrency] = CurrencyPair) -> Asset:
    base, _, quote = symbol.partition("/")
    return kind(
        sid=sid,
        symbol=symbol,
        exchange_info=VENUE,
        base_currency=base,
        quote_currency=quote,
        currency=quote,
    )


SAP = Equity(sid=1, symbol="SAP", exchange_info=VENUE, currency="EUR")
EURUSD = pair(2, "EUR/USD")
USDJPY = pair(3, "USD/JPY")
BTC = pair(4, "BTC/EUR", Cryptocurrency)
ASSETS = [SAP, EURUSD, USDJPY, BTC]

DAILY = frame(
    {
        "SAP": {"2020-01-06": 120, "2020-01-07": 121},
        "EUR/USD": {"2020-01-06": "1.1195", "2020-01-07": "1.1152", "2020-01-09": "1.1105"},
        "USD/JPY": {"2020-01-06": ("108.1", "108.5", "107.8", "108.25", 0)},
        "BTC/EUR": {"2020-01-07": "7000.00000001"},
    }
)
MINUTES = frame(
    {
        "EUR/USD": {
            "2020-01-07 14:31": "1.1160",
            "2020-01-07 14:33": (None, None, None, None, 0),
            "2020-01-07 14:36": "1.1150",
        }
    },
    intraday=True,
)


def opened(**options: Any) -> ExchangeRates:
    return rates_of_bundle(bundle(CALENDAR, ASSETS, daily=DAILY), calendar=CALENDAR, **options)


@pytest.mark.parametrize(
    ("base", "quote", "time", "expected"),
    [
        # A daily bar is known from the close of its session on, 14:36 in this calendar.
        ("EUR", "USD", "2020-01-06 14:35", None),
        ("EUR", "USD", "2020-01-06 14:36", "1.1195"),
        ("EUR", "USD", "2020-01-07 14:35", "1.1195"),
        ("EUR", "USD", "2020-01-07 14:36", "1.1152"),
        ("EUR", "USD", "2020-01-09 14:36", "1.1105"),
        # A bar without volume has a close all the same. 1.1195 x 108.25 = 121.185875.
        ("EUR", "JPY", "2020-01-06 14:36", "121.185875"),
        # 7000.00000001 x 1.1152 = 7806.400000011152.
        ("BTC", "USD", "2020-01-07 14:36", "7806.400000011152"),
        ("SAP", "EUR", "2020-01-07 14:36", None),
    ],
)
def test_closes_of_daily_bars(base: str, quote: str, time: str, expected: str | None) -> None:
    found = opened(pivot="EUR" if base == "BTC" else "USD").find(base, quote, at(time))
    assert found == (None if expected is None else D(expected))


def test_shorter_bars_and_daily_ones_both_count() -> None:
    market = bundle(CALENDAR, ASSETS, daily=DAILY, minute=MINUTES)
    table = rates_of_bundle(market, calendar=CALENDAR)
    seen = {
        time: table.rate("EUR", "USD", at(f"2020-01-{time}"))
        for time in ("06 14:36", "07 14:30", "07 14:31", "07 14:34", "07 14:36", "09 14:36")
    }
    assert list(seen.values()) == [D("1.1195"), D("1.1195"), D("1.116"), D("1.116"), D("1.115"),
                                   D("1.1105")]  # fmt: skip


def test_minutes_alone() -> None:
    market = bundle(CALENDAR, ASSETS, minute=MINUTES)
    table = rates_of_bundle(market, calendar=CALENDAR)
    assert table.pairs == (("EUR", "USD"),)
    assert len(table) == 2
    assert table.find("EUR", "USD", at("2020-01-07 14:30")) is None


def test_rates_that_the_bundle_was_given_go_first() -> None:
    given = ExchangeRates.from_frame(
        pl.DataFrame(
            {
                "timestamp": [datetime.fromisoformat("2020-01-06T10:00:00+00:00")],
                "base": ["USD"],
                "quote": ["EUR"],
                "rate": ["0.8"],
            }
        )
    )
    market = replace(bundle(CALENDAR, ASSETS, daily=DAILY), rates=given)
    table = rates_of_bundle(market, calendar=CALENDAR)
    assert table.rate("EUR", "USD", at("2020-01-07 14:36")) == D("1.25")
    assert table.rate("USD", "JPY", at("2020-01-07 14:36")) == D("108.25")


def test_only_what_a_run_needs_is_read() -> None:
    days = {"first": date(2020, 1, 9), "last": date(2020, 1, 10)}
    assert len(opened(**days)) == 5
    # Closes of up to a day before the 9th: none of the 6th and the 7th.
    assert len(opened(**days, max_age=timedelta(days=1))) == 1
    assert len(opened(last=date(2020, 1, 6))) == 2


def test_of_two_assets_of_one_pair_the_first_counts() -> None:
    twin = pair(9, "EUR/USD", Cryptocurrency)
    prices = frame({"A": {"2020-01-06": "1.1"}, "B": {"2020-01-06": "1.2"}})
    assets = [replace(EURUSD, symbol="A"), replace(twin, symbol="B")]
    table = rates_of_bundle(bundle(CALENDAR, assets, daily=prices), calendar=CALENDAR)
    assert table.rate("EUR", "USD", at("2020-01-06 14:36")) == D("1.1")


@pytest.mark.parametrize("daily", [None, DAILY.filter(symbol="SAP")])
def test_there_may_be_no_pairs(daily: pl.DataFrame | None) -> None:
    market: BundleData = bundle(CALENDAR, [SAP], daily=daily)
    assert len(rates_of_bundle(market, calendar=CALENDAR)) == 0
