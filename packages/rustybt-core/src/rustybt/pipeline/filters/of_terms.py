"""Filters that are made of the values of one term, and newest values of truth columns."""

from collections.abc import Callable, Iterable
from typing import Any

from rustybt.errors import InvalidArgument, WrongTermType
from rustybt.pipeline.derived import derived
from rustybt.pipeline.dtypes import TRUTH
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Argument, Term


class PercentileFilter(Filter):
    """`Factor.percentile_between` under Zipline's name."""

    def __new__(
        cls,
        factor: Factor,
        min_percentile: float,
        max_percentile: float,
        mask: Argument = NotSpecified,
    ) -> Any:  # noqa: ANN401 - a Filter
        """The filter."""
        return _factor(cls, factor).percentile_between(min_percentile, max_percentile, mask)


class MaximumFilter(Filter):
    """The largest of a session, or of each group: ``Factor.top(1)`` under Zipline's name."""

    def __new__(
        cls, factor: Factor, groupby: Argument = NotSpecified, mask: Argument = NotSpecified
    ) -> Any:  # noqa: ANN401 - a Filter
        """The filter."""
        return _factor(cls, factor).top(1, mask, groupby)


class NullFilter(Filter):
    """Where a term has no value: ``isnull`` under Zipline's name."""

    def __new__(cls, term: Any) -> Any:  # noqa: ANN401 - a term with values; a Filter
        """The filter."""
        return _method(cls, term, "isnull")()


class NotNullFilter(Filter):
    """Where a term has a value: ``notnull`` under Zipline's name."""

    def __new__(cls, term: Any) -> Any:  # noqa: ANN401 - a term with values; a Filter
        """The filter."""
        return _method(cls, term, "notnull")()


class Latest(Filter):
    """The newest value of a column of truth values: ``column.latest``."""

    def __new__(cls, inputs: Any) -> Any:  # noqa: ANN401 - a column, or a list of one; a Filter
        """The filter."""
        (column,) = (inputs,) if isinstance(inputs, Term) else tuple(inputs)
        latest = _method(cls, column, "latest")
        if not isinstance(latest, Filter):
            raise WrongTermType(
                method=cls.__name__, term=column, reason="give a column of truth values"
            )
        return latest


class ArrayPredicate(Filter):
    """Where a function of numpy arrays says so.

    Args:
        term: Whose values are handed over: an array of some length, with NaN or None where they are
            missing. The function may not look from one place to another.
        op: Called with the array and `opargs`; returns an array of truth values.
        opargs: Further arguments of it, hashable.
    """

    def __new__(cls, term: Term, op: Callable[..., Any], opargs: Iterable[object] = ()) -> Any:  # noqa: ANN401
        """The filter."""
        if not callable(op):
            raise InvalidArgument(
                field=f"op of {cls.__name__}", value=op, reason="give a function of arrays"
            )
        return derived(
            "filter",
            "array_predicate",
            (term,),
            dtype=TRUTH,
            window_safe=True,
            params={"op": op, "opargs": tuple(opargs)},
        )


class NumExprFilter(Filter):
    """Where an expression of several terms holds.

    Args:
        expr: Such as ``"(x_0 > x_1) & (x_0 < 5)"``: numbers, ``x_0`` and so on for the terms,
            arithmetic, comparisons, ``&``, ``|``, ``~`` and functions of `Factor`, such as ``log``.
        binds: The terms.

    Raises:
        InvalidArgument: The expression cannot be read, or names a term that is not given.
    """

    def __new__(cls, expr: str, binds: Iterable[Term]) -> Any:  # noqa: ANN401 - a Filter
        """The filter."""
        from rustybt.pipeline.filters.expression import read

        return read(expr, tuple(binds))

    @classmethod
    def create(cls, expr: str, binds: Iterable[Term]) -> Any:  # noqa: ANN401 - a Filter
        """The filter; Zipline's constructor."""
        return cls(expr, binds)


def _factor(cls: type, term: Any) -> Factor:  # noqa: ANN401 - anything may be given
    if not isinstance(term, Factor):
        raise WrongTermType(method=cls.__name__, term=term, reason="give a factor")
    return term


def _method(cls: type, term: Any, name: str) -> Any:  # noqa: ANN401 - anything may be given
    if not hasattr(term, name):
        raise WrongTermType(method=cls.__name__, term=term, reason="it is made for another term")
    return getattr(term, name)
