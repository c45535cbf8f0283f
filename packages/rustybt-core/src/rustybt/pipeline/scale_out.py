"""Pipelines on several processes: parts of the sessions, each computed by a worker, in order.

A worker opens the data itself, by the name of the bundle. What it makes of a part is what one
process makes of it: windows look back into sessions of the part before.
"""

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import polars as pl

from rustybt.data.bundle import BundleData
from rustybt.errors import InvalidArgument
from rustybt.pipeline.opening import engine_of, opened_bundle
from rustybt.pipeline.packing import packed
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.profiles import Profile

if TYPE_CHECKING:
    from rustybt.pipeline.engine import PipelineEngine
    from rustybt.pipeline.loaders.sources import GivenLoaders

AHEAD: Final = 2
"""Parts that are given to workers beyond those that each of them computes."""

_ENDED: Final = (
    "a worker process ended before its time; a script that starts workers needs "
    '`if __name__ == "__main__":` around what it runs, and each worker memory of its own: '
    "give fewer workers, or a smaller chunk"
)


class Pending(Protocol):
    """What an executor returns for what was submitted."""

    def result(self) -> Any:  # noqa: ANN401 - what the function returned
        """What it returned, when it has; its error is raised."""
        ...

    def cancel(self) -> object:
        """Do not begin it, if it has not begun."""
        ...


class Submits(Protocol):
    """An executor: those of `concurrent.futures`, `RayExecutor` and the like."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Pending:  # noqa: ANN401
        """Let a worker call a function."""
        ...


class Recipe(NamedTuple):
    """All that a worker needs to know.

    Attributes:
        pipeline: The pipeline.
        bundle: Name of the bundle and when it was ingested, ``name@time``.
        catalog: Where it is looked up; None for what the settings name.
        fingerprint: Of its data.
        loaders: What brings further data.
        profile: Whose definitions count.
    """

    pipeline: Pipeline
    bundle: str
    catalog: Any
    fingerprint: str
    loaders: "GivenLoaders"
    profile: Profile

    @classmethod
    def of(
        cls,
        pipeline: Pipeline,
        bundle: BundleData,
        *,
        catalog: object = None,
        loaders: "GivenLoaders" = None,
        profile: Profile = "standard",
    ) -> "Recipe":
        """The recipe of a pipeline on an opened bundle.

        Raises:
            InvalidArgument: The bundle was never ingested: no other process can open it.
        """
        if bundle.timestamp is None:
            raise InvalidArgument(
                field="bundle",
                value=bundle.name,
                reason="it is in memory, where no worker can open it; ingest it, "
                "or leave out workers and executor",
            )
        name = f"{bundle.name}@{bundle.timestamp.isoformat()}"
        return cls(pipeline, name, catalog, bundle.fingerprint, loaders, profile)

    def frames(
        self, spans: Iterable[tuple[int, int]], executor: Submits, ahead: int
    ) -> Iterator[pl.DataFrame]:
        """The result of each part, in order.

        Args:
            spans: First session of each part and the one after its last, by their indices in the
                calendar.
            executor: What runs the workers.
            ahead: Parts that are computed, or wait, at once.

        Raises:
            InvalidArgument: A term or a loader cannot be sent to another process.
        """
        text = packed(self)
        waiting: deque[Pending] = deque()
        try:
            for span in spans:
                waiting.append(executor.submit(computed_part, text, *span))
                if len(waiting) >= max(ahead, 1):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            error.add_note(_ENDED)
            raise
        finally:
            for part in waiting:
                part.cancel()


def computed_part(recipe: bytes, first: int, stop: int) -> pl.DataFrame:
    """What a worker does: compute a pipeline for some sessions.

    Args:
        recipe: A `Recipe`, pickled.
        first: The first session, by its index in the calendar.
        stop: The one after the last.
    """
    try:
        engine, pipeline = _opened(recipe)
        return engine.compute(pipeline, first, stop)
    except Exception as error:
        portable = _portable(error)
        if portable is error:
            raise
        raise portable from None


@lru_cache(maxsize=2)
def _opened(recipe: bytes) -> "tuple[PipelineEngine, Pipeline]":
    """The engine of a recipe, opened once in each process."""
    found: Recipe = pickle.loads(recipe)  # noqa: S301 - of the process that asked
    bundle = opened_bundle(found.bundle, found.catalog, None)
    if bundle.fingerprint != found.fingerprint:
        raise InvalidArgument(
            field="bundle",
            value=found.bundle,
            reason="a worker finds other data under this name; name the catalog, and make sure "
            "that all machines see the same files",
        )
    return engine_of(bundle, found.loaders, found.profile), found.pipeline


def _portable(error: Exception) -> Exception:
    """An error that can be sent to another process: itself, or one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what was pickled just now
    except Exception:  # noqa: BLE001 - whatever keeps it from being pickled
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        for note in getattr(error, "__notes__", ()):
            plain.add_note(note)
        return plain
    return error


@contextmanager
def pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that compute parts, each with its share of the processors.

    They are spawned: a process with threads, as Polars has, must not be forked.
    """
    threads = max((os.cpu_count() or 1) // workers, 1)
    executor = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_share, initargs=(threads,)
    )
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _share(threads: int) -> None:
    """Let Polars start so many threads; it asks before it computes anything."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)


class Spread(NamedTuple):
    """On what the parts of a pipeline are computed.

    Attributes:
        workers: How many processes; None: as many as the executor says, else as processors.
        executor: What runs them; None: processes of this machine.
    """

    workers: int | None
    executor: Submits | None

    @classmethod
    def of(cls, workers: int | None, executor: object) -> "Spread | None":
        """What arguments ask for; None: this process computes.

        Raises:
            InvalidArgument: An argument cannot be used.
        """
        if workers is None and executor is None:
            return None
        whole = isinstance(workers, int) and not isinstance(workers, bool) and workers > 0
        if workers is not None and not whole:
            raise InvalidArgument(
                field="workers", value=workers, reason="give a number of processes from 1 on"
            )
        if executor is not None and not callable(getattr(executor, "submit", None)):
            raise InvalidArgument(
                field="executor", value=executor, reason="give what has submit(function, …)"
            )
        if _forks(executor):
            raise InvalidArgument(
                field="executor",
                value=executor,
                reason="its processes are forked, and Polars has threads that a fork loses; make "
                'it with mp_context=multiprocessing.get_context("spawn")',
            )
        return cls(workers, executor)  # type: ignore[arg-type]  # it has submit

    @property
    def processes(self) -> int:
        """How many parts are computed at once."""
        own = getattr(self.executor, "_max_workers", None)
        return self.workers or own or os.cpu_count() or 1

    def longest(self, sessions: int, most: int) -> int:
        """Sessions of a part: each worker has one at least, and its memory is bounded.

        Args:
            sessions: Sessions in all.
            most: Sessions that are computed at once at most.
        """
        return max(min(most, -(-sessions // self.processes)), 1)

    def frames(self, recipe: Recipe, spans: Iterable[tuple[int, int]]) -> Iterator[pl.DataFrame]:
        """The result of each part, in order."""
        context = pool(self.processes) if self.executor is None else nullcontext(self.executor)
        with context as executor:
            yield from recipe.frames(spans, executor, self.processes + AHEAD)


def _forks(executor: object) -> bool:
    if not isinstance(executor, ProcessPoolExecutor):
        return False
    context = getattr(executor, "_mp_context", None)
    return bool(context is not None and context.get_start_method() == "fork")
