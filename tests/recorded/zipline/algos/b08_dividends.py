"""Cash dividends: buying and selling around ex and pay date, a pay date that is no session, fractional splits with cash in lieu."""
from zipline.api import order, order_target, record, set_commission, set_slippage, commission, slippage, symbol

META = dict(start="2019-03-01", end="2021-07-15", capital=250_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "before": dict(shift=-2),       # bought two sessions before the ex-date
    "fills_on_eve": dict(shift=-1),
    "fills_on_ex": dict(shift=0),
    "sold_between": dict(shift=-2, sell=True),
    "capital_small": dict(shift=-2, meta=dict(capital=1000.0)),   # cash goes far below zero
}
PARAMS = VARIANTS["before"]
EX = {"DDD": ["2019-03-14", "2020-03-12"], "EEE": ["2019-11-07"], "AAA": ["2020-02-07", "2021-03-04"], "FFF": ["2020-06-15"],
      "GGG": ["2021-06-10"]}
LOT = {"DDD": 31, "EEE": 17, "AAA": 13, "FFF": 101, "GGG": 1001}


def initialize(context):
    context.captures = []
    context.done = []
    set_slippage(slippage.FixedSlippage(spread=0.02))
    set_commission(commission.PerTrade(cost=1.0))
    sessions = context.trading_calendar.sessions_in_range("2019-01-02", "2021-12-31")
    days = [s.date().isoformat() for s in sessions]
    context.buy, context.sell = {}, {}
    for name, dates in EX.items():
        for ex in dates:
            i = days.index(ex)
            context.buy.setdefault(days[i + PARAMS["shift"] - 1], []).append(name)     # the fill is one session later
            context.sell.setdefault(days[i + (0 if PARAMS.get("sell") else 20)], []).append(name)


def handle_data(context, data):
    today = data.current_dt.date().isoformat()
    for name in context.buy.get(today, ()):
        order(symbol(name), LOT[name])
    for name in context.sell.get(today, ()):
        if name in ("AAA", "EEE") and not PARAMS.get("sell"):
            continue                                    # AAA stays over its split 2020-08-31
        order_target(symbol(name), 0)
    if today == "2019-09-12":
        order(symbol("CCC"), 52)                        # 1:5 reverse: 10.4 shares
    if today == "2021-03-04":
        order(symbol("BBB"), 77)                        # 3:2: 115.5 shares
    p = context.portfolio
    record(cash=p.cash, value=p.portfolio_value, pnl_now=p.pnl, cash_flow=p.cash_flow, now=p.returns)
