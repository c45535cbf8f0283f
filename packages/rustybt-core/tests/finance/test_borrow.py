"""Borrow models: brokers' published examples, tables by hand, and what tables refuse."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from cost_stubs import AAA, BBB, BTC, CL, EUR
from hypothesis import given
from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.borrow import (
    EASY_TO_BORROW,
    HARD_TO_BORROW,
    BorrowModel,
    BorrowRates,
    BorrowTerms,
)

D = Decimal
MONDAY, TUESDAY, FRIDAY = date(2020, 6, 1), date(2020, 6, 2), date(2020, 6, 5)
NEXT_MONDAY = date(2020, 6, 8)


@pytest.mark.parametrize(
    ("rate", "day_count", "value", "since", "until", "fee"),
    [
        # Webull: 14,000 at 6 % are 840 a year and 2.33 a day of 360.
        ("0.06", 360, "14000", MONDAY, TUESDAY, "2.3333333333333333"),
        ("0.06", 360, "-14000", MONDAY, TUESDAY, "2.3333333333333333"),
        # Three nights to Monday: rounded once, not three times.
        ("0.06", 360, "14000", FRIDAY, NEXT_MONDAY, "7"),
        ("0.06", 360, "14000", MONDAY, MONDAY, "0"),
        # Interactive Brokers: 20,000 at 5 % of 365 days are 2.74 a day.
        ("0.05", 365, "20000", MONDAY, TUESDAY, "2.7397260273972603"),
        ("0.05", 365, "20000", FRIDAY, NEXT_MONDAY, "8.2191780821917808"),
        # Value x fee rate / 360, as Interactive Brokers reports it: 3,700 at 45 and 0.29 %.
        ("0.0029", 360, "166500", MONDAY, TUESDAY, "1.34125"),
        ("0.36", 360, "1000", MONDAY, date(2020, 7, 1), "30"),
        ("0", 360, "1000", MONDAY, TUESDAY, "0"),
        # Half even at 16 digits: 0.00000000000000005 and ...15
        ("0.18", 360, "0.0000000000001", MONDAY, TUESDAY, "0"),
        ("0.18", 360, "0.0000000000003", MONDAY, TUESDAY, "0.0000000000000002"),
    ],
)
def test_fees(rate: str, day_count: int, value: str, since: date, until: date, fee: str) -> None:
    model = BorrowRates({"AAA": rate}, day_count=day_count)
    assert model.fee(AAA, D(value), since=since, until=until) == D(fee)
    floating = model.fee(AAA, float(value), since=since, until=until)
    assert type(floating) is float
    assert floating == pytest.approx(float(fee), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("asset", "day", "rate", "available", "recalled"),
    [
        (AAA, date(2020, 5, 31), "0.0039", None, False),  # before the first span: the default
        (AAA, date(2020, 6, 1), "0.05", "5000", False),
        (AAA, date(2020, 6, 10), "0.05", "5000", False),
        (AAA, date(2020, 6, 11), "0.30", "0", True),
        (AAA, date(2020, 6, 12), "0.0039", None, False),  # between spans
        (AAA, date(2020, 6, 20), "0.08", None, False),
        (AAA, date(2030, 1, 1), "0.08", None, False),  # without end
        (BBB, date(2020, 6, 1), "0.01", None, False),  # a rate for all time
        (BTC, date(2020, 6, 1), "0", None, False),
        (CL, date(2020, 6, 1), "0", None, False),
        (EUR, date(2020, 6, 1), "0", None, False),
    ],
)
def test_terms(
    asset: Asset, day: date, rate: str, available: str | None, *, recalled: bool
) -> None:
    for model in (BorrowRates(TABLE), BorrowRates(FRAME)):
        assert model.rate(asset, day) == D(rate)
        assert model.available(asset, day) == (None if available is None else D(available))
        assert model.recalled(asset, day) is recalled


TABLE: dict[Asset | str, Any] = {
    "AAA": [
        BorrowTerms(rate="0.08", start_date=date(2020, 6, 20)),
        BorrowTerms(
            rate=0.05,
            start_date=date(2020, 6, 1),
            end_date=date(2020, 6, 10),
            available=5000,
        ),
        BorrowTerms(
            rate="0.30",
            start_date=date(2020, 6, 11),
            end_date=date(2020, 6, 11),
            available=700,
            recalled=True,
        ),
    ],
    BBB: "0.01",
}

FRAME = pl.DataFrame(
    {
        "symbol": ["AAA", "AAA", "AAA", "BBB"],
        "rate": ["0.08", "0.05", "0.30", "0.01"],
        "start_date": [date(2020, 6, 20), date(2020, 6, 1), date(2020, 6, 11), None],
        "end_date": [None, date(2020, 6, 10), date(2020, 6, 11), None],
        "available": [None, 5000, 700, None],
        "recalled": [False, None, True, False],
    }
)


def test_each_night_has_its_own_rate() -> None:
    # 10 June: 5 %; the 11th: 30 %; the 12th: 0.39 %.
    days = (date(2020, 6, 10), date(2020, 6, 13))
    fee = BorrowRates(TABLE).fee(AAA, D(36_000), since=days[0], until=days[1])
    assert fee == D("5") + D("30") + D("0.39")


@pytest.mark.parametrize(
    ("default", "rates"),
    [
        (None, {AAA: EASY_TO_BORROW, BTC: 0, CL: 0}),
        ("0.01", {AAA: D("0.01"), BTC: D("0.01"), CL: D("0.01")}),
        (0, {AAA: 0, BTC: 0}),
        (
            {"equity": HARD_TO_BORROW, "crypto": 0.1},
            {AAA: D("0.043"), BTC: D("0.1"), CL: 0},
        ),
    ],
)
def test_defaults_by_class(default: Any, rates: dict[Asset, Decimal]) -> None:
    model = BorrowRates(default=default)
    assert {asset: model.rate(asset, MONDAY) for asset in rates} == rates


def test_an_asset_goes_before_its_symbol() -> None:
    table: dict[Asset | str, str] = {"AAA": "0.1", AAA: "0.2"}
    assert BorrowRates(table).rate(AAA, MONDAY) == D("0.2")


def test_a_frame_needs_no_more_than_symbol_and_rate() -> None:
    model = BorrowRates(pl.DataFrame({"symbol": ["AAA"], "rate": [0.25]}))
    assert model.rate(AAA, MONDAY) == D("0.25")
    assert model.available(AAA, MONDAY) is None


def test_a_class_needs_no_more_than_a_rate() -> None:
    class TenPercent(BorrowModel):
        def rate(self, asset: Asset, session: date) -> Decimal:
            return D("0.1")

    model = TenPercent()
    assert model.fee(AAA, D(3_600), since=MONDAY, until=TUESDAY) == 1
    assert (model.available(AAA, MONDAY), model.recalled(AAA, MONDAY)) == (None, False)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: BorrowRates({"AAA": -0.1}), InvalidArgument, "rate of AAA was -0.1"),
        (lambda: BorrowRates({"AAA": "dear"}), InvalidNumber, "rate of AAA was 'dear'"),
        (lambda: BorrowRates(default=-1), InvalidArgument, "default was -1"),
        (lambda: BorrowRates(default={"equity": -1}), InvalidArgument, "default equity was -1"),
        (lambda: BorrowRates(day_count=364), InvalidArgument, "day_count was 364; give 360 or 365"),
        (
            lambda: BorrowRates({"AAA": BorrowTerms(rate=0, available=-5)}),
            InvalidArgument,
            "available of AAA was -5",
        ),
        (
            lambda: BorrowRates(
                {"AAA": [BorrowTerms(rate=0), BorrowTerms(rate=1, start_date=MONDAY)]}
            ),
            InvalidArgument,
            "terms of AAA was '0001-01-01 to 9999-12-31 and 2020-06-01 to 9999-12-31'; give spans",
        ),
        (
            lambda: BorrowRates({"AAA": BorrowTerms(rate=0, start_date=TUESDAY, end_date=MONDAY)}),
            InvalidArgument,
            "end_date of AAA was '2020-06-01'; give 2020-06-02 or later",
        ),
        (
            lambda: BorrowRates({"AAA": BorrowTerms(rate=0, start_date=datetime(2020, 6, 1))}),  # noqa: DTZ001
            InvalidArgument,
            "start_date of AAA was .*; give a datetime.date",
        ),
        (
            lambda: BorrowRates(pl.DataFrame({"symbol": ["AAA"], "fee": [0.1]})),
            InvalidArgument,
            "columns was .*; give symbol, rate and as needed start_date",
        ),
        (
            lambda: BorrowRates(pl.DataFrame({"symbol": ["AAA"], "rate": [None]})),
            InvalidNumber,
            "rate of AAA was None",
        ),
    ],
)
def test_impossible_tables(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_model_shows_its_arguments() -> None:
    assert repr(BorrowRates(TABLE, day_count=365)) == "BorrowRates(<2 assets>, day_count=365)"


@given(
    value=st.decimals("0", "1e12", places=2),
    rate=st.decimals("0", "2", places=4),
    nights=st.integers(0, 10),
    day_count=st.sampled_from([360, 365]),
)
def test_a_fee_is_the_exact_quotient_rounded_once(
    value: Decimal, rate: Decimal, nights: int, day_count: int
) -> None:
    model = BorrowRates({"AAA": rate}, day_count=day_count)
    fee = model.fee(AAA, value, since=MONDAY, until=MONDAY + timedelta(days=nights))
    # In whole numbers: value in cents, rate in hundredths of a percent.
    numerator = int(value * 100) * int(rate * 10_000) * nights * 10**10
    quotient, rest = divmod(numerator, day_count)
    assert quotient <= int(fee.scaleb(16)) <= quotient + (rest > 0)
    assert abs(int(fee.scaleb(16)) * day_count - numerator) * 2 <= day_count
