"""The pipelines that a strategy attached, computed chunk by chunk as the run goes on."""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any, Final

from rustybt.data.reads import DataRead
from rustybt.errors import DuplicatePipelineName, InvalidArgument, NoSuchPipeline
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.sessions import PandasSessions, PolarsSessions, Sessions

CHUNKS: Final = (5, 126)
"""Sessions of the first chunk, and of each that follows, where a strategy says nothing."""

Hook = Callable[..., Any]


class AttachedPipelines:
    """The pipelines of a run by name.

    Args:
        engine: Computes them.
        last_session: Last session of the run, by its index in the calendar.
        one_by_one: Whether a chunk is one session: where data come as time goes by.
        pandas: Whether the strategy sees pandas frames.
    """

    def __init__(
        self, engine: PipelineEngine, *, last_session: int, one_by_one: bool, pandas: bool
    ) -> None:
        self._engine = engine
        self._last = last_session
        self._one_by_one = one_by_one
        self._pandas = pandas
        self._attached: dict[str, _Attached] = {}

    @property
    def reads(self) -> tuple[DataRead, ...]:
        """Which bars of the bundle they have read."""
        return self._engine.reads

    def attach(
        self, pipeline: Pipeline, name: str, chunks: int | Iterable[int] | None, *, eager: bool
    ) -> None:
        """Add a pipeline.

        Args:
            pipeline: The pipeline.
            name: Its name.
            chunks: Sessions of each chunk: one number, or one after the other, of which the last
                holds for all that follow; None: `CHUNKS`.
            eager: Whether it is computed before a session opens, whether it is asked for or not.

        Raises:
            DuplicatePipelineName: The name is taken.
            InvalidArgument: It is no pipeline, or chunks are no whole numbers from 1 on.
        """
        if not isinstance(pipeline, Pipeline):
            raise InvalidArgument(field="pipeline", value=pipeline, reason="give a Pipeline")
        if name in self._attached:
            raise DuplicatePipelineName(name=name)
        sizes = _sizes(1 if self._one_by_one else CHUNKS if chunks is None else chunks)
        self._attached[name] = _Attached(pipeline, sizes, eager=eager)

    def output(self, name: str, session: int) -> Any:  # noqa: ANN401 - a frame of either kind
        """What a pipeline shows in a session.

        Args:
            name: Its name.
            session: The session, by its index in the calendar.

        Raises:
            NoSuchPipeline: There is none of this name.
        """
        found = self._attached.get(name)
        if found is None:
            raise NoSuchPipeline(name=name, valid=tuple(self._attached))
        if not found.first <= session < found.stop:
            self._compute(found, session)
        assert found.shown is not None
        return found.shown.of_day(self._engine.calendar.session_day(session))

    def before_open(self, hook: Hook | None) -> Hook:
        """A hook before the open that computes the eager ones, then calls that of the strategy."""

        def computed(context: Any, data: Any) -> None:  # noqa: ANN401 - what hooks are given
            session = context.data_portal.cursor.session
            for name, attached in self._attached.items():
                if attached.eager:
                    self.output(name, session)
            if hook is not None:
                hook(context, data)

        return computed

    def _compute(self, attached: "_Attached", session: int) -> None:
        stop = min(session + next(attached.sizes), self._last + 1)
        stop = max(stop, session + 1)
        frame = self._engine.compute(attached.pipeline, session, stop)
        attached.first, attached.stop = session, stop
        attached.shown = (
            PandasSessions(frame, self._engine.finder) if self._pandas else PolarsSessions(frame)
        )


class _Attached:
    """A pipeline, and the chunk of it that was computed last.

    Attributes:
        pipeline: The pipeline.
        sizes: Sessions of the chunks to come.
        eager: Whether it is computed before anybody asks.
        first: First session of the chunk.
        stop: The session after its last.
        shown: What it shows in them.
    """

    def __init__(self, pipeline: Pipeline, sizes: Iterator[int], *, eager: bool) -> None:
        self.pipeline = pipeline
        self.sizes = sizes
        self.eager = eager
        self.first = self.stop = 0
        self.shown: Sessions | None = None


def _sizes(chunks: int | Iterable[int]) -> Iterator[int]:
    if isinstance(chunks, int):
        return repeat(_size(chunks))
    if not isinstance(chunks, Iterable):
        raise _unusable(chunks)
    given = iter(chunks)
    first = next(given, None)
    if first is None:
        raise _unusable(chunks)
    return _endless(_size(first), given)


def _endless(size: int, given: Iterator[int]) -> Iterator[int]:
    """Numbers, and the last of them for ever."""
    yield size
    for each in given:
        size = _size(each)
        yield size
    yield from repeat(size)


def _size(size: object) -> int:
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise _unusable(size)
    return size


def _unusable(chunks: object) -> InvalidArgument:
    return InvalidArgument(
        field="chunks",
        value=chunks,
        reason="give a number of sessions from 1 on, or several, one after the other",
    )
