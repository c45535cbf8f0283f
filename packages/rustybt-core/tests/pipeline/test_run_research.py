"""`run_pipeline`: a pipeline over history, for research."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from pipeline_tables import CLOSE, EXPECTED, MARKET, MEAN, PIPELINE, A, B, NotingLoader, long_market

import rustybt
from rustybt.data.reads import DataRead, joined
from rustybt.errors import (
    InvalidArgument,
    NoFurtherDataError,
    SessionOutOfRange,
    WindowLengthTooLong,
)
from rustybt.pipeline import Pipeline, ResultCache, run_pipeline
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factors import SimpleMovingAverage

BUNDLE = MARKET.bundle
ROWS = [(date(2020, 6, day), *row) for day, rows in EXPECTED.items() for row in rows]
"""What the pipeline shows from Wednesday to Friday."""


def run(pipeline: Pipeline = PIPELINE, start: str = "2020-06-03", **options: Any) -> Any:
    options = {"end": "2020-06-05", "bundle": BUNDLE, "cache": False, **options}
    return run_pipeline(pipeline, start, **options)


def test_a_row_for_each_session_and_asset() -> None:
    frame = run()
    assert frame.rows() == ROWS
    assert frame.schema == {
        "session": pl.Date(),
        "sid": pl.Int64(),
        "symbol": pl.String(),
        "close": pl.Float64(),
        "mean": pl.Float64(),
        "cheap": pl.Boolean(),
    }
    assert rustybt.run_pipeline is run_pipeline


def test_in_pandas_it_is_by_session_and_asset() -> None:
    frame = run(frames="pandas")
    days = pd.DatetimeIndex([f"2020-06-0{day}" for day in (3, 4, 5)]).as_unit("ns")
    expected = pd.DataFrame(
        [row[3:] for row in ROWS],
        index=pd.MultiIndex.from_product([days, [A, B]]),
        columns=["close", "mean", "cheap"],
    ).astype({"close": float})
    pd.testing.assert_frame_equal(frame, expected)


def test_days_that_are_no_sessions_bound_those_that_are() -> None:
    frame = run(start="2020-06-04", end="2020-06-07")
    assert frame["session"].unique().to_list() == [date(2020, 6, 4), date(2020, 6, 5)]


def test_nothing_passes_the_screen() -> None:
    pipeline = Pipeline({"close": CLOSE.latest}, screen=CLOSE.latest > 1000)
    assert run(pipeline).shape == (0, 4)
    assert run(pipeline, frames="pandas").shape == (0, 1)


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_chunks_make_no_difference(chunk: int) -> None:
    assert run(chunk=chunk).rows() == ROWS


# ------------------------------------------------------------------ dates


def test_the_session_after_the_last_of_the_data_is_known() -> None:
    """Monday 8 June shows Friday's closes; of Tuesday nothing can be known."""
    frame = run(Pipeline({"close": CLOSE.latest}), "2020-06-08", end="2020-06-08")
    assert frame.rows() == [(date(2020, 6, 8), 1, "AAA", 7.0), (date(2020, 6, 8), 2, "BBB", 25.0)]
    with pytest.raises(NoFurtherDataError, match=r"end was 2020-06-09, .* end on 2020-06-08"):
        run(end="2020-06-09")


def test_dates_before_the_data() -> None:
    with pytest.raises(WindowLengthTooLong, match="start on or after 2020-06-03"):
        run(start="2020-06-02")


@pytest.mark.parametrize(
    ("length", "advice"),
    [
        # Sessions 1 to 5 June, so the mean of 4 closes is first known on Friday the 5th; that of
        # 9 never, and one that reaches back past the calendar's first day is told the same.
        (4, "begin on 2020-06-01; start on or after 2020-06-05"),
        (9, "begin on 2020-06-01; take shorter windows"),
        (90_000, "begin on 2020-06-01; take shorter windows"),
    ],
)
def test_windows_longer_than_the_data(length: int, advice: str) -> None:
    mean = SimpleMovingAverage(inputs=[EquityPricing.close], window_length=length)
    with pytest.raises(WindowLengthTooLong, match=rf"SimpleMovingAverage.*{length}.*{advice}"):
        run(Pipeline({"mean": mean}), "2020-06-03")


