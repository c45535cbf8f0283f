"""Methods of factors that compare windows of two terms."""

from typing import Any

from rustybt.errors import IncompatibleTerms, InvalidArgument, WrongTermType
from rustybt.pipeline.derived import derived
from rustybt.pipeline.dtypes import FLOAT, INTEGER
from rustybt.pipeline.factor_arithmetic import AnyFactor, FactorOperators, only_numbers
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Argument, Term


class FactorWindows(FactorOperators):
    """Correlations and regressions over windows of sessions.

    A window in which a number is missing or infinite has none.
    """

    def pearsonr(
        self, target: Term, correlation_length: int, mask: Argument = NotSpecified
    ) -> AnyFactor:
        """Pearson's correlation with another term over a window of sessions.

        Args:
            target: A slice, such as ``returns[asset]``, a factor with the same mask, which is taken
                asset by asset, or a column of data.
            correlation_length: Sessions of a window, from 2 on.
            mask: A filter: where it is computed.

        Raises:
            IncompatibleTerms: The target is a factor with another mask.
            InvalidArgument: The length is no whole number from 2 on.
            NonWindowSafeInput: Windows over one of them would mix prices before and after splits.
            WrongTermType: The target is no term of numbers, or the mask is no filter.
        """
        return self._correlated("pearsonr", target, correlation_length, mask)

    def spearmanr(
        self, target: Term, correlation_length: int, mask: Argument = NotSpecified
    ) -> AnyFactor:
        """Spearman's correlation of ranks with another term over a window of sessions.

        Args:
            target: A slice, such as ``returns[asset]``, a factor with the same mask, which is taken
                asset by asset, or a column of data.
            correlation_length: Sessions of a window, from 2 on.
            mask: A filter: where it is computed.

        Raises:
            IncompatibleTerms: The target is a factor with another mask.
            InvalidArgument: The length is no whole number from 2 on.
            NonWindowSafeInput: Windows over one of them would mix prices before and after splits.
            WrongTermType: The target is no term of numbers, or the mask is no filter.
        """
        sliced = getattr(target, "ndim", 0) == 1
        return self._correlated("spearmanr", target, correlation_length, mask, sliced=sliced)

    def linear_regression(
        self, target: Term, regression_length: int, mask: Argument = NotSpecified
    ) -> AnyFactor:
        """Least squares over a window of sessions: ``self = alpha + beta * target``.

        Its outputs: ``alpha``; ``beta``; ``r_value``, the correlation; ``p_value``, two-sided, of
        beta = 0; ``stderr``, the standard error of beta. In a window in which the target does not
        vary there is none of them; in one in which only this factor does not there are `alpha` and
        `beta`, which is 0, as of `scipy.stats.linregress` (1.17).

        Args:
            target: A slice, such as ``returns[asset]``, or a factor with the same mask, which is
                taken asset by asset.
            regression_length: Sessions of a window, from 2 on.
            mask: A filter: where it is computed.

        Raises:
            IncompatibleTerms: The target is a factor with another mask.
            InvalidArgument: The length is no whole number from 2 on.
            NonWindowSafeInput: Windows over one of them would mix prices before and after splits.
            WrongTermType: The target is no factor of numbers, or the mask is no filter.
        """
        operation = "linear_regression"
        if hasattr(target, "dataset"):
            raise WrongTermType(
                method=operation,
                term=self,
                reason=f"{target!r} is a column of data; give a factor, such as its returns",
            )
        return derived(
            "factor",
            operation,
            self._with(operation, target),
            dtype=FLOAT,
            mask=mask,
            outputs=("alpha", "beta", "r_value", "p_value", "stderr"),
            window_length=self._length("regression_length", regression_length),
            window_safe=True,
            params={"regression_length": regression_length},
        )

    def _correlated(
        self,
        operation: str,
        target: Term,
        length: int,
        mask: object,
        **params: object,
    ) -> AnyFactor:
        return derived(
            "factor",
            operation,
            self._with(operation, target),
            dtype=FLOAT,
            mask=mask,
            degrees=0,
            window_length=self._length("correlation_length", length),
            window_safe=True,
            params={"correlation_length": length, **params},
        )

    def _with(self, operation: str, target: Any) -> tuple[Term, Term]:  # noqa: ANN401 - anything
        own = only_numbers(operation, self)
        if hasattr(target, "dataset") and target.dtype == FLOAT:
            return own, target
        if not isinstance(target, FactorOperators) or target.dtype not in {FLOAT, INTEGER}:
            raise WrongTermType(
                method=operation,
                term=self,
                reason=f"the target was {target!r}; give a factor of numbers, or a slice of one",
            )
        if target.ndim == 2 and target.mask is not self.mask:
            raise IncompatibleTerms(term_1=self, term_2=target)
        return own, only_numbers(operation, target)

    def _length(self, name: str, length: object) -> int:
        if isinstance(length, bool) or not isinstance(length, int) or length < 2:
            raise InvalidArgument(
                field=f"{name} of {self!r}",
                value=length,
                reason="give a whole number from 2 on",
            )
        return length
