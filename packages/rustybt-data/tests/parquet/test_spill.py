"""Bars that wait on disk come back as they went."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rustybt_data.parquet.spill import Spill

LABELS = st.integers(-50, 50)


@given(
    st.lists(st.lists(LABELS, max_size=200), min_size=1, max_size=6),
    st.sampled_from([1, 100, 10_000]),
    st.tuples(LABELS, LABELS),
)
def test_every_row_of_a_range_comes_back(
    labels: list[list[int]], rows_in_memory: int, span: tuple[int, int]
) -> None:
    frames = [
        pl.DataFrame({"at": at, "value": range(len(at))}, schema={"at": pl.Int64, "value": pl.Int8})
        .with_columns(pl.when(pl.col("value") % 3 > 0).then("value"), sid=pl.lit(sid))
        .with_columns(pl.col("value").alias("hole"))
        for sid, at in enumerate([*labels, sorted(labels[0])])
    ]
    start, stop = sorted(span)
    with TemporaryDirectory() as folder:
        spill = Spill(Path(folder) / "aside", rows_in_memory=rows_in_memory)
        for frame in frames:
            spill.add(frame)
        found = spill.between(start, stop)
        assert spill.rows == sum(frame.height for frame in frames)
        spill.clear()
        assert not list(Path(folder).rglob("*.*"))
    expected = pl.concat(frames).filter((pl.col("at") >= start) & (pl.col("at") < stop))
    assert_frame_equal(found, expected, check_row_order=False)


def test_rows_in_order_stay_in_order(tmp_path: Path) -> None:
    spill = Spill(tmp_path, rows_in_memory=300)
    for sid in range(5):
        spill.add(pl.DataFrame({"at": range(200), "sid": [sid] * 200}))
    found = spill.between(10, 12)
    assert found.rows() == [(at, sid) for sid in range(5) for at in (10, 11)]
