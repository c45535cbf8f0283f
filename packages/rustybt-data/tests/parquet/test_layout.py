from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.data.schemas import BarKind
from rustybt_data.parquet.layout import Depth, choose_depth, partition_of, partition_path

YEAR_OF_DAYS = [date(2023, 1, 1) + timedelta(days) for days in range(365)]
TEN_YEARS = [date(2014, 1, 1) + timedelta(days) for days in range(3_652)]


@pytest.mark.parametrize(
    ("a_day", "days", "kind", "depth"),
    [
        (1, [date(2023, 1, 2)], "intraday", Depth.WHOLE),
        (684, YEAR_OF_DAYS, "daily", Depth.WHOLE),  # 684 x 365 = 249,660
        (685, YEAR_OF_DAYS, "daily", Depth.YEAR),  # 250,025
        (685, YEAR_OF_DAYS, "intraday", Depth.MONTH),  # one year is one file, too
        (500, TEN_YEARS, "daily", Depth.YEAR),  # 366 x 500 = 183,000 in a leap year
        (500, TEN_YEARS, "intraday", Depth.YEAR),
        (5_464, TEN_YEARS, "daily", Depth.YEAR),  # 366 x 5,464 = 1,999,824
        (5_465, TEN_YEARS, "daily", Depth.MONTH),  # 2,000,190
        (64_516, YEAR_OF_DAYS, "intraday", Depth.MONTH),  # 31 x 64,516 = 1,999,996
        (64_517, YEAR_OF_DAYS, "intraday", Depth.DAY),  # 2,000,027
        (10**8, YEAR_OF_DAYS, "daily", Depth.MONTH),
        (10**8, YEAR_OF_DAYS, "intraday", Depth.DAY),
    ],
)
def test_files_get_finer_when_the_fullest_is_too_full(
    a_day: int, days: list[date], kind: BarKind, depth: Depth
) -> None:
    assert choose_depth(dict.fromkeys(days, a_day), kind) is depth


@given(
    before=st.dictionaries(st.sampled_from(TEN_YEARS), st.integers(1, 10**6), max_size=9),
    added=st.dictionaries(st.sampled_from(TEN_YEARS), st.integers(1, 10**6), max_size=9),
    kind=st.sampled_from(["daily", "intraday"]),
)
def test_more_rows_never_make_coarser_files(
    before: dict[date, int], added: dict[date, int], kind: BarKind
) -> None:
    after = {day: before.get(day, 0) + added.get(day, 0) for day in {*before, *added}}
    order = list(Depth)
    assert order.index(choose_depth(after, kind)) >= order.index(choose_depth(before, kind))


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
