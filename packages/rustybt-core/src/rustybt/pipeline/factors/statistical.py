"""Correlations and regressions over windows."""

from functools import partial
from typing import TYPE_CHECKING, Any, Self

from rustybt.assets import Asset
from rustybt.errors import IncompatibleTerms, InvalidArgument
from rustybt.pipeline.dtypes import FLOAT, INTEGER
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.factors.base import whole_number
from rustybt.pipeline.factors.changes import Returns
from rustybt.pipeline.rolling.moments import regressions
from rustybt.pipeline.rolling.ranks import spearman
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Term

if TYPE_CHECKING:
    import polars as pl

    from rustybt.pipeline.columns import Columns
    from rustybt.pipeline.rolling.doubling import FloatArray

_NUMBERS = (FLOAT, INTEGER)


class _OfTwo(Factor):
    """A statistic of two columns, asset by asset, or of one with a slice, a value per session."""

    @classmethod
    def _of(cls, first: Any, second: Any, length: Any, name: str, mask: Any) -> Self:  # noqa: ANN401
        whole_number(cls.__name__, name, length, 2)
        for term in (first, second):
            if not isinstance(term, Term) or term.dtype not in _NUMBERS:
                raise InvalidArgument(
                    field=f"inputs of {cls.__name__}", value=term, reason="give terms of numbers"
                )
        if second.ndim == 2 and first.mask is not second.mask:
            raise IncompatibleTerms(term_1=first, term_2=second)
        return Factor.__new__(cls, inputs=[first, second], window_length=length, mask=mask)


class RollingPearson(_OfTwo):
    """Pearson's correlation of two terms in each window, from -1 to 1.

    Missing where a value of the window is, and where one of both does not vary.
    """

    window_safe = True
    degrees = (0, 0)

    def __new__(
        cls,
        base_factor: Term,
        target: Term,
        correlation_length: int,
        mask: Any = NotSpecified,  # noqa: ANN401 - a Filter
    ) -> Self:
        """Make the factor.

        Args:
            base_factor: A factor.
            target: A factor or column, compared asset by asset, or a slice: one asset's values.
            correlation_length: Rows of a window, at least 2.
            mask: Where it is computed.

        Raises:
            IncompatibleTerms: Both have values per asset, and different masks.
        """
        return cls._of(base_factor, target, correlation_length, "correlation_length", mask)

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The correlation."""
        return columns.in_blocks(partial(_correlation, length=self.window_length), *columns.inputs)


class RollingSpearman(_OfTwo):
    """Spearman's correlation of two terms in each window: Pearson's of their ranks.

    Equal values share the mean of their ranks. Missing where a value of the window is, and where
    one of both does not vary.
    """

    window_safe = True
    degrees = (0, 0)

    def __new__(
        cls,
        base_factor: Term,
        target: Term,
        correlation_length: int,
        mask: Any = NotSpecified,  # noqa: ANN401 - a Filter
    ) -> Self:
        """Make the factor; see `RollingPearson`."""
        return cls._of(base_factor, target, correlation_length, "correlation_length", mask)

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The correlation."""
        kernel = partial(_rank_correlation, length=self.window_length, one=self.inputs[1].ndim == 1)
        return columns.in_blocks(kernel, *columns.inputs)


class RollingLinearRegression(_OfTwo):
    """Ordinary least squares of one term on another in each window.

    Outputs: ``alpha`` (intercept), ``beta`` (slope), ``r_value`` (Pearson's correlation),
    ``p_value`` (two-sided, of a slope of 0, by Student's t with n - 2 degrees of freedom) and
    ``stderr`` (standard error of the slope), as `scipy.stats.linregress` (1.17) has them. Missing
    where a value of the window is, and where the independent term does not vary; where the
    dependent one does not, the correlation and what is made of it are: only ``alpha`` and ``beta``,
    0, are there.
    """

    outputs = ("alpha", "beta", "r_value", "p_value", "stderr")

    def __new__(
        cls,
        dependent: Term,
        independent: Term,
        regression_length: int,
        mask: Any = NotSpecified,  # noqa: ANN401 - a Filter
    ) -> Self:
        """Make the factor.

        Args:
            dependent: A factor: what is explained.
            independent: What explains it: a factor or column, asset by asset, or a slice.
            regression_length: Rows of a window, at least 2.
            mask: Where it is computed.

        Raises:
            IncompatibleTerms: Both have values per asset, and different masks.
        """
        return cls._of(dependent, independent, regression_length, "regression_length", mask)

    def expressions(self, columns: "Columns") -> "dict[str, pl.Expr]":
        """The outputs that anything reads."""
        names = columns.outputs
        kernel = partial(regressions, length=self.window_length, outputs=names)
        return columns.several_in_blocks(kernel, names, *columns.inputs)


