"""London minutes over Christmas: before_trading_start inside the session, two half days, a split and a dividend."""
from zipline.api import date_rules, get_datetime, order, order_target_percent, record, schedule_function, symbol, symbols, time_rules

META = dict(start="2020-12-22", end="2021-01-05", capital=100_000.0, freq="minute", bundle="london-minute")


def initialize(context):
    context.captures = []
    context.fired = {}
    context.captures.append(context.fired)
    for name, rule in (("open", time_rules.market_open()), ("open_6h", time_rules.market_open(hours=6)), ("close", time_rules.market_close()),
                       ("close_6h", time_rules.market_close(hours=6))):
        def function(context, data, name=name):
            context.fired.setdefault(name, []).append(str(get_datetime()))
        schedule_function(function, date_rules.every_day(), rule)
    schedule_function(rebalance, date_rules.every_day(), time_rules.market_open(hours=1))


def rebalance(context, data):
    order_target_percent(symbol("LNA"), 0.5)
    order_target_percent(symbol("LNB"), 0.2 + 0.01 * (data.current_dt.day % 5))


def before_trading_start(context, data):
    a = symbol("LNA")
    row = ["before", str(data.current_dt), str(data.current_session)]
    try:
        row += [data.current(a, "price"), data.history(a, "price", 2, "1m"), data.history(a, "volume", 2, "1d"), bool(data.can_trade(a))]
    except Exception as error:  # recorded
        row += [type(error).__name__]
    context.captures.append(row)


def handle_data(context, data):
    t = get_datetime().strftime("%H:%M")
    if t in ("08:01", "12:30", "13:44", "13:45", "13:46", "16:30"):
        context.captures.append([str(data.current_dt), data.current(symbols("LNA", "LNB"), ["price", "volume"]), context.portfolio.portfolio_value])
