"""Functions of blocks of assets: which rows they see, and that no bit depends on blocks."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pytest

from rustybt.pipeline.across import across_assets, ordinal_ranks, z_scores
from rustybt.pipeline.blocks import Blocks
from rustybt.pipeline.loaders.places import places_in
from rustybt.pipeline.rolling.averages import relative_strength, traded, weighted_mean
from rustybt.pipeline.rolling.moments import deviation, mean_and_deviation

NAN = np.nan


def table(seed: int, assets: int = 7, rows: int = 30) -> Any:
    rng = np.random.default_rng(seed)
    values = rng.normal(100, 9, (assets, rows))
    values[: assets // 2][rng.random((assets // 2, rows)) < 0.3] = NAN
    values[0] = NAN
    return values


def column(values: Any) -> pl.Series:
    return pl.Series("x", values.ravel(), nan_to_null=True)


@pytest.mark.parametrize(
    "kernel",
    [
        partial(deviation, length=6),
        partial(relative_strength, length=6),
        lambda x: traded(x, x, length=6),
        lambda x: weighted_mean(x, x, length=6, pairs=True),
    ],
)
@pytest.mark.parametrize("first", [0, 9])
@pytest.mark.parametrize("cells", [1, 100, 10_000])
def test_neither_blocks_nor_the_first_row_change_a_bit(
    kernel: Callable[[Any], Any], first: int, cells: int
) -> None:
    values = table(first + cells)
    blocks = Blocks(30, lambda x: {"": kernel(x)}, cells=cells, first=first)
    made = column(values).to_frame().select(blocks.expression("", [pl.col("x")])).to_series()
    found = made.to_numpy().reshape(values.shape)
    expected = kernel(values)
    np.testing.assert_array_equal(found[:, first + 5 :], expected[:, first + 5 :])
    assert np.isnan(found[:, :first]).all()


@pytest.mark.parametrize("length", [1, 2, 7, 12, 20])
def test_a_value_that_is_missing_elsewhere_changes_no_bit_of_a_deviation(length: int) -> None:
    values = np.random.default_rng(length).normal(0, 1, (5, 40))
    gap = values.copy()
    gap[:3, 0] = NAN
    for full, some in zip(
        mean_and_deviation(values, length=length),
        mean_and_deviation(gap, length=length),
        strict=True,
    ):
        np.testing.assert_array_equal(some[:, length:], full[:, length:])
        np.testing.assert_array_equal(some[3:], full[3:])


def test_relative_strength_by_hand() -> None:
    # Changes of 1 3 2 2 6: +2 -1 0 +4. Of the rows 1 to 4: ups 2, downs 1; 100 - 100 / 3. Of the
    # last four: ups 4, downs 1; 100 - 100 / 5. Of 2 2 2 nothing moves.
    found = relative_strength(np.array([[1.0, 3.0, 2.0, 2.0, 6.0]]), length=4)
    np.testing.assert_allclose(found, [[NAN, NAN, NAN, 200 / 3, 80.0]], rtol=1e-15)
    still = relative_strength(
        np.array([[2.0, 2.0, 2.0], [2.0, NAN, 5.0], [1.0, 2.0, 4.0]]), length=3
    )
    np.testing.assert_array_equal(still[:, 2], [NAN, NAN, 100.0])


def test_what_cannot_be_multiplied_adds_nothing() -> None:
    # 2 * 10 + nothing = 20, nothing + 3 * 5 = 15.
    found = traded(np.array([[2.0, NAN, 3.0]]), np.array([[10.0, 4.0, 5.0]]), length=2)
    np.testing.assert_array_equal(found, [[NAN, 20.0, 15.0]])


@pytest.mark.parametrize("kernel", [ordinal_ranks, z_scores])
def test_sessions_are_computed_each_by_itself(kernel: Callable[[Any], Any]) -> None:
    values = table(5, assets=70, rows=1_500)  # more than is looked at together
    expression = across_assets(pl.col("x"), kernel, rows=1_500, first=3, dtype=pl.Float64())
    found = column(values).to_frame().select(expression).to_series().to_numpy()
    for row in (3, 900, 938, 1_499):
        expected = kernel(values[:, row][None])[0]
        np.testing.assert_array_equal(found.reshape(values.shape)[:, row], expected)


@pytest.mark.parametrize("last", [9, 2**40])
def test_places_are_found_near_and_far_apart(last: int) -> None:
    ordered, wanted = np.array([3, 5, 6, last]), np.array([6, last, 3, 3])
    assert places_in(ordered, wanted).tolist() == [2, 3, 0, 0]


def test_there_is_no_place_among_nothing() -> None:
    assert not len(places_in(np.array([], np.int64), np.array([], np.int64)))
