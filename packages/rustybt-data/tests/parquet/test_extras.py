"""Columns beside the fields of bars, written and read back."""

import json
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from csv_folders import HEADER, ingested, write
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.assets import Equity, Future, Perpetual
from rustybt.calendars import always_open, get_calendar, to_day, to_ns
from rustybt.clock.resolution import MINUTE, SESSION
from rustybt.data.bundle import BundleData
from rustybt.data.readers import extra_fields_of
from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS
from rustybt.errors import DataValidationError
from rustybt_data.parquet import (
    PolarsParquetDailyReader,
    PolarsParquetMinuteReader,
    layout,
)
from rustybt_data.parquet.spill import ROWS_IN_MEMORY
from rustybt_data.parquet.writer import ParquetBarWriter

DAYS = ("2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04")
BAR = ("10", "11", "9", "10.5", "100")
QUIET = (None,) * 5


def frame(*rows: tuple[Any, ...], columns: tuple[str, ...]) -> pl.DataFrame:
    names = ("date", *BAR_FIELDS, *columns)
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def daily(
    folder: Path, frames: dict[int, pl.DataFrame], rows_in_memory: int = ROWS_IN_MEMORY
) -> PolarsParquetDailyReader:
    writer = ParquetBarWriter(folder, SESSION, get_calendar("XNYS"), rows_in_memory=rows_in_memory)
    writer.write(frames.items())
    writer.finish()
    return PolarsParquetDailyReader(folder)


INTEREST = frame(
    (DAYS[0], *BAR, "700"),
    (DAYS[1], *BAR, None),
    (DAYS[2], *QUIET, "650"),  # no trade, but contracts are open
    (DAYS[3], "0", "0", "0", "0", "0", "0"),
    columns=("open_interest",),
)
FUNDING = frame((DAYS[1], *BAR, "-0.000012345678901234"), columns=("funding_rate",))
PLAIN = frame((DAYS[0], *BAR), (DAYS[1], *BAR), columns=())


@pytest.fixture
def reader(tmp_path: Path) -> PolarsParquetDailyReader:
    return daily(tmp_path / "bars", {3: INTEREST, 5: FUNDING, 8: PLAIN})


def rows(reader: PolarsParquetDailyReader, fields: tuple[str, ...]) -> list[tuple[Any, ...]]:
    first = to_day(DAYS[0])
    found = reader.read((3, 5, 8), first, first + 10, fields)
    return [(at - first, *values) for at, *values in found.iter_rows()]


def test_columns_are_kept_with_a_scale_of_their_own(reader: PolarsParquetDailyReader) -> None:
    assert dict(extra_fields_of(reader)) == {"open_interest": 8, "funding_rate": 18}
    unit = 10**8
    assert rows(reader, ("open_interest",)) == [
        (0, 3, 700 * unit), (2, 3, 650 * unit), (3, 3, 0),
    ]  # fmt: skip
    assert rows(reader, ("funding_rate",)) == [(1, 5, -12345678901234)]


def test_beside_bars_there_is_a_row_where_there_is_either(
    reader: PolarsParquetDailyReader,
) -> None:
    close = 1_050_000_000
    assert rows(reader, ("close", "open_interest")) == [
        (0, 3, close, 700 * 10**8),
        (0, 8, close, None),
        (1, 3, close, None),
        (1, 5, close, None),
        (1, 8, close, None),
        (2, 3, None, 650 * 10**8),
        (3, 3, None, 0),
    ]


def test_bars_are_what_they_are_without_them(
    reader: PolarsParquetDailyReader, tmp_path: Path
) -> None:
    bare = {3: INTEREST.drop("open_interest"), 5: FUNDING.drop("funding_rate"), 8: PLAIN}
    plain = daily(tmp_path / "plain", bare)
    span = (to_day(DAYS[0]), to_day(DAYS[3]) + 1)
    assert plain.read((3, 5, 8), *span).equals(reader.read((3, 5, 8), *span))
    assert dict(extra_fields_of(plain)) == {}
    ours, theirs = (tmp_path / name / "data.parquet" for name in ("bars", "plain"))
    assert ours.read_bytes() == theirs.read_bytes()
    assert reader.fingerprint() != plain.fingerprint()


