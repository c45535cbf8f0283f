"""Lazy frames: the same bars in bounded memory, batch by batch."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from bar_tables import TRADES, minute, table
from polars.testing import assert_frame_equal

from rustybt.errors import DataValidationError
from rustybt_data.resampling import aggregate, aggregation

ROWS = [
    minute(f"2024-01-0{day}T{hour}:{at:02}", str(day + at), at, symbol)
    for symbol in ("AAA", "BBB")
    for day in (2, 3)
    for hour in (15, 16)
    for at in range(0, 60, 7)
]


@pytest.fixture(params=[1, 2, 5, 17])
def batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Batches so small that bars lie in several of them."""
    size: int = request.param
    monkeypatch.setattr(aggregation, "BATCH_ROWS", size)
    return size


@pytest.mark.parametrize("to", ["15m", "1h", "1d", "1w"])
def test_parts_of_bars_are_joined(to: str, batches: int) -> None:
    fine = table("\n".join(ROWS))
    whole = fine.with_columns(pl.lit(1)).drop("literal")
    made = aggregate(fine, to, calendar="XNYS", partial=True)
    lazily = aggregate(whole.lazy(), to, calendar="XNYS", partial=True).collect()
    assert_frame_equal(made, lazily)
    total = {"AAA": 0, "BBB": 0} | dict(made.group_by("symbol").agg(pl.sum("volume")).iter_rows())
    # Each of the 4 hours of a symbol has 0 + 7 + ... + 56 = 252.
    assert set(total.values()) == {1008}
    assert batches < fine.height


def test_files_by_time_are_read_in_their_order(tmp_path: Path, batches: int) -> None:
    # Sorted by symbol within a day, and by day: no order of the whole.
    days = [[row for row in ROWS if f"01-0{day}T" in row] for day in (2, 3)]
    for number, rows in enumerate(days):
        table("\n".join(rows)).write_parquet(tmp_path / f"{number}.parquet")
    lazy = aggregate(pl.scan_parquet(tmp_path), "1w", calendar="XNYS", partial=True)
    expected = aggregate(table("\n".join(ROWS)), "1w", calendar="XNYS", partial=True)
    assert_frame_equal(lazy.collect(), expected)
    assert batches


def test_what_is_asked_of_a_lazy_frame() -> None:
    lazy = aggregate(table("\n".join(ROWS)).lazy(), "1h", calendar="XNYS", partial=True)
    whole = lazy.collect()
    assert_frame_equal(
        lazy.filter(pl.col("symbol") == "BBB").select("close", "symbol").head(2).collect(),
        whole.filter(pl.col("symbol") == "BBB").select("close", "symbol").head(2),
    )
    assert lazy.select(pl.len()).collect().item() == whole.height


@pytest.mark.parametrize("batches", [2], indirect=True)
@pytest.mark.usefixtures("batches")
def test_rows_of_a_bar_out_of_order_are_refused() -> None:
    at = ("14:31", "14:40", "14:35", "14:50")
    rows = table("\n".join(minute(f"2024-01-02T{each}", "5") for each in at))
    lazy = aggregate(rows.lazy(), "1h", calendar="XNYS", partial=True)
    with pytest.raises(DataValidationError, match=r"AAA at 2024-01-02 14:35.*sort"):
        lazy.collect()
    # In memory they are sorted.
    assert aggregate(rows, "1h", calendar="XNYS", partial=True)["volume"].to_list() == [4]


@pytest.mark.parametrize("batches", [2], indirect=True)
@pytest.mark.usefixtures("batches")
def test_a_bar_that_is_there_twice_in_two_batches_is_refused() -> None:
    rows = table("\n".join(minute(f"2024-01-02T14:{at}", "5") for at in (31, 32, 32, 33)))
    with pytest.raises(DataValidationError, match="twice"):
        aggregate(rows, "1h", calendar="XNYS")


@pytest.mark.parametrize("batches", [2], indirect=True)
@pytest.mark.usefixtures("batches")
def test_trades_of_one_instant_in_two_batches_keep_their_order() -> None:
    rows = "\n".join(f"AAA 2024-01-02T14:30:01 {price} 1" for price in (5, 9, 1, 7))
    made = aggregate(table(rows, TRADES), "1s", calendar="XNYS")
    assert_frame_equal(made, table("AAA 2024-01-02T14:30:01 5 9 1 7 4"))


def test_lazy_bars_of_lazy_bars() -> None:
    fine = table("\n".join(ROWS))
    options: dict[str, Any] = {"calendar": "XNYS", "partial": True}
    longer = aggregate(aggregate(fine.lazy(), "15m", **options), "1h", **options)
    assert_frame_equal(longer.collect(), aggregate(fine, "1h", **options))


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["BBB", "AAA"])])
def test_symbols_of_other_types_keep_them(dtype: Any) -> None:
    fine = table("\n".join(ROWS)).with_columns(pl.col("symbol").cast(dtype)).sort("timestamp")
    made = aggregate(fine, "1d", calendar="XNYS", partial=True)
    assert made.schema["symbol"] == dtype
    assert made["symbol"].is_sorted()
    assert made.height == 4
