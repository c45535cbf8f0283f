"""Changes from the first to the last row of a window."""

from typing import TYPE_CHECKING

from rustybt.pipeline.data.equity_pricing import EquityPricing
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.factors.base import OneInput, at_least

if TYPE_CHECKING:
    import polars as pl

    from rustybt.pipeline.columns import Columns


class _Change(Factor):
    """A quotient of the ends of a window; missing where one of them is."""

    degrees = 0

    def _validate(self) -> None:
        super()._validate()
        at_least(self, 2)

    def _ends(self, columns: "Columns") -> "tuple[pl.Expr, pl.Expr]":
        values = columns.inputs[0]
        return values.shift(self.window_length - 1), values


class Returns(_Change):
    """The return from the first to the last row of a window: ``last / first - 1``.

    Inputs: by default closes. A window of n rows makes a return of n - 1 sessions.
    """

    inputs = (EquityPricing.close,)
    window_safe = True

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The return."""
        first, last = self._ends(columns)
        return last / first - 1


class DailyReturns(Returns):
    """The return since the session before: `Returns` of two rows."""

    window_length = 2


class PercentChange(OneInput, _Change):
    """The change as a part of where it began, whatever its sign: ``(last - first) / |first|``.

    Inputs: one column or term. The name says percent, the value is a fraction, as in Zipline.
    """

    window_safe = True

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The change."""
        first, last = self._ends(columns)
        return (last - first) / first.abs()


class RateOfChangePercentage(OneInput, _Change):
    """The change in percent of where it began: ``100 * (last / first - 1)``.

    Inputs: one column or term.
    """

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The change."""
        first, last = self._ends(columns)
        return (last - first) / first * 100
