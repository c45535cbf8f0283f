"""Which algorithm is running in this context."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from rustybt.errors import NoRunningAlgorithm

if TYPE_CHECKING:
    from rustybt.algorithm.algorithm import TradingAlgorithm

_running: ContextVar["TradingAlgorithm | None"] = ContextVar("rustybt_algorithm", default=None)


@contextmanager
def running(algorithm: "TradingAlgorithm") -> Iterator[None]:
    """Bind the functions of `rustybt.api` to an algorithm, in this thread or task."""
    token = _running.set(algorithm)
    try:
        yield
    finally:
        _running.reset(token)


def running_algorithm(function: str) -> "TradingAlgorithm":
    """The algorithm that runs here.

    Args:
        function: Who asks, for the message.

    Raises:
        NoRunningAlgorithm: None runs.
    """
    algorithm = _running.get()
    if algorithm is None:
        raise NoRunningAlgorithm(function=function)
    return algorithm
