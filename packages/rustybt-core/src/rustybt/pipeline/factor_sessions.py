"""Methods of factors that compare the assets of a session."""

from typing import Any, Final

from rustybt.errors import BadPercentileBounds, InvalidArgument, UnknownRankMethod, WrongTermType
from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.derived import derived
from rustybt.pipeline.dtypes import FLOAT, INSTANT, INTEGER, TRUTH
from rustybt.pipeline.factor_arithmetic import (
    AnyFactor,
    FactorOperators,
    checked_bound,
    only_numbers,
)
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Argument, Term

RANK_METHODS: Final = ("ordinal", "min", "max", "dense", "average")
"""How equal values are ranked."""


class FactorRanks(FactorOperators):
    """Ranks, scores and quantiles of a session."""

    def rank(
        self,
        method: str = "ordinal",
        ascending: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
        mask: Argument = NotSpecified,
        groupby: Argument = NotSpecified,
    ) -> AnyFactor:
        """Ranks in a session from 1 on; missing values have none.

        Args:
            method: How equal values are ranked: ``ordinal`` (in the order of sids, ascending or
                not), ``min``, ``max``, ``average`` or ``dense``.
            ascending: Whether the smallest is the first.
            mask: A filter: which assets are ranked.
            groupby: A classifier: assets are ranked among those of the same label; those without
                a label have no rank.

        Raises:
            UnknownRankMethod: There is no such method.
            WrongTermType: The mask is no filter, or the groups are no classifier.
        """
        if method not in RANK_METHODS:
            raise UnknownRankMethod(method=method, choices=RANK_METHODS, termname=repr(self))
        params = {"method": method, "ascending": bool(ascending)}
        return _across("factor", "rank", self, mask, groupby, params)

    def top(
        self,
        N: int,  # noqa: N803 - Zipline's name
        mask: Argument = NotSpecified,
        groupby: Argument = NotSpecified,
    ) -> Filter:
        """The N largest of a session; of equal ones those with the lowest sids.

        Args:
            N: How many.
            mask: A filter: among which assets.
            groupby: A classifier: N of each label.

        Raises:
            InvalidArgument: N is no whole number from 0 on.
            WrongTermType: The mask is no filter, or the groups are no classifier.
        """
        params: dict[str, object] = {"N": _whole("N", "top", self, N)}
        made: Filter = _across("filter", "top", self, mask, groupby, params)
        return made

    def bottom(
        self,
        N: int,  # noqa: N803 - Zipline's name
        mask: Argument = NotSpecified,
        groupby: Argument = NotSpecified,
    ) -> Filter:
        """The N smallest of a session; of equal ones those with the lowest sids.

        Args:
            N: How many.
            mask: A filter: among which assets.
            groupby: A classifier: N of each label.

        Raises:
            InvalidArgument: N is no whole number from 0 on.
            WrongTermType: The mask is no filter, or the groups are no classifier.
        """
        params: dict[str, object] = {"N": _whole("N", "bottom", self, N)}
        made: Filter = _across("filter", "bottom", self, mask, groupby, params)
        return made

    def demean(self, mask: Argument = NotSpecified, groupby: Argument = NotSpecified) -> AnyFactor:
        """What is left after the mean of the session is taken off.

        Args:
            mask: A filter: for which assets, and of which the mean is.
            groupby: A classifier: the mean is that of the assets of the same label.

        Raises:
            WrongTermType: This is no factor of numbers, the mask is no filter, or the groups are
                no classifier.
        """
        only_numbers("demean", self)
        return _across("factor", "demean", self, mask, groupby, safe=self.window_safe)

    def zscore(self, mask: Argument = NotSpecified, groupby: Argument = NotSpecified) -> AnyFactor:
        """Standard deviations above the mean of the session: ``(x - mean) / std``.

        The population's deviation is meant (ddof 0). Where all numbers are equal, it is missing.

        Args:
            mask: A filter: for which assets, and of which mean and deviation are.
            groupby: A classifier: mean and deviation are those of the assets of the same label.

        Raises:
            WrongTermType: This is no factor of numbers, the mask is no filter, or the groups are
                no classifier.
        """
        only_numbers("zscore", self)
        return _across("factor", "zscore", self, mask, groupby)

    def winsorize(
        self,
        min_percentile: float,
        max_percentile: float,
        mask: Argument = NotSpecified,
        groupby: Argument = NotSpecified,
    ) -> AnyFactor:
        """The number; the extreme ones of a session moved to the most extreme that stay.

        Of n numbers in order, the first ``floor(min_percentile * n)`` become what the next one is,
        and those after the first ``ceil(max_percentile * n)`` become what the last of these is.

        Args:
            min_percentile: Share that is moved at the lower end, 0 to 1.
            max_percentile: Share that is left after the upper end was moved, 0 to 1.
            mask: A filter: for which assets.
            groupby: A classifier: among the assets of the same label.

        Raises:
            BadPercentileBounds: The shares are not ``0 <= min < max <= 1``.
            WrongTermType: This is no factor of numbers, the mask is no filter, or the groups are
                no classifier.
        """
        only_numbers("winsorize", self)
        params = _percentiles("winsorize", self, min_percentile, max_percentile, 1.0)
        return _across("factor", "winsorize", self, mask, groupby, params, safe=self.window_safe)

    def quantiles(self, bins: int, mask: Argument = NotSpecified) -> Classifier:
        """In which of some groups of equal size the number is: 0 to bins - 1; -1 if it is missing.

        Edges are quantiles by linear interpolation; a number on an edge belongs to the lower group
        (pandas.qcut). Where edges are equal, the groups between them are empty.

        Args:
            bins: How many groups.
            mask: A filter: for which assets.

        Raises:
            InvalidArgument: The number of groups is no whole number from 1 on.
            WrongTermType: This is no factor of numbers, or the mask is no filter.
        """
        params = {"bins": _whole("bins", "quantiles", self, bins, least=1)}
        made: Classifier = derived(
            "classifier",
            "quantiles",
            (only_numbers("quantiles", self),),
            dtype=INTEGER,
            missing_value=-1,
            mask=mask,
            window_safe=True,
            params=params,
        )
        return made

    def quartiles(self, mask: Argument = NotSpecified) -> Classifier:
        """In which quarter of a session the number is; see `quantiles`."""
        return self.quantiles(4, mask)

    def quintiles(self, mask: Argument = NotSpecified) -> Classifier:
        """In which fifth of a session the number is; see `quantiles`."""
        return self.quantiles(5, mask)

    def deciles(self, mask: Argument = NotSpecified) -> Classifier:
        """In which tenth of a session the number is; see `quantiles`."""
        return self.quantiles(10, mask)

    def percentile_between(
        self, min_percentile: float, max_percentile: float, mask: Argument = NotSpecified
    ) -> Filter:
        """Where the number is between two percentiles of the session, or equals one of them.

        Args:
            min_percentile: The lower one, 0 to 100.
            max_percentile: The upper one, 0 to 100.
            mask: A filter: for which assets, and of which the percentiles are.

        Raises:
            BadPercentileBounds: They are not ``0 <= min < max <= 100``.
            WrongTermType: This is no factor of numbers, or the mask is no filter.
        """
        params = _percentiles("percentile_between", self, min_percentile, max_percentile, 100.0)
        made: Filter = derived(
            "filter",
            "percentile_between",
            (only_numbers("percentile_between", self),),
            dtype=TRUTH,
            mask=mask,
            window_safe=True,
            params=params,
        )
        return made


