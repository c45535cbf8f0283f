"""Thousands of parameter sets over the same bars, by the rules of RustyBT's engine.

A sweep does what RustyBT's engine does with a strategy that orders a target wherever its signal
changes, and gives the same fills, cash and values, digit by digit::

    def handle_data(context, data):            # of each asset whose signal changes in this bar
        for order in context.get_open_orders(asset):
            context.cancel_order(order)        # unless cancel_open=False
        context.order_target(asset, target)    # or order_target_percent with weights

An order fills from the next bar on, whole or in the parts that the volume allows; what is left
waits. Standard rules, an unlimited account, one currency; amounts have 8 digits after the point,
prices 12, money 16. Splits, dividends, delistings, futures and limits are not there: run those with
the engine.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Literal

from rustybt_rs._native import Column, InvalidInputError, NumberTooLargeError, SweepRun
from rustybt_rs._sweep_bars import Bars
from rustybt_rs._sweep_models import (
    Commission,
    FixedBasisPointsSlippage,
    FixedSlippage,
    NoCommission,
    NoSlippage,
    Number,
    Percentage,
    PerDollar,
    PerShare,
    PerTrade,
    Slippage,
    VolumeShareSlippage,
    positive,
)
from rustybt_rs._sweep_signals import (
    Breakout,
    Direction,
    EmaCross,
    Expressions,
    Holding,
    Parameters,
    RsiLevels,
    Signals,
    SmaCross,
    Switches,
    Targets,
    Weights,
    grid,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Bars",
    "Breakout",
    "Commission",
    "Direction",
    "EmaCross",
    "Expressions",
    "FixedBasisPointsSlippage",
    "FixedSlippage",
    "Holding",
    "NoCommission",
    "NoSlippage",
    "Number",
    "Parameters",
    "PerDollar",
    "PerShare",
    "PerTrade",
    "Percentage",
    "RsiLevels",
    "Signals",
    "Slippage",
    "SmaCross",
    "SweepResult",
    "Switches",
    "Targets",
    "VolumeShareSlippage",
    "Weights",
    "grid",
    "run",
]

_PORTIONS = 100
_NAMED = re.compile(r"parameter set (\d+)")


class SweepResult:
    """What the parameter sets come to: a row for each, in their order.

    Columns: the parameters; final_value, commission, slippage, traded_value (decimals of 16
    digits after the point); orders, fills, closed_positions (how often a position was closed or
    turned over); and floats, null where not defined, by the definitions of `rustybt.metrics`:
    total_return, annual_return, annual_volatility, sharpe_ratio, sortino_ratio, calmar_ratio,
    max_drawdown, win_rate, profit_factor (both by session), and turnover (traded_value over the
    mean value of the portfolio).

    Attributes:
        columns: The outcomes by name, as columns that ``polars.Series`` reads without a copy.
        parameters: The parameters by name, a value for each set.
        bars: What was swept over.
    """

    def __init__(self, native: SweepRun, parameters: Parameters, bars: Bars) -> None:
        self._native = native
        self.columns = native.columns()
        self.parameters = parameters
        self.bars = bars

    def __len__(self) -> int:
        return len(self._native)

    def frame(self) -> Any:  # noqa: ANN401 - a Polars frame
        """Parameters and outcomes as a Polars frame, a row for each set."""
        import polars as pl

        named = {name: pl.Series(name, list(values)) for name, values in self.parameters.items()}
        for name, column in self.columns.items():
            free = f"{name}_" if name in self.parameters else name
            named[free] = pl.Series(free, column)
        return pl.DataFrame(named)

    def equity(self, index: int) -> Column:
        """The value of a set's portfolio at the end of each session, exact.

        The set is run again.
        """
        return self._native.equity(self._checked(index))

    def trades(self, index: int) -> dict[str, Column]:
        """The fills of a set by column: bar, asset, order (numbers), amount, price, commission.

        The set is run again.
        """
        return self._native.trades(self._checked(index))

    def trades_frame(self, index: int) -> Any:  # noqa: ANN401 - a Polars frame
        """The fills of a set as a Polars frame, with timestamp and symbol where they are known."""
        import polars as pl

        columns = self.trades(index).items()
        frame = pl.DataFrame({name: pl.Series(name, each) for name, each in columns})
        if self.bars.timestamps is None:
            return frame
        symbols = pl.Series(self.bars.symbols, dtype=pl.String)
        return frame.select(
            self.bars.timestamps.gather(frame["bar"]).alias("timestamp"),
            symbols.gather(frame["asset"]).alias("symbol"),
            pl.all().exclude("asset"),
        )

    def _checked(self, index: int) -> int:
        if not -len(self) <= index < len(self):
            raise IndexError(f"parameter set {index}: there are {len(self)}")
        return index % len(self)

    def __repr__(self) -> str:
        return f"SweepResult(sets={len(self)}, parameters={list(self.parameters)})"


def run(  # noqa: PLR0913 - what a run is made of, by keyword
    bars: Bars,
    signals: Signals,
    *,
    capital: Number = 10_000_000,
    slippage: Slippage | None = None,
    commission: Commission | None = None,
    fill_at: Literal["close", "open"] = "close",
    cancel_open: bool = True,
    threads: int | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> SweepResult:
    """Run all parameter sets of some signals over bars, side by side.

    Args:
        bars: The bars.
        signals: What each set wants when.
        capital: Money that each set starts with.
        slippage: The slippage model; that of RustyBT's equities when not given.
        commission: The commission model; that of RustyBT's equities when not given.
        fill_at: Whether orders fill at the next bar's close or at its open.
        cancel_open: Whether an asset's open orders are cancelled before it is ordered again.
        threads: How many sets run at once; as many as there are processors when not given.
        on_progress: Called with the number of sets done, and of all.

    Raises:
        InvalidInputError: A signal, column or parameter cannot be used; where a set is at fault
            the message has its number and a note its parameters.
        NumberTooLargeError: A number has no room.
        ValueError: An argument cannot be used.
    """
    if fill_at not in ("close", "open"):
        raise ValueError(f"fill_at: give close or open (met {fill_at!r})")
    parameters = signals.parameters
    try:
        native = SweepRun(
            bars.native,
            signals.native(bars),
            signals.weights,
            positive(capital, "capital"),
            fill_at,
            cancel_open,
            (FixedBasisPointsSlippage() if slippage is None else slippage).native(),
            (PerShare() if commission is None else commission).native(),
        )
        _check(parameters, len(native))
        _compute(native, threads or os.cpu_count() or 1, on_progress)
    except (InvalidInputError, NumberTooLargeError) as error:
        _note(error, parameters)
        raise
    return SweepResult(native, parameters, bars)


def _compute(
    native: SweepRun, threads: int, on_progress: Callable[[int, int], object] | None
) -> None:
    """Run all sets; in portions where somebody wants to hear how far they are."""
    count = len(native)
    size = count if on_progress is None else -(-count // _PORTIONS)
    for first in range(0, count, max(size, 1)):
        end = min(first + size, count)
        native.compute(first, end, threads)
        if on_progress is not None:
            on_progress(end, count)


def _check(parameters: Parameters, count: int) -> None:
    for name, values in parameters.items():
        if len(values) != count:
            raise ValueError(
                f"parameters: give {count} values of {name}, one for each set (met {len(values)})"
            )


def _note(error: Exception, parameters: Parameters) -> None:
    """Add the parameters of the set that an error is about."""
    found = _NAMED.search(str(error))
    if found is not None and parameters:
        number = int(found[1])
        shown = {name: values[number] for name, values in parameters.items()}
        error.add_note(f"parameters of set {number}: {shown}")
