"""Figures of a whole run, each from its returns: what a search may optimise.

Every function takes one return per session, as floats, and gives a float, or None where the
figure is not defined. The definitions are those of empyrical (252 sessions in a year, no
risk-free rate).
"""

from __future__ import annotations

from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from rustybt.metrics import risk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Returns = NDArray[np.float64]


def total_return(returns: Returns) -> float | None:
    """Growth over the whole run, less one."""
    return _last(risk.cumulative_return(returns))


def annual_return(returns: Returns) -> float | None:
    """Compound annual growth rate; None when nothing is left to grow."""
    growth = total_return(returns)
    if growth is None or growth <= -1.0:
        return None
    return float((1.0 + growth) ** (risk.SESSIONS_IN_YEAR / len(returns)) - 1.0)


def annual_volatility(returns: Returns) -> float | None:
    """Annualised standard deviation."""
    return _last(risk.annual_volatility(returns))


def sharpe_ratio(returns: Returns) -> float | None:
    """Annualised mean over deviation."""
    return _last(risk.sharpe_ratio(returns))


def sortino_ratio(returns: Returns) -> float | None:
    """Annualised mean over the deviation of the losses."""
    return _last(risk.sortino_ratio(returns))


def max_drawdown(returns: Returns) -> float | None:
    """The deepest fall below an earlier peak, as a negative fraction."""
    return _last(risk.max_drawdown(returns))


def calmar_ratio(returns: Returns) -> float | None:
    """Annual return over the depth of the largest drawdown; None without one."""
    growth, drawdown = annual_return(returns), max_drawdown(returns)
    return growth / -drawdown if growth is not None and drawdown else None


def win_rate(returns: Returns) -> float | None:
    """Share of sessions with a gain among those with a gain or a loss."""
    moved = np.count_nonzero(returns)
    return float(np.count_nonzero(returns > 0.0) / moved) if moved else None


def profit_factor(returns: Returns) -> float | None:
    """Sum of the gains over the sum of the losses; None without a loss."""
    losses = -returns[returns < 0.0].sum()
    return float(returns[returns > 0.0].sum() / losses) if losses > 0.0 else None


OBJECTIVES: Mapping[str, Callable[[Returns], float | None]] = MappingProxyType(
    {
        "total_return": total_return,
        "annual_return": annual_return,
        "annual_volatility": annual_volatility,
        "sharpe_ratio": sharpe_ratio,
        "sortino_ratio": sortino_ratio,
        "calmar_ratio": calmar_ratio,
        "max_drawdown": max_drawdown,
        "win_rate": win_rate,
        "profit_factor": profit_factor,
    }
)
"""Every figure by its name; more is better except for `annual_volatility`."""


def _last(figures: NDArray[np.float64]) -> float | None:
    return float(figures[-1]) if len(figures) and isfinite(figures[-1]) else None
