"""Parquet datasets on object stores on loopback."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from object_servers import ObjectServer, Trouble, azure, encoded, google, put, s3

from rustybt.calendars import get_calendar, to_ns
from rustybt.data import bundles
from rustybt.errors import (
    DataValidationError,
    RequestRefused,
    RetriesExhausted,
    RustyBTError,
)
from rustybt.testing import AdapterCase, DataAdapterSuite, VirtualTime
from rustybt_data.adapters.cloud import CloudAdapter
from rustybt_data.adapters.cloud.hive import Wanted

WORD = "open-sesame-street"
DAYS = [date(2024, 3, day) for day in (4, 5, 6, 7, 8)]
PRICE = pl.Decimal(18, 4)


def daily(symbols: str, *days: date, **more: Any) -> pl.DataFrame:
    """Bars whose close is the day of the month, and whose volume the number of the symbol."""
    rows = [
        (day, symbol, D(1), D(50), D(1), D(day.day), D(number))
        for number, symbol in enumerate(symbols.split(), start=1)
        for day in days
    ]
    names = {"date": pl.Date, "symbol": pl.String}
    figures = dict.fromkeys(("open", "high", "low", "close", "volume"), PRICE)
    return pl.DataFrame(rows, schema={**names, **figures}, orient="row").with_columns(
        **{name: pl.lit(value) for name, value in more.items()}
    )


def parquet(frame: pl.DataFrame, **options: Any) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, use_pyarrow=True, pyarrow_options=options or {})
    return buffer.getvalue()


def by_day(symbols: str = "AAA BBB") -> dict[str, bytes]:
    """A dataset with a folder for each day."""
    return {
        f"prices/year={day.year}/month={day.month:02}/day={day.day:02}/part-0.parquet": parquet(
            daily(symbols, day)
        )
        for day in DAYS
    }


@pytest.fixture(scope="module")
def shared() -> Iterator[ObjectServer]:
    with s3() as server:
        yield server


@pytest.fixture
def server(shared: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> ObjectServer:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, WORD)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    shared.forget()
    return shared


@pytest.fixture
def bucket(request: pytest.FixtureRequest) -> str:
    """A bucket of the test's own."""
    name: str = request.node.name
    return name.split("[", maxsplit=1)[0].replace("_", "-")[:60]


def adapter_of(server: ObjectServer, bucket: str, **options: str) -> CloudAdapter:
    adapter = CloudAdapter(f"s3://{bucket}/prices", {"endpoint": server.url, **options})
    adapter.timer = VirtualTime(to_ns("2024-04-01")).timer
    adapter.calendar = get_calendar("XNYS")
    return adapter


def bars(
    adapter: CloudAdapter, *symbols: str, days: tuple[date, date] | None = None
) -> pl.DataFrame:
    first, last = days or (DAYS[0], DAYS[-1])
    return asyncio.run(adapter.bars(symbols or ["AAA", "BBB"], first, last, "1d"))


