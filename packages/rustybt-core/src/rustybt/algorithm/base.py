"""What the groups of methods of an algorithm share: its environment and its hooks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from rustybt.errors import NoRunningAlgorithm

if TYPE_CHECKING:
    from rustybt.algorithm.environment import Environment
    from rustybt.orders import OrderView

Hook = Callable[..., Any]
"""A function of a strategy."""

Context: TypeAlias = Any
"""What hooks are given: the algorithm, on which a strategy sets whatever attributes it likes."""


class AlgorithmBase:
    """Access to the environment that the engine lends for a run."""

    _environment: "Environment | None" = None

    @property
    def _env(self) -> "Environment":
        if self._environment is None:
            raise NoRunningAlgorithm(function=type(self).__name__)
        return self._environment

    def hook(self, name: str) -> Hook | None:
        """The function to call for a hook, None when the strategy does not have it."""
        raise NotImplementedError

    def _notify_cancel(self, order: "OrderView", reason: str | None) -> None:
        """Call the hook for a cancelled order."""
        raise NotImplementedError

    def _notify_reject(self, order: "OrderView", reason: str) -> None:
        """Call the hook for a rejected order."""
        raise NotImplementedError
