"""The adapter csv: how files may be written, and what is refused."""

import asyncio
import gzip
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from rustybt.errors import DataValidationError, InvalidArgument, UnknownSymbol
from rustybt_data.adapters.csv import CSVAdapter

FIELDS = "open,high,low,close,volume"
BAR = "10.5,11,10,10.25,1000"


def put(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def bars(place: Path, *symbols: str, resolution: str = "1m", **options: str) -> pl.DataFrame:
    adapter = CSVAdapter(str(place), {"resolution": resolution, **options})
    chosen = symbols or adapter.symbols()
    return asyncio.run(adapter.bars(chosen, date(2019, 1, 2), date(2026, 1, 2), resolution))


def labels(place: Path, **options: str) -> list[str]:
    frame = bars(place, **options)
    return frame[frame.columns[0]].dt.strftime("%Y-%m-%dT%H:%M:%S%.f").to_list()


def one(folder: Path, stamp: str, *, header: str = f"timestamp,{FIELDS}") -> Path:
    return put(folder, "AAA.csv", header, f"{stamp},{BAR}")


@pytest.mark.parametrize(
    ("stamp", "options", "utc"),
    [
        # texts of one instant: 14:31 UTC is 09:31 in New York in January (UTC-5)
        ("2024-01-05T14:31:00", {}, "2024-01-05T14:31:00"),
        ("2024-01-05 14:31:00", {}, "2024-01-05T14:31:00"),
        ("2024-01-05 14:31", {}, "2024-01-05T14:31:00"),
        ("2024-01-05T14:31:00Z", {}, "2024-01-05T14:31:00"),
        ("2024-01-05 09:31:00-05:00", {}, "2024-01-05T14:31:00"),
        ("2024-01-05T093100-0500", {}, "2024-01-05T14:31:00"),
        ("20240105 143100", {}, "2024-01-05T14:31:00"),
        ("2024-01-05 09:31:00", {"zone": "America/New_York"}, "2024-01-05T14:31:00"),
        ("01/05/2024 09:31", {"date_format": "month-first", "zone": "America/New_York"}, None),
        ("05/01/2024 09:31", {"date_format": "day-first", "zone": "America/New_York"}, None),
        ("05.01.2024 14:31:00", {"date_format": "day-first"}, "2024-01-05T14:31:00"),
        ("1/5/2024 2:31 PM", {"date_format": "month-first"}, "2024-01-05T14:31:00"),
        ("01/05/2024 02:31:00pm", {"date_format": "month-first"}, "2024-01-05T14:31:00"),
        ("2024|05|01|14|31", {"date_format": "%Y|%d|%m|%H|%M"}, "2024-01-05T14:31:00"),
        # 19727 days x 86400 s + 52260 s
        ("1704465060", {}, "2024-01-05T14:31:00"),
        ("1704465060000", {}, "2024-01-05T14:31:00"),
        ("1704465060000000", {}, "2024-01-05T14:31:00"),
        ("1704465060000000000", {}, "2024-01-05T14:31:00"),
        ("1704465060", {"date_format": "epoch-s"}, "2024-01-05T14:31:00"),
        ("1704465000", {"bar_label": "start"}, "2024-01-05T14:31:00"),
        ("2024-01-05T14:31:00.123456789", {}, "2024-01-05T14:31:00.123456789"),
        ("2024-07-05 09:31:00", {"zone": "America/New_York"}, "2024-07-05T13:31:00"),
    ],
)
def test_times_may_be_written_so(
    folder: Path, stamp: str, options: dict[str, str], utc: str | None
) -> None:
    place = one(folder, stamp)
    if "|" in stamp:
        options = {**options, "delimiter": ","}
    assert labels(place, **options) == [utc or "2024-01-05T14:31:00"]


@pytest.mark.parametrize(
    ("stamp", "options", "day"),
    [
        ("2024-01-05", {}, "2024-01-05"),
        ("20240105", {}, "2024-01-05"),
        ("2024/01/05", {}, "2024-01-05"),
        ("2024-01-05 00:00:00", {}, "2024-01-05"),
        ("01/05/2024", {"date_format": "month-first"}, "2024-01-05"),
        ("12.01.2024", {"date_format": "day-first"}, "2024-01-12"),
        ("05-Jan-2024", {"date_format": "%d-%b-%Y"}, "2024-01-05"),
        ("1704412800000", {}, "2024-01-05"),
        # midnight in New York is 05:00 UTC
        ("1704430800000", {"zone": "America/New_York"}, "2024-01-05"),
    ],
)
def test_days_may_be_written_so(
    folder: Path, stamp: str, options: dict[str, str], day: str
) -> None:
    frame = bars(one(folder, stamp), resolution="1d", **options)
    assert frame["date"].to_list() == [date.fromisoformat(day)]


def test_a_number_above_12_shows_which_comes_first(folder: Path) -> None:
    put(folder, "AAA.csv", f"date,{FIELDS}", f"02/01/2024,{BAR}", f"16/01/2024,{BAR}")
    frame = bars(folder, resolution="1d")
    assert frame["date"].to_list() == [date(2024, 1, 2), date(2024, 1, 16)]


def test_date_and_time_may_have_a_column_each(folder: Path) -> None:
    put(folder, "AAA.csv", f"Date,Time,{FIELDS}", f"2024-01-05,14:31,{BAR}")
    assert labels(folder) == ["2024-01-05T14:31:00"]


# New York left out 02:00 to 03:00 on 2024-03-10 and showed 01:00 to 02:00 twice on 2024-11-03.
GAP, FOLD = "2024-03-10 02:30:00", "2024-11-03 01:30:00"


@pytest.mark.parametrize(
    ("stamp", "options", "utc"),
    [
        (GAP, {"dst_gap": "skip"}, []),
        (FOLD, {"dst_fold": "earliest"}, ["2024-11-03T05:30:00"]),  # UTC-4
        (FOLD, {"dst_fold": "latest"}, ["2024-11-03T06:30:00"]),  # UTC-5
        (FOLD, {"dst_fold": "skip"}, []),
    ],
)
def test_the_mapping_says_what_becomes_of_odd_times(
    folder: Path, stamp: str, options: dict[str, str], utc: list[str]
) -> None:
    place = put(
        folder, "AAA.csv", f"timestamp,{FIELDS}", f"{stamp},{BAR}", f"2024-11-04 10:00:00,{BAR}"
    )
    options = {"zone": "America/New_York", **options}
    adapter = CSVAdapter(str(place), {"resolution": "1m", **options})
    days = date(2024, 1, 2), date(2024, 12, 2)
    adapter.calendar = None
    frame = asyncio.run(adapter.bars(["AAA"], *days, "1m"))
    assert frame["timestamp"].dt.strftime("%Y-%m-%dT%H:%M:%S").to_list() == [
        *utc,
        "2024-11-04T15:00:00",
    ]
    assert adapter.skipped == 1 - len(utc)


@pytest.mark.parametrize(
    ("stamp", "options", "message"),
    [
        ("01/05/2024 09:31", {}, "it can be read in two ways; say date_format"),
        ("01/05/2024 09:31", {"date_format": "iso"}, "it can be read in two ways"),
        ("5.1.24", {}, "say how it is written: date_format"),
        ("soon", {}, "say how it is written: date_format"),
        ("2024-02-30 09:31:00", {}, "times above are written as %Y-%m-%d %H:%M:%S%.f"),
        ("2024-01-05 24:00:00", {}, "times above are written as"),
        ("2024-01-05 09:31:60", {}, "times above are written as"),
        ("1500-01-05 09:31:00", {}, "give years from 1678 to 2261"),
        ("99999999999999999", {"date_format": "epoch-s"}, "whole number of s since 1970"),
        ("1.5", {"date_format": "epoch-s"}, "give a whole number of s"),
        (GAP, {"zone": "America/New_York"}, "the clocks of America/New_York leave this time out"),
        (FOLD, {"zone": "America/New_York"}, "the clocks of America/New_York show this time twice"),
        ("", {}, "give the time of the bar"),
    ],
)
def test_times_that_cannot_be_are_refused(
    folder: Path, stamp: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(DataValidationError, match=message) as caught:
        bars(one(folder, stamp), **options)
    assert (caught.value.line, caught.value.column, caught.value.value) == (2, "timestamp", stamp)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen(folder: Path, mark: str) -> None:
    put(
        folder,
        "AAA.csv",
        f"date,{FIELDS}".replace(",", mark),
        f"2024-01-05,{BAR}".replace(",", mark),
    )
    assert bars(folder, resolution="1d")["close"].to_list() == [D("10.25")]


def test_a_comma_may_be_the_decimal_mark(folder: Path) -> None:
    line = "05.01.2024;10,5;11;10,00;1.010,25;1.000.000"
    put(folder, "AAA.csv", f"date,{FIELDS}".replace(",", ";"), line.replace("11;", "1.011;"))
    options = {"decimal": ",", "thousands": ".", "date_format": "day-first"}
    (row,) = bars(folder, resolution="1d", **options).rows()
    assert row[2:] == (D("10.5"), D(1011), D(10), D("1010.25"), D(1000000))


@pytest.mark.parametrize(
    ("cell", "options", "message"),
    [
        ("n/a", {}, "give a number"),
        ("1 000", {}, "give a number"),
        ("1'00", {"thousands": "'"}, '"\'" has to group digits by three'),
        ("1.5", {"decimal": ","}, "the decimal mark is a comma"),
        ("-5", {}, "give no negative numbers"),
        ("9", {}, "the high is below the low"),
        ("", {}, "give a number; or say missing: skip or interpolate"),
        ("1e30", {}, "give a number"),
        ("inf", {}, "give a number"),
        ("1_0", {}, "give a number"),
    ],
)
def test_cells_that_cannot_be_are_named(
    folder: Path, cell: str, options: dict[str, str], message: str
) -> None:
    place = put(
        folder,
        "AAA.csv",
        f"date;{FIELDS}".replace(",", ";"),
        "2024-01-04;10;11;10;10;1000",
        f"2024-01-05;10;{cell};10;10;1000",
    )
    with pytest.raises(DataValidationError, match=message) as caught:
        bars(place, resolution="1d", **options)
    error = caught.value
    assert (error.file, error.line, error.column, error.value) == (str(place), 3, "high", cell)


def test_thousands_are_read_only_when_said(folder: Path) -> None:
    put(
        folder,
        "AAA.csv",
        f"date;{FIELDS}".replace(",", ";"),
        "2024-01-05;1,010.5;1,011;1,010;1,010;7",
    )
    (row,) = bars(folder, resolution="1d", thousands=",").rows()
    assert row[2:] == (D("1010.5"), D(1011), D(1010), D(1010), D(7))
    with pytest.raises(DataValidationError, match="give a number"):
        bars(folder, resolution="1d")


HOLED = (
    f"date,{FIELDS}",
    "2024-01-02,10,10,10,10,100",
    "2024-01-03,,,,,",
    "2024-01-05,13,13,13,13,103",
)


def test_rows_with_holes_are_skipped_when_said(folder: Path) -> None:
    adapter = CSVAdapter(str(put(folder, "AAA.csv", *HOLED)), {"missing": "skip"})
    frame = asyncio.run(adapter.bars(["AAA"], date(2024, 1, 2), date(2024, 1, 5), "1d"))
    assert frame["close"].to_list() == [D(10), D(13)]
    assert adapter.skipped == 1


def test_holes_are_interpolated_in_time_when_said(folder: Path) -> None:
    adapter = CSVAdapter(str(put(folder, "AAA.csv", *HOLED)), {"missing": "interpolate"})
    frame = asyncio.run(adapter.bars(["AAA"], date(2024, 1, 2), date(2024, 1, 5), "1d"))
    # One of three days: 10 + (13 - 10) / 3 = 11 and 100 + 3 / 3 = 101.
    assert frame["close"].to_list() == [D(10), D(11), D(13)]
    assert frame["volume"].to_list() == [D(100), D(101), D(103)]
    assert adapter.filled.rows() == [
        ("AAA", 19725, name) for name in ("open", "high", "low", "close", "volume")
    ]


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [
        # half even at one decimal: 0.25 is 0.2, 0.35 is 0.4
        ("0.2", "0.3", "0.2"),
        ("0.3", "0.4", "0.4"),
        ("0.3", "0.2", "0.2"),
    ],
)
def test_what_is_interpolated_is_rounded_half_even(
    folder: Path, before: str, after: str, between: str
) -> None:
    def line(day: int, price: str) -> str:
        return f"2024-01-0{day},{price},{price},{price},{price},1"

    put(folder, "AAA.csv", f"date,{FIELDS}", line(3, before), "2024-01-04,,,,,1", line(5, after))
    frame = bars(folder, resolution="1d", missing="interpolate")
    assert frame["open"].to_list() == [D(before), D(between), D(after)]


def test_a_hole_at_an_end_cannot_be_interpolated(folder: Path) -> None:
    put(folder, "AAA.csv", *HOLED[:3])
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-03, column open: was ''; there"):
        bars(folder, resolution="1d", missing="interpolate")


def test_words_for_nothing_are_said_in_the_mapping(folder: Path) -> None:
    put(folder, "AAA.csv", f"date,{FIELDS}", "2024-01-04,NA,NA,NA,NA,null", f"2024-01-05,{BAR}")
    put(folder, "how.toml", 'missing = "skip"', 'missing_values = ["NA", "null"]')
    frame = bars(folder, resolution="1d", mapping=str(folder / "how.toml"))
    assert frame["date"].to_list() == [date(2024, 1, 5)]


def test_one_file_may_have_many_symbols_in_any_order(folder: Path) -> None:
    put(
        folder,
        "all.csv",
        f"ticker,date,{FIELDS}",
        "BBB,2024-01-05,2,2,2,2,2",
        "AAA,2024-01-05,1,1,1,1,1",
        "BBB,2024-01-04,3,3,3,3,3",
        "AAA,2024-01-05,1,1,1,1,1",
    )
    frame = bars(folder, resolution="1d")
    assert frame.select("symbol", "date", "close").rows() == [
        ("AAA", date(2024, 1, 5), D(1)),
        ("BBB", date(2024, 1, 4), D(3)),
        ("BBB", date(2024, 1, 5), D(2)),
    ]
    assert bars(folder, "BBB", resolution="1d").height == 2


def test_an_unknown_symbol_is_named(folder: Path) -> None:
    one(folder, "2024-01-05")
    with pytest.raises(UnknownSymbol, match="has no symbol 'ZZZ'"):
        bars(folder, "AAA", "ZZZ", resolution="1d")


def test_many_files_are_found_by_folder_pattern_and_name(folder: Path) -> None:
    put(folder, "deep/AAA_1d.csv", f"date,{FIELDS}", f"2024-01-05,{BAR}")
    put(folder, "BBB_1d.csv", f"date,{FIELDS}", f"2024-01-05,{BAR}")
    put(folder, "notes.md", "nothing")
    how = {"symbol_pattern": r"^(\w+)_1d"}
    assert set(bars(folder, resolution="1d", **how)["symbol"]) == {"AAA", "BBB"}
    pattern = Path(f"{folder}/*.csv")
    assert set(bars(pattern, resolution="1d", **how)["symbol"]) == {"BBB"}
    assert set(bars(folder / "BBB_1d.csv", resolution="1d", symbol="B/USD")["symbol"]) == {"B/USD"}
    with pytest.raises(DataValidationError, match="its name has no symbol: symbol_pattern is"):
        bars(folder, resolution="1d", symbol_pattern="(x)")


def test_only_the_ending_is_cut_off_a_name(folder: Path) -> None:
    for name in ("BRK.A.csv", "BRK.B.CSV", "BF.B.txt"):
        put(folder, name, f"date,{FIELDS}", f"2024-01-05,{BAR}")
    text = f"date,{FIELDS}\n2024-01-05,{BAR}\n".encode()
    (folder / "RDS.A.csv.gz").write_bytes(gzip.compress(text))
    assert bars(folder, resolution="1d")["symbol"].to_list() == ["BF.B", "BRK.A", "BRK.B", "RDS.A"]


def test_hidden_files_are_no_data(folder: Path) -> None:
    put(folder, "AAA.csv", f"date,{FIELDS}", f"2024-01-05,{BAR}")
    (folder / "._AAA.csv").write_bytes(b"\x00\x05\x16\x07\x00")
    assert bars(folder, resolution="1d")["symbol"].to_list() == ["AAA"]


def test_the_first_line_below_the_header_may_be_blank(folder: Path) -> None:
    put(folder, "AAA.csv", f"date,{FIELDS}", "", f"2024-01-05,{BAR}")
    assert bars(folder, resolution="1d").height == 1
    put(folder, "AAA.csv", f"date,{FIELDS}", "2024-01-04,1", f"2024-01-05,{BAR}")
    with pytest.raises(DataValidationError, match="line 2, column high: was ''; give a number"):
        bars(folder, resolution="1d", delimiter=",")


def test_compressed_files_are_read(folder: Path) -> None:
    text = f"date,{FIELDS}\n2024-01-05,{BAR}\n".encode()
    (folder / "AAA.csv.gz").write_bytes(gzip.compress(text))
    with pa.output_stream(str(folder / "BBB.csv.zst"), compression="zstd") as stream:
        stream.write(text)
    assert bars(folder, resolution="1d")["symbol"].to_list() == ["AAA", "BBB"]


def test_a_damaged_archive_is_named(folder: Path) -> None:
    packed = gzip.compress(f"date,{FIELDS}\n2024-01-05,{BAR}\n".encode() * 100)
    (folder / "AAA.csv.gz").write_bytes(packed[:40])
    with pytest.raises(DataValidationError, match=r"AAA.csv.gz"):
        bars(folder, resolution="1d")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfed\x00", "it is UTF-16; convert it to UTF-8"),
        (b"date,open,high,low,close,volume\n2024-01-05,1,1,1,1,\xe9\n", "line 2.*not UTF-8"),
        (b"d\xe9,a\n1,2\n", "it is not UTF-8"),
        (b"just text\n", "the first lines do not show what separates cells"),
        (b"date,open,open,low,close,volume\n", "names the column twice"),
        (b"date,open,high,low,close\n2024-01-05,1,1,1,1\n", "volume: the column is missing"),
        (b"day,open,high,low,close,volume\n", "timestamp or date: the column is missing"),
        (
            b"date,open,high,low,close,volume\n2024-01-05,1,1,1,1,1,1\n",
            "line 2: the line has 7 cells, the header 6",
        ),
    ],
)
def test_files_that_cannot_be_are_refused(folder: Path, content: bytes, message: str) -> None:
    path = folder / "AAA.csv"
    path.write_bytes(content)
    with pytest.raises(DataValidationError, match=message):
        bars(path, "AAA", resolution="1d", delimiter="auto" if b"1,1\n" not in content else ",")


