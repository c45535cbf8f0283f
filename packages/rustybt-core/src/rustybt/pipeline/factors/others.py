"""Newest values, outputs, numbers of peers, and values within bounds."""

from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.columns import ROW
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import DTYPES
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.factors.base import OneInput

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class Latest(OneInput):
    """The newest value of a column: what ``column.latest`` is."""

    window_length = 1

    def __new__(cls, inputs: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a Factor
        """Make the factor.

        Args:
            inputs: One column of data.
            kwargs: None that would mean anything.

        Raises:
            InvalidArgument: It is no column of numbers or instants.
        """
        given = (inputs,) if isinstance(inputs, BoundColumn) else tuple(inputs)
        if kwargs or len(given) != 1 or not isinstance(given[0], BoundColumn):
            raise InvalidArgument(
                field="inputs of Latest", value=inputs, reason="give one column, and nothing else"
            )
        newest = given[0].latest
        if not isinstance(newest, Factor):
            raise InvalidArgument(
                field="inputs of Latest", value=given[0], reason="take the .latest of this column"
            )
        return newest


class RecarrayField(Factor):
    """One output of a factor that has several: what its attribute of that name is."""

    def __new__(cls, factor: Factor, attribute: str) -> Any:  # noqa: ANN401 - a Factor
        """Make the factor.

        Args:
            factor: What has several outputs.
            attribute: The name of one.

        Raises:
            AttributeError: It has no output of this name.
        """
        return factor.__getattr__(attribute)


class PeerCount(OneInput):
    """How many assets have the label of the asset, itself included; missing where it has none.

    Inputs: one classifier. Only assets of the universe, and of the mask, are counted.
    """

    window_length = 1
    reads = DTYPES

    def _validate(self) -> None:
        super()._validate()
        if self.window_length != 1:
            raise InvalidArgument(
                field="window_length of PeerCount",
                value=self.window_length,
                reason="leave it at 1: the labels of the session",
            )
        if not isinstance(self.inputs[0], Classifier):
            raise InvalidArgument(
                field="inputs of PeerCount", value=self.inputs[0], reason="give a classifier"
            )

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The number."""
        label = columns.inputs[0]
        known = label.is_not_null()
        if self.inputs[0].missing_value is not None:
            known &= label != self.inputs[0].missing_value
        counted = known & columns.mask
        return pl.when(counted).then(counted.sum().over(ROW, label))


class Clip(OneInput):
    """Values no smaller than one bound and no larger than another.

    Args:
        min_bound: The smaller one; ``-inf`` for none.
        max_bound: The larger one; ``inf`` for none.
    """

    window_length = 1
    params: Any = ("min_bound", "max_bound")

    def _validate(self) -> None:
        super()._validate()
        if isinstance(self.inputs[0], BoundColumn):
            raise InvalidArgument(
                field="inputs of Clip",
                value=self.inputs[0],
                reason="take its newest value, .latest",
            )

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The values."""
        return columns.inputs[0].clip(self.params["min_bound"], self.params["max_bound"])
