"""Minute trading over half days with assets that trade every quarter of an hour only, EODCancel, a split and a dividend."""
from zipline.api import (EODCancel, date_rules, get_open_orders, order, order_target_percent, record, schedule_function,
                         set_cancel_policy, set_slippage, slippage, symbol, time_rules)

META = dict(start="2019-07-01", end="2019-07-10", capital=100_000.0, freq="minute", bundle="half-minute")
VARIANTS = {
    "july": dict(eod=False),
    "july_eod": dict(eod=True),
    "december": dict(eod=False, meta=dict(start="2019-12-20", end="2020-01-06")),
    "december_eod": dict(eod=True, meta=dict(start="2019-12-20", end="2020-01-06")),
}
PARAMS = VARIANTS["july"]


def initialize(context):
    context.captures = []
    if PARAMS["eod"]:
        set_cancel_policy(EODCancel())
    set_slippage(slippage.FixedBasisPointsSlippage(basis_points=2.0, volume_limit=0.05))
    schedule_function(rebalance, date_rules.every_day(), time_rules.market_open(minutes=31))
    schedule_function(closing, date_rules.every_day(), time_rules.market_close(minutes=3))
    schedule_function(note, date_rules.every_day(), time_rules.market_close(minutes=1))


def rebalance(context, data):
    for name, weight in (("HDA", 0.4), ("HDB", 0.3), ("HDC", -0.1)):
        order_target_percent(symbol(name), weight * (1 if data.current_dt.day % 2 else 0.5))


def closing(context, data):
    order(symbol("HDC"), 3)
    order(symbol("HDB"), -5000, limit_price=data.current(symbol("HDB"), "price") * 1.01)


def note(context, data):
    context.captures.append([
        str(data.current_dt), context.portfolio.portfolio_value,
        {a.symbol: [[o.amount, o.filled] for o in orders] for a, orders in sorted(get_open_orders().items(), key=lambda i: i[0].sid)},
        {x: [data.current(symbol(x), "price"), bool(data.can_trade(symbol(x))), bool(data.is_stale(symbol(x))),
             str(data.current(symbol(x), "last_traded"))] for x in ("HDA", "HDB", "HDC")}])
    record(open_orders=len(get_open_orders()))
