"""Metric sets: named collections of functions that add columns to the performance frame.

A metric is a function of a :class:`Performance` that returns columns by name, each with one value
per session; NaN becomes null. A metric set is registered as a function without arguments that
returns its metrics::

    from rustybt.metrics import register
    from rustybt.metrics.sets import default_metrics

    def exposure(performance):
        cash = performance.frame["ending_cash"]
        return {"exposure": 1 - cash / performance.frame["portfolio_value"]}

    @register("with-exposure")
    def with_exposure():
        return (*default_metrics(), exposure)

    run_algorithm(..., metrics_set="with-exposure")

A distribution registers one through the entry-point group ``rustybt.metrics``. The columns of the
ledger itself are always there; the set ``none`` adds nothing to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias, overload

import numpy as np
import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.metrics import risk
from rustybt.plugins import groups, registry
from rustybt.values.columns import array_series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rustybt.metrics.rows import Performance

    Column: TypeAlias = pl.Series | NDArray[np.float64]

Metric: TypeAlias = "Callable[[Performance], Mapping[str, Column]]"
"""Computes columns, by name, from what a run has measured."""

MetricsFactory: TypeAlias = "Callable[[], Iterable[Metric]]"
"""Makes the metrics of a set."""


def metrics_sets() -> tuple[str, ...]:
    """Names of all metric sets."""
    return registry(groups.METRICS).names()


@overload
def register(name: str) -> Callable[[MetricsFactory], MetricsFactory]: ...


@overload
def register(name: str, function: MetricsFactory) -> MetricsFactory: ...


def register(
    name: str, function: MetricsFactory | None = None
) -> MetricsFactory | Callable[[MetricsFactory], MetricsFactory]:
    """Register a metric set for the life of this process; also a decorator.

    Args:
        name: Its name.
        function: Returns the metrics of the set.

    Raises:
        PluginConflict: The name is taken.
    """
    if function is None:
        return lambda decorated: register(name, decorated)
    registry(groups.METRICS).register(name, function)
    return function


def unregister(name: str) -> None:
    """Remove a metric set that this process registered.

    Raises:
        PluginNotFound: This process registered none of this name.
    """
    registry(groups.METRICS).unregister(name)


def load(name: str) -> tuple[Metric, ...]:
    """The metrics of a registered set.

    Raises:
        PluginNotFound: There is no set of this name.
    """
    factory: MetricsFactory = registry(groups.METRICS).load(name)
    return tuple(factory())


def add_metrics(performance: Performance, metrics: Iterable[Metric]) -> pl.DataFrame:
    """The performance frame with the columns of all metrics after those of the ledger.

    Raises:
        InvalidArgument: A metric returned a column that is there already or is too short.
    """
    frame = performance.frame
    columns: dict[str, pl.Series] = {}
    for metric in metrics:
        for name, values in metric(performance).items():
            columns[name] = _column(name, values, frame, taken=name in columns)
    return frame.hstack(list(columns.values()))


def default_metrics() -> tuple[Metric, ...]:
    """Zipline's figures: risk over the sessions so far, and its labels."""
    return (_algorithm, _benchmark, _against_benchmark, _max_leverage, _labels)


def classic_metrics() -> tuple[Metric, ...]:
    """The same columns as `default`; Zipline's name for a set that it no longer recommends."""
    return default_metrics()


def no_metrics() -> tuple[Metric, ...]:
    """No columns beside those of the ledger."""
    return ()


def _column(name: str, values: Column, frame: pl.DataFrame, *, taken: bool) -> pl.Series:
    if isinstance(values, np.ndarray):
        column = array_series(name, values, nan_is_missing=True)
    else:
        column = pl.Series(name, values)
        if column.dtype.is_float():
            column = column.fill_nan(None)
    if taken or name in frame.columns:
        reason = "two metrics give it; rename the column of one"
        raise InvalidArgument(field="metric column", value=name, reason=reason)
    if len(column) != len(frame):
        reason = f"it has {len(column)} values; return one for each of {len(frame)} sessions"
        raise InvalidArgument(field="metric column", value=name, reason=reason)
    return column


def _algorithm(performance: Performance) -> Mapping[str, Column]:
    returns = performance.returns
    return {
        "algorithm_period_return": risk.cumulative_return(returns),
        "algo_volatility": risk.annual_volatility(returns),
        "sharpe": risk.sharpe_ratio(returns),
        "sortino": risk.sortino_ratio(returns),
        "max_drawdown": risk.max_drawdown(returns),
    }


def _benchmark(performance: Performance) -> Mapping[str, Column]:
    returns = performance.benchmark_returns
    return {
        "benchmark_period_return": risk.cumulative_return(returns),
        "benchmark_volatility": risk.annual_volatility(returns),
    }


def _against_benchmark(performance: Performance) -> Mapping[str, Column]:
    alpha, beta = risk.alpha_beta(performance.returns, performance.benchmark_returns)
    return {"alpha": alpha, "beta": beta}


def _max_leverage(performance: Performance) -> Mapping[str, Column]:
    leverage = performance.frame["gross_leverage"].cast(pl.Float64).fill_null(np.inf).to_numpy()
    return {"max_leverage": np.maximum.accumulate(np.maximum(leverage, 0.0))}


def _labels(performance: Performance) -> Mapping[str, Column]:
    """Columns that Zipline keeps for the sake of old notebooks, and the count of sessions."""
    sessions = performance.frame["session"]
    zeros = np.zeros(len(sessions))
    return {
        "excess_return": zeros,
        "treasury_period_return": zeros,
        "trading_days": pl.Series(range(1, len(sessions) + 1), dtype=pl.Int64),
        "period_label": sessions.dt.strftime("%Y-%m"),
    }
