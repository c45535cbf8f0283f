"""order_value, order_percent, order_target*, fractions and near-integers, open orders ignored, batch_market_order."""
import pandas as pd
from zipline.api import (batch_market_order, get_open_orders, order, order_percent, order_target, order_target_percent,
                         order_target_value, order_value, record, set_commission, set_slippage, commission, slippage, symbol)

META = dict(start="2020-08-03", end="2020-10-16", capital=100_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "plain": dict(slippage="none", per_share=0.0),
    "default": dict(slippage=None, per_share=None),
    "volume": dict(slippage="volume", per_share=0.005),
}
PARAMS = VARIANTS["plain"]


def initialize(context):
    context.n = 0
    context.captures = []
    if PARAMS["slippage"] == "none":
        set_slippage(slippage.NoSlippage())
    elif PARAMS["slippage"] == "volume":
        set_slippage(slippage.VolumeShareSlippage(0.002, 0.1))
    if PARAMS["per_share"] is not None:
        set_commission(commission.PerShare(cost=PARAMS["per_share"]))


def note(context, what, ids):
    found = {o.id: o for orders in get_open_orders().values() for o in orders}
    context.captures.append([context.n, what, [None if i is None else [found[i].sid.symbol, found[i].amount, found[i].limit,
                                                                      found[i].stop] for i in ids]])


def handle_data(context, data):
    context.n += 1
    n = context.n
    A, B, C, D, E, F, G, H, I, J, K, L = (symbol(s * 3) for s in "ABCDEFGHIJKL")
    if n == 1:
        note(context, "amounts", [order(A, x) for x in (
            1.0, 1.9, 2.99989, 2.99995, 3.00005, 0.5, 0.99995, 0.0, -1.9, -2.99995, -0.4, -0.99995, 1e-5, 10, 7.0001, 7.00011,
            6.9999, 6.99989, True)])
    if n == 3:
        note(context, "value", [order_value(D, 1000), order_value(D, -333.33), order_value(D, 10), order_value(E, 5000.0),
                                order_value(I, 100), order_value(C, 0)])
    if n == 5:
        note(context, "percent", [order_percent(F, 0.1), order_percent(F, -0.03), order_percent(G, 0.0), order_percent(H, 0.0333),
                                  order_percent(B, 0.333333)])
    if n == 7:
        note(context, "target", [order_target(F, 100), order_target(F, 100), order_target(A, 0), order_target(G, 10.5),
                                 order_target(D, -20), order_target(J, 0)])
    if n == 8:
        note(context, "target again while open", [order_target(F, 150), order_target(F, 50)])
    if n == 10:
        note(context, "target value", [order_target_value(F, 5000), order_target_value(D, -2500.0), order_target_value(L, 1234.5),
                                       order_target_value(G, 0)])
    if n == 12:
        note(context, "target percent", [order_target_percent(F, 0.25), order_target_percent(D, -0.1), order_target_percent(E, 0),
                                         order_target_percent(L, 1.0)])
    if n == 13:
        note(context, "target percent the bar after", [order_target_percent(F, 0.25), order_target_percent(L, 1.0)])
    if n == 15:
        note(context, "with limit and stop", [order_value(F, 3000, limit_price=40.123), order_percent(F, 0.05, stop_price=90.456),
                                              order_target(F, 500, limit_price=45.005, stop_price=44.995),
                                              order_target_value(D, 4000, limit_price=88.8888),
                                              order_target_percent(G, 0.1, stop_price=1.0)])
    if n == 18:
        ids = batch_market_order(pd.Series({A: 10, B: -5, C: 0, D: 7}))
        context.captures.append([n, "batch", [i is None for i in ids], [type(ids).__name__]])
        note(context, "batch", list(ids))
    if n == 19:      # the session before AAA's split
        note(context, "eve of split", [order_target_percent(A, 0.2), order_value(A, 2500), order_target(A, 31)])
    if n == 21:
        note(context, "after split", [order_target_percent(A, 0.2), order_target(A, 31), order_target_value(A, 7777)])
    if n == 30:
        note(context, "delisting soon", [order_target_percent(K, 0.1), order_value(K, 1000)])
    if n % 5 == 0:
        note(context, "rebalance", [order_target_percent(x, w) for x, w in ((A, 0.2), (B, 0.15), (E, 0.3), (H, 0.1), (I, 0.05))])
    record(value=context.portfolio.portfolio_value, open_orders=sum(len(o) for o in get_open_orders().values()))
