"""The kernel of a simulation: venue and book in one call a bar."""

from rustybt_rs._native import SimulationKernel

__all__ = ["SimulationKernel", "make_kernel"]


def make_kernel(_venue: object, _book: object, parts: object | None) -> SimulationKernel | None:
    """The capability "kernel" of the accelerator.

    Args:
        parts: What a fused kernel works on (`rustybt.execution.kernel_parts.KernelParts`).

    Returns:
        The kernel; None without parts: the run is then left to the reference.
    """
    return None if parts is None else SimulationKernel(parts)
