"""How many sessions are computed at once."""

import pytest
from small_markets import weekdays

from rustybt.pipeline import Pipeline
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.engine.budget import CELLS, LEAST, sessions_at_once, width
from rustybt.pipeline.factors import Returns, SimpleMovingAverage
from rustybt.pipeline.plan import Plan, plan_of

CALENDAR = weekdays("2010-01-01", 2000)
FIRST = 300


def plan(pipeline: Pipeline) -> Plan:
    return plan_of(pipeline, CALENDAR, FIRST)


def mean(length: int) -> SimpleMovingAverage:
    return SimpleMovingAverage(inputs=[EquityPricing.close], window_length=length)


def test_width_counts_what_is_there_at_once() -> None:
    # Three columns of keys, three forms of the closes; two means, then their ratio beside them.
    assert width(plan(Pipeline({"trend": mean(20) / mean(50)}))) == 3 + 3 + 2 + 1
    # What is shown stays: of a chain of three only the last is, and the first has gone by then.
    chain = (Returns(window_length=2) + 1) * 2
    assert width(plan(Pipeline({"chain": chain}))) == 3 + 3 + 2
    both = Pipeline({"chain": chain, "first": Returns(window_length=2)})
    assert width(plan(both)) == 3 + 3 + 3


@pytest.mark.parametrize(
    ("assets", "sessions", "cells", "expected"),
    [
        # A mean of 50 rows: 7 columns, 49 rows to look back to. 7,000,000 cells of 1,000 assets are
        # 1,000 rows: 951 sessions at once.
        (1_000, 900, 7_000_000, 900),
        (1_000, 951, 7_000_000, 951),
        # 952 sessions make two chunks, and those are equally long.
        (1_000, 952, 7_000_000, 476),
        (1_000, 2_000, 7_000_000, 667),
        # Twice the assets: 500 rows, 451 sessions, three chunks.
        (2_000, 1_260, 7_000_000, 420),
        # So many assets that not even what is looked back to fits: a month at a time.
        (100_000, 210, 7_000_000, LEAST),
        (0, 10, 7_000_000, 10),
    ],
)
def test_chunks_fit_in_memory(assets: int, sessions: int, cells: int, expected: int) -> None:
    found = sessions_at_once(
        plan(Pipeline({"mean": mean(50)})), assets=assets, sessions=sessions, cells=cells
    )
    assert found == expected


def test_a_usual_screen_is_computed_in_a_few_chunks() -> None:
    # 3,000 assets, 12 means of up to 252 rows: 18 columns. 3 * 2**25 cells: 1,864 rows, all 1,260
    # sessions and the 251 before them.
    assert CELLS == 3 * 2**25
    pipeline = Pipeline({f"mean{length}": mean(length) for length in range(241, 253)})
    assert width(plan(pipeline)) == 18
    assert sessions_at_once(plan(pipeline), assets=3_000, sessions=1_260) == 1_260
    assert sessions_at_once(plan(pipeline), assets=4_500, sessions=1_260) == 630
