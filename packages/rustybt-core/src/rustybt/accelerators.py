"""Accelerators: compiled parts with the same results, found when a run or a function asks for one.

A distribution brings one by an entry point that names an object, the :class:`Accelerator`::

    [project.entry-points."rustybt.accelerators"]
    rust = "rustybt_rs:ACCELERATOR"

Core asks it for capabilities by name and computes in Python what it lacks. Nothing is imported
before the first question.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from rustybt.errors import AcceleratorMismatch, MissingExtra, SeveralAccelerators
from rustybt.plugins import Registry, groups, registry
from rustybt.settings import settings

__all__ = [
    "CAPABILITIES",
    "INDICATORS",
    "KERNEL",
    "PROTOCOL",
    "REFERENCE_KERNEL",
    "SWEEP",
    "VECTORS",
    "Accelerator",
    "accelerator",
    "kernel_name",
]

PROTOCOL: Final = 1
"""Number of this protocol and of all that the capabilities take and give."""

KERNEL: Final = "kernel"
"""Capability: a `rustybt.simulation.kernel.FusedKernelFactory`."""

INDICATORS: Final = "indicators"
"""Capability: indicators over columns."""

SWEEP: Final = "sweep"
"""Capability: many sets of parameters over the same columns."""

VECTORS: Final = "vectors"
"""Capability: functions of columns of Decimals."""

CAPABILITIES: Final = (KERNEL, INDICATORS, SWEEP, VECTORS)
"""Every part that core may ask for."""

REFERENCE_KERNEL: Final = "python"
"""What results call the kernel that core brings itself."""


class Accelerator(Protocol):
    """What a distribution of compiled parts registers."""

    @property
    def name(self) -> str:
        """How results and messages call it, such as "rust"."""

    @property
    def version(self) -> str:
        """The version of its distribution."""

    @property
    def protocol(self) -> int:
        """The number of the protocol that it speaks; see `PROTOCOL`."""

    def capability(self, name: str) -> Any | None:  # noqa: ANN401 - each has a type of its own
        """One of its parts, imported when it is asked for.

        Args:
            name: One of `CAPABILITIES`.

        Returns:
            What core calls; None where the accelerator has no such part.
        """


def accelerator(choice: str | None = None) -> Accelerator | None:
    """The accelerator that `RUSTYBT_ACCEL` asks for.

    One that this process has registered is taken before one that is installed.

    Args:
        choice: "auto" takes an accelerator when one is there, "off" never, "require" always;
            None asks the settings.

    Returns:
        The accelerator; None when there is none, or none is wanted.

    Raises:
        MissingExtra: One is required and none is installed.
        SeveralAccelerators: There are several, of different names.
        PluginConflict: Several distributions bring one of the same name.
        PluginBroken: It is installed and cannot be imported.
        AcceleratorMismatch: It speaks another protocol than this version of core.
    """
    choice = settings().accel if choice is None else choice
    if choice == "off":
        return None
    known: Registry[Accelerator] = registry(groups.ACCELERATORS)
    name = _only_name(known)
    if name is not None:
        return _checked(name, known)
    if choice == "require":
        raise MissingExtra(
            feature="an accelerator, which RUSTYBT_ACCEL=require asks for,", install="rustybt-rs"
        )
    return None


def kernel_name() -> str:
    """The kernel that a run takes if it can: "python", or name and version of an accelerator.

    Raises:
        RustyBTError: As :func:`accelerator` does.
    """
    found = accelerator()
    if found is None or found.capability(KERNEL) is None:
        return REFERENCE_KERNEL
    return f"{found.name} {found.version}"


def _only_name(known: Registry[Accelerator]) -> str | None:
    names = known.registered() or known.names()
    if len(names) > 1:
        raise SeveralAccelerators(
            accelerators=[f"{name} of {', '.join(known.origins(name))}" for name in names]
        )
    return names[0] if names else None


def _checked(name: str, known: Registry[Accelerator]) -> Accelerator:
    """The accelerator, once it is known to speak our protocol."""
    found = known.load(name)
    protocol = getattr(found, "protocol", None)
    if protocol == PROTOCOL:
        return found
    from rustybt.plugins.installed import version_of

    (origin,) = known.origins(name)
    ours = name in known.registered()
    newer = isinstance(protocol, int) and protocol > PROTOCOL
    raise AcceleratorMismatch(
        accelerator=name,
        origin=origin,
        protocol=protocol,
        core=version_of("rustybt-core"),
        expected=PROTOCOL,
        update="rustybt-core" if newer else name if ours else origin.partition(" ")[0],
    )