def test_a_mark_at_the_beginning_quotes_and_blank_lines_do_no_harm(folder: Path) -> None:
    (folder / "AAA.csv").write_bytes(
        b'\xef\xbb\xbf"Date","Open","High","Low","Close","Volume","Note"\r\n'
        b'"2024-01-04","1","1","1","1","1","two\r\nlines, and ""quotes"""\r\n\r\n'
        b'"2024-01-05","2","2","2","2","2",""\r\n'
        b'"2024-01-08","x","2","2","2","2",""\r\n'
    )
    with pytest.raises(DataValidationError, match="line 6, column open: was 'x'"):
        bars(folder, resolution="1d")


def test_columns_are_named_by_the_mapping(folder: Path) -> None:
    put(folder, "prices.txt", "20240105;1433;10,5;11;10;10,25;7;AAA", "20240105;1434;1;1;1;1;1;BBB")
    how = put(
        folder,
        "how.toml",
        "header = false",
        'decimal = ","',
        'zone = "Europe/Berlin"',
        "[columns]",
        "date = 1",
        "time = 2",
        *(f"{name} = {number}" for number, name in enumerate(FIELDS.split(","), start=3)),
        "symbol = 8",
    )
    frame = bars(folder / "prices.txt", mapping=str(how))
    # 14:33 in Berlin is 13:33 in UTC in January.
    assert frame.row(0) == (
        datetime(2024, 1, 5, 13, 33, tzinfo=UTC),
        "AAA",
        *map(D, ("10.5", "11", "10", "10.25", "7")),
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"delimiter": "x"}, "delimiter was 'x'; give one of auto"),
        ({"zone": "Mars/Base"}, "zone was 'Mars/Base'; give a zone of the IANA"),
        ({"date_format": "us"}, "date_format was 'us'; give one of auto, iso, month-first"),
        ({"missing": "guess"}, "missing was 'guess'; give one of fail, skip, interpolate"),
        ({"thousands": ".", "decimal": "."}, "thousands was '.'; give one of another mark"),
        ({"symbol_pattern": "AAA"}, "a pattern with one"),
        ({"symbol_pattern": "("}, r"symbol_pattern was '\('"),
        ({"header": "no"}, "header was 'no'; give one of true, false"),
        ({"mapping": "not-there.toml"}, "there is no such file"),
        ({"mappings": "x"}, "csv option was 'mappings'"),
    ],
)
def test_wrong_options_are_refused(folder: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        CSVAdapter(str(one(folder, "2024-01-05")), options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("delimiter", "it is no TOML"),
        ("columns = 3", "mapping, columns was 3; give one of a dict"),
        ("[columns]\nprice = 'p'", "columns was 'price'; give one of timestamp"),
        ("colour = 'red'", "mapping was 'colour'; give one of columns"),
    ],
)
def test_wrong_mappings_are_refused(folder: Path, text: str, message: str) -> None:
    how = put(folder, "how.toml", text)
    with pytest.raises((InvalidArgument, DataValidationError), match=message):
        CSVAdapter(str(one(folder, "2024-01-05")), {"mapping": str(how)})


@pytest.mark.parametrize("price", ["0.0000000123", "12345678.9", "0.00000001"])
def test_numbers_of_all_sizes_are_exact(folder: Path, price: str) -> None:
    line = f"2024-01-05,{price},{price},{price},{price},30000000000000"
    (row,) = bars(put(folder, "AAA.csv", f"date,{FIELDS}", line), resolution="1d").rows()
    assert row[2:] == (*([D(price)] * 4), D(30000000000000))
