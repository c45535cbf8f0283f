"""Indicators in Rust equal the reference in Python to the last bit."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs._native import indicator_table, make_indicator  # noqa: E402
from rustybt_rs.indicators import make  # noqa: E402

from rustybt.indicators.kernels import (  # noqa: E402
    SPECIFICATIONS,
    IndicatorKernel,
    Parameter,
    Specification,
    make_reference_kernel,
)

Floats = NDArray[np.float64]

PRICES = st.one_of(
    st.floats(0.01, 1e6),
    st.integers(1, 5).map(float),
    st.sampled_from([math.nan, math.inf, -3.5, 0.0, -0.0, 1e-300, 100.0]),
)
"""Prices that repeat, that are missing, and that no market has."""


def a_value_of(parameter: Parameter) -> st.SearchStrategy[float]:
    """Small windows, so that a short column is longer; what else there is, all of it."""
    if isinstance(parameter.default, int):
        return st.integers(int(parameter.minimum), min(int(parameter.maximum), 12))
    return st.floats(parameter.minimum, min(parameter.maximum, 100.0), allow_subnormal=False)


def values_of(specification: Specification) -> st.SearchStrategy[dict[str, float]]:
    def risen(values: dict[str, float]) -> dict[str, float]:
        for less, more in zip(specification.rising, specification.rising[1:], strict=False):
            values[more] = max(values[more], values[less] + 1)
        return values

    named = {each.name: a_value_of(each) for each in specification.parameters}
    return st.fixed_dictionaries(named).map(risen)


@st.composite
def columns_of(draw: st.DrawFn, width: int) -> list[Floats]:
    rows = draw(st.integers(0, 60))
    cells = st.lists(PRICES, min_size=rows, max_size=rows)
    return [np.array(draw(cells), dtype=np.float64) for _ in range(width)]


def bits(column: Floats) -> list[int]:
    """The bits of each float; those of NaN are one number."""
    found: list[int] = np.where(np.isnan(column), 0, column.view(np.int64)).tolist()
    return found


def in_chunks(kernel: IndicatorKernel, columns: list[Floats], cuts: list[int]) -> list[list[int]]:
    """What a kernel gives when columns come in chunks, copied on the way."""
    parts = zip(*(np.split(column, cuts) for column in columns), strict=True)
    results: list[tuple[Floats, ...]] = []
    for part in parts:
        twin = kernel.copy()
        results.append(kernel.update(list(part)))
        kernel = twin
        kernel.update(list(part))
    return [bits(np.concatenate(column)) for column in zip(*results, strict=True)]


def a_kernel(name: str, parameters: dict[str, float]) -> IndicatorKernel:
    kernel = make(name, parameters)
    assert kernel is not None
    return kernel


@pytest.mark.parametrize("name", SPECIFICATIONS)
@given(data=st.data())
def test_values_are_those_of_the_reference(name: str, data: Any) -> None:
    specification = SPECIFICATIONS[name]
    parameters = data.draw(values_of(specification))
    columns = data.draw(columns_of(len(specification.inputs)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(columns[0])), max_size=3)))
    reference = make_reference_kernel(name, **parameters)
    kernel = a_kernel(name, parameters)
    assert kernel.warm_up == reference.warm_up
    whole = [bits(column) for column in reference.copy().update(columns)]
    assert in_chunks(reference, columns, cuts) == whole
    assert in_chunks(kernel, columns, cuts) == whole


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_values_of_a_long_column_are_those_of_the_reference(name: str) -> None:
    specification = SPECIFICATIONS[name]
    steps = np.random.default_rng(7).normal(0, 0.1, (4, 5_000)).round(2)
    table = {field: 100 + steps[row].cumsum() for row, field in enumerate(("high", "low", "close"))}
    table |= {"volume": np.abs(steps[3]) * 1e4, "value": 100 + steps[0].cumsum()}
    columns = [table[each] for each in specification.inputs]
    expected = make_reference_kernel(name).update(columns)
    found = a_kernel(name, dict(specification.defaults())).update(columns)
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
