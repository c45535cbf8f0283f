"""The Parquet readers pass what is asked of every reader."""

from pathlib import Path

import polars as pl
import pytest

from rustybt.calendars import get_calendar
from rustybt.clock.resolution import MINUTE, SESSION
from rustybt.data.readers import BarReader
from rustybt.data.schemas import BAR_FIELDS
from rustybt.testing import BarReaderSuite
from rustybt_data.parquet import (
    PolarsParquetDailyReader,
    PolarsParquetMinuteReader,
)
from rustybt_data.parquet.writer import ParquetBarWriter

Row = tuple[str, str, str, str, str, str]

DAILY: dict[int, list[Row]] = {
    3: [("2021-03-01", "10", "11", "10", "10.25", "1000"), ("2021-03-03", "1", "2", "1", "2", "7")],
    # A session without trade, and a bar in another year: another partition.
    5: [("2021-03-02", "20", "20", "20", "20", "0"), ("2022-03-01", "1", "2.125", "1", "2", "7")],
}
MINUTES: dict[int, list[Row]] = {
    3: [
        ("2021-03-01 14:31", "10", "11", "10", "10.25", "100"),
        ("2021-03-01 21:00", "1", "2", "1", "2", "7"),
    ],
    8: [("2021-03-02 14:32", "20", "20", "20", "20", "0")],
}


def frames(rows: dict[int, list[Row]], label: str) -> list[tuple[int, pl.DataFrame]]:
    return [
        (sid, pl.DataFrame(bars, schema=(label, *BAR_FIELDS), orient="row"))
        for sid, bars in rows.items()
    ]


class TestDaily(BarReaderSuite):
    @pytest.fixture
    def reader(self, tmp_path: Path) -> BarReader:
        writer = ParquetBarWriter(tmp_path / "bars", SESSION, get_calendar("XNYS"))
        writer.write(frames(DAILY, "date"))
        writer.finish()
        return PolarsParquetDailyReader(tmp_path / "bars")


class TestDailyWithFurtherColumns(BarReaderSuite):
    @pytest.fixture
    def reader(self, tmp_path: Path) -> BarReader:
        writer = ParquetBarWriter(tmp_path / "bars", SESSION, get_calendar("XNYS"))
        further = {"open_interest": [None, "25"], "funding_rate": ["-1", "-1"]}
        writer.write(
            (sid, bars.hstack(pl.DataFrame(further))) for sid, bars in frames(DAILY, "date")
        )
        writer.finish()
        return PolarsParquetDailyReader(tmp_path / "bars")


class TestMinutes(BarReaderSuite):
    @pytest.fixture
    def reader(self, tmp_path: Path) -> BarReader:
        writer = ParquetBarWriter(tmp_path / "bars", MINUTE, get_calendar("XNYS"))
        writer.write(frames(MINUTES, "timestamp"))
        writer.finish()
        return PolarsParquetMinuteReader(tmp_path / "bars")
