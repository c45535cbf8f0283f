"""The reference: runs an indicator's steps over columns in Python."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np

from rustybt.errors import InvalidArgument
from rustybt.indicators.kernels._models import Number, Specification, Steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class ReferenceKernel:
    """An indicator in Python: :class:`IndicatorKernel`."""

    __slots__ = ("_steps", "inputs", "outputs")

    def __init__(self, specification: Specification, parameters: Mapping[str, Number]) -> None:
        self.inputs = specification.inputs
        self.outputs = specification.outputs
        self._steps: Steps = specification.steps(**parameters)

    @property
    def warm_up(self) -> int:
        return self._steps.warm_up

    def update(self, columns: Sequence[Floats]) -> tuple[Floats, ...]:
        given = checked_columns(self.inputs, columns)
        finite = np.isfinite(given[0])
        for column in given[1:]:
            finite &= np.isfinite(column)
        if finite.all():
            return self._computed(given)
        results = tuple(np.full(len(finite), np.nan) for _ in self.outputs)
        for result, part in zip(
            results, self._computed([each[finite] for each in given]), strict=True
        ):
            result[finite] = part
        return results

    def _computed(self, columns: Sequence[Floats]) -> tuple[Floats, ...]:
        rows = list(map(self._steps.step, *(column.tolist() for column in columns)))
        width = len(self.outputs)
        if width == 1:
            return (np.array(rows, dtype=np.float64),)
        table = np.array(rows, dtype=np.float64).reshape(len(rows), width)
        return tuple(np.ascontiguousarray(table[:, which]) for which in range(width))

    def copy(self) -> ReferenceKernel:
        twin = object.__new__(ReferenceKernel)
        twin.inputs, twin.outputs = self.inputs, self.outputs
        twin._steps = deepcopy(self._steps)  # a kernel of the same class
        return twin


def checked_columns(inputs: tuple[str, ...], columns: Sequence[Floats]) -> list[Floats]:
    """The columns as floats, one for each input and equally long.

    Raises:
        InvalidArgument: their number or their lengths are wrong.
    """
    if len(columns) != len(inputs):
        reason = f"give one column for each of {', '.join(inputs)}"
        raise InvalidArgument(field="columns", value=len(columns), reason=reason)
    given = [np.asarray(column, dtype=np.float64) for column in columns]
    lengths = [column.shape for column in given]
    if given[0].ndim != 1 or any(each != lengths[0] for each in lengths):
        reason = "give columns of one dimension and of one length"
        raise InvalidArgument(field="shapes of columns", value=lengths, reason=reason)
    return given