def test_dates_outside_the_calendar() -> None:
    with pytest.raises(SessionOutOfRange):
        run(start="1850-06-02")


def test_dates_without_a_session() -> None:
    with pytest.raises(InvalidArgument, match="no session between them"):
        run(start="2020-06-06", end="2020-06-07")


# ------------------------------------------------------------------ arguments


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pipeline": MEAN}, "pipeline was .*; give a Pipeline"),
        ({"frames": "arrow"}, "frames was 'arrow'; give polars or pandas"),
        ({"frames": "pandas", "lazy": True}, "lazy was True; a LazyFrame is one of Polars"),
        ({"chunk": 0}, "chunk was 0; give a number of sessions from 1 on"),
        ({"chunk": True}, "chunk was True; give a number of sessions"),
        ({"profile": "quantopian"}, "profile was 'quantopian'; give one of standard, zipline"),
        ({"catalog": "here"}, "it is opened already; leave out catalog and timestamp"),
        ({"timestamp": "2020-06-01"}, "it is opened already; leave out catalog and timestamp"),
        ({"bundle": 5}, "bundle was 5; give the name of a bundle, or an opened one"),
        ({"bundle": "b@2020-01-01", "timestamp": "2020-06-01"}, "the name of the bundle says"),
        ({"bundle": "b", "catalog": 5}, "catalog was 5; give a DataCatalog, or the folder of one"),
        ({"loaders": 5}, "loaders was 5; give loaders by column or data set"),
    ],
)
def test_arguments_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        run(**options)


@pytest.mark.parametrize("name", ["session", "sid", "symbol"])
def test_names_that_frames_have_of_their_own(name: str) -> None:
    with pytest.raises(InvalidArgument, match=f"name was '{name}'; frames have session, sid"):
        Pipeline({name: MEAN})


# ------------------------------------------------------------------ progress


def test_progress_is_told_after_each_chunk() -> None:
    told: list[tuple[int, int]] = []
    run(chunk=2, progress=lambda *done: told.append(done))
    assert told == [(2, 3), (3, 3)]


def test_a_saved_result_makes_no_progress(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    options: dict[str, Any] = {
        "cache": ResultCache(tmp_path),
        "progress": lambda *done: told.append(done),
    }
    assert [run(**options).rows() for _ in range(2)] == [ROWS, ROWS]
    assert told == [(3, 3)]


# ------------------------------------------------------------------ what is saved


class Fingerprinted(NotingLoader):
    """A loader that says when its data change."""

    fingerprint = "first"  # type: ignore[assignment]  # a text, unlike that of its parent


def asked(loader: NotingLoader, cache: ResultCache, **options: Any) -> int:
    """How often a loader was asked for the rows of a run."""
    before = len(loader.asked)
    run(loaders={EquityPricing: loader}, cache=cache, **options)
    return len(loader.asked) - before


def test_what_is_the_same_is_computed_once(tmp_path: Path) -> None:
    loader, cache = Fingerprinted(), ResultCache(tmp_path)
    assert asked(loader, cache) == 1
    assert asked(loader, cache) == 0
    assert asked(loader, cache, chunk=1) == 0
    assert asked(loader, cache, lazy=True) == 0
    assert asked(Fingerprinted(), cache) == 0
    same = Pipeline({"close": CLOSE.latest, "mean": MEAN, "cheap": MEAN < 10})
    assert asked(loader, cache, pipeline=same) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"start": "2020-06-04"},
        {"end": "2020-06-04"},
        {"profile": "zipline"},
        {"pipeline": Pipeline({"close": CLOSE.latest, "mean": MEAN, "cheap": MEAN < 11})},
        {"pipeline": Pipeline({"close": CLOSE.latest, "mean": MEAN, "dear": MEAN < 10})},
        {"pipeline": Pipeline({"mean": MEAN, "close": CLOSE.latest, "cheap": MEAN < 10})},
        {"pipeline": Pipeline(dict(PIPELINE.columns), screen=MEAN < 10)},
        {"bundle": replace(BUNDLE, fingerprint="another")},
    ],
    ids=["start", "end", "profile", "a number", "a name", "the order", "the screen", "the data"],
)
def test_what_differs_is_computed(options: dict[str, Any], tmp_path: Path) -> None:
    loader, cache = Fingerprinted(), ResultCache(tmp_path)
    assert asked(loader, cache) == 1
    assert asked(loader, cache, **options) == 1
    assert asked(loader, cache, **options) == 0


