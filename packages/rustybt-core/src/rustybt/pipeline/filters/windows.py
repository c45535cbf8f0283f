"""Filters over windows of sessions."""

from typing import TYPE_CHECKING, Self

import polars as pl

from rustybt.errors import InvalidArgument, WindowLengthNotPositive, WrongTermType
from rustybt.pipeline.dtypes import TRUTH
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Argument

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class _OfFilter(Filter):
    """What counts the sessions of a window in which its input, one filter, held."""

    degrees = 0

    def __new__(
        cls,
        inputs: Argument = NotSpecified,
        window_length: Argument = NotSpecified,
        mask: Argument = NotSpecified,
        **params: Argument,
    ) -> Self:
        """Make the term, or find the equal one that exists."""
        made = super().__new__(cls, inputs=inputs, window_length=window_length, mask=mask, **params)
        if made.window_length < 1:
            raise WindowLengthNotPositive(termname=cls.__name__, window_length=made.window_length)
        if len(made.inputs) != 1 or made.inputs[0].dtype != TRUTH:
            raise WrongTermType(method="inputs", term=made, reason="give one filter")
        return made

    def expressions(self, columns: "Columns") -> pl.Expr:
        """Whether it held often enough."""
        held = columns.inputs[0].fill_null(value=False).cast(pl.Int32)
        return held.rolling_sum(self.window_length) >= self._least()

    def _least(self) -> int:
        raise NotImplementedError


class All(_OfFilter):
    """Where a filter held in every session of a window."""

    def _least(self) -> int:
        return int(self.window_length)


class Any(_OfFilter):
    """Where a filter held in at least one session of a window."""

    def _least(self) -> int:
        return 1


class AtLeastN(_OfFilter):
    """Where a filter held in at least N sessions of a window; N is a parameter.

    Raises:
        InvalidArgument: N is no whole number from 0 to the length of the window.
    """

    params: Argument = ("N",)

    def __new__(
        cls,
        inputs: Argument = NotSpecified,
        window_length: Argument = NotSpecified,
        mask: Argument = NotSpecified,
        **params: Argument,
    ) -> Self:
        """Make the term, or find the equal one that exists."""
        made = super().__new__(cls, inputs, window_length, mask, **params)
        count = made.params["N"]
        whole = isinstance(count, int) and not isinstance(count, bool)
        if not (whole and 0 <= count <= made.window_length):
            raise InvalidArgument(
                field=f"N of {made!r}",
                value=count,
                reason="give a whole number from 0 to the length of the window",
            )
        return made

    def _least(self) -> int:
        return int(self.params["N"])


class AllPresent(Filter):
    """Where its input, a term or column, had a value in every session of a window."""

    degrees = 0

    def __new__(
        cls,
        inputs: Argument = NotSpecified,
        window_length: Argument = NotSpecified,
        mask: Argument = NotSpecified,
    ) -> Self:
        """Make the term, or find the equal one that exists."""
        made = super().__new__(cls, inputs=inputs, window_length=window_length, mask=mask)
        if made.window_length < 1:
            raise WindowLengthNotPositive(termname=cls.__name__, window_length=made.window_length)
        if len(made.inputs) != 1:
            raise WrongTermType(method="inputs", term=made, reason="give one term or column")
        return made

    def expressions(self, columns: "Columns") -> pl.Expr:
        """Whether none of the values is missing."""
        from rustybt.pipeline.operations.labels import present

        missing = self.inputs[0].missing_value
        there = present(columns.inputs[0], missing if isinstance(missing, int | str) else None)
        length: int = self.window_length
        return there.cast(pl.Int32).rolling_sum(length) == length
