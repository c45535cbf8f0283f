"""The adapters parquet and arrow."""

import asyncio
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rustybt.data import bundles
from rustybt.data.schemas import PRICE_FIELDS
from rustybt.errors import DataValidationError, RustyBTError
from rustybt.testing import AdapterCase, DataAdapterSuite
from rustybt_data.adapters.folders import ArrowAdapter, ParquetAdapter
from rustybt_data.adapters.local.adapter import FilesAdapter

Write = Callable[[pl.DataFrame, Path], Any]


def write_stream(frame: pl.DataFrame, path: Path) -> None:
    table = frame.to_arrow()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


FORMATS = [
    pytest.param(ParquetAdapter, ".parquet", pl.DataFrame.write_parquet, id="parquet"),
    pytest.param(ArrowAdapter, ".arrow", pl.DataFrame.write_ipc, id="arrow-file"),
    pytest.param(ArrowAdapter, ".feather", pl.DataFrame.write_ipc, id="feather"),
    pytest.param(ArrowAdapter, ".arrows", write_stream, id="arrow-stream"),
]
every_format = pytest.mark.parametrize(("kind", "ending", "write"), FORMATS)
NOON = datetime(2024, 1, 5, 14, 31, tzinfo=UTC)
DAYS = [date(2024, 1, day) for day in (2, 3, 4, 5)]


def daily(**columns: object) -> pl.DataFrame:
    usual: dict[str, object] = {
        "date": DAYS,
        **{name: ["1.5", "2.25", "3", "0.125"] for name in PRICE_FIELDS},
        "volume": [100, 200, 0, 7],
    }
    return pl.DataFrame({**usual, **columns})


def bars(
    kind: type[FilesAdapter], place: Path, resolution: str = "1d", **options: str
) -> pl.DataFrame:
    adapter = kind(str(place), {"resolution": resolution, **options})
    ends = date(2023, 1, 3), date(2024, 12, 31)
    return asyncio.run(adapter.bars(adapter.symbols(), *ends, resolution))


@every_format
@pytest.mark.parametrize(
    "column",
    [
        pytest.param(pl.Series(["1.5", "2.25", "3", "0.125"]), id="texts"),
        pytest.param(pl.Series([1.5, 2.25, 3.0, 0.125]), id="floats"),
        pytest.param(pl.Series([1.5, 2.25, 3.0, 0.125], dtype=pl.Float32), id="short-floats"),
        pytest.param(
            pl.Series([D("1.5"), D("2.25"), D(3), D("0.125")], dtype=pl.Decimal(18, 3)),
            id="decimals",
        ),
        pytest.param(
            pl.Series([D("1.5"), D("2.25"), D(3), D("0.125")], dtype=pl.Decimal(38, 12)),
            id="wide-decimals",
        ),
    ],
)
def test_prices_of_any_type_are_exact(
    folder: Path, kind: type[FilesAdapter], ending: str, write: Write, column: pl.Series
) -> None:
    prices = dict.fromkeys(PRICE_FIELDS, column)
    write(daily(**prices), folder / f"AAA{ending}")
    frame = bars(kind, folder)
    assert frame["symbol"].unique().to_list() == ["AAA"]
    assert frame["date"].to_list() == DAYS
    assert frame["close"].to_list() == [D("1.5"), D("2.25"), D(3), D("0.125")]
    assert frame["volume"].to_list() == [D(100), D(200), D(0), D(7)]


def test_a_float_means_its_shortest_text(folder: Path) -> None:
    floats = [0.1, 1e-7, 64000.1, 0.1 + 0.2]
    prices = dict.fromkeys(PRICE_FIELDS, pl.Series(floats[:3]))
    daily().head(3).with_columns(**prices).write_parquet(folder / "AAA.parquet")
    shortest = [D("0.1"), D("0.0000001"), D("64000.1")]
    assert bars(ParquetAdapter, folder)["close"].to_list() == shortest
    # 0.30000000000000004 has 17 decimals, 64000.1 five digits before the point.
    daily(**dict.fromkeys(PRICE_FIELDS, pl.Series(floats))).write_parquet(folder / "AAA.parquet")
    with pytest.raises(DataValidationError, match="18"):
        bars(ParquetAdapter, folder)


