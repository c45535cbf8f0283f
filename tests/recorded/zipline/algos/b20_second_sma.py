"""Another market: a moving average cross with weekly rebalance and a benchmark."""
from zipline.api import date_rules, order_target, order_target_percent, record, schedule_function, set_benchmark, symbol, symbols

META = dict(start="2020-11-02", end="2021-04-30", capital=250_000.0, freq="daily", bundle="second-daily")


def initialize(context):
    context.assets = symbols("HKA", "HKB", "HKC", "HKD", "HKE")
    set_benchmark(symbol("HKF"))
    schedule_function(rebalance, date_rules.week_start())
    schedule_function(trim, date_rules.month_end(days_offset=1))


def rebalance(context, data):
    window = data.history(context.assets, "price", 15, "1d")
    for asset in context.assets:
        if window[asset].iloc[-5:].mean() > window[asset].mean():
            order_target_percent(asset, 0.19)
        else:
            order_target(asset, 0)


def trim(context, data):
    for asset, position in list(context.portfolio.positions.items()):
        order_target_percent(asset, 0.05 if position.amount > 0 else 0)


def handle_data(context, data):
    record(hkc=data.current(symbol("HKC"), "price"), leverage=context.account.leverage)
