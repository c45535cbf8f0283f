"""What RustyBT finds by the entry point ``rustybt.accelerators``."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from rustybt_rs._native import VERSION

CAPABILITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "indicators": "rustybt_rs.indicators:make",
        "kernel": "rustybt_rs.simulation:make_kernel",
        "sweep": "rustybt_rs.sweep",
        "vectors": "rustybt_rs.vectors",
    }
)
"""Where each part is, by the name that RustyBT asks for: "module", or "module:attribute"."""


class RustAccelerator:
    """The kernels in Rust, as RustyBT asks for them.

    Args:
        parts: Where each capability is, as in `CAPABILITIES`.
    """

    name: Final = "rust"
    version: Final = VERSION
    protocol: Final = 1
    """The number of `rustybt.accelerators.PROTOCOL` that all capabilities speak."""

    def __init__(self, parts: Mapping[str, str] = CAPABILITIES) -> None:
        self._parts: Final = parts

    def capability(self, name: str) -> Any | None:  # noqa: ANN401 - each has a type of its own
        """One of the parts, imported when it is asked for.

        Args:
            name: Such as "kernel".

        Returns:
            The module or the object; None where there is no such part.
        """
        part = self._parts.get(name)
        if part is None:
            return None
        module, _, attribute = part.partition(":")
        found = import_module(module)
        return getattr(found, attribute) if attribute else found


ACCELERATOR: Final = RustAccelerator()
