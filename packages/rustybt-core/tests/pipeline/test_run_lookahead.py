"""Look-ahead: whatever happens after the present, what a pipeline shows until then is the same.

Two markets share their bars before a session, the corporate actions up to it and the facts that are
known by its morning. Everything after that differs: prices, volumes, which bars there are, splits,
dividends, restatements, when assets begin and end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from factor_panels import FIELDS, Panel, panel
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_market

from rustybt import run_algorithm
from rustybt.calendars import from_day
from rustybt.data.bundle import BundleData
from rustybt.pipeline import (
    CustomClassifier,
    CustomFactor,
    CustomFilter,
    ExprFactor,
    Pipeline,
    classifiers,
    factors,
    filters,
)
from rustybt.pipeline.data import BoundColumn, Column, DataSet, EquityPricing, Fundamentals
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.loaders import Loaded, LoadRequest
from rustybt.pipeline.profiles import Profile
from rustybt.pipeline.term import ComputableTerm

SESSIONS, ASSETS = 100, 6
FIRST = 80
"""First session that is shown, of the second quarter: all windows below are shorter."""

# ------------------------------------------------------------------ markets


@dataclass(frozen=True)
class World:
    """A panel, what is known of its companies, and events.

    Attributes:
        panel: Bars, actions, lives.
        facts: Table of facts.
        events: Days of events as of each session, (sessions, assets).
    """

    panel: Panel
    facts: pl.DataFrame
    events: np.ndarray

    @classmethod
    def of(cls, seed: int) -> "World":
        """Any world."""
        made = panel(seed, sessions=SESSIONS, assets=ASSETS)
        draw = np.random.default_rng(seed + 1)
        days = made.calendar.sessions[draw.integers(0, SESSIONS, 40)]
        facts = pl.DataFrame(
            {
                "symbol": [made.assets[n].symbol for n in draw.integers(0, ASSETS, 40)],
                "effective_at": [
                    from_day(int(day) - 30 * int(draw.integers(0, 3))) for day in days
                ],
                "known_at": [from_day(int(day)) for day in days],
                "eps": draw.normal(size=40).round(3),
            }
        ).unique(["symbol", "effective_at", "known_at"], maintain_order=True)
        since = made.calendar.sessions[:, None] - draw.integers(0, 20, (SESSIONS, ASSETS))
        return cls(made, facts, since.astype("datetime64[D]").astype("datetime64[ns]"))

    def until(self, now: int, later: "World") -> "World":
        """This world through the morning of a session, another one afterwards."""
        today = from_day(int(self.panel.calendar.sessions[now]))
        facts = [
            self.facts.filter(pl.col("known_at") <= today),
            later.facts.filter(pl.col("known_at") > today),
        ]
        events = np.concatenate([self.events[: now + 1], later.events[now + 1 :]])
        return World(_joined(self.panel, later.panel, now), pl.concat(facts), events)

    @property
    def bundle(self) -> BundleData:
        """The bundle of it."""
        return replace(self.panel.bundle(), tables={"fundamentals": lambda: self.facts})

    def shown(self, pipeline: Pipeline, profile: Profile, sizes: Sequence[int]) -> pl.DataFrame:
        """What a pipeline shows."""
        engine = PipelineEngine(
            self.bundle, calendar=self.panel.calendar, loaders={Events: self}, profile=profile
        )
        first, last = (
            from_day(int(self.panel.calendar.sessions[n])) for n in (FIRST, SESSIONS - 1)
        )
        return pl.concat(list(engine.chunks(pipeline, first, last, sizes)))

    # As a loader of `Events`:

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        rows = self.events[request.first : request.stop, request.sids - 1]
        return {column: Loaded(np.ascontiguousarray(rows.T)) for column in columns}

    def first_session(self, request: LoadRequest) -> int | None:
        return None


def _joined(before: Panel, later: Panel, now: int) -> Panel:
    """Bars before a session of one panel and from it on of another; actions through it."""
    sessions = before.calendar.sessions
    today = from_day(int(sessions[now]))
    assets = tuple(
        replace(
            asset,
            start_date=_date(asset.start_date, other.start_date, today),
            end_date=_date(asset.end_date, other.end_date, today),
        )
        for asset, other in zip(before.assets, later.assets[::-1], strict=True)
    )
    raw = {name: before.raw[name].copy() for name in FIELDS}
    for name, values in raw.items():
        values[now:] = later.raw[name][now:]
        for place, asset in enumerate(assets):
            days = [from_day(int(day)) for day in sessions]
            outside = [not _lives(asset.start_date, day, asset.end_date) for day in days]
            values[outside, place] = 0.0 if name == "volume" else np.nan
    return Panel(
        before.calendar,
        tuple(replace(asset) for asset in assets),
        raw,
        tuple(each for each in before.splits if each[1] <= now)
        + tuple(each for each in later.splits if each[1] > now),
        tuple(each for each in before.dividends if each[1] <= now)
        + tuple(each for each in later.dividends if each[1] > now),
    )


def _date(own: date | None, other: date | None, today: date) -> date | None:
    """A day that has passed; one that is to come is another one."""
    assert own is not None
    assert other is not None
    return own if own < today else max(other, today)


def _lives(start: date | None, day: date, end: date | None) -> bool:
    assert start is not None
    assert end is not None
    return start <= day <= end


# ------------------------------------------------------------------ pipelines of everything


class Events(DataSet):
    """Days of events."""

    day = Column("datetime64[ns]")


class Facts(Fundamentals):
    """What companies earn."""

    eps = Column(float)


class Spread(CustomFactor):
    """Two figures of two windows."""

    inputs = (EquityPricing.high, EquityPricing.low)
    window_length = 5
    outputs = ("widest", "last")

    def compute(self, today: Any, assets: Any, out: Any, high: Any, low: Any) -> None:
        out.widest[:] = np.where(np.isnan(high - low), 0, high - low).max(axis=0)
        out.last[:] = high[-1] - low[-1]


class Rising(CustomFilter):
    """Whether the last close is above the mean of a window."""

    inputs = (EquityPricing.close,)
    window_length = 4

    def compute(self, today: Any, assets: Any, out: Any, close: Any) -> None:
        out[:] = close[-1] > close.mean(axis=0)


class Tens(CustomClassifier):
    """How many times ten fits into the last close."""

    inputs = (EquityPricing.close,)
    window_length = 1
    missing_value = -1

    def compute(self, today: Any, assets: Any, out: Any, close: Any) -> None:
        out[:] = np.nan_to_num(close[-1] // 10, nan=-1)


CLOSE, VOLUME = EquityPricing.close, EquityPricing.volume
ASSET = panel(0, sessions=SESSIONS, assets=ASSETS).assets[0]
MEAN = factors.SimpleMovingAverage(inputs=[CLOSE], window_length=5)
CHANGE = factors.Returns(window_length=4)
BUSY = VOLUME.latest > 2000
GROUPS = Tens()
SMALL = {"window_length": 6}


def built_in_factors() -> dict[str, ComputableTerm]:
    """A term of every built-in factor."""
    f = factors
    bands = f.BollingerBands(inputs=[CLOSE], window_length=5, k=2)
    lines = f.IchimokuKinkoHyo(
        window_length=12, tenkan_sen_length=3, kijun_sen_length=6, chikou_span_length=6
    )
    return {
        "EWMA": f.EWMA.from_span([CLOSE], window_length=8, span=4),
        "EWMSTD": f.EWMSTD.from_halflife([CLOSE], window_length=8, halflife=4),
        "RSI": f.RSI(window_length=7),
        "VWAP": f.VWAP(window_length=5),
        "AnnualizedVolatility": f.AnnualizedVolatility(window_length=6),
        "Aroon": f.Aroon(window_length=6).up,
        "AverageDollarVolume": f.AverageDollarVolume(window_length=4),
        "BollingerBands": bands.upper,
        "BollingerBands.lower": bands.lower,
        "BusinessDaysSincePreviousEvent": f.BusinessDaysSincePreviousEvent([Events.day]),
        "BusinessDaysUntilNextEvent": f.BusinessDaysUntilNextEvent([Events.day]),
        "Clip": f.Clip([CHANGE], min_bound=-0.01, max_bound=0.01),
        "DailyReturns": f.DailyReturns(),
        "ExprFactor": ExprFactor(
            pl.col("close").mean() / pl.col("open").last(),
            inputs={"close": CLOSE, "open": EquityPricing.open},
            window_length=3,
        ),
        "FastStochasticOscillator": f.FastStochasticOscillator(window_length=6),
        **{f"IchimokuKinkoHyo.{name}": getattr(lines, name) for name in lines.outputs},
        "Latest": f.Latest([CLOSE]),
        "LinearWeightedMovingAverage": f.LinearWeightedMovingAverage([CLOSE], **SMALL),
        "MACDSignal": f.MACDSignal(fast_period=3, slow_period=6, signal_period=3),
        "MaxDrawdown": f.MaxDrawdown([CLOSE], **SMALL),
        "PeerCount": f.PeerCount([GROUPS]),
        "PercentChange": f.PercentChange([CLOSE], **SMALL),
        "RateOfChangePercentage": f.RateOfChangePercentage([CLOSE], **SMALL),
        "RecarrayField": f.RecarrayField(Spread(), "widest"),
        "Returns": CHANGE,
        **built_in_statistics(),
        "SimpleMovingAverage": MEAN,
        "TrueRange": f.TrueRange(),
        "WeightedAverageValue": f.WeightedAverageValue([CLOSE, VOLUME], **SMALL),
    }


def built_in_statistics() -> dict[str, ComputableTerm]:
    """A term of every built-in factor that compares two series."""
    f = factors
    regression = f.RollingLinearRegressionOfReturns(
        target=ASSET, returns_length=2, regression_length=6
    )
    pair: dict[str, Any] = {"base_factor": CHANGE, "target": CHANGE[ASSET]}
    return {
        "RollingLinearRegression": f.RollingLinearRegression(
            dependent=CHANGE, independent=CHANGE[ASSET], regression_length=6
        ).alpha,
        **{
            f"RollingLinearRegressionOfReturns.{name}": getattr(regression, name)
            for name in regression.outputs
        },
        "RollingPearson": f.RollingPearson(correlation_length=6, **pair),
        "RollingPearsonOfReturns": f.RollingPearsonOfReturns(
            target=ASSET, returns_length=2, correlation_length=6
        ),
        "RollingSpearman": f.RollingSpearman(correlation_length=6, **pair),
        "RollingSpearmanOfReturns": f.RollingSpearmanOfReturns(
            target=ASSET, returns_length=2, correlation_length=6
        ),
        "SimpleBeta": f.SimpleBeta(target=ASSET, regression_length=8),
    }


def built_in_filters() -> dict[str, ComputableTerm]:
    """A term of every built-in filter and classifier."""
    f, c = filters, classifiers
    return {
        "All": f.All(inputs=[BUSY], window_length=3),
        "AllPresent": f.AllPresent(inputs=[CLOSE], window_length=5),
        "Any": f.Any(inputs=[BUSY], window_length=3),
        "ArrayPredicate": f.ArrayPredicate(MEAN, np.greater, (50,)),
        "AtLeastN": f.AtLeastN(inputs=[BUSY], window_length=5, N=2),
        "ExprFilter": f.ExprFilter(
            pl.col("close").last() > pl.col("close").first(),
            inputs={"close": CLOSE},
            window_length=3,
        ),
        "MaximumFilter": f.MaximumFilter(CHANGE, GROUPS),
        "NotNullFilter": f.NotNullFilter(CLOSE.latest),
        "NullFilter": f.NullFilter(CLOSE.latest),
        "NumExprFilter": f.NumExprFilter("x_0 > x_1", (MEAN, CLOSE.latest)),
        "PercentileFilter": f.PercentileFilter(CHANGE, 20, 80),
        "SingleAsset": f.SingleAsset(ASSET),
        "StaticAssets": f.StaticAssets([ASSET]),
        "StaticSids": f.StaticSids([1, 3]),
        "Everything": c.Everything(),
        "ExprClassifier": c.ExprClassifier(
            (pl.col("close").last() * 100).floor().cast(pl.Int64) % 3,
            inputs={"close": CLOSE},
            window_length=1,
            missing_value=-1,
        ),
        "Quantiles": c.Quantiles([CHANGE], 3),
    }


def made_by_methods() -> dict[str, ComputableTerm]:
    """What methods of terms make."""
    safe = CHANGE.zscore()
    of_session: dict[str, ComputableTerm] = {
        name: CHANGE - getattr(CHANGE, name)()
        for name in ("mean", "stddev", "max", "min", "median")
    }
    periods: dict[str, ComputableTerm] = {
        name: MEAN.downsample(name) for name in ("week_start", "month_start", "quarter_start")
    }
    return {
        **of_session,
        **periods,
        "rank": CHANGE.rank(),
        "rank of groups": CHANGE.rank(method="average", ascending=False, groupby=GROUPS, mask=BUSY),
        "zscore": CHANGE.zscore(groupby=MEAN.quantiles(2)),
        "demean": CHANGE.demean(mask=BUSY),
        "winsorize": CHANGE.winsorize(0.2, 0.8),
        "quartiles": CHANGE.quartiles(mask=BUSY),
        "top": CHANGE.top(2),
        "top of groups": CHANGE.top(1, groupby=GROUPS),
        "bottom": CHANGE.bottom(2, mask=BUSY),
        "between": CHANGE.percentile_between(10, 60),
        "pearsonr": safe.pearsonr(CHANGE[ASSET], 5),
        "spearmanr": safe.spearmanr(CHANGE[ASSET], 5),
        "linear_regression": safe.linear_regression(CHANGE[ASSET], 5).beta,
        "fillna": CHANGE.fillna(0.0),
        "if_else": BUSY.if_else(CHANGE, -CHANGE),
        "abs": CHANGE.abs() * 2 + CLOSE.latest.log(),
        "relative": CHANGE - CHANGE[ASSET],
        "smooth": factors.SimpleMovingAverage(inputs=[safe], window_length=4),
        "in groups": GROUPS.element_of([3, 5]),
        "peers": GROUPS.peer_count(),
        "rising": Rising(),
        "tens": GROUPS,
        "widest": Spread().widest,
        "last": Spread().last,
        "eps": Facts.eps.latest,
        "mean of eps": factors.SimpleMovingAverage(inputs=[Facts.eps], window_length=5),
        "volume": VOLUME.latest,
        "event": Events.day.latest,
    }


def everything() -> Pipeline:
    """A pipeline of all of them."""
    return Pipeline({**built_in_factors(), **built_in_filters(), **made_by_methods()})


BASES = {"Factor", "Filter", "Classifier", "CustomFactor", "CustomFilter", "CustomClassifier"}
ALIASES = {
    "ExponentialWeightedMovingAverage",
    "ExponentialWeightedMovingStdDev",
    "MovingAverageConvergenceDivergenceSignal",
}


def test_every_built_in_term_is_tried() -> None:
    names = {*factors.__all__, *filters.__all__, *classifiers.__all__} - BASES - ALIASES
    tried = {name.partition(".")[0] for name in {**built_in_factors(), **built_in_filters()}}
    assert tried == names


def test_there_are_values_to_compare() -> None:
    """Neither all missing nor all alike, but for those that the market has no occasion for."""
    shown = World.of(3).shown(everything(), "standard", ())
    alike = [name for name in shown.columns[3:] if shown[name].n_unique() < 2]
    assert alike == ["Everything"]


# ------------------------------------------------------------------ the law


def assert_same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    """Make sure that frames are the same, floats but for their last digits.

    Sums over a session are added in the order of all assets that live in a chunk, and windows are
    in the unit of its first row: a last digit may depend on either.
    """
    for name in one.columns:
        left, right = one[name], other[name]
        if left.dtype == pl.Float64:
            assert left.is_null().equals(right.is_null()), name
            close = np.allclose(left.to_numpy(), right.to_numpy(), 1e-7, 1e-9, equal_nan=True)
            assert close, name
        else:
            assert left.equals(right, null_equal=True), name


@whole_market
@given(
    seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    now=st.integers(FIRST, SESSIONS - 1),
    profile=st.sampled_from(("standard", "zipline")),
    sizes=st.sampled_from(((), (1,), (5, 126), (7,))),
)
def test_what_is_shown_until_now_does_not_depend_on_what_comes(
    seeds: tuple[int, int], now: int, profile: Profile, sizes: tuple[int, ...]
) -> None:
    world = World.of(seeds[0])
    other = world.until(now, World.of(seeds[1]))
    today = from_day(int(world.panel.calendar.sessions[now]))
    pipeline = everything()
    known, again = (
        each.shown(pipeline, profile, sizes).filter(pl.col("session") <= today)
        for each in (world, other)
    )
    assert known.height
    assert_same(known, again)


def test_what_comes_is_another_world() -> None:
    """Of all columns but constant ones something differs afterwards, so that the law can fail."""
    world, now = World.of(1), FIRST + 3
    today = from_day(int(world.panel.calendar.sessions[now]))
    keys = ["session", "sid"]
    after, again = (
        each.shown(everything(), "standard", ()).filter(pl.col("session") > today)
        for each in (world, world.until(now, World.of(2)))
    )
    after, again = (
        one.join(other, keys, "semi").sort(keys) for one, other in ((after, again), (again, after))
    )
    alike = {name for name in after.columns[3:] if after[name].equals(again[name])}
    # No quarter begins among these sessions.
    constant = {"Everything", "SingleAsset", "StaticAssets", "StaticSids", "quarter_start"}
    assert alike == constant


@pytest.mark.parametrize("size", [1, 7])
def test_chunks_make_no_difference_but_for_rounding(size: int) -> None:
    world, pipeline = World.of(11), everything()
    whole, parts = (world.shown(pipeline, "standard", sizes) for sizes in ((), (size,)))
    assert_same(whole, parts)


@pytest.mark.parametrize("profile", ["standard", "zipline"])
def test_a_strategy_sees_no_more(profile: str) -> None:
    """Two runs over worlds that part in the middle of a chunk."""
    world, now = World.of(5), FIRST + 8
    worlds = (world, world.until(now, World.of(6)))
    seen: list[list[Any]] = []
    for each in worlds:
        shown: list[Any] = []

        def initialize(context: Any) -> None:
            context.attach_pipeline(Pipeline({"change": CHANGE, "top": CHANGE.top(2)}), "p")

        def look(context: Any, _data: Any, shown: list[Any] = shown) -> None:
            frame = context.pipeline_output("p")
            shown.append(frame if isinstance(frame, pl.DataFrame) else frame.to_csv())

        calendar = each.panel.calendar
        run_algorithm(
            from_day(int(calendar.sessions[FIRST])),
            from_day(int(calendar.sessions[-1])),
            initialize,
            before_trading_start=look,
            data=each.bundle,
            calendar=calendar,
            profile=None if profile == "standard" else profile,
        )
        seen.append(shown)
    assert len(seen[0]) == SESSIONS - FIRST
    for one, other in zip(seen[0][:9], seen[1][:9], strict=True):
        assert one.equals(other) if isinstance(one, pl.DataFrame) else one == other
    assert any(str(one) != str(other) for one, other in zip(*seen, strict=True))


def test_factors_are_terms() -> None:
    assert all(isinstance(term, Factor) for term in built_in_factors().values())
