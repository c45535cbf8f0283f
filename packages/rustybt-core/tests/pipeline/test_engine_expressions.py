"""Terms of Polars expressions over windows: equal to windows of numpy, and nothing beyond."""

import pickle
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from small_markets import bundle, equities, frame, split, weekdays

from rustybt.errors import InvalidArgument
from rustybt.pipeline import CustomFactor, ExprClassifier, ExprFactor, ExprFilter, Pipeline
from rustybt.pipeline.data import BoundColumn, EquityPricing
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factors import Returns

SESSIONS = 30
CALENDAR = weekdays("2024-01-01", SESSIONS)
DAYS = [CALENDAR.session_date(index).isoformat() for index in range(SESSIONS)]
WINDOW = 5
CLOSE, VOLUME = pl.col("close"), pl.col("volume")
PRICED = {"close": EquityPricing.close, "volume": EquityPricing.volume}


def random_engine() -> PipelineEngine:
    """Three assets with gaps and splits; one starts late."""
    rng = np.random.Generator(np.random.PCG64(5))
    bars: dict[str, dict[str, Any]] = {}
    for symbol, start in (("A", 0), ("B", 0), ("C", 9)):
        there = rng.random(SESSIONS) > 0.15
        there[[start, -1]] = True
        prices, volumes = rng.integers(50, 150, (2, SESSIONS)).tolist()
        bars[symbol] = {
            day: (price, price, price, price, volume)
            for index, (day, price, volume) in enumerate(zip(DAYS, prices, volumes, strict=True))
            if index >= start and there[index]
        }
    # Splits come the day after a trade, so that nothing hangs on how a halt is dealt with.
    events = [
        split(1, next(day for day in DAYS[12:] if day in bars["A"]), "1/2"),
        split(3, next(day for day in DAYS[20:] if day in bars["C"]), "3/1"),
    ]
    assets = equities(["A", "B", "C"], C=(DAYS[9], None))
    market = bundle(CALENDAR, assets, daily=frame(bars), events=events)
    return PipelineEngine(market, calendar=CALENDAR)


def engine(closes: Mapping[str, list[float]]) -> PipelineEngine:
    """Bars with these closes from the first session on."""
    bars = {symbol: dict(zip(DAYS, prices, strict=False)) for symbol, prices in closes.items()}
    return PipelineEngine(
        bundle(CALENDAR, equities(list(closes)), daily=frame(bars)), calendar=CALENDAR
    )


def windowed(function: Callable[..., Any], name: str) -> type[CustomFactor]:
    """A factor that makes a number of the window of each asset, a function of 1-d arrays."""

    class OfWindows(CustomFactor):
        inputs = tuple(PRICED.values())
        window_length = WINDOW

        def compute(self, today: Any, assets: Any, out: Any, *inputs: Any) -> None:
            for number in range(len(assets)):
                close, volume = (each[:, number] for each in inputs)
                out[number] = function(close, volume)

    OfWindows.__name__ = name
    return OfWindows


def _drawdown(close: Any, volume: Any) -> float:
    del volume
    here = close[~np.isnan(close)]
    if not len(here):
        return float("nan")
    return float(np.min(here / np.maximum.accumulate(here) - 1))


def _mean(close: Any, volume: Any) -> float:
    del volume
    here = close[~np.isnan(close)]
    return close[-1] / here.mean() if len(here) else float("nan")


