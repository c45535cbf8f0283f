"""Indicators over columns of bars, a group at a time."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.drivers.task import Outcome
from benchmarks.market import walk
from rustybt.indicators.kernels import (
    GROUPS,
    IndicatorKernel,
    make_kernel,
    make_reference_kernel,
)

Columns = Mapping[str, NDArray[np.float64]]


def bars(count: int) -> Columns:
    """A random walk; what takes any column takes the close."""
    rng = np.random.Generator(np.random.PCG64(count))
    made = walk(rng, count=count, first=20_000, step=20, gap=10, shadow=20)
    columns = {name: values / (1 if name == "volume" else 100) for name, values in made.items()}
    return {**columns, "value": columns["close"]}


def in_rust(count: int, group: str) -> Callable[[], Callable[[], Outcome]]:
    """The kernels that a run takes where the accelerator is there."""
    from rustybt_rs.indicators import IndicatorKernel as InRust

    for each in GROUPS[group]:
        assert isinstance(make_kernel(each.name), InRust)
    return _runs(count, group, make_kernel)


def in_python(count: int, group: str) -> Callable[[], Callable[[], Outcome]]:
    """The reference: a step of Python for each row, with carried state."""
    return _runs(count, group, make_reference_kernel)


def _runs(
    count: int, group: str, make: Callable[[str], IndicatorKernel]
) -> Callable[[], Callable[[], Outcome]]:
    columns = bars(count)

    def run() -> Callable[[], Outcome]:
        results: list[NDArray[np.float64]] = []
        for each in GROUPS[group]:
            kernel = make(each.name)
            results += kernel.update([columns[name] for name in kernel.inputs])
        return partial(_outcome, results)

    return run


def _outcome(results: list[NDArray[Any]]) -> Outcome:
    return Outcome(
        fills=sum(int(np.isfinite(each).sum()) for each in results),
        final_value=float(sum(np.nansum(each) for each in results)),
    )
