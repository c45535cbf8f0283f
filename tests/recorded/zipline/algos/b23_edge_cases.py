"""Odd data: prices with volume zero, two dividends of one ex-date, splits on following days and on listing and halted days, pay before ex."""
from zipline.api import get_open_orders, order, order_target, order_target_percent, record, set_commission, set_slippage, sid, symbols
from zipline.finance import commission, slippage

META = dict(start="2021-05-03", end="2021-08-31", capital=50_000.0, freq="daily", bundle="edge-daily")
VARIANTS = {
    "long": dict(sign=1),
    "short": dict(sign=-1, model="volumeshare"),
    "data": dict(sign=0),
    "late_start": dict(sign=1, meta=dict(start="2021-06-07", end="2021-07-30")),
}
PARAMS = VARIANTS["long"]
LOTS = {10: 101, 20: 103, 40: 57, 50: 77}


def initialize(context):
    context.n = 0
    context.captures = []
    context.assets = [sid(s) for s in (10, 20, 30, 40, 50)]
    set_commission(commission.PerShare(cost=0.005, min_trade_cost=0.5))
    if PARAMS.get("model") == "volumeshare":
        set_slippage(slippage.VolumeShareSlippage(volume_limit=0.002, price_impact=1.0))
    else:
        set_slippage(slippage.NoSlippage())


def handle_data(context, data):
    context.n += 1
    day = data.current_dt.date().isoformat()
    a, b, c, d, e = context.assets
    sign = PARAMS["sign"]
    if sign:
        if context.n == 1:
            for number, lot in LOTS.items():
                order(sid(number), sign * lot)
        if day in ("2021-05-10", "2021-05-11", "2021-05-13", "2021-06-15"):
            order(a, 11 * sign)                                  # the next sessions have prices but no volume, or no row
            order(a, -5 * sign, stop_price=data.current(a, "price") * 3)
            order(a, 3 * sign, limit_price=data.current(a, "price") * 3)
        if day in ("2021-05-21", "2021-06-11", "2021-06-14"):
            order(b, 13)
            order(b, -7, limit_price=data.current(b, "price") * 1.5)
        if day in ("2021-05-28", "2021-06-01", "2021-06-02"):
            order(c, 31 * sign)
        if day in ("2021-06-30", "2021-07-01", "2021-07-02"):
            order(d, 2 * sign)
            order(e, 2 * sign)
        if day == "2021-07-20":
            order_target_percent(a, 0.1 * sign)
    else:
        alive = [x for x in context.assets]
        row = {"date": day, "current": data.current(alive, ["open", "high", "low", "close", "price", "volume"]),
               "can_trade": data.can_trade(alive), "is_stale": data.is_stale(alive),
               "last_traded": [str(data.current(x, "last_traded")) for x in alive]}
        if day in ("2021-05-11", "2021-05-12", "2021-05-14", "2021-05-17", "2021-05-24", "2021-06-01", "2021-06-02", "2021-06-03",
                   "2021-06-07", "2021-06-14", "2021-06-15", "2021-06-17", "2021-06-18", "2021-07-02", "2021-07-06", "2021-08-02",
                   "2021-08-31"):
            row["history"] = {f: data.history(alive, f, 5 if day < "2021-06" else 20, "1d") for f in ("close", "price", "volume")}
        context.captures.append(row)
    record(cash=context.portfolio.cash, open_orders=sum(len(o) for o in get_open_orders().values()))
