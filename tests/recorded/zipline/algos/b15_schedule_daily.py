"""schedule_function in a daily run: every date rule with offsets, time rules (ignored), half_days=False, order of registration."""
from zipline.api import calendars, date_rules, get_datetime, record, schedule_function, time_rules

META = dict(start="2019-01-02", end="2020-12-31", capital=10_000.0, freq="daily", bundle="golden-daily")
DATE_RULES = {
    "every_day": lambda: date_rules.every_day(),
    **{f"week_start_{i}": lambda i=i: date_rules.week_start(days_offset=i) for i in range(5)},
    **{f"week_end_{i}": lambda i=i: date_rules.week_end(days_offset=i) for i in range(5)},
    **{f"month_start_{i}": lambda i=i: date_rules.month_start(days_offset=i) for i in (0, 1, 5, 18, 19, 20, 22)},
    **{f"month_end_{i}": lambda i=i: date_rules.month_end(days_offset=i) for i in (0, 1, 5, 18, 19, 20, 22)},
}
TIME_RULES = {
    "none": lambda: None,
    "open": lambda: time_rules.market_open(),
    "open_90": lambda: time_rules.market_open(minutes=90),
    "close": lambda: time_rules.market_close(),
    "close_300": lambda: time_rules.market_close(hours=5),
    "close_420": lambda: time_rules.market_close(hours=7),
    "every_minute": lambda: time_rules.every_minute(),
}


def initialize(context):
    context.fired = {}
    context.sequence = []
    context.captures = [context.fired, context.sequence]
    for name, rule in DATE_RULES.items():
        add(context, f"{name}", rule(), time_rules.market_open())
    for name, rule in TIME_RULES.items():
        add(context, f"every_day at {name}", date_rules.every_day(), rule())
        add(context, f"week_end at {name}", date_rules.week_end(), rule())
        add(context, f"every_day at {name}, no half days", date_rules.every_day(), rule(), half_days=False)
        add(context, f"month_end at {name}, no half days", date_rules.month_end(), rule(), half_days=False)
    add(context, "defaults")
    add(context, "only a date rule", date_rules.week_start())
    add(context, "equities", date_rules.every_day(), time_rules.market_close(), calendar=calendars.US_EQUITIES)
    add(context, "futures", date_rules.every_day(), time_rules.market_close(), calendar=calendars.US_FUTURES)


def add(context, name, *rules, **options):
    def function(context, data):
        context.fired.setdefault(name, []).append(get_datetime().strftime("%Y-%m-%d %H:%M"))
        if get_datetime().strftime("%Y-%m-%d") == "2019-07-01":
            context.sequence.append(name)
    schedule_function(function, *rules, **options)


def handle_data(context, data):
    if get_datetime().strftime("%Y-%m-%d") == "2019-07-01":
        context.sequence.append("handle_data")
