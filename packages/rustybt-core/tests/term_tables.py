"""Pipelines over tables of numbers, labels, truth values and instants that a test gives."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from small_markets import bundle, equities, frame, weekdays

from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import BoundColumn, Column, DataSet
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.loaders import Loaded, LoadRequest

CALENDAR = weekdays("2024-01-01", 60)
SYMBOLS = ("A", "B", "C", "D", "E", "F")
MARKET = bundle(CALENDAR, equities(SYMBOLS), daily=frame({"A": {"2024-01-01": 10}}))
ASSETS = MARKET.finder.retrieve_all(MARKET.finder.sids)


class Table(DataSet):
    """A column of each type that there is, and a second one of numbers."""

    x = Column(float)
    y = Column(float)
    number = Column(int, missing_value=-1)
    text = Column(object)
    truth = Column(bool)
    instant = Column("datetime64[ns]")


X, Y = Table.x.latest, Table.y.latest
NUMBER, TEXT, TRUTH, INSTANT = (
    getattr(Table, name).latest for name in ("number", "text", "truth", "instant")
)


class Given:
    """Brings the columns of `Table`.

    Args:
        values: By name of column: a value per asset, the same in every session, or
            (assets, sessions).
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """The columns."""
        return {column: Loaded(self._cut(column, request)) for column in columns}

    def first_session(self, request: LoadRequest) -> int | None:
        """There is none."""
        del request
        return None

    def _cut(self, column: BoundColumn, request: LoadRequest) -> NDArray[Any]:
        values = np.array(self._values[column.name], dtype=column.dtype)
        if values.ndim == 1:
            values = np.repeat(values[:, None], len(CALENDAR.sessions), axis=1)
        return values[:, request.first : request.stop]


def computed(
    terms: Mapping[str, Any],
    values: Mapping[str, Any],
    first: int = 30,
    last: int = 30,
    sizes: Sequence[int] = (),
) -> pl.DataFrame:
    """Columns of a pipeline for the sessions of some indices."""
    engine = PipelineEngine(MARKET, calendar=CALENDAR, loaders={Table: Given(values)})
    start, end = (CALENDAR.session_date(index) for index in (first, last))
    return pl.concat(list(engine.chunks(Pipeline(terms), start, end, sizes)))


def of_session(term: Any, **values: Sequence[object]) -> list[Any]:
    """Values of a term in a session, by asset; those after the last given one are left out."""
    count = max(len(column) for column in values.values())
    filled = {
        name: [*column, *[getattr(Table, name).missing_value] * (len(SYMBOLS) - count)]
        for name, column in values.items()
    }
    return computed({"it": term}, filled)["it"].to_list()[:count]


def matrix(term: Any, first: int = 30, last: int = 50, **values: Any) -> NDArray[Any]:
    """Values of a term, (sessions, assets); NaN where they are missing."""
    found = computed({"it": term}, values, first, last)["it"].to_numpy()
    return found.reshape(-1, len(SYMBOLS))
