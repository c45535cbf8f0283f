"""A pipeline over a range of sessions: computed, or taken from saved results."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from rustybt.calendars import Moment, TradingCalendar
from rustybt.data.bundle import BundleData
from rustybt.errors import NoFurtherDataError
from rustybt.logs import get_logger
from rustybt.pipeline.data.equity_pricing import EquityPricing
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.loaders.bringing import asked_columns
from rustybt.pipeline.opening import engine_of
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.plan import Plan
from rustybt.pipeline.profiles import Profile
from rustybt.pipeline.result_cache import ResultCache
from rustybt.pipeline.scale_out import Recipe, Spread
from rustybt.pipeline.signature import graph_text, loader_text, versions_text
from rustybt.pipeline.stable_text import NotStable, digest

if TYPE_CHECKING:
    from rustybt.pipeline.loaders.sources import GivenLoaders
    from rustybt.progress import OnProgress

_FORMAT = "1"
"""Changes when saved results are kept otherwise."""


class Work(NamedTuple):
    """A pipeline over a range of sessions.

    Attributes:
        pipeline: The pipeline.
        bundle: The data.
        engine: What computes it.
        profile: Whose definitions count.
        first: The first session, by its index in the calendar.
        stop: The session after the last.
        loaders: What brings further data.
        spread: On what it is computed; None: this process.
        catalog: Where workers look the bundle up.
    """

    pipeline: Pipeline
    bundle: BundleData
    engine: PipelineEngine
    profile: Profile
    first: int
    stop: int
    loaders: "GivenLoaders" = None
    spread: Spread | None = None
    catalog: object = None

    @classmethod
    def of(
        cls,
        pipeline: Pipeline,
        bundle: BundleData,
        start: Moment,
        end: Moment,
        *,
        loaders: "GivenLoaders",
        profile: Profile,
    ) -> "Work":
        """The work that arguments ask for.

        Raises:
            InvalidArgument: There is no such profile, or no session between the days.
            SessionOutOfRange: A day is outside the calendar.
            NoFurtherDataError: Sessions are asked for of which nothing can be known yet.
        """
        engine = engine_of(bundle, loaders, profile)
        first, last = engine.calendar.session_range(start, end)
        work = cls(pipeline, bundle, engine, profile, first, last + 1, loaders)
        work.check_end()
        return work

    def check_end(self) -> None:
        """Refuse sessions after the one that follows the last session of the bars.

        Raises:
            NoFurtherDataError: There are some.
        """
        bars = self.bundle.daily or self.bundle.minute
        reads = {column.dataset.unspecialize() for column in self._plan.loaded}
        if bars is None or EquityPricing not in reads:
            return
        calendar: TradingCalendar = self.engine.calendar
        newest = calendar.session_index(bars.last_session, direction="previous")
        if self.stop - 1 > newest + 1:
            latest = calendar.session_date(min(newest + 1, len(calendar) - 1))
            raise NoFurtherDataError(
                msg=f"end was {calendar.session_date(self.stop - 1)}, but the bars of "
                f"{self.bundle.name} end on {bars.last_session}; end on {latest} or before"
            )

    def result(
        self, store: ResultCache | None, chunk: int | None, on_progress: "OnProgress | None"
    ) -> pl.DataFrame:
        """The result, saved or computed."""
        key = None if store is None else self.key()
        files = None if store is None or key is None else store.get(key)
        if files is not None:
            return pl.read_parquet(files)
        frames = list(self.frames(chunk, on_progress))
        if store is not None and key is not None:
            store.put(key, frames)
        return pl.concat(frames)

    def scan(
        self, store: ResultCache | None, chunk: int | None, on_progress: "OnProgress | None"
    ) -> pl.LazyFrame:
        """The saved result as a LazyFrame; computed and saved chunk by chunk if it is not there.

        Where it cannot be saved it is computed and kept in memory.
        """
        key = None if store is None else self.key()
        files = None
        if store is not None and key is not None:
            files = store.get(key) or store.put(key, self.frames(chunk, on_progress))
        if files is None:
            return pl.concat(list(self.frames(chunk, on_progress))).lazy()
        return pl.scan_parquet(files)

    def frames(self, chunk: int | None, on_progress: "OnProgress | None") -> Iterator[pl.DataFrame]:
        """The result chunk by chunk."""
        total = self.stop - self.first
        most = chunk or self.engine.chunk_of(self.pipeline, self.first, self.stop)
        size = most if self.spread is None else self.spread.longest(total, most)
        firsts = range(self.first, self.stop, size)
        spans = [(first, min(first + size, self.stop)) for first in firsts]
        for (_, stop), frame in zip(spans, self._computed(spans), strict=True):
            yield frame
            if on_progress is not None:
                on_progress(stop - self.first, total)

    def _computed(self, spans: Sequence[tuple[int, int]]) -> Iterator[pl.DataFrame]:
        """The result of each part, in order."""
        if self.spread is None:
            return self.engine.compute_spans(self.pipeline, spans)
        recipe = Recipe.of(
            self.pipeline,
            self.bundle,
            catalog=self.catalog,
            loaders=self.loaders,
            profile=self.profile,
        )
        return self.spread.frames(recipe, spans)

    def key(self) -> str | None:
        """By what the result is saved; None where it cannot be told what it depends on."""
        try:
            return digest("\n\n".join(self._depends_on()).encode())
        except NotStable as reason:
            get_logger(__name__).info("the result of a pipeline is not saved", reason=str(reason))
            return None

    def _depends_on(self) -> Iterator[str]:
        if not self.bundle.fingerprint:
            raise NotStable("the data have no fingerprint")
        plan, calendar = self._plan, self.engine.calendar
        sessions = calendar.sessions[max(plan.start - 1, 0) : self.stop].astype(np.int64)
        yield _FORMAT
        yield versions_text()
        yield self.bundle.fingerprint
        yield f"{calendar.name} {digest(sessions.tobytes())}"
        yield f"{calendar.session_date(self.first)} {calendar.session_date(self.stop - 1)}"
        yield f"{self.profile} {self.engine.domain_of(self.pipeline)!r}"
        for column in asked_columns(plan.loaded):
            yield f"{column!r}: {loader_text(self.engine.loader_of(column))}"
        yield graph_text(self.pipeline)

    @property
    def _plan(self) -> Plan:
        return self.engine.plan(self.pipeline, self.first)
