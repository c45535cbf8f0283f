"""Which algorithm is running in this context."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rustybt.errors import NoRunningAlgorithm
from rustybt.running import RUNNING

if TYPE_CHECKING:
    from rustybt.algorithm.algorithm import TradingAlgorithm


@contextmanager
def running(algorithm: "TradingAlgorithm") -> Iterator[None]:
    """Bind the functions of `rustybt.api` to an algorithm, in this thread or task."""
    token = RUNNING.set(algorithm)
    try:
        yield
    finally:
        RUNNING.reset(token)


def running_algorithm(function: str) -> "TradingAlgorithm":
    """The algorithm that runs here.

    Args:
        function: Who asks, for the message.

    Raises:
        NoRunningAlgorithm: None runs.
    """
    algorithm: TradingAlgorithm | None = RUNNING.get()
    if algorithm is None:
        raise NoRunningAlgorithm(function=function)
    return algorithm
