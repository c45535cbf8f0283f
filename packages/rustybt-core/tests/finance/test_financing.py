"""Financing models: tables by hand, the calendar of rolls, and what tables refuse."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from cost_stubs import AAA, BTC, EUR
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset, CurrencyPair, ExchangeInfo
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.financing import Financing, FinancingModel, OvernightFinancing, SwapPoints

D = Decimal
MONDAY = date(2020, 6, 1)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY, NEXT_MONDAY = (
    MONDAY + timedelta(days=days) for days in range(1, 8)
)


def pair(symbol: str, sid: int) -> Asset:
    return CurrencyPair(sid=sid, symbol=symbol, exchange_info=ExchangeInfo("IDEALPRO"))


YEN, LOONIE = pair("USD/JPY", 11), pair("USD/CAD", 12)


# ------------------------------------------------------------------ cash


@pytest.mark.parametrize(
    ("cash", "since", "until", "day_count", "interest"),
    [
        # 6 % on debt, 2 % on deposits
        ("-60000", MONDAY, TUESDAY, 360, "-10"),
        ("-60000", FRIDAY, NEXT_MONDAY, 360, "-30"),
        ("60000", MONDAY, TUESDAY, 360, "3.3333333333333333"),
        ("60000", FRIDAY, NEXT_MONDAY, 360, "10"),
        ("60000", MONDAY, MONDAY, 360, "0"),
        ("0", MONDAY, TUESDAY, 360, "0"),
        ("-73000", MONDAY, TUESDAY, 365, "-12"),
        ("73000", MONDAY, TUESDAY, 365, "4"),
        ("-1000000", MONDAY, date(2021, 6, 1), 365, "-60000"),
        ("-1000000", MONDAY, date(2021, 6, 1), 360, "-60833.3333333333333333"),
    ],
)
def test_interest(cash: str, since: date, until: date, day_count: int, interest: str) -> None:
    model = OvernightFinancing("0.06", "0.02", day_count=day_count)
    assert model.interest(D(cash), "USD", since=since, until=until) == D(interest)
    floating = model.interest(float(cash), "USD", since=since, until=until)
    assert type(floating) is float
    assert floating == pytest.approx(float(interest))


RATES = {date(2020, 6, 6): "0.03", date(2020, 1, 1): "0.06"}


@pytest.mark.parametrize(
    "rates", [RATES, pl.DataFrame({"date": list(RATES), "rate": list(RATES.values())})], ids=type
)
def test_each_night_has_its_own_rate(rates: Any) -> None:
    model = OvernightFinancing(rates)
    # Friday night at 6 %, Saturday's and Sunday's at 3 %.
    assert model.interest(D(-36_000), "USD", since=FRIDAY, until=NEXT_MONDAY) == -12
    assert model.interest(D(36_000), "USD", since=FRIDAY, until=NEXT_MONDAY) == 0
    with pytest.raises(InvalidArgument, match="debit_rate was '2019-12-31'; the table starts on"):
        model.interest(D(-1), "USD", since=date(2019, 12, 31), until=MONDAY)


def test_currencies_have_rates_of_their_own() -> None:
    debit: dict[str, Any] = {"USD": "0.06", "EUR": {MONDAY: "0.03"}}
    model = OvernightFinancing(debit, {"USD": "0.02", "EUR": "-0.005"})
    assert model.interest(D(-36_000), "EUR", since=MONDAY, until=TUESDAY) == -3
    assert model.interest(D(72_000), "EUR", since=MONDAY, until=TUESDAY) == -1  # it costs to save
    with pytest.raises(InvalidArgument, match="credit_rate was 'JPY'; give a rate of this curr"):
        model.interest(D(1), "JPY", since=MONDAY, until=TUESDAY)


def test_cash_models_know_nothing_of_positions() -> None:
    model = OvernightFinancing("0.06", "0.02")
    assert model.swap(EUR, D(100_000), since=MONDAY, until=TUESDAY) == 0
    assert type(model.swap(EUR, 1.0, since=MONDAY, until=TUESDAY)) is float


# ------------------------------------------------------------------ currency pairs

POINTS = {"EUR/USD": ("-0.7", "0.3"), "USD/JPY": ("1.2", "-1.5"), "USD/CAD": ("-0.2", "-0.1")}


@pytest.mark.parametrize(
    ("asset", "amount", "since", "until", "swap"),
    [
        # 100,000 x -0.7 x 0.0001 = -7 dollars a night
        (EUR, "100000", MONDAY, TUESDAY, "-7"),
        (EUR, "-100000", MONDAY, TUESDAY, "3"),
        (EUR, "100000", TUESDAY, WEDNESDAY, "-7"),
        (EUR, "100000", WEDNESDAY, THURSDAY, "-21"),  # from value Friday to value Monday
        (EUR, "-100000", WEDNESDAY, THURSDAY, "9"),
        (EUR, "100000", THURSDAY, FRIDAY, "-7"),
        (EUR, "100000", FRIDAY, NEXT_MONDAY, "-7"),  # value Tuesday; the weekend is paid for
        (EUR, "100000", FRIDAY, SATURDAY, "-7"),
        (EUR, "100000", SATURDAY, NEXT_MONDAY, "0"),
        (EUR, "100000", MONDAY, NEXT_MONDAY, "-49"),  # seven nights a week
        (EUR, "100000", MONDAY, MONDAY, "0"),
        (EUR, "1", MONDAY, TUESDAY, "-0.00007"),
        (EUR, "0", MONDAY, TUESDAY, "0"),
        # 100,000 x 1.2 x 0.01 = 1,200 yen
        (YEN, "100000", MONDAY, TUESDAY, "1200"),
        (YEN, "-100000", WEDNESDAY, THURSDAY, "-4500"),
        # settles on the next business day: Thursday rolls from value Friday to value Monday
        (LOONIE, "100000", WEDNESDAY, THURSDAY, "-2"),
        (LOONIE, "100000", THURSDAY, FRIDAY, "-6"),
        (LOONIE, "-100000", MONDAY, NEXT_MONDAY, "-7"),
        # no currency pairs
        (AAA, "100", MONDAY, TUESDAY, "0"),
        (BTC, "100", MONDAY, TUESDAY, "0"),
    ],
)
def test_swap_points(asset: Asset, amount: str, since: date, until: date, swap: str) -> None:
    model = SwapPoints(POINTS)
    assert model.swap(asset, D(amount), since=since, until=until) == D(swap)
    floating = model.swap(asset, float(amount), since=since, until=until)
    assert type(floating) is float
    assert floating == pytest.approx(float(swap))


def test_which_pairs_settle_on_the_next_day_and_how_large_a_pip_is_can_be_said() -> None:
    model = SwapPoints(POINTS, pips={"EUR/USD": "0.00001"}, next_day_pairs=["EUR/USD"])
    assert model.swap(EUR, D(100_000), since=WEDNESDAY, until=THURSDAY) == D("-0.7")
    assert model.swap(EUR, D(100_000), since=THURSDAY, until=FRIDAY) == D("-2.1")
    assert model.swap(LOONIE, D(100_000), since=WEDNESDAY, until=THURSDAY) == -6


@pytest.mark.parametrize(
    "table",
    [
        {"EUR/USD": {MONDAY: ("-0.7", "0.3"), THURSDAY: ("-1", "0.5")}},
        {EUR: {THURSDAY: ("-1", "0.5"), MONDAY: ("-0.7", "0.3")}},
        pl.DataFrame(
            {
                "symbol": ["EUR/USD", "EUR/USD"],
                "long": [-0.7, -1.0],
                "short": [0.3, 0.5],
                "date": [MONDAY, THURSDAY],
            }
        ),
    ],
    ids=["symbol", "asset", "frame"],
)
def test_points_change_over_time(table: Any) -> None:
    model = SwapPoints(table)
    # Monday to Wednesday 1 + 1 + 3 nights at -7, Thursday and Friday at -10.
    assert model.swap(EUR, D(100_000), since=MONDAY, until=NEXT_MONDAY) == -55
    with pytest.raises(InvalidArgument, match="swap points of EUR/USD was '2020-05-29'"):
        model.swap(EUR, D(1), since=date(2020, 5, 29), until=MONDAY)


def test_a_pair_without_points_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="table was 'USD/JPY'; give swap points of this pair"):
        SwapPoints({"EUR/USD": (0, 0)}).swap(YEN, D(1), since=MONDAY, until=TUESDAY)


# ------------------------------------------------------------------ several


def test_several_models_are_added_up() -> None:
    model = Financing(OvernightFinancing("0.06", "0.02"), SwapPoints(POINTS), SwapPoints(POINTS))
    assert model.interest(D(-60_000), "USD", since=MONDAY, until=TUESDAY) == -10
    assert model.swap(EUR, D(100_000), since=MONDAY, until=TUESDAY) == -14
    assert Financing().swap(EUR, D(1), since=MONDAY, until=TUESDAY) == 0
    assert repr(model).startswith("Financing(OvernightFinancing(day_count=360), SwapPoints(<3 ")


def test_large_sums_lose_no_digit() -> None:
    exact = D("123456789012345678.1234567890123456")
    model = Financing(Constant(exact), Constant(exact))
    assert model.interest(D(1), "USD", since=MONDAY, until=TUESDAY) == D(
        "246913578024691356.2469135780246912"
    )


class Constant(FinancingModel):
    def __init__(self, interest: Decimal) -> None:
        self._interest = interest

    def interest(self, cash: Any, currency: str, *, since: date, until: date) -> Any:
        return self._interest


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: OvernightFinancing(-0.01), InvalidArgument, "debit_rate was -0.01"),
        (lambda: OvernightFinancing({"EUR": -1}), InvalidArgument, "debit_rate of EUR was -1"),
        (lambda: OvernightFinancing(0, "x"), InvalidNumber, "credit_rate was 'x'"),
        (lambda: OvernightFinancing({}), InvalidArgument, "debit_rate was {}; give at least one"),
        (lambda: OvernightFinancing(day_count=1), InvalidArgument, "give 360 or 365"),
        (
            lambda: OvernightFinancing({20200601: 0.1}),  # type: ignore[arg-type]
            InvalidArgument,
            "date of debit_rate was 20200601; give a datetime.date",
        ),
        (
            lambda: OvernightFinancing(pl.DataFrame({"day": [MONDAY], "rate": [0.1]})),
            InvalidArgument,
            "give the columns date, rate",
        ),
        (
            lambda: OvernightFinancing(pl.DataFrame({"date": [MONDAY] * 2, "rate": [0.1, 0.2]})),
            InvalidArgument,
            "debit_rate was '2020-06-01'; give each only once",
        ),
        (
            lambda: SwapPoints(pl.DataFrame({"symbol": ["EUR/USD"], "long": [1]})),
            InvalidArgument,
            "give symbol, long, short and as needed date",
        ),
        (
            lambda: SwapPoints(
                pl.DataFrame({"symbol": ["EUR/USD"] * 2, "long": [1, 2], "short": [1, 2]})
            ),
            InvalidArgument,
            "swap points was 'EUR/USD'; give each only once",
        ),
        (lambda: SwapPoints({"EUR/USD": ("x", 1)}), InvalidNumber, "swap points of EUR/USD"),
        (lambda: SwapPoints({}, pips={"EUR/USD": 0}), InvalidArgument, "pip of EUR/USD was 0"),
        (lambda: Financing("none"), InvalidArgument, "give models with interest and swap"),  # type: ignore[arg-type]
    ],
)
def test_impossible_arguments(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


# ------------------------------------------------------------------ laws


@given(since=st.dates(date(1990, 1, 1), date(2040, 1, 1)), weeks=st.integers(0, 10))
def test_a_week_has_seven_nights_wherever_it_starts(since: date, weeks: int) -> None:
    until = since + timedelta(weeks=weeks)
    for asset in (EUR, LOONIE):
        model = SwapPoints({asset: (1, -1)}, pips={asset.symbol: 1})
        assert model.swap(asset, D(1), since=since, until=until) == 7 * weeks


@given(
    cash=st.decimals("-1e9", "1e9", places=2),
    debit=st.decimals("0", "0.5", places=4),
    nights=st.integers(0, 10),
)
def test_debt_costs_and_deposits_earn(cash: Decimal, debit: Decimal, nights: int) -> None:
    model = OvernightFinancing(debit, debit / 2)
    interest = model.interest(cash, "USD", since=MONDAY, until=MONDAY + timedelta(days=nights))
    assert interest * cash >= 0
    other = model.interest(-cash, "USD", since=MONDAY, until=MONDAY + timedelta(days=nights))
    assert interest + other <= 0
