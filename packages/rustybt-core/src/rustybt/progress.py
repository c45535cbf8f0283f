"""A progress bar where somebody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import ExitStack, contextmanager
from typing import TypeVar

ItemT = TypeVar("ItemT")

#: Told how many steps are done, of how many.
OnProgress = Callable[[int, int], object]


@contextmanager
def progress(*, shown: bool | None = None) -> Iterator[OnProgress | None]:
    """A progress bar with the time that is left, on the standard error stream.

    Args:
        shown: Whether there is one; by default if that stream is a terminal.

    Yields:
        What moves the bar; None where none is shown.
    """
    if not (sys.stderr.isatty() if shown is None else shown):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Console(stderr=True, highlight=False)
    # What is printed meanwhile belongs above the bar, but in a file when it is sent there.
    redirected = sys.stdout.isatty()
    with Progress(*columns, console=screen, transient=True, redirect_stdout=redirected) as bar:
        task = bar.add_task("", total=None)

        def on_progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield on_progress


@contextmanager
def late_progress(
    *,
    shown: bool | None = None,
    after_seconds: float = 1.0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[OnProgress | None]:
    """A progress bar that appears only where work takes long.

    Args:
        shown: As for `progress`.
        after_seconds: How long the work has to have taken when it is told of.
        clock: A clock that never goes back, in seconds.

    Yields:
        What moves the bar; None where none is shown.
    """
    if not (sys.stderr.isatty() if shown is None else shown):
        yield None
        return
    began = clock()
    with ExitStack() as stack:
        bar: list[OnProgress | None] = []

        def on_progress(done: int, total: int) -> None:
            if not bar and clock() - began >= after_seconds:
                bar.append(stack.enter_context(progress(shown=True)))
            if bar and bar[0] is not None:
                bar[0](done, total)

        yield on_progress


@contextmanager
def maybe_show_progress(
    it: Iterable[ItemT],
    show_progress: bool,  # noqa: FBT001 - Zipline's signature
    **_kwargs: object,
) -> Iterator[Iterator[ItemT]]:
    """Zipline's way to a bar in ingest functions: what is iterated over, told as it goes.

    Args:
        it: The items.
        show_progress: Whether there is a bar where somebody watches.
        _kwargs: Labels, which have no effect.

    Yields:
        The items.
    """
    total = len(it) if isinstance(it, Sized) else 0
    with progress(shown=None if show_progress and total else False) as on_progress:
        yield _told(it, on_progress, total)


def _told(items: Iterable[ItemT], on_progress: OnProgress | None, total: int) -> Iterator[ItemT]:
    for done, item in enumerate(items, start=1):
        yield item
        if on_progress is not None:
            on_progress(done, total)
