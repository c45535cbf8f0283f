"""Filters: yes or no per asset and session."""

from typing import Any, ClassVar

from rustybt.errors import WrongTermType
from rustybt.pipeline.common import CommonMethods
from rustybt.pipeline.derived import Derived, Kind, derived, stands_for
from rustybt.pipeline.dtypes import TRUTH
from rustybt.pipeline.refusing import ARITHMETIC, COMPARISONS, refuses
from rustybt.pipeline.scalars import checked_scalar
from rustybt.pipeline.term import Term


class Filter(CommonMethods):
    """Yes or no per asset and session; never missing."""

    kind: ClassVar[Kind] = "filter"
    dtypes = (TRUTH,)
    default_dtype = TRUTH
    window_safe = True

    def __bool__(self) -> bool:
        raise WrongTermType(
            method="bool",
            term=self,
            reason="it is yes or no per asset and session, not once; join filters with & | ~ "
            "instead of and, or, not, and write a < b < c as (a < b) & (b < c)",
        )

    def __and__(self, other: object) -> "Filter":
        return _joined("&", self, other)

    __rand__ = __and__

    def __or__(self, other: object) -> "Filter":
        return _joined("|", self, other)

    __ror__ = __or__

    def __xor__(self, other: object) -> "Filter":
        return _joined("^", self, other)

    __rxor__ = __xor__

    def __invert__(self) -> "Filter":
        made: Filter = derived("filter", "negation", (self,), dtype=TRUTH, window_safe=True)
        return made

    def if_else(self, if_true: Any, if_false: Any) -> Any:  # noqa: ANN401 - a term as they are
        """One of two values: the first where this filter holds, the second elsewhere.

        Args:
            if_true: A factor, filter or classifier, or a value of the other one's dtype.
            if_false: Another one of the same kind, dtype and missing value, or such a value.

        Raises:
            WrongTermType: They are not alike, or none of them is a term.
        """
        model = next((t for t in (if_true, if_false) if isinstance(t, CommonMethods)), None)
        if model is None:
            raise WrongTermType(
                method="if_else",
                term=self,
                reason=f"give at least one term, not {if_true!r} and {if_false!r}",
            )
        inputs: list[Term] = [self]
        params: dict[str, object] = {}
        for name, side in (("if_true", if_true), ("if_false", if_false)):
            if isinstance(side, Term):
                _check_same(model, side)
                inputs.append(side)
            else:
                params[name] = checked_scalar("if_else", model, side)
        return derived(
            model.kind,
            "if_else",
            tuple(inputs),
            dtype=model.dtype,
            missing_value=model.missing_value,
            window_safe=all(term.window_safe for term in inputs),
            params=params,
        )


refuses(
    Filter,
    (*ARITHMETIC, *COMPARISONS),
    "a filter is no number; take filter.if_else(a, b), a factor, or join filters with & | ^ ~",
)


class DerivedFilter(Derived, Filter):
    """A filter that an operation made."""

    window_safe = True


stands_for("filter", DerivedFilter)


def _check_same(model: CommonMethods, side: Term) -> None:
    model.check_alike("if_else", side)
    given, other = model.missing_value, side.missing_value
    if repr(given) != repr(other):  # NaN does not equal itself
        raise WrongTermType(
            method="if_else",
            term=model,
            reason=f"its missing value is {given!r}, that of {side!r} {other!r}; give terms with "
            "the same one",
        )


def _joined(operation: str, left: Filter, right: object) -> Filter:
    params: dict[str, Any] = {"symbol": operation}
    terms = [left]
    if isinstance(right, Filter):
        terms.append(right)
    elif isinstance(right, bool):
        params["right"] = right
    else:
        raise WrongTermType(
            method=operation, term=left, reason=f"give a filter, True or False, not {right!r}"
        )
    made: Filter = derived(
        "filter", "logic", tuple(terms), dtype=TRUTH, window_safe=True, params=params
    )
    return made
