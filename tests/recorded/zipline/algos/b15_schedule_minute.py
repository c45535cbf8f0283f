"""schedule_function in minute runs: the minutes at which each rule fires, over half days and sessions without any data."""
from zipline.api import calendars, date_rules, get_datetime, schedule_function, time_rules

META = dict(start="2019-06-24", end="2019-07-12", capital=10_000.0, freq="minute", bundle="half-minute")
VARIANTS = {
    "july_2019": dict(),
    "december_2019": dict(meta=dict(start="2019-12-16", end="2020-01-10")),
    "two_years": dict(short=True, meta=dict(start="2019-06-03", end="2021-03-31", bundle="golden-minute")),
}
PARAMS = VARIANTS["july_2019"]
TIME_RULES = {
    "default": lambda: None,
    "open": lambda: time_rules.market_open(),
    "open_1": lambda: time_rules.market_open(minutes=1),
    "open_30": lambda: time_rules.market_open(minutes=30),
    "open_1h": lambda: time_rules.market_open(hours=1),
    "open_1h_1": lambda: time_rules.market_open(hours=1, minutes=1),
    "open_3h30": lambda: time_rules.market_open(hours=3, minutes=30),
    "open_5h": lambda: time_rules.market_open(hours=5),
    "open_6h30": lambda: time_rules.market_open(hours=6, minutes=30),
    "open_6h31": lambda: time_rules.market_open(hours=6, minutes=31),
    "open_12h": lambda: time_rules.market_open(hours=12),
    "close": lambda: time_rules.market_close(),
    "close_30": lambda: time_rules.market_close(minutes=30),
    "close_3h29": lambda: time_rules.market_close(hours=3, minutes=29),
    "close_3h30": lambda: time_rules.market_close(hours=3, minutes=30),
    "close_5h": lambda: time_rules.market_close(hours=5),
    "close_6h29": lambda: time_rules.market_close(hours=6, minutes=29),
    "close_6h30": lambda: time_rules.market_close(hours=6, minutes=30),
    "close_12h": lambda: time_rules.market_close(hours=12),
    "every_minute": lambda: time_rules.every_minute(),
}
DATE_RULES = {
    "every_day": lambda: date_rules.every_day(),
    "week_start": lambda: date_rules.week_start(),
    "week_start_2": lambda: date_rules.week_start(2),
    "week_end": lambda: date_rules.week_end(),
    "week_end_3": lambda: date_rules.week_end(days_offset=3),
    "month_start": lambda: date_rules.month_start(),
    "month_start_4": lambda: date_rules.month_start(days_offset=4),
    "month_end": lambda: date_rules.month_end(),
    "month_end_2": lambda: date_rules.month_end(days_offset=2),
}


def initialize(context):
    context.fired = {}
    context.sequence = []
    context.captures = [context.fired, context.sequence]
    if PARAMS.get("short"):
        for name, rule in DATE_RULES.items():
            add(context, name, rule(), time_rules.market_close(minutes=15))
        return
    for name, rule in TIME_RULES.items():
        add(context, f"every_day {name}", date_rules.every_day(), rule())
    for name in ("open", "close_30", "open_5h"):
        add(context, f"every_day {name} no half days", date_rules.every_day(), TIME_RULES[name](), half_days=False)
        add(context, f"week_end {name} no half days", date_rules.week_end(), TIME_RULES[name](), half_days=False)
    for date_name, date_rule in DATE_RULES.items():
        for name in ("open_30", "close"):
            add(context, f"{date_name} {name}", date_rule(), TIME_RULES[name]())
    add(context, "defaults")
    add(context, "futures", date_rules.every_day(), time_rules.market_close(minutes=10), calendar=calendars.US_FUTURES)
    add(context, "equities", date_rules.every_day(), time_rules.market_close(minutes=10), calendar=calendars.US_EQUITIES)


def add(context, name, *rules, **options):
    def function(context, data):
        now = get_datetime().strftime("%Y-%m-%d %H:%M")
        context.fired.setdefault(name, []).append(now)
        if now[:10] in ("2019-07-03", "2019-12-23"):
            context.sequence.append([now, name])
    schedule_function(function, *rules, **options)


def handle_data(context, data):
    now = get_datetime().strftime("%Y-%m-%d %H:%M")
    if now in ("2019-07-03 13:31", "2019-07-03 16:59", "2019-12-23 14:31"):
        context.sequence.append([now, "handle_data"])
