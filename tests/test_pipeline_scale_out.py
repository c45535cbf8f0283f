"""Pipelines on several processes: the same result, in order, and errors that tell where."""

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks.eventful import eventful_folder
from benchmarks.market import Market
from rustybt.data import bundles
from rustybt.data.frames import bundle_of_frame
from rustybt.errors import InvalidArgument, MissingExtra
from rustybt.pipeline import CustomFactor, ExprFactor, Pipeline, run_pipeline
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.factors import Returns, SimpleMovingAverage
from rustybt.pipeline.packing import packed
from rustybt.pipeline.ray_executor import RayExecutor
from rustybt.pipeline.scale_out import Spread

CLOSE = EquityPricing.close
NAME = "eventful"


class Range(CustomFactor):
    """The highest less the lowest close of a window."""

    inputs = (CLOSE,)
    window_length = 6

    def compute(self, today: Any, assets: Any, out: Any, *inputs: Any) -> None:
        out[:] = inputs[0].max(axis=0) - inputs[0].min(axis=0)


class Failing(CustomFactor):
    """Fails in a late session."""

    inputs = (CLOSE,)
    window_length = 1

    def compute(self, today: Any, assets: Any, out: Any, *inputs: Any) -> None:
        if str(today) >= "2021-12-30":
            raise ArithmeticError("too late")
        out[:] = 1.0


PIPELINE = Pipeline(
    {
        "return": Returns(window_length=10),
        "trend": SimpleMovingAverage(inputs=[CLOSE], window_length=5) / CLOSE.latest,
        "range": Range(),
        "stretch": ExprFactor(
            pl.col("close").last() / pl.col("close").max(), inputs=[CLOSE], window_length=7
        ),
    },
    screen=CLOSE.latest > 50,
)


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Market:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path / "home"))
    made = eventful_folder(tmp_path / NAME, assets=12, sessions=25, lead=15)
    bundles.ingest_from(NAME, source="csvdir", location=made.data, calendar_name="XNYS")
    return made


def run(market: Market, pipeline: Pipeline = PIPELINE, **options: Any) -> pl.DataFrame:
    found = run_pipeline(pipeline, market.start, market.end, NAME, cache=False, **options)
    assert isinstance(found, pl.DataFrame)
    return found


def test_processes_make_the_same_in_order(market: Market) -> None:
    alone = run(market, chunk=6)
    assert alone.height > 100
    told: list[tuple[int, int]] = []
    spread = run(
        market, workers=2, chunk=6, progress=lambda done, total: told.append((done, total))
    )
    assert_frame_equal(spread, alone, check_exact=True)
    assert told == [(6, 25), (12, 25), (18, 25), (24, 25), (25, 25)]


@pytest.mark.parametrize("chunk", [None, 1, 25])
def test_any_executor_will_do(market: Market, chunk: int | None) -> None:
    with ThreadPoolExecutor(3) as executor:
        found = run(market, executor=executor, chunk=chunk)
    # What a split does to older prices is taken from the first row of a part on: last digits.
    assert_frame_equal(found, run(market), check_exact=False, rel_tol=1e-12)


def test_error_of_a_worker_names_term_and_session(market: Market) -> None:
    with ThreadPoolExecutor(2) as executor, pytest.raises(ArithmeticError) as caught:
        run(market, Pipeline({"late": Failing()}), executor=executor, chunk=4)
    assert caught.value.__notes__ == [
        "in Failing([EquityPricing.close], window_length=1), session 2021-12-30"
    ]


def test_error_of_another_process_arrives_whole(market: Market) -> None:
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=context) as executor,
        pytest.raises(ArithmeticError, match="too late") as caught,
    ):
        run(market, Pipeline({"late": Failing()}), executor=executor)
    assert "in Failing([EquityPricing.close]" in caught.value.__notes__[0]


def test_each_worker_has_a_part_and_memory_bounds_it() -> None:
    spread = Spread(4, None)
    assert spread.longest(1000, 600) == 250
    assert spread.longest(1000, 100) == 100
    assert spread.longest(3, 100) == 1


def test_forked_processes_are_refused(market: Market) -> None:
    if sys.platform == "win32":
        pytest.skip("nothing is forked here")
    executor = ProcessPoolExecutor(1, mp_context=get_context("fork"))
    with executor, pytest.raises(InvalidArgument, match='get_context\\("spawn"\\)'):
        run(market, executor=executor)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"workers": 0}, "workers was 0; give a number of processes"),
        ({"workers": True}, "workers was True"),
        ({"executor": object()}, "give what has submit"),
    ],
)
def test_arguments_that_cannot_be_used(market: Market, options: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        run(market, **options)


def test_bundle_in_memory_is_for_one_process() -> None:
    bars = pl.DataFrame({"timestamp": ["2024-01-02", "2024-01-03"], "symbol": ["A", "A"]})
    prices = bars.with_columns(
        pl.col("timestamp").str.to_date(),
        *(pl.lit(10).alias(name) for name in ("open", "high", "low", "close", "volume")),
    )
    _, bundle = bundle_of_frame(prices)
    pipeline = Pipeline({"close": CLOSE.latest})
    with pytest.raises(InvalidArgument, match="it is in memory"):
        run_pipeline(pipeline, "2024-01-03", "2024-01-03", bundle, cache=False, workers=2)


def test_class_of_a_function_needs_cloudpickle(monkeypatch: pytest.MonkeyPatch) -> None:
    class Local(CustomFactor):
        inputs = (CLOSE,)
        window_length = 1

    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(InvalidArgument, match=r"<locals>\.Local.*pip install cloudpickle"):
        packed(Pipeline({"local": Local()}))


def test_ray_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match="Ray is not installed; run: pip install 'ray'"):
        RayExecutor()


def test_ray_makes_the_same_in_order(market: Market) -> None:
    """Where Ray is installed: a cluster of this machine, classes of one's own, and their errors."""
    ray = pytest.importorskip("ray")
    try:
        executor = RayExecutor(options={"num_cpus": 1})
        found = run(market, executor=executor, chunk=6)
        with pytest.raises(ArithmeticError, match="too late"):
            run(market, Pipeline({"late": Failing()}), executor=executor)
    finally:
        ray.shutdown()
    assert_frame_equal(found, run(market, chunk=6), check_exact=True)
