"""Indicators over columns, row by row with carried state, in Rust.

:func:`make` gives an :class:`IndicatorKernel`; what each name computes is in RustyBT's
``docs/indicators.md``. Values equal those of RustyBT's reference in Python to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rustybt_rs._native import IndicatorState, make_indicator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class IndicatorKernel:
    """Computes one indicator of one asset, chunk after chunk."""

    __slots__ = ("_state", "inputs", "outputs", "warm_up")

    def __init__(self, state: IndicatorState) -> None:
        self._state = state
        self.inputs: tuple[str, ...] = state.inputs
        """Columns that it takes: ``("value",)`` for any one, or names of fields of bars."""
        self.outputs: tuple[str, ...] = state.outputs
        """Columns that it gives."""
        self.warm_up: int = state.warm_up
        """How many rows that count come before the first row with values."""

    def update(self, columns: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], ...]:
        """Take the next rows of each input, give as many rows of each output.

        A row in which an input is no finite number gives NaN and does not enter the state.

        Raises:
            InvalidInputError: The columns are not as many as the inputs, not equally long, or have
                more dimensions than one.
        """
        import numpy as np

        given = [np.asarray(column, dtype=np.float64) for column in columns]
        rows = len(given[0]) if given else 0
        results = tuple(np.empty(rows) for _ in self.outputs)
        self._state.update(given, results)
        return results

    def copy(self) -> IndicatorKernel:
        """An independent kernel in the same state."""
        return IndicatorKernel(self._state.copy())


def make(name: str, parameters: Mapping[str, float]) -> IndicatorKernel | None:
    """The indicator of this name, with a value for each of its parameters; None if unknown.

    Raises:
        InvalidInputError: A parameter is missing, unknown, or has a value that cannot be used.
    """
    state = make_indicator(name, parameters)
    return None if state is None else IndicatorKernel(state)