SHAPES: Mapping[str, tuple[pl.Expr, Callable[..., Any]]] = {
    "ratio to the mean": (CLOSE.last() / CLOSE.mean(), _mean),
    "weighted": (
        (CLOSE * VOLUME).sum() / VOLUME.sum(),
        lambda close, volume: np.nansum(close * volume) / volume.sum() if volume.sum() else np.nan,
    ),
    "drawdown": ((CLOSE / CLOSE.cum_max() - 1).min(), _drawdown),
    "change": (CLOSE.last() - CLOSE.first(), lambda close, _: close[-1] - close[0]),
    "length": (pl.len(), lambda close, _: len(close)),
    "largest of changes": (
        CLOSE.diff().max(),
        lambda close, _: np.nan if np.isnan(np.diff(close)).all() else np.nanmax(np.diff(close)),
    ),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("sizes", [(SESSIONS,), (1, 3, 7)])
def test_expression_equals_windows(name: str, sizes: tuple[int, ...]) -> None:
    expression, function = SHAPES[name]
    pipeline = Pipeline(
        {
            "expression": ExprFactor(expression, inputs=PRICED, window_length=WINDOW),
            "windows": windowed(function, name)(),
        }
    )
    chunks = random_engine().chunks(pipeline, DAYS[WINDOW], DAYS[-1], sizes)
    found = pl.concat(list(chunks))
    assert found.height > 3 * SESSIONS / 2
    assert found["windows"].is_not_null().sum() > SESSIONS
    assert_allclose(found["expression"].to_numpy(), found["windows"].to_numpy(), rtol=1e-9)


def test_ratio_by_hand() -> None:
    # Closes 10, 12, 14, 16 in sessions 0 to 3. A window of two before session 3 holds 12 and 14:
    # 14 / 13; before session 4 it holds 14 and 16: 16 / 15.
    term = ExprFactor(CLOSE.last() / CLOSE.mean(), inputs=[EquityPricing.close], window_length=2)
    found = engine({"A": [10, 12, 14, 16, 18]}).run(Pipeline({"ratio": term}), DAYS[3], DAYS[4])
    assert_allclose(found["ratio"].to_numpy(), [14 / 13, 16 / 15], rtol=1e-15)


def test_function_of_expressions_makes_the_same_term() -> None:
    inputs = [EquityPricing.close, EquityPricing.volume]
    by_function = ExprFactor(
        lambda close, volume: (close * volume).sum(), inputs=inputs, window_length=3
    )
    assert by_function is ExprFactor((CLOSE * VOLUME).sum(), inputs=PRICED, window_length=3)


def test_terms_are_inputs_by_name() -> None:
    # Returns of 12/10, 15/12, 30/15; the largest of two, before session 4: 1.25 - 1 and 2 - 1.
    returns = Returns(window_length=2)
    term = ExprFactor(pl.col("r").max(), inputs={"r": returns}, window_length=2)
    found = engine({"A": [10, 12, 15, 30, 30]}).run(Pipeline({"best": term}), DAYS[4], DAYS[4])
    assert_allclose(found["best"].to_numpy(), [1.0])


def test_filters_and_classifiers() -> None:
    close = [EquityPricing.close]
    rising = ExprFilter(CLOSE.last() > CLOSE.first(), inputs=close, window_length=2)
    place = ExprClassifier(CLOSE.arg_max(), inputs=close, window_length=2)
    word = ExprClassifier(
        pl.when(CLOSE.last() > 11).then(pl.lit("high")), inputs=close, window_length=2
    )
    pipeline = Pipeline({"rising": rising, "place": place, "word": word})
    found = engine({"A": [10, 12, 11], "B": [10, 9, 9]}).run(pipeline, DAYS[2], DAYS[2])
    assert found["rising"].to_list() == [True, False]
    assert found["place"].to_list() == [1, 0]
    assert found["word"].to_list() == ["high", None]


def test_mask_says_where_it_is_computed() -> None:
    close = [EquityPricing.close]
    cheap = ExprFilter(CLOSE.last() < 10, inputs=close, window_length=1)
    term = ExprFactor(CLOSE.sum(), inputs=close, window_length=2, mask=cheap)
    found = engine({"A": [10, 12], "B": [8, 9]}).run(Pipeline({"sum": term}), DAYS[2], DAYS[2])
    assert found["sum"].to_list() == [None, 17.0]


def test_pickled_term_is_the_same_object() -> None:
    term = ExprFactor(CLOSE.std(), inputs=PRICED, window_length=4)
    assert pickle.loads(pickle.dumps(term)) is term
    assert repr(term) == 'ExprFactor(col("close").std(), inputs=[close, volume], window_length=4)'


def _made(expression: Any, inputs: Any = PRICED, kind: Any = ExprFactor, **options: Any) -> Any:
    return kind(expression, inputs=inputs, window_length=options.pop("length", 3), **options)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: _made(pl.col("price").mean()),
            "there is no 'price'; its inputs are close, volume",
        ),
        (lambda: _made(CLOSE), "reduce the window to one value"),
        (lambda: _made(CLOSE.head(1)), "reduce the window to one value"),
        (lambda: _made(pl.all().mean()), "several columns"),
        (lambda: _made(CLOSE.sum().over("volume").last()), r"take \.over\(…\) out"),
        (lambda: _made(CLOSE.sum().rolling("volume", period="2i").last()), r"\.rolling\(…\) out"),
        (lambda: _made(CLOSE.map_batches(lambda s: s).last()), "write a CustomFactor"),
        (lambda: _made((CLOSE > 1).all()), "make a number"),
        (lambda: _made(CLOSE.sum(), kind=ExprFilter), "make a truth value"),
        (lambda: _made(CLOSE.sum(), kind=ExprClassifier), "make a whole number or a text"),
        (lambda: _made(CLOSE.str.len_chars().sum()), "Polars says"),
        (lambda: _made("close"), "give a Polars expression"),
        (lambda: _made(CLOSE.sum(), inputs=[Returns(window_length=2)]), "mapping of names"),
        (lambda: _made(CLOSE.sum(), inputs=[]), "mapping of names"),
        (lambda: _made(CLOSE.sum(), length=0), "window_length"),
        (
            lambda: _made(CLOSE.arg_max(), kind=ExprClassifier, dtype=object),
            "its expression makes int64",
        ),
    ],
)
def test_what_cannot_be_used_is_named(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        make()


def test_message_tells_how_the_term_was_built() -> None:
    with pytest.raises(InvalidArgument) as caught:
        ExprFactor(pl.col("price").mean(), inputs=PRICED, window_length=3)
    assert str(caught.value) == (
        'expression of ExprFactor(col("price").mean(), inputs=[close, volume], window_length=3) '
        "was 'col(\"price\").mean()'; there is no 'price'; its inputs are close, volume"
    )


def test_column_of_two_data_sets_needs_names() -> None:
    close: BoundColumn = EquityPricing.close
    with pytest.raises(InvalidArgument, match="mapping of names"):
        ExprFactor(CLOSE.sum(), inputs=[close, close], window_length=2)
