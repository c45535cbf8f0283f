"""Whatever a table or a file holds: it is read, or refused with the place of what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from csv_folders import GOOD, HEADER, write
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rustybt.calendars import get_calendar
from rustybt.data.actions import TABLES, dividend_frame, split_frame
from rustybt.data.rates import ExchangeRates
from rustybt.errors import DataValidationError, ScaleExceeded
from rustybt_data.adjustments import read_actions, read_dividends, read_splits
from rustybt_data.csvdir.actions import folder_actions, folder_rates
from rustybt_data.csvdir.listing import Listing
from rustybt_data.csvdir.options import CsvOptions
from rustybt_data.origin import Origin
from rustybt_data.rates import read_rates

ORIGIN = Origin("fuzz.csv", lambda row: row + 2)

TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        " ",
        "1",
        "0",
        "-1",
        "1/2",
        "2/3/4",
        "0/0",
        "1e400",
        "1e-400",
        "1E999999999999",
        "0." + "3" * 40,
        "9" * 40,
        "nan",
        "inf",
        "٣",
        "1_000",
        "2021-03-01",
        "20210301",
        "2021-03-01T10:00:00Z",
        "0001-01-01",
        "9999-12-31",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00",
        "USD",
        "cash",
        "drop",
    ]
)
COLUMNS = sorted(
    {column for table in TABLES.values() for column in table.columns}
    | {"amount", "payment_sid", "symbol", "child", "acquirer", "date", "base", "quote", "rate"}
)
USUAL = {
    "date": st.sampled_from(["2021-03-01", "2021-03-02", "20210303", "2021-03-04T10:00:00Z"]),
    "sid": st.sampled_from("0123456789"),
    "fractions": st.sampled_from(["cash", "drop", "round_up"]),
    "currency": st.sampled_from(["USD", "EUR", "JPY"]),
    "number": st.sampled_from(["1", "0.5", "3/4", "12.50", "0.6667", "100"]),
}
"""What a cell usually is, by the end of its column's name."""


def usual(column: str) -> st.SearchStrategy[str]:
    kinds = {"timestamp": "date", "base": "currency", "quote": "currency"}
    return USUAL.get(kinds.get(column, column.rpartition("_")[2]), USUAL["number"])


@st.composite
def tables(draw: st.DrawFn, columns: list[str]) -> pl.DataFrame:
    """Tables of texts that are often right; sometimes a column is missing."""
    height = draw(st.integers(0, 4))
    wild = draw(st.sampled_from([st.nothing(), st.nothing(), TEXTS, st.none() | TEXTS]))
    left_out = draw(st.sampled_from([None] * 3 * len(columns) + columns))
    cells = {
        column: draw(st.lists(usual(column) | wild, min_size=height, max_size=height))
        for column in columns
        if column != left_out
    }
    return pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))


READERS: dict[str, Callable[[pl.DataFrame], list[Any]]] = {
    "splits": lambda table: read_splits(table, ORIGIN),
    "dividends": lambda table: read_dividends(table, ORIGIN),
    **{
        name: lambda table, name=name: read_actions(name, table, ORIGIN)  # type: ignore[misc]
        for name in TABLES
    },
}


OWN_COLUMNS = {
    "splits": ["sid", "effective_date", "ratio"],
    "dividends": ["sid", "ex_date", "pay_date", "amount", "declared_date", "currency"],
    **{name: list(table.columns) for name, table in TABLES.items()},
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_any_table_is_read_or_refused(name: str, data: st.DataObject) -> None:
    table = data.draw(tables(OWN_COLUMNS[name]))
    try:
        found = READERS[name](table)
    except DataValidationError as error:
        _check_place(error)
        return
    assert len(found) == table.height
    # What was read can be stored, and read again.
    assert READERS[name](_frame(name, found)) == found


def _check_place(error: DataValidationError) -> None:
    assert error.file == ORIGIN.name
    assert error.column


def _frame(name: str, found: list[Any]) -> pl.DataFrame:
    if name == "dividends":
        return dividend_frame(found)
    if name != "splits":
        return TABLES[name].frame(found)
    ratio = pl.concat_str("numerator", pl.lit("/"), "denominator").alias("ratio")
    return split_frame(found).with_columns(ratio)


@pytest.mark.parametrize(
    ("name", "column", "number"),
    [
        ("splits", "effective_date", 10**18),
        ("splits", "effective_date", -(10**18)),
        ("splits", "sid", 2**63),
        ("splits", "sid", 0.5),
        ("splits", "ratio", float("inf")),
        ("splits", "ratio", True),
        ("delistings", "price", 1e300),
        ("delistings", "effective_date", 1.5),
    ],
)
def test_numbers_that_cannot_be_are_refused(name: str, column: str, number: object) -> None:
    good = {"sid": 1, "effective_date": "2021-03-01", "ratio": "2", "price": "1"}
    table = pl.DataFrame({key: [value] for key, value in {**good, column: number}.items()})
    with pytest.raises(DataValidationError) as caught:
        READERS[name](table)
    assert caught.value.column == column


@given(table=tables(["timestamp", "base", "quote", "rate"]))
def test_any_rates_are_read_or_refused(table: pl.DataFrame) -> None:
    try:
        frame = read_rates(table, ORIGIN, calendar=get_calendar("24/7"), label="timestamp")
        rates = ExchangeRates.from_frame(frame)
    except (DataValidationError, ScaleExceeded):
        return
    assert len(rates) == table.height


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prices")
    for symbol in "ABCD":
        write(folder, f"daily/{symbol}.csv", HEADER, GOOD)
    return folder


LINES = st.lists(
    st.lists(TEXTS | st.sampled_from(list("ABCD")), min_size=1, max_size=6).map(",".join),
    max_size=5,
)


# Eight files are written and read for each number of examples.
@settings(max_examples=max(settings().max_examples // 8, 1))
@pytest.mark.parametrize("name", [*READERS, "rates"])
@given(
    header=st.lists(st.sampled_from(COLUMNS) | TEXTS, min_size=1, max_size=6),
    lines=LINES | st.binary(max_size=60),
)  # fmt: skip
@example(header=["symbol"], lines=['"'])
@example(header=['"', "\n"], lines=["A,B"])
def test_any_file_is_read_or_refused(
    place: Path, name: str, header: list[str], lines: list[str] | bytes
) -> None:
    text = ",".join(header).encode("utf-8", "surrogatepass") + b"\n"
    if isinstance(lines, bytes):
        text += lines
    else:
        text += "\n".join(lines).encode("utf-8", "surrogatepass")
    file = place / f"{name}.csv"
    file.write_bytes(text)
    listing = Listing.read(place, [place / "daily"])
    try:
        folder_actions(place, listing, CsvOptions())
        folder_rates(place, CsvOptions(), get_calendar("XNYS"))
    except DataValidationError as error:
        _check_file(error, file)
    finally:
        file.unlink()


def _check_file(error: DataValidationError, file: Path) -> None:
    assert error.file == str(file)
    assert error.reason
