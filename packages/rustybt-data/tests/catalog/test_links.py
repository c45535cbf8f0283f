"""Saved runs, and the data that they read."""

from datetime import date
from pathlib import Path

import pytest
from catalog_frames import FEBRUARY, frame

from rustybt import BacktestResult, run_algorithm
from rustybt.calendars import to_day
from rustybt.data import bundles
from rustybt_data import DataCatalog


def run(name: str, symbols: str, *, start: str = "2024-01-03") -> BacktestResult:
    """A run that looks at some symbols and holds the first."""

    def handle_data(context: object, data: object) -> None:
        for symbol in symbols:
            data.current(context.symbol(symbol), "close")  # type: ignore[attr-defined]
        context.order(context.symbol(symbols[0]), 1)  # type: ignore[attr-defined]

    return run_algorithm(start, "2024-01-05", bundle=name, handle_data=handle_data)


@pytest.fixture
def priced(data_catalog: DataCatalog) -> DataCatalog:
    """Bars of three symbols over four sessions."""
    rows = [(day, symbol, "10") for day in (2, 3, 4, 5) for symbol in "ABC"]
    data_catalog.ingest("mine", frame(*rows), timestamp=FEBRUARY[0])
    return data_catalog


def reads(catalog: DataCatalog) -> list[tuple[str, int, int]]:
    with catalog.database.reading() as session:
        assert session is not None
        rows = session.rows("SELECT symbol, first_label, last_label FROM backtest_reads")
    return sorted((row["symbol"], row["first_label"], row["last_label"]) for row in rows)


def test_a_saved_run_is_noted_with_what_it_read(priced: DataCatalog, tmp_path: Path) -> None:
    result = run("mine", "AB")
    assert priced.backtests() == ()
    folder = result.save(tmp_path / "run")
    (noted,) = priced.backtests()
    assert (noted.folder, noted.name) == (str(folder), "mine")
    assert noted.timestamp == bundles.load("mine").timestamp
    assert noted.fingerprint == bundles.load("mine").fingerprint
    assert len(noted.run) == 64
    # C was never looked at; the data begin on the day before the run, and so does reading.
    span = to_day("2024-01-02"), to_day("2024-01-05")
    assert reads(priced) == [("A", *span), ("B", *span)]
    assert priced.describe("mine").backtests == 1


def test_a_run_that_is_saved_again_is_noted_once(priced: DataCatalog, tmp_path: Path) -> None:
    result = run("mine", "AB")
    result.save(tmp_path / "run")
    BacktestResult.load(tmp_path / "run").save(tmp_path / "run")
    assert len(priced.backtests()) == 1
    BacktestResult.load(tmp_path / "run").save(tmp_path / "copy")
    first, second = priced.backtests("mine")
    assert first.run == second.run
    run("mine", "C").save(tmp_path / "run")
    assert {row[0] for row in reads(priced)} == {"A", "B", "C"}
    assert len(priced.backtests()) == 2


def test_a_run_on_a_frame_is_not_noted(priced: DataCatalog, tmp_path: Path) -> None:
    bars = priced.materialize("A").rename({"date": "timestamp"})
    run_algorithm("2024-01-03", "2024-01-05", data=bars, handle_data=lambda *_: None).save(
        tmp_path / "run"
    )
    assert priced.backtests() == ()


def test_a_run_on_data_that_are_gone_is_saved_all_the_same(
    priced: DataCatalog, tmp_path: Path
) -> None:
    result = run("mine", "A")
    priced.ingest("mine", frame((3, "A", "11")), timestamp=FEBRUARY[1])
    bundles.clean("mine", before=FEBRUARY[1])
    result.save(tmp_path / "run")
    assert priced.backtests() == ()
    assert BacktestResult.load(tmp_path / "run").manifest.data.bundle == "mine"


@pytest.mark.parametrize(
    ("restated", "touched"),
    [
        ((3, "A", "11"), ["long", "short"]),  # both looked at A that day
        ((2, "A", "11"), ["long"]),  # before the short one began
        ((3, "B", "11"), ["long"]),
        ((3, "C", "11"), []),
        ((3, "A", "10"), []),  # what it was
    ],
)
def test_differences_name_the_runs_that_they_touch(
    priced: DataCatalog, tmp_path: Path, restated: tuple[int, str, str], touched: list[str]
) -> None:
    for name, symbols, first in (("long", ["A", "B"], 2), ("short", ["A"], 3)):
        read = [("1d", symbols, date(2024, 1, first), date(2024, 1, 5))]
        priced.record_backtest(tmp_path / name, name, f"mine@{FEBRUARY[0]}", read)
    # A version between that changes nothing of it: links go by data, not by the last version.
    priced.ingest("mine", frame((8, "A", "10")), timestamp=FEBRUARY[1])
    priced.ingest("mine", frame(restated), timestamp=FEBRUARY[2])
    (difference,) = priced.diff(f"mine@{FEBRUARY[1]}", "mine")
    assert [Path(found.folder).name for found in difference.touched] == touched


def test_versions_that_saved_runs_read_are_kept(priced: DataCatalog, tmp_path: Path) -> None:
    run("mine", "A").save(tmp_path / "run")
    for stamp in FEBRUARY[1:]:
        priced.ingest("mine", frame((8, "A", stamp[-1])), timestamp=stamp)
    assert priced.gc(keep_last=1).versions == ("mine@2024-02-02T00:00:00+00:00",)
    assert [version.timestamp.day for version in priced.versions("mine")] == [3, 1]
