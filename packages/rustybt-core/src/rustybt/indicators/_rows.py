"""Rows that count, and rows that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rustybt.indicators.kernels import IndicatorKernel

    Floats = NDArray[np.float64]

NAN: Final = float("nan")
"""Stands for a value that is not there."""


def counted_rows(
    kernel: IndicatorKernel, columns: Sequence[Floats], newest: Sequence[float]
) -> Sequence[Floats]:
    """What a kernel gives for some rows.

    A row without one of its inputs does not count: the kernel does not take it, and its values
    are those of the row before.

    Args:
        kernel: The kernel.
        columns: Its inputs, NaN where there is none.
        newest: Its values in the row before the first.
    """
    counted = np.isfinite(columns[0])
    for column in columns[1:]:
        counted &= np.isfinite(column)
    if counted.all():
        return kernel.update(columns)
    places = np.cumsum(counted)
    results = kernel.update([column[counted] for column in columns])
    return [
        np.concatenate(([before], result))[places]
        for before, result in zip(newest, results, strict=True)
    ]
