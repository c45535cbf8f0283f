"""Readers of bcolz give what Zipline's own readers gave, and pass what is asked of every reader."""

import json
import math
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from zipline_bundles import BUNDLES, copied, ingestion, recorded

from rustybt.calendars import from_day, from_ns
from rustybt.data.readers import BarReader
from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import CorruptData, DataValidationError, InvalidCalendarName
from rustybt.testing import BarReaderSuite
from rustybt_data.zipline import BcolzDailyReader, BcolzMinuteReader
from rustybt_data.zipline.column import ChunkCache, Column

EVERYTHING = (-(2**62), 2**62)
Bar = tuple[int, str, float | None, float | None, float | None, float | None, float]


def daily(name: str, cache: ChunkCache | None = None) -> BcolzDailyReader:
    return BcolzDailyReader(ingestion(name) / "daily_equities.bcolz", cache=cache)


def minute(name: str, cache: ChunkCache | None = None) -> BcolzMinuteReader:
    return BcolzMinuteReader(ingestion(name) / "minute_equities.bcolz", cache=cache)


def shown(reader: BcolzDailyReader | BcolzMinuteReader) -> list[Bar]:
    """All bars by sid, then label, as the recorded ones are written."""
    bars = reader.read(reader.sids(), *EVERYTHING).sort("sid", "at")
    prices, volumes = 10**reader.price_scale, 10**reader.volume_scale
    return [
        (
            sid,
            str(from_day(at)) if reader.is_daily else from_ns(at).isoformat(),
            *(None if price is None else price / prices for price in ohlc),
            volume / volumes,
        )
        for at, sid, *ohlc, volume in bars.iter_rows()
    ]


def same(actual: list[Bar], expected: list[list[object]]) -> bool:
    """Whether bars are those that were recorded: Zipline's are k * 0.001 in floats."""
    return (
        len(actual) == len(expected)
        and all(
            list(ours[:2]) == theirs[:2]
            and all(
                a is b or (a is not None and math.isclose(a, b, rel_tol=1e-14))  # type: ignore[arg-type]
                for a, b in zip(ours[2:], theirs[2:], strict=True)
            )
            for ours, theirs in zip(actual, expected, strict=True)
        )
    )


@pytest.mark.parametrize("name", [name for name in BUNDLES if name != "ratios"])
def test_daily_bars_are_those_that_zipline_reads(name: str) -> None:
    assert same(shown(daily(name)), recorded()[name]["daily"])


@pytest.mark.parametrize("name", [name for name in BUNDLES if name != "long"])
def test_minutes_are_those_that_zipline_reads(name: str) -> None:
    assert same(shown(minute(name)), recorded()[name]["minute"])


def test_prices_are_the_exact_thousandths_that_are_stored() -> None:
    # Zipline reads 20.02 as 20.02; 77.08 as 77.08000000000001. Here both are whole coefficients.
    bars = daily("america").read([3], *EVERYTHING)
    assert (bars["close"] % 10**5).unique().to_list() == [0]
    assert daily("america").price_scale == 8


def test_prices_of_minutes_are_exact_at_every_ratio() -> None:
    # Ratios 100, 1,000,000 and 10: a stored price of 1 is 0.01, 0.000001 and 0.1.
    reader = minute("ratios")
    assert [reader.factor(sid) for sid in (1, 2, 3)] == [10**6, 10**2, 10**7]
    prices = {sid: reader.read([sid], *EVERYTHING)["close"] for sid in (1, 2, 3)}
    assert all((prices[sid] % reader.factor(sid) == 0).all() for sid in prices)
    assert prices[2].max() < 10**9 < prices[1].min()  # type: ignore[operator]


def test_the_table_is_larger_than_a_chunk() -> None:
    column = Column(ingestion("long") / "daily_equities.bcolz" / "close", ChunkCache())
    assert column.chunk_length < len(column)


