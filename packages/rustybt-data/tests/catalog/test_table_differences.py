"""What was restated of facts and rates, and the saved runs that may have seen it: by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import polars as pl
import pytest
from catalog_frames import FEBRUARY, frame

from rustybt_data import DataCatalog


def facts(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    """Of rows of symbol, effective_at, known_at and earnings."""
    table = pl.DataFrame(rows, ("symbol", "effective_at", "known_at", "eps"), orient="row")
    return table.with_columns(pl.col("eps").cast(pl.Decimal(18, 3)))


def rates(*rows: tuple[str, str]) -> pl.DataFrame:
    """Of rows of known_at and what a euro costs on the 1st of January."""
    return pl.DataFrame(
        {
            "base": "EUR",
            "quote": "USD",
            "effective_at": "2024-01-01",
            "known_at": [known for known, _ in rows],
            "rate": [rate for _, rate in rows],
        }
    )


FIRST = ("A", "2023-09-30", "2024-01-02T12:00Z", "1.20")
RESTATED = ("A", "2023-09-30", "2024-01-04T15:00Z", "0.80")
OTHER = ("B", "2023-09-30", "2024-01-04T15:00Z", "3")
LATER = ("A", "2023-09-30", "2024-01-08T15:00Z", "0.70")


@pytest.fixture
def known(data_catalog: DataCatalog, tmp_path: Path) -> DataCatalog:
    """Bars and a fact, a run that read A up to the 5th, and one that read B up to the 3rd."""
    rows = [(day, symbol, "10") for day in (2, 3, 4, 5) for symbol in "AB"]
    data_catalog.ingest("mine", frame(*rows), timestamp=FEBRUARY[0])
    data_catalog.ingest_fundamentals("mine", facts(FIRST), timestamp=FEBRUARY[1])
    for name, symbol, last in (("long", "A", 5), ("short", "B", 3)):
        read = [("1d", [symbol], date(2024, 1, 2), date(2024, 1, last))]
        data_catalog.record_backtest(tmp_path / name, name, f"mine@{FEBRUARY[1]}", read)
    return data_catalog


@pytest.mark.parametrize(
    ("row", "restates", "touched"),
    [
        (RESTATED, True, ["long"]),  # known on the 4th, in the run up to the 5th
        (LATER, True, []),  # known after both runs
        (OTHER, False, []),  # of B, after the run that read B
        (("B", "2023-09-30", "2024-01-03T15:00Z", "3"), False, ["short"]),
        # XNYS closes at 21:00 UTC on the 3rd: what is known then counts, a second later not.
        (("B", "2023-09-30", "2024-01-03T21:00:00Z", "3"), False, ["short"]),
        (("B", "2023-09-30", "2024-01-03T21:00:01Z", "3"), False, []),
    ],
)
def test_facts_name_the_runs_that_may_have_seen_them(
    known: DataCatalog, row: tuple[str, str, str, str], restates: bool, touched: list[str]
) -> None:
    known.ingest_fundamentals("mine", facts(row), timestamp=FEBRUARY[2])
    (found,) = known.diff_tables(f"mine@{FEBRUARY[1]}", "mine")
    assert (found.kind, found.added.height, found.removed.height) == ("fundamentals", 1, 0)
    assert found.added["eps"].to_list() == [D(row[3])]
    assert found.restated.height == restates
    assert [Path(run.folder).name for run in found.touched] == touched


def test_rates_concern_every_run_that_lasted_until_then(known: DataCatalog) -> None:
    known.ingest_rates("mine", rates(("2024-01-02T12:00Z", "1.1")), timestamp=FEBRUARY[2])
    again = rates(("2024-01-04T12:00Z", "1.2"))
    known.ingest_rates("mine", again, timestamp=datetime(2024, 2, 8, tzinfo=UTC))
    same, found = known.diff_tables(f"mine@{FEBRUARY[2]}", "mine")
    assert (same.kind, same.is_empty, same.touched) == ("fundamentals", True, ())
    assert (found.kind, found.added.height, found.restated.height) == ("rates", 1, 1)
    # The runs were on a version without rates: the one that ended on the 5th lacked this row.
    assert [Path(run.folder).name for run in found.touched] == ["long"]


def test_nothing_differs_from_itself(known: DataCatalog) -> None:
    (found,) = known.diff_tables("mine", "mine")
    assert found.is_empty
    assert found.touched == ()


def test_a_table_that_is_new_or_gone(known: DataCatalog) -> None:
    (found,) = known.diff_tables(f"mine@{FEBRUARY[0]}", "mine")
    assert (found.added.height, found.restated.height) == (1, 0)
    (back,) = known.diff_tables("mine", f"mine@{FEBRUARY[0]}")
    assert (back.added.height, back.removed.height) == (0, 1)
    assert back.touched == ()  # the runs were later


def test_more_decimals_are_no_difference(known: DataCatalog) -> None:
    wide = facts(RESTATED).with_columns(pl.lit("0.12345").cast(pl.Decimal(18, 5)).alias("eps"))
    known.ingest_fundamentals("mine", wide, timestamp=FEBRUARY[2])
    (found,) = known.diff_tables(f"mine@{FEBRUARY[1]}", "mine")
    assert found.added["eps"].to_list() == [D("0.12345")]
    assert found.removed.is_empty()