def closes(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.select("symbol", pl.col("date").dt.day(), "close", "volume").rows()


# ------------------------------------------------------------------ what comes


def test_bars_of_partitions_are_in_the_standard_form(server: ObjectServer, bucket: str) -> None:
    put(bucket, by_day())
    frame = bars(adapter_of(server, bucket))
    assert frame.columns == ["date", "symbol", "open", "high", "low", "close", "volume"]
    assert isinstance(frame.schema["close"], pl.Decimal)
    assert closes(frame) == [
        *(("AAA", day, D(day), D(1)) for day in (4, 5, 6, 7, 8)),
        *(("BBB", day, D(day), D(2)) for day in (4, 5, 6, 7, 8)),
    ]


def test_every_digit_is_kept_and_scales_may_differ(server: ObjectServer, bucket: str) -> None:
    fine = daily("AAA", DAYS[0]).with_columns(
        *(pl.lit(D("0.0000000123")).alias(name) for name in ("open", "high", "low", "close")),
        pl.lit(D(30_000_000_000_000)).alias("volume"),
    )
    put(bucket, {"prices/a.parquet": parquet(fine)})
    row = bars(adapter_of(server, bucket), "AAA").row(0, named=True)
    assert (row["close"], row["volume"]) == (D("0.0000000123"), D(30_000_000_000_000))


def test_minutes_that_are_labelled_by_their_start_are_shifted(
    server: ObjectServer, bucket: str, tmp_path: Path
) -> None:
    start = to_ns("2024-03-04T14:30:00Z") // 1_000_000
    prices = [1.25, 1.5]
    frame = pl.DataFrame(
        {
            "T": [start, start + 60_000],
            "ticker": ["AAA", "AAA"],
            **dict.fromkeys(("open", "high", "low", "close"), prices),
            "volume": [10, 20],
        }
    )
    mapping = tmp_path / "mapping.toml"
    mapping.write_text("""
date_format = "epoch-ms"
bar_label = "start"
[columns]
timestamp = "t"
""")
    put(bucket, {"prices/date=2024-03-04/x.parquet": parquet(frame)})
    adapter = adapter_of(server, bucket, mapping=str(mapping), resolution="1m")
    found = asyncio.run(adapter.bars(["AAA"], DAYS[0], DAYS[0], "1m"))
    assert found["timestamp"].dt.strftime("%H:%M").to_list() == ["14:31", "14:32"]
    assert found["close"].to_list() == [D("1.25"), D("1.5")]


# ------------------------------------------------------------------ what is not fetched


def test_only_the_days_that_are_needed_are_listed_and_read(
    server: ObjectServer, bucket: str
) -> None:
    later = {
        f"prices/year=2024/month={month:02}/day={day:02}/part-0.parquet": b"no Parquet"
        for month in range(4, 13)
        for day in range(1, 29)
    }
    put(bucket, by_day() | later)
    frame = bars(adapter_of(server, bucket), days=(DAYS[2], DAYS[2]))
    assert closes(frame) == [("AAA", 6, D(6), D(1)), ("BBB", 6, D(6), D(2))]
    # The day, and one more at each end: those of a zone are not those of another.
    days = {f"year=2024/month=03/day=0{day}/part-0.parquet" for day in (5, 6, 7)}
    assert server.names() == days
    # The dataset, its only year, its months; then the days of March, and each of three.
    assert len(server.lists) == 6


def test_only_the_symbols_that_are_needed_are_read(server: ObjectServer, bucket: str) -> None:
    symbols = ["AAA", "BTC/USDT", "EUR/USD"]
    put(
        bucket,
        {
            f"prices/symbol={encoded(symbol)}/x.parquet": parquet(daily("?", *DAYS).drop("symbol"))
            for symbol in symbols
        },
    )
    frame = bars(adapter_of(server, bucket), "BTC/USDT", days=(DAYS[0], DAYS[0]))
    assert frame["symbol"].to_list() == ["BTC/USDT"]
    assert server.names() == {"symbol=BTC%2FUSDT/x.parquet"}


def test_only_row_groups_and_columns_that_are_needed_are_read(
    server: ObjectServer, bucket: str
) -> None:
    random = Random(7)
    names = " ".join(f"S{number:02}" for number in range(40))
    days = [
        day for day in (date(2023, 1, 1) + timedelta(n) for n in range(400)) if day.weekday() < 5
    ]
    frame = daily(names, *days)
    noise = {f"noise{n}": [random.random() for _ in range(frame.height)] for n in range(12)}
    data = parquet(
        frame.with_columns(**{k: pl.Series(v) for k, v in noise.items()}), row_group_size=len(days)
    )
    put(bucket, {"prices/all.parquet": data})
    adapter = adapter_of(server, bucket)
    adapter.calendar = get_calendar("24/7")
    found = asyncio.run(adapter.bars(["S07"], days[3], days[3], "1d"))
    assert closes(found) == [("S07", days[3].day, D(days[3].day), D(8))]
    sent = sum(asked.sent for asked in server.gets)
    # 40 symbols in 40 row groups, 12 of 19 columns are noise: what is left is the end of the
    # file and one row group.
    assert sent < len(data) / 10, f"{sent} of {len(data)} bytes"
    assert len(server.gets) <= 4


def test_an_ingestion_reads_each_object_once_for_many_symbols(
    server: ObjectServer, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    symbols = [f"S{number:02}" for number in range(30)]
    put(bucket, by_day(" ".join(symbols)))
    monkeypatch.setenv("RUSTYBT_DATA_DIR", str(tmp_path / "store"))
    options = {"endpoint": server.url, "symbols": ",".join(symbols)}
    bundles.ingest_from(
        "cloud-batch",
        source="cloud",
        location=f"s3://{bucket}/prices",
        options=options,
        calendar_name="XNYS",
    )
    assert bundles.info("cloud-batch").daily_bars == 30 * 5
    reads = [asked.path for asked in server.gets]
    assert sorted(set(map(reads.count, reads))) in ([1], [2]), "its end, and its row group"


def test_a_list_of_thousands_is_read_page_by_page(server: ObjectServer, bucket: str) -> None:
    small = parquet(daily("AAA", DAYS[0]))
    names = {f"prices/symbol=S{number:04}/x.parquet": b"none" for number in range(2_300)}
    put(bucket, names | {"prices/symbol=AAA/x.parquet": small})
    adapter = adapter_of(server, bucket)
    assert closes(bars(adapter, "AAA")) == [("AAA", 4, D(4), D(1))]
    assert len(server.gets) <= 2
    server.forget()
    # Where nothing can be left out, the names of all come in three pages of a thousand.
    objects = adapter._objects()
    assert len(list(objects.found(Wanted()))) == 2_301
    pages = [asked for asked in server.lists if "delimiter" not in asked.query]
    assert len(pages) == 3


# ------------------------------------------------------------------ troubles


def test_a_store_that_is_busy_is_asked_again(server: ObjectServer, bucket: str) -> None:
    put(bucket, by_day())
    server.troubles = [
        Trouble(status=503, times=2),
        Trouble(status=500, ending="day=04/part-0.parquet"),
        Trouble(status=429, ending="day=05/part-0.parquet"),
        Trouble(cut=100, ending="day=06/part-0.parquet"),
    ]
    adapter = adapter_of(server, bucket)
    assert bars(adapter).height == 10
    assert not server.troubles


def test_a_list_goes_on_where_it_was_cut_off(server: ObjectServer, bucket: str) -> None:
    put(bucket, {f"prices/{number:04}.parquet": b"x" for number in range(1_500)})
    put(bucket, {f"prices/{letter}/x.parquet": b"x" for letter in "ab"})
    objects = adapter_of(server, bucket)._objects()
    found = []
    for each in objects.found(Wanted()):
        found.append(each.path)
        if len(found) == 500:
            server.troubles = [Trouble(status=503)]
    assert len(found) == len(set(found)) == 1_502


def test_a_store_that_never_answers_is_given_up(server: ObjectServer, bucket: str) -> None:
    put(bucket, by_day())
    server.troubles = [Trouble(status=500, times=1_000)]
    with pytest.raises(RetriesExhausted, match=rf"s3://{bucket}/prices did not answer the list"):
        bars(adapter_of(server, bucket))


@pytest.mark.parametrize("status", [401, 403])
def test_a_store_that_refuses_is_not_asked_again_and_no_secret_is_shown(
    server: ObjectServer, bucket: str, status: int
) -> None:
    put(bucket, by_day())
    server.troubles = [Trouble(status=status, times=1_000)]
    with pytest.raises(RequestRefused, match=f"with {status}") as refused:
        bars(adapter_of(server, bucket))
    assert WORD not in str(refused.value)
    assert len(server.asked) == 1


def test_a_bucket_that_is_not_there_is_an_error(server: ObjectServer, bucket: str) -> None:
    with pytest.raises(RequestRefused, match="with 404"):
        bars(adapter_of(server, "no-such-bucket"))
    put(bucket, {"prices/readme.txt": b"nothing here"})
    with pytest.raises(DataValidationError, match="there is no Parquet file"):
        bars(adapter_of(server, bucket))


def test_an_object_that_is_written_anew_while_it_is_read_is_an_error(
    server: ObjectServer, bucket: str
) -> None:
    put(bucket, by_day())
    adapter = adapter_of(server, bucket)
    objects = adapter._objects()
    found = next(iter(objects.found(Wanted())))
    put(bucket, {f"prices/{found.path}": parquet(daily("AAA BBB CCC", DAYS[0]))})
    with pytest.raises(DataValidationError, match="written anew while it was read"):
        objects.read(found, 0, 4)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"this is no Parquet file at all", "it cannot be read"),
        (parquet(daily("AAA", DAYS[0]).drop("close")), "the column is missing"),
        (parquet(daily("AAA", DAYS[0]).drop("date")), "the column is missing"),
        (parquet(daily("AAA", DAYS[0], high=D(1), low=D(2))), "high is below"),
        (parquet(daily("AAA", DAYS[0], open=-D(1))), "give no negative numbers"),
    ],
    ids=["garbage", "no close", "no label", "high", "negative"],
)
def test_what_is_no_data_is_refused_by_name(
    server: ObjectServer, bucket: str, data: bytes, message: str
) -> None:
    put(bucket, {"prices/x.parquet": data})
    with pytest.raises(DataValidationError, match=message):
        bars(adapter_of(server, bucket), "AAA", days=(date(2024, 3, 1), DAYS[-1]))