def test_a_data_set_without_them_is_described_as_ever(tmp_path: Path) -> None:
    daily(tmp_path, {8: PLAIN})
    described = json.loads((tmp_path / "metadata.json").read_text())
    assert "extra" not in described
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.parquet", "metadata.json"]


def test_decimals_are_stored_as_integers(reader: PolarsParquetDailyReader, tmp_path: Path) -> None:
    table = pq.read_table(tmp_path / "bars" / "extra.parquet")
    assert table["open_interest"].to_pylist() == [D(700), D(650), D(0), None]
    physical = pq.ParquetFile(tmp_path / "bars" / "extra.parquet").schema
    assert {physical.column(n).physical_type for n in (2, 3)} <= {"INT32", "INT64"}
    assert table.schema.metadata[b"rustybt.scale.funding_rate"] == b"18"


def test_they_are_partitioned_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "ROWS_PER_FILE", 1)
    reader = daily(tmp_path, {3: INTEREST, 8: PLAIN}, rows_in_memory=1)
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.parquet")}
    month = "year=2021/month=03"
    assert files == {f"{month}/data.parquet", f"{month}/extra.parquet"}
    assert [row[0] for row in rows(reader, ("open_interest",))] == [0, 2, 3]


def test_some_of_them(reader: PolarsParquetDailyReader) -> None:
    first = to_day(DAYS[0])
    assert reader.read((8,), first, first + 9, ("open_interest",)).is_empty()
    assert reader.read((3,), first + 1, first + 3, ("open_interest",)).height == 1
    assert reader.read((3,), first + 40, first + 50, ("open_interest",)).is_empty()
    later = reader.read((3, 5), first + 40, first + 50, ("open_interest", "close"))
    assert later.schema == dict.fromkeys(("at", "sid", "open_interest", "close"), pl.Int64)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((DAYS[1], *BAR, "-1"), r"open_interest in row 1: was '-1'; give no negative numbers"),
        ((DAYS[1], *BAR, "much"), r"open_interest in row 1: was 'much'; give a number"),
        ((DAYS[0], *QUIET, "5"), r"date in row 1: was '2021-03-01'; the stamp is there twice"),
        (("2021-02-26", *QUIET, "5"), r"it is before the stamp above"),
        (("2021-03-06", *QUIET, "5"), r"'2021-03-06'; it is no session of XNYS"),
    ],
)
def test_what_cannot_be_is_refused(row: tuple[Any, ...], told: str, tmp_path: Path) -> None:
    wrong = frame((DAYS[0], *BAR, "700"), row, columns=("open_interest",))
    with pytest.raises(DataValidationError, match=told):
        daily(tmp_path, {3: wrong})


def test_more_than_18_digits_are_refused(tmp_path: Path) -> None:
    wide = frame((DAYS[0], *BAR, "123456789012345678.5"), columns=("open_interest",))
    with pytest.raises(DataValidationError, match=r"open_interest.*18 digits"):
        daily(tmp_path, {3: wide})


NUMBERS = st.none() | st.decimals(
    min_value=0, max_value=10**8, places=6, allow_nan=False, allow_infinity=False
)


