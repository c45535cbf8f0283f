"""What an indicator is, and what computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Number = int | float


class IndicatorKernel(Protocol):
    """Computes one indicator of one asset, chunk after chunk."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns that it takes: ``("value",)`` for any one, or names of fields of bars."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Columns that it gives: ``("value",)``, or a name for each."""

    @property
    def warm_up(self) -> int:
        """How many rows that count come before the first row with values."""

    def update(self, columns: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], ...]:
        """Take the next rows of each input, give as many rows of each output.

        Any number of rows will do, one or none too. NaN stands where there is no value.
        """

    def copy(self) -> IndicatorKernel:
        """An independent kernel in the same state."""


class Steps(Protocol):
    """The state of an indicator, and what a row does to it."""

    warm_up: int

    @property
    def step(self) -> Callable[..., float | tuple[float, ...]]:
        """What takes a row's inputs and gives its output, or a tuple of its outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that an indicator is made with; an integer where ``default`` is one."""

    name: str
    default: Number
    minimum: Number
    maximum: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """An indicator: what it takes, gives and means.

    ``formula`` says it in words and symbols; ``warm_up`` is the number of rows before the first
    value, in terms of the parameters; ``source`` is the publication, or the function of TA-Lib
    that it equals; ``rising`` names parameters each of which has to be less than the next.
    """

    name: str
    parameters: tuple[Parameter, ...]
    formula: str
    warm_up: str
    source: str
    steps: Callable[..., Steps]
    inputs: tuple[str, ...] = ("value",)
    outputs: tuple[str, ...] = ("value",)
    rising: tuple[str, ...] = ()

    def defaults(self) -> Mapping[str, Number]:
        """The value of each parameter that is not given."""
        return {each.name: each.default for each in self.parameters}
