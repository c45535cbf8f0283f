"""In which order the terms of a plan are computed, and how many at a time."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final, Generic, TypeVar

from rustybt.pipeline.plan import Node, Plan
from rustybt.pipeline.term import ComputableTerm, Term

ResultT = TypeVar("ResultT")

MOST_THREADS: Final = 8
SMALL: Final = 2**16
"""Cells of a panel for which threads would take longer than they save."""


def threads_for(cells: int) -> int:
    """How many terms are computed at a time: one per core, unless processes share these.

    Args:
        cells: Rows of the panel.
    """
    if cells < SMALL or multiprocessing.parent_process() is not None:
        return 1
    return min(cores(), MOST_THREADS)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Waiting:
    """The terms that are still to be computed.

    Those that most others wait for come first, then long windows, so that none is left at the end.

    Args:
        plan: The plan.
    """

    def __init__(self, plan: Plan) -> None:
        self._nodes: dict[Term, Node] = {
            node.term: node for node in plan.nodes.values() if isinstance(node.term, ComputableTerm)
        }
        self._lacking = {
            term: {part for part in term.terms if part in self._nodes} for term in self._nodes
        }
        self._heights = _heights(self._nodes)

    def __bool__(self) -> bool:
        return bool(self._nodes)

    def take(self) -> Node | None:
        """A term whose inputs are all there; None: such a one has to be waited for."""
        ready = [term for term in self._nodes if not self._lacking[term]]
        if not ready:
            return None
        return self._nodes.pop(max(ready, key=self._urgency))

    def _urgency(self, term: Term) -> tuple[int, int]:
        """What waits for it, then how long it takes, for which its window stands."""
        return self._heights[term], term.window_length

    def done(self, node: Node) -> None:
        """A term is there."""
        for lacking in self._lacking.values():
            lacking.discard(node.term)


def _heights(nodes: dict[Term, Node]) -> dict[Term, int]:
    """How many terms are on the longest way from each to what is shown."""
    heights = dict.fromkeys(nodes, 0)
    for term in reversed(nodes):
        for part in term.terms:
            if part in heights:
                heights[part] = max(heights[part], heights[term] + 1)
    return heights


class Workers(Generic[ResultT]):
    """Computes terms, some at a time.

    Args:
        threads: How many; 1: each at once, in the thread of the caller.
        finished: Told of each result, in the thread of the caller.
    """

    def __init__(self, threads: int, finished: Callable[[Node, ResultT], None]) -> None:
        self._threads = threads
        self._finished = finished
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._running: dict[Future[ResultT], Node] = {}

    @property
    def are_busy(self) -> bool:
        """Whether no further term can begin."""
        return len(self._running) >= self._threads

    @property
    def are_running(self) -> bool:
        """Whether a term is being computed."""
        return bool(self._running)

    def begin(self, node: Node, compute: Callable[[], ResultT]) -> None:
        """Begin with a term."""
        if self._pool is None:
            self._finished(node, compute())
        else:
            self._running[self._pool.submit(compute)] = node

    def wait(self) -> None:
        """Wait until a term is there, if one is being computed."""
        if self._running:
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in done:
                self._finished(self._running.pop(future), future.result())

    def close(self) -> None:
        """Wait for what is being computed, and forget it."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
