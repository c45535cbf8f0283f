"""An executor that lets a Ray cluster compute."""

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from rustybt.errors import MissingExtra


class RayExecutor:
    """Lets a Ray cluster call functions: what `run_pipeline(executor=...)` takes.

    Args:
        address: Of the cluster; None: one on this machine, unless one was joined already.
        options: Of remote functions, such as ``{"num_cpus": 2}``; see ``ray.remote``.

    Raises:
        MissingExtra: Ray is not installed.
    """

    def __init__(
        self, address: str | None = None, *, options: Mapping[str, Any] | None = None
    ) -> None:
        os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
        try:
            self._ray: Any = import_module("ray")
        except ImportError as error:
            raise MissingExtra(feature="Ray", install="ray") from error
        if not self._ray.is_initialized():
            self._ray.init(address=address, log_to_driver=False)
        self._options = dict(options or {})
        self._remote: dict[Callable[..., Any], Any] = {}

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> "RayPart":  # noqa: ANN401
        """Let the cluster call a function; all of its machines have to see the same data."""
        if function not in self._remote:
            remote = self._ray.remote(function)
            self._remote[function] = remote.options(**self._options) if self._options else remote
        return RayPart(self._ray, self._remote[function].remote(*arguments))


class RayPart:
    """What a Ray cluster computes.

    Args:
        ray: The module.
        reference: To the result.
    """

    def __init__(self, ray: Any, reference: Any) -> None:  # noqa: ANN401 - Ray has no types here
        self._ray = ray
        self._reference = reference

    def result(self) -> Any:  # noqa: ANN401 - what the function returned
        """What the function returned; its own error is raised."""
        try:
            return self._ray.get(self._reference)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from error

    def cancel(self) -> None:
        """Do not begin it, if it has not begun."""
        self._ray.cancel(self._reference)
