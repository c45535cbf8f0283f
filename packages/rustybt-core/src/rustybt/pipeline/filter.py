"""Filters: yes or no per asset and session."""

from typing import Any

from rustybt.errors import InvalidArgument
from rustybt.pipeline.derived import Derived, derived, stands_for
from rustybt.pipeline.dtypes import TRUTH
from rustybt.pipeline.term import ComputableTerm


class Filter(ComputableTerm):
    """Yes or no per asset and session."""

    default_dtype = TRUTH
    window_safe = True

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


class DerivedFilter(Derived, Filter):
    """A filter that an operation made."""

    window_safe = True


stands_for("filter", DerivedFilter)


def _joined(operation: str, left: Filter, right: object) -> Filter:
    params: dict[str, Any] = {"symbol": operation}
    terms = [left]
    if isinstance(right, Filter):
        terms.append(right)
    elif isinstance(right, bool):
        params["right"] = right
    else:
        raise InvalidArgument(
            field=f"operand of {operation}", value=right, reason="give a filter, True or False"
        )
    made: Filter = derived(
        "filter", "logic", tuple(terms), dtype=TRUTH, window_safe=True, params=params
    )
    return made
