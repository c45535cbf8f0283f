"""Bars of any length: stored on their grid, ingested through a bundle, chosen by runs."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rustybt import run_algorithm
from rustybt.data import bundles
from rustybt.errors import DataValidationError
from rustybt_data import DataCatalog


def rows(label: str, *bars: tuple[str, str]) -> pl.DataFrame:
    """Bars of ACME by label and close, of volume 1."""
    read = date.fromisoformat if label == "date" else datetime.fromisoformat
    closes = [close for _, close in bars]
    return pl.DataFrame(
        {
            label: [read(text) for text, _ in bars],
            "symbol": "ACME",
            **dict.fromkeys(("open", "high", "low", "close"), closes),
            "volume": "1",
        }
    )


# Wednesday, 3 July 2024 ended at 13:00 in New York, 17:00 in UTC; it opened at 13:30.
HOURS = (
    ("2024-07-03T14:30Z", "10"),
    ("2024-07-03T15:30Z", "11"),
    ("2024-07-03T16:30Z", "12"),
    ("2024-07-03T17:00Z", "13"),
)


@pytest.mark.parametrize(
    ("resolution", "label", "wrong", "right"),
    [
        ("1h", "timestamp", "2024-07-03T14:00Z", "2024-07-03 14:30:00+00:00"),
        ("1h", "timestamp", "2024-07-03T16:59Z", "2024-07-03 17:00:00+00:00"),
        ("1m", "timestamp", "2024-07-03T14:30:59Z", "2024-07-03 14:31:00+00:00"),
        ("100ms", "timestamp", "2024-07-03T14:30:00.150Z", "2024-07-03 14:30:00.200"),
        # The week ends on Friday, July on Wednesday the 31st.
        ("1w", "date", "2024-07-03", "2024-07-05"),
        ("1mo", "date", "2024-07-05", "2024-07-31"),
    ],
)
def test_a_label_at_which_no_bar_ends_is_refused(
    tmp_path: Path, resolution: str, label: str, wrong: str, right: str
) -> None:
    catalog = DataCatalog(tmp_path)
    with pytest.raises(DataValidationError, match=resolution) as caught:
        catalog.ingest("a", rows(label, (wrong, "10")), resolution=resolution, calendar="XNYS")
    assert right.removesuffix("00+00:00") in str(caught.value)
    assert catalog.list() == ()


def test_labels_at_ends_of_bars_are_taken(tmp_path: Path) -> None:
    catalog = DataCatalog(tmp_path)
    catalog.ingest("a", rows("timestamp", *HOURS), resolution="1h", calendar="XNYS")
    catalog.ingest("a", rows("date", ("2024-07-05", "13")), resolution="1w")
    with pytest.raises(DataValidationError, match="1h"):
        catalog.ingest("a", rows("timestamp", ("2024-07-05T14:00Z", "13")), resolution="1h")
    assert len(catalog.materialize("ACME", resolution="1h")) == len(HOURS)
    assert bundles_of(catalog) == "1h, 1w"


def bundles_of(catalog: DataCatalog) -> str:
    """The lengths that the bundle of the name has."""
    stamp = catalog.bundles.ingestions("a")[0]
    return catalog.bundles.info("a", stamp).resolutions


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path / "home"))
    return tmp_path


def seen(bundle: str, frequency: str, day: str) -> list[tuple[str, Decimal]]:
    """The close that each bar of a run shows, by its end."""
    found: list[tuple[str, Decimal]] = []

    def handle_data(context: Any, data: Any) -> None:
        close = data.current(context.symbol("ACME"), "close")
        found.append((f"{context.get_datetime():%H:%M}", close))

    run_algorithm(day, day, handle_data=handle_data, bundle=bundle, data_frequency=frequency)
    return found


@pytest.mark.parametrize("source", ["parquet", "csv"])
def test_a_bundle_has_bars_of_an_hour_from_a_file(home: Path, source: str) -> None:
    file = home / f"bars.{source}"
    frame = rows("timestamp", *HOURS)
    if source == "csv":
        frame.with_columns(pl.col("timestamp").dt.to_string("%Y-%m-%dT%H:%M:%SZ")).write_csv(file)
    else:
        frame.write_parquet(file)
    bundles.ingest_from("hours", source=source, location=file, options={"resolution": "1h"})
    assert bundles.info("hours").resolutions == "1h"
    assert seen("hours", "1h", "2024-07-03") == [
        (label[11:16], Decimal(close)) for label, close in HOURS
    ]


@pytest.mark.parametrize(
    ("resolution", "day"), [("1w", "2024-07-05"), ("1mo", "2024-07-31"), ("1d", "2024-07-05")]
)
def test_a_bundle_has_bars_of_weeks_and_months(home: Path, resolution: str, day: str) -> None:
    file = home / "bars.parquet"
    rows("date", (day, "10")).write_parquet(file)
    bundles.ingest_from("long", source="parquet", location=file, options={"resolution": resolution})
    found = DataCatalog().materialize("ACME", resolution=resolution)
    assert found["date"].to_list() == [date.fromisoformat(day)]


def test_a_run_reads_the_longest_bars_that_add_up_to_its_own(home: Path) -> None:
    """Hours are there of two days, minutes of the second one alone: 2024-07-05, to 20:00 UTC."""
    second = rows("timestamp", ("2024-07-05T14:30Z", "20"))
    minutes = rows("timestamp", ("2024-07-05T13:31Z", "30"), ("2024-07-05T14:30Z", "31"))
    with DataCatalog() as catalog:
        both = pl.concat([rows("timestamp", *HOURS), second])
        catalog.ingest("mixed", both, resolution="1h", calendar="XNYS")
        catalog.ingest("mixed", minutes, resolution="1m")
    assert seen("mixed", "1h", "2024-07-03")[0] == ("14:30", Decimal(10))
    assert seen("mixed", "1d", "2024-07-03") == [("17:00", Decimal(13))]
    assert seen("mixed", "2h", "2024-07-05")[0] == ("15:30", Decimal(20))
    # Half hours are made of minutes: hours do not add up to them.
    half_hours = seen("mixed", "30m", "2024-07-05")[:2]
    assert half_hours == [("14:00", Decimal(30)), ("14:30", Decimal(31))]
