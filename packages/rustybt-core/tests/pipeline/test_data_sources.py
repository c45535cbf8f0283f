"""Which loader brings a column, and what a run says where none does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_markets import bundle, equities, frame, weekdays

from rustybt.errors import InvalidArgument
from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import BoundColumn, Column, DataSet, DataSetFamily
from rustybt.pipeline.domain import Domain
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.loaders import Loaded, LoadRequest, PipelineLoader
from rustybt.plugins import groups, registry

CALENDAR = weekdays("2024-01-01", 10)
MARKET = bundle(
    CALENDAR,
    equities(["A", "B"]),
    daily=frame({"A": dict.fromkeys(["2024-01-01", "2024-01-02"], 10)}),
)
HERE = Domain("HERE")


class Ratings(DataSet):
    score = Column(dtype=float)
    weight = Column(dtype=float)


class Estimates(DataSetFamily):
    extra_dims = (("ahead", (1, 2)),)
    mean = Column(dtype=float)


class Constant:
    """Brings one number for all that it is asked for."""

    def __init__(self, number: float) -> None:
        self.number = number
        self.asked: list[set[str]] = []

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        self.asked.append({column.name for column in columns})
        values = np.full((len(request.sids), request.rows), self.number)
        return dict.fromkeys(columns, Loaded(values))

    def first_session(self, request: LoadRequest) -> int | None:
        return None


@pytest.fixture
def registered() -> Iterator[None]:
    registry(groups.PIPELINE_LOADERS).register("Ratings", lambda: Constant(7.0))
    yield
    registry(groups.PIPELINE_LOADERS).unregister("Ratings")


def run(pipeline: Pipeline, loaders: Mapping[Any, PipelineLoader] | None = None) -> pl.DataFrame:
    engine = PipelineEngine(MARKET, calendar=CALENDAR, loaders=loaders)
    return engine.run(pipeline, "2024-01-03", "2024-01-04")


def scores(dataset: type[DataSet] = Ratings) -> Pipeline:
    return Pipeline({name: dataset.column(name).latest for name in ("score", "weight")})


def values(found: pl.DataFrame) -> tuple[set[float], set[float]]:
    return set(found["score"]), set(found["weight"])


def test_the_last_session_is_there() -> None:
    found = run(scores(), {Ratings: Constant(1.0)})
    assert found["session"].cast(pl.String).unique().sort().to_list() == [
        "2024-01-03",
        "2024-01-04",
    ]


def test_loader_of_a_data_set_is_asked_once_for_all_columns() -> None:
    loader = Constant(1.0)
    assert values(run(scores(), {Ratings: loader})) == ({1.0}, {1.0})
    assert loader.asked == [{"score", "weight"}]


def test_loader_of_a_column_comes_before_that_of_its_data_set() -> None:
    loaders = {Ratings: Constant(1.0), Ratings.score: Constant(2.0)}
    assert values(run(scores(), loaders)) == ({2.0}, {1.0})


def test_loader_of_the_generic_data_set_brings_those_of_domains() -> None:
    local = Ratings.specialize(HERE)
    assert values(run(scores(local), {Ratings: Constant(1.0)})) == ({1.0}, {1.0})
    loaders = {Ratings: Constant(1.0), local: Constant(3.0)}
    assert values(run(scores(local), loaders)) == ({3.0}, {3.0})
    loaders = {Ratings.score: Constant(1.0), local: Constant(3.0)}
    assert values(run(scores(local), loaders)) == ({1.0}, {3.0})


@pytest.mark.usefixtures("registered")
def test_registered_loader_is_found_by_the_name_and_given_ones_come_first() -> None:
    assert values(run(scores())) == ({7.0}, {7.0})
    assert values(run(scores(Ratings.specialize(HERE)))) == ({7.0}, {7.0})
    assert values(run(scores(), {Ratings.weight: Constant(1.0)})) == ({7.0}, {1.0})


def test_data_set_that_nobody_brings_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(InvalidArgument, match=r"Ratings\.score.*loaders=\{Ratings: …\}"):
        run(scores())


def test_bars_are_registered_as_any_loader() -> None:
    assert "EquityPricing" in registry(groups.PIPELINE_LOADERS)


class Ahead(Constant):
    """Brings the coordinate of the slice that it is asked for."""

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        (ahead,) = {column.dataset.extra_coords["ahead"] for column in columns}
        values = np.full((len(request.sids), request.rows), float(ahead))
        return dict.fromkeys(columns, Loaded(values))


def test_slices_are_brought_by_the_loader_of_their_family_or_by_their_own() -> None:
    near, far = (Estimates.slice(ahead=ahead) for ahead in (1, 2))
    pipeline = Pipeline({"near": near.mean.latest, "far": far.specialize(HERE).mean.latest})
    family = {Estimates: Ahead(0)}
    assert set(run(pipeline, family)["near", "far"].iter_rows()) == {(1.0, 2.0)}
    assert set(run(pipeline, {**family, far: Constant(9.0)})["far"]) == {9.0}
    registry(groups.PIPELINE_LOADERS).register("Estimates", lambda: Ahead(0))
    try:
        assert set(run(pipeline)["near", "far"].iter_rows()) == {(1.0, 2.0)}
    finally:
        registry(groups.PIPELINE_LOADERS).unregister("Estimates")
