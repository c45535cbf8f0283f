"""Every equity slippage model: partial fills, both sides, several orders of an asset sharing one bar's volume."""
from zipline.api import get_open_orders, order, set_commission, set_slippage, symbol
from zipline.finance.commission import PerShare
from zipline.finance.slippage import (EquitySlippageModel, FixedBasisPointsSlippage, FixedSlippage, LiquidityExceeded,
                                      NoSlippage, VolumeShareSlippage)

META = dict(start="2020-02-03", end="2020-05-29", capital=2_000_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "noslippage": dict(model="none"),
    "fixed_030": dict(model="fixed", spread=0.30),
    "fixed_default": dict(model="fixed", spread=0.0),
    "volumeshare_default": dict(model="volumeshare", limit=0.025, impact=0.1),
    "volumeshare_10_1": dict(model="volumeshare", limit=0.1, impact=1.0),
    "volumeshare_full": dict(model="volumeshare", limit=1.0, impact=0.05),
    "fixedbps_default": dict(model="fixedbps", bps=5.0, limit=0.1),
    "fixedbps_25_1pct": dict(model="fixedbps", bps=25.0, limit=0.01),
    "fixedbps_0": dict(model="fixedbps", bps=0.0, limit=0.5),
    "custom": dict(model="custom"),
}
PARAMS = VARIANTS["noslippage"]


class Half(EquitySlippageModel):
    """Half of what is open plus one share at a tenth above or below; nothing more than 300 shares of an asset per bar."""

    def process_order(self, data, order):
        if self.volume_for_bar >= 300:
            raise LiquidityExceeded()
        amount = int(order.open_amount / 2) + order.direction
        close = data.current(order.asset, "close")
        if amount > 10_000:
            return None, None
        return close + 0.1 * order.direction, amount


def make_model():
    p = PARAMS
    if p["model"] == "none":
        return NoSlippage()
    if p["model"] == "fixed":
        return FixedSlippage(spread=p["spread"]) if p["spread"] else FixedSlippage()
    if p["model"] == "volumeshare":
        return VolumeShareSlippage(volume_limit=p["limit"], price_impact=p["impact"])
    if p["model"] == "fixedbps":
        return FixedBasisPointsSlippage(basis_points=p["bps"], volume_limit=p["limit"])
    return Half()


def initialize(context):
    context.n = 0
    context.captures = []
    set_slippage(make_model())
    set_commission(PerShare(cost=0.01, min_trade_cost=0.0))


def handle_data(context, data):
    context.n += 1
    n = context.n
    A, C, H, I, J = (symbol(s) for s in ("AAA", "CCC", "HHH", "III", "JJJ"))
    if n == 1:
        order(H, 1500)
        order(H, -700)
        order(H, 400)
        order(A, 300_000)
        order(I, -120)
    if n == 4:
        order(I, 500)
        order(H, 1)
        order(H, -1)
        order(C, -2_000_000)
    if n == 8:
        order(H, -2500)
        order(H, 900, limit_price=data.current(H, "price") * 1.002)
        order(H, -900, limit_price=data.current(H, "price") * 0.998)
        order(H, 250, stop_price=data.current(H, "price") * 1.01)
    if n == 20:
        order(A, -650_000)
        order(I, -700, limit_price=data.current(I, "price") * 0.9999)
        order(I, 650, stop_price=data.current(I, "price"))
    if n == 30:
        order(H, 4000)
        order(H, -50)
    if data.current_dt.date().isoformat() in ("2020-05-08", "2020-05-11", "2020-05-12"):   # J does not trade on the last two
        order(J, 7_000)
        order(J, -9_000)
        order(J, 100, limit_price=1000.0)
        order(J, 100, stop_price=1.0)
    context.captures.append([[a.symbol, [[o.amount, o.filled, bool(o.limit_reached), bool(o.stop_reached)] for o in orders]]
                             for a, orders in get_open_orders().items()])
