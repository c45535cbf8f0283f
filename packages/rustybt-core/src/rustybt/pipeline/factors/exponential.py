"""Exponentially weighted averages and deviations."""

from functools import partial
from math import exp, log
from typing import TYPE_CHECKING, Any, Self

from rustybt.errors import InvalidArgument
from rustybt.pipeline.factors.base import OneInput
from rustybt.pipeline.rolling.averages import exponential_deviation, exponential_mean

if TYPE_CHECKING:
    import polars as pl

    from rustybt.pipeline.columns import Columns


class _Exponential(OneInput):
    """A statistic whose weights fall by `decay_rate`, more than 0 and at most 1, per row back."""

    params: Any = ("decay_rate",)
    degrees = 1

    def _validate(self) -> None:
        super()._validate()
        rate = self.params["decay_rate"]
        if not (isinstance(rate, int | float) and 0 < rate <= 1):
            raise InvalidArgument(
                field=f"decay_rate of {type(self).__name__}",
                value=rate,
                reason="give a number more than 0 and at most 1",
            )

    @classmethod
    def from_span(cls, inputs: Any, window_length: int, span: float, **kwargs: Any) -> Self:  # noqa: ANN401
        """The factor whose decay rate is ``1 - 2 / (1 + span)``.

        Args:
            inputs: One column or term.
            window_length: Rows of a window.
            span: More than 1.
            kwargs: Further arguments of the factor.
        """
        _more_than(cls, "span", span, 1)
        return cls._of(inputs, window_length, 1.0 - 2.0 / (1.0 + span), kwargs)

    @classmethod
    def from_halflife(cls, inputs: Any, window_length: int, halflife: float, **kwargs: Any) -> Self:  # noqa: ANN401
        """The factor whose weights halve in `halflife` rows: its decay rate is 0.5^(1 / halflife).

        Args:
            inputs: One column or term.
            window_length: Rows of a window.
            halflife: More than 0.
            kwargs: Further arguments of the factor.
        """
        _more_than(cls, "halflife", halflife, 0)
        return cls._of(inputs, window_length, exp(log(0.5) / halflife), kwargs)

    @classmethod
    def from_center_of_mass(
        cls,
        inputs: Any,  # noqa: ANN401
        window_length: int,
        center_of_mass: float,
        **kwargs: Any,  # noqa: ANN401
    ) -> Self:
        """The factor whose decay rate is ``1 - 1 / (1 + center_of_mass)``.

        Args:
            inputs: One column or term.
            window_length: Rows of a window.
            center_of_mass: More than 0.
            kwargs: Further arguments of the factor.
        """
        _more_than(cls, "center_of_mass", center_of_mass, 0)
        return cls._of(inputs, window_length, 1.0 - 1.0 / (1.0 + center_of_mass), kwargs)

    @classmethod
    def _of(cls, inputs: object, window_length: int, rate: float, further: dict[str, Any]) -> Self:
        return cls(inputs=inputs, window_length=window_length, decay_rate=rate, **further)


class ExponentialWeightedMovingAverage(_Exponential):
    """The mean with the weights 1, decay_rate, decay_rate², … from the newest row back.

    Inputs: one column or term. Missing where a value of the window is. It ends with the window,
    as Zipline's does: the recursive average of technical analysis never forgets.
    """

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The mean."""
        return columns.in_blocks(
            partial(exponential_mean, length=self.window_length, decay=self.params["decay_rate"]),
            *columns.inputs,
        )


class ExponentialWeightedMovingStdDev(_Exponential):
    """The standard deviation with the weights of `ExponentialWeightedMovingAverage`.

    Inputs: one column or term. Missing where a value of the window is. With W the sum of the
    weights and V that of their squares, the weighted variance is multiplied by W² / (W² - V), which
    makes it free of bias (as pandas' ``ewm(adjust=True).std(bias=False)``); a window of one row has
    none.
    """

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The deviation."""
        rate = self.params["decay_rate"]
        return columns.in_blocks(
            partial(exponential_deviation, length=self.window_length, decay=rate), *columns.inputs
        )


EWMA = ExponentialWeightedMovingAverage
EWMSTD = ExponentialWeightedMovingStdDev


def _more_than(cls: type, name: str, value: Any, least: float) -> None:  # noqa: ANN401 - anything may be given
    if not isinstance(value, int | float) or not value > least:
        raise InvalidArgument(
            field=f"{name} of {cls.__name__}",
            value=value,
            reason=f"give a number more than {least}",
        )
