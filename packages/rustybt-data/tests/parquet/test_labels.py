"""Times that 64 bits of nanoseconds cannot hold are refused, never wrapped to another year."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from rustybt_data.parquet.labels import BadLabel, labels_of


@pytest.mark.parametrize(
    "cell",
    [
        "0001-01-01T00:00:00",
        "1677-12-31 23:59:59Z",
        "2262-01-01T00:00:00+00:00",
        "9999-12-31",
        date(1677, 12, 31),
        date(9999, 12, 31),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(2262, 1, 1, tzinfo=UTC),
    ],
)
def test_a_time_beyond_the_nanoseconds_is_refused(cell: Any) -> None:
    fine = "2021-03-04T10:00:00Z" if isinstance(cell, str) else cell.replace(year=2021)
    with pytest.raises(BadLabel) as caught:
        labels_of(pl.Series([fine, cell]), "intraday")
    assert (caught.value.row, caught.value.value) == (1, cell)


@pytest.mark.parametrize(
    ("cell", "nanoseconds"),
    [
        # `date -d 1678-01-01 +%s` and that of 2261-12-31 23:59:59, UTC
        ("1678-01-01T00:00:00Z", -9_214_560_000_000_000_000),
        ("2261-12-31T23:59:59Z", 9_214_646_399_000_000_000),
        (date(1678, 1, 1), -9_214_560_000_000_000_000),
    ],
)
def test_the_first_and_the_last_year_are_read(cell: Any, nanoseconds: int) -> None:
    assert labels_of(pl.Series([cell]), "intraday").to_list() == [nanoseconds]


def test_days_may_lie_anywhere() -> None:
    assert labels_of(pl.Series(["0001-01-01"]), "daily").to_list() == [-719_162]
