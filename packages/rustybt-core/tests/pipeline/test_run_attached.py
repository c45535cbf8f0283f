"""`attach_pipeline` and `pipeline_output`: what a strategy sees of pipelines, and when."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from markets import Market, daily_market, minute_market, play, stock
from pipeline_tables import CLOSE, EXPECTED, MARKET, MEAN, PIPELINE, A, B, NotingLoader, long_market

from rustybt import api
from rustybt.algorithm import TradingAlgorithm
from rustybt.errors import (
    AttachPipelineAfterInitialize,
    DuplicatePipelineName,
    InvalidArgument,
    NoSuchPipeline,
    PipelineOutputDuringInitialize,
    WindowLengthTooLong,
)
from rustybt.pipeline import CustomClassifier, Pipeline
from rustybt.pipeline.attached import AttachedPipelines
from rustybt.pipeline.data import BoundColumn, EquityPricing
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factors import Returns
from rustybt.pipeline.loaders import BarLoader, Loaded, LoadRequest

FROM_WEDNESDAY: dict[str, Any] = {"start": date(2020, 6, 3)}


def shown(pipeline: Pipeline = PIPELINE, market: Market = MARKET, **options: Any) -> dict[int, Any]:
    """What a strategy is shown in each session, by day of the month."""
    seen: dict[int, Any] = {}
    chunks = options.pop("chunks", None)

    def look(context: Any, data: Any) -> None:
        seen[data.current_dt.day] = context.pipeline_output("p")

    options = {**FROM_WEDNESDAY, **options}
    play(
        market,
        before_open=dict.fromkeys(range(20), look),
        setup=lambda c: c.attach_pipeline(pipeline, "p", chunks),
        **options,
    )
    return seen


def test_each_session_shows_what_was_known_before_it() -> None:
    frames = shown()
    assert {day: frame.rows() for day, frame in frames.items()} == EXPECTED
    assert frames[3].schema == {
        "sid": pl.Int64(),
        "symbol": pl.String(),
        "close": pl.Float64(),
        "mean": pl.Float64(),
        "cheap": pl.Boolean(),
    }


def test_in_pandas_it_is_a_frame_by_asset() -> None:
    frames = shown(frames="pandas")
    for day, rows in EXPECTED.items():
        frame = frames[day]
        assert list(frame.index) == [A, B]
        assert list(frame.columns) == ["close", "mean", "cheap"]
        assert [str(kind) for kind in frame.dtypes] == ["float64", "float64", "bool"]
        floats = [[math.nan if value is None else value for value in row[2:]] for row in rows]
        pd.testing.assert_frame_equal(
            frame.reset_index(drop=True), pd.DataFrame(floats, columns=list(frame.columns))
        )


def test_a_frame_of_pandas_belongs_to_the_strategy() -> None:
    def spoil(context: Any, _data: Any) -> float:
        frame = context.pipeline_output("p")
        frame.loc[A, "close"] = -1.0
        return float(context.pipeline_output("p").loc[A, "close"])

    played = play(
        MARKET,
        {0: spoil},
        setup=lambda c: c.attach_pipeline(PIPELINE, "p"),
        frames="pandas",
        **FROM_WEDNESDAY,
    )
    assert played.seen == {0: 11.0}


class Levels(CustomClassifier):
    """Whether a close is below 10."""

    inputs = (CLOSE,)
    window_length = 1
    dtype = object
    missing_value = None

    def compute(self, today: Any, assets: Any, out: Any, close: Any) -> None:
        out[:] = np.where(close[-1] < 10, "low", "high")


class Digits(CustomClassifier):
    """The first digit of a close of two digits; missing without a close."""

    inputs = (CLOSE,)
    window_length = 1
    missing_value = -1

    def compute(self, today: Any, assets: Any, out: Any, close: Any) -> None:
        out[:] = np.nan_to_num(close[-1] // 10, nan=-1)


def test_labels_are_whole_numbers_or_texts() -> None:
    pipeline = Pipeline({"level": Levels(), "digit": Digits()})
    assert shown(pipeline)[4].rows() == [(1, "AAA", "low", 0), (2, "BBB", "high", -1)]
    frame = shown(pipeline, frames="pandas")[4]
    assert frame["level"].tolist() == ["low", "high"]
    assert frame["digit"].tolist() == [0, -1]
    assert [str(kind) for kind in frame.dtypes] == ["category", "int64"]


def test_nothing_passes_the_screen() -> None:
    pipeline = Pipeline({"close": CLOSE.latest}, screen=CLOSE.latest > 22)
    polars = shown(pipeline)
    assert {day: frame["sid"].to_list() for day, frame in polars.items()} == {3: [], 4: [], 5: [2]}
    assert polars[3].columns == ["sid", "symbol", "close"]
    pandas = shown(pipeline, frames="pandas")
    assert {day: list(frame.index) for day, frame in pandas.items()} == {3: [], 4: [], 5: [B]}
    assert list(pandas[3].columns) == ["close"]


def test_an_asset_of_a_row_is_found_by_its_sid() -> None:
    played = play(
        MARKET,
        {0: lambda c, _: [c.sid(n) for n in c.pipeline_output("p")["sid"]]},
        setup=lambda c: c.attach_pipeline(PIPELINE, "p"),
        **FROM_WEDNESDAY,
    )
    assert played.seen == {0: [A, B]}


# ------------------------------------------------------------------ when it may be called


def test_it_belongs_into_initialize() -> None:
    with pytest.raises(AttachPipelineAfterInitialize, match="call it in initialize"):
        play(MARKET, {0: lambda c, _: c.attach_pipeline(PIPELINE, "p")})


def test_there_is_nothing_to_show_in_initialize() -> None:
    with pytest.raises(PipelineOutputDuringInitialize, match="before_trading_start"):
        play(MARKET, setup=lambda c: c.pipeline_output("p"))


def test_a_name_is_given_once() -> None:
    def attach_twice(context: Any) -> None:
        context.attach_pipeline(PIPELINE, "p")
        context.attach_pipeline(PIPELINE, "p")

    with pytest.raises(DuplicatePipelineName, match="'p' is attached already"):
        play(MARKET, setup=attach_twice)


def test_a_name_that_none_has() -> None:
    with pytest.raises(NoSuchPipeline, match="attached are none"):
        play(MARKET, {0: lambda c, _: c.pipeline_output("q")})
    with pytest.raises(KeyError, match="attached are p;"):
        play(
            MARKET,
            {0: lambda c, _: c.pipeline_output("q")},
            setup=lambda c: c.attach_pipeline(PIPELINE, "p"),
            **FROM_WEDNESDAY,
        )


@pytest.mark.parametrize("chunks", [0, -1, True, 2.5, "many", [], [3, 0]])
def test_chunks_are_whole_numbers(chunks: Any) -> None:
    with pytest.raises(InvalidArgument, match="chunks was"):
        shown(market=long_market(), chunks=chunks, start=date(2020, 6, 10))


def test_something_that_is_no_pipeline() -> None:
    with pytest.raises(InvalidArgument, match="give a Pipeline"):
        play(MARKET, setup=lambda c: c.attach_pipeline({"mean": MEAN}, "p"))


def test_the_data_begin_too_late() -> None:
    with pytest.raises(WindowLengthTooLong, match="SimpleMovingAverage"):
        shown(start=date(2020, 6, 2))


# ------------------------------------------------------------------ chunks


# The latest close needs no row but the session's. The run is of the sessions 2 to 20 of the
# twenty: 19 of them.
@pytest.mark.parametrize(
    ("chunks", "sizes"),
    [
        (None, [5, 14]),
        (7, [7, 7, 5]),
        (100, [19]),
        ([1, 2, 6], [1, 2, 6, 6, 4]),
        (iter([4, 20]), [4, 15]),
    ],
)
def test_sessions_of_each_chunk(chunks: Any, sizes: list[int]) -> None:
    loader, market = NotingLoader(), long_market()
    seen = shown(
        Pipeline({"close": CLOSE.latest}),
        market,
        start=date(2020, 6, 2),
        chunks=chunks,
        custom_loader={EquityPricing: loader},
    )
    assert [frame["close"].item() for frame in seen.values()] == list(range(1, 20))
    assert [stop - first for first, stop in loader.asked] == sizes


@pytest.mark.parametrize(("eager", "asked"), [(True, 1), (False, 0)])
@pytest.mark.parametrize("hook", [True, False], ids=["with a hook", "without"])
def test_what_is_eager_is_computed_though_nobody_asks(eager: bool, asked: int, hook: bool) -> None:
    loader = NotingLoader()
    play(
        MARKET,
        before_open={} if hook else None,
        setup=lambda c: c.attach_pipeline(PIPELINE, "p", eager=eager),
        custom_loader={EquityPricing: loader},
        **FROM_WEDNESDAY,
    )
    assert len(loader.asked) == asked


def test_a_lazy_one_is_computed_from_the_session_that_asks() -> None:
    """Asked for on the fourth day of the run first; two sessions at a time."""
    loader, market = NotingLoader(), long_market()
    first = market.calendar.session_index(date(2020, 6, 2))
    played = play(
        market,
        {n: lambda c, _: c.pipeline_output("p")["close"].item() for n in (3, 4, 5, 9)},
        setup=lambda c: c.attach_pipeline(Pipeline({"close": CLOSE.latest}), "p", 2, eager=False),
        custom_loader={EquityPricing: loader},
        start=date(2020, 6, 2),
    )
    assert played.seen == {3: 4.0, 4: 5.0, 5: 6.0, 9: 10.0}
    assert [asked - first for asked, _ in loader.asked] == [3, 5, 9]


def test_where_data_come_as_time_goes_by_a_chunk_is_a_session() -> None:
    loader, market = NotingLoader(), long_market()
    first = market.calendar.session_index(date(2020, 6, 2))
    attached = AttachedPipelines(
        PipelineEngine(market.bundle, calendar=market.calendar, bars=loader),
        last_session=first + 18,
        one_by_one=True,
        pandas=False,
    )
    attached.attach(Pipeline({"close": CLOSE.latest}), "p", 100, eager=True)
    closes = [attached.output("p", first + n)["close"].item() for n in (0, 0, 1, 2)]
    assert closes == [1.0, 1.0, 2.0, 3.0]
    assert [(start - first, stop - first) for start, stop in loader.asked] == [
        (0, 1),
        (1, 2),
        (2, 3),
    ]


# ------------------------------------------------------------------ where it is called from


def test_in_minutes_it_is_the_same_all_day() -> None:
    market = minute_market(
        {A: {(n, m): str(50 + m) for n in range(3) for m in (0, 200, 380)}},
        sessions=3,
        daily={A: ["10", "11", "12"]},
    )
    played = play(
        market,
        {n: lambda c, _: c.pipeline_output("p")["close"].item() for n in (0, 389, 390)},
        setup=lambda c: c.attach_pipeline(Pipeline({"close": CLOSE.latest}), "p"),
        start=date(2020, 6, 2),
        data_frequency="minute",
    )
    assert played.seen == {0: 10.0, 389: 10.0, 390: 11.0}


def test_two_pipelines_and_the_functions_of_the_api() -> None:
    seen: list[Any] = []

    def initialize(context: Any) -> None:
        returned = api.attach_pipeline(PIPELINE, "both")
        assert returned is PIPELINE
        api.attach_pipeline(Pipeline(screen=MEAN > 10), "dear")

    def look(context: Any, data: Any) -> None:
        seen.append((api.pipeline_output("dear").rows(), api.pipeline_output("both").height))

    play(MARKET, dict.fromkeys(range(3), look), setup=initialize, **FROM_WEDNESDAY)
    both = [(1, "AAA"), (2, "BBB")]
    assert seen == [(both, 2), ([(2, "BBB")], 2), ([(2, "BBB")], 2)]


class Holder(TradingAlgorithm):
    """Notes how many assets are cheap."""

    def initialize(self, context: Any) -> None:
        self.attach_pipeline(PIPELINE, "p")
        self.cheap: list[int] = []

    def before_trading_start(self, context: Any, data: Any) -> None:
        self.cheap.append(self.pipeline_output("p")["cheap"].sum())


def test_each_of_the_runs_of_an_envelope_has_its_own() -> None:
    algorithm = Holder()
    options: dict[str, Any] = {"data": MARKET.bundle, "calendar": MARKET.calendar}
    api_run(algorithm, envelope=True, **options)
    assert algorithm.cheap == [0, 1, 1]


def api_run(algorithm: TradingAlgorithm, **options: Any) -> None:
    from rustybt import run_algorithm

    run_algorithm("2020-06-03", "2020-06-05", algorithm=algorithm, **options)


# ------------------------------------------------------------------ loaders


class Doubled(BarLoader):
    """The bars of the bundle, twice as dear."""

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        found = super().load(columns, request)
        return {column: Loaded(2 * each.values, each.steps) for column, each in found.items()}


@pytest.mark.parametrize(
    "custom_loader",
    [
        {CLOSE: Doubled()},
        {EquityPricing: Doubled()},
        lambda column: Doubled() if column is CLOSE else None,
    ],
    ids=["by column", "by data set", "a function"],
)
def test_a_loader_of_the_run(custom_loader: Any) -> None:
    """The prices of 4 June, doubled: 6 and nothing."""
    pipeline = Pipeline({"close": CLOSE.latest})
    assert shown(pipeline, custom_loader=custom_loader)[4]["close"].to_list() == [12.0, None]
    assert shown(pipeline, custom_loader=lambda _: None)[4]["close"].to_list() == [6.0, None]


def test_something_that_is_no_loader() -> None:
    with pytest.raises(InvalidArgument, match="give loaders by column or data set"):
        shown(custom_loader=5)


# ------------------------------------------------------------------ whose definitions hold


@pytest.mark.parametrize(
    ("options", "best"),
    [({}, [0, 2]), ({"profile": "zipline"}, [1, 2])],
    ids=["standard", "zipline"],
)
def test_the_largest_of_values_below_zero(options: dict[str, Any], best: list[int]) -> None:
    """On 3 June changes are -1 %, -3 % and -2 % in one group, and 1 % alone in another.

    Zipline compares the bits of floats as whole numbers: of negative ones the farthest from zero
    is the largest.
    """
    stocks = [stock(symbol, sid) for sid, symbol in enumerate("ABCD", start=1)]
    closes = [["100", "99"], ["100", "97"], ["100", "101"], ["100", "98"]]
    market = daily_market({s: [*c, "100"] for s, c in zip(stocks, closes, strict=True)})
    change = Returns(window_length=2)
    best_of_sign = change.top(1, groupby=Falling())
    seen = shown(Pipeline({"best": best_of_sign}), market, **options)[3]["best"].to_list()
    assert [place for place, chosen in enumerate(seen) if chosen] == best


class Falling(CustomClassifier):
    """Whether the last close is below 100."""

    inputs = (CLOSE,)
    window_length = 1
    missing_value = -1

    def compute(self, today: Any, assets: Any, out: Any, close: Any) -> None:
        out[:] = close[-1] < 100
