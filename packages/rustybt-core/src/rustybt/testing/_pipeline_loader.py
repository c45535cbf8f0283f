"""What every loader of a pipeline has to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rustybt.calendars import TradingCalendar, get_calendar
from rustybt.data.bundle import BundleData
from rustybt.pipeline.data import BoundColumn
from rustybt.pipeline.loaders import Loaded, LoadRequest, PipelineLoader, Steps

Source = tuple[PipelineLoader, BundleData]
"""A loader, and the data of the run that asks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderCase:
    """A loader, and what it is asked.

    Attributes:
        known: Makes the loader and the bundle with what was known by a time in ns UTC, included,
            and nothing that became known later; None: with all there is.
        columns: Columns of one data set that it brings.
        start: First session that is asked for.
        end: Last session; at least four are asked for.
        absent: Sids of assets of the bundle of which the loader has no data.
        calendar: The sessions; None: those of the bundle.
    """

    known: Callable[[int | None], Source]
    columns: Sequence[BoundColumn]
    start: date
    end: date
    absent: Sequence[int] = ()
    calendar: TradingCalendar | None = None


class PipelineLoaderSuite:
    """Tests of a loader of a pipeline. A subclass gives a `LoaderCase` by a fixture ``case``."""

    def test_is_a_loader(self, case: LoaderCase) -> None:
        """It has the methods of the protocol, and knows where its data begin."""
        loader, _ = case.known(None)
        assert isinstance(loader, PipelineLoader)
        begin = loader.first_session(whole(case))
        assert begin is None or isinstance(begin, int), "days since 1970-01-01, or None"

    def test_brings_each_column_in_its_shape_and_dtype(self, case: LoaderCase) -> None:
        """An array (assets, rows) of the column's dtype per column."""
        request = whole(case)
        found = load(case, request)
        assert set(found) >= set(case.columns)
        for column in case.columns:
            values = found[column].values
            assert values.shape == (len(request.sids), request.rows), column
            assert values.dtype == column.dtype, column

    def test_brings_something(self, case: LoaderCase) -> None:
        """Some value of each column is there; otherwise the case tests nothing."""
        found = load(case, whole(case))
        for column in case.columns:
            assert not is_missing(found[column].values, column).all(), f"{column} is never there"

    def test_texts_are_texts_or_none(self, case: LoaderCase) -> None:
        """A column of texts holds nothing else."""
        found = load(case, whole(case))
        for column in case.columns:
            if column.dtype == object:
                kinds = {type(value) for value in found[column].values.ravel().tolist()}
                assert kinds <= {str, type(None)}, f"{column}: {kinds}"

    def test_assets_without_data_are_missing(self, case: LoaderCase) -> None:
        """They are in the arrays, with the missing value of the column."""
        request = whole(case)
        found = load(case, request)
        rows = np.isin(request.sids, case.absent)
        for column in case.columns:
            assert is_missing(found[column].values[rows], column).all(), column

    def test_some_columns_are_what_they_are_among_all(self, case: LoaderCase) -> None:
        """Each alone, and in another order."""
        request = whole(case)
        found = load(case, request)
        for columns in (*((column,) for column in case.columns), tuple(reversed(case.columns))):
            part = load(case, request, columns)
            for column in columns:
                assert_same(part[column], found[column], column)

    def test_some_assets_are_what_they_are_among_all(self, case: LoaderCase) -> None:
        """Every second asset, one, and none at all."""
        request = whole(case)
        found = load(case, request)
        every = np.arange(len(request.sids))
        for places in (every[::2], every[1::2], every[:1], every[:0]):
            part = load(case, request._replace(sids=request.sids[places]))
            for column in case.columns:
                assert_same(part[column], of_assets(found[column], places), column)

    def test_parts_are_what_the_whole_is(self, case: LoaderCase) -> None:
        """Whatever the chunks of sessions are, values and factors are the same."""
        request = whole(case)
        found = load(case, request)
        middle = request.rows // 2
        for cuts in ((0, 1, middle, request.rows), (0, middle + 1, request.rows)):
            for first, stop in pairwise(cuts):
                part = load(
                    case,
                    request._replace(first=request.first + first, stop=request.first + stop),
                )
                for column in case.columns:
                    assert_same(part[column], of_rows(found[column], first, stop), column)

    def test_same_question_has_the_same_answer(self, case: LoaderCase) -> None:
        """The same loader asked twice, and another one."""
        request = whole(case)
        loader, bundle = case.known(None)
        asked = request._replace(bundle=bundle)
        for _ in range(2):
            again = loader.load(case.columns, asked)
            for column, loaded in load(case, request).items():
                assert_same(again[column], loaded, column)

    def test_factors_are_possible(self, case: LoaderCase) -> None:
        """They multiply rows up to the one as of which they count, by more than nothing."""
        request = whole(case)
        for column, loaded in load(case, request).items():
            steps = loaded.steps
            if steps is None:
                continue
            assert column.dtype == float, f"{column} is not of numbers, and has factors"
            assert len({len(part) for part in steps}) == 1, "a row each"
            assert (np.diff(steps.since) >= 0).all(), "sorted by the row as of which they count"
            assert ((steps.assets >= 0) & (steps.assets < len(request.sids))).all()
            assert ((steps.through >= 0) & (steps.through <= steps.since)).all()
            assert (steps.since < request.rows).all()
            assert (np.isfinite(steps.factors) & (steps.factors != 0)).all()

    def test_what_becomes_known_later_changes_nothing(self, case: LoaderCase) -> None:
        """A row of a session is the same without all that was not known before its open."""
        request = whole(case)
        found = load(case, request)
        for row in range(request.rows):
            moment = request.calendar.before_trading_start(request.first + row)
            until = request._replace(stop=request.first + row + 1)
            past = load(case, until, known_by=moment)
            for column in case.columns:
                assert_same(past[column], of_rows(found[column], 0, row + 1), column)


