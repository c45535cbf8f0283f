"""In which order terms are computed, in how many threads, and that it makes no difference."""

import threading
from typing import Any

import numpy as np
import pytest
from small_markets import bundle, equities, frame
from term_tables import ASSETS, CALENDAR, Given, Table, X, Y

from rustybt.errors import SidsNotFound
from rustybt.pipeline import CustomFactor, Pipeline
from rustybt.pipeline.engine import PipelineEngine, scheduling
from rustybt.pipeline.engine.scheduling import SMALL, Waiting, Workers, threads_for
from rustybt.pipeline.factors import MaxDrawdown, SimpleMovingAverage
from rustybt.pipeline.plan import Node, plan_of
from rustybt.pipeline.rolling.scanning import falls_over_windows
from rustybt.pipeline.term import Term


def test_terms_wait_for_their_inputs_and_long_ways_come_first() -> None:
    doubled = Y * 2
    more = doubled + 3
    ranked = more.rank()
    mean = SimpleMovingAverage(inputs=[Table.x], window_length=9)
    short = X + 1
    plan = plan_of(Pipeline({"short": short, "rank": ranked, "mean": mean}), CALENDAR, 10)
    waiting = Waiting(plan)
    order: list[Term] = []
    while waiting:
        node = waiting.take()
        assert node is not None
        order.append(node.term)
        waiting.done(node)
    # Three terms wait for Y, two for its double, one for `more` and for X, none for the others,
    # of which the mean has the longest window.
    assert order[:2] == [Y, doubled]
    assert set(order[2:4]) == {more, X}
    assert order[4] is mean
    assert set(order[5:]) == {ranked, short}


def test_nothing_is_ready_before_its_inputs() -> None:
    waiting = Waiting(plan_of(Pipeline({"next": X + 1}), CALENDAR, 10))
    first = waiting.take()
    assert first is not None
    assert waiting.take() is None
    waiting.done(first)
    assert waiting.take() is not None
    assert not waiting


@pytest.mark.parametrize(
    ("cells", "cores", "threads"), [(SMALL - 1, 4, 1), (SMALL, 1, 1), (SMALL, 4, 4), (SMALL, 64, 8)]
)
def test_as_many_threads_as_cores_but_none_for_small_panels(
    monkeypatch: pytest.MonkeyPatch, cells: int, cores: int, threads: int
) -> None:
    monkeypatch.setattr(scheduling, "cores", lambda: cores)
    assert threads_for(cells) == threads


class Elsewhere(CustomFactor):
    """Notes the threads in which it is called."""

    inputs = (Table.x,)
    window_length = 2
    threads: list[int] = []  # noqa: RUF012 - a test looks at it

    def compute(self, today: Any, assets: Any, out: Any, x: Any) -> None:
        self.threads.append(threading.get_ident())
        out[:] = x[0] - x[-1]


def test_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    x, y = (rng.normal(100, 30, (len(ASSETS), len(CALENDAR))) for _ in range(2))
    x[rng.random(x.shape) < 0.1] = np.nan
    market = bundle(CALENDAR, equities("ABCDEF"), daily=frame({"A": {"2024-01-01": 10}}))
    engine = PipelineEngine(market, loaders={Table: Given({"x": x, "y": y})}, calendar=CALENDAR)
    mean = SimpleMovingAverage(inputs=[Table.x], window_length=5)
    pipeline = Pipeline(
        {
            "rank": mean.rank(mask=Y > 90),
            "score": (mean / Y).zscore(),
            "fall": MaxDrawdown(inputs=[Table.y], window_length=7, profile="zipline"),
            "own": Elsewhere(),
            "top": (mean - Y).top(2),
        },
        screen=Y.percentile_between(10, 90),
    )
    days = CALENDAR.session_date(20), CALENDAR.session_date(50)
    expected = engine.run(pipeline, *days)
    monkeypatch.setattr(scheduling, "SMALL", 0)
    monkeypatch.setattr(scheduling, "cores", lambda: 3)
    Elsewhere.threads.clear()
    for _ in range(3):
        assert engine.run(pipeline, *days).equals(expected)
    assert set(Elsewhere.threads) == {threading.get_ident()}


def test_equal_computations_are_equal_to_the_last_bit() -> None:
    rng = np.random.default_rng(6)
    x, y = (rng.normal(0, 1, (len(ASSETS), len(CALENDAR))) for _ in range(2))
    market = bundle(CALENDAR, equities("ABCDEF"), daily=frame({"A": {"2024-01-01": 10}}))
    engine = PipelineEngine(market, loaders={Table: Given({"x": x, "y": y})}, calendar=CALENDAR)
    terms = {"spread": X.stddev(mask=X > 0) + X, "group": X.zscore(groupby=Y.quantiles(2))}
    days = CALENDAR.session_date(5), CALENDAR.session_date(55)
    first = engine.run(Pipeline(terms), *days)
    assert all(engine.run(Pipeline(terms), *days).equals(first) for _ in range(20))


def test_an_error_of_a_term_is_that_of_the_computation() -> None:
    def fails() -> int:
        raise SidsNotFound(sids=(7,))

    finished: list[tuple[Node, int]] = []
    workers = Workers[int](2, lambda node, result: finished.append((node, result)))
    node = next(iter(plan_of(Pipeline({"x": X}), CALENDAR, 10).nodes.values()))
    workers.begin(node, lambda: 1)
    workers.wait()
    workers.begin(node, fails)
    assert workers.are_running
    with pytest.raises(SidsNotFound):
        workers.wait()
    workers.close()
    assert finished == [(node, 1)]


@pytest.mark.parametrize("seed", range(20))
def test_falls_are_those_of_a_plain_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assets, rows, length = (int(each) for each in rng.integers(1, (4, 40, 12)))
    values = rng.integers(1, 6, (assets, rows)).astype(float)  # many falls are equal
    values[rng.random(values.shape) < 0.3] = np.nan
    found = falls_over_windows(values, length, lambda falls, troughs: falls + 100 * troughs)
    for asset in range(assets):
        for row in range(length - 1, rows):
            window = values[asset, row - length + 1 : row + 1]
            best, peak = None, -np.inf
            for value in window[~np.isnan(window)]:
                peak = max(peak, value)
                if best is None or peak - value > best[0]:
                    best = peak - value, value
            expected = np.nan if best is None else best[0] + 100 * best[1]
            np.testing.assert_equal(found[asset, row], expected)
    assert np.isnan(found[:, : length - 1]).all()
