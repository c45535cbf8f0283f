"""Longer bars against the shorter ones that they should be made of."""

from decimal import Decimal

import polars as pl
import pytest
from bar_tables import minute, table
from hypothesis import given
from hypothesis import strategies as st

from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import DataValidationError
from rustybt_data.resampling import aggregate, validate_aggregates

# 10.00, 10.50, 9.50, 10.05 and 150; 11.00, 11.25, 10.90, 11.20 and 7.
MINUTES = table(
    """
    AAA 2024-01-02T14:31 10.00 10.50  9.90 10.20 100
    AAA 2024-01-02T14:32 10.20 10.30  9.50 10.10   0
    AAA 2024-01-02T15:30 10.10 10.10 10.00 10.05  50
    AAA 2024-01-02T16:30 11.00 11.25 10.90 11.20   7
    """
)
HOURS = """
    AAA 2024-01-02T15:30 10.00 10.50  9.50 10.05 150
    AAA 2024-01-02T16:30 11.00 11.25 10.90 11.20   7
"""


def problems(hours: str) -> list[tuple[str | None, ...]]:
    """Symbol, time, problem, field, expected and found of each difference."""
    found = validate_aggregates(MINUTES, table(hours), "1h", calendar="XNYS", from_="1m")
    return [
        (
            row["symbol"],
            f"{row['timestamp']:%H:%M}",
            row["problem"],
            row["field"],
            *(None if row[name] is None else f"{row[name]:.2f}" for name in ("expected", "found")),
        )
        for row in found.iter_rows(named=True)
    ]


def test_all_is_well() -> None:
    assert problems(HOURS) == []


@pytest.mark.parametrize(
    ("right", "wrong", "field", "expected", "found"),
    [
        ("15:30 10.00", "15:30 10.01", "open", "10.00", "10.01"),
        ("10.50 ", "10.60 ", "high", "10.50", "10.60"),
        ("9.50 ", "- ", "low", "9.50", None),
        ("10.05 150", "10.04 150", "close", "10.05", "10.04"),
        ("150", "149", "volume", "150.00", "149.00"),
    ],
)
def test_a_bar_that_is_not_the_aggregate(
    right: str, wrong: str, field: str, expected: str, found: str | None
) -> None:
    row = ("AAA", "15:30", "different", field, expected, found)
    assert problems(HOURS.replace(right, wrong)) == [row]


def test_bars_that_are_missing_or_superfluous() -> None:
    other = HOURS.replace("16:30", "17:30")
    assert problems(other) == [
        ("AAA", "16:30", "missing", None, None, None),
        ("AAA", "17:30", "superfluous", None, None, None),
    ]


def test_a_bar_that_is_not_complete_is_superfluous() -> None:
    fine = table(minute("2024-01-02T14:31", "5"))
    coarse = table(minute("2024-01-02", "5"))
    found = validate_aggregates(fine, coarse, "1d", calendar="XNYS")
    assert found.select("symbol", "problem").rows() == [("AAA", "superfluous")]


def test_numbers_count_and_not_their_decimals() -> None:
    finer = table(HOURS).with_columns(pl.col(BAR_FIELDS).cast(pl.Decimal(18, 6)))
    assert validate_aggregates(MINUTES, finer, "1h", calendar="XNYS").is_empty()
    changed = finer.with_columns(pl.col("low") + pl.lit(Decimal("0.000001")))
    found = validate_aggregates(MINUTES, changed, "1h", calendar="XNYS")
    assert [Decimal(each) for each in found["found"]] == [
        Decimal("9.500001"),
        Decimal("10.900001"),
    ]


def test_a_bar_that_is_there_twice_is_refused() -> None:
    twice = pl.concat([table(HOURS), table(HOURS)])
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-02 15:30.*twice"):
        validate_aggregates(MINUTES, twice, "1h", calendar="XNYS")
    with pytest.raises(DataValidationError, match="column date"):
        validate_aggregates(MINUTES, table(HOURS), "1d", calendar="XNYS")


@given(
    st.lists(st.integers(1, 999), min_size=30, max_size=60),
    st.integers(0, 2),
    st.sampled_from(BAR_FIELDS),
    st.integers(1, 99),
)
def test_any_change_of_any_number_is_found(
    closes: list[int], row: int, field: str, by: int
) -> None:
    lines = [
        minute(f"2024-01-02T15:{at:02}", f"{close / 100:.2f}", close)
        for at, close in enumerate(closes)
    ]
    fine = table("\n".join(lines))
    coarse = aggregate(fine, "10m", by="clock")
    assert validate_aggregates(fine, coarse, "10m", by="clock").is_empty()
    step = pl.when(pl.int_range(pl.len()) == row).then(pl.lit(by)).otherwise(0)
    changed = coarse.with_columns((pl.col(field) + step.cast(pl.Decimal(18, 0))).alias(field))
    found = validate_aggregates(fine, changed, "10m", by="clock")
    assert found["field"].to_list() == [field]
    assert found["timestamp"].to_list() == [coarse["timestamp"][row]]
    assert (found["found"] - found["expected"]).to_list() == [by]
