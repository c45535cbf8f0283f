"""Columns and parameters that tests of indicators' kernels draw."""

import math

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from rustybt.indicators.kernels import IndicatorKernel, Parameter, Specification

Floats = NDArray[np.float64]

ODD = (math.nan, math.inf, -math.inf, -3.5, 0.0, -0.0, 1e-300, 5e-324, 100.0, 1.7e308, -1e308)
"""What is missing, what no market has, and what repeats."""


def a_value_of(parameter: Parameter) -> st.SearchStrategy[float]:
    """Small windows, so that a short column is longer; other numbers in all their range."""
    if isinstance(parameter.default, int):
        return st.integers(int(parameter.minimum), min(int(parameter.maximum), 12))
    return st.floats(parameter.minimum, min(parameter.maximum, 100.0))


def parameters_of(specification: Specification) -> st.SearchStrategy[dict[str, float]]:
    """Values for all parameters of an indicator."""

    def risen(values: dict[str, float]) -> dict[str, float]:
        for less, more in zip(specification.rising, specification.rising[1:], strict=False):
            values[more] = max(values[more], values[less] + 1)
        return values

    named = {each.name: a_value_of(each) for each in specification.parameters}
    return st.fixed_dictionaries(named).map(risen)


@st.composite
def columns(draw: st.DrawFn, width: int, *, finite: bool = False) -> list[Floats]:
    """Up to 60 rows: prices of a few ticks, prices of many digits, and odd ones among them."""
    rows = draw(st.integers(0, 60))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    share = 0.0 if finite else draw(st.sampled_from([0.0, 0.05, 0.3]))
    few = draw(st.booleans())
    found = []
    for _ in range(width):
        prices = generator.integers(1, 6, rows) / 1 if few else generator.uniform(0.01, 1e4, rows)
        odd = generator.choice(np.array(ODD), rows)
        found.append(np.where(generator.random(rows) < share, odd, prices))
    return found


def chunks(columns: list[Floats], cuts: list[int]) -> list[list[Floats]]:
    """The columns cut at these rows."""
    return [list(part) for part in zip(*(np.split(each, cuts) for each in columns), strict=True)]


def in_chunks(kernel: IndicatorKernel, parts: list[list[Floats]]) -> list[list[int]]:
    """The bits that a kernel gives for chunks; after each of them a copy goes on in its stead."""
    results = []
    for part in parts:
        twin = kernel.copy()
        results.append(kernel.update(part))
        kernel = twin
        kernel.update(part)
    return [bits(np.concatenate(column)) for column in zip(*results, strict=True)]


def bits(column: Floats) -> list[int]:
    """The bits of each float; those of NaN are one number."""
    found: list[int] = np.where(np.isnan(column), 0, column.view(np.int64)).tolist()
    return found


def market(rows: int, seed: int, *, ticks: bool = False) -> dict[str, Floats]:
    """Bars of a random walk, in hundredths if asked for, and "value", which is their close."""
    generator = np.random.default_rng(seed)
    close = 100 * np.exp(generator.normal(0, 0.01, rows).cumsum())
    opened = np.concatenate([[100.0], close[:-1]])
    high = np.maximum(opened, close) * (1 + generator.exponential(0.004, rows))
    low = np.minimum(opened, close) * (1 - generator.exponential(0.004, rows))
    volume = generator.integers(1, 10_000, rows) * 1.0
    bars = {"open": opened, "high": high, "low": low, "close": close}
    if ticks:
        bars = {name: column.round(2) for name, column in bars.items()}
    return {**bars, "volume": volume, "value": bars["close"]}
