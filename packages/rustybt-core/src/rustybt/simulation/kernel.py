"""The kernel: what happens to orders and book in a bar, behind one coarse call.

A kernel has a venue half (bars and resting orders in, executions out) and a book half
(executions in, postings out). The two are separate protocols: live trading needs the book alone.
A kernel may fuse them; a test keeps the fused and the separate way equal.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from rustybt.accelerators import KERNEL, REFERENCE_KERNEL, accelerator
from rustybt.execution import Blotter, Execution
from rustybt.finance.book_events import Book

if TYPE_CHECKING:
    from rustybt.execution.kernel_parts import KernelParts

_NOTHING: tuple[Execution, ...] = ()


class Kernel(Protocol):
    """Everything that a bar does to orders and book, in one call.

    Implementations compute on integers at the scales of `rustybt.values.Arithmetic` (or on
    floats in float mode) and agree to the last digit.
    """

    @property
    def name(self) -> str:
        """What results call it: "python", or its accelerator's name and version: "rust 0.1.0"."""

    @property
    def idles(self) -> bool:
        """Whether a bar without a resting order leaves it nothing to do."""

    def advance(self, at: int, session: int) -> Sequence[Execution]:
        """Match open orders against the bar that ended at `at` and post all that follows.

        All fills are posted before all commissions.

        Args:
            at: Label of the bar, nanoseconds UTC.
            session: Index of its session.

        Returns:
            The executions in order.
        """


class KernelFactory(Protocol):
    """Makes a kernel over the two halves of a run; an accelerator's capability "kernel"."""

    def __call__(self, venue: Blotter, book: Book) -> Kernel:
        """The kernel."""


class FusedKernelFactory(Protocol):
    """Makes the kernel of an accelerator: its capability "kernel"."""

    def __call__(self, venue: Blotter, book: Book, parts: "KernelParts | None") -> Kernel | None:
        """The kernel; None where the run is left to the reference.

        Args:
            venue: The venue half.
            book: The book half.
            parts: What a fused kernel works on; None where a run needs the reference.
        """


class ReferenceKernel:
    """The kernel in Python: small, readable, and the measure for every other one.

    Args:
        venue: The venue half.
        book: The book half.
    """

    name: ClassVar[str] = REFERENCE_KERNEL
    idles: ClassVar[bool] = True

    def __init__(self, venue: Blotter, book: Book) -> None:
        self._venue = venue
        self._book = book
        self._resting = venue.resting

    def advance(self, at: int, session: int) -> Sequence[Execution]:
        """See :class:`Kernel`; a bar without a resting order costs next to nothing."""
        if not self._resting:
            return _NOTHING
        executions = self._venue.advance(at, session)
        for execution in executions:
            self._book.apply(execution.fill)
        for execution in executions:
            if execution.charge is not None:
                self._book.apply(execution.charge)
        return executions


def choose_kernel(choice: str | None = None) -> KernelFactory:
    """The kernel of the accelerator that `RUSTYBT_ACCEL` asks for, or the one in Python.

    Args:
        choice: As in `rustybt.accelerators.accelerator`, whose errors are raised.
    """
    found = accelerator(choice)
    factory: FusedKernelFactory | None = None if found is None else found.capability(KERNEL)
    return ReferenceKernel if factory is None else partial(_fused, factory)


def _fused(factory: FusedKernelFactory, venue: Blotter, book: Book) -> Kernel:
    """The kernel of an accelerator, or the reference where it leaves the run to that."""
    from rustybt.execution.kernel_parts import kernel_parts

    kernel = factory(venue, book, kernel_parts(venue, book))
    if kernel is None:
        return ReferenceKernel(venue, book)
    venue.enter = getattr(kernel, "enter", None)
    return kernel
