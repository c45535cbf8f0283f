"""What a csvdir folder is refused for: file, line, column and value are named."""

from pathlib import Path

import pytest
from csv_folders import GOOD, HEADER, ingested, write

from rustybt.data.bundles import bundle_names, load
from rustybt.errors import DataValidationError, InvalidArgument


@pytest.mark.parametrize(
    ("file", "lines", "line", "column", "value", "reason"),
    [
        (
            "daily/A.csv",
            ["date,open,high,low,close", "2021-03-01,1,1,1,1"],
            None,
            "volume",
            None,
            "missing",
        ),
        (
            "daily/A.csv",
            ["day,open,high,low,close,volume", GOOD],
            None,
            "date or timestamp",
            None,
            "missing",
        ),
        ("daily/A.csv", [f"{HEADER},Open", GOOD], 1, "open", None, "twice"),
        ("daily/A.csv", [HEADER, GOOD, "2021-03-02,1,1,1,x,1"], 3, "close", "x", "number"),
        ("daily/A.csv", [HEADER, GOOD, "", "2021-03-02,1,1,1,1,"], 4, "volume", "", "number"),
        ("daily/A.csv", [HEADER, GOOD, "2021-03-02,1,1,1"], 3, "close", "", "number"),
        ("daily/A.csv", [HEADER, "2021-03-01,1,-2,1,1,1"], 2, "high", "-2", "negative"),
        ("daily/A.csv", [HEADER, "2021-03-01,1,1,1,1,-1"], 2, "volume", "-1", "negative"),
        ("daily/A.csv", [HEADER, "2021-03-01,1,1.5,1.6,1,1"], 2, "high", "1.5", "below the low"),
        ("daily/A.csv", [HEADER, GOOD, GOOD], 3, "date", "2021-03-01", "twice"),
        ("daily/A.csv", [HEADER, GOOD, "2021-02-26,1,1,1,1,1"], 3, "date", "2021-02-26", "sort"),
        (
            "daily/A.csv",
            [HEADER, GOOD, "2021-13-01,1,1,1,1,1"],
            3,
            "date",
            "2021-13-01",
            "ISO 8601",
        ),
        ("daily/A.csv", [HEADER, GOOD, ",1,1,1,1,1"], 3, "date", "", "ISO 8601"),
        ("daily/A.csv", [HEADER, "2021-03-06,1,1,1,1,1"], 2, "date", "2021-03-06", "no session"),
        ("daily/A.csv", [HEADER, GOOD, f"{GOOD},9"], 3, None, None, "7 cells, the header 6"),
        (
            "daily/A.csv",
            [HEADER, '"2021-03-01\n",1,1,1,1,1', "2021-03-02,1,1,1,x,1"],
            4,
            "close",
            "x",
            "number",
        ),
        ("daily/A.csv", [], 1, None, None, "empty"),
        (
            "minute/A.csv",
            [HEADER, "2021-03-01 noon,1,1,1,1,1"],
            2,
            "date",
            "2021-03-01 noon",
            "ISO 8601",
        ),
        ("assets.csv", ["name", "A"], None, "symbol", None, "missing"),
        ("assets.csv", ["symbol", "A", "A"], 3, "symbol", "A", "asset above has it"),
        ("assets.csv", ["symbol,sid", "A,1", "B,1"], 3, "sid", "1", "asset above has it"),
        ("assets.csv", ["symbol,sid", "A,one"], 2, "sid", "one", "whole number"),
        ("assets.csv", ["symbol,sid", ",1"], 2, "symbol", "", "give one"),
        ("assets.csv", ["symbol,end_date", "A,soon"], 2, "end_date", "soon", "ISO 8601"),
        ("assets.csv", ["symbol,tick_size", "A,0"], 2, "tick_size", "0", "positive"),
        ("assets.csv", ["symbol,asset_type", "A,bond"], 2, "asset_type", "bond", "equity, future"),
        ("assets.csv", ["symbol,asset_type", "A,currency_pair"], 2, "symbol", "A", "BASE/QUOTE"),
        ("assets.csv", ["symbol,root_symbol", "A,ES"], 2, "root_symbol", "ES", "only futures"),
        ("assets.csv", ["symbol,multiplier", "A,50"], 2, "multiplier", "50", "only futures"),
        (
            "assets.csv",
            ["symbol,asset_type,multiplier", "A,future,50"],
            2,
            "root_symbol",
            "",
            "chain",
        ),
        (
            "assets.csv",
            ["symbol,asset_type,root_symbol,multiplier", "A,future,ES,"],
            2,
            "multiplier",
            "",
            "units in a contract",
        ),
        (
            "assets.csv",
            ["symbol,asset_type,root_symbol,multiplier", "A,future,ES,-50"],
            2,
            "multiplier",
            "-50",
            "positive",
        ),
        (
            "assets.csv",
            [
                "symbol,asset_type,root_symbol,multiplier,expiration_date",
                "A,future,ES,50,2021-03-19",
                "B,future,ES,50,March",
            ],
            3,
            "expiration_date",
            "March",
            "ISO 8601",
        ),
        (
            "assets.csv",
            ["symbol,start_date,end_date", "A,2021-03-02,2021-03-01"],
            2,
            "end_date",
            "2021-03-01",
            "before start_date, 2021-03-02",
        ),
        ("root_symbols.csv", ["root,exchange", "ES,CME"], None, "root_symbol", None, "missing"),
        ("root_symbols.csv", ["root_symbol", "ES", "ES"], 3, "root_symbol", "ES", "chain above"),
        (
            "root_symbols.csv",
            ["root_symbol,root_symbol_id", "ES,one"],
            2,
            "root_symbol_id",
            "one",
            "whole number",
        ),
        ("splits.csv", ["symbol,ratio", "A,2"], None, "effective_date", None, "missing"),
        ("splits.csv", ["effective_date,ratio", "2021-03-01,2"], None, "sid", None, "missing"),
        (
            "splits.csv",
            ["symbol,effective_date,ratio", "A,2021-03-01,0"],
            2,
            "ratio",
            "0",
            "positive",
        ),
        (
            "splits.csv",
            ["symbol,effective_date,ratio", "Z,2021-03-01,1", "A,soon,2"],
            3,
            "effective_date",
            "soon",
            "ISO 8601",
        ),
        (
            "dividends.csv",
            ["symbol,ex_date,pay_date,amount", "A,2021-03-01,2021-03-02,x"],
            2,
            "amount",
            "x",
            "positive",
        ),
        (
            "dividends.csv",
            ["symbol,ex_date,pay_date,amount", "A,2021-03-01,,1"],
            2,
            "pay_date",
            "",
            "ISO 8601",
        ),
        (
            "dividends.csv",
            ["symbol,ex_date,amount", "A,2021-03-01,1"],
            None,
            "pay_date",
            None,
            "missing",
        ),
    ],
)
def test_an_error_names_file_line_column_and_value(
    folder: Path,
    file: str,
    lines: list[str],
    line: int | None,
    column: str | None,
    value: str | None,
    reason: str,
) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    path = write(folder, file, *lines)
    with pytest.raises(DataValidationError) as caught:
        ingested(folder)
    error = caught.value
    assert (error.file, error.line, error.value) == (str(path), line, value)
    assert reason in error.reason
    assert error.column is None if column is None else str(error.column).startswith(column)


