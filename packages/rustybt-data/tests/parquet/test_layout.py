from datetime import date, timedelta

import pytest

from rustybt_data.parquet.layout import Depth, choose_depth, partition_of, partition_path

YEAR_OF_DAYS = [date(2023, 1, 1) + timedelta(days) for days in range(365)]
TEN_YEARS = [date(2014, 1, 1) + timedelta(days) for days in range(3_652)]


@pytest.mark.parametrize(
    ("rows", "days", "finest", "depth"),
    [
        (1, [date(2023, 1, 2)], Depth.DAY, Depth.WHOLE),
        (2_000_000, YEAR_OF_DAYS, Depth.DAY, Depth.WHOLE),
        (2_000_001, YEAR_OF_DAYS, Depth.DAY, Depth.MONTH),  # one year is one file, too
        (20_000_000, TEN_YEARS, Depth.DAY, Depth.YEAR),
        (24_000_001, YEAR_OF_DAYS, Depth.DAY, Depth.DAY),
        (24_000_001, YEAR_OF_DAYS, Depth.MONTH, Depth.MONTH),
        (10**10, YEAR_OF_DAYS, Depth.DAY, Depth.DAY),
    ],
)
def test_files_get_finer_when_they_hold_more_than_two_million_rows(
    rows: int, days: list[date], finest: Depth, depth: Depth
) -> None:
    assert choose_depth(rows, days, finest=finest) is depth


@pytest.mark.parametrize(
    ("depth", "path"),
    [
        (Depth.WHOLE, "data.parquet"),
        (Depth.YEAR, "year=2023/data.parquet"),
        (Depth.MONTH, "year=2023/month=01/data.parquet"),
        (Depth.DAY, "year=2023/month=01/day=09/data.parquet"),
    ],
)
def test_partitions_are_named_as_in_hive(depth: Depth, path: str) -> None:
    assert str(partition_path(partition_of(date(2023, 1, 9), depth))) == path
