"""Every field of portfolio and account on each bar: long and short book, halted holding, splits, dividends, negative cash."""
from zipline.api import order, order_target_percent, symbol

META = dict(start="2020-08-03", end="2020-11-13", capital=100_000.0, freq="daily", bundle="golden-daily")
VARIANTS = {
    "long_short": dict(weights={"AAA": 0.6, "BBB": -0.35, "KKK": 0.3, "III": -0.2}),
    "levered": dict(weights={"AAA": 1.2, "EEE": 0.9, "KKK": 0.4}),
    "short_only": dict(weights={"AAA": -0.5, "FFF": -0.4, "KKK": -0.3}),
    "halted": dict(weights={"JJJ": 0.5, "AAA": -0.2}, meta=dict(start="2020-05-01", end="2020-05-22")),
    "dividends": dict(weights={"AAA": 0.5, "BBB": -0.5, "DDD": 0.4}, meta=dict(start="2021-02-25", end="2021-03-19")),
    "ruin": dict(weights={"AAA": -4.0, "EEE": -4.0}, meta=dict(start="2020-04-01", end="2020-09-30", capital=10_000.0)),
}
PARAMS = VARIANTS["long_short"]
ACCOUNT = ("settled_cash accrued_interest buying_power equity_with_loan total_positions_value total_positions_exposure regt_equity "
           "regt_margin initial_margin_requirement maintenance_margin_requirement available_funds excess_liquidity cushion "
           "day_trades_remaining leverage gross_leverage net_leverage net_liquidation").split()
PORTFOLIO = ("cash_flow capital_used starting_cash portfolio_value pnl returns cash positions_value positions_exposure").split()


def initialize(context):
    context.n = 0
    context.captures = []


def before_trading_start(context, data):
    snap(context, data, "before")


def handle_data(context, data):
    context.n += 1
    if context.n in (2, 25):
        for name, weight in PARAMS["weights"].items():
            order_target_percent(symbol(name), weight)
    if context.n == 8:
        order(symbol("AAA"), -10)
    snap(context, data, "bar")


def snap(context, data, where):
    account, portfolio = context.account, context.portfolio
    context.captures.append({
        "where": where, "dt": str(data.current_dt),
        "account": [getattr(account, k) for k in ACCOUNT], "portfolio": [getattr(portfolio, k) for k in PORTFOLIO],
        "weights": {a.symbol: w for a, w in sorted(portfolio.current_portfolio_weights.items(), key=lambda x: x[0].sid)},
        "positions": {a.symbol: [p.amount, p.cost_basis, p.last_sale_price, str(p.last_sale_date)]
                      for a, p in sorted(portfolio.positions.items(), key=lambda x: x[0].sid)}})
