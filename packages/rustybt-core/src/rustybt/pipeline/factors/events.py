"""Business days from and to events."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import DTYPES, INSTANT
from rustybt.pipeline.factors.base import OneInput
from rustybt.pipeline.term import Term

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class _BusinessDays(OneInput):
    """A number of days from Monday to Friday; holidays are not known to it."""

    window_length = 0
    reads = DTYPES

    def __new__(cls, inputs: Iterable[Term] | Term, **kwargs: Any) -> Self:  # noqa: ANN401 - of terms
        """Make the factor.

        Args:
            inputs: A column or term of instants.
            kwargs: Further arguments of terms.
        """
        given = (inputs,) if isinstance(inputs, Term) else tuple(inputs)
        dates = [term.latest if isinstance(term, BoundColumn) else term for term in given]
        return super().__new__(cls, inputs=dates, **kwargs)

    def _validate(self) -> None:
        super()._validate()
        if self.inputs[0].dtype != INSTANT:
            raise InvalidArgument(
                field=f"inputs of {type(self).__name__}",
                value=self.inputs[0],
                reason="give a column or term of instants, datetime64[ns]",
            )


class BusinessDaysSincePreviousEvent(_BusinessDays):
    """Business days from an event to the session; 0 on its day, missing where there is none.

    Inputs: a column or term of instants. Counted as `numpy.busday_count` does: Mondays to Fridays
    from the day of the event, which counts, to the session, which does not.
    """

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The number."""
        return pl.business_day_count(columns.inputs[0].dt.date(), columns.days())


class BusinessDaysUntilNextEvent(_BusinessDays):
    """Business days from the session to an event; 0 on its day, missing where there is none.

    Inputs: a column or term of instants. Counted as `numpy.busday_count` does: Mondays to Fridays
    from the session, which counts, to the day of the event, which does not.
    """

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The number."""
        return pl.business_day_count(columns.days(), columns.inputs[0].dt.date())
