"""The engine: a pipeline is computed for a range of sessions, chunk by chunk."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import polars as pl

from rustybt.assets import AssetFinder
from rustybt.calendars import Moment, TradingCalendar, from_day, get_calendar, to_day
from rustybt.data.bundle import BundleData
from rustybt.data.readers import BarReader
from rustybt.data.reads import DataRead, joined
from rustybt.errors import WindowLengthTooLong
from rustybt.pipeline.columns import ROW, SID
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.data.equity_pricing import EquityPricing
from rustybt.pipeline.domain import GENERIC, Domain
from rustybt.pipeline.engine.budget import sessions_at_once
from rustybt.pipeline.engine.markets import Markets
from rustybt.pipeline.engine.panel import Panel
from rustybt.pipeline.engine.universe import Universe
from rustybt.pipeline.loaders.bars import BarLoader
from rustybt.pipeline.loaders.base import Loaded, LoadRequest, PipelineLoader
from rustybt.pipeline.loaders.bringing import Bringer
from rustybt.pipeline.loaders.sources import GivenLoaders, Sources
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.plan import Plan, plan_of
from rustybt.pipeline.profiles import STANDARD, Profile, checked_profile
from rustybt.pipeline.term import ComputableTerm


class _Prepared(NamedTuple):
    """What is computed, with its data."""

    plan: Plan
    request: LoadRequest
    universe: Universe
    data: dict[BoundColumn, Loaded]


class PipelineEngine:
    """Computes pipelines on a bundle.

    Args:
        bundle: The data.
        loaders: What brings data sets, or single columns of them, or a function that returns the
            loader of a column; None: what is registered for them in `rustybt.pipeline_loaders`.
        calendar: The sessions; None: those of the bundle.
        domain: That of terms that go with any.
        bars: What brings `EquityPricing`; None: the daily bars of the bundle.
        profile: Whose definitions of built-in terms hold where there are two: the ``"standard"``
            ones, or those of ``"zipline"``.
    """

    def __init__(
        self,
        bundle: BundleData,
        *,
        loaders: GivenLoaders = None,
        calendar: TradingCalendar | None = None,
        domain: Domain = GENERIC,
        bars: PipelineLoader | None = None,
        profile: Profile = STANDARD,
    ) -> None:
        self._profile = checked_profile(profile)
        self._bundle = bundle
        self._calendar = calendar or get_calendar(bundle.calendar)
        self._domain = domain
        self._sources = Sources(loaders, {} if bars is None else {EquityPricing: bars})
        self._bringer = Bringer(self._sources, bundle, self._calendar)
        self._markets = Markets(bundle, self._calendar)
        self._reads: tuple[DataRead, ...] = ()

    @property
    def calendar(self) -> TradingCalendar:
        """The sessions."""
        return self._calendar

    @property
    def finder(self) -> AssetFinder:
        """The assets."""
        return self._bundle.finder

    @property
    def reads(self) -> tuple[DataRead, ...]:
        """Which bars of the bundle it has read."""
        return self._reads

    def loader_of(self, column: BoundColumn) -> PipelineLoader:
        """What brings a column."""
        return self._sources.loader_of(column)

    def domain_of(self, pipeline: Pipeline) -> Domain:
        """The domain that a pipeline runs in.

        Raises:
            AmbiguousDomain: Its terms are of several domains.
            InvalidArgument: The domain has another calendar, or no assets here.
        """
        return self._markets.domain_of(pipeline, self._domain)

    def plan(self, pipeline: Pipeline, first: int) -> Plan:
        """The plan of a pipeline from a session on, by its index in the calendar."""
        return plan_of(pipeline, self._calendar, first, self.domain_of(pipeline))

    def run(self, pipeline: Pipeline, start: Moment, end: Moment) -> pl.DataFrame:
        """Compute a pipeline for all sessions of a range.

        Returns:
            ``session, sid, symbol`` and the columns of the pipeline, sorted by session and sid.
        """
        return pl.concat(list(self.chunks(pipeline, start, end)))

    def chunks(
        self, pipeline: Pipeline, start: Moment, end: Moment, sizes: Sequence[int] = ()
    ) -> Iterator[pl.DataFrame]:
        """Compute a pipeline chunk by chunk; together they are what `run` returns.

        Args:
            pipeline: The pipeline.
            start: First day.
            end: Last day.
            sizes: Sessions of the first chunks; the last number holds for all that follow.
        """
        first, last = self._calendar.session_range(start, end)
        stop = last + 1
        sizes = list(sizes) or [self.chunk_of(pipeline, first, stop)]
        spans: list[tuple[int, int]] = []
        while first < stop:
            size = sizes[min(len(spans), len(sizes) - 1)]
            spans.append((first, min(first + size, stop)))
            first += size
        return self.compute_spans(pipeline, spans)

    def compute_spans(
        self, pipeline: Pipeline, spans: Sequence[tuple[int, int]]
    ) -> Iterator[pl.DataFrame]:
        """Compute a pipeline for ranges of sessions; see `compute`.

        The bars of the next range are read while one is computed.
        """
        if len(spans) < 2 or not self._reads_bars_only(pipeline, spans[0][0]):
            yield from (self.compute(pipeline, *span) for span in spans)
            return
        with ThreadPoolExecutor(1) as reading:
            ahead = reading.submit(self._prepared, pipeline, *spans[0])
            for later in (*spans[1:], None):
                prepared = ahead.result()
                if later is not None:
                    ahead = reading.submit(self._prepared, pipeline, *later)
                yield self._finished(prepared)

    def compute(self, pipeline: Pipeline, first: int, stop: int) -> pl.DataFrame:
        """Compute a pipeline for the sessions ``first <= index < stop`` of the calendar.

        Raises:
            WindowLengthTooLong: A term needs sessions before the first of the data.
            AmbiguousDomain: Terms are of several domains.
            InvalidArgument: The domain has another calendar, or no assets here.
        """
        return self._finished(self._prepared(pipeline, first, stop))

    def _prepared(self, pipeline: Pipeline, first: int, stop: int) -> _Prepared:
        domain = self.domain_of(pipeline)
        plan = plan_of(pipeline, self._calendar, first, domain)
        request, universe = self._request(domain, plan, stop)
        return _Prepared(plan, request, universe, self._load(plan, request))

    def _finished(self, prepared: _Prepared) -> pl.DataFrame:
        plan, request, universe, data = prepared
        self._note(plan, request)
        panel = Panel(plan, request, universe, data, profile=self._profile)
        return self._named(panel.compute(), plan, request)

    def _reads_bars_only(self, pipeline: Pipeline, first: int) -> bool:
        """Whether data may be read in another thread: nobody's own loader is asked."""
        loaders = (self.loader_of(column) for column in self.plan(pipeline, first).loaded)
        return all(type(loader) is BarLoader for loader in loaders)

    def chunk_of(self, pipeline: Pipeline, first: int, stop: int) -> int:
        """Sessions that are computed at once, where nobody says: as many as memory is for.

        Args:
            pipeline: The pipeline.
            first: The first session, by its index in the calendar.
            stop: The one after the last.
        """
        plan, days = self.plan(pipeline, first), self._calendar.sessions
        universe = self._markets.universe(self.domain_of(pipeline))
        begin, end = int(days[max(plan.start, 0)]), int(days[max(stop - 1, 0)])
        assets = len(universe.between(begin, end).sids)
        return sessions_at_once(plan, assets=assets, sessions=stop - first)

    def _request(self, domain: Domain, plan: Plan, stop: int) -> tuple[LoadRequest, Universe]:
        calendar = self._calendar
        if plan.start < 1:
            bars = self._bars_of(plan)
            begin = calendar.sessions[0] if bars is None else to_day(bars.first_session)
            earliest = int(np.searchsorted(calendar.sessions, begin)) + 1
            raise self._too_long(plan, int(begin), earliest)
        days = calendar.sessions
        universe = self._markets.universe(domain).between(
            int(days[plan.start]), int(days[stop - 1])
        )
        lacking = sorted(set(plan.needs).difference(universe.sids.tolist()))
        if lacking:
            further = self._bundle.finder.retrieve_all(lacking)
            finder, known = self._bundle.finder, universe.sids.tolist()
            alive = set(known)
            universe = Universe.of_assets([*finder.retrieve_all(known), *further])
            outside = np.array([sid not in alive for sid in universe.sids.tolist()])
            universe.starts[outside] = 2**40
        return LoadRequest(self._bundle, calendar, plan.start, stop, universe.sids), universe

    def _note(self, plan: Plan, request: LoadRequest) -> None:
        """Keep in mind which bars are read."""
        bars = self._bars_of(plan)
        if bars is None:
            return
        first, last = (from_day(int(day)) for day in request.data_days[[0, -1]])
        read = DataRead(str(bars.resolution), tuple(request.sids.tolist()), first, last)
        self._reads = joined((*self._reads, read))

    def _bars_of(self, plan: Plan) -> BarReader | None:
        """The bars of the bundle that a plan reads; None: it reads none."""
        if all(c.dataset.unspecialize() is not EquityPricing for c in plan.loaded):
            return None
        return self._bundle.daily or self._bundle.minute

    def _load(self, plan: Plan, request: LoadRequest) -> dict[BoundColumn, Loaded]:
        def begins(columns: Sequence[BoundColumn], day: int) -> None:
            self._check(plan, columns, day)

        return self._bringer.bring(plan.loaded, request, begins)

    def _check(self, plan: Plan, columns: Sequence[BoundColumn], begin: int) -> None:
        """Refuse windows that begin before the data."""
        earliest = int(np.searchsorted(self._calendar.sessions, begin)) + 1
        if any(plan.nodes[column].first < earliest for column in columns):
            raise self._too_long(plan, begin, earliest)

    def _too_long(self, plan: Plan, begin: int, earliest: int) -> WindowLengthTooLong:
        calendar = self._calendar
        reaching = [
            (back < node.first, node.level, node.term)
            for node in plan.nodes.values()
            if isinstance(node.term, ComputableTerm)
            and (back := node.term.reaches_back(node.first, calendar)) < earliest
        ]
        *_, worst = max(reaching, key=lambda found: found[:2])
        lack = earliest - plan.start
        start, bars = plan.first + lack, self._bars_of(plan)
        newest = len(calendar) - 1
        if bars is not None:
            newest = calendar.session_index(bars.last_session, direction="previous")
        return WindowLengthTooLong(
            term=worst,
            needed=f"{plan.first - plan.start + 1} sessions before it",
            first_session=from_day(begin),
            start=calendar.session_date(plan.first),
            suggested_start=calendar.session_date(start) if start <= newest else None,
        )

    def _named(self, shown: pl.DataFrame, plan: Plan, request: LoadRequest) -> pl.DataFrame:
        days = pl.Series("session", request.days.astype(np.int32)).cast(pl.Date)
        assets = self._bundle.finder.retrieve_all(request.sids.tolist())
        symbols = pl.DataFrame({"sid": request.sids, "symbol": [a.symbol for a in assets]})
        return shown.select(
            session=days.gather(shown[ROW]),
            sid=pl.col(SID),
            symbol=symbols["symbol"].gather(shown["__asset"]),
            **{name: pl.col(column) for name, column in plan.columns.items()},
        )
