"""A suite that nothing can fail is worth nothing: each fault here is found by the named test."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from small_markets import bundle, equities, weekdays

from rustybt.pipeline.data import BoundColumn, Column, DataSet
from rustybt.pipeline.loaders import Loaded, LoadRequest, Steps
from rustybt.testing import LoaderCase, PipelineLoaderSuite

CALENDAR = weekdays("2024-01-01", 12)
MARKET = bundle(CALENDAR, equities(["A", "B", "C"]))


class Ratings(DataSet):
    score = Column(float)
    label = Column(object)
    count = Column(int, missing_value=0)


def sound(column: BoundColumn, request: LoadRequest, known_by: int | None) -> Loaded:
    """Numbers of assets and sessions; the last asset has none."""
    del known_by
    numbers = request.sids[:, None] * 1000.0 + request.days
    there = np.broadcast_to(request.sids[:, None] < 3, numbers.shape)
    if column.name == "label":
        texts = numbers.astype(str).astype(object)
        texts[~there] = None
        return Loaded(texts)
    if column.name == "count":
        return Loaded(np.where(there, numbers, 0).astype(int))
    assets = np.flatnonzero(request.sids == 1)
    row = np.searchsorted(request.days, CALENDAR.sessions[6])
    if not len(assets) or not 0 <= 6 - request.first < request.rows:
        return Loaded(np.where(there, numbers, np.nan))
    steps = Steps(assets, np.array([row]), np.array([row]), np.array([0.5]))
    return Loaded(np.where(there, numbers, np.nan), steps)


Bring = Callable[[BoundColumn, LoadRequest, int | None], Loaded]


class Loader:
    def __init__(self, bring: Bring, known_by: int | None) -> None:
        self.bring = bring
        self.known_by = known_by

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        return {column: self.bring(column, request, self.known_by) for column in columns}

    def first_session(self, request: LoadRequest) -> int | None:
        return None


def case_of(bring: Bring) -> LoaderCase:
    return LoaderCase(
        known=lambda at: (Loader(bring, at), MARKET),
        columns=[Ratings.score, Ratings.label, Ratings.count],
        start=date(2024, 1, 3),
        end=date(2024, 1, 12),
        absent=[3],
        calendar=CALENDAR,
    )


def changed(change: Callable[[Loaded, LoadRequest, int | None], Loaded]) -> Bring:
    """A loader that is sound but for its scores."""

    def bring(column: BoundColumn, request: LoadRequest, known_by: int | None) -> Loaded:
        loaded = sound(column, request, known_by)
        return change(loaded, request, known_by) if column is Ratings.score else loaded

    return bring


def stepped(**fields: Any) -> Bring:
    def change(loaded: Loaded, request: LoadRequest, known_by: int | None) -> Loaded:
        one = np.array([0])
        steps = Steps(one, one, one, np.array([0.5]))._replace(**fields)
        return Loaded(loaded.values, steps)

    return changed(change)


asked: list[int] = []


def in_turn(loaded: Loaded, request: LoadRequest, known_by: int | None) -> Loaded:
    asked.append(1)
    return Loaded(loaded.values + len(asked), loaded.steps)


class TestSoundLoader(PipelineLoaderSuite):
    @pytest.fixture
    def case(self) -> LoaderCase:
        return case_of(sound)


def whole_numbers(loaded: Loaded, request: LoadRequest, known_by: int | None) -> Loaded:
    return Loaded(np.nan_to_num(loaded.values).astype(int))


@pytest.mark.parametrize(
    ("test", "bring"),
    [
        ("brings_each_column_in", changed(lambda got, *_: Loaded(got.values.T))),
        (
            "brings_each_column_in",
            changed(whole_numbers),
        ),
        ("brings_something", changed(lambda got, *_: Loaded(got.values * np.nan))),
        ("assets_without_data", changed(lambda got, *_: Loaded(np.nan_to_num(got.values)))),
        (
            "some_assets_are",
            changed(lambda got, *_: Loaded(got.values / (np.nansum(got.values) or 1))),
        ),
        ("parts_are_what", changed(lambda got, *_: Loaded(got.values - got.values[:, :1]))),
        (
            "parts_are_what",
            changed(
                lambda got, request, _: got._replace(steps=None if request.rows > 7 else got[1])
            ),
        ),
        ("same_question", changed(in_turn)),
        ("factors_are_possible", stepped(factors=np.array([0.0]))),
        ("factors_are_possible", stepped(through=np.array([1]))),
        ("factors_are_possible", stepped(since=np.array([99]), through=np.array([0]))),
        ("factors_are_possible", stepped(assets=np.array([3]))),
        (
            "what_becomes_known_later",
            changed(lambda got, _, known_by: Loaded(got.values + (known_by is None))),
        ),
    ],
)
def test_faults_are_found(test: str, bring: Bring) -> None:
    suite = PipelineLoaderSuite()
    (name,) = [each for each in dir(suite) if each.startswith(f"test_{test}")]
    with pytest.raises(AssertionError):
        getattr(suite, name)(case_of(bring))


def test_texts_of_another_kind_are_found() -> None:
    def bring(column: BoundColumn, request: LoadRequest, known_by: int | None) -> Loaded:
        loaded = sound(column, request, known_by)
        return Loaded(np.full_like(loaded.values, 7)) if column is Ratings.label else loaded

    with pytest.raises(AssertionError, match=r"Ratings\.label"):
        PipelineLoaderSuite().test_texts_are_texts_or_none(case_of(bring))


def test_columns_that_depend_on_each_other_are_found() -> None:
    class Jealous(Loader):
        def load(
            self, columns: Sequence[BoundColumn], request: LoadRequest
        ) -> Mapping[BoundColumn, Loaded]:
            found = dict(super().load(columns, request))
            if len(columns) == 1 and columns[0] is Ratings.score:
                found[columns[0]] = Loaded(found[columns[0]].values + 1)
            return found

    case = replace(case_of(sound), known=lambda at: (Jealous(sound, at), MARKET))
    with pytest.raises(AssertionError):
        PipelineLoaderSuite().test_some_columns_are_what_they_are_among_all(case)


def test_what_is_no_loader_is_found() -> None:
    case = replace(case_of(sound), known=lambda at: (object(), MARKET))  # type: ignore[arg-type, return-value]
    with pytest.raises(AssertionError):
        PipelineLoaderSuite().test_is_a_loader(case)