@pytest.mark.parametrize("limit", [0, 50_000])
def test_little_memory_gives_the_same_bars(limit: int) -> None:
    cache = ChunkCache(limit)
    assert same(shown(daily("long", cache)), recorded()["long"]["daily"])
    assert cache.size <= max(limit, 4000)  # never less than the newest chunk


def test_sessions_of_a_lunch_break_run_through_it() -> None:
    reader = minute("hongkong")
    assert reader.calendar == "XHKG"
    assert (reader.first_session, reader.last_session) == (date(2020, 12, 1), date(2020, 12, 3))


class TestDaily(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return daily("america")


class TestMinutes(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return minute("america")


class TestMinutesOverABreak(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return minute("hongkong")


class TestMinutesAtSeveralRatios(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        return minute("ratios")


class TestDailyWithoutPrices(BarReaderSuite):
    @pytest.fixture
    def reader(self) -> BarReader:
        reader = daily("odd")
        reader.leave_out([2])  # whose high is below its low
        return reader


# ------------------------------------------------------------------ older formats


def rewritten(path: Path, **fields: object) -> None:
    """Change a JSON file; None removes a field."""
    content = json.loads(path.read_text()) | fields
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


OLD_METADATA = [
    {"version": 2, "ohlc_ratios_per_sid": None},
    {
        "version": 1,
        "calendar_name": None,
        "start_session": None,
        "end_session": None,
        "first_trading_day": "2020-11-02",
        # Minutes since 1970-01-01 of the closes; the last is 2020-12-31 21:00 UTC.
        "market_closes": [26_739_900, 26_824_140],
    },
    {
        "version": None,
        "minutes_per_day": None,
        "calendar_name": None,
        "start_session": None,
        "end_session": None,
        "first_trading_day": "2020-11-02",
        "market_closes": [26_824_140],
    },
]


@pytest.mark.parametrize("fields", OLD_METADATA, ids=["2", "1", "0"])
def test_older_versions_of_minutes_are_read(fields: dict[str, object], tmp_path: Path) -> None:
    folder = copied("america", tmp_path) / "minute_equities.bcolz"
    rewritten(folder / "metadata.json", **fields)
    assert same(shown(BcolzMinuteReader(folder)), recorded()["america"]["minute"])


def test_daily_bars_from_before_there_were_calendars_are_of_new_york(tmp_path: Path) -> None:
    folder = copied("america", tmp_path) / "daily_equities.bcolz"
    rewritten(folder / "__attrs__", calendar_name=None, start_session_ns=None, end_session_ns=None)
    reader = BcolzDailyReader(folder)
    assert reader.calendar == "XNYS"
    assert same(shown(reader), recorded()["america"]["daily"])


# ------------------------------------------------------------------ what cannot be read

OPEN = "daily_equities.bcolz/open"
CHUNK = f"{OPEN}/data/__0.blp"
TABLE = "minute_equities.bcolz/00/00/000003.bcolz"


def read_everything(folder: Path) -> None:
    for reader in (
        BcolzDailyReader(folder / "daily_equities.bcolz"),
        BcolzMinuteReader(folder / "minute_equities.bcolz"),
    ):
        reader.read(reader.sids(), *EVERYTHING)


@pytest.mark.parametrize(
    "missing",
    [
        "daily_equities.bcolz",
        "daily_equities.bcolz/__attrs__",
        "daily_equities.bcolz/__rootdirs__",
        "daily_equities.bcolz/day",
        f"{OPEN}/meta/sizes",
        f"{OPEN}/meta/storage",
        CHUNK,
        "minute_equities.bcolz/metadata.json",
        f"{TABLE}/volume",
        f"{TABLE}/close/data/__0.blp",
    ],
)
def test_a_missing_file_is_named(missing: str, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    (folder / missing).rename(folder / "away")
    with pytest.raises(CorruptData) as error:
        read_everything(folder)
    assert missing in error.value.path


@pytest.mark.parametrize(
    ("place", "content", "said"),
    [
        (0, b"blop", "it begins with b'blop'"),
        (4, b"\x02", "of version 2"),
        (8, b"\x03", "with 3 buffers"),
        (20, b"\x00\x00\x00\x00", "it says that it holds 0 bytes"),
        (20, b"\xff\xff\xff\x7f", "it says that it holds 2147483647 bytes"),
        (28, b"\x11\x00\x00\x00", "its buffer is of 17 bytes"),
        (24, b"\x00\x00\x00\x00", "cannot be decompressed"),
    ],
)
def test_a_wrong_header_is_refused(place: int, content: bytes, said: str, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    held = bytearray((folder / CHUNK).read_bytes())
    held[place : place + len(content)] = content
    (folder / CHUNK).write_bytes(held)
    with pytest.raises(CorruptData, match=said) as error:
        read_everything(folder)
    assert error.value.path == str(folder / CHUNK)


@pytest.mark.parametrize("length", [0, 4, 15, 16, 31, 32, 33, 100])
def test_a_chunk_that_is_cut_off_is_refused(length: int, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    (folder / CHUNK).write_bytes((folder / CHUNK).read_bytes()[:length])
    with pytest.raises(CorruptData) as error:
        read_everything(folder)
    assert error.value.path == str(folder / CHUNK)


@pytest.mark.parametrize(
    ("file", "fields", "said"),
    [
        (f"{OPEN}/meta/sizes", {"shape": [1, 2]}, "its shape is"),
        (f"{OPEN}/meta/sizes", {"shape": [-1]}, "its shape is"),
        (f"{OPEN}/meta/sizes", {"shape": "all"}, "its shape is"),
        (f"{OPEN}/meta/sizes", {"shape": [7]}, "differ in length"),
        (f"{OPEN}/meta/storage", {"dtype": "float64"}, "its dtype is 'float64'"),
        (f"{OPEN}/meta/storage", {"chunklen": 0}, "its chunklen is 0"),
        (f"{OPEN}/meta/storage", {"chunklen": 10}, "expected were 40 to 40"),
        ("daily_equities.bcolz/__rootdirs__", {"names": ["open"]}, "it names no column high"),
        ("daily_equities.bcolz/__attrs__", {"first_row": None}, "do not name the same sids"),
        ("daily_equities.bcolz/__attrs__", {"last_row": {}}, "do not name the same sids"),
        ("minute_equities.bcolz/metadata.json", {"version": 4}, "its version is 4"),
        ("minute_equities.bcolz/metadata.json", {"minutes_per_day": 0}, "minutes_per_day is 0"),
        ("minute_equities.bcolz/metadata.json", {"minutes_per_day": 10**9}, "minutes_per_day"),
        ("minute_equities.bcolz/metadata.json", {"minutes_per_day": "390"}, "minutes_per_day"),
        (
            "minute_equities.bcolz/metadata.json",
            {"ohlc_ratios_per_sid": {"9" * 5000: 1}},
            "its ohlc_ratios_per_sid",
        ),
        (
            "daily_equities.bcolz/__attrs__",
            {"first_row": {"9" * 5000: 0}, "last_row": {"9" * 5000: 0}},
            "rows 0 to 0",
        ),
        (
            "daily_equities.bcolz/__attrs__",
            {"first_row": {"3": 0}, "last_row": {"3": 152}},
            "sid 3 has rows 0 to 152 of 152",
        ),
        ("minute_equities.bcolz/metadata.json", {"start_session": "soon"}, "its sessions are"),
        ("minute_equities.bcolz/metadata.json", {"end_session": "2019-01-02"}, "sessions are"),
        ("minute_equities.bcolz/metadata.json", {"ohlc_ratios_per_sid": [3]}, "is \\[3\\]"),
    ],
)
def test_a_wrong_description_is_refused(
    file: str, fields: dict[str, object], said: str, tmp_path: Path
) -> None:
    folder = copied("america", tmp_path)
    rewritten(folder / file, **fields)
    with pytest.raises(CorruptData, match=said):
        read_everything(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(content: bytes, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    (folder / OPEN / "meta" / "sizes").write_bytes(content)
    with pytest.raises(CorruptData):
        read_everything(folder)


@pytest.mark.parametrize("ratio", [3, 0, -1000, 0.5, "1000", None, True, 1e30])
def test_a_ratio_without_exact_prices_is_refused(ratio: object, tmp_path: Path) -> None:
    folder = copied("america", tmp_path) / "minute_equities.bcolz"
    content = json.loads((folder / "metadata.json").read_text()) | {"ohlc_ratio": ratio}
    (folder / "metadata.json").write_text(json.dumps(content))
    with pytest.raises(DataValidationError, match="ohlc_ratio"):
        BcolzMinuteReader(folder)


def test_ratios_that_no_scale_holds_together_are_refused(tmp_path: Path) -> None:
    # 4,294,967,295 at ratio 1 needs ten digits before the point, ratio 10**9 nine after it.
    folder = copied("america", tmp_path) / "minute_equities.bcolz"
    rewritten(folder / "metadata.json", ohlc_ratio=1, ohlc_ratios_per_sid={"3": 10**9})
    with pytest.raises(DataValidationError, match="18 digits"):
        BcolzMinuteReader(folder)


def test_rows_of_another_asset_are_refused(tmp_path: Path) -> None:
    folder = copied("america", tmp_path) / "daily_equities.bcolz"
    said = json.loads((folder / "__attrs__").read_text())
    rewritten(folder / "__attrs__", last_row={**said["last_row"], "3": said["last_row"]["3"] + 1})
    reader = BcolzDailyReader(folder)
    with pytest.raises(CorruptData, match="not all those of sid 3"):
        reader.read([3], *EVERYTHING)


def test_days_of_another_calendar_are_refused() -> None:
    # 2020-12-01 to 2020-12-31: London has a session less than New York, at Christmas 2020 (28th).
    reader = BcolzDailyReader(ingestion("america") / "daily_equities.bcolz", calendar="XLON")
    with pytest.raises(DataValidationError, match="no session of XLON"):
        reader.read(reader.sids(), *EVERYTHING)
    with pytest.raises(InvalidCalendarName):
        BcolzDailyReader(ingestion("america") / "daily_equities.bcolz", calendar="NOWHERE")


@pytest.mark.parametrize("name", [5, ["XNYS"], "", "XNYS2"])
def test_a_calendar_that_is_none_is_refused(name: object, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    for file in ("daily_equities.bcolz/__attrs__", "minute_equities.bcolz/metadata.json"):
        rewritten(folder / file, calendar_name=name)
    with pytest.raises(InvalidCalendarName):
        BcolzMinuteReader(folder / "minute_equities.bcolz")
    if name:  # without one, the table is of New York
        with pytest.raises(InvalidCalendarName):
            BcolzDailyReader(folder / "daily_equities.bcolz")


def test_minutes_beyond_the_sessions_are_refused(tmp_path: Path) -> None:
    folder = copied("america", tmp_path) / "minute_equities.bcolz"
    rewritten(folder / "metadata.json", end_session="2020-11-10")
    with pytest.raises(DataValidationError, match="name the calendar"):
        BcolzMinuteReader(folder).sids()


def test_a_table_whose_name_is_no_sid_is_refused(tmp_path: Path) -> None:
    folder = copied("america", tmp_path) / "minute_equities.bcolz"
    (folder / "00" / "00" / "abc.bcolz").mkdir()
    with pytest.raises(CorruptData, match="no sid"):
        BcolzMinuteReader(folder)


def test_fields_of_a_price_that_is_missing_are_null() -> None:
    # The third session of sid 1 was written without an open.
    bars = daily("odd").read([1], *EVERYTHING)
    assert bars.filter(pl.col("open").is_null()).select("at").item() == bars["at"][2]
    assert bars.select(BAR_FIELDS[1:]).null_count().sum_horizontal().item() == 0
