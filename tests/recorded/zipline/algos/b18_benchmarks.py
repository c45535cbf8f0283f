"""Benchmark variants with the risk columns of a run that trades."""
import pandas as pd
from zipline.api import order_target_percent, set_benchmark, set_commission, set_slippage, commission, slippage, symbol

META = dict(start="2020-01-02", end="2020-12-31", capital=100_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "none": dict(benchmark_returns=False),
    "asset_with_split": dict(benchmark_returns=False, asset="AAA"),
    "asset_with_dividend": dict(benchmark_returns=False, asset="FFF"),
    "asset_with_halts": dict(benchmark_returns=False, asset="JJJ"),
    "asset_from_first_session": dict(benchmark_returns=False, asset="AAA", meta=dict(start="2019-01-02", end="2019-03-29")),
    "series": dict(),
    "asset_over_series": dict(asset="DDD", meta=dict(end="2020-03-31")),
    "minute_asset": dict(benchmark_returns=False, asset="AAA", meta=dict(bundle="golden-minute", freq="minute", start="2021-03-01",
                                                                         end="2021-03-12")),
    "one_session": dict(benchmark_returns=False, asset="DDD", meta=dict(start="2020-03-02", end="2020-03-02")),
    "two_sessions": dict(benchmark_returns=False, asset="DDD", meta=dict(start="2020-03-02", end="2020-03-03")),
    "long_only_gains": dict(benchmark_returns=False, hold=True, asset="DDD", meta=dict(end="2020-02-28")),
}
PARAMS = VARIANTS["none"]


def benchmark_returns():
    days = pd.date_range("2019-12-31", "2020-12-31", freq="B")
    return pd.Series([((i * 37) % 101 - 50) / 4000 for i in range(len(days))], index=days)


def initialize(context):
    context.n = 0
    if "asset" in PARAMS:
        set_benchmark(symbol(PARAMS["asset"]))
    set_slippage(slippage.NoSlippage())
    set_commission(commission.PerShare(0.001))


def handle_data(context, data):
    context.n += 1
    if PARAMS.get("hold"):
        if context.n == 1:
            order_target_percent(symbol("BBB"), 0.9)
        return
    if context.n % 10 == 2:
        order_target_percent(symbol("BBB"), 0.5 if context.n % 20 == 2 else -0.3)
        order_target_percent(symbol("AAA"), 0.4)
