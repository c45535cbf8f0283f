"""Rarer collections during runs: undone when the last run ends, whatever happens in it."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from rustybt.simulation.garbage import rare_collections


@pytest.fixture(autouse=True)
def own_thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 11, 12)
    yield
    gc.set_threshold(*before)


def test_the_programs_thresholds_come_back() -> None:
    with rare_collections():
        assert gc.get_threshold() == (210_000, 11, 12)
    assert gc.get_threshold() == (700, 11, 12)


def test_they_come_back_after_an_error() -> None:
    with pytest.raises(KeyError), rare_collections():
        raise KeyError
    assert gc.get_threshold() == (700, 11, 12)


def test_runs_that_overlap_share_one_change() -> None:
    first, second = rare_collections(), rare_collections()
    first.__enter__()
    second.__enter__()
    assert gc.get_threshold() == (210_000, 11, 12)
    first.__exit__(None, None, None)
    assert gc.get_threshold() == (210_000, 11, 12)
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 11, 12)


def test_objects_that_a_program_has_frozen_stay_frozen() -> None:
    gc.freeze()
    try:
        with rare_collections():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_garbage_of_many_runs_goes_though_none_is_long() -> None:
    class Knot:
        def __init__(self) -> None:
            self.own = self
            self.load: list[list[int]] = [[] for _ in range(1_000)]

    gc.collect()
    seen = []
    for _ in range(10_000):
        with rare_collections():
            seen.append(weakref.ref(Knot()))
        if seen[0]() is None:
            break
    assert seen[0]() is None