class FactorReductions(FactorOperators):
    """One number per session, which other terms can be compared with."""

    def mean(self, mask: Argument = NotSpecified) -> AnyFactor:
        """The mean of a session; `mask` says of which assets."""
        return self._reduced("mean", mask)

    def sum(self, mask: Argument = NotSpecified) -> AnyFactor:
        """The sum of a session, 0 without numbers; `mask` says of which assets."""
        return self._reduced("sum", mask)

    def min(self, mask: Argument = NotSpecified) -> AnyFactor:
        """The smallest of a session; `mask` says of which assets."""
        return self._reduced("min", mask)

    def max(self, mask: Argument = NotSpecified) -> AnyFactor:
        """The largest of a session; `mask` says of which assets."""
        return self._reduced("max", mask)

    def median(self, mask: Argument = NotSpecified) -> AnyFactor:
        """The median of a session; `mask` says of which assets."""
        return self._reduced("median", mask)

    def stddev(self, mask: Argument = NotSpecified) -> AnyFactor:
        """The population's deviation of a session (ddof 0); `mask` says of which assets."""
        return self._reduced("stddev", mask)

    def notnull_count(self, mask: Argument = NotSpecified) -> AnyFactor:
        """How many numbers a session has; `mask` says of which assets."""
        return self._reduced("notnull_count", mask)

    def _reduced(self, operation: str, mask: object) -> AnyFactor:
        return derived(
            "factor",
            operation,
            (only_numbers(operation, self),),
            dtype=FLOAT,
            mask=mask,
            window_safe=self.window_safe,
            ndim=1,
        )


def _across(
    kind: Any,  # noqa: ANN401 - a Kind
    operation: str,
    term: Any,  # noqa: ANN401 - a Factor
    mask: object,
    groupby: object,
    params: dict[str, Any] | None = None,
    *,
    safe: bool = True,
) -> Any:  # noqa: ANN401 - a Factor or Filter
    base = term if term.dtype == INSTANT else only_numbers(operation, term)
    inputs: tuple[Term, ...] = (base,)
    params = dict(params or {})
    if groupby is not NotSpecified and groupby is not None:
        if not isinstance(groupby, Classifier):
            raise WrongTermType(
                method=operation,
                term=term,
                reason=f"groupby was {groupby!r}; give a classifier",
            )
        inputs = (base, groupby)
        params |= {f"{name}_group": value for name, value in groupby.missing_label.items()}
    return derived(
        kind,
        operation,
        inputs,
        dtype=FLOAT if kind == "factor" else TRUTH,
        mask=mask,
        window_safe=safe,
        params=params,
    )


def _percentiles(
    method: str, term: Term, low: object, high: object, upper: float
) -> dict[str, object]:
    first, last = checked_bound(method, term, low), checked_bound(method, term, high)
    if not 0 <= first < last <= upper:
        raise BadPercentileBounds(
            termname=f"{term!r}.{method}",
            min_percentile=low,
            max_percentile=high,
            upper_bound=upper,
        )
    return {"min_percentile": first, "max_percentile": last}


def _whole(name: str, method: str, term: Term, value: object, least: int = 0) -> int:
    number = getattr(value, "__index__", None)
    if number is None or isinstance(value, bool) or number() < least:
        raise InvalidArgument(
            field=f"{name} of {term!r}.{method}",
            value=value,
            reason=f"give a whole number from {least} on",
        )
    return int(number())
