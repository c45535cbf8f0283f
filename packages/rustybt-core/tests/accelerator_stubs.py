"""Accelerators that a test registers: they are taken before one that is installed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rustybt.accelerators import PROTOCOL
from rustybt.plugins import groups, registry


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAccelerator:
    """An accelerator that has what it is given.

    Attributes:
        name: How results call it.
        capabilities: What it has, by name.
        version: Its version.
        protocol: What it speaks.
    """

    name: str
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    version: str = "1.0"
    protocol: int = PROTOCOL

    def capability(self, name: str) -> Any | None:
        return self.capabilities.get(name)


@contextmanager
def registered(*accelerators: GivenAccelerator) -> Iterator[None]:
    """While it is open this process has these accelerators."""
    known = registry(groups.ACCELERATORS)
    for each in accelerators:
        known.register(each.name, each)
    try:
        yield
    finally:
        for each in accelerators:
            known.unregister(each.name)
