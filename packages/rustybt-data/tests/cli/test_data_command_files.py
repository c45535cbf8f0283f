"""Files, from import to export, as a user does it."""

import json
from decimal import Decimal as D
from pathlib import Path

import polars as pl
import pytest
from data_commands import csv_file, done, refused, rustybt, table

from rustybt_data import DataCatalog


@pytest.fixture
def imported(folder: Path) -> str:
    """The name of nine bars of AAA."""
    done("data", "import", "mine", csv_file(folder))
    return "mine"


def test_import_says_what_is_there_and_what_to_do_next(folder: Path) -> None:
    printed = done("data", "import", "mine", csv_file(folder))
    assert table(printed, "bars of") == [
        {
            "bars of": "1d",
            "symbols": "1",
            "bars": "9",
            "first": "2024-01-02",
            "last": "2024-01-12",
        }
    ]
    assert "Next: rustybt run -f STRATEGY.py --bundle mine -s 2024-01-02 -e 2024-01-12" in printed


def test_a_second_import_adds_and_restates(folder: Path, imported: str) -> None:
    # 2024-01-02 to 05 as before, but for the close of the 5th (10.25 before); BBB is new.
    csv_file(folder, closes=("10", "10.25", "10.5", "10.75"))
    both = csv_file(folder, more="2024-01-02,BBB,5,6,4,5,7\n", closes=("10", "10.25", "10.5", "11"))
    printed = done("data", "import", imported, both)
    assert table(printed, "symbol") == [
        {
            "symbol": "AAA",
            "bars": "9",
            "first": "2024-01-02",
            "last": "2024-01-12",
            "new": "0",
            "restated": "1",
        },
        {
            "symbol": "BBB",
            "bars": "1",
            "first": "2024-01-02",
            "last": "2024-01-02",
            "new": "1",
            "restated": "",
        },
    ]
    assert "1 new bars, 10 in all" in printed


def test_diff_shows_what_was_restated_and_added(folder: Path, imported: str) -> None:
    later = csv_file(folder, closes=("10", "10.3"), more="2024-01-16,AAA,5,6,4,5,7\n")
    done("data", "import", imported, later)
    printed = done("data", "diff", imported)
    assert "Bars of 1d: 1 restated, 1 added, 0 removed." in printed
    # The bar of the 3rd was 10.25 / 11.25 / 9.25 / 10.25.
    assert [tuple(row.values()) for row in table(printed, "date")] == [
        ("2024-01-03", "AAA", "open", "10.25", "10.3"),
        ("2024-01-03", "AAA", "high", "11.25", "11.3"),
        ("2024-01-03", "AAA", "low", "9.25", "9.3"),
        ("2024-01-03", "AAA", "close", "10.25", "10.3"),
    ]
    assert "No saved run read what differs." in printed
    (found,) = json.loads(done("data", "diff", imported, "--json"))
    assert found["added"] == [
        {
            "date": "2024-01-16",
            "symbol": "AAA",
            "open": "5",
            "high": "6",
            "low": "4",
            "close": "5",
            "volume": "7",
        }
    ]
    assert (len(found["restated"]), found["removed"], found["touched"]) == (4, [], [])


def test_diff_takes_any_two_versions(folder: Path, imported: str) -> None:
    with DataCatalog() as catalog:
        (first,) = catalog.versions(imported)
    done("data", "import", imported, csv_file(folder, closes=("11",)))
    done("data", "import", imported, csv_file(folder, closes=("12",)))
    assert '"old": "10"' in done("data", "diff", first.reference, "--json")
    assert '"old": "11"' in done("data", "diff", imported, "--json")
    assert "all are the same" in done("data", "diff", first.reference, first.reference)


def test_diff_of_one_version_is_refused(imported: str) -> None:
    assert refused("data", "diff", imported) == "There is only one version of mine."


def test_list_says_how_far_data_reach(folder: Path, imported: str) -> None:
    pairs = csv_file(folder, "coins.csv", symbol="BTC/USDT", closes=("10", "11"))
    done("data", "import", "coins", pairs)
    rows = table(done("data", "list"), "name")
    assert [(row["name"], row["symbols"], row["rows"], row["versions"]) for row in rows] == [
        ("coins", "1", "2", "1"),
        ("mine", "1", "9", "1"),
    ]
    assert rows[1]["fresh"].endswith(" sessions behind")
    assert (rows[1]["first"], rows[1]["last"]) == ("2024-01-02", "2024-01-12")
    found = json.loads(done("data", "list", "--json"))
    assert [row["resolutions"] for row in found] == [["1d"], ["1d"]]


def test_list_of_nothing_says_how_to_begin() -> None:
    assert "rustybt data import NAME PATH" in done("data", "list")


def test_info_tells_all(folder: Path, imported: str) -> None:
    printed = done("data", "info", imported)
    assert table(printed, "symbol") == [
        {"symbol": "AAA", "bars": "9", "first": "2024-01-02", "last": "2024-01-12"}
    ]
    rows = {row["data set"]: row for row in table(printed, "data set")}
    assert rows["bars 1d"]["source"] == "csv"
    assert (rows["bars 1d"]["rows"], rows["bars 1d"]["schema"]) == ("9", "1")
    with DataCatalog() as catalog:
        (version,) = catalog.versions(imported)
    assert version.fingerprint in printed
    done("data", "import", imported, csv_file(folder, closes=("12",)))
    old = json.loads(done("data", "info", version.reference, "--json"))
    assert old["version"]["fingerprint"] == version.fingerprint
    assert old["symbols"]["1d"][0]["rows"] == 9