@pytest.mark.parametrize("price", ["0.0000000123", "12345678.9"])
def test_numbers_beyond_eight_decimals_are_exact(folder: Path, price: str) -> None:
    prices = dict.fromkeys(PRICE_FIELDS, pl.Series([price] * 4))
    daily(**prices, volume=[30_000_000_000_000] * 4).write_parquet(folder / "AAA.parquet")
    frame = bars(ParquetAdapter, folder)
    assert set(frame["close"]) == {D(price)}
    assert set(frame["volume"]) == {D(30_000_000_000_000)}


@pytest.mark.parametrize(
    ("column", "options"),
    [
        (pl.Series([NOON]).dt.replace_time_zone(None), {}),
        (pl.Series([NOON]).dt.replace_time_zone(None).dt.cast_time_unit("ms"), {}),
        (pl.Series([NOON]), {}),
        (
            pl.Series([NOON]).dt.convert_time_zone("America/New_York").dt.replace_time_zone(None),
            {"zone": "America/New_York"},
        ),
        (pl.Series([NOON]).dt.convert_time_zone("Asia/Tokyo"), {}),
        (pl.Series([1_704_465_060]), {}),
        (pl.Series([1_704_465_060_000]), {"date_format": "epoch-ms"}),
        (pl.Series(["2024-01-05T14:31:00Z"]), {}),
        (pl.Series([NOON - timedelta(minutes=1)]), {"bar_label": "start"}),
    ],
)
def test_times_of_any_type_are_read(
    folder: Path, column: pl.Series, options: dict[str, str]
) -> None:
    frame = daily().head(1).drop("date").with_columns(timestamp=column)
    frame.write_parquet(folder / "AAA.parquet")
    found = bars(ParquetAdapter, folder, "1m", **options)
    assert found["timestamp"].to_list() == [NOON]


def test_symbols_come_from_columns_folders_or_names(folder: Path) -> None:
    for place in ("column", "hive/symbol=B%2FUSD/year=2024", "name"):
        (folder / place).mkdir(parents=True)
    named = daily(Ticker=pl.Series(["AAA"] * 4).cast(pl.Categorical))
    named.write_parquet(folder / "column" / "all.parquet")
    daily().write_parquet(folder / "hive" / "symbol=B%2FUSD" / "year=2024" / "part-0.parquet")
    daily().write_parquet(folder / "name" / "CCC.parquet")
    assert bars(ParquetAdapter, folder)["symbol"].unique(maintain_order=True).to_list() == [
        "AAA",
        "B/USD",
        "CCC",
    ]


def test_the_mapping_names_columns(folder: Path) -> None:
    frame = daily().rename({"close": "Last", "date": "day"})
    frame.write_parquet(folder / "AAA.parquet")
    how = folder / "how.toml"
    how.write_text('[columns]\nclose = "last"\ndate = "Day"\n')
    assert bars(ParquetAdapter, folder / "AAA.parquet", mapping=str(how)).height == 4


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"close": ["1", "2", "x", "1"]}, r"column close in row 2: was 'x'; give a number"),
        ({"close": [1.0, float("inf"), 1.0, 1.0]}, r"column close in row 1: was 'inf'; give a nu"),
        ({"close": [1.0, 1.0, 1.0, float("nan")]}, r"column close in row 3: .*give a number; or"),
        ({"close": [[1]] * 4}, r"column close in row 0: .*a column of List\(Int64\) has no"),
        ({"volume": [1, 2, 3, -4]}, "column volume in row 3: was '-4'; give no negative"),
        ({"high": ["9", "9", "9", "0.1"]}, "column high in row 3: was '0.1'; the high is below"),
        (
            {"date": ["2024-01-02", "2024-01-03", None, "x"]},
            "column date in row 2: .*the time",
        ),
        ({"date": ["2024-01-02", "2024-01-03", "x", "x"]}, "column date in row 2: was 'x'"),
        ({"date": [1.5, 2.5, 3.5, 4.5]}, "a column of Float64 is no column of times"),
        ({"date": [date(2024, 1, day) for day in (2, 3, 4, 6)]}, "column date in row 3: .*session"),
        ({"volume": [2**64 - 1] * 4}, "column volume in row 0: was .*fewer digits"),
        ({"symbol": ["AAA", "AAA", None, "AAA"]}, "column symbol in row 2: .*give a symbol"),
        ({"close": ["1"] * 4, "Close": ["2"] * 4}, "names the column twice"),
    ],
)
def test_what_cannot_be_is_named(folder: Path, columns: dict[str, object], message: str) -> None:
    daily(**columns).write_parquet(folder / "AAA.parquet")
    with pytest.raises(DataValidationError, match=message) as caught:
        bars(ParquetAdapter, folder)
    assert caught.value.file == str(folder / "AAA.parquet")