def test_nothing_of_a_refused_folder_is_visible(folder: Path, data_dir: Path) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    write(folder, "daily/B.csv", HEADER, "2021-03-01,1,1,1,x,1")
    with pytest.raises(DataValidationError):
        ingested(folder)
    assert "mine" not in bundle_names()
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if "lock" not in str(path.relative_to(data_dir))] == []


def test_a_refused_folder_leaves_the_ingestion_before_it(folder: Path) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    before = ingested(folder)
    write(folder, "daily/A.csv", HEADER, GOOD, GOOD)
    with pytest.raises(DataValidationError):
        ingested(folder)
    assert load("mine").timestamp == before.timestamp


def test_a_file_that_is_not_utf_8_is_refused(folder: Path) -> None:
    write(folder, "daily/A.csv", HEADER).write_bytes(HEADER.encode() + b"\n\xff,1,1,1,1,1\n")
    with pytest.raises(DataValidationError, match="UTF-8"):
        ingested(folder)


def test_a_folder_without_prices_is_refused(folder: Path) -> None:
    with pytest.raises(DataValidationError, match="no folder daily/ or minute/"):
        ingested(folder)


@pytest.mark.parametrize(
    ("option", "value"), [("colour", "red"), ("bar_label", "middle"), ("folders", "weekly")]
)
def test_options_that_do_not_exist_are_refused(folder: Path, option: str, value: str) -> None:
    write(folder, "daily/A.csv", HEADER, GOOD)
    with pytest.raises(InvalidArgument):
        ingested(folder, **{option: value})


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("2021-03-02,1,1,1,x,1", "line 3.*close.*x"),
        ("2021-03-01,1,1,1,1,1", "line 3.*date.*twice"),
        ("2021-03-02,1,1,1,1,-7", "line 3.*volume.*-7"),
        ("2021-03-06,1,1,1,1,7", "line 3.*2021-03-06.*no session"),
    ],
)
def test_what_is_wrong_in_a_later_file_is_named_as_it_is_written(
    tmp_path: Path, cells: str, words: str
) -> None:
    lines = "date,open,high,low,close,volume\n2021-03-01,1.5,2,1,1,1\n"
    (tmp_path / "daily").mkdir()
    for name, more in (("AAA", ""), ("BBB", "2021-03-02,1,1,1,1,1"), ("CCC", cells)):
        (tmp_path / "daily" / f"{name}.csv").write_text(lines + more)
    with pytest.raises(DataValidationError, match=f"CCC.csv, {words}"):
        ingested(tmp_path)
