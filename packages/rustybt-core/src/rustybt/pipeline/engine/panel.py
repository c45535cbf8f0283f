"""The panel: columns of terms, a row per asset and session, sorted by asset."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.errors import InvalidArgument
from rustybt.pipeline.columns import ALIVE, ASSET, ROW, SID, Columns
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import polars_type
from rustybt.pipeline.engine.adjusting import in_one_unit, newest
from rustybt.pipeline.engine.universe import Universe
from rustybt.pipeline.engine.windows import computed
from rustybt.pipeline.loaders.base import Loaded, LoadRequest
from rustybt.pipeline.plan import Node, Plan
from rustybt.pipeline.term import ComputableTerm, Term

_KEYS = (ROW, ASSET, SID, ALIVE)


class Panel:
    """Computes the terms of a plan for a chunk of sessions.

    Args:
        plan: What is computed.
        request: Of which rows and assets.
        universe: The lives of the assets.
        data: The columns of data.
    """

    def __init__(
        self, plan: Plan, request: LoadRequest, universe: Universe, data: dict[BoundColumn, Loaded]
    ) -> None:
        self._plan = plan
        self._request = request
        self._data = data
        self._alive = universe.alive(request.days)
        self._shape = len(request.sids), request.rows
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
        self._uses = _uses(plan)

    def compute(self) -> pl.DataFrame:
        """The shown rows: the keys, and the columns of the plan under their names in it."""
        for level in self._plan.levels:
            expressions = [node for node in level if not _is_windowed(node)]
            self._add_data(expressions)
            if expressions:
                made = [made for node in expressions for made in self._compiled(node)]
                self.frame = self.frame.lazy().with_columns(made).collect()
            for node in level:
                if _is_windowed(node):
                    self._add_windowed(node)
            self._drop_used(level)
        return self._shown()

    # ------------------------------------------------------------------ expressions

    def _compiled(self, node: Node) -> list[pl.Expr]:
        term = node.term
        assert isinstance(term, ComputableTerm)
        inputs = tuple(self._input(term, part) for part in term.inputs)
        mask = pl.col(ALIVE)
        if term.mask is not None:
            mask &= pl.col(self._plan.nodes[term.mask].name)
        columns = Columns(
            inputs=inputs,
            mask=mask,
            rows=self._shape[1],
            places=self._places,
            starts=self._starts,
        )
        made = term.expressions(columns)
        units = self._units(term)
        if isinstance(made, pl.Expr):
            return [self._finished(term, made, units, node.name)]
        return [
            self._finished(term, each, units, f"{node.name}.{name}") for name, each in made.items()
        ]

    def _input(self, term: ComputableTerm, part: Term) -> pl.Expr:
        name = self._plan.nodes[part].name
        if isinstance(part, BoundColumn):
            return pl.col(f"{name}!" if _is_latest(term) else name)
        if part.outputs:
            return pl.col(f"{name}.{term.params['name']}")
        return pl.col(name)

    def _finished(
        self, term: ComputableTerm, made: pl.Expr, units: list[pl.Expr], name: str
    ) -> pl.Expr:
        for unit in units:
            made *= unit
        if term.mask is not None:
            made = pl.when(pl.col(self._plan.nodes[term.mask].name)).then(made)
        made = made.cast(polars_type(term.dtype))
        if term.dtype.kind == "f":
            made = made.fill_nan(None)
        elif term.dtype.kind in "bi":
            made = made.fill_null(term.missing_value)
        return made.alias(name)

    def _units(self, term: ComputableTerm) -> list[pl.Expr]:
        """What the result of an expression over data in one unit is multiplied by."""
        parts = [part for part in term.inputs if isinstance(part, BoundColumn)]
        if _is_latest(term) or all(self._data[part].steps is None for part in parts):
            return []
        names = [f"{self._plan.nodes[part].name}*" for part in parts]
        degrees = term.degrees
        if isinstance(degrees, int):
            if len({id(self._data[part].steps) for part in parts}) > 1:
                raise _mixed(term)
            return [pl.col(names[0]) ** degrees] if degrees else []
        if degrees is None:
            raise _mixed(term)
        return [
            pl.col(name) ** degree
            for name, degree, part in zip(names, degrees, parts, strict=True)
            if degree and self._data[part].steps is not None
        ]

    def _add_data(self, nodes: Sequence[Node]) -> None:
        """Columns of data that expressions of a level read, and were not there yet."""
        made: list[pl.Series] = []
        for node in nodes:
            for part in node.term.inputs:
                if isinstance(part, BoundColumn):
                    made.extend(self._data_columns(part, latest=_is_latest(node.term)))
        unique = {series.name: series for series in made}
        self.frame = self.frame.with_columns(list(unique.values()))

    def _data_columns(self, part: BoundColumn, *, latest: bool) -> list[pl.Series]:
        name, loaded = self._plan.nodes[part].name, self._data[part]
        if latest:
            return [] if f"{name}!" in self.frame else [_series(f"{name}!", newest(loaded), part)]
        if name in self.frame:
            return []
        column, units = in_one_unit(loaded)
        found = [_series(name, column, part)]
        if units is not None:
            found.append(pl.Series(f"{name}*", units.ravel()))
        return found

    def _starts(self, frequency: str) -> pl.Expr:
        from rustybt.pipeline.periods import period_starts

        request = self._request
        starts = period_starts(request.calendar, frequency)[request.first : request.stop]
        rows = np.maximum(starts - request.first, 0)
        assets = np.arange(self._shape[0])[:, None] * self._shape[1]
        return pl.lit(pl.Series((assets + rows).ravel()))

    # ------------------------------------------------------------------ windows

    def _add_windowed(self, node: Node) -> None:
        term, request = node.term, self._request
        assert isinstance(term, ComputableTerm)
        mask = self._alive.T
        if term.mask is not None:
            mask = mask & self._matrix(self._plan.nodes[term.mask].name)
        inputs = [
            self._data[part] if isinstance(part, BoundColumn) else self._values(part)
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
        self.frame = self.frame.with_columns(
            _series(f"{node.name}.{name}" if name else node.name, values.T, term)
            for name, values in results.items()
        )

    def _values(self, part: Term) -> NDArray[Any]:
        values = self._matrix(self._plan.nodes[part].name)
        return values[:, :1] if part.ndim == 1 else values

    def _matrix(self, name: str) -> NDArray[Any]:
        """A column as (rows, assets)."""
        return np.ascontiguousarray(self.frame[name].to_numpy().reshape(self._shape).T)

    # ------------------------------------------------------------------ what is kept

    def _drop_used(self, level: Sequence[Node]) -> None:
        """Drop the columns that no later term reads."""
        for node in level:
            for part in node.term.terms:
                self._uses[part] -= 1
        done = [self._plan.nodes[term].name for term, uses in self._uses.items() if uses == 0]
        gone = {f"{name}{mark}" for name in done for mark in ("", "!", "*")}
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


def _uses(plan: Plan) -> dict[Term, int]:
    uses: dict[Term, int] = dict.fromkeys(plan.nodes, 0)
    for node in plan.nodes.values():
        for part in node.term.terms:
            uses[part] += 1
    kept = {*plan.columns.values(), plan.screen}
    return {term: uses[term] + (plan.nodes[term].name in kept) for term in uses}


def _is_windowed(node: Node) -> bool:
    return isinstance(node.term, ComputableTerm) and node.term.computes_windows


def _is_latest(term: Term) -> bool:
    return getattr(term, "operation", "") == "latest"


def _mixed(term: ComputableTerm) -> InvalidArgument:
    return InvalidArgument(
        field="inputs",
        value=term,
        reason="its inputs are changed by splits in different ways; compute it with a CustomFactor",
    )


def _series(name: str, values: NDArray[Any], term: Term) -> pl.Series:
    flat = np.ascontiguousarray(values).ravel()
    made = pl.Series(name, flat.tolist() if flat.dtype == object else flat, nan_to_null=True)
    return made.cast(polars_type(term.dtype))