@every_format
def test_missing_columns_and_damaged_files_are_named(
    folder: Path, kind: type[FilesAdapter], ending: str, write: Write
) -> None:
    path = folder / f"AAA{ending}"
    write(daily().drop("low"), path)
    with pytest.raises(DataValidationError, match="column low: the column is missing"):
        bars(kind, folder)
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(DataValidationError, match="file, or damaged"):
        bars(kind, folder)
    path.write_text("date,open\n")
    with pytest.raises(DataValidationError, match="file, or damaged"):
        bars(kind, folder)


def test_a_folder_without_such_files_is_refused(folder: Path) -> None:
    (folder / "prices.csv").touch()
    with pytest.raises(DataValidationError, match=r"no file with a name that ends in \.parquet"):
        bars(ParquetAdapter, folder)


def sound(ending: str, write: Write) -> bytes:
    buffer = io.BytesIO()
    write(daily(), buffer)  # type: ignore[arg-type]
    return buffer.getvalue()


CONTENTS: dict[type[FilesAdapter], bytes] = {
    ParquetAdapter: sound(".parquet", pl.DataFrame.write_parquet),
    ArrowAdapter: sound(".arrow", pl.DataFrame.write_ipc),
}


@pytest.mark.parametrize("kind", CONTENTS)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3))
def test_damaged_bytes_never_give_a_traceback(
    kind: type[FilesAdapter], tmp_path: Path, changes: list[tuple[int, int]]
) -> None:
    content = bytearray(CONTENTS[kind])
    for place, value in changes:
        content[place % len(content)] = value
    path = tmp_path / f"AAA{kind.endings[0]}"
    path.write_bytes(content)
    try:
        bars(kind, path)
    except RustyBTError:
        return


def test_metadata_of_columns_may_be_any_bytes(tmp_path: Path) -> None:
    table = daily().to_arrow()
    fields = [field.with_metadata({b"note": b"\xff\xfe"}) for field in table.schema]
    noted = pa.table(table.columns, schema=pa.schema(fields))
    pq.write_table(noted, tmp_path / "AAA.parquet")
    with pa.ipc.new_file(str(tmp_path / "BBB.arrow"), noted.schema) as file:
        file.write_table(noted)
    for kind, name in ((ParquetAdapter, "AAA.parquet"), (ArrowAdapter, "BBB.arrow")):
        assert bars(kind, tmp_path / name).height == daily().height


def test_a_bundle_of_parquet_is_that_of_csv(tmp_path: Path) -> None:
    prints = set()
    frame = pl.concat([daily(symbol=["BBB"] * 4), daily(symbol=["AAA"] * 4)])
    frame.write_parquet(tmp_path / "all.parquet")
    frame.write_csv(tmp_path / "all.csv")
    frame.write_ipc(tmp_path / "all.arrow")
    for source in ("parquet", "csv", "arrow"):
        place, options = tmp_path / f"all.{source}", {"exchange": "XNYS"}
        bundles.ingest_from(f"from-{source}", source=source, location=place, options=options)
        prints.add(bundles.info(f"from-{source}").fingerprint)
    assert len(prints) == 1


class TestParquetFolder(DataAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> AdapterCase:
        for symbol in ("AAA", "B/USD"):
            place = tmp_path / "prices" / f"symbol={symbol.replace('/', '%2F')}"
            place.mkdir(parents=True)
            daily().write_parquet(place / "data.parquet")
        return AdapterCase(adapter=ParquetAdapter, location=tmp_path / "prices")


class TestArrowFile(DataAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> AdapterCase:
        frame = pl.concat([daily(symbol=["BBB"] * 4), daily(symbol=["AAA"] * 4)])
        frame.write_ipc(tmp_path / "all.arrow")
        return AdapterCase(adapter=ArrowAdapter, location=tmp_path / "all.arrow")
