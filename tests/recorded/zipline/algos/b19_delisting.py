"""Auto close of longs and shorts, open orders of a delisted asset, an IPO ordered before its first session, orders on the last bar."""
from zipline.api import (cancel_order, get_open_orders, order, order_target_percent, order_value, record, set_commission, set_slippage,
                         commission, slippage, symbol, sid)

META = dict(start="2020-09-21", end="2020-10-13", capital=100_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "long": dict(amount=300),
    "short": dict(amount=-300),
    "flat_open_orders": dict(amount=0),
    "volume_limited": dict(amount=40_000, limit=0.01),
    "ends_on_end_date": dict(amount=300, meta=dict(end="2020-09-30")),
    "ends_between": dict(amount=300, meta=dict(end="2020-10-02")),
    "ends_on_auto_close": dict(amount=300, meta=dict(end="2020-10-05")),
    "starts_after": dict(amount=300, meta=dict(start="2020-10-07")),
    "ipo": dict(amount=0, meta=dict(start="2020-02-24", end="2020-03-06")),
    "bundle_end": dict(amount=0, meta=dict(start="2021-12-20", end="2021-12-31")),
}
PARAMS = VARIANTS["long"]


def initialize(context):
    context.n = 0
    context.captures = []
    set_commission(commission.PerTrade(cost=1.5))
    set_slippage(slippage.VolumeShareSlippage(volume_limit=PARAMS.get("limit", 0.1), price_impact=0.0))


def attempt(call):
    try:
        return "none" if call() is None else "placed"
    except Exception as error:  # recorded
        return type(error).__name__


def handle_data(context, data):
    context.n += 1
    n = context.n
    K, L, A = sid(11), sid(12), sid(1)
    today = data.current_dt.date().isoformat()
    done = []
    if n == 1 and PARAMS["amount"]:
        done.append(attempt(lambda: order(K, PARAMS["amount"])))
    if n == 3:
        done.append(attempt(lambda: order(A, 10)))
        done.append(attempt(lambda: order(K, 50, limit_price=1.0)))
        done.append(attempt(lambda: order(K, -50, limit_price=1000.0)))
        done.append(attempt(lambda: order(L, 5, limit_price=1.0)))
    if today in ("2020-09-29", "2020-09-30", "2020-10-01", "2020-10-02", "2020-10-05", "2020-10-06"):
        done.append(attempt(lambda: order(K, 9)))
        done.append(attempt(lambda: order_target_percent(K, 0.0)))
    if today in ("2020-02-25", "2020-02-28", "2020-03-02"):
        done.append(attempt(lambda: order(L, 12)))
        done.append(attempt(lambda: order(L, -7, stop_price=1000.0)))
        done.append(attempt(lambda: order_value(L, 1000.0)))
    if today in ("2021-12-30", "2021-12-31"):
        done.append(attempt(lambda: order(A, 13)))
    context.captures.append({
        "date": today, "done": done, "can_trade": [bool(data.can_trade(x)) for x in (K, L, A)],
        "price": [data.current(x, "price") for x in (K, L, A)], "stale": [bool(data.is_stale(x)) for x in (K, L, A)],
        "open": {a.symbol: [[o.amount, o.filled] for o in orders] for a, orders in sorted(get_open_orders().items(), key=lambda i: i[0].sid)},
        "positions": {a.symbol: [p.amount, p.cost_basis, p.last_sale_price, str(p.last_sale_date)]
                      for a, p in sorted(context.portfolio.positions.items(), key=lambda i: i[0].sid)},
        "value": context.portfolio.portfolio_value, "cash": context.portfolio.cash})
