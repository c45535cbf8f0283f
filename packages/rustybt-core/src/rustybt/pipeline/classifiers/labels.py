"""Classifiers of one label, of quantiles and of columns of labels."""

from typing import TYPE_CHECKING, Any, Self

import polars as pl

from rustybt.errors import WrongTermType
from rustybt.pipeline.checks import checked_mask
from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.dtypes import INTEGER
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Argument, Term

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class Everything(Classifier):
    """The same label, 0, for every asset; -1 outside of the universe and the mask.

    Args:
        mask: A filter: for which assets.
    """

    inputs = ()
    window_length = 0
    window_safe = True

    def __new__(cls, mask: Argument = NotSpecified) -> Self:
        """Make the term, or find the equal one that exists."""
        where = checked_mask(cls.__name__, mask)
        return cls.of(
            inputs=(),
            window_length=0,
            dtype=INTEGER,
            missing_value=-1,
            mask=where,
            domain=cls.domain if where is None else where.domain,
        )

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The label."""
        return columns.masked(pl.lit(0, pl.Int64))


class Quantiles(Classifier):
    """`Factor.quantiles` under Zipline's name.

    Args:
        inputs: One factor.
        bins: How many groups.
        mask: A filter: for which assets.
    """

    def __new__(cls, inputs: Any, bins: int, mask: Argument = NotSpecified) -> Any:  # noqa: ANN401
        """The classifier."""
        factor = _only(cls, inputs)
        if not isinstance(factor, Factor):
            raise WrongTermType(method=cls.__name__, term=factor, reason="give one factor")
        return factor.quantiles(bins, mask)


class Latest(Classifier):
    """The newest value of a column of labels: ``column.latest``."""

    def __new__(cls, inputs: Any) -> Any:  # noqa: ANN401 - a column, or a list of one
        """The classifier."""
        column = _only(cls, inputs)
        latest = getattr(column, "latest", None)
        if not isinstance(latest, Classifier):
            raise WrongTermType(
                method=cls.__name__, term=column, reason="give a column of texts or integers"
            )
        return latest


def _only(cls: type, inputs: Any) -> Any:  # noqa: ANN401 - anything may be given
    given = (inputs,) if isinstance(inputs, Term) else tuple(inputs)
    if len(given) != 1:
        raise WrongTermType(method=cls.__name__, term=given, reason="give one term")
    return given[0]
