"""Our adapters pass what is asked of adapters that fetch."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from ledger_vendor import DAYS, LedgerVendor

from rustybt.calendars import to_ns
from rustybt.testing import FetchCase, FetchingAdapterSuite, VirtualTime
from rustybt_data.adapters.csv import CSVAdapter
from rustybt_data.adapters.folders import ParquetAdapter

MINUTES = ["03T14:31", "03T14:32", "04T14:34", "04T21:00", "05T14:31"]


def minute_frame() -> pl.DataFrame:
    rows = [
        (f"2024-01-{at}:00Z", symbol, f"{base}.10", f"{base}.25", f"{base}.05", f"{base}.20", 7)
        for symbol, base in (("BBB", 20), ("AAA", 10))
        for at in MINUTES
    ]
    names = ["timestamp", "symbol", "open", "high", "low", "close", "volume"]
    return pl.DataFrame(rows, schema=names, orient="row")


def minute_case(adapter: Callable[..., CSVAdapter | ParquetAdapter], place: Path) -> FetchCase:
    return FetchCase(
        adapter=adapter,
        location=place,
        options={"resolution": "1m"},
        symbols=("AAA", "BBB"),
        start=datetime(2024, 1, 3, 14, 30, tzinfo=UTC),
        end=datetime(2024, 1, 5, 21, 0, tzinfo=UTC),
        resolution="1m",
        known=(
            (
                datetime(2024, 1, 4, 14, 34, tzinfo=UTC),
                "AAA",
                *("10.10", "10.25", "10.05", "10.20", "7"),
            ),
        ),
        serves_all=True,
    )


class TestCSVMinutes(FetchingAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> FetchCase:
        minute_frame().write_csv(tmp_path / "all.csv")
        return minute_case(CSVAdapter, tmp_path / "all.csv")


class TestParquetMinutes(FetchingAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> FetchCase:
        minute_frame().write_parquet(tmp_path / "all.parquet")
        return minute_case(ParquetAdapter, tmp_path / "all.parquet")


class PatientLedger(LedgerVendor):
    """The vendor in February 2024, on virtual time."""

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        if location:
            raise FileNotFoundError(location)
        super().__init__(location, options)
        self.timer = VirtualTime(to_ns("2024-02-01")).timer


class TestVendor(FetchingAdapterSuite):
    @pytest.fixture
    def case(self, monkeypatch: pytest.MonkeyPatch) -> FetchCase:
        four = {"AAA": DAYS["AAA"], "BBB": [*DAYS["BBB"], *DAYS["AAA"][2:]]}
        monkeypatch.setattr(LedgerVendor, "table", four)
        monkeypatch.setattr(LedgerVendor, "requests", [])

        @contextmanager
        def interrupted() -> Iterator[None]:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(LedgerVendor, "requests", [])
                patch.setattr(LedgerVendor, "fatal", frozenset({3}))
                yield

        @contextmanager
        def disordered() -> Iterator[None]:
            with pytest.MonkeyPatch.context() as patch:
                mixed = {name: [*rows[::-1], rows[1]] for name, rows in four.items()}
                patch.setattr(LedgerVendor, "table", mixed)
                yield

        return FetchCase(
            adapter=PatientLedger,
            location="",
            options={"symbols": "AAA,BBB"},
            symbols=("BBB", "AAA"),
            start=date(2024, 1, 1),
            end=date(2024, 1, 31),
            known=(
                (
                    date(2024, 1, 2),
                    "BBB",
                    *("0.0000000123", "0.0000000125", "0.0000000123", "0.0000000124", "5"),
                ),
            ),
            interrupted=interrupted,
            disordered=disordered,
        )
