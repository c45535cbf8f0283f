"""Columns go to Rust and come back by Arrow's C data interface."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs._native import copy_column  # noqa: E402


@pytest.mark.parametrize(
    "series",
    [
        pl.Series("a", [1, None, -3]),
        pl.Series("a", [1.5, None]),
        pl.Series("a", [Decimal("1.25"), None, Decimal("-3.50")], dtype=pl.Decimal(38, 2)),
        pl.Series("a", [datetime(2020, 1, 1, tzinfo=UTC)], dtype=pl.Datetime("ns", "UTC")),
        pl.Series("a", [], dtype=pl.Int64),
        pl.Series("a", [*range(20), None, *range(20)])[7:33],
        pl.concat([pl.Series("a", [1, 2]), pl.Series("a", [3, None])], rechunk=False),
    ],
    ids=["integers", "floats", "decimals", "times", "empty", "slice", "chunks"],
)
def test_a_column_comes_back_as_it_went(series: pl.Series) -> None:
    column = copy_column(series)
    assert len(column) == len(series)
    assert pl.Series("a", column).equals(series, check_dtypes=True)


def test_decimals_of_64_bits_are_read() -> None:
    import pyarrow as pa

    column = copy_column(pa.array([Decimal("1.25"), None], pa.decimal64(9, 2)))
    assert pl.Series(column).to_list() == [Decimal("1.25"), None]


def test_the_memory_outlives_what_it_came_from() -> None:
    series = pl.Series(copy_column(pl.Series(range(100_000))))
    assert series.sum() == 4_999_950_000  # n (n - 1) / 2


def test_what_is_no_column_is_refused() -> None:
    with pytest.raises(TypeError, match="column: give a column such as a Polars series, not list"):
        copy_column([1])  # type: ignore[arg-type]
    with pytest.raises(
        rustybt_rs.InvalidInputError, match="give Int64, Float64, Decimal or Datetime"
    ):
        copy_column(pl.Series(["text"]))
