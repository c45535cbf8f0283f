"""Minutes of a market with a lunch break and a half day: the clock, schedules, data and orders over the break."""
from zipline.api import (date_rules, get_datetime, get_open_orders, order, order_target_percent, record, schedule_function, symbols,
                         time_rules)

META = dict(start="2021-02-08", end="2021-02-18", capital=1_000_000.0, freq="minute", bundle="second-minute")
VARIANTS = {
    "trading": dict(history=()),
    "daily_history": dict(history=("1d",)),    # zipline fails after the break
    "minute_history": dict(history=("1m",)),   # zipline cannot read such a window at all
}
PARAMS = VARIANTS["trading"]


def initialize(context):
    context.captures = []
    context.fired = {}
    context.minutes = {}
    context.captures.append(context.fired)
    context.captures.append(context.minutes)
    context.assets = symbols("HKA", "HKB", "HKD")
    for name, rule in (("open", time_rules.market_open()), ("open_150", time_rules.market_open(hours=2, minutes=30)),
                       ("open_151", time_rules.market_open(hours=2, minutes=31)), ("open_4h", time_rules.market_open(hours=4)),
                       ("close", time_rules.market_close()), ("close_181", time_rules.market_close(hours=3, minutes=1)),
                       ("close_4h", time_rules.market_close(hours=4)), ("close_2h", time_rules.market_close(hours=2)),
                       ("every_minute", time_rules.every_minute())):
        def function(context, data, name=name):
            context.fired.setdefault(name, []).append(str(get_datetime()))
        schedule_function(function, date_rules.every_day(), rule)


def before_trading_start(context, data):
    context.captures.append(["before", str(data.current_dt), str(data.current_session)])


def handle_data(context, data):
    now = get_datetime()
    t, day = now.strftime("%H:%M"), now.strftime("%m-%d")
    seen = context.minutes.setdefault(day, [0, str(now), None])
    seen[0] += 1
    seen[2] = str(now)
    A, B, D = context.assets
    if (day, t) in (("02-08", "01:40"), ("02-09", "03:58"), ("02-10", "03:59"), ("02-11", "03:50"), ("02-17", "07:55")):
        order(A, 700)
        order(B, -2500)
        order(D, 300, limit_price=data.current(D, "price") * 1.01)
    if (day, t) == ("02-16", "05:30"):
        order_target_percent(A, 0.2)
    if t in ("01:31", "01:45", "04:00", "05:01", "05:04", "08:00"):
        row = {"dt": str(now), "session_minutes": len(data.current_session_minutes)}
        row["current"] = data.current(context.assets, ["open", "high", "low", "close", "price", "volume"])
        row["flags"] = {a.symbol: [bool(data.can_trade(a)), bool(data.is_stale(a)), str(data.current(a, "last_traded"))]
                        for a in context.assets}
        if "1m" in PARAMS["history"]:
            row["minute"] = data.history(context.assets, "price", 6, "1m")
            row["volume"] = data.history(context.assets, "volume", 6, "1m")
        if "1d" in PARAMS["history"]:
            row["daily"] = {f: data.history(context.assets, f, 3, "1d") for f in ("open", "high", "close", "volume")}
        row["open"] = {a.symbol: [[o.amount, o.filled] for o in orders]
                       for a, orders in sorted(get_open_orders().items(), key=lambda i: i[0].sid)}
        row["value"] = context.portfolio.portfolio_value
        context.captures.append(row)
