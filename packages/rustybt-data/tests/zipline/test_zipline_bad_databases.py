"""Databases of Zipline's that are damaged: an error, or what cannot be taken over, by name."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from zipline_bundles import copied, zipline_root

from rustybt.data import bundles
from rustybt.errors import (
    BundleNotFound,
    CorruptData,
    DataValidationError,
)


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZIPLINE_ROOT", str(zipline_root()))


@pytest.mark.parametrize("name", ["assets-7.sqlite", "adjustments.sqlite"])
@pytest.mark.parametrize("content", [None, b"", b"no database at all", b"SQLite format 3\0" * 99])
def test_a_bad_database_is_named(name: str, content: bytes | None, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    (folder / "assets-6.sqlite").unlink()
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    for attempt in (bundles.migrate, lambda place: bundles.load(f"zipline:{place}")):
        with pytest.raises(CorruptData) as error:
            attempt(folder)
        assert name in str(error.value)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE splits SET ratio = 0", "its ratio is 0"),
        ("UPDATE splits SET ratio = -2.0", "its ratio is -2.0"),
        ("UPDATE splits SET ratio = 9e999", "its ratio is inf"),
        ("UPDATE splits SET ratio = NULL", "its ratio is None"),
        ("UPDATE splits SET ratio = 'half'", "its ratio is 'half'"),
        ("UPDATE splits SET effective_date = 'soon'", "its effective_date is 'soon'"),
        ("UPDATE splits SET effective_date = NULL", "it has no effective_date"),
        ("UPDATE splits SET sid = 'AAA'", "its sid is 'AAA'"),
        # Nanoseconds in place of seconds.
        ("UPDATE dividend_payouts SET pay_date = ex_date * 1000000000", "no seconds of a date"),
        ("UPDATE dividend_payouts SET amount = 0", "its amount is 0"),
        ("UPDATE dividends SET ratio = -1", "its ratio is -1"),
        ("UPDATE stock_dividend_payouts SET pay_date = 0", "it is paid before its ex day"),
    ],
)
def test_rows_of_actions_that_cannot_be_are_listed(
    statement: str, said: str, tmp_path: Path
) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "adjustments.sqlite")) as database, database:
        database.execute(statement)
    with pytest.raises(DataValidationError, match=said):
        bundles.migrate(folder)
    with pytest.raises(DataValidationError, match=said):
        bundles.load(f"zipline:{folder}")
    report = bundles.migrate(folder, options={"leave_out": "yes"})
    assert any(said in line for line in report.left_out)


def test_a_factor_that_follows_from_no_dividend_is_a_difference(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "adjustments.sqlite")) as database, database:
        database.execute("UPDATE dividends SET ratio = ratio * 0.9")
    with pytest.raises(CorruptData, match="3 values differ"):
        bundles.migrate(folder)
    with pytest.raises(BundleNotFound):
        bundles.load("america")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE equities SET start_date = 'soon'",
        "UPDATE equities SET end_date = 1.5",
        "DROP TABLE futures_contracts",
        "DROP TABLE asset_router",
    ],
)
def test_a_bad_table_of_assets_is_refused(statement: str, tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "assets-7.sqlite")) as database, database:
        database.execute(statement)
    with pytest.raises(CorruptData, match=r"assets-7\.sqlite"):
        bundles.migrate(folder)


def test_rows_about_assets_that_are_not_there_are_listed(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    with closing(sqlite3.connect(folder / "assets-7.sqlite")) as database, database:
        database.execute("DELETE FROM asset_router WHERE sid = 7")
    with pytest.raises(DataValidationError, match="equities row of sid 7: asset_router says"):
        bundles.migrate(folder)


def test_daily_bars_and_minutes_of_two_calendars_are_refused(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    path = folder / "minute_equities.bcolz" / "metadata.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"calendar_name": "24/7"}))
    with pytest.raises(DataValidationError, match="of different calendars"):
        bundles.migrate(folder)


def test_a_bundle_without_bars_is_refused(tmp_path: Path) -> None:
    folder = copied("america", tmp_path)
    for part in ("daily", "minute"):
        shutil.rmtree(folder / f"{part}_equities.bcolz")
    with pytest.raises(DataValidationError, match="neither daily bars nor minutes"):
        bundles.migrate(folder)
