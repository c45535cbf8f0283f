"""What money of another currency multiplies earlier prices with, by a table worked out by hand.

Sessions are weekdays of January 2020 that close at 14:36 UTC. An action has its ex-date on Friday
10 unless it names another day, so that the close before it is that of Thursday 9.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from small_markets import VENUE, Run, bundle, frame, run, weekdays
from worked_tables import Row, agree, column, rounded, table

from rustybt.assets import Equity
from rustybt.calendars import to_day
from rustybt.data.actions import Action, CashDividend, RightsOffering, SpinOff, Split, unexchanged
from rustybt.data.bar_data import BarData
from rustybt.data.bundle import BundleData
from rustybt.data.own_money import OwnMoney
from rustybt.data.rates import ExchangeRates
from rustybt.errors import MissingRate
from rustybt.simulation.benchmark import asset_returns
from rustybt.values import Ratio

CASES = table(__file__, "foreign_money_cases.csv")
CALENDAR = weekdays("2020-01-06", 7)
DAYS = ("06", "07", "08", "09", "10", "13", "14")
TODAY = "2020-01-14"
PLACES = 8


def day_of(number: str) -> int:
    return to_day(date(2020, 1, int(number)))


def actions_of(text: str) -> list[Action]:
    return [action_of(part) for part in text.split(" + ")]


def action_of(text: str) -> Action:
    kind, *given = text.split()
    terms: dict[str, Any] = dict(term.split("=") for term in given)
    day = day_of(terms.pop("ex", "10"))
    for name in terms.keys() & {"ratio", "rights"}:
        terms[name] = Ratio.parse(terms[name])
    for name in terms.keys() & {"amount", "price", "child_price"}:
        terms[name] = Decimal(terms[name])
    match kind:
        case "split":
            return Split(sid=1, effective=day, **terms)
        case "dividend":
            return CashDividend(sid=1, ex=day, pay=day + 30, **terms)
        case "rights":
            return RightsOffering(sid=1, ex=day, expiry=day + 30, **terms)
    return SpinOff(sid=1, effective=day, child=2, **terms)


def rates_of(text: str) -> ExchangeRates:
    rows = []
    for given in text.split():
        known, rate = given.split("=")
        pair, at = known.split("@")
        rows.append((f"2020-01-{at}", *pair.split("/"), rate))
    if not rows:
        return ExchangeRates()
    names = ["timestamp", "base", "quote", "rate"]
    plain = pl.DataFrame(rows, schema=names, orient="row")
    return ExchangeRates.from_frame(
        plain.with_columns(pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M"))
    )


def market_of(row: Row) -> BundleData:
    """The asset at its close on each day; a first bar of eight decimals shows as many of them."""
    more = dict(each.split("=") for each in row["more"].split())
    bars: dict[str, dict[str, str]] = {
        "AAA": {f"2020-01-{day}": row["close"] for day in DAYS if more.get("halted") != day},
        "KID": {f"2020-01-{day}": more[day] for day in DAYS if day in more},
    }
    bars["AAA"]["2020-01-06"] = "1.00000001"
    assets = [
        Equity(sid=1, symbol="AAA", exchange_info=VENUE, currency=row["quoted"]),
        Equity(sid=2, symbol="KID", exchange_info=VENUE, currency=more.get("child", "USD")),
    ]
    made = bundle(CALENDAR, assets, daily=frame(bars), events=actions_of(row["actions"]))
    return replace(made, rates=rates_of(row["rates"]))


def factor_of(market: BundleData) -> Fraction:
    """The product of all factors, from the closes that the market has."""
    reader = market.daily
    assert reader is not None

    def previous_close(sid: int, day: int) -> Decimal | None:
        before = [each for each in map(day_of, DAYS) if each < day]
        rows = reader.read([sid], before[0], before[-1] + 1, ("close",))
        return None if rows.is_empty() else Decimal(rows["close"][-1]).scaleb(-reader.price_scale)

    exchange = OwnMoney(market, CALENDAR)
    product = Fraction(1)
    for factor in market.adjustments.factors(1, previous_close, exchange):
        product *= factor.price.as_fraction()
    return product


def written_factor(row: Row) -> Fraction:
    written = Fraction(row["factor"])
    return written if written > 0 else Fraction(1)


def close_of_the_eighth(here: Run) -> Decimal:
    """What history tells of the close of 8 January, as of the last session."""
    here.on(TODAY)
    (asset,) = here.portal.bundle.finder.retrieve_all([1])
    closes = BarData(here.portal).history(asset, "close", 5, "1d")
    return Decimal(closes[0])


@pytest.mark.parametrize(**column(CASES, labels=("quoted", "actions", "rates", "more")))
def test_the_factor_of_foreign_money(row: Row) -> None:
    """To 18 digits; what would leave nothing changes nothing."""
    market = market_of(row)
    if row["factor"] == "missing":
        with pytest.raises(MissingRate, match="there is no rate of"):
            factor_of(market)
        return
    assert agree(row, "factor", places=18)
    assert rounded(factor_of(market), 18) == written_factor(row)


@pytest.mark.parametrize(**column(CASES, labels=("quoted", "actions", "rates", "more")))
def test_adjusted_history(row: Row) -> None:
    """The same factors in what a strategy sees, rounded once to the column's eight decimals."""
    with run(market_of(row), CALENDAR).portal as portal:
        here = Run(portal)
        if row["factor"] == "missing":
            with pytest.raises(MissingRate, match="there is no rate of"):
                close_of_the_eighth(here)
            return
        worth = Fraction(row["close"]) * written_factor(row)
        # A factor in the table has 18 digits, more than the eight of the column need.
        assert Fraction(close_of_the_eighth(here)) == rounded(worth, PLACES)


