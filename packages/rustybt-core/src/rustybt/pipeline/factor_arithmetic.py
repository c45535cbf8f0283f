"""Arithmetic, comparisons and functions of factors."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rustybt.errors import WrongTermType
from rustybt.pipeline.common import CommonMethods
from rustybt.pipeline.derived import Kind, derived
from rustybt.pipeline.dtypes import FLOAT, INSTANT, INTEGER, TRUTH
from rustybt.pipeline.outputs import HasOutputs
from rustybt.pipeline.scalars import checked_scalar
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Term

if TYPE_CHECKING:
    from rustybt.pipeline.filter import Filter

AnyFactor = Any
"""A `Factor`; it is made of the classes of this module, which therefore cannot name it."""

_NUMBERS = (int, float, np.integer, np.floating)


class FactorOperators(HasOutputs, CommonMethods):
    """Arithmetic and comparisons, with factors and numbers."""

    kind: ClassVar[Kind] = "factor"
    dtypes = (FLOAT, INTEGER, INSTANT)

    def __add__(self, other: object) -> AnyFactor:
        return _arithmetic("+", self, other)

    def __radd__(self, other: object) -> AnyFactor:
        return _arithmetic("+", other, self)

    def __sub__(self, other: object) -> AnyFactor:
        return _arithmetic("-", self, other)

    def __rsub__(self, other: object) -> AnyFactor:
        return _arithmetic("-", other, self)

    def __mul__(self, other: object) -> AnyFactor:
        return _arithmetic("*", self, other)

    def __rmul__(self, other: object) -> AnyFactor:
        return _arithmetic("*", other, self)

    def __truediv__(self, other: object) -> AnyFactor:
        return _arithmetic("/", self, other)

    def __rtruediv__(self, other: object) -> AnyFactor:
        return _arithmetic("/", other, self)

    def __mod__(self, other: object) -> AnyFactor:
        return _arithmetic("%", self, other)

    def __rmod__(self, other: object) -> AnyFactor:
        return _arithmetic("%", other, self)

    def __pow__(self, other: object) -> AnyFactor:
        return _arithmetic("**", self, other)

    def __rpow__(self, other: object) -> AnyFactor:
        return _arithmetic("**", other, self)

    def __neg__(self) -> AnyFactor:
        return number_of("minus", self)

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

    __hash__ = CommonMethods.__hash__

    def isnan(self) -> "Filter":
        """Where a number is missing; `isnull` is for instants too."""
        only_numbers("isnan", self)
        return self.isnull()  # type: ignore[no-any-return]  # a Filter

    def notnan(self) -> "Filter":
        """Where a number is there; `notnull` is for instants too."""
        only_numbers("notnan", self)
        return self.notnull()  # type: ignore[no-any-return]  # a Filter

    def isfinite(self) -> "Filter":
        """Where a number is there and not infinite."""
        made: Filter = derived(
            "filter",
            "isfinite",
            (only_numbers("isfinite", self),),
            dtype=TRUTH,
            window_safe=True,
        )
        return made


class FactorFunctions(FactorOperators):
    """Functions of a number; where one is not defined, its result is missing."""

    def abs(self) -> AnyFactor:
        """The number without its sign."""
        return number_of("abs", self)

    def arccos(self) -> AnyFactor:
        """The inverse cosine, in radians."""
        return number_of("arccos", self)

    def arccosh(self) -> AnyFactor:
        """The inverse hyperbolic cosine."""
        return number_of("arccosh", self)

    def arcsin(self) -> AnyFactor:
        """The inverse sine, in radians."""
        return number_of("arcsin", self)

    def arcsinh(self) -> AnyFactor:
        """The inverse hyperbolic sine."""
        return number_of("arcsinh", self)

    def arctan(self) -> AnyFactor:
        """The inverse tangent, in radians."""
        return number_of("arctan", self)

    def arctanh(self) -> AnyFactor:
        """The inverse hyperbolic tangent."""
        return number_of("arctanh", self)

    def cos(self) -> AnyFactor:
        """The cosine of radians."""
        return number_of("cos", self)

    def cosh(self) -> AnyFactor:
        """The hyperbolic cosine."""
        return number_of("cosh", self)

    def exp(self) -> AnyFactor:
        """The exponential function."""
        return number_of("exp", self)

    def expm1(self) -> AnyFactor:
        """``exp(x) - 1``, exact for small x."""
        return number_of("expm1", self)

    def log(self) -> AnyFactor:
        """The natural logarithm."""
        return number_of("log", self)

    def log10(self) -> AnyFactor:
        """The logarithm to base 10."""
        return number_of("log10", self)

    def log1p(self) -> AnyFactor:
        """``log(1 + x)``, exact for small x."""
        return number_of("log1p", self)

    def sin(self) -> AnyFactor:
        """The sine of radians."""
        return number_of("sin", self)

    def sinh(self) -> AnyFactor:
        """The hyperbolic sine."""
        return number_of("sinh", self)

    def sqrt(self) -> AnyFactor:
        """The square root."""
        return number_of("sqrt", self)

    def tan(self) -> AnyFactor:
        """The tangent of radians."""
        return number_of("tan", self)

    def tanh(self) -> AnyFactor:
        """The hyperbolic tangent."""
        return number_of("tanh", self)

    def clip(self, min_bound: float, max_bound: float, mask: object = NotSpecified) -> AnyFactor:
        """The number, moved to a bound where it is outside of two.

        Args:
            min_bound: The smallest number that stays; ``-inf`` for no bound.
            max_bound: The largest number that stays; ``inf`` for no bound.
            mask: A filter: where it is computed.

        Raises:
            WrongTermType: A bound is no number or above the other one, or this is no factor of
                numbers.
        """
        low, high = (checked_bound("clip", self, bound) for bound in (min_bound, max_bound))
        if not low <= high:
            raise WrongTermType(
                method="clip",
                term=self,
                reason=f"give the smaller bound first, not {min_bound!r} and {max_bound!r}",
            )
        return number_of("clip", self, mask=mask, params={"min_bound": low, "max_bound": high})


def only_numbers(method: str, term: Any) -> Any:  # noqa: ANN401 - a Factor
    """A factor whose missing values are null; one of whole numbers becomes one of floats.

    Raises:
        WrongTermType: It is a factor of instants.
    """
    if term.dtype == FLOAT:
        return term
    if term.dtype != INTEGER:
        raise WrongTermType(
            method=method,
            term=term,
            reason=f"it is made for numbers, not for {term.dtype}; instants can be compared and "
            "ranked",
        )
    return derived(
        "factor",
        "as_number",
        (term,),
        dtype=FLOAT,
        window_safe=term.window_safe,
        params={"missing": term.missing_value},
    )


def checked_bound(method: str, term: Term, bound: object) -> float:
    """A number that bounds something, as a float.

    Raises:
        WrongTermType: It is none.
    """
    if isinstance(bound, _NUMBERS) and not isinstance(bound, bool) and not np.isnan(bound):
        return float(bound)
    raise WrongTermType(method=method, term=term, reason=f"give numbers, not {bound!r}")


def number_of(
    operation: str,
    term: Any,  # noqa: ANN401 - a Factor
    mask: object = NotSpecified,
    params: dict[str, object] | None = None,
) -> AnyFactor:
    """What a function makes of a factor of numbers."""
    return derived(
        "factor",
        operation,
        (only_numbers(operation, term),),
        dtype=FLOAT,
        mask=mask,
        window_safe=term.window_safe,
        params=params,
    )


def _sides(
    operation: str,
    left: Any,  # noqa: ANN401 - a Factor, or anything
    right: Any,  # noqa: ANN401 - a Factor, or anything
    *,
    instants: bool,
) -> tuple[tuple[Term, ...], dict[str, Any]]:
    own = left if isinstance(left, FactorOperators) else right
    terms: list[Term] = []
    params: dict[str, Any] = {"symbol": operation}
    for name, side in (("left", left), ("right", right)):
        if isinstance(side, FactorOperators):
            if (side.dtype == INSTANT) != (own.dtype == INSTANT):
                raise _unusable(operation, own, side)
            compares = instants and side.dtype == INSTANT
            terms.append(side if compares else only_numbers(operation, side))
        elif instants and own.dtype == INSTANT and isinstance(side, np.datetime64 | date):
            params[name] = checked_scalar(operation, own, side)
        elif isinstance(side, _NUMBERS) and not isinstance(side, bool) and own.dtype != INSTANT:
            params[name] = side
        else:
            raise _unusable(operation, own, side)
    return tuple(terms), params


def _unusable(operation: str, own: Any, side: object) -> WrongTermType:  # noqa: ANN401
    given = f"{side!r}.latest" if hasattr(side, "dataset") else None
    wanted = "instants" if own.dtype == INSTANT else "numbers"
    return WrongTermType(
        method=operation,
        term=own,
        reason=f"the other side is {side!r}; give "
        + (given or f"a factor of {wanted}, or one of {wanted}"),
    )


def _arithmetic(operation: str, left: object, right: object) -> AnyFactor:
    terms, params = _sides(operation, left, right, instants=False)
    safe = all(term.window_safe for term in terms)
    return derived("factor", "arithmetic", terms, dtype=FLOAT, window_safe=safe, params=params)


def _comparison(operation: str, left: object, right: object) -> "Filter":
    terms, params = _sides(operation, left, right, instants=True)
    made: Filter = derived(
        "filter", "comparison", terms, dtype=TRUTH, window_safe=True, params=params
    )
    return made
