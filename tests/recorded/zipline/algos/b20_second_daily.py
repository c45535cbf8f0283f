"""Another market: odd split ratios, prices with three decimals, halts, dividends on the split day, an IPO and a delisting."""
from zipline.api import (get_open_orders, order, order_target_percent, record, set_benchmark, set_commission, set_slippage,
                         commission, slippage, symbol, symbols)

META = dict(start="2020-10-05", end="2021-04-30", capital=1_000_000.0, freq="daily", bundle="second-daily")
VARIANTS = {
    "hold": dict(model="bps"),
    "hold_none": dict(model="none"),
    "short": dict(model="volumeshare", sign=-1),
    "benchmark": dict(model="bps", benchmark="HKF"),
}
PARAMS = VARIANTS["hold"]
LOTS = {"HKA": 1001, "HKB": 10007, "HKC": 100_003, "HKD": 503, "HKE": 307, "HKF": 23, "HKG": 701}


def initialize(context):
    context.n = 0
    context.captures = []
    if PARAMS["model"] == "none":
        set_slippage(slippage.NoSlippage())
        set_commission(commission.PerDollar(cost=0.001))
    elif PARAMS["model"] == "volumeshare":
        set_slippage(slippage.VolumeShareSlippage(0.02, 0.5))
        set_commission(commission.PerShare(cost=0.002, min_trade_cost=3.0))
    if "benchmark" in PARAMS:
        set_benchmark(symbol(PARAMS["benchmark"]))


def handle_data(context, data):
    context.n += 1
    n = context.n
    sign = PARAMS.get("sign", 1)
    today = data.current_dt.date().isoformat()
    if n == 1:
        for name, lot in LOTS.items():
            order(symbol(name), sign * lot)
    eves = {"2020-11-13": "HKA", "2020-12-04": "HKB", "2021-01-08": "HKE", "2021-02-11": "HKA", "2021-02-26": "HKC",
            "2021-03-05": "HKF", "2020-11-10": "HKD"}
    if today in eves:
        x = symbol(eves[today])
        p = data.current(x, "price")
        order(x, 53, limit_price=p * 0.7)
        order(x, -17, limit_price=p * 1.4)
        order(x, 11, stop_price=p * 1.5)
        order(x, 1900 if eves[today] == "HKC" else 19)
        order(x, -1)
    if today in ("2020-11-27", "2020-12-01", "2020-12-02"):
        order(symbol("HKI"), 1000)
    if today == "2021-01-04":
        order(symbol("HKD"), 100)
    if n % 25 == 0:
        order_target_percent(symbol("HKF"), 0.1)
        order(symbol("HKC"), 5000, limit_price=data.current(symbol("HKC"), "price"))      # tick of a cent
        order(symbol("HKC"), -5000, limit_price=data.current(symbol("HKC"), "price"))
        order(symbol("HKB"), 777, stop_price=data.current(symbol("HKB"), "price") + 0.0049)
    context.captures.append([today, {a.symbol: [[o.amount, o.filled, o.limit, o.stop] for o in orders]
                                     for a, orders in sorted(get_open_orders().items(), key=lambda i: i[0].sid)}]
                            if today in eves or n % 25 == 0 else [today, len(get_open_orders())])
    record(price=data.current(symbol("HKC"), "price"), cash=context.portfolio.cash)
