"""Short selling, flips through zero, dividends and splits on short positions."""
from zipline.api import order, order_target, record, set_commission, set_slippage, commission, slippage, symbol

META = dict(start="2019-09-03", end="2021-04-15", capital=300_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "free": dict(commission=None, slippage="none"),
    "costs": dict(commission=0.02, slippage="bps"),
}
PARAMS = VARIANTS["free"]


def initialize(context):
    context.captures = []
    context.n = 0
    if PARAMS["slippage"] == "none":
        set_slippage(slippage.NoSlippage())
    if PARAMS["commission"] is None:
        set_commission(commission.PerShare(cost=0.0))
    else:
        set_commission(commission.PerShare(cost=PARAMS["commission"], min_trade_cost=1.0))


def handle_data(context, data):
    context.n += 1
    n = context.n
    A, B, C, D, E, F, K = (symbol(s) for s in "AAA BBB CCC DDD EEE FFF KKK".split())
    today = data.current_dt.date().isoformat()
    if n == 2:
        order(C, -33)          # 1:5 reverse split on 2019-09-16: 6.6 shares short
        order(A, -7)
        order(B, -101)         # 3:2 on 2021-03-08
        order(E, -40)          # dividend 2019-11-07 / 21
        order(D, 60)
    if n == 15:
        order(D, -100)         # long 60 -> short 40
    if n == 18:
        order(D, 20)           # cover half
    if n == 21:
        order(D, 90)           # short 20 -> long 70
    if n == 24:
        order(D, 30)           # add
    if n == 27:
        order(D, -25)          # reduce
    if n == 30:
        order_target(D, -50)   # flip by target
    if n == 60:
        order(D, -50)
    if n == 90:
        order(A, -6)           # 13 short over the dividend 2020-02-07 / 13
    if today == "2020-06-11":
        order(F, -77)          # ex 2020-06-15
    if today == "2020-06-15":
        order(F, 77)           # cover on the ex-date: the dividend is still owed
    if today == "2020-08-28":
        order(A, 5)            # fills on the split day
    if today == "2020-09-21":
        order(K, -500)         # short at the auto close 2020-10-05
    if today == "2021-03-05":
        order(B, -2)
    if today == "2021-03-03":
        order(A, 100)          # fills on the ex-date 2021-03-04: no dividend for it
    p = context.portfolio
    record(leverage=context.account.leverage, net=context.account.net_leverage, short_value=p.positions_value)
    context.captures.append({a.symbol: [x.amount, x.cost_basis, x.last_sale_price] for a, x in p.positions.items()})
