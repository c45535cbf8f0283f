"""Pipelines that trade, and columns a13 leaves out: screens, masks, set_screen, classifiers, several outputs, chunks, other factors."""
import numpy as np
from zipline.api import (attach_pipeline, date_rules, order_target_percent, pipeline_output, record, schedule_function, symbols)
from zipline.pipeline import CustomClassifier, CustomFactor, CustomFilter, Pipeline
from zipline.pipeline.data import EquityPricing, USEquityPricing
from zipline.pipeline.domain import US_EQUITIES
from zipline.pipeline.factors import (AnnualizedVolatility, AverageDollarVolume, DailyReturns, Returns, RollingPearsonOfReturns, SimpleBeta,
                                      SimpleMovingAverage, VWAP)
from zipline.pipeline.filters import All, Any, AtLeastN, SingleAsset, StaticSids

META = dict(start="2020-02-18", end="2020-10-09", capital=100_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "momentum": dict(kind="momentum"),
    "reversal": dict(kind="reversal", meta=dict(start="2020-07-01", end="2020-10-30")),
    "columns": dict(kind="columns", meta=dict(start="2020-08-24", end="2020-10-08")),
    "listing": dict(kind="listing", meta=dict(start="2020-02-26", end="2020-03-09")),
    "second": dict(kind="listing", meta=dict(start="2020-11-10", end="2021-02-05", bundle="second-daily")),
}
PARAMS = VARIANTS["momentum"]


class Spread(CustomFactor):
    inputs = [USEquityPricing.high, USEquityPricing.low, USEquityPricing.volume]
    window_length = 4
    params = {"power": 1.0}
    outputs = ["widest", "last"]

    def compute(self, today, assets, out, high, low, volume, power):
        spread = (high - low) ** power
        out.widest[:] = np.nanmax(spread, axis=0)
        out.last[:] = spread[-1]


class Rising(CustomFilter):
    inputs = [USEquityPricing.close]
    window_length = 3

    def compute(self, today, assets, out, close):
        out[:] = (close[-1] > close[0]) & (close[-1] > close[1])


class Bucket(CustomClassifier):
    inputs = [USEquityPricing.close]
    window_length = 1
    dtype = np.dtype("int64")
    missing_value = -1

    def compute(self, today, assets, out, close):
        out[:] = np.where(np.isnan(close[-1]), -1, np.floor(np.nan_to_num(close[-1]) / 50))


def initialize(context):
    context.captures = []
    context.today = None
    kind = PARAMS["kind"]
    close, volume = USEquityPricing.close, USEquityPricing.volume
    if kind == "momentum":
        change = Returns(window_length=20)
        liquid = AverageDollarVolume(window_length=10).top(8)
        attach_pipeline(Pipeline(columns={"change": change, "rank": change.rank(ascending=False, mask=liquid),
                                          "best": change.top(3, mask=liquid)}, screen=liquid), "p")
        schedule_function(trade, date_rules.week_start())
    elif kind == "reversal":
        change = Returns(window_length=6)
        z = change.zscore(mask=SimpleMovingAverage(inputs=[close], window_length=5) > 10)
        attach_pipeline(Pipeline(columns={"change": z, "best": z < -0.5}, screen=z.notnull()), "p", chunks=7)
        schedule_function(trade, date_rules.week_end())
    elif kind == "listing":
        if "second" in PARAMS["meta"].get("bundle", ""):
            close, volume = EquityPricing.close, EquityPricing.volume
            p = Pipeline(columns={"close": close.latest, "volume": volume.latest, "sma": SimpleMovingAverage(inputs=[close], window_length=5),
                                  "change": Returns(inputs=[close], window_length=3)})
        else:
            p = Pipeline(columns={"close": close.latest, "volume": volume.latest, "sma": SimpleMovingAverage(inputs=[close], window_length=5),
                                  "change": Returns(window_length=3)}, domain=US_EQUITIES)
        attach_pipeline(p, "p")
    else:
        a, b, e = symbols("AAA", "BBB", "EEE")
        change = Returns(window_length=5)
        bucket = Bucket()
        spread = Spread(power=0.5)
        small = USEquityPricing.volume.latest < 200_000
        p = Pipeline()
        columns = {
            "bucket": bucket, "in_2": bucket.eq(2), "bucket_in": bucket.element_of([0, 3]), "widest": spread.widest, "last": spread.last,
            "rising": Rising(), "small": small, "not_small": ~small, "both": small & Rising(), "either": small | Rising(),
            "all_small": All(inputs=[small], window_length=3), "any_small": Any(inputs=[small], window_length=5),
            "two_small": AtLeastN(inputs=[small], window_length=5, N=2), "is_b": SingleAsset(b), "sids": StaticSids([1, 5, 7]),
            "mean_by_bucket": change.demean(groupby=bucket), "z_by_bucket": change.zscore(groupby=bucket),
            "rank_masked": change.rank(mask=small), "top_by": change.top(1, groupby=bucket), "bottom_by": change.bottom(1, groupby=bucket),
            "quintile": change.quintiles(), "decile": change.deciles(), "quartile_masked": change.quartiles(mask=~small),
            "between": change.percentile_between(20, 60, mask=~small), "vol": AnnualizedVolatility(window_length=15),
            "beta": SimpleBeta(target=a, regression_length=20), "pearson": RollingPearsonOfReturns(target=e, returns_length=2,
                                                                                                    correlation_length=12),
            "vwap": VWAP(window_length=6), "daily": DailyReturns(), "pow": change ** 2, "minus": close.latest - USEquityPricing.open.latest,
            "ratio": close.latest / USEquityPricing.high.latest, "mod": volume.latest % 7, "neg": -change, "where": change.where(small, 0.0)
            if hasattr(change, "where") else change, "log1p": change.log1p(), "sqrt": close.latest.sqrt(), "eq": volume.latest.eq(0.0),
            "linreg": change.winsorize(0.2, 0.8), "max_5": SimpleMovingAverage(inputs=[change], window_length=3)
            if getattr(change, "window_safe", False) else change, "finite": change.isfinite(),
        }
        for name, term in columns.items():
            p.add(term, name)
        p.set_screen(close.latest > 0)
        attach_pipeline(p, "p", eager=False)


def before_trading_start(context, data):
    day = data.current_dt.date()
    context.today = pipeline_output("p") if PARAMS["kind"] != "columns" or day.day in (24, 28, 31, 1, 2, 5, 6, 7, 8, 30) else None
    if context.today is not None and (PARAMS["kind"] != "momentum" or day.day in (3, 4, 30, 31)):
        context.captures.append({"date": day.isoformat(), "frame": context.today, "types": [str(t) for t in context.today.dtypes]})


def trade(context, data):
    best = [a for a, chosen in context.today["best"].items() if chosen]
    for asset in list(context.portfolio.positions):
        if asset not in best and data.can_trade(asset):
            order_target_percent(asset, 0)
    for asset in best:
        if data.can_trade(asset):
            order_target_percent(asset, 0.9 / len(best))


def handle_data(context, data):
    if PARAMS["kind"] == "listing" and context.today is None:      # before_trading_start is never called in this market
        frame = pipeline_output("p")
        if data.current_dt.day in (12, 13, 16, 1, 2, 7, 8, 14, 4, 5, 11, 29):
            context.captures.append({"date": str(data.current_dt), "frame": frame})
    record(rows=0 if context.today is None else len(context.today))
