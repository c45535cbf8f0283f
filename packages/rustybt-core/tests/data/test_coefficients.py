"""Arithmetic on columns of coefficients against fractions and plain loops."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.data.coefficients import (
    MISSING,
    IntArray,
    last_known_rows,
    multiplied,
    reduced,
    running,
)
from rustybt.errors import ScaleExceeded

coefficients = st.lists(st.one_of(st.just(MISSING), st.integers(-(10**12), 10**12)), max_size=20)
factors = st.integers(1, 10**30)


def column(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


@given(coefficients, factors, factors)
def test_a_product_is_the_nearest_integer_a_tie_the_even_one(
    values: list[int], numerator: int, denominator: int
) -> None:
    denominator = max(denominator, numerator // 10**5)
    expected = [
        value if value == MISSING else round(Fraction(value * numerator, denominator))
        for value in values
    ]
    assert multiplied(column(values), numerator, denominator).tolist() == expected


def test_ties_go_to_the_even_neighbour_on_both_sides_of_zero() -> None:
    assert multiplied(column([1, 3, 5, -1, -3]), 1, 2).tolist() == [0, 2, 2, 0, -2]


def test_a_product_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ScaleExceeded, match="adjusted price"):
        multiplied(column([10**17]), 1000, 1)


def test_the_newest_known_row() -> None:
    known = np.array([False, True, False, False, True, False])
    assert last_known_rows(known).tolist() == [-1, 1, 1, 1, 4, 4]


@pytest.mark.parametrize(
    ("field", "so_far"),
    [
        ("open", [MISSING, 5, 5, 5, 7, 7]),
        ("high", [MISSING, 5, 9, 9, 7, 8]),
        ("low", [MISSING, 5, 5, 5, 7, 7]),
        ("close", [MISSING, 5, 9, 9, 7, 8]),
    ],
)
def test_a_bar_grows_within_its_group(field: str, so_far: list[int]) -> None:
    values = column([MISSING, 5, 9, MISSING, 7, 8])
    starts = column([0, 4])
    assert running(field, values, starts).tolist() == so_far
    assert reduced(field, values, starts).tolist() == [so_far[3], so_far[5]]


def test_volumes_add_up_within_their_group() -> None:
    values, starts = column([1, 0, 2, 5, 3]), column([0, 3])
    assert running("volume", values, starts).tolist() == [1, 1, 3, 5, 8]
    assert reduced("volume", values, starts).tolist() == [3, 8]


def test_volumes_that_do_not_fit_in_a_sum_are_an_error() -> None:
    with pytest.raises(ScaleExceeded, match="sum of volumes"):
        reduced("volume", column([2**61, 2**61, 2**61]), column([0]))


def test_volumes_of_many_groups_may_leave_64_bits_together() -> None:
    values, starts = column([2**61, 2**61 - 1, 2**61, 2**61 - 1]), column([0, 2])
    assert reduced("volume", values, starts).tolist() == [2**62 - 1, 2**62 - 1]


@given(
    st.sampled_from(["open", "high", "low", "close"]),
    st.lists(st.lists(st.one_of(st.just(MISSING), st.integers(0, 9)), min_size=1), min_size=1),
)
def test_a_group_is_the_bar_of_its_known_values(field: str, groups: list[list[int]]) -> None:
    values = column([value for group in groups for value in group])
    starts = column(np.cumsum([0, *map(len, groups[:-1])]).tolist())
    picks: dict[str, Callable[[list[int]], int]] = {
        "open": lambda known: known[0],
        "high": max,
        "low": min,
        "close": lambda known: known[-1],
    }
    expected = []
    for group in groups:
        known = [value for value in group if value != MISSING]
        expected.append(picks[field](known) if known else MISSING)
    assert reduced(field, values, starts).tolist() == expected