class RollingPearsonOfReturns(RollingPearson):
    """`RollingPearson` of the returns of each asset with those of one."""

    def __new__(
        cls,
        target: Asset,
        returns_length: int,
        correlation_length: int,
        mask: Any = NotSpecified,  # noqa: ANN401 - a Filter
    ) -> Self:
        """Make the factor.

        Args:
            target: The asset.
            returns_length: Rows of a return; daily returns have 2.
            correlation_length: Returns of a window, at least 2.
            mask: Where it is computed.
        """
        returns = Returns(window_length=returns_length)
        return super().__new__(cls, returns, _slice(returns, target), correlation_length, mask)


class RollingSpearmanOfReturns(RollingSpearman):
    """`RollingSpearman` of the returns of each asset with those of one."""

    def __new__(
        cls,
        target: Asset,
        returns_length: int,
        correlation_length: int,
        mask: Any = NotSpecified,  # noqa: ANN401 - a Filter
    ) -> Self:
        """Make the factor; see `RollingPearsonOfReturns`."""
        returns = Returns(window_length=returns_length)
        return super().__new__(cls, returns, _slice(returns, target), correlation_length, mask)


class RollingLinearRegressionOfReturns(RollingLinearRegression):
    """`RollingLinearRegression` of the returns of each asset on those of one."""

    window_safe = True

    def __new__(
        cls,
        target: Asset,
        returns_length: int,
        regression_length: int,
        mask: Any = NotSpecified,  # noqa: ANN401 - a Filter
    ) -> Self:
        """Make the factor.

        Args:
            target: The asset.
            returns_length: Rows of a return; daily returns have 2.
            regression_length: Returns of a window, at least 2.
            mask: Where it is computed.
        """
        returns = Returns(window_length=returns_length)
        return super().__new__(cls, returns, _slice(returns, target), regression_length, mask)


class SimpleBeta(Factor):
    """The slope of a regression of each asset's daily returns on those of one asset.

    Sessions in which one of both has no return are left out, as many as are allowed; with more,
    and where the target's returns do not vary, it is missing.
    """

    window_safe = True
    params: Any = ("allowed_missing_count",)

    def __new__(
        cls, target: Asset, regression_length: int, allowed_missing_percentage: float = 0.25
    ) -> Self:
        """Make the factor.

        Args:
            target: The asset.
            regression_length: Returns of a window, at least 3.
            allowed_missing_percentage: The part of them that may be missing, from 0 to 1; the
                number is rounded down.

        Raises:
            InvalidArgument: An argument is none of these.
        """
        whole_number("SimpleBeta", "regression_length", regression_length, 3)
        part: Any = allowed_missing_percentage
        if not (isinstance(part, int | float) and 0 <= part <= 1):
            raise InvalidArgument(
                field="allowed_missing_percentage of SimpleBeta",
                value=part,
                reason="give a number from 0 to 1",
            )
        returns = Returns(window_length=2)
        return super().__new__(
            cls,
            inputs=[returns, _slice(returns, target)],
            window_length=regression_length,
            allowed_missing_count=int(part * regression_length),
        )

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The slope."""
        missing: int = self.params["allowed_missing_count"]
        return columns.in_blocks(
            partial(_slope, length=self.window_length, missing=missing), *columns.inputs
        )


def _slice(returns: Returns, target: Any) -> Factor:  # noqa: ANN401 - anything may be given
    if not isinstance(target, Asset):
        raise InvalidArgument(field="target", value=target, reason="give an asset")
    made: Factor = returns[target]
    return made


def _correlation(first: "FloatArray", second: "FloatArray", *, length: int) -> "FloatArray":
    return regressions(first, second, length=length, outputs=("r_value",))["r_value"]


def _rank_correlation(
    first: "FloatArray", second: "FloatArray", *, length: int, one: bool
) -> "FloatArray":
    return spearman(first, second[:1] if one else second, length=length)


def _slope(
    dependent: "FloatArray", independent: "FloatArray", *, length: int, missing: int
) -> "FloatArray":
    found = regressions(dependent, independent, length=length, outputs=("beta",), missing=missing)
    return found["beta"]
