"""Volatility and drawdown."""

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rustybt.pipeline.blocks import MANY
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.factors.base import OfProfile, OneInput
from rustybt.pipeline.factors.changes import Returns
from rustybt.pipeline.rolling.extremes import drawdown, drawdown_of_trough
from rustybt.pipeline.rolling.moments import deviation

if TYPE_CHECKING:
    import polars as pl

    from rustybt.pipeline.columns import Columns


class AnnualizedVolatility(Factor):
    """The standard deviation of returns in a year: that of a session times the root of sessions.

    Inputs: by default daily returns; a window is 252 of them. The deviation is that of the
    population (divided by n), of the values that are there.

    Args:
        annualization_factor: Sessions of a year, 252.
    """

    inputs = (Returns(window_length=2),)
    window_length = 252
    params: Any = MappingProxyType({"annualization_factor": 252.0})
    degrees = 1

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The volatility."""
        of_session = columns.in_blocks(
            partial(deviation, length=self.window_length), columns.inputs[0]
        )
        root: float = self.params["annualization_factor"] ** 0.5
        return of_session * root


class MaxDrawdown(OneInput, OfProfile):
    """The largest loss from a peak to a later value, as a part of the peak.

    Inputs: one column or term of positive values. Formula: the largest ``(peak - value) / peak``;
    0 where nothing falls. Missing values are passed over.

    With ``profile="zipline"``: the largest ``peak - value``, as a part of that *value*: a fall from
    100 to 50 is 1.0 there, and a later one from 20 to 5 is not seen.
    """

    degrees = 0

    def expressions(self, columns: "Columns") -> "pl.Expr":
        """The loss."""
        if self._as_zipline(columns):
            falls = partial(drawdown_of_trough, length=self.window_length)
            return columns.in_blocks(falls, *columns.inputs, cells=MANY)
        return columns.in_blocks(partial(drawdown, length=self.window_length), *columns.inputs)