@through_files
@given(
    data=st.dictionaries(
        st.tuples(st.integers(1, 4), st.integers(0, 5000)),
        st.tuples(st.booleans(), *([NUMBERS] * len(EXTRA_FIELDS))),
        min_size=1,
        max_size=20,
    )
)
def test_what_was_written_is_read_to_the_last_digit(
    data: dict[tuple[int, int], tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("extras")
    minutes = to_ns("2024-01-01")
    writer = ParquetBarWriter(folder, MINUTE, always_open(), rows_in_memory=7)
    names = ("timestamp", *BAR_FIELDS, *EXTRA_FIELDS)
    types = {name: pl.Int64 if name == "timestamp" else pl.Decimal(38, 6) for name in names}
    # One bar at least makes a data set.
    data = {(1, 6000): (True, *[None] * len(EXTRA_FIELDS)), **data}
    for sid in {sid for sid, _ in data}:
        own = sorted((minute, values) for (other, minute), values in data.items() if other == sid)
        made = pl.DataFrame(
            [
                (minutes + minute * 60 * 10**9, *([D(1)] * 5 if bar else [None] * 5), *extras)
                for minute, (bar, *extras) in own
            ],
            schema=types,
            orient="row",
        ).with_columns(pl.from_epoch("timestamp", "ns").dt.replace_time_zone("UTC"))
        writer.write([(sid, made)])
    writer.finish()
    reader = PolarsParquetMinuteReader(folder)
    for place, name in enumerate(EXTRA_FIELDS, start=1):
        expected = {key: values[place] for key, values in data.items() if values[place] is not None}
        if not expected:
            assert name not in reader.extra_fields
            continue
        found = reader.read((1, 2, 3, 4), minutes, minutes + 10**18, (name,))
        assert {
            (sid, (at - minutes) // (60 * 10**9)): D(value).scaleb(-reader.extra_fields[name])
            for at, sid, value in found.iter_rows()
        } == expected


# ---------------------------------------------------------------------- folders


def folder_of_futures(folder: Path) -> BundleData:
    write(folder, "daily/CLF21.csv", f"{HEADER},open_interest,Adj Close",
          "2021-03-01,10,11,9,10,100,700,x", "2021-03-02,10,11,9,10,100,,x",
          "2021-03-03,,,,,,650,x")  # fmt: skip
    write(folder, "daily/OTHER.csv", HEADER, "2021-03-01,1,1,1,1,1")
    write(folder, "assets.csv", "symbol,asset_type,root_symbol,multiplier",
          "CLF21,future,CL,1000", "OTHER,equity,,")  # fmt: skip
    return ingested(folder)


def test_a_folder_keeps_known_columns(tmp_path: Path) -> None:
    made = folder_of_futures(tmp_path)
    oil = made.finder.lookup_future_symbol("CLF21")
    assert isinstance(oil, Future)
    assert made.daily is not None
    assert dict(extra_fields_of(made.daily)) == {"open_interest": 8}
    first = to_day("2021-03-01")
    found = made.daily.read([oil.sid], first, first + 5, ["close", "open_interest"])
    assert found.select("close", "open_interest").rows() == [
        (10 * 10**8, 700 * 10**8), (10 * 10**8, None), (None, 650 * 10**8),
    ]  # fmt: skip
    assert isinstance(made.finder.lookup_symbol("OTHER"), Equity)


def test_a_folder_of_perpetual_swaps(tmp_path: Path) -> None:
    write(tmp_path, "minute/BTC-USDT.csv", "timestamp,open,high,low,close,volume,funding_rate",
          "2024-03-01T00:00:00Z,1,1,1,1,1,0.0001", "2024-03-01T00:01:00Z,1,1,1,1,1,")  # fmt: skip
    write(tmp_path, "assets.csv", "symbol,asset_type,exchange,multiplier,currency",
          "BTC/USDT,perpetual,binance,0.001,USDT")  # fmt: skip
    made = ingested(tmp_path, calendar="24/7")
    swap = made.finder.lookup_symbol("BTC/USDT")
    assert type(swap) is Perpetual
    assert (swap.price_multiplier, swap.currency) == (D("0.001"), "USDT")
    assert (swap.base_currency, swap.quote_currency) == ("BTC", "USDT")
    assert made.minute is not None
    assert dict(extra_fields_of(made.minute)) == {"funding_rate": 8}


def test_a_symbol_with_a_colon_is_a_perpetual_swap(tmp_path: Path) -> None:
    write(tmp_path, "daily/BTC/USDT:USDT.csv", HEADER, "2024-03-01,1,1,1,1,1")
    swap = ingested(tmp_path, calendar="24/7").finder.lookup_symbol("BTC/USDT:USDT")
    assert type(swap) is Perpetual