def test_export_keeps_every_digit(folder: Path) -> None:
    closes = ("1.00000001", "7", "99999.5")
    done("data", "import", "mine", csv_file(folder, closes=closes))
    done("data", "export", "mine", folder / "out.csv")
    lines = (folder / "out.csv").read_text().splitlines()
    assert lines == [
        "date,symbol,open,high,low,close,volume",
        "2024-01-02,AAA,1.00000001,2.00000001,0.00000001,1.00000001,100",
        "2024-01-03,AAA,7,8,6,7,100",
        "2024-01-04,AAA,99999.5,100000.5,99998.5,99999.5,100",
    ]
    # What is exported can be imported: it is the same.
    done("data", "import", "again", folder / "out.csv")
    with DataCatalog() as catalog:
        one, other = (catalog.describe(name).version for name in ("mine", "again"))
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_export_of_frames(folder: Path, imported: str, kind: str) -> None:
    out = folder / f"out.{kind}"
    done("data", "export", imported, out, "--start", "2024-01-11")
    frame = pl.read_parquet(out) if kind == "parquet" else pl.read_ipc(out)
    assert frame["close"].to_list() == [D("10.25"), D(10)]
    done("data", "import", f"from-{kind}", out)


def test_export_of_longer_bars(folder: Path, imported: str) -> None:
    done("data", "export", imported, folder / "weeks.csv", "--to", "1w")
    # Weeks end on the 5th and the 12th: opens of the 2nd and the 8th, highs of the 4th and the
    # 10th, lows of the 2nd and the 8th, closes of their ends, 4 and 5 times 100.
    assert (folder / "weeks.csv").read_text().splitlines()[1:] == [
        "2024-01-05,AAA,10,11.5,9,10.25,400",
        "2024-01-12,AAA,10,11.5,9,10,500",
    ]


def test_export_replaces_nothing_by_itself(folder: Path, imported: str) -> None:
    out = folder / "out.csv"
    out.write_text("mine")
    assert "--force" in refused("data", "export", imported, out)
    assert out.read_text() == "mine"
    done("data", "export", imported, out, "--force")
    assert "date,symbol" in out.read_text()
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_old_versions_are_collected_on_request(folder: Path, imported: str) -> None:
    with DataCatalog() as catalog:
        (first,) = catalog.versions(imported)
    done("data", "import", imported, csv_file(folder, closes=("11",)))
    assert "Removed 0 versions" in done("data", "gc")
    assert f"Would remove {first.reference}." in done("data", "gc", "--keep-last", "1", "--dry-run")
    assert f"Removed {first.reference}." in done("data", "gc", "--keep-last", "1")
    assert "all are what was written" in done("data", "verify")
    with DataCatalog() as catalog:
        assert len(catalog.versions(imported)) == 1


def test_a_damaged_file_is_named(data_dir: Path, imported: str) -> None:
    assert "all are what was written" in done("data", "verify", imported)
    (file,) = (data_dir / "datasets").rglob("*.parquet")
    file.write_bytes(b"nothing" + file.read_bytes())
    result = rustybt("data", "verify")
    assert result.exit_code == 1
    assert file.name in result.stdout
    assert "1 file of " in result.stderr
    for command in ("check", "export"):
        more = [data_dir / "out.csv"] if command == "export" else []
        assert file.name in refused("data", command, imported, *more)


def test_what_is_imported_can_be_run(folder: Path, imported: str) -> None:
    strategy = folder / "strategy.py"
    strategy.write_text(
        "from rustybt.api import order, symbol\n"
        "def initialize(context):\n    context.done = False\n"
        "def handle_data(context, data):\n"
        "    if not context.done:\n        order(symbol('AAA'), 5)\n        context.done = True\n"
    )
    result = folder / "result"
    days = ("-s", "2024-01-02", "-e", "2024-01-12")
    done("run", "-f", strategy, "--bundle", imported, *days, "-o", result)
    assert str(result) in done("data", "info", imported).replace("\n", "")
    done("data", "import", imported, csv_file(folder, closes=("10", "10.3")))
    assert str(result) in done("data", "diff", imported, "--json")


def test_diff_tells_of_facts_too(folder: Path) -> None:
    done("data", "import", "mine", csv_file(folder))
    row = {"symbol": "AAA", "effective_at": "2023-09-30", "known_at": "2024-01-02T12:00Z"}
    with DataCatalog() as catalog:
        catalog.ingest_fundamentals("mine", pl.DataFrame([{**row, "eps": "1.2"}]))
        newer = {**row, "known_at": "2024-01-04T12:00Z", "eps": "0.8"}
        catalog.ingest_fundamentals("mine", pl.DataFrame([newer]))
    printed = done("data", "diff", "mine")
    assert "Bars of 1d: all are the same." in printed
    assert "Fundamentals: 1 restated, 0 added, 0 removed." in printed
    assert "No saved run can have seen what differs." in printed
    _, told = json.loads(done("data", "diff", "mine", "--json"))
    assert (told["kind"], told["restated"][0]["eps"], told["touched"]) == (
        "fundamentals",
        "0.8",
        [],
    )
