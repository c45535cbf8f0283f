"""Functions of the numbers of a session, against pandas, numpy and plain loops."""

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from rustybt.pipeline.across import (
    above_means,
    across_assets,
    among_lowest,
    at_places,
    ordinal_ranks,
    z_scores,
)
from rustybt.pipeline.rolling.transposing import transposed

Numbers = NDArray[np.float64]

# Few different values, so that there are ties; neighbours in the last bit; what sorts oddly.
ODD = (0.0, -0.0, 1.0, 1.0 + 2**-52, 1.0 + 2**-51, -1.0, np.inf, -np.inf, 5e-324, np.nan, -np.nan)
SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=9)
SESSIONS = st.one_of(
    arrays(float, SHAPES, elements=st.sampled_from(ODD)),
    arrays(float, SHAPES, elements=st.floats(width=64)),
    arrays(float, SHAPES, elements=st.floats(-3, 3, width=16)),
)
FINITE = arrays(
    float, SHAPES, elements=st.one_of(st.just(np.nan), st.integers(-1_000, 1_000).map(float))
)


@given(SESSIONS)
def test_ranks_are_those_of_pandas(values: Numbers) -> None:
    expected = pd.DataFrame(values).rank(axis=1, method="first").to_numpy()
    np.testing.assert_array_equal(ordinal_ranks(values), expected)


@given(SESSIONS, st.integers(0, 10))
def test_the_lowest_are_the_first_in_order(values: Numbers, number: int) -> None:
    expected = np.zeros(values.shape, bool)
    for row, session in enumerate(values.tolist()):
        known = [(value, place) for place, value in enumerate(session) if not math.isnan(value)]
        for _, place in sorted(known, key=lambda each: each[0])[:number]:  # a stable sort
            expected[row, place] = True
    np.testing.assert_array_equal(among_lowest(values, number=number), expected)


@given(FINITE)
def test_the_value_at_the_middle_place_is_numpys_lower_median(values: Numbers) -> None:
    (found,) = at_places(values, lambda count: np.floor((count - 1) / 2))
    for session, value in zip(values, found[:, 0], strict=True):
        known = session[~np.isnan(session)]
        expected = np.percentile(known, 50, method="lower") if len(known) else np.nan
        np.testing.assert_equal(value, expected)


@given(FINITE)
def test_scores_are_those_of_pandas(values: Numbers) -> None:
    frame = pd.DataFrame(values)
    apart = frame.sub(frame.mean(axis=1), axis=0)
    np.testing.assert_allclose(above_means(values), apart, rtol=1e-9, atol=1e-9)
    spread = frame.std(axis=1, ddof=0).where(frame.max(axis=1) > frame.min(axis=1))
    np.testing.assert_allclose(z_scores(values), apart.div(spread, axis=0), rtol=1e-9, atol=1e-9)


@given(FINITE, st.integers(0, 5))
def test_further_assets_without_a_value_change_no_bit(values: Numbers, more: int) -> None:
    wider = np.concatenate([np.full((len(values), more), np.nan), values], axis=1)
    for function in (above_means, z_scores):
        np.testing.assert_array_equal(function(wider)[:, more:], function(values))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (63, 65), (64, 64), (130, 7)])
def test_a_transpose_is_numpys(shape: tuple[int, int]) -> None:
    values = np.arange(shape[0] * shape[1]).reshape(shape)
    result = transposed(values)
    np.testing.assert_array_equal(result, values.T)
    assert result.flags.c_contiguous


@pytest.mark.parametrize(
    ("function", "dtype", "expected"),
    [
        # Sessions are columns of the table: (3, 1), (None, 5), (2, 2); the first is not needed.
        (ordinal_ranks, pl.Float64(), [None, None, 1.0, None, 1.0, 2.0]),
        (
            lambda x: among_lowest(x, number=1),
            pl.Boolean(),
            [False, False, True, False, True, False],
        ),
    ],
)
def test_rows_that_nobody_needs_are_left_out(
    function: Any, dtype: Any, expected: list[Any]
) -> None:
    frame = pl.DataFrame({"x": [3.0, None, 2.0, 1.0, 5.0, 2.0]})
    expression = across_assets(pl.col("x"), function, rows=3, first=1, dtype=dtype)
    assert frame.select(expression)["x"].to_list() == expected
