"""`attach_pipeline` and `pipeline_output`: what a strategy sees of pipelines."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rustybt.algorithm.base import AlgorithmBase
from rustybt.algorithm.environment import Phase
from rustybt.errors import (
    AttachPipelineAfterInitialize,
    NoSuchPipeline,
    PipelineOutputDuringInitialize,
)

if TYPE_CHECKING:
    from rustybt.pipeline.attached import AttachedPipelines
    from rustybt.pipeline.pipeline import Pipeline


class PipelineMethods(AlgorithmBase):
    """`attach_pipeline` and `pipeline_output`."""

    def attach_pipeline(
        self,
        pipeline: "Pipeline",
        name: str,
        chunks: int | Iterable[int] | None = None,
        eager: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
    ) -> "Pipeline":
        """Let a pipeline be computed as the run goes on; `pipeline_output` shows it.

        Args:
            pipeline: The pipeline, which must not be changed afterwards.
            name: Its name.
            chunks: How many sessions are computed at once: a number, or several one after the
                other, of which the last holds for all that follow; when not given 5, then 126 at
                a time. On paper and live it is one session always.
            eager: Whether it is computed before each session opens; otherwise when it is first
                asked for.

        Returns:
            The pipeline.

        Raises:
            AttachPipelineAfterInitialize: Called outside `initialize`.
            DuplicatePipelineName: The name is taken.
            InvalidArgument: It is no pipeline, or `chunks` cannot be used.
        """
        if self._env.phase is not Phase.INITIALIZE:
            raise AttachPipelineAfterInitialize
        if self._env.pipelines is None:
            self._env.pipelines = self._no_pipelines()
        self._env.pipelines.attach(pipeline, name, chunks, eager=eager)
        return pipeline

    def pipeline_output(self, name: str) -> Any:  # noqa: ANN401 - a frame of either kind
        """What a pipeline shows in this session: a row for each asset that passes its screen.

        A session's row is made of data through the session before, and of corporate actions that
        are effective by it.

        Args:
            name: The pipeline's name.

        Returns:
            A Polars frame of ``sid, symbol`` and the columns of the pipeline, sorted by sid, or
            where the strategy sees pandas a frame of the columns by Asset.

        Raises:
            PipelineOutputDuringInitialize: Called in `initialize`.
            NoSuchPipeline: None was attached under this name.
            WindowLengthTooLong: A term needs sessions before the first of the data.
        """
        env = self._env
        if env.phase is Phase.INITIALIZE:
            raise PipelineOutputDuringInitialize
        if env.pipelines is None:
            raise NoSuchPipeline(name=name, valid=())
        return env.pipelines.output(name, env.session)

    def _no_pipelines(self) -> "AttachedPipelines":
        from rustybt.pipeline.attached import AttachedPipelines

        env = self._env
        return AttachedPipelines(
            env.pipeline_engine(),
            last_session=env.calendar.session_index(env.parameters.end_session),
            one_by_one=env.parameters.arena != "backtest",
            pandas=env.shows_pandas,
        )
