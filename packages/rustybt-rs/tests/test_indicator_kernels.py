"""Indicators in Rust equal the reference in Python to the last bit."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from indicator_columns import bits, chunks, columns, in_chunks, market, parameters_of
from laws import one_of_many

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs._native import indicator_table, make_indicator  # noqa: E402
from rustybt_rs.indicators import make  # noqa: E402

from rustybt.indicators.kernels import (  # noqa: E402
    SPECIFICATIONS,
    IndicatorKernel,
    make_reference_kernel,
)


def a_kernel(name: str, parameters: dict[str, float]) -> IndicatorKernel:
    kernel = make(name, parameters)
    assert kernel is not None
    return kernel


@pytest.mark.parametrize("name", SPECIFICATIONS)
@one_of_many
@given(data=st.data())
def test_values_are_those_of_the_reference(name: str, data: Any) -> None:
    specification = SPECIFICATIONS[name]
    parameters = data.draw(parameters_of(specification))
    given_columns = data.draw(columns(len(specification.inputs)))
    rows = len(given_columns[0])
    parts = chunks(given_columns, sorted(data.draw(st.lists(st.integers(0, rows), max_size=3))))
    reference = make_reference_kernel(name, **parameters)
    kernel = a_kernel(name, parameters)
    assert kernel.warm_up == reference.warm_up
    whole = [bits(column) for column in reference.update(given_columns)]
    assert in_chunks(kernel, parts) == whole


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_values_of_a_long_column_are_those_of_the_reference(name: str) -> None:
    specification = SPECIFICATIONS[name]
    table = market(5_000, seed=7, ticks=True)
    given_columns = [table[each] for each in specification.inputs]
    expected = make_reference_kernel(name).update(given_columns)
    found = a_kernel(name, dict(specification.defaults())).update(given_columns)
    assert [bits(column) for column in found] == [bits(column) for column in expected]


def test_the_table_is_that_of_core() -> None:
    expected = {
        name: (
            list(each.inputs),
            list(each.outputs),
            [
                (one.name, float(one.minimum), float(one.maximum), isinstance(one.default, int))
                for one in each.parameters
            ],
        )
        for name, each in SPECIFICATIONS.items()
    }
    assert {name: rest for name, *rest in map(list, indicator_table())} == {
        name: list(each) for name, each in expected.items()
    }


@pytest.mark.parametrize("name", [name for name, each in SPECIFICATIONS.items() if each.rising])
def test_parameters_that_do_not_rise_are_refused(name: str) -> None:
    specification = SPECIFICATIONS[name]
    for less, more in zip(specification.rising, specification.rising[1:], strict=False):
        values = dict(specification.defaults())
        values[less] = values[more]
        with pytest.raises(rustybt_rs.InvalidInputError, match=f"{name}.{less}: give less than"):
            make(name, values)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "sma: give a value for this parameter .met window"),
        ({"window": 2, "length": 2}, "sma: there is no such parameter .met length"),
        ({"window": 0}, "sma.window: give a whole number from 1 to 100000 .met 0"),
        ({"window": 1e18}, "sma.window: give a whole number"),
        ({"window": math.nan}, "sma.window: give a whole number"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(
    parameters: dict[str, float], message: str
) -> None:
    with pytest.raises(rustybt_rs.InvalidInputError, match=message):
        make("sma", parameters)


def test_an_unknown_name_is_left_to_the_reference() -> None:
    assert make("nobody", {}) is None


def test_columns_that_cannot_be_used_are_refused() -> None:
    kernel = a_kernel("obv", {})
    refused = pytest.raises(rustybt_rs.InvalidInputError)
    one = np.zeros(3)
    with refused:
        kernel.update([one])
    with refused:
        kernel.update([one, np.zeros(4)])
    with refused:
        kernel.update([np.zeros((3, 1)), one])
    state = make_indicator("obv", {})
    assert state is not None
    with pytest.raises(rustybt_rs.InvalidInputError, match="give floats of 64 bits"):
        state.update([one, np.zeros(3, dtype=np.int64)], [one])
    with pytest.raises(rustybt_rs.InvalidInputError, match="give 1, one for each output"):
        state.update([one, one], [])


def test_columns_need_not_lie_side_by_side() -> None:
    table = np.arange(20.0).reshape(10, 2)
    (found,) = a_kernel("sma", {"window": 2}).update([table[:, 0]])
    # of 0, 2, 4, ... 18: the means of neighbours
    assert found[1:].tolist() == [1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0]
