"""Exchange rates: worked out by hand, and against a plain search through all of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.calendars import from_ns, to_ns
from rustybt.data.rates import ExchangeRates
from rustybt.errors import (
    DataValidationError,
    InvalidArgument,
    InvalidNumber,
    MissingRate,
    ScaleExceeded,
)

HOUR = 3_600_000_000_000
DAY = 24 * HOUR


def at(text: str) -> int:
    return to_ns(datetime.fromisoformat(text + "+00:00"))


def rates(*rows: tuple[str, str, str], **options: Any) -> ExchangeRates:
    """Of rows of a time, a pair such as EUR/USD, and a rate."""
    frame = pl.DataFrame(
        [(datetime.fromisoformat(stamp), *pair.split("/"), rate) for stamp, pair, rate in rows],
        schema={
            "timestamp": pl.Datetime("us"),
            "base": pl.String,
            "quote": pl.String,
            "rate": pl.String,
        },
        orient="row",
    )
    return ExchangeRates.from_frame(frame, **options)


MORNING = "2020-01-06 09:00"
TABLE = rates(
    (MORNING, "EUR/USD", "1.1170"),
    ("2020-01-06 12:00", "EUR/USD", "1.1190"),
    (MORNING, "USD/JPY", "108.25"),
    (MORNING, "GBP/USD", "1.3125"),
    (MORNING, "USD/CHF", "0.96"),
    ("2020-01-06 15:00", "EUR/CHF", "1.0850"),
    (MORNING, "BTC/EUR", "7000.12345678"),
)


@pytest.mark.parametrize(
    ("base", "quote", "time", "expected"),
    [
        # Given: exact, from its time on.
        ("EUR", "USD", "2020-01-06 09:00", "1.117"),
        ("EUR", "USD", "2020-01-06 11:59:59", "1.117"),
        ("EUR", "USD", "2020-01-06 12:00", "1.119"),
        ("EUR", "USD", "2020-01-08 00:00", "1.119"),
        ("BTC", "EUR", "2020-01-06 10:00", "7000.12345678"),
        # The inverse: 1 / 108.25 is 0.00923787528868360277136...
        ("JPY", "USD", "2020-01-06 09:00", "0.009237875288683603"),
        # 1 / 1.117 is 0.8952551477170993733213...
        ("USD", "EUR", "2020-01-06 09:00", "0.895255147717099373"),
        # 1 / 1.3125 is 0.76190476190476190476...
        ("USD", "GBP", "2020-01-06 09:00", "0.761904761904761905"),
        # Over the dollar: 1.117 x 108.25 = 120.91525 and, at noon, 1.119 x 108.25 = 121.13175.
        ("EUR", "JPY", "2020-01-06 09:00", "120.91525"),
        ("EUR", "JPY", "2020-01-06 12:00", "121.13175"),
        # 1.3125 / 1.117 = 1.17502238137869292748433...
        ("GBP", "EUR", "2020-01-06 09:00", "1.175022381378692927"),
        # Both legs turned round: 1 / 108.25 / 1.3125 = 0.00703838117232...
        ("JPY", "GBP", "2020-01-06 09:00", "0.007038381172330364"),
        # Crossed while nothing better is known, 1.119 x 0.96; given from 15:00 on.
        ("EUR", "CHF", "2020-01-06 14:00", "1.07424"),
        ("EUR", "CHF", "2020-01-06 15:00", "1.085"),
        # 1 / 1.085 is 0.92165898617511520737...
        ("CHF", "EUR", "2020-01-06 15:00", "0.921658986175115207"),
        ("CHF", "CHF", "1999-01-01 00:00", "1"),
        ("AAA", "AAA", "2020-01-06 09:00", "1"),
    ],
)
def test_a_rate(base: str, quote: str, time: str, expected: str) -> None:
    assert TABLE.rate(base, quote, at(time)) == D(expected)
    assert TABLE.find(base, quote, at(time)) == D(expected)


@pytest.mark.parametrize(
    ("base", "quote", "time", "last"),
    [
        ("EUR", "USD", "2020-01-06 08:59:59.999999", None),
        ("EUR", "JPY", "2020-01-06 08:59:59.999999", None),
        # A week and a microsecond after noon.
        ("EUR", "USD", "2020-01-13 12:00:00.000001", "2020-01-06 12:00"),
        # The older of two legs counts.
        ("EUR", "JPY", "2020-01-13 09:00:00.000001", "2020-01-06 09:00"),
        ("SEK", "USD", "2020-01-06 12:00", None),
        ("SEK", "NOK", "2020-01-06 12:00", None),
        ("BTC", "USD", "2020-01-06 12:00", None),  # two steps, but not over the dollar
    ],
)
def test_a_missing_rate_names_pair_and_time(
    base: str, quote: str, time: str, last: str | None
) -> None:
    assert TABLE.find(base, quote, at(time)) is None
    with pytest.raises(MissingRate) as caught:
        TABLE.rate(base, quote, at(time))
    error = caught.value
    assert (error.base, error.quote, error.at) == (base, quote, from_ns(at(time)))
    assert error.last == (None if last is None else from_ns(at(last)))


def test_a_rate_lives_as_long_as_its_age_allows() -> None:
    table = TABLE.using(max_age=timedelta(hours=1))
    assert table.find("EUR", "USD", at("2020-01-06 10:00")) == D("1.117")
    assert table.find("EUR", "USD", at("2020-01-06 10:00") + 1) is None
    assert table.find("EUR", "USD", at("2020-01-06 12:00")) == D("1.119")
    assert TABLE.find("EUR", "USD", at("2020-01-13 12:00")) == D("1.119")
    at_once = TABLE.using(max_age=timedelta(0))
    assert at_once.find("EUR", "USD", at(MORNING)) == D("1.117")
    assert at_once.find("EUR", "USD", at(MORNING) + 1) is None


def test_an_old_rate_gives_way_to_a_newer_cross() -> None:
    table = rates(
        ("2020-01-06 00:00", "EUR/CHF", "1.08"),
        ("2020-01-14 00:00", "EUR/USD", "1.1"),
        ("2020-01-14 00:00", "USD/CHF", "0.9"),
    )
    assert table.rate("EUR", "CHF", at("2020-01-13 00:00")) == D("1.08")
    assert table.rate("EUR", "CHF", at("2020-01-14 00:00")) == D("0.99")


def test_another_pivot() -> None:
    table = TABLE.using(pivot="EUR")
    # 7000.12345678 x 1.117 = 7819.13790122326
    assert table.rate("BTC", "USD", at(MORNING)) == D("7819.13790122326")
    assert table.find("GBP", "JPY", at(MORNING)) is None


def test_a_pair_given_both_ways_is_used_both_ways() -> None:
    table = rates((MORNING, "EUR/USD", "1.25"), (MORNING, "USD/EUR", "0.79"))
    assert table.rate("EUR", "USD", at(MORNING)) == D("1.25")
    assert table.rate("USD", "EUR", at(MORNING)) == D("0.79")
    assert table.pairs == (("EUR", "USD"), ("USD", "EUR"))


def test_rates_of_other_pairs_can_be_filled_in() -> None:
    own = rates((MORNING, "EUR/USD", "1.25"))
    other = rates((MORNING, "USD/EUR", "0.79"), (MORNING, "USD/JPY", "110"))
    both = own.filled_from(other)
    assert both.pairs == (("EUR", "USD"), ("USD", "JPY"))
    assert both.rate("USD", "EUR", at(MORNING)) == D("0.8")
    assert (len(own), len(other), len(both)) == (1, 2, 2)


def test_there_may_be_no_rates() -> None:
    nothing = ExchangeRates()
    assert len(nothing) == 0
    assert nothing.pairs == ()
    assert nothing.rate("USD", "USD", 0) == 1
    assert nothing.frame().is_empty()
    assert ExchangeRates.from_frame(nothing.frame()).pairs == ()
    with pytest.raises(MissingRate):
        nothing.rate("EUR", "USD", 0)


def test_a_rate_too_small_for_eighteen_decimals_is_refused() -> None:
    table = rates(
        (MORNING, "USD/AAA", "100000000000000000"),
        (MORNING, "USD/BBB", "0.00000000000000001"),
    )
    assert table.rate("AAA", "USD", at(MORNING)) == D("1e-17")
    with pytest.raises(ScaleExceeded, match="derived rate"):
        table.rate("AAA", "BBB", at(MORNING))


# ------------------------------------------------------------------ out of frames

GOOD: dict[str, list[Any]] = {
    "timestamp": [datetime(2020, 1, 6, 9, tzinfo=UTC), datetime(2020, 1, 7, 9, tzinfo=UTC)],
    "base": ["EUR", "EUR"],
    "quote": ["USD", "USD"],
    "rate": ["1.10", "1.20"],
}


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        (
            "timestamp",
            [datetime(2020, 1, 6, 9, tzinfo=UTC)] * 2,
            "row 1: the pair has a rate of this time",
        ),
        ("timestamp", [datetime(2020, 1, 6, 9, tzinfo=UTC), None], "row 1: give a time"),
        ("timestamp", ["2020-01-06", "2020-01-07"], "column of times"),
        ("base", ["EUR", None], "row 1: give a currency"),
        ("quote", ["", "USD"], "row 0: give a currency"),
        ("quote", ["USD", "EUR"], "row 1: give another currency"),
        ("rate", ["1.10", None], "row 1: give a number"),
        ("rate", [D("1.10"), D(0)], "positive"),
        ("rate", [-1, 1], "positive"),
    ],
)
def test_a_frame_that_cannot_be_is_refused(column: str, values: list[Any], reason: str) -> None:
    with pytest.raises(DataValidationError, match=reason) as caught:
        ExchangeRates.from_frame(pl.DataFrame({**GOOD, column: values}))
    assert (caught.value.file, caught.value.column) == ("rates", column)


@pytest.mark.parametrize("column", GOOD)
def test_a_frame_without_a_column_is_refused(column: str) -> None:
    with pytest.raises(DataValidationError, match="missing"):
        ExchangeRates.from_frame(pl.DataFrame(GOOD).drop(column))


@pytest.mark.parametrize("rate", ["one", "1,1", float("inf")])
def test_a_rate_that_is_no_number_is_refused(rate: Any) -> None:
    with pytest.raises(InvalidNumber, match="rate"):
        ExchangeRates.from_frame(pl.DataFrame({**GOOD, "rate": [rate, rate]}))


def test_rates_that_eighteen_digits_do_not_hold_are_refused() -> None:
    for values in (["0.1234567890123456789", "1"], ["1234567890123456789", "1"],
                   ["12345678901.12345678", "1"], [D("1e20"), D("1.5")]):  # fmt: skip
        with pytest.raises(ScaleExceeded):
            ExchangeRates.from_frame(pl.DataFrame({**GOOD, "rate": values}))


def test_a_negative_age_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="max_age"):
        ExchangeRates(max_age=timedelta(seconds=-1))


@pytest.mark.parametrize(
    "values",
    [["1.10", "1.20"], [1.1, 1.2], [D("1.1"), D("1.2")], [D("1.1000"), D("1.2000")]],
    ids=["texts", "floats", "Decimals", "zeros"],
)
def test_the_form_of_numbers_does_not_matter(values: list[Any]) -> None:
    table = ExchangeRates.from_frame(pl.DataFrame({**GOOD, "rate": values}))
    assert table.rate("EUR", "USD", at("2020-01-07 09:00")) == D("1.2")
    assert table.fingerprint() == ExchangeRates.from_frame(pl.DataFrame(GOOD)).fingerprint()


def test_the_order_and_zone_of_rows_do_not_matter() -> None:
    frame = pl.DataFrame(GOOD).reverse()
    zoned = frame.with_columns(
        pl.col("timestamp").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")
    )
    for each in (frame, zoned):
        table = ExchangeRates.from_frame(each)
        assert table.rate("EUR", "USD", at("2020-01-06 09:00")) == D("1.1")
        assert table.find("EUR", "USD", at("2020-01-06 08:59")) is None


def test_a_date_is_known_at_its_end() -> None:
    frame = pl.DataFrame({**GOOD, "timestamp": [date(2020, 1, 6), date(2020, 1, 7)]})
    table = ExchangeRates.from_frame(frame)
    assert table.find("EUR", "USD", at("2020-01-06 23:59:59")) is None
    assert table.rate("EUR", "USD", at("2020-01-07 00:00")) == D("1.1")


def test_the_frame_shows_what_was_given() -> None:
    assert TABLE.frame().rows()[:2] == [
        (datetime(2020, 1, 6, 9, tzinfo=UTC), "BTC", "EUR", D("7000.12345678")),
        (datetime(2020, 1, 6, 9, tzinfo=UTC), "EUR", "USD", D("1.117")),
    ]
    assert TABLE.frame().schema["timestamp"] == pl.Datetime("ns", "UTC")


# ------------------------------------------------------------------ laws

CURRENCIES = ("USD", "EUR", "JPY", "CHF")
NUMBERS = st.decimals("0.000001", "99999", places=6) | st.decimals("0.01", "20", places=2)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(CURRENCIES),
        st.sampled_from(CURRENCIES),
        NUMBERS,
    ).filter(lambda row: row[1] != row[2]),
    max_size=25,
    unique_by=lambda row: row[:3],
)


def made(rows: list[tuple[int, str, str, Decimal]], hours: int) -> ExchangeRates:
    frame = pl.DataFrame(
        [(hour * HOUR, base, quote, str(rate)) for hour, base, quote, rate in rows],
        schema={"at": pl.Int64, "base": pl.String, "quote": pl.String, "rate": pl.String},
        orient="row",
    ).with_columns(pl.from_epoch("at", "ns").alias("timestamp"))
    return ExchangeRates.from_frame(frame, max_age=timedelta(hours=hours))


def plainly(
    rows: list[tuple[int, str, str, Decimal]], base: str, quote: str, hour: Fraction, age: int
) -> Fraction | None:
    """The rate by the words of the rule: given, else inverse, else crossed over the dollar."""

    def given(one: str, other: str) -> Fraction | None:
        known = [row for row in rows if row[1:3] == (one, other) and row[0] <= hour]
        newest = max(known, default=None)
        if newest is None or hour - newest[0] > age:
            return None
        return Fraction(newest[3])

    def direct(one: str, other: str) -> Fraction | None:
        forwards, backwards = given(one, other), given(other, one)
        return forwards or (1 / backwards if backwards else None)

    if base == quote:
        return Fraction(1)
    legs = direct(base, "USD"), direct("USD", quote)
    if "USD" in {base, quote} or direct(base, quote):
        return direct(base, quote)
    return legs[0] * legs[1] if legs[0] and legs[1] else None


@given(
    rows=ROWS,
    asked=st.lists(
        st.tuples(
            st.sampled_from(CURRENCIES),
            st.sampled_from(CURRENCIES),
            st.fractions(-1, 60, max_denominator=4),
        ),
        min_size=1,
        max_size=20,
    ),
    age=st.integers(0, 30),
)
def test_any_question_in_any_order_is_answered_as_by_a_plain_search(
    rows: list[tuple[int, str, str, Decimal]], asked: list[tuple[str, str, Fraction]], age: int
) -> None:
    table = made(rows, age)
    for base, quote, hour in asked:
        expected = plainly(rows, base, quote, hour, age)
        found = table.find(base, quote, int(hour * HOUR))
        if expected is None:
            assert found is None
            continue
        with localcontext(prec=80, rounding=ROUND_HALF_EVEN):
            exact = D(expected.numerator) / D(expected.denominator)
            assert found == exact.quantize(D("1e-18"))


@given(rows=ROWS, hour=st.integers(0, 40), other=ROWS)
def test_later_rates_change_nothing(
    rows: list[tuple[int, str, str, Decimal]],
    hour: int,
    other: list[tuple[int, str, str, Decimal]],
) -> None:
    past = [row for row in rows if row[0] <= hour]
    here = made(past, 24)
    there = made(past + [row for row in other if row[0] > hour], 24)
    for base in CURRENCIES:
        for quote in CURRENCIES:
            moment = hour * HOUR
            assert here.find(base, quote, moment) == there.find(base, quote, moment)


@given(rate=NUMBERS)
def test_a_rate_and_its_inverse_multiply_to_one(rate: Decimal) -> None:
    table = made([(0, "EUR", "USD", rate)], 1)
    there, back = table.rate("EUR", "USD", 0), table.rate("USD", "EUR", 0)
    # The inverse is off by half a unit of its last place at most.
    assert abs(Fraction(there) * Fraction(back) - 1) <= Fraction(rate) / (2 * 10**18)


@through_files
@given(rows=ROWS)
def test_a_frame_gives_back_every_rate(rows: list[tuple[int, str, str, Decimal]]) -> None:
    table = made(rows, 1)
    again = ExchangeRates.from_frame(table.frame())
    assert again.frame().equals(table.frame())
    assert again.fingerprint() == table.fingerprint()
    told = {(to_ns(stamp) // HOUR, *pair, rate) for stamp, *pair, rate in table.frame().rows()}
    assert told == {(hour, base, quote, rate) for hour, base, quote, rate in rows}
