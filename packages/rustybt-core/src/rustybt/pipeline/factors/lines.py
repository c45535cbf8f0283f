"""Indicators that are made of several lines: MACD and Ichimoku."""

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.equity_pricing import EquityPricing
from rustybt.pipeline.factors.base import OfProfile, OneInput, SomeInputs, whole_number
from rustybt.pipeline.rolling.averages import exponential_mean

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns
    from rustybt.pipeline.rolling.doubling import FloatArray

_LENGTHS = ("tenkan_sen_length", "kijun_sen_length", "chikou_span_length")


class MovingAverageConvergenceDivergenceSignal(OneInput):
    """The signal line of MACD: the average of the fast average less the slow one.

    Inputs: by default closes. All three are exponentially weighted averages of as many rows as
    their period, with the decay rate 1 - 2 / (1 + period) (Gerald Appel; the averages end with
    their windows, as Zipline's do). Missing where a close of the window is. The window is
    ``slow_period + signal_period - 1`` rows and cannot be given.
    """

    inputs = (EquityPricing.close,)
    params: Any = ("fast_period", "slow_period", "signal_period")
    degrees = 1

    def __new__(
        cls,
        fast_period: int = 12,
        slow_period: int = 26,
        signal_period: int = 9,
        *args: Any,  # noqa: ANN401 - Zipline's signature
        **kwargs: Any,  # noqa: ANN401
    ) -> Self:
        """Make the factor.

        Args:
            fast_period: Rows of the fast average.
            slow_period: Rows of the slow one, more than of the fast.
            signal_period: Rows of the average of their difference.
            args: Further arguments of terms, `inputs` first.
            kwargs: The same by name.

        Raises:
            InvalidArgument: A period is no whole number, or the slow one is not the longer.
        """
        for name, period in zip(cls.params, (fast_period, slow_period, signal_period), strict=True):
            whole_number("MACDSignal", name, period, 1)
        if slow_period <= fast_period:
            raise InvalidArgument(
                field="slow_period of MACDSignal",
                value=slow_period,
                reason=f"give more than the fast_period, {fast_period}",
            )
        length = slow_period + signal_period - 1
        kwargs |= {"fast_period": fast_period, "slow_period": slow_period}
        kwargs |= {"signal_period": signal_period, "window_length": length}
        return super().__new__(cls, *args, **kwargs)

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The signal line."""
        fast, slow, signal = (self.params[name] for name in type(self).params)

        def line(close: "FloatArray") -> "FloatArray":
            return _average(_average(close, fast) - _average(close, slow), signal)

        return columns.in_blocks(line, *columns.inputs)


MACDSignal = MovingAverageConvergenceDivergenceSignal


def _average(values: "FloatArray", period: int) -> "FloatArray":
    return exponential_mean(values, length=period, decay=1.0 - 2.0 / (1.0 + period))


class IchimokuKinkoHyo(SomeInputs, OfProfile):
    """The lines of the Ichimoku cloud.

    Inputs: by default highs, lows and closes. Outputs: ``tenkan_sen``, ``kijun_sen`` and
    ``senkou_span_b`` are the middles between the highest high and the lowest low of the newest
    `tenkan_sen_length`, `kijun_sen_length` and `window_length` rows; ``senkou_span_a`` is the
    middle of the first two; ``chikou_span`` is the close `chikou_span_length` rows ago, the newest
    counted as the first. Missing where a value that a line needs is.

    With ``profile="zipline"`` ``chikou_span`` is the close in the row of that number from the start
    of the window, which is the same close where, as by default, the window is twice that long.

    Args:
        tenkan_sen_length: 9 by default; 1 to `window_length`, as the other two.
        kijun_sen_length: 26 by default.
        chikou_span_length: 26 by default.
    """

    inputs = (EquityPricing.high, EquityPricing.low, EquityPricing.close)
    count = 3
    outputs = ("tenkan_sen", "kijun_sen", "senkou_span_a", "senkou_span_b", "chikou_span")
    window_length = 52
    params: Any = MappingProxyType(
        {
            "tenkan_sen_length": 9,
            "kijun_sen_length": 26,
            "chikou_span_length": 26,
            "profile": None,
        }
    )
    degrees = 1

    def _validate(self) -> None:
        super()._validate()
        for name in _LENGTHS:
            whole_number("IchimokuKinkoHyo", name, self.params[name], 1, self.window_length)

    def expressions(self, columns: "Columns") -> dict[str, pl.Expr]:
        """The lines."""
        high, low, close = columns.inputs
        tenkan, kijun, chikou = (self.params[name] for name in _LENGTHS)
        middle = partial(_middle, high, low)
        back = chikou - 1
        if self._as_zipline(columns):
            back = max(self.window_length - 1 - chikou, 0)
        return {
            "tenkan_sen": middle(tenkan),
            "kijun_sen": middle(kijun),
            "senkou_span_a": (middle(tenkan) + middle(kijun)) / 2,
            "senkou_span_b": middle(self.window_length),
            "chikou_span": close.shift(back),
        }


def _middle(high: pl.Expr, low: pl.Expr, length: int) -> pl.Expr:
    return (high.rolling_max(length) + low.rolling_min(length)) / 2
