"""Bars made of rows, against rustybt_data's aggregation and by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs.resampling import (  # noqa: E402
    Bars,
    fold_bars,
    fold_trades,
    group_by_edges,
    group_by_length,
)

from rustybt_data.resampling import aggregate  # noqa: E402

FIELDS = ("open", "high", "low", "close", "volume")
MIDNIGHT = datetime(2024, 1, 2, tzinfo=UTC)
MINUTE = 60 * 10**9

minutes = st.lists(st.integers(1, 300), unique=True, min_size=1, max_size=40).map(sorted)
prices = st.integers(1, 10**9)


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    """Bars of minutes of one asset, some of their numbers missing."""
    at = draw(minutes)

    def column(values: st.SearchStrategy[int | None]) -> list[int | None]:
        return draw(st.lists(values, min_size=len(at), max_size=len(at)))

    rows = {field: column(st.none() | prices) for field in FIELDS}
    instants = [MIDNIGHT + timedelta(minutes=minute) for minute in at]
    return pl.DataFrame(
        {"timestamp": pl.Series(instants, dtype=pl.Datetime("ns", "UTC")), "symbol": "A", **rows},
        schema_overrides=dict.fromkeys(FIELDS, pl.Int64),
    )


def lists(bars: Bars) -> dict[str, list[int | None]]:
    return {field: pl.Series(column).to_list() for field, column in bars._asdict().items()}


def whole(frame: pl.DataFrame) -> dict[str, list[int | None]]:
    return {field: [None if v is None else int(v) for v in frame[field]] for field in FIELDS}


@given(frames(), st.sampled_from((5, 15, 60)))
def test_bars_are_those_of_rustybt_data(frame: pl.DataFrame, length: int) -> None:
    expected = aggregate(frame, f"{length}m", by="clock", partial=True)
    groups = group_by_length(frame["timestamp"], length * MINUTE)
    bars = fold_bars(*(frame[field] for field in FIELDS), starts=groups.starts)
    found = lists(bars)
    labels = pl.Series(groups.labels).cast(pl.Datetime("ns", "UTC"))
    assert labels.to_list() == expected["timestamp"].to_list()
    assert found == whole(expected)


@given(
    st.lists(st.tuples(st.integers(0, 400), prices, prices), min_size=1, max_size=40).map(
        lambda rows: sorted(rows, key=lambda row: row[0])
    ),
    st.sampled_from((5, 15, 60)),
)
def test_bars_of_trades_are_those_of_rustybt_data(
    rows: list[tuple[int, int, int]], length: int
) -> None:
    instants = [MIDNIGHT + timedelta(seconds=30 * at) for at, _, _ in rows]
    frame = pl.DataFrame(
        {
            "timestamp": pl.Series(instants, dtype=pl.Datetime("ns", "UTC")),
            "symbol": "A",
            "price": pl.Series([price for _, price, _ in rows]),
            "size": pl.Series([size for _, _, size in rows]),
        }
    )
    expected = aggregate(frame, f"{length}m", by="clock", partial=True)
    groups = group_by_length(frame["timestamp"], length * MINUTE)
    bars = fold_trades(frame["price"], frame["size"], starts=groups.starts)
    assert lists(bars) == whole(expected)
    labels = pl.Series(groups.labels).cast(pl.Datetime("ns", "UTC"))
    assert labels.to_list() == expected["timestamp"].to_list()


@given(minutes, st.sampled_from((1, 7, 60)), st.sampled_from(("left", "right")))
def test_edges_at_one_length_make_the_same_groups(at: list[int], length: int, closed: str) -> None:
    instants = pl.Series(at, dtype=pl.Int64)
    edges = pl.Series(range(-length, 300 + 2 * length, length), dtype=pl.Int64)
    by_length = group_by_length(instants, length, origin=-length, closed=closed)  # type: ignore[arg-type]
    by_edges = group_by_edges(instants, edges, closed=closed)  # type: ignore[arg-type]
    assert pl.Series(by_edges.starts).equals(pl.Series(by_length.starts))
    assert pl.Series(by_edges.labels).equals(pl.Series(by_length.labels))


def test_an_edge_belongs_to_one_side() -> None:
    at = pl.Series([4, 5, 6])
    assert pl.Series(group_by_length(at, 5).starts).to_list() == [0, 2]
    assert pl.Series(group_by_length(at, 5, closed="left").starts).to_list() == [0, 1]
    assert pl.Series(group_by_length(at, 5, origin=1).labels).to_list() == [6]


def test_bars_by_hand() -> None:
    at = pl.Series([1, 2, 5, 6, 11])
    groups = group_by_edges(at, pl.Series([0, 5, 20]))
    assert pl.Series(groups.starts).to_list() == [0, 3]
    assert pl.Series(groups.labels).to_list() == [5, 20]
    bars = fold_bars(
        pl.Series([None, 11, 12, 20, 21]),
        pl.Series([13, 15, 14, None, None]),
        pl.Series([9, 10, 8, 19, 18]),
        pl.Series([11, 12, None, 21, 22]),
        pl.Series([100, None, 300, None, None]),
        starts=groups.starts,
    )
    assert lists(bars) == {
        "open": [11, 20],
        "high": [15, None],
        "low": [8, 18],
        "close": [12, 22],
        "volume": [400, 0],
    }


NOTHING = pl.Series([], dtype=pl.Int64)


def test_of_no_rows() -> None:
    groups = group_by_length(NOTHING, 5)
    bars = fold_trades(NOTHING, NOTHING, starts=groups.starts)
    assert lists(bars) == {field: [] for field in FIELDS}


ONE, TWO = pl.Series([1]), pl.Series([2**62, 2**62])


@pytest.mark.parametrize(
    ("compute", "error", "message"),
    [
        (
            lambda: fold_trades(ONE, TWO, starts=pl.Series([0])),
            rustybt_rs.InvalidInputError,
            "volume: give 1 rows",
        ),
        (
            lambda: fold_trades(TWO, TWO, starts=pl.Series([1])),
            rustybt_rs.InvalidInputError,
            "starts: give the first row of each group",
        ),
        (
            lambda: fold_trades(TWO, TWO, starts=pl.Series([0])),
            rustybt_rs.NumberTooLargeError,
            "volume of bar 0",
        ),
        (
            lambda: group_by_length(pl.Series([2, 1]), 5),
            rustybt_rs.InvalidInputError,
            "at: give rows in the order of time .met 1 in row 1",
        ),
        (
            lambda: group_by_length(ONE, 0),
            rustybt_rs.InvalidInputError,
            "length: give a length above zero",
        ),
        (
            lambda: group_by_edges(ONE, pl.Series([5, 10])),
            rustybt_rs.InvalidInputError,
            "at: give edges around all rows",
        ),
    ],
)
def test_what_makes_no_bars_is_refused(
    compute: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        compute()
