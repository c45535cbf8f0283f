"""How often Python looks for cycles of garbage during a run."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

_RARER: Final = 300
_ENOUGH: Final = 150_000
_lock: Final = Lock()
_running: Final[list[tuple[int, int, int]]] = []
"""For each run that goes on, the thresholds of the program that runs it."""
_since: dict[str, int] = {"aged": 0, "kept": 0}
"""Objects made old since the last full collection, and objects that were left by that one; before
the first one those of the first run."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles of garbage three hundred times less often.

    A run makes many lasting objects (postings, transitions, rows) and few cycles; at Python's
    thresholds a fifth of its time goes into looking through them. What is left at the end counts
    as old, and once runs have left twice as many objects as the program holds, all are looked at: a
    thousand runs one after the other take no more memory than a few. Runs inside runs and
    side by side share one change; the last one to end undoes it.
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
    """Make all objects old without looking at them, or look at them when many have become old.

    Python's own full collections count only what its younger ones have seen, so they would never
    come to what is made old here. Nothing is done while the program keeps objects frozen.
    """
    if gc.get_freeze_count():
        return
    _since["aged"] += gc.get_count()[0]
    if not _since["kept"]:
        # A first run leaves little but its result, which looking at would only take time.
        _since.update(aged=0, kept=_since["aged"])
    if _since["aged"] > max(_ENOUGH, 2 * _since["kept"]):
        gc.collect()
        _since.update(aged=0, kept=len(gc.get_objects()))
    else:
        gc.freeze()
        gc.unfreeze()
