"""Ordinary strategies over the whole range: monthly equal weights, weekly momentum, mean reversion with limits, buy on dips."""
from zipline.api import (date_rules, get_open_orders, cancel_order, order, order_target, order_target_percent, record, schedule_function,
                         set_benchmark, set_commission, set_slippage, sid, symbols, time_rules)
from zipline.finance import commission, slippage

META = dict(start="2019-01-02", end="2021-12-31", capital=100_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "equal_weights": dict(kind="equal"),
    "momentum": dict(kind="momentum", meta=dict(start="2019-03-01", end="2021-03-31"), benchmark=True),
    "long_short": dict(kind="long_short", meta=dict(start="2020-01-02", end="2021-03-31"), model="volumeshare"),
    "limits": dict(kind="limits", meta=dict(start="2020-01-02", end="2020-12-31")),
}
PARAMS = VARIANTS["equal_weights"]


def initialize(context):
    context.assets = symbols("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III", "JJJ", "KKK")
    if PARAMS.get("benchmark"):
        set_benchmark(sid(4))
    if PARAMS.get("model") == "volumeshare":
        set_slippage(slippage.VolumeShareSlippage(volume_limit=0.025, price_impact=0.1))
        set_commission(commission.PerShare(cost=0.0075, min_trade_cost=1.0))
    kind = PARAMS["kind"]
    if kind == "equal":
        schedule_function(equal, date_rules.month_start(), time_rules.market_open(minutes=30))
    elif kind == "momentum":
        schedule_function(momentum, date_rules.week_start(days_offset=1), time_rules.market_open())
    elif kind == "long_short":
        schedule_function(long_short, date_rules.month_end(days_offset=2), time_rules.market_close(minutes=30))
    else:
        schedule_function(limits, date_rules.every_day(), time_rules.market_open())


def handle_data(context, data):
    account = context.account
    record(leverage=account.leverage, net=account.net_leverage, cash=context.portfolio.cash, held=len(context.portfolio.positions))


def tradable(context, data):
    return [a for a in context.assets if data.can_trade(a)]


def equal(context, data):
    assets = tradable(context, data)
    for asset in assets:
        order_target_percent(asset, 0.98 / len(assets))


def ranked(context, data, bars):
    window = data.history(tradable(context, data), "price", bars, "1d")
    change = {a: window[a].iloc[-1] / window[a].iloc[0] - 1.0 for a in window.columns}
    return sorted(change, key=lambda a: (-change[a], a.sid))


def momentum(context, data):
    best = ranked(context, data, 30)[:4]
    for asset in list(context.portfolio.positions):
        if asset not in best:
            order_target(asset, 0)
    for asset in best:
        order_target_percent(asset, 0.24)


def long_short(context, data):
    order_of = ranked(context, data, 60)
    for asset in order_of[:3]:
        order_target_percent(asset, 0.3)
    for asset in order_of[-3:]:
        order_target_percent(asset, -0.25)
    for asset in order_of[3:-3]:
        order_target_percent(asset, 0)


def limits(context, data):
    for orders in get_open_orders().values():
        for o in orders:
            if (data.current_dt - o.created).days > 5:
                cancel_order(o)
    window = data.history(context.assets[:6], ["close", "high", "low"], 10, "1d")
    for asset in context.assets[:6]:
        rows = window.xs(asset, level=1)
        mean = rows["close"].mean()
        held = context.portfolio.positions[asset].amount
        if held == 0 and not get_open_orders(asset):
            order(asset, int(8_000 / mean), limit_price=mean * 0.985)
        elif held > 0 and not get_open_orders(asset):
            order(asset, -held, limit_price=mean * 1.02)
            order(asset, -held, stop_price=rows["low"].min() * 0.97)