class InMemory:
    """An adapter over a store in memory."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        import obstore
        from obstore.store import MemoryStore

        self.adapter = CloudAdapter("memory:///prices", {})
        self.adapter.store = MemoryStore()
        self.adapter.timer = VirtualTime(to_ns("2024-04-01")).timer
        self.adapter.calendar = get_calendar("XNYS")
        for name, data in objects.items():
            obstore.put(self.adapter.store, name, data)


GOOD = parquet(daily("AAA BBB", *DAYS))


@given(st.integers(0, len(GOOD) - 1), st.integers(0, len(GOOD)), st.binary(max_size=4))
def test_a_damaged_file_is_an_error_or_the_right_bars(
    start: int, length: int, other: bytes
) -> None:
    damaged = GOOD[:start] + other + GOOD[start + length :]
    try:
        frame = bars(InMemory({"x.parquet": damaged}).adapter)
    except RustyBTError:
        return
    assert frame.height <= 10


# ------------------------------------------------------------------ other stores


def expected() -> list[tuple[Any, ...]]:
    return [
        (symbol, day.day, D(day.day), D(number))
        for number, symbol in enumerate(("AAA", "BBB"), start=1)
        for day in DAYS
    ]


def test_google_cloud_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    with google(by_day(), page=2) as server:
        options = {"endpoint": server.url, "anonymous": "yes"}
        adapter = CloudAdapter("gs://bucket/prices", options)
        adapter.timer = VirtualTime(to_ns("2024-04-01")).timer
        adapter.calendar = get_calendar("XNYS")
        assert closes(bars(adapter)) == expected()
        assert len(server.names()) == 5
        server.forget()
        server.troubles = [Trouble(status=503, times=3)]
        assert bars(adapter, days=(DAYS[2], DAYS[2])).height == 2
        assert len(server.names()) == 3


def test_azure_blob_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", f"sv=2024&sig={WORD}")
    with azure(by_day(), page=2) as server:
        options = {"endpoint": f"{server.url}/account"}
        adapter = CloudAdapter("az://bucket/prices", options)
        adapter.timer = VirtualTime(to_ns("2024-04-01")).timer
        adapter.calendar = get_calendar("XNYS")
        assert closes(bars(adapter)) == expected()
        assert all(WORD in asked.query for asked in server.asked), "the environment's token is used"
        server.forget()
        server.troubles = [Trouble(status=403, times=1_000)]
        with pytest.raises(RequestRefused) as refused:
            bars(adapter)
        assert WORD not in str(refused.value)


def test_a_folder_of_this_machine(tmp_path: Path) -> None:
    for name, data in by_day().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    adapter = CloudAdapter(f"file://{tmp_path}/prices", {})
    adapter.timer = VirtualTime(to_ns("2024-04-01")).timer
    adapter.calendar = get_calendar("XNYS")
    assert closes(bars(adapter)) == expected()


def test_folders_say_day_and_symbol_where_no_column_does() -> None:
    bare = parquet(daily("?", DAYS[0]).drop("date", "symbol"))
    names = [f"date={day}/symbol={symbol}/x.parquet" for day in DAYS for symbol in ("AAA", "BBB")]
    frame = bars(InMemory(dict.fromkeys(names, bare)).adapter)
    found = frame.select("symbol", pl.col("date").dt.day()).rows()
    assert found == [(symbol, day.day) for symbol in ("AAA", "BBB") for day in DAYS]


def test_chunks_come_object_by_object() -> None:
    objects = {name.removeprefix("prices/"): data for name, data in by_day().items()}
    adapter = InMemory(objects).adapter
    start = datetime(2024, 3, 6, tzinfo=UTC)
    chunks = adapter.chunks(None, start, DAYS[-1], adapter.options.resolution)
    days = [chunk.frame["at"].unique().to_list() for chunk in chunks]
    # A day more at the ends, since those of a zone are not those of another.
    assert days == [[(day - date(1970, 1, 1)).days] for day in DAYS[1:]]


def test_without_symbols_all_of_them_are_ingested(
    server: ObjectServer, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = parquet(daily("?", *DAYS).drop("symbol"))
    alone = {"prices/symbol=CCC/a.parquet": named, "prices/DDD.parquet": named}
    put(bucket, by_day() | alone)
    monkeypatch.setenv("RUSTYBT_DATA_DIR", str(tmp_path / "store"))
    bundles.ingest_from(
        "cloud-all",
        source="cloud",
        location=f"s3://{bucket}/prices",
        options={"endpoint": server.url},
        calendar_name="XNYS",
    )
    loaded = bundles.load("cloud-all")
    found = [loaded.finder.retrieve_asset(sid).symbol for sid in loaded.finder.sids]
    assert sorted(found) == ["AAA", "BBB", "CCC", "DDD"]
    assert bundles.info("cloud-all").daily_bars == 20


class TestConformance(DataAdapterSuite):
    """What every data adapter has to do."""

    @pytest.fixture
    def case(self, server: ObjectServer) -> AdapterCase:
        put("conformance", by_day())
        options = {"endpoint": server.url, "symbols": "AAA,BBB"}
        location = "s3://conformance/prices"
        return AdapterCase(adapter=CloudAdapter, location=location, options=options)
