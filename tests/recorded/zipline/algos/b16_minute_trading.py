"""Minute trading: market, limit, stop and stop-limit orders over gaps, a split with open orders, a dividend, cancel policies."""
from zipline.api import (EODCancel, NeverCancel, cancel_order, get_datetime, get_open_orders, get_order, order, order_target,
                         order_target_percent, order_value, record, set_cancel_policy, set_commission, set_slippage, commission,
                         slippage, symbol)

META = dict(start="2021-03-01", end="2021-03-12", capital=500_000.0, freq="minute", bundle="golden-minute")
VARIANTS = {
    "never_default": dict(policy="never"),
    "eod_warn": dict(policy="eod"),
    "eod_silent": dict(policy="eod", warn=False, model="volumeshare"),
    "volumeshare": dict(policy="never", model="volumeshare"),
    "none": dict(policy="never", model="none"),
}
PARAMS = VARIANTS["never_default"]


def initialize(context):
    context.captures = []
    context.ids = {}
    set_cancel_policy(NeverCancel() if PARAMS["policy"] == "never" else EODCancel(warn_on_cancel=PARAMS.get("warn", True)))
    if PARAMS.get("model") == "volumeshare":
        set_slippage(slippage.VolumeShareSlippage(volume_limit=0.025, price_impact=0.1))
        set_commission(commission.PerShare(cost=0.005, min_trade_cost=1.0))
    elif PARAMS.get("model") == "none":
        set_slippage(slippage.NoSlippage())
        set_commission(commission.PerTrade(cost=0.5))


def before_trading_start(context, data):
    note(context, "before", data)


def handle_data(context, data):
    now = get_datetime()
    t, day = now.strftime("%H:%M"), now.strftime("%m-%d")
    A, B, D = symbol("AAA"), symbol("BBB"), symbol("DDD")
    p = {x: data.current(x, "price") for x in (A, B, D)}
    if (day, t) == ("03-01", "14:31"):
        context.ids["a"] = order(A, 300)
        order(B, 5000)
        order(D, -40)
    if (day, t) == ("03-01", "14:45"):
        order(A, 100, limit_price=p[A] * 0.998)
        order(A, -100, limit_price=p[A] * 1.002)
        order(B, 80, stop_price=p[B] * 1.003)
        order(B, -60, stop_price=p[B] * 0.997)
        order(D, 50, limit_price=p[D] * 1.004, stop_price=p[D] * 1.002)
        order(D, -50, limit_price=p[D] * 0.99, stop_price=p[D] * 0.998)
    if (day, t) == ("03-01", "20:59"):
        order(D, 20_000)                       # fills over many minutes; the evening decides
        order(A, 7)
    if (day, t) == ("03-01", "21:00"):
        order(A, 11)                           # first tried at 14:31 of the next session, or cancelled
        order(B, -11)
    if (day, t) == ("03-02", "15:00"):
        for orders in get_open_orders().values():
            for o in orders:
                cancel_order(o)
    if (day, t) == ("03-02", "21:00"):
        order(A, 500)                          # no bars of A in the first three minutes of 03-03
        order(A, -200, stop_price=p[A] * 1.2)
    if (day, t) == ("03-03", "14:31"):
        order(A, 33)
        order_target_percent(D, 0.10)
    if (day, t) in (("03-03", "18:00"), ("03-04", "18:00")):
        order_target(A, 150)                   # ex-date 03-04, paid 03-10
    if (day, t) == ("03-05", "20:54"):
        order(B, 900)                          # B does not trade in the last five minutes before its split
        order(B, -300)
    if (day, t) == ("03-05", "20:58"):
        order(B, 53, limit_price=round(p[B] * 0.9, 2))
        order(B, -17, limit_price=round(p[B] * 1.2, 2))
        order(B, 11, stop_price=round(p[B] * 1.1, 2))
        order(B, 1)
    if (day, t) == ("03-08", "14:58"):
        order(D, 250)                          # D has no bars 15:00 to 15:15
    if (day, t) == ("03-08", "15:05"):
        order_value(D, 12_345.0)
        order(D, -30, limit_price=p[D])
    if day in ("03-09", "03-10", "03-11") and t.endswith(":00"):
        order_target_percent(A, 0.3 if int(t[:2]) % 2 else 0.1)
        order_target_percent(B, -0.2)
    if (day, t) == ("03-12", "14:31"):
        order(D, 10)                           # D does not trade at all
        order_target_percent(A, 0)
    if (day, t) == ("03-12", "20:59"):
        order_target(B, 0)
    if t in ("14:31", "14:32", "14:35", "15:10", "18:00", "20:59", "21:00"):
        note(context, "bar", data)
    record(minute=int(t.replace(":", "")), value=context.portfolio.portfolio_value)


def note(context, where, data):
    p = context.portfolio
    context.captures.append([
        where, str(data.current_dt), p.cash, p.portfolio_value, p.pnl, p.returns, context.account.leverage,
        {a.symbol: [x.amount, x.cost_basis, x.last_sale_price, str(x.last_sale_date)]
         for a, x in sorted(p.positions.items(), key=lambda i: i[0].sid)},
        {a.symbol: [[o.amount, o.filled, o.limit, o.stop] for o in orders] for a, orders in
         sorted(get_open_orders().items(), key=lambda i: i[0].sid)},
        {x: [data.current(symbol(x), "price"), data.current(symbol(x), "close"), data.current(symbol(x), "volume")]
         for x in ("AAA", "BBB", "DDD")} if where == "bar" else None,
    ])
