"""Windows by brute force: each value is computed anew from the rows of its window."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from indicator_columns import Floats, market
from numpy.lib.stride_tricks import sliding_window_view

from rustybt.indicators.kernels import SPECIFICATIONS, make_reference_kernel

Windows = Floats


def weights(windows: Windows) -> Floats:
    return np.arange(1.0, windows.shape[1] + 1)


def line(windows: Windows) -> tuple[Floats, ...]:
    """Numpy's fit of a polynomial of degree 1 to each window."""
    places = np.arange(windows.shape[1])
    slope, start = np.polyfit(places, windows.T, 1)
    return start + slope * places[-1], slope, start


def percentile(percent: float) -> Callable[[Windows], Floats]:
    return lambda windows: np.asarray(np.percentile(windows, percent, axis=1))


def ranks(windows: Windows) -> Floats:
    newest = windows[:, -1:]
    below, equal = (windows < newest).sum(axis=1), (windows == newest).sum(axis=1)
    return np.asarray((below + (equal + 1) / 2) / windows.shape[1])


DEFINITIONS: dict[str, tuple[dict[str, Any], Callable[[Windows], Any]]] = {
    "sma": ({}, lambda each: each.mean(axis=1)),
    "wma": ({}, lambda each: each @ weights(each) / weights(each).sum()),
    "rolling_sum": ({}, lambda each: each.sum(axis=1)),
    "rolling_min": ({}, lambda each: each.min(axis=1)),
    "rolling_max": ({}, lambda each: each.max(axis=1)),
    "rolling_median": ({}, lambda each: np.median(each, axis=1)),
    "rolling_percentile": ({"percent": 17.5}, percentile(17.5)),
    "rolling_rank": ({}, ranks),
    "variance": ({"ddof": 0}, lambda each: each.var(axis=1)),
    "standard_deviation": ({"ddof": 1}, lambda each: each.std(axis=1, ddof=1)),
    "z_score": (
        {"ddof": 1},
        lambda each: (each[:, -1] - each.mean(axis=1)) / each.std(axis=1, ddof=1),
    ),
    "linear_regression": ({}, line),
}


def both(name: str, window: int, column: Floats) -> tuple[list[Floats], list[Floats]]:
    """Values of the kernel, and those of the definition, without the rows before the first."""
    values, definition = DEFINITIONS[name]
    found = make_reference_kernel(name, window=window, **values).update([column])
    expected = definition(sliding_window_view(column, window))
    expected = expected if isinstance(expected, tuple) else (expected,)
    return [each[window - 1 :] for each in found], list(expected)


@pytest.mark.parametrize("window", [2, 3, 10, 64, 499, 500])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_values_are_those_of_the_window(name: str, window: int) -> None:
    ticks = name != "z_score"  # which has no value where prices are equal
    column = market(500, seed=5, ticks=ticks)["value"]
    for found, expected in zip(*both(name, window, column), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("name", "values"),
    [("rolling_median", {}), ("rolling_rank", {}), ("rolling_percentile", {"percent": 90.0})],
)
def test_order_statistics_are_those_of_pandas(name: str, values: dict[str, float]) -> None:
    column = np.random.default_rng(3).integers(0, 9, 400) / 1
    rolling = pd.Series(column).rolling(13)
    expected = {
        "rolling_median": rolling.median(),
        "rolling_rank": rolling.rank(pct=True),
        "rolling_percentile": rolling.quantile(0.9),
    }[name]
    (found,) = make_reference_kernel(name, window=13, **values).update([column])
    np.testing.assert_allclose(found, expected, rtol=1e-13)


FAR = 2_000_000
WITHOUT_DRIFT = ("sma", "wma", "rolling_sum", "variance", "standard_deviation", "linear_regression")


@pytest.mark.slow
@pytest.mark.parametrize("name", WITHOUT_DRIFT)
def test_two_million_rows_do_not_drift(name: str) -> None:
    """The first half is a million times greater, so that what it leaves behind would show."""
    generator = np.random.default_rng(11)
    column = 100 + generator.normal(size=FAR)
    column[: FAR // 2] *= 1e6
    values, definition = DEFINITIONS[name]
    window = 37
    kernel = make_reference_kernel(name, window=window, **values)
    kernel.update([column[: FAR - 5_000]])
    found = kernel.update([column[FAR - 5_000 :]])
    last = sliding_window_view(column[FAR - 5_000 - window + 1 :], window)
    expected = definition(last)
    expected = expected if isinstance(expected, tuple) else (expected,)
    for output, ours, exact in zip(SPECIFICATIONS[name].outputs, found, expected, strict=True):
        # a slope is a small difference of great numbers, the column's own
        absolute = 1e-12 if output != "slope" else 1e-13
        np.testing.assert_allclose(ours, exact, rtol=1e-12, atol=absolute, err_msg=output)


@pytest.mark.slow
def test_totals_of_two_million_rows_do_not_drift() -> None:
    """A tenth has no exact float: a plain sum of two million is wrong in the tenth digit."""
    rising = np.arange(FAR) / 1.0
    (total,) = make_reference_kernel("obv").update([rising, np.full(FAR, 0.1)])
    # 0.1 * n is rounded once
    np.testing.assert_allclose(total, 0.1 * np.arange(1, FAR + 1), rtol=4e-16)
