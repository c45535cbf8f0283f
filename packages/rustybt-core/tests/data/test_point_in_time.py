"""Facts as they were known: worked out by hand, against a plain search, and without a future."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.calendars import get_calendar, to_ns
from rustybt.data.facts import read_facts
from rustybt.data.point_in_time import FactReader, PointInTime
from rustybt.errors import DataValidationError, InvalidArgument, LookaheadError

Row = tuple[str, str, str, str | None, str | None]


def facts(*rows: Row, **options: Any) -> PointInTime:
    """Of rows of symbol, effective_at, known_at, eps and sector, all of them texts."""
    columns = ("symbol", "effective_at", "known_at", "eps", "sector")
    frame = pl.DataFrame(rows, dict.fromkeys(columns, pl.String), orient="row")
    return PointInTime(read_facts(frame, texts=("sector",), **options))


# Earnings per share of two companies. ACME's first quarter is restated on 20 June, after its second
# quarter has ended but before that is reported; its fourth quarter of 2022 is restated last of all.
ROWS: tuple[Row, ...] = (
    ("ACME", "2022-12-31", "2023-02-10T21:30:00Z", "0.80", "Tools"),
    ("ACME", "2023-03-31", "2023-05-04T20:30:00Z", "1.20", None),
    ("ACME", "2023-03-31", "2023-06-20T12:00:00Z", "0.95", None),
    ("ACME", "2023-06-30", "2023-08-03T20:30:00Z", "1.05", "Software"),
    ("ACME", "2022-12-31", "2023-09-01T12:00:00Z", "0.78", None),
    ("BOLT", "2023-03-31", "2023-05-15", "-0.125", "Metals"),
)

# What is known of ACME's eps, BOLT's eps and ACME's sector. A date as known_at is the end of that
# day in UTC; a fact about an earlier time than the newest that is known changes nothing.
KNOWN = [
    ("2023-02-10T21:29:59Z", None, None, None),
    ("2023-02-10T21:30:00Z", "0.80", None, "Tools"),
    ("2023-05-04T20:29:59Z", "0.80", None, "Tools"),
    ("2023-05-04T20:30:00Z", "1.20", None, "Tools"),
    ("2023-05-15T23:59:59Z", "1.20", None, "Tools"),
    ("2023-05-16T00:00:00Z", "1.20", "-0.125", "Tools"),
    ("2023-06-20T12:00:00Z", "0.95", "-0.125", "Tools"),
    ("2023-08-03T20:30:00Z", "1.05", "-0.125", "Software"),
    ("2023-09-01T12:00:00Z", "1.05", "-0.125", "Software"),
    ("2030-01-01T00:00:00Z", "1.05", "-0.125", "Software"),
]


def number(text: str | None) -> D | None:
    return None if text is None else D(text)


@pytest.mark.parametrize(("at", "acme", "bolt", "sector"), KNOWN)
def test_the_newest_that_is_known(
    at: str, acme: str | None, bolt: str | None, sector: str | None
) -> None:
    known = facts(*ROWS)
    assert known.value("ACME", "eps", to_ns(at)) == number(acme)
    assert known.value("BOLT", "eps", to_ns(at)) == number(bolt)
    assert known.value("ACME", "sector", to_ns(at)) == sector
    assert known.value("NONE", "eps", to_ns(at)) is None
    frame = known.as_of(at, ["BOLT", "ACME", "NONE"], ["eps"])
    assert frame.rows() == [("BOLT", number(bolt)), ("ACME", number(acme)), ("NONE", None)]


def test_symbols_are_not_told_before_they_are_known() -> None:
    known = facts(*ROWS)
    assert known.as_of("2023-01-01").height == 0
    assert known.as_of("2023-03-01").rows() == [("ACME", D("0.80"), "Tools")]
    assert known.as_of("2023-06-01")["symbol"].to_list() == ["ACME", "BOLT"]
    assert known.as_of().rows() == [
        ("ACME", D("1.05"), "Software"),
        ("BOLT", D("-0.125"), "Metals"),
    ]


def test_history_is_as_it_was_stated_then() -> None:
    known = facts(*ROWS)

    def seen(at: str, periods: int) -> list[tuple[date, D]]:
        rows = known.history("ACME", "eps", periods, at).rows()
        return [(about.date(), value) for about, _, value in rows]

    fourth, first, second = date(2022, 12, 31), date(2023, 3, 31), date(2023, 6, 30)
    assert seen("2023-06-01", 4) == [(fourth, D("0.80")), (first, D("1.20"))]
    assert seen("2023-07-01", 4) == [(fourth, D("0.80")), (first, D("0.95"))]
    assert seen("2023-10-01", 4) == [(fourth, D("0.78")), (first, D("0.95")), (second, D("1.05"))]
    assert seen("2023-10-01", 2) == [(first, D("0.95")), (second, D("1.05"))]
    assert seen("2022-10-01", 2) == []
    with pytest.raises(InvalidArgument, match="periods was 0"):
        known.history("ACME", "eps", 0)


def test_panels_of_sessions() -> None:
    calendar = get_calendar("XNYS")
    # 4 May 2023 closes at 20:00 UTC, half an hour before the report; 20 June is restated at 12:00,
    # before the open at 13:30.
    sessions = [calendar.session_index(day) for day in ("2023-05-04", "2023-05-05", "2023-06-20")]
    known = facts(*ROWS)

    def seen(**options: Any) -> list[D | None]:
        return [
            known.session_panel("eps", ["ACME"], calendar, range(at, at + 1), **options)["eps"][0]
            for at in sessions
        ]

    assert seen() == [D("0.80"), D("1.20"), D("0.95")]
    assert seen(known_by="open") == [D("0.80"), D("1.20"), D("0.95")]
    late = facts(("ACME", "2023-05-01", "2023-05-04T18:00:00Z", "2", None))
    at = sessions[0]
    for known_by, value in (("open", None), ("close", D(2))):
        panel = late.session_panel("eps", ["ACME"], calendar, range(at, at + 1), known_by=known_by)  # type: ignore[arg-type]
        assert panel.rows() == [(date(2023, 5, 4), "ACME", value)]


def test_a_panel_is_a_matrix_in_the_orders_given() -> None:
    at = [datetime(2023, 6, 1, tzinfo=UTC), datetime(2023, 3, 1, tzinfo=UTC)]
    panel = facts(*ROWS).panel("eps", ["BOLT", "NONE", "ACME"], at)
    assert panel.columns == ["timestamp", "symbol", "eps"]
    assert panel["symbol"].to_list() == ["BOLT", "NONE", "ACME"] * 2
    assert panel["eps"].to_list() == [D("-0.125"), None, D("1.20"), None, None, D("0.80")]


def test_nothing_after_the_present_can_be_asked_for() -> None:
    now = to_ns("2023-06-01")
    known = facts(*ROWS).until(lambda: now)
    assert isinstance(known, FactReader)
    assert known.as_of(fields=["eps"]).rows() == [("ACME", D("1.20")), ("BOLT", D("-0.125"))]
    assert known.history("ACME", "eps", 1)["eps"].to_list() == [D("1.20")]
    asking: list[Callable[[], object]] = [
        lambda: known.value("ACME", "eps", now + 1),
        lambda: known.as_of("2023-06-02"),
        lambda: known.history("ACME", "eps", 1, "2023-06-02"),
        lambda: known.panel("eps", ["ACME"], ["2023-05-01", "2023-06-02"]),
    ]
    for ask in asking:
        with pytest.raises(LookaheadError, match="at 2023-06-01 00:00:00"):
            ask()


def test_a_field_that_is_not_there() -> None:
    for ask in (facts(*ROWS).is_text, lambda field: facts(*ROWS).value("ACME", field, 0)):
        with pytest.raises(InvalidArgument, match="there are eps, sector"):
            ask("book")


# ------------------------------------------------------------------ laws

DAY = 86_400_000_000_000
symbols = st.sampled_from(["A", "B"])
drawn = st.tuples(symbols, st.integers(0, 6), st.integers(0, 12), st.integers(-5, 5))


def frame_of(rows: list[tuple[str, int, int, int]]) -> pl.DataFrame:
    """Rows of symbol, day that they are about, day they are known, value; the first of each key."""
    kept = {(symbol, about, about + later): value for symbol, about, later, value in rows[::-1]}
    return pl.DataFrame(
        [
            (symbol, about * DAY, known * DAY, D(value))
            for (symbol, about, known), value in kept.items()
        ],
        schema={
            "symbol": pl.String,
            "effective_at": pl.Datetime("ns", "UTC"),
            "known_at": pl.Datetime("ns", "UTC"),
            "x": pl.Decimal(18, 0),
        },
        orient="row",
    )


def searched(frame: pl.DataFrame, symbol: str, at: int) -> D | None:
    """The newest value by a search through all rows."""
    rows = frame.with_columns(pl.col("effective_at", "known_at").to_physical()).rows()
    known = [(about, since, x) for name, about, since, x in rows if name == symbol and since <= at]
    return max(known, key=lambda row: row[:2])[2] if known else None


@given(st.lists(drawn, max_size=14))
def test_every_way_to_ask_finds_what_a_search_finds(rows: list[tuple[str, int, int, int]]) -> None:
    frame = frame_of(rows)
    known = PointInTime.of(frame)
    times = [day * DAY for day in range(20)]
    panel = known.panel("x", ["A", "B"], times)["x"].to_list()
    for place, at in enumerate(times):
        expected = [searched(frame, symbol, at) for symbol in ("A", "B")]
        assert [known.value(symbol, "x", at) for symbol in ("A", "B")] == expected
        assert known.as_of(at, ["A", "B"])["x"].to_list() == expected
        assert panel[2 * place : 2 * place + 2] == expected
        last = [known.history(symbol, "x", 1, at)["x"].to_list() for symbol in ("A", "B")]
        assert last == [[] if value is None else [value] for value in expected]


@given(st.lists(drawn, max_size=10), st.lists(drawn, max_size=10), st.integers(0, 18))
def test_what_is_known_later_changes_nothing(
    rows: list[tuple[str, int, int, int]], others: list[tuple[str, int, int, int]], now: int
) -> None:
    """Two worlds that agree on what is known by now show the same now and before."""
    past = frame_of(rows).filter(pl.col("known_at").to_physical() <= now * DAY)
    future = frame_of(others).filter(pl.col("known_at").to_physical() > now * DAY)
    here, there = PointInTime.of(past), PointInTime.of(pl.concat([future, past]))
    times = [day * DAY for day in range(now + 1)]
    assert here.panel("x", ["A", "B"], times).equals(there.panel("x", ["A", "B"], times))
    for at in times:
        assert here.as_of(at).equals(there.as_of(at))
        for symbol in ("A", "B"):
            assert here.value(symbol, "x", at) == there.value(symbol, "x", at)
            assert here.history(symbol, "x", 3, at).equals(there.history(symbol, "x", 3, at))


# ------------------------------------------------------------------ tables


def table(**columns: Any) -> pl.DataFrame:
    rows = max(len(values) for values in columns.values())
    given = {
        "symbol": ["ACME"] * rows,
        "effective_at": [date(2023, 3, 31)] * rows,
        "known_at": [date(2023, 5, 1 + row) for row in range(rows)],
    }
    return pl.DataFrame({**given, **columns})


def test_numbers_are_exact_at_a_scale_per_field() -> None:
    read = read_facts(
        table(
            eps=[0.1, 1.25],  # a float means its shortest text
            revenue=[D("123456789012345.67"), D("-1.10")],
            shares=[1, 10**17],
            sector=["Tools", " "],
            empty=[None, None],
        )
    )
    assert dict(read.schema) == {
        "symbol": pl.String,
        "effective_at": pl.Datetime("ns", "UTC"),
        "known_at": pl.Datetime("ns", "UTC"),
        "eps": pl.Decimal(18, 2),
        "revenue": pl.Decimal(18, 2),
        "shares": pl.Decimal(18, 0),
        "sector": pl.String,
        "empty": pl.Decimal(18, 0),
    }
    assert read["eps"].to_list() == [D("0.10"), D("1.25")]
    assert read["revenue"].to_list() == [D("123456789012345.67"), D("-1.10")]
    assert read["shares"].to_list() == [D(1), D(10**17)]
    assert read["sector"].to_list() == ["Tools", None]


def test_columns_of_texts_are_numbers_where_others_are_named() -> None:
    given = table(eps=["1.10", ""], sector=["Tools", "45"])
    assert read_facts(given)["eps"].to_list() == ["1.10", None]
    assert read_facts(given, texts=["sector"])["eps"].to_list() == [D("1.1"), None]
    with pytest.raises(DataValidationError, match="column sector in row 0: was 'Tools'; give"):
        read_facts(given, texts=[])


def test_rows_that_say_the_same_are_one_and_those_that_complete_each_other_too() -> None:
    given = table(eps=[D("1.10"), D("1.1"), None], book=[None, None, 5])
    same = given.with_columns(pl.lit(date(2023, 5, 1)).alias("known_at"))
    assert read_facts(same)[["eps", "book"]].rows() == [(D("1.1"), D(5))]


BAD = [
    (table(eps=[1]).drop("known_at"), "column known_at: the column is missing"),
    (table(eps=[1]).drop("eps"), "there is no field"),
    (table(timestamp=[1]), "column timestamp: a field cannot have this name"),
    (table(eps=[True]), "column eps: a field holds numbers or texts, and this is Boolean"),
    (table(eps=[1, 2], symbol=["A", " "]), "column symbol in row 1: was ' '; give a symbol"),
    (table(eps=[1, 2], symbol=["A", None]), "column symbol in row 1: was ''; give a symbol"),
    (table(eps=[1], symbol=[1]), "column symbol: give a column of texts; this is Int64"),
    (table(eps=[1, -(2**63)]), "column eps in row 1: .*; a number has at most 18 digits"),
    (table(eps=[1], known_at=["May 1"]), "column known_at in row 0: was 'May 1'; write dates"),
    (table(eps=[1], known_at=[None]), "column known_at in row 0: was ''; give a time"),
    (table(eps=[1], known_at=[20230501]), "column known_at in row 0: was 'Int64'; give a column"),
    (table(eps=[1], known_at=[date(9999, 12, 31)]), "row 0: .*; give a time from 1678 to 2261"),
    (table(eps=[1], known_at=["9999-12-31"]), "row 0: was '9999-12-31'; give a time from 1678"),
    (table(eps=[1.0, float("inf")]), "column eps in row 1: was inf; give a number"),
    (table(eps=[1, 10**18]), "column eps in row 1: was 1000000000000000000; .* 18 digits"),
    (table(eps=[D("0.5"), D(10**19)]), "column eps in row 1: .*; a number has at most 18 digits"),
    (
        table(eps=[1, 2], known_at=["2023-05-01", "2023-03-29"]),
        "column known_at in row 1: .*; it is known before effective_at",
    ),
    (
        table(eps=[1, 2], known_at=["2023-05-01", "2023-05-01"]),
        "column eps in row 1: .*; row 0 says 1, of the same symbol, effective_at, known_at",
    ),
]


@pytest.mark.parametrize(("frame", "message"), BAD)
def test_what_is_wrong_is_named(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(DataValidationError, match=message):
        read_facts(frame)


TEXTS = [
    "", " ", "A", "B", "2023-01-01", "2023-13-01", "2023-01-01T25:00", "2023-01-01T05:30+05:30",
    "9999-12-31", "0001-01-01", "20230101", "1.50", "1e5", "1E+400", "1e-30", "NaN", "-inf", "1,5",
    "0x10", "1.0000000000000000000000001", "12345678901234567890", "1/2", "\x00", "true",
]  # fmt: skip
anything = st.one_of(
    st.lists(st.sampled_from(TEXTS) | st.none(), min_size=3, max_size=3),
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.none(), min_size=3, max_size=3),
    st.lists(st.floats() | st.none(), min_size=3, max_size=3),
    st.lists(st.dates() | st.none(), min_size=3, max_size=3),
    st.lists(st.datetimes() | st.none(), min_size=3, max_size=3),
    st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=9), min_size=3, max_size=3),
    st.lists(st.booleans() | st.none(), min_size=3, max_size=3),
)
columns = st.sampled_from(["symbol", "effective_at", "known_at", "eps"])


@given(st.dictionaries(columns, anything, max_size=2), st.booleans(), st.booleans())
def test_anything_at_all_is_a_table_or_an_error_that_names_it(
    wild: dict[str, list[Any]], numbers: bool, forecasts: bool
) -> None:
    frame = table(eps=[1, 2, 3]).with_columns(
        pl.Series(name, cells, strict=False) for name, cells in wild.items()
    )
    try:
        read = read_facts(frame, texts=() if numbers else None, forecasts=forecasts)
    except DataValidationError:
        return
    assert set(read["symbol"]) == {str(text).strip() for text in frame["symbol"]}
    assert PointInTime(read).as_of().height == len(set(read["symbol"]))


def test_a_forecast_is_known_before_its_time() -> None:
    row = ("ACME", "2023-12-31", "2023-05-04T20:30:00Z", "5.00", None)
    known = facts(row, forecasts=True)
    assert known.value("ACME", "eps", to_ns("2023-06-01")) == D("5.00")
    with pytest.raises(DataValidationError, match="known before effective_at"):
        facts(row)


def test_times_of_other_zones_and_units() -> None:
    stamps = pl.Series("known_at", [datetime(2023, 5, 4, 16, 30)]).dt.replace_time_zone(  # noqa: DTZ001
        "America/New_York"
    )
    read = read_facts(table(eps=[1]).with_columns(stamps))
    assert read["known_at"].to_list() == [datetime(2023, 5, 4, 20, 30, tzinfo=UTC)]