def a_case(**changes: str) -> Row:
    return {**CASES[0], **changes}


@pytest.mark.parametrize(
    ("actions", "close"),
    [
        # 100 x (1 - 2 / 100), whatever the two are paid in
        ("dividend amount=2 currency=EUR", "98"),
        # (100 + 80 / 4) / (1 + 1 / 4)
        ("rights ratio=1/4 price=80 currency=EUR", "96"),
        # 100 - 20 / 2
        ("spin-off ratio=1/2 child_price=20", "90"),
    ],
)
@pytest.mark.parametrize("rates", ["", "EUR/USD@09T12:00=1.1"])
def test_with_one_currency_no_rate_is_asked(actions: str, close: str, rates: str) -> None:
    market = market_of(a_case(actions=actions, rates=rates, more="child=EUR"))
    with run(market, CALENDAR, one_currency=True).portal as portal:
        assert close_of_the_eighth(Run(portal)) == Decimal(close)


def test_a_window_that_does_not_reach_over_the_ex_date_needs_no_rate() -> None:
    with run(market_of(a_case(rates="")), CALENDAR).portal as portal:
        here = Run(portal)
        (asset,) = portal.bundle.finder.retrieve_all([1])
        for day, count in (("2020-01-09", 3), ("2020-01-10", 1), (TODAY, 3)):
            here.on(day)
            closes = BarData(portal).history(asset, "close", count, "1d")
            assert [Decimal(close) for close in closes] == [100] * count
            assert portal.mark(asset) is not None
        with pytest.raises(MissingRate) as caught:
            BarData(portal).history(asset, "close", 4, "1d")
    # The pair, and the close before the ex-date.
    told = "there is no rate of EUR in USD at 2020-01-09 14:36:00+00:00"
    assert str(caught.value).partition(";")[0].endswith(told)


def test_a_halted_holding_is_marked_without_the_dividend() -> None:
    """Its holders are paid the dividend itself; no rate is asked."""
    halted = frame({"AAA": {"2020-01-09": 100}, "KID": {"2020-01-14": 1}})
    made = bundle(
        CALENDAR,
        [
            Equity(sid=1, symbol="AAA", exchange_info=VENUE),
            Equity(sid=2, symbol="KID", exchange_info=VENUE),
        ],
        daily=halted,
        events=actions_of("dividend amount=2 currency=EUR"),
    )
    with run(made, CALENDAR).portal as portal:
        Run(portal).on(TODAY)
        (asset,) = portal.bundle.finder.retrieve_all([1])
        mark = portal.mark(asset)
        assert mark is not None
        assert portal.arithmetic.price_value(mark) == 100
        with pytest.raises(MissingRate):
            BarData(portal).current(asset, "price")


def benchmark_of(market: BundleData, sessions: range, *, one_currency: bool = False) -> list[float]:
    (asset,) = market.finder.retrieve_all([1])
    found = asset_returns(
        asset, market, CALENDAR, sessions, decimals=None, one_currency=one_currency
    )
    return [float(each) for each in found]


def test_the_returns_of_a_benchmark_count_the_dividend_at_its_rate() -> None:
    # 100 on the 9th is 100 x 0.978 on the scale of the 10th: 100 / 97.8 - 1
    market = market_of(a_case())
    expected = [0.0, 100 / 97.8 - 1, 0.0, 0.0]
    assert benchmark_of(market, range(3, 7)) == pytest.approx(expected, abs=1e-15)


def test_the_returns_of_a_benchmark_need_no_rate_of_an_action_before_or_after_them() -> None:
    market = market_of(a_case(rates=""))
    assert benchmark_of(market, range(5, 7)) == [0.0, 0.0]
    assert benchmark_of(market, range(2, 4)) == [0.0, 0.0]
    with pytest.raises(MissingRate):
        benchmark_of(market, range(3, 7))
    # 100 / 98 - 1
    expected = [0.0, 100 / 98 - 1, 0.0, 0.0]
    assert benchmark_of(market, range(3, 7), one_currency=True) == pytest.approx(expected)


def names(actions: Iterable[Action]) -> set[str]:
    return {type(action).__name__ for action in actions}


def test_the_table_has_every_action_that_has_money() -> None:
    found = names(action for row in CASES for action in actions_of(row["actions"]))
    assert found == {"Split", "CashDividend", "RightsOffering", "SpinOff"}
    assert unexchanged(Decimal(2), "EUR", 1, 0) == 2