def test_other_data_of_a_loader_are_computed(tmp_path: Path) -> None:
    loader, cache = Fingerprinted(), ResultCache(tmp_path)
    assert asked(loader, cache) == 1
    loader.fingerprint = "second"
    assert asked(loader, cache) == 1


@pytest.mark.parametrize(
    ("loader", "bundle", "reason"),
    [
        (NotingLoader(), BUNDLE, "the loader NotingLoader has no attribute fingerprint"),
        (Fingerprinted(), replace(BUNDLE, fingerprint=""), "the data have no fingerprint"),
    ],
    ids=["loader", "data"],
)
def test_what_cannot_be_told_apart_is_not_saved(
    loader: NotingLoader, bundle: Any, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="rustybt")
    cache = ResultCache(tmp_path)
    assert asked(loader, cache, bundle=bundle) == 1
    assert asked(loader, cache, bundle=bundle) == 1
    assert reason in caplog.text
    assert not list(tmp_path.iterdir())


def test_where_results_are_saved_by_default() -> None:
    from rustybt.settings import settings

    folder = settings().data_dir / "pipelines"
    bundle = replace(BUNDLE, fingerprint="saved by default")
    before = set(folder.iterdir()) if folder.is_dir() else set()
    run(bundle=bundle, cache=True)
    assert len(set(folder.iterdir()) - before) == 1
    assert run(bundle=bundle, cache=True).rows() == ROWS


# ------------------------------------------------------------------ what was read


def test_an_engine_tells_which_bars_it_has_read() -> None:
    """Means of two sessions: from 1 June for Wednesday 3 June on, through 4 June for Friday."""
    engine = PipelineEngine(BUNDLE)
    assert not engine.reads
    list(engine.chunks(PIPELINE, date(2020, 6, 3), date(2020, 6, 5), (1, 2)))
    assert engine.reads == (DataRead("1d", (1, 2), date(2020, 6, 1), date(2020, 6, 4)),)


def test_reads_are_joined_by_the_length_of_bars() -> None:
    days = [date(2020, 6, day) for day in range(1, 6)]
    reads = [
        DataRead("1d", (1, 3), days[1], days[2]),
        DataRead("1m", (1,), days[0], days[4]),
        DataRead("1d", (2, 3), days[0], days[1]),
    ]
    assert joined(reads) == (
        DataRead("1d", (1, 2, 3), days[0], days[2]),
        DataRead("1m", (1,), days[0], days[4]),
    )


# ------------------------------------------------------------------ lazily


@pytest.mark.parametrize("chunk", [1, 2, None])
def test_a_lazy_frame_reads_what_was_saved(chunk: int | None, tmp_path: Path) -> None:
    cache = ResultCache(tmp_path)
    assert run(lazy=True, chunk=chunk, cache=cache).collect().rows() == ROWS
    frame = run(lazy=True, chunk=chunk, cache=cache)
    assert isinstance(frame, pl.LazyFrame)
    assert frame.collect().rows() == ROWS
    assert frame.filter(pl.col("cheap")).select("mean").collect()["mean"].to_list() == [5.75, 6.25]


@pytest.mark.parametrize("cache", [False, "too small"])
def test_a_lazy_frame_of_what_is_not_saved(cache: Any, tmp_path: Path) -> None:
    store = ResultCache(tmp_path, limit_bytes=10) if cache else False
    assert run(lazy=True, cache=store).collect().rows() == ROWS


def test_a_longer_range() -> None:
    market = long_market()
    frame = run(
        Pipeline({"close": CLOSE.latest}), "2020-06-02", end="2020-06-26", bundle=market.bundle
    )
    assert frame["close"].to_list() == list(range(1, 20))
