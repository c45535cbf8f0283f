"""Rates that are revised, and benchmarks as tables: worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest

from rustybt.calendars import get_calendar, to_ns
from rustybt.data.benchmark_tables import benchmark_returns, read_benchmark
from rustybt.data.fixings import rates_of, read_fixings
from rustybt.errors import DataValidationError, InvalidArgument

XNYS = get_calendar("XNYS")


def fixings(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    """Of rows of a pair such as EUR/USD, effective_at, known_at and rate."""
    return pl.DataFrame(
        [(*pair.split("/"), about, known, rate) for pair, about, known, rate in rows],
        dict.fromkeys(("base", "quote", "effective_at", "known_at", "rate"), pl.String),
        orient="row",
    )


# The euro's fixing of 1 June is revised on the 3rd, when that of the 2nd is known: too late to
# change anything. That of the 2nd is revised in the evening of the 3rd and counts at once.
EUROS = fixings(
    ("EUR/USD", "2020-06-01T14:00Z", "2020-06-01T15:00Z", "1.1100"),
    ("EUR/USD", "2020-06-02T14:00Z", "2020-06-02T15:00Z", "1.1200"),
    ("EUR/USD", "2020-06-01T14:00Z", "2020-06-03T09:00Z", "1.1111"),
    ("EUR/USD", "2020-06-02T14:00Z", "2020-06-03T18:00Z", "1.1250"),
    ("USD/JPY", "2020-06-01T14:00Z", "2020-06-01T15:00Z", "107.5500000001"),
)


@pytest.mark.parametrize(
    ("at", "rate"),
    [
        ("2020-06-01T14:59:59Z", None),
        ("2020-06-01T15:00:00Z", "1.11"),
        ("2020-06-02T15:00:00Z", "1.12"),
        ("2020-06-03T09:00:00Z", "1.12"),
        ("2020-06-03T17:59:59Z", "1.12"),
        ("2020-06-03T18:00:00Z", "1.125"),
    ],
)
def test_a_revision_counts_from_when_it_is_known(at: str, rate: str | None) -> None:
    rates = rates_of(EUROS)
    assert rates.find("EUR", "USD", to_ns(at)) == (None if rate is None else D(rate))


def test_rates_are_exact() -> None:
    at = to_ns("2020-06-02")
    assert rates_of(EUROS).rate("USD", "JPY", at) == D("107.5500000001")
    read = read_fixings(EUROS)
    assert read["rate"].dtype == pl.Decimal(38, 10)
    assert read.columns == ["base", "quote", "effective_at", "known_at", "rate"]


def test_a_table_without_effective_at_is_known_from_its_timestamp_on() -> None:
    plain = pl.DataFrame(
        {
            "timestamp": [datetime(2020, 6, 1, 15, tzinfo=UTC)],
            "base": ["EUR"],
            "quote": ["USD"],
            "rate": ["1.11"],
        }
    )
    assert rates_of(plain).rate("EUR", "USD", to_ns("2020-06-01T15:00Z")) == D("1.11")


ROW = ("EUR/USD", "2020-06-01", "2020-06-02", "1.11")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(*ROW[:3], "1,11")], "column rate in row 0: was '1,11'; give a positive number"),
        ([ROW, (*ROW[:3], "-1")], "column rate in row 1: was '-1'; give a positive number"),
        ([(*ROW[:3], "0.0000000000000000001")], "row 0: .*; a rate has at most 18 digits"),
        ([("EUR/EUR", *ROW[1:])], "column quote in row 0: was 'EUR'; give another currency"),
        ([(*ROW[:2], "2020-05-30", "1")], "column known_at in row 0: .*; it is known before"),
        ([ROW, (*ROW[:3], "1.12")], "column rate in row 1: .*; row 0 says 1.11, of the same base"),
    ],
)
def test_what_is_wrong_with_rates_is_named(rows: list[Any], message: str) -> None:
    with pytest.raises(DataValidationError, match=message):
        read_fixings(fixings(*rows))


# ------------------------------------------------------------------ benchmarks

DAYS = [date(2020, 5, 29), date(2020, 6, 1), date(2020, 6, 2), date(2020, 6, 3)]
FIRST = XNYS.session_index("2020-06-01")
RUN = range(FIRST, FIRST + 3)


def test_returns_of_levels_are_those_from_session_to_session() -> None:
    """From 100 to 110, to 99 and, as restated from 100, to 108.9: 10 %, -10 %, 10 %."""
    levels = {"session": [*DAYS, DAYS[3]], "level": ["100", "110", "99", "100", "108.9"]}
    known = [*DAYS, date(2020, 6, 5)]
    numbers = pl.col("level").cast(pl.Decimal(18, 2))
    table = read_benchmark(pl.DataFrame({**levels, "known_at": known}).with_columns(numbers))
    assert benchmark_returns(table, XNYS, RUN, name="index").tolist() == [0.1, -0.1, 0.1]


def test_returns_are_taken_as_they_are() -> None:
    table = read_benchmark(pl.DataFrame({"date": DAYS[1:], "return": [0.01, -0.02, 0.0]}))
    assert benchmark_returns(table, XNYS, RUN, name="index").tolist() == [0.01, -0.02, 0.0]
    assert table["known_at"][0] == datetime(2020, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"session": DAYS[:2], "level": [1, 2]}, "index.*no level of 2020-06-02, 2020-06-03;"),
        ({"session": DAYS[1:], "level": [1, 2, 3]}, "no level of 2020-05-29; add them"),
        ({"session": DAYS[3:], "return": [1]}, "no return of 2020-06-01, 2020-06-02; add"),
        ({"session": DAYS[:1], "level": [1]}, "2020-06-01, 2020-06-02, 2020-06-03; add"),
    ],
)
def test_missing_sessions_are_named(columns: Any, message: str) -> None:
    table = read_benchmark(pl.DataFrame(columns))
    with pytest.raises(InvalidArgument, match=message):
        benchmark_returns(table, XNYS, RUN, name="index")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"session": DAYS[:1]}, "give either return or level"),
        ({"session": DAYS[:1], "return": [1], "level": [1]}, "give either return or level"),
        ({"level": [1]}, "column session: the column is missing"),
        ({"session": DAYS[:2], "level": [1, 0]}, "column level in row 1: was .*; give a positive"),
        ({"session": DAYS[:2], "return": [1, None]}, "column return in row 1: was ''; give a num"),
        ({"session": [DAYS[0]] * 2, "return": [1, 2]}, "row 0 says 1, of the same session, known"),
    ],
)
def test_what_is_wrong_with_a_benchmark_is_named(columns: Any, message: str) -> None:
    with pytest.raises(DataValidationError, match=message):
        read_benchmark(pl.DataFrame(columns))
