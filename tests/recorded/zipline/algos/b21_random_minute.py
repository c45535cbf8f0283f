"""A pseudo-random program of every kind of order in minute runs: gaps, a split, a dividend, half days, cancel policies."""
from zipline.api import (EODCancel, cancel_order, get_open_orders, order, order_percent, order_target, order_target_percent,
                         order_target_value, order_value, record, set_cancel_policy, set_commission, set_slippage, sid)
from zipline.finance import commission, slippage

META = dict(start="2021-03-01", end="2021-03-12", capital=1_000_000.0, freq="minute", bundle="golden-minute")
VARIANTS = {
    "default": dict(seed=11, sids=(1, 2, 4)),
    "volumeshare": dict(seed=12, sids=(1, 2, 4), slippage="volumeshare", commission="min"),
    "eod": dict(seed=13, sids=(1, 2, 4), slippage="spread", commission="trade", eod=True),
    "half_days": dict(seed=14, sids=(1, 2, 3), slippage="volumeshare", meta=dict(bundle="half-minute", start="2019-06-26", end="2019-07-10")),
    "half_days_eod": dict(seed=15, sids=(1, 2, 3), commission="dollar", eod=True,
                          meta=dict(bundle="half-minute", start="2019-12-19", end="2020-01-07")),
    "second": dict(seed=16, sids=(1, 2, 4), meta=dict(bundle="second-minute", start="2021-02-08", end="2021-02-18")),
    "london": dict(seed=17, sids=(1, 2), slippage="none", commission="min", meta=dict(bundle="london-minute", start="2020-12-22",
                                                                                 end="2021-01-05")),
}
PARAMS = VARIANTS["default"]


class Chance:
    """A small linear congruential generator, so that the program does not depend on a library."""

    def __init__(self, seed):
        self.state = seed * 7919 + 17

    def below(self, n):
        self.state = (self.state * 1103515245 + 12345) % 2147483648
        return (self.state >> 8) % n


def initialize(context):
    context.captures = []
    context.chance = Chance(PARAMS["seed"])
    model = PARAMS.get("slippage")
    if model == "volumeshare":
        set_slippage(slippage.VolumeShareSlippage(volume_limit=0.01, price_impact=0.5))
    elif model == "spread":
        set_slippage(slippage.FixedSlippage(spread=0.07))
    elif model == "none":
        set_slippage(slippage.NoSlippage())
    costs = PARAMS.get("commission")
    if costs == "min":
        set_commission(commission.PerShare(cost=0.004, min_trade_cost=1.0))
    elif costs == "trade":
        set_commission(commission.PerTrade(cost=2.5))
    elif costs == "dollar":
        set_commission(commission.PerDollar(cost=0.0008))
    if PARAMS.get("eod"):
        set_cancel_policy(EODCancel())


def handle_data(context, data):
    chance = context.chance
    if chance.below(40) == 0:
        for _ in range(chance.below(4)):
            act(context, data, chance)
    open_orders = get_open_orders()
    record(open_orders=sum(len(o) for o in open_orders.values()), cash=context.portfolio.cash, leverage=context.account.leverage,
           pnl_now=context.portfolio.pnl)


def act(context, data, chance):
    asset = sid(PARAMS["sids"][chance.below(len(PARAMS["sids"]))])
    kind = chance.below(12)
    amount = chance.below(300) - 130
    weight = (chance.below(21) - 8) / 50
    tilt = 1 + (chance.below(61) - 30) / 4000
    other = 1 + (chance.below(61) - 30) / 4000
    if not data.can_trade(asset):
        return
    price = data.current(asset, "price")
    if kind in (0, 1):
        order(asset, amount)
    elif kind == 2:
        order(asset, amount, limit_price=price * tilt)
    elif kind == 3:
        order(asset, amount, stop_price=price * tilt)
    elif kind == 4:
        order(asset, amount, limit_price=price * tilt, stop_price=price * other)
    elif kind == 5:
        order_value(asset, amount * 100.0)
    elif kind == 6:
        order_percent(asset, weight / 4)
    elif kind == 7:
        order_target(asset, amount)
    elif kind == 8:
        order_target_value(asset, weight * 100_000)
    elif kind == 9:
        order_target_percent(asset, weight / 2)
    elif kind == 10:
        order_target_percent(asset, weight / 2, limit_price=price * tilt)
    else:
        for orders in get_open_orders().values():
            if chance.below(2):
                cancel_order(orders[chance.below(len(orders))])
