"""How often Python looks for cycles of garbage during a run."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

_RARER: Final = 300
_lock: Final = Lock()
_running: Final[list[tuple[int, int, int]]] = []
"""For each run that goes on, the thresholds of the program that runs it."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles of garbage three hundred times less often.

    A run makes many lasting objects (postings, transitions, rows) and few cycles; at Python's
    thresholds a fifth of its time goes into looking through them. What is left at the end counts
    as old: the next full collection looks at it. Runs inside runs and side by side share one
    change; the last one to end undoes it.
    """
    with _lock:
        own = _running[0] if _running else gc.get_threshold()
        _running.append(own)
        gc.set_threshold(own[0] * _RARER, *own[1:])
    try:
        yield
    finally:
        with _lock:
            _running.pop()
            if not _running:
                _age()
                gc.set_threshold(*own)


def _age() -> None:
    """Make all objects old without looking at them, unless the program keeps some frozen."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
