"""Every equity commission model: minimum cost with partial fills, one charge per order, cost basis of longs and shorts."""
from zipline.api import cancel_order, get_order, order, record, set_commission, set_slippage, slippage, symbol
from zipline.finance.commission import CommissionModel, NoCommission, PerDollar, PerShare, PerTrade

META = dict(start="2020-02-03", end="2020-04-30", capital=500_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "pershare_default": dict(model="pershare"),
    "pershare_min": dict(model="pershare", cost=0.0075, minimum=1.25),
    "pershare_min_large": dict(model="pershare", cost=0.01, minimum=50.0),
    "pershare_zero_min": dict(model="pershare", cost=0.0, minimum=2.0),
    "pertrade": dict(model="pertrade", cost=4.95),
    "pertrade_default": dict(model="pertrade"),
    "perdollar": dict(model="perdollar", cost=0.002),
    "perdollar_default": dict(model="perdollar"),
    "none": dict(model="none"),
    "custom": dict(model="custom"),
    "default": dict(model="default"),
}
PARAMS = VARIANTS["pershare_default"]


class Steps(CommissionModel):
    """A dollar for a buy, two for a sale, nothing for an order below ten shares."""

    def calculate(self, order, transaction):
        if abs(order.amount) < 10:
            return 0
        return 1.0 if transaction.amount > 0 else 2.0


def initialize(context):
    context.n = 0
    context.captures = []
    set_slippage(slippage.VolumeShareSlippage(volume_limit=0.05, price_impact=0.1))
    p = PARAMS
    arguments = {}
    if "cost" in p:
        arguments["cost"] = p["cost"]
    if "minimum" in p:
        arguments["min_trade_cost"] = p["minimum"]
    if p["model"] == "pershare":
        set_commission(PerShare(**arguments))
    elif p["model"] == "pertrade":
        set_commission(PerTrade(**arguments))
    elif p["model"] == "perdollar":
        set_commission(us_equities=PerDollar(**arguments))
    elif p["model"] == "none":
        set_commission(NoCommission())
    elif p["model"] == "custom":
        set_commission(Steps())


def handle_data(context, data):
    context.n += 1
    n = context.n
    A, D, H, I = (symbol(s) for s in ("AAA", "DDD", "HHH", "III"))
    if n == 1:
        context.ids = [order(H, 1200), order(A, 100), order(D, -40), order(I, 1)]
    if n == 3:
        context.ids += [order(H, -300), order(A, 7), order(D, -5)]
    if n == 6:
        context.ids += [order(A, -150), order(D, 100), order(H, 600)]   # through zero
    if n == 10:
        context.ids += [order(A, 43), order(I, -30)]                    # to zero; to short
    if n == 14:
        context.ids += [order(H, -4000)]
    if n == 17:
        cancel_order(context.ids[-1])
        context.ids += [order(H, 3)]
    if n == 22:
        context.ids += [order(I, 29), order(D, -55)]                    # flat again
    if n == 26:
        context.ids += [order(A, 10), order(A, 10), order(A, -20), order(A, 5)]   # in and out within one bar
    context.captures.append({"orders": [[o.filled, o.commission] for o in map(get_order, context.ids)],
                             "basis": {a.symbol: [p.amount, p.cost_basis] for a, p in context.portfolio.positions.items()}})
    record(cash=context.portfolio.cash)
