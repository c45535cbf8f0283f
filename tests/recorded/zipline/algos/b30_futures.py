"""Futures: cash flow by daily settlement, multiplier, tick sizes, default and other cost models, auto close, continuous futures."""
from zipline.api import (continuous_future, future_symbol, get_open_orders, order, order_percent, order_target, order_target_percent,
                         order_target_value, order_value, record, set_commission, set_slippage, symbol)
from zipline.finance import commission, slippage

META = dict(start="2020-02-03", end="2020-05-29", capital=2_000_000.0, freq="daily", bundle="futures-daily")
VARIANTS = {
    "default": dict(),
    "explicit": dict(commission="contract", slippage="volatility"),
    "trade": dict(commission="trade", slippage="fixed"),
    "none": dict(commission="none", slippage="none"),
    "per_root": dict(commission="per_root", slippage="bps"),
    "continuous": dict(continuous=True),
}
PARAMS = VARIANTS["default"]


def initialize(context):
    context.n = 0
    context.captures = []
    model, costs = PARAMS.get("slippage"), PARAMS.get("commission")
    if model == "volatility":
        set_slippage(us_futures=slippage.VolatilityVolumeShare(volume_limit=0.02, eta=0.06))
    elif model == "fixed":
        set_slippage(us_equities=slippage.FixedSlippage(0.1), us_futures=slippage.FixedSlippage(0.5))
    elif model == "none":
        set_slippage(us_equities=slippage.NoSlippage(), us_futures=slippage.NoSlippage())
    elif model == "bps":
        set_slippage(us_futures=slippage.VolumeShareSlippage(0.01, 0.3))
    if costs == "contract":
        set_commission(us_futures=commission.PerContract(cost=1.1, exchange_fee=0.35, min_trade_cost=5.0))
    elif costs == "trade":
        set_commission(us_equities=commission.PerTrade(2.0), us_futures=commission.PerFutureTrade(cost=4.0))
    elif costs == "none":
        set_commission(us_equities=commission.PerShare(0.0), us_futures=commission.PerContract(cost=0.0, exchange_fee=0.0))
    elif costs == "per_root":
        set_commission(us_futures=commission.PerContract(cost={"CL": 0.9, "ES": 2.0}, exchange_fee={"CL": 1.5, "ES": 1.18}))


def outcome(call):
    try:
        return call()
    except Exception as error:  # the class is what counts
        return {"error": type(error).__name__, "message": str(error).strip()[:200]}


def handle_data(context, data):
    context.n += 1
    n = context.n
    if PARAMS.get("continuous"):
        chains(context, data)
        return
    J, K, ES, Q = future_symbol("CLJ20"), future_symbol("CLK20"), future_symbol("ESH20"), symbol("EQA")
    if n == 1:
        order(J, 12)
        order(ES, -3)
        order(Q, 1000)
    if n == 4:
        p = data.current(ES, "price")
        order(ES, 2, limit_price=p + 0.1)
        order(ES, -1, limit_price=p - 0.13)
        order(ES, 1, stop_price=p + 0.13)
        order(ES, -2, limit_price=p * 0.995, stop_price=p * 0.999)
        order(J, -20)                          # through zero
        order(J, 1000)                         # more than the volume allows in a bar
    if n == 8:
        order_value(K, 150_000)
        order_target_value(ES, 500_000)
        order_percent(K, 0.05)
        order_target_percent(J, 0.2)
    if n == 12:
        order_target(J, 4)
        order_target(K, -5)
    if n == 40:
        order_target(future_symbol("ESM20"), 6)
        order_target(future_symbol("CLM20"), -9)
    a, p = context.account, context.portfolio
    context.captures.append([
        str(data.current_dt)[:10], p.cash, p.portfolio_value, p.positions_value, p.positions_exposure, a.leverage, a.net_leverage,
        a.total_positions_value, a.total_positions_exposure, p.cash_flow, p.pnl, p.returns,
        {x.symbol: [q.amount, q.cost_basis, q.last_sale_price] for x, q in sorted(p.positions.items(), key=lambda i: i[0].sid)},
        {x.symbol: w for x, w in sorted(p.current_portfolio_weights.items(), key=lambda i: i[0].sid)},
        {x.symbol: [[o.amount, o.filled, o.limit, o.stop] for o in orders] for x, orders in
         sorted(get_open_orders().items(), key=lambda i: i[0].sid)}])


def chains(context, data):
    day = str(data.current_dt)[:10]
    row = {"date": day}
    for name, root, offset, roll, adjustment in (
            ("cl", "CL", 0, "calendar", None), ("cl1", "CL", 1, "calendar", None), ("cl_volume", "CL", 0, "volume", "mul"),
            ("cl_add", "CL", 0, "calendar", "add"), ("cl_mul", "CL", 0, "calendar", "mul"), ("es", "ES", 0, "volume", "add")):
        chain = continuous_future(root, offset=offset, roll=roll, adjustment=adjustment)
        row[name] = [outcome(lambda chain=chain: data.current(chain, "contract").symbol), outcome(lambda chain=chain: data.current(chain, "price"))]
        if day in ("2020-02-18", "2020-02-20", "2020-03-18", "2020-03-19", "2020-04-20", "2020-05-18"):
            row[name].append(outcome(lambda chain=chain: data.history(chain, "close", 30, "1d")))
            row[name].append(outcome(lambda chain=chain: data.history(chain, ["price", "volume"], 3, "1d").to_numpy()))
            row[name].append(outcome(lambda chain=chain: [c.symbol for c in data.current_chain(chain)]))
    context.captures.append(row)
