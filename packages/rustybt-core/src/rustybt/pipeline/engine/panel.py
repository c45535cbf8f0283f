"""The panel: columns of terms, a row per asset and session, sorted by asset."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.pipeline.columns import ALIVE, ASSET, ROW, SID, Columns
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import polars_type
from rustybt.pipeline.engine.reported import (
    MARKS,
    UNITS,
    Reported,
    Treatment,
    unit_series,
)
from rustybt.pipeline.engine.scheduling import Waiting, Workers, threads_for
from rustybt.pipeline.engine.universe import Universe
from rustybt.pipeline.engine.windows import computed
from rustybt.pipeline.loaders.base import Loaded, LoadRequest
from rustybt.pipeline.plan import Node, Plan
from rustybt.pipeline.profiles import STANDARD, Profile
from rustybt.pipeline.term import ComputableTerm, Term

_KEYS = (ROW, ASSET, SID, ALIVE)


class Panel:
    """Computes the terms of a plan for a chunk of sessions.

    Args:
        plan: What is computed.
        request: Of which rows and assets.
        universe: The lives of the assets.
        data: The columns of data.
        profile: Whose definitions hold where there are two.
    """

    def __init__(
        self,
        plan: Plan,
        request: LoadRequest,
        universe: Universe,
        data: dict[BoundColumn, Loaded],
        *,
        profile: Profile = STANDARD,
    ) -> None:
        self._plan = plan
        self._request = request
        self._alive = universe.alive(request.days)
        self._shape = len(request.sids), request.rows
        self._reported = Reported(data, self._shape)
        assets, rows = self._shape
        self.frame = pl.DataFrame(
            {
                ROW: np.tile(np.arange(rows, dtype=np.int32), assets),
                ASSET: np.repeat(np.arange(assets, dtype=np.int32), rows),
                SID: np.repeat(request.sids, rows),
                ALIVE: self._alive.ravel(),
            }
        )
        self._places = {sid: place for place, sid in enumerate(request.sids.tolist())}
        self._uses = plan.uses()
        self._profile = profile
        self._read = _read(plan)

    def compute(self) -> pl.DataFrame:
        """The shown rows: the keys, and the columns of the plan under their names in it."""
        waiting = Waiting(self._plan)
        workers = Workers[pl.DataFrame](
            threads_for(self.frame.height), partial(self._finish, waiting)
        )
        try:
            while waiting or workers.are_running:
                node = None if workers.are_busy else waiting.take()
                if node is None:
                    workers.wait()
                elif _is_windowed(node):  # what a user wrote runs in the user's thread
                    self._finish(waiting, node, self._windowed(node))
                else:
                    self._begin(workers, node)
        finally:
            workers.close()
        return self._shown()

    def _finish(self, waiting: Waiting, node: Node, columns: pl.DataFrame) -> None:
        """Put the columns of a term into the panel, and drop what nobody reads any more."""
        self.frame = self.frame.with_columns(columns)
        self._drop_used(node)
        waiting.done(node)

    # ------------------------------------------------------------------ expressions

    def _begin(self, workers: Workers[pl.DataFrame], node: Node) -> None:
        how = self._reported.treatment(_computable(node))
        self._add_data(node, how)
        workers.begin(node, partial(self._computed, node, how, self.frame))

    def _computed(self, node: Node, how: Treatment, frame: pl.DataFrame) -> pl.DataFrame:
        """The columns of a term that is made of expressions."""
        parts = self._compiled(node, how)
        # In two steps: an expression that stands several times in another one may be computed as
        # often, and functions of Python always are.
        rows = frame.lazy().with_columns(each.alias(name) for name, each in parts.items())
        made = _collected(rows.select(self._finished(node, parts, how.powers)))
        return self._recomputed(node, how, frame, made) if how.segmented else made

    def _compiled(self, node: Node, how: Treatment, *, alone: bool = False) -> dict[str, pl.Expr]:
        """The expressions of a term by columns; `alone`: over rows of segments, each by itself."""
        term = _computable(node)
        mask = pl.col(ALIVE)
        if term.mask is not None:
            mask &= pl.col(self._plan.nodes[term.mask].name)
        first = 0 if alone else max(node.first - self._request.first, 0)
        columns = Columns(
            inputs=tuple(self._input(term, part, how) for part in term.inputs),
            mask=mask,
            rows=0 if alone else self._shape[1],
            places={} if alone else self._places,
            starts=self._starts,
            first=first,
            reads_from=max(first - max(term.window_length - 1, 0), 0),
            days=self._days,
            profile=self._profile,
            outputs=self._read.get(term, ()),
        )
        made = term.expressions(columns)
        if isinstance(made, pl.Expr):
            return {node.name: made}
        return {f"{node.name}.{name}": made[name] for name in columns.outputs}

    def _input(self, term: ComputableTerm, part: Term, how: Treatment) -> pl.Expr:
        name = self._plan.nodes[part].name
        if isinstance(part, BoundColumn):
            return pl.col(f"{name}{how.mark}")
        if part.outputs:
            return pl.col(f"{name}.{term.params['name']}")
        return pl.col(name)

    def _finished(
        self, node: Node, names: Iterable[str], powers: Iterable[tuple[BoundColumn, int]]
    ) -> Iterator[pl.Expr]:
        """The columns of a term in their units, where it is computed, as its dtype is."""
        term = _computable(node)
        units = [
            _power(pl.col(f"{self._plan.nodes[part].name}{UNITS}"), degree)
            for part, degree in powers
        ]
        for name in names:
            made = pl.col(name)
            for unit in units:
                made *= unit
            if term.mask is not None and term.ndim > 1 and not term.masks_itself:
                made = pl.when(pl.col(self._plan.nodes[term.mask].name)).then(made)
            made = made.cast(polars_type(term.dtype))
            if term.dtype.kind in "bi":
                made = made.fill_null(term.missing_value)
            yield made.alias(name)

    def _add_data(self, node: Node, how: Treatment) -> None:
        """Columns of data that a term reads, and were not there yet."""
        wanted: dict[str, Callable[[], pl.Series]] = {}
        for part in node.term.inputs:
            if isinstance(part, BoundColumn):
                name = f"{self._plan.nodes[part].name}{how.mark}"
                wanted[name] = partial(self._data_series, name, part, how.mark)
        for part, _ in how.powers:
            name = f"{self._plan.nodes[part].name}{UNITS}"
            wanted[name] = partial(unit_series, self._reported, part, name)
        self.frame = self.frame.with_columns(
            [make() for name, make in wanted.items() if name not in self.frame]
        )

    def _data_series(self, name: str, part: BoundColumn, mark: str) -> pl.Series:
        return _series(name, self._reported.column(part, mark), part)

    # ------------------------------------------------------------------ segments

    def _recomputed(
        self, node: Node, how: Treatment, frame: pl.DataFrame, columns: pl.DataFrame
    ) -> pl.DataFrame:
        """The columns of a term, computed anew as of each event of assets."""
        term = _computable(node)
        first = max(node.first - self._request.first, 0)
        segments = self._reported.segments(term, how, first=first)
        if not len(segments.assets):
            return columns
        places = pl.Series(segments.sources)
        named = {f"{self._plan.nodes[part].name}{how.mark}": part for part in term.inputs}
        data = [
            _series(name, segments.as_of(self._reported[part]), part)
            for name, part in named.items()
            if isinstance(part, BoundColumn)
        ]
        others = [self._plan.nodes[part].name for part in term.terms if part not in named.values()]
        others += [name for name, part in named.items() if not isinstance(part, BoundColumn)]
        table = frame.select(*_KEYS, *dict.fromkeys(others))[places].with_columns(data)
        parts = self._compiled(node, how, alone=True)
        rows = table.lazy().with_columns(each.alias(name) for name, each in parts.items())
        made = _collected(rows.select(self._finished(node, parts, ())))
        back = np.arange(frame.height)
        back[segments.sources[segments.wanted]] = frame.height + np.flatnonzero(segments.wanted)
        return pl.concat([columns, made])[pl.Series(back)]

    def _starts(self, frequency: str) -> pl.Expr:
        from rustybt.pipeline.periods import period_starts

        request = self._request
        starts = period_starts(request.calendar, frequency)[request.first : request.stop]
        rows = np.maximum(starts - request.first, 0)
        assets = np.arange(self._shape[0])[:, None] * self._shape[1]
        return pl.lit(pl.Series((assets + rows).ravel()))

    def _days(self) -> pl.Expr:
        days = pl.Series(self._request.days.astype(np.int32)).cast(pl.Date)
        return pl.lit(days).gather(pl.col(ROW))

    # ------------------------------------------------------------------ windows

    def _windowed(self, node: Node) -> pl.DataFrame:
        """The columns of a term that is computed by a function of numpy windows."""
        term, request = node.term, self._request
        assert isinstance(term, ComputableTerm)
        mask = self._alive.T
        if term.mask is not None:
            mask = mask & self._matrix(self._plan.nodes[term.mask].name)
        inputs = [
            self._reported[part] if isinstance(part, BoundColumn) else self._values(part)
            for part in term.inputs
        ]
        results = computed(
            term,
            inputs,
            mask=mask,
            days=request.days,
            sids=request.sids,
            first=node.first - request.first,
        )
        return pl.DataFrame(
            [
                _series(f"{node.name}.{name}" if name else node.name, values.T, term)
                for name, values in results.items()
            ]
        )

    def _values(self, part: Term) -> NDArray[Any]:
        values = self._matrix(self._plan.nodes[part].name)
        return values[:, :1] if part.ndim == 1 else values

    def _matrix(self, name: str) -> NDArray[Any]:
        """A column as (rows, assets)."""
        return np.ascontiguousarray(self.frame[name].to_numpy().reshape(self._shape).T)

    # ------------------------------------------------------------------ what is kept

    def _drop_used(self, node: Node) -> None:
        """Drop the columns that no later term reads."""
        for part in node.term.terms:
            self._uses[part] -= 1
        done = [self._plan.nodes[term].name for term, uses in self._uses.items() if uses == 0]
        gone = {f"{name}{mark}" for name in done for mark in MARKS}
        outputs = tuple(f"{name}." for name in done)
        self.frame = self.frame.drop(
            [c for c in self.frame.columns if c in gone or (outputs and c.startswith(outputs))]
        )

    def _shown(self) -> pl.DataFrame:
        plan, (assets, rows) = self._plan, self._shape
        first = plan.first - self._request.first
        shown = self._alive[:, first:]
        if plan.screen is not None:
            shown = shown & self.frame[plan.screen].to_numpy().reshape(assets, rows)[:, first:]
        places = np.arange(assets * rows).reshape(assets, rows)[:, first:]
        chosen = places.T[shown.T]
        names = list(dict.fromkeys((*_KEYS[:3], *plan.columns.values())))
        return self.frame.select(names)[chosen]


def _read(plan: Plan) -> dict[Term, tuple[str, ...]]:
    """Of terms that have several outputs those that anything reads."""
    read: dict[Term, dict[str, None]] = {}
    for term in plan.nodes:
        for part in term.inputs:
            if part.outputs:
                read.setdefault(part, {})[term.params["name"]] = None
    return {term: tuple(names) for term, names in read.items()}


def _power(unit: pl.Expr, degree: int) -> pl.Expr:
    return unit if degree == 1 else unit**degree


def _collected(rows: pl.LazyFrame) -> pl.DataFrame:
    """The columns of an expression, NaN as null.

    In memory, since the streaming engine adds numbers in another order each time. A look whether
    there is any NaN takes less time than to write all numbers anew.
    """
    columns = rows.collect(engine="in-memory")
    floats = [column for column in columns if column.dtype == pl.Float64]
    found = [column.fill_nan(None) for column in floats if column.is_nan().any()]
    return columns.with_columns(found) if found else columns


def _is_windowed(node: Node) -> bool:
    return isinstance(node.term, ComputableTerm) and node.term.computes_windows


def _computable(node: Node) -> ComputableTerm:
    assert isinstance(node.term, ComputableTerm), "levels hold what is computed"
    return node.term


def _series(name: str, values: NDArray[Any], term: Term) -> pl.Series:
    flat = np.ascontiguousarray(values).ravel()
    made = pl.Series(name, flat.tolist() if flat.dtype == object else flat, nan_to_null=True)
    return made.cast(polars_type(term.dtype))
