"""Writing bars and reading them back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.assets import Equity, ExchangeInfo
from rustybt.calendars import always_open, get_calendar, to_day, to_ns
from rustybt.clock.resolution import MINUTE, SESSION
from rustybt.data.readers import BarReader
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import CorruptData, DataValidationError, InvalidArgument
from rustybt_data.parquet import (
    PolarsParquetDailyReader,
    PolarsParquetMinuteReader,
    layout,
)
from rustybt_data.parquet.spill import ROWS_IN_MEMORY
from rustybt_data.parquet.writer import ParquetBarWriter

Row = tuple[str, str, str, str, str, str]

MONDAY: Row = ("2021-03-01", "10.5", "11", "10", "10.25", "1000")
TUESDAY: Row = ("2021-03-02", "10.25", "12.125", "10.25", "12", "2500")
WEDNESDAY: Row = ("2021-03-03", "12", "12", "11.5", "11.5", "0")
NEXT_YEAR: Row = ("2022-03-01", "1", "2", "1", "2", "7")


def frame(*rows: Row, label: str = "date") -> pl.DataFrame:
    return pl.DataFrame(rows, schema=(label, *BAR_FIELDS), orient="row")


def write_daily(
    folder: Path, bars: dict[int, Sequence[Row]], rows_in_memory: int = ROWS_IN_MEMORY
) -> None:
    writer = ParquetBarWriter(folder, SESSION, get_calendar("XNYS"), rows_in_memory=rows_in_memory)
    writer.write((sid, frame(*rows)) for sid, rows in bars.items())
    writer.finish()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "daily_bars"


@pytest.fixture
def reader(folder: Path) -> PolarsParquetDailyReader:
    write_daily(folder, {7: [MONDAY, TUESDAY, WEDNESDAY], 3: [TUESDAY, NEXT_YEAR], 5: [WEDNESDAY]})
    return PolarsParquetDailyReader(folder)


def days(start: str, stop: str) -> tuple[int, int]:
    return to_day(start), to_day(stop)


def test_a_reader_is_a_bar_reader(reader: PolarsParquetDailyReader) -> None:
    assert isinstance(reader, BarReader)
    assert str(reader.resolution) == "1d"
    assert reader.calendar == "XNYS"
    assert reader.sids() == (3, 5, 7)
    assert (reader.price_scale, reader.volume_scale) == (8, 8)
    assert (reader.first_session, reader.last_session) == (date(2021, 3, 1), date(2022, 3, 1))
    assert reader.rows == 6


def test_bars_come_as_coefficients_sorted_by_label_then_sid(
    reader: PolarsParquetDailyReader,
) -> None:
    bars = reader.read([7, 3], *days("2021-03-01", "2021-03-03"))
    assert bars.columns == ["at", "sid", *BAR_FIELDS]
    assert set(bars.dtypes) == {pl.Int64}
    assert bars.select("at", "sid").rows() == [
        (to_day("2021-03-01"), 7),
        (to_day("2021-03-02"), 3),
        (to_day("2021-03-02"), 7),
    ]
    assert bars.row(0, named=True) == {
        "at": to_day("2021-03-01"),
        "sid": 7,
        "open": 1_050_000_000,
        "high": 1_100_000_000,
        "low": 1_000_000_000,
        "close": 1_025_000_000,
        "volume": 100_000_000_000,
    }


def test_only_the_fields_asked_for_come(reader: PolarsParquetDailyReader) -> None:
    assert reader.read([7], 0, 10**6, ["close"]).columns == ["at", "sid", "close"]


@pytest.mark.parametrize(
    ("sids", "start", "stop"),
    [
        ([7], "2030-01-02", "2031-01-02"),
        ([], "2021-03-01", "2022-03-01"),
        ([99], "2021-03-01", "2022-03-01"),
    ],
)
def test_there_may_be_no_such_bars(
    reader: PolarsParquetDailyReader, sids: list[int], start: str, stop: str
) -> None:
    bars = reader.read(sids, *days(start, stop), ["close"])
    assert bars.is_empty()
    assert bars.schema == {"at": pl.Int64, "sid": pl.Int64, "close": pl.Int64}


@pytest.mark.parametrize(
    ("sid", "before", "newest"),
    [
        (7, "2021-03-03", "2021-03-02"),  # nothing traded on the third
        (7, "2021-03-01", "2021-03-01"),
        (7, "2021-02-26", None),
        (3, "2022-02-28", "2021-03-02"),
        (3, "2030-01-01", "2022-03-01"),
        (5, "2030-01-01", None),
        (99, "2030-01-01", None),
    ],
)
def test_the_newest_trade_is_found(
    reader: PolarsParquetDailyReader, sid: int, before: str, newest: str | None
) -> None:
    expected = None if newest is None else to_day(newest)
    assert reader.last_traded(sid, to_day(before)) == expected
    asset = Equity(sid=sid, symbol="X", exchange_info=ExchangeInfo("X"))
    found = reader.get_last_traded_dt(asset, date.fromisoformat(before))
    assert found == (newest and datetime.fromisoformat(newest).replace(tzinfo=UTC))


def test_raw_arrays_are_decimals_by_field_and_sid(reader: PolarsParquetDailyReader) -> None:
    arrays = reader.load_raw_arrays(
        [7, 99, 3], ["close", "volume"], date(2021, 3, 1), date(2021, 3, 2)
    )
    assert list(arrays) == ["close", "volume"]
    assert arrays["close"].schema == {
        "date": pl.Date,
        "7": pl.Decimal(18, 8),
        "99": pl.Decimal(18, 8),
        "3": pl.Decimal(18, 8),
    }
    assert arrays["close"].rows() == [
        (date(2021, 3, 1), Decimal("10.25"), None, None),
        (date(2021, 3, 2), Decimal(12), None, Decimal(12)),
    ]


def test_a_file_says_what_it_is_and_holds_no_needless_zeros(
    reader: PolarsParquetDailyReader, folder: Path
) -> None:
    assert reader.price_scale == 8
    file = pq.ParquetFile(folder / "data.parquet")
    metadata = {key.decode(): value.decode() for key, value in file.schema_arrow.metadata.items()}
    assert metadata["rustybt.schema_version"] == "1"
    assert metadata["rustybt.kind"] == "daily"
    # The finest price is 12.125; volumes are whole.
    assert metadata["rustybt.scale.open"] == metadata["rustybt.scale.close"] == "3"
    assert metadata["rustybt.scale.volume"] == "0"
    assert len(metadata["rustybt.content_sha256"]) == 64
    close = file.schema.column(file.schema.names.index("close"))
    assert (close.physical_type, str(close.logical_type)) == (
        "INT64",
        "Decimal(precision=18, scale=3)",
    )
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_inside_a_file_rows_are_sorted_by_asset_then_time(
    reader: PolarsParquetDailyReader, folder: Path
) -> None:
    stored = pl.read_parquet(folder / "data.parquet").select("sid", "date").rows()
    assert stored == sorted(stored)
    assert len(stored) == reader.rows


def test_equal_bars_have_equal_fingerprints_in_any_order(tmp_path: Path) -> None:
    write_daily(tmp_path / "a", {7: [MONDAY], 3: [TUESDAY]})
    write_daily(tmp_path / "b", {3: [TUESDAY], 7: [MONDAY]})
    write_daily(tmp_path / "c", {3: [TUESDAY], 7: [(*MONDAY[:5], "1001")]})
    prints = [PolarsParquetDailyReader(tmp_path / name).fingerprint() for name in "abc"]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("rows_per_file", [1, 4, 5])
@pytest.mark.parametrize("rows_in_memory", [1, 100])
def test_finer_partitions_and_less_memory_change_no_bar(
    tmp_path: Path,
    reader: PolarsParquetDailyReader,
    monkeypatch: pytest.MonkeyPatch,
    rows_per_file: int,
    rows_in_memory: int,
) -> None:
    expected = reader.read(reader.sids(), 0, 10**6)
    monkeypatch.setattr(layout, "ROWS_PER_FILE", rows_per_file)
    write_daily(
        tmp_path / "fine",
        {7: [MONDAY, TUESDAY, WEDNESDAY], 3: [TUESDAY, NEXT_YEAR], 5: [WEDNESDAY]},
        rows_in_memory=rows_in_memory,
    )
    fine = PolarsParquetDailyReader(tmp_path / "fine")
    # Five of six rows are in one month of a year: only five rows a file allow whole years.
    deepest = "year=*/data.parquet" if rows_per_file == 5 else "year=*/month=*/data.parquet"
    assert len(list((tmp_path / "fine").glob(deepest))) == 2
    assert fine.read(fine.sids(), 0, 10**6).equals(expected)
    assert fine.last_traded(3, to_day("2022-01-03")) == to_day("2021-03-02")


MINUTE_LABELS = ("2021-03-01T14:31:00Z", "2021-03-01T21:00:00Z", "2021-03-02T14:31:00Z")


def test_minutes_are_labelled_by_their_end_in_utc(tmp_path: Path) -> None:
    writer = ParquetBarWriter(tmp_path / "m", MINUTE, get_calendar("XNYS"))
    rows = [(label, "1", "1", "1", "1", "1") for label in MINUTE_LABELS]
    writer.write([(1, frame(*rows, label="timestamp"))])
    writer.finish()
    reader = PolarsParquetMinuteReader(tmp_path / "m")
    assert reader.read([1], 0, 2**62)["at"].to_list() == [to_ns(label) for label in MINUTE_LABELS]
    assert (reader.first_session, reader.last_session) == (date(2021, 3, 1), date(2021, 3, 2))
    assert reader.last_traded(1, to_ns("2021-03-02T14:30:59Z")) == to_ns(MINUTE_LABELS[1])
    asset = Equity(sid=1, symbol="X", exchange_info=ExchangeInfo("X"))
    assert reader.get_last_traded_dt(asset, datetime(2021, 3, 2, tzinfo=UTC)) == datetime(
        2021, 3, 1, 21, tzinfo=UTC
    )


def test_minutes_are_partitioned_by_day_at_the_finest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "ROWS_PER_FILE", 0)
    writer = ParquetBarWriter(tmp_path / "m", MINUTE, get_calendar("XNYS"))
    rows = [(label, "1", "1", "1", "1", "1") for label in MINUTE_LABELS]
    writer.write([(1, frame(*rows, label="timestamp"))])
    writer.finish()
    assert (tmp_path / "m/year=2021/month=03/day=02/data.parquet").is_file()
    reader = PolarsParquetMinuteReader(tmp_path / "m")
    middle = reader.read([1], to_ns(MINUTE_LABELS[1]), to_ns(MINUTE_LABELS[2]))
    assert middle["at"].to_list() == [to_ns(MINUTE_LABELS[1])]


def test_a_daily_reader_refuses_minutes(tmp_path: Path) -> None:
    writer = ParquetBarWriter(tmp_path / "m", MINUTE, get_calendar("XNYS"))
    writer.write([(1, frame((MINUTE_LABELS[0], "1", "1", "1", "1", "1"), label="timestamp"))])
    writer.finish()
    with pytest.raises(CorruptData, match="1m"):
        PolarsParquetDailyReader(tmp_path / "m")


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.unlink(),
        lambda file: file.write_text("{"),
        lambda file: file.write_text(file.read_text().replace('"rows": 6', '"rows": 5')),
        lambda file: file.write_text(file.read_text().replace('"XNYS"', '"XLON"')),
        lambda file: file.write_text(
            file.read_text().replace('"schema_version": 1', '"schema_version": 2')
        ),
    ],
)
def test_a_damaged_description_is_noticed(
    reader: PolarsParquetDailyReader, folder: Path, damage: object
) -> None:
    assert reader.rows == 6
    damage(folder / "metadata.json")  # type: ignore[operator]
    with pytest.raises(CorruptData):
        PolarsParquetDailyReader(folder)


def test_no_bars_make_no_data_set(folder: Path) -> None:
    assert ParquetBarWriter(folder, SESSION, get_calendar("XNYS")).finish() is None
    assert not folder.exists()


def test_rows_that_say_that_nothing_traded_are_left_out(folder: Path) -> None:
    empty = ("2021-03-02", "", "", "", "", "")
    zeros = ("2021-03-03", "0", "0.0", "0", "0", "0")
    write_daily(folder, {1: [MONDAY, empty, zeros]})
    assert PolarsParquetDailyReader(folder).rows == 1


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("date", pl.Series([date(2021, 3, 1)])),
        ("date", pl.Series([datetime(2021, 3, 1, tzinfo=UTC)])),
        ("date", pl.Series(["2021-03-01T00:00:00+00:00"])),
        ("date", pl.Series(["20210301"])),
        ("close", pl.Series([10.25])),
        ("close", pl.Series(["1.025e1"])),
        ("close", pl.Series([Decimal("10.25")])),
        ("close", pl.Series([Decimal("10.25")], dtype=pl.Decimal(38, 30))),
        ("volume", pl.Series([1000])),
        ("volume", pl.Series([1000], dtype=pl.UInt32)),
        ("volume", pl.Series([1000.0])),
    ],
)
def test_columns_of_any_type_mean_the_same(tmp_path: Path, column: str, values: pl.Series) -> None:
    write_daily(tmp_path / "a", {1: [MONDAY]})
    writer = ParquetBarWriter(tmp_path / "b", SESSION, get_calendar("XNYS"))
    writer.write([(1, frame(MONDAY).with_columns(values.alias(column)))])
    writer.finish()
    expected, given_ = (PolarsParquetDailyReader(tmp_path / name) for name in "ab")
    assert given_.fingerprint() == expected.fingerprint()


def test_pandas_frames_are_accepted_with_the_label_as_index(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(
        {"open": [10.5], "high": [11.0], "low": [10.0], "close": [10.25], "volume": [1000]},
        index=pandas.to_datetime(["2021-03-01"]),
    )
    write_daily(tmp_path / "a", {1: [MONDAY]})
    writer = ParquetBarWriter(tmp_path / "b", SESSION, get_calendar("XNYS"))
    writer.write([(1, table)])
    writer.finish()
    expected, given_ = (PolarsParquetDailyReader(tmp_path / name) for name in "ab")
    assert given_.fingerprint() == expected.fingerprint()


@pytest.mark.parametrize(
    ("rows", "column", "value", "reason"),
    [
        ([("2021-03-06", *MONDAY[1:])], "date in row 0", "2021-03-06", "no session of XNYS"),
        ([("1989-12-29", *MONDAY[1:])], "date in row 0", "1989-12-29", "knows 1990-01-02 to"),
        ([("soon", *MONDAY[1:])], "date in row 0", "soon", "ISO 8601"),
        ([MONDAY, MONDAY], "date in row 1", "2021-03-01", "twice"),
        ([TUESDAY, MONDAY], "date in row 1", "2021-03-01", "sort"),
        ([("2021-03-01", "1", "1", "2", "1", "1")], "high in row 0", "1", "below the low"),
        ([("2021-03-01", "-1", "1", "1", "1", "1")], "open in row 0", "-1", "negative"),
        ([("2021-03-01", "1", "1", "1", "1", "-5")], "volume in row 0", "-5", "negative"),
        ([("2021-03-01", "1", "1", "1", "x", "1")], "close in row 0", "x", "give a number"),
        ([("2021-03-01", "1", "1", "1", "nan", "1")], "close in row 0", "nan", "give a number"),
        ([("2021-03-01", "1", "1", "1", "inf", "1")], "close in row 0", "inf", "give a number"),
        ([("2021-03-01", "1", "", "1", "1", "1")], "high in row 0", "", "give a number"),
        ([("2021-03-01", "1", "1", "1", "1", "1e30")], "volume in row 0", "1e30", "give a number"),
    ],
)
def test_bars_that_are_not_valid_are_refused(
    folder: Path, rows: list[Row], column: str, value: str, reason: str
) -> None:
    with pytest.raises(DataValidationError, match=reason) as caught:
        write_daily(folder, {9: rows})
    assert caught.value.file == "daily bars of sid 9"
    assert (caught.value.column, caught.value.value) == (column, value)


def test_a_missing_column_is_named(folder: Path) -> None:
    writer = ParquetBarWriter(folder, SESSION, get_calendar("XNYS"))
    with pytest.raises(DataValidationError, match="there are date, open, high, low, close"):
        writer.write([(1, frame(MONDAY).drop("volume"))])


def test_an_asset_that_is_not_expected_is_refused(folder: Path) -> None:
    writer = ParquetBarWriter(folder, SESSION, get_calendar("XNYS"))
    with pytest.raises(InvalidArgument, match="sid was 2"):
        writer.write([(2, frame(MONDAY))], assets={1})


def test_a_bar_that_is_written_twice_is_refused(folder: Path) -> None:
    writer = ParquetBarWriter(folder, SESSION, get_calendar("XNYS"))
    writer.write([(1, frame(MONDAY, TUESDAY))])
    writer.write([(1, frame(TUESDAY))])
    with pytest.raises(DataValidationError, match="2021-03-02"):
        writer.finish()


def test_wide_volumes_and_fine_prices_get_scales_of_their_own(folder: Path) -> None:
    coin = ("2021-03-01", "0.0000000001", "0.0000000002", "0.0000000001", "0.0000000002", "5e12")
    write_daily(folder, {1: [MONDAY], 2: [coin]})
    reader = PolarsParquetDailyReader(folder)
    assert (reader.price_scale, reader.volume_scale) == (10, 5)
    bars = reader.read([1, 2], 0, 10**6)
    assert bars["open"].to_list() == [105_000_000_000, 1]
    assert bars["volume"].to_list() == [100_000_000, 5 * 10**17]


@contextmanager
def _stored(bars: dict[int, list[tuple[int, list[Decimal]]]], kind: str) -> Iterator[BarReader]:
    with TemporaryDirectory() as folder:
        resolution = SESSION if kind == "daily" else MINUTE
        writer = ParquetBarWriter(
            Path(folder) / "bars", resolution, always_open(), rows_in_memory=5
        )
        for sid, rows in bars.items():
            labels = pl.Series([at for at, _ in rows], dtype=pl.Int64)
            stamped = (
                labels.cast(pl.Int32).cast(pl.Date).alias("date")
                if kind == "daily"
                else labels.cast(pl.Datetime("ns", "UTC")).alias("timestamp")
            )
            columns = {
                field: [str(values[place]) for _, values in rows]
                for place, field in enumerate(BAR_FIELDS)
            }
            writer.write([(sid, pl.DataFrame(columns).insert_column(0, stamped))])
        writer.finish()
        opened = PolarsParquetDailyReader if kind == "daily" else PolarsParquetMinuteReader
        yield opened(Path(folder) / "bars")


_NUMBERS = st.decimals("0.0001", 1_000_000, places=4)


@st.composite
def _bars(draw: st.DrawFn) -> dict[int, list[tuple[int, list[Decimal]]]]:
    first = to_day("2021-01-01")
    bars = {}
    for sid in draw(st.sets(st.integers(0, 9), min_size=1, max_size=3)):
        offsets = sorted(draw(st.sets(st.integers(0, 800), min_size=1, max_size=6)))
        rows = []
        for offset in offsets:
            prices = sorted(draw(st.lists(_NUMBERS, min_size=4, max_size=4)))
            low, opening, close, high = prices
            rows.append((first + offset, [opening, high, low, close, draw(_NUMBERS)]))
        bars[sid] = rows
    return bars


@pytest.mark.parametrize("kind", ["daily", "intraday"])
@through_files
@given(bars=_bars(), start=st.integers(-10, 810), length=st.integers(0, 810))
def test_what_was_written_is_read_to_the_last_digit(
    kind: str, bars: dict[int, list[tuple[int, list[Decimal]]]], start: int, length: int
) -> None:
    unit = 1 if kind == "daily" else 86_400_000_000_000
    first = (to_day("2021-01-01") + start) * unit
    stop = first + length * unit
    scaled = {sid: [(at * unit, values) for at, values in rows] for sid, rows in bars.items()}
    with _stored(scaled, kind) as reader:
        read = reader.read(reader.sids(), first, stop)
        scale = Decimal(10) ** -8
        assert [
            (at, sid, [coefficient * scale for coefficient in values])
            for at, sid, *values in read.iter_rows()
        ] == sorted(
            (at, sid, values)
            for sid, rows in scaled.items()
            for at, values in rows
            if first <= at < stop
        )
