"""The algorithm that runs in this thread or task: what functions of a strategy are bound to."""

from contextvars import ContextVar
from typing import Any, Final

RUNNING: Final[ContextVar[Any]] = ContextVar("rustybt_algorithm", default=None)
"""A `TradingAlgorithm`, or None; `rustybt.algorithm.running` sets it."""
