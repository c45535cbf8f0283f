"""Factors: a number per asset and session."""

from typing import TYPE_CHECKING, Any

import numpy as np

from rustybt.errors import InvalidArgument
from rustybt.pipeline.derived import Derived, derived, stands_for
from rustybt.pipeline.dtypes import FLOAT, INSTANT, INTEGER, TRUTH
from rustybt.pipeline.outputs import HasOutputs
from rustybt.pipeline.term import ComputableTerm, Term

if TYPE_CHECKING:
    from rustybt.pipeline.filter import Filter

_NUMBERS = (int, float, np.number)


class FactorOperators(ComputableTerm):
    """Arithmetic and comparisons."""

    def __add__(self, other: object) -> "Factor":
        return _arithmetic("+", self, other)

    def __radd__(self, other: object) -> "Factor":
        return _arithmetic("+", other, self)

    def __sub__(self, other: object) -> "Factor":
        return _arithmetic("-", self, other)

    def __rsub__(self, other: object) -> "Factor":
        return _arithmetic("-", other, self)

    def __mul__(self, other: object) -> "Factor":
        return _arithmetic("*", self, other)

    def __rmul__(self, other: object) -> "Factor":
        return _arithmetic("*", other, self)

    def __truediv__(self, other: object) -> "Factor":
        return _arithmetic("/", self, other)

    def __rtruediv__(self, other: object) -> "Factor":
        return _arithmetic("/", other, self)

    def __mod__(self, other: object) -> "Factor":
        return _arithmetic("%", self, other)

    def __rmod__(self, other: object) -> "Factor":
        return _arithmetic("%", other, self)

    def __pow__(self, other: object) -> "Factor":
        return _arithmetic("**", self, other)

    def __rpow__(self, other: object) -> "Factor":
        return _arithmetic("**", other, self)

    def __neg__(self) -> "Factor":
        return _number("minus", self)

    def __lt__(self, other: object) -> "Filter":
        return _comparison("<", self, other)

    def __le__(self, other: object) -> "Filter":
        return _comparison("<=", self, other)

    def __gt__(self, other: object) -> "Filter":
        return _comparison(">", self, other)

    def __ge__(self, other: object) -> "Filter":
        return _comparison(">=", self, other)

    def __ne__(self, other: object) -> "Filter":  # type: ignore[override]  # Zipline's operator
        return _comparison("!=", self, other)

    def eq(self, other: object) -> "Filter":
        """Where it equals another factor or a number; ``==`` compares terms."""
        return _comparison("==", self, other)

    __hash__ = ComputableTerm.__hash__


class Factor(HasOutputs, FactorOperators):
    """A number per asset and session; missing where there is none."""


class DerivedFactor(Derived, Factor):
    """A factor that an operation made."""


stands_for("factor", DerivedFactor)


def _sides(operation: str, left: object, right: object) -> tuple[tuple[Term, ...], dict[str, Any]]:
    terms: list[Term] = []
    numbers: dict[str, Any] = {"symbol": operation}
    for name, side in (("left", left), ("right", right)):
        if isinstance(side, Factor):
            if side.dtype not in {FLOAT, INTEGER, INSTANT}:
                raise _unusable(operation, side)
            terms.append(side)
        elif isinstance(side, _NUMBERS) and not isinstance(side, bool):
            numbers[name] = side
        else:
            raise _unusable(operation, side)
    return tuple(terms), numbers


def _unusable(operation: str, side: object) -> InvalidArgument:
    return InvalidArgument(
        field=f"operand of {operation}", value=side, reason="give a factor or a number"
    )


def _arithmetic(operation: str, left: object, right: object) -> "Factor":
    terms, numbers = _sides(operation, left, right)
    safe = all(term.window_safe for term in terms)
    made: Factor = derived(
        "factor", "arithmetic", terms, dtype=FLOAT, window_safe=safe, params=numbers
    )
    return made


def _comparison(operation: str, left: object, right: object) -> "Filter":
    terms, numbers = _sides(operation, left, right)
    made: Filter = derived(
        "filter", "comparison", terms, dtype=TRUTH, window_safe=True, params=numbers
    )
    return made


def _number(operation: str, term: Term, **params: object) -> "Factor":
    made: Factor = derived(
        "factor", operation, (term,), dtype=FLOAT, window_safe=term.window_safe, params=params
    )
    return made