def whole(case: LoaderCase) -> LoadRequest:
    """All assets and rows of a case."""
    _, bundle = case.known(None)
    calendar = case.calendar or get_calendar(bundle.calendar)
    first, last = calendar.session_range(case.start, case.end)
    assert last - first >= 3, "a case has at least four sessions"
    return LoadRequest(bundle, calendar, first, last + 1, np.array(sorted(bundle.finder.sids)))


def load(
    case: LoaderCase,
    request: LoadRequest,
    columns: Sequence[BoundColumn] | None = None,
    *,
    known_by: int | None = None,
) -> Mapping[BoundColumn, Loaded]:
    """What a new loader brings, of what was known by a time."""
    loader, bundle = case.known(known_by)
    return loader.load(columns or case.columns, request._replace(bundle=bundle))


def is_missing(values: NDArray[Any], column: BoundColumn) -> NDArray[np.bool_]:
    """Where there is no value."""
    kind = column.dtype.kind
    if kind in "fM" and column.missing_value != column.missing_value:
        return np.array(np.isnan(values))
    return np.array(values == column.missing_value)


def of_assets(loaded: Loaded, places: NDArray[np.int64]) -> Loaded:
    """Some assets of what a loader brought."""
    steps = loaded.steps
    if steps is not None:
        chosen = np.isin(steps.assets, places)
        moved = np.searchsorted(places, steps.assets[chosen])
        since, through, factors = steps.since[chosen], steps.through[chosen], steps.factors[chosen]
        steps = Steps(moved, since, through, factors)
    return Loaded(loaded.values[places], steps)


def of_rows(loaded: Loaded, first: int, stop: int) -> Loaded:
    """Some rows of what a loader brought; factors that count only before them are left out."""
    steps = loaded.steps
    if steps is not None:
        chosen = (steps.since >= first) & (steps.since < stop) & (steps.through >= first)
        since, through = steps.since[chosen] - first, steps.through[chosen] - first
        steps = Steps(steps.assets[chosen], since, through, steps.factors[chosen])
    return Loaded(loaded.values[:, first:stop], steps)


def assert_same(found: Loaded, expected: Loaded, column: BoundColumn) -> None:
    """The same values, and the same factors to rounding, in any order within a row."""
    kind = column.dtype.kind
    same = np.array_equal(found.values, expected.values, equal_nan=kind in "fM")
    assert same, f"{column}: {found.values} is not {expected.values}"
    ours, theirs = ordered(found), ordered(expected)
    assert [row[:3] for row in ours] == [row[:3] for row in theirs], f"{column}: factors differ"
    assert [row[3] for row in ours] == pytest.approx([row[3] for row in theirs], rel=1e-12)


def ordered(loaded: Loaded) -> list[tuple[Any, ...]]:
    """The factors as rows."""
    if loaded.steps is None:
        return []
    return sorted(zip(*(part.tolist() for part in loaded.steps), strict=True))
