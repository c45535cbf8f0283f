"""The functions that declare indicators: one for each, by its name."""

from __future__ import annotations

from rustybt.indicators._declaring import declares_compound, declares_one


@declares_one
def sma(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Mean of the last `window` values."""


@declares_compound
def macd(
    fast: int = 12,
    slow: int = 26,
    signal: int = 9,
    *,
    field: str = "close",
    frequency: str | None = None,
) -> None:
    """Difference of two exponential averages, its average, and the difference of both."""
