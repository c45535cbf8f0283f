"""One error (or one logged violation) per variant: the class, message and moment are what counts."""
import pandas as pd
from zipline import api
from zipline.api import (cancel_order, get_environment, get_open_orders, get_order, order, order_percent, order_target,
                         order_target_percent, order_target_value, order_value, record, schedule_function, set_asset_restrictions,
                         set_benchmark, set_cancel_policy, set_commission, set_do_not_order_list, set_long_only, set_max_leverage,
                         set_max_order_count, set_max_order_size, set_max_position_size, set_min_leverage, set_slippage, sid, symbol,
                         symbols, date_rules, time_rules)
from zipline.finance import commission, slippage
from zipline.finance.asset_restrictions import HistoricalRestrictions, Restriction, RESTRICTION_STATES, StaticRestrictions
from zipline.finance.cancel_policy import EODCancel
from zipline.finance.execution import LimitOrder, MarketOrder, StopLimitOrder, StopOrder

META = dict(start="2020-08-27", end="2020-09-02", capital=100_000.0, freq="daily", bundle="golden-daily")
WHERE = {}


def at(where, **options):
    """Register a function to run at one place: initialize, before, bar (the second bar), every (each bar)."""
    def register(function):
        WHERE[function.__name__] = (where, function, options)
        return function
    return register


# ---------------------------------------------------------------- wrong moment
@at("initialize")
def order_in_initialize(context, data):
    order(symbol("AAA"), 1)


@at("initialize")
def order_target_percent_in_initialize(context, data):
    order_target_percent(symbol("AAA"), 0.1)


@at("initialize")
def get_open_orders_in_initialize(context, data):
    context.captures.append(get_open_orders())


@at("before")
def order_in_before(context, data):
    order(symbol("AAA"), 1)


@at("before")
def order_value_in_before(context, data):
    order_value(symbol("AAA"), 100)


@at("before")
def order_percent_in_before(context, data):
    order_percent(symbol("AAA"), 0.1)


@at("before")
def order_target_in_before(context, data):
    order_target(symbol("AAA"), 10)


@at("before")
def cancel_in_before(context, data):
    cancel_order("nothing")


@at("bar")
def set_slippage_late(context, data):
    set_slippage(slippage.NoSlippage())


@at("bar")
def set_commission_late(context, data):
    set_commission(commission.PerShare())


@at("bar")
def set_cancel_policy_late(context, data):
    set_cancel_policy(EODCancel())


@at("bar")
def set_benchmark_late(context, data):
    set_benchmark(symbol("AAA"))


@at("bar")
def set_max_position_size_late(context, data):
    set_max_position_size(max_shares=1)


@at("bar")
def set_max_order_size_late(context, data):
    set_max_order_size(max_shares=1)


@at("bar")
def set_max_order_count_late(context, data):
    set_max_order_count(1)


@at("bar")
def set_long_only_late(context, data):
    set_long_only()


@at("bar")
def set_do_not_order_list_late(context, data):
    set_do_not_order_list([symbol("AAA")])


@at("bar")
def set_asset_restrictions_late(context, data):
    set_asset_restrictions(StaticRestrictions([symbol("AAA")]))


@at("bar")
def set_max_leverage_late(context, data):
    set_max_leverage(1.0)


@at("bar")
def set_min_leverage_late(context, data):
    set_min_leverage(1.0, pd.Timedelta("1D"))


@at("bar")
def schedule_function_late(context, data):
    schedule_function(lambda c, d: c.captures.append(str(d.current_dt)))


@at("bar")
def attach_pipeline_late(context, data):
    from zipline.pipeline import Pipeline
    api.attach_pipeline(Pipeline(), "p")


@at("bar")
def pipeline_output_unknown(context, data):
    api.pipeline_output("p")


@at("initialize")
def pipeline_output_in_initialize(context, data):
    api.pipeline_output("p")


@at("initialize")
def attach_pipeline_twice(context, data):
    from zipline.pipeline import Pipeline
    api.attach_pipeline(Pipeline(), "p")
    api.attach_pipeline(Pipeline(), "p")


# ---------------------------------------------------------------- trading controls
def shares(context, n, name="AAA", **options):
    return order(symbol(name), n, **options)


def make_control(name, setup, steps, where="every"):
    def function(context, data):
        step = steps[context.n - 1] if context.n <= len(steps) else None
        if step is not None:
            step(context)
    function.__name__ = name
    WHERE[name] = (where, function, {"setup": setup})


for action in ("fail", "log"):
    make_control(f"max_order_size_shares_{action}", lambda a=action: set_max_order_size(symbol("AAA"), max_shares=10, on_error=a),
                 [lambda c: (shares(c, 10), shares(c, -10), shares(c, 50, "BBB"), shares(c, 11)), lambda c: shares(c, -11)])
    make_control(f"max_order_size_notional_{action}", lambda a=action: set_max_order_size(max_notional=1000.0, on_error=a),
                 [lambda c: (shares(c, 1), shares(c, 3, limit_price=1.0), shares(c, 30, "BBB"))])
    make_control(f"max_position_size_shares_{action}", lambda a=action: set_max_position_size(max_shares=10, on_error=a),
                 [lambda c: (shares(c, 6), shares(c, 6)), lambda c: shares(c, -22), lambda c: shares(c, -23), lambda c: shares(c, 1)])
    make_control(f"max_position_size_notional_{action}",
                 lambda a=action: set_max_position_size(symbol("AAA"), max_notional=1000.0, on_error=a),
                 [lambda c: (shares(c, 1), shares(c, 100, "BBB")), lambda c: shares(c, 3), lambda c: shares(c, 10)])
    make_control(f"max_order_count_{action}", lambda a=action: set_max_order_count(2, on_error=a),
                 [lambda c: (shares(c, 1), shares(c, 1)), lambda c: (shares(c, 1), shares(c, 0), shares(c, 1), shares(c, 1))])
    make_control(f"long_only_{action}", lambda a=action: set_long_only(on_error=a),
                 [lambda c: (shares(c, 5), shares(c, 3, "BBB")), lambda c: shares(c, -5), lambda c: (shares(c, 0), shares(c, -1))])
    make_control(f"long_only_open_orders_{action}", lambda a=action: set_long_only(on_error=a),
                 [lambda c: shares(c, 5), lambda c: (shares(c, -5), shares(c, -5)), None, lambda c: shares(c, 1)])
    make_control(f"do_not_order_list_{action}", lambda a=action: set_do_not_order_list([symbol("AAA")], on_error=a),
                 [lambda c: shares(c, 5, "BBB"), lambda c: shares(c, 5)])
    make_control(f"asset_restrictions_{action}",
                 lambda a=action: set_asset_restrictions(StaticRestrictions([symbol("AAA")]), on_error=a),
                 [lambda c: shares(c, 5, "BBB"), lambda c: shares(c, 5)])
    make_control(f"historical_restrictions_{action}",
                 lambda a=action: set_asset_restrictions(HistoricalRestrictions([
                     Restriction(symbol("AAA"), pd.Timestamp("2020-08-28"), RESTRICTION_STATES.FROZEN),
                     Restriction(symbol("AAA"), pd.Timestamp("2020-09-01"), RESTRICTION_STATES.ALLOWED)]), on_error=a),
                 [lambda c: shares(c, 5), lambda c: None, lambda c: None, lambda c: shares(c, 7), lambda c: shares(c, 8)])
    make_control(f"historical_restrictions_frozen_{action}",
                 lambda a=action: set_asset_restrictions(HistoricalRestrictions([
                     Restriction(symbol("AAA"), pd.Timestamp("2020-08-28"), RESTRICTION_STATES.FROZEN)]), on_error=a),
                 [lambda c: shares(c, 5), lambda c: shares(c, 6), lambda c: shares(c, 7)])
make_control("two_controls", lambda: (set_long_only(on_error="log"), set_max_order_size(max_shares=5, on_error="fail")),
             [lambda c: shares(c, -5), lambda c: shares(c, -6)])
make_control("restrictions_union", lambda: (set_asset_restrictions(StaticRestrictions([symbol("AAA")]) | StaticRestrictions(
    [symbol("BBB")])), set_asset_restrictions(StaticRestrictions([symbol("CCC")]), on_error="log")),
    [lambda c: shares(c, 5, "DDD"), lambda c: shares(c, 6, "CCC"), lambda c: shares(c, 7, "BBB")])
make_control("controls_with_target", lambda: set_max_order_size(max_shares=5),
             [lambda c: order_target(symbol("AAA"), 5), lambda c: order_target_percent(symbol("AAA"), 0.5)])
make_control("max_leverage", lambda: set_max_leverage(1.0), [lambda c: order_target_percent(symbol("AAA"), 0.9), None,
                                                             lambda c: order_target_percent(symbol("BBB"), 0.2)])
make_control("max_leverage_zero", lambda: set_max_leverage(0.0), [lambda c: shares(c, 1)])
make_control("min_leverage", lambda: set_min_leverage(0.5, pd.Timedelta("2D")), [lambda c: shares(c, 1)])
make_control("min_leverage_kept", lambda: set_min_leverage(0.5, pd.Timedelta("2D")),
             [lambda c: order_target_percent(symbol("AAA"), 0.7)])
make_control("both_leverages_log_nothing", lambda: (set_max_leverage(2.0), set_min_leverage(0.1, pd.Timedelta("3D"))),
             [lambda c: order_target_percent(symbol("AAA"), 0.7)])


@at("initialize")
def max_leverage_negative(context, data):
    set_max_leverage(-1.0)


@at("initialize")
def max_leverage_none(context, data):
    set_max_leverage(None)


@at("initialize")
def max_order_size_nothing(context, data):
    set_max_order_size()


@at("initialize")
def max_order_size_negative(context, data):
    set_max_order_size(max_shares=-1)


@at("initialize")
def max_order_size_negative_notional(context, data):
    set_max_order_size(max_notional=-1.0)


@at("initialize")
def max_position_size_nothing(context, data):
    set_max_position_size()


@at("initialize")
def max_order_count_negative(context, data):
    set_max_order_count(-1)


@at("initialize")
def control_bad_on_error(context, data):
    set_long_only(on_error="ignore")


@at("initialize")
def min_leverage_negative(context, data):
    set_min_leverage(-1.0, pd.Timedelta("1D"))


@at("initialize")
def do_not_order_list_strings(context, data):
    set_do_not_order_list(["AAA"])


# ---------------------------------------------------------------- symbols
@at("initialize")
def symbol_unknown(context, data):
    symbol("NOPE")


@at("bar")
def symbol_unknown_in_bar(context, data):
    symbol("NOPE")


@at("initialize")
def symbols_unknown(context, data):
    symbols("AAA", "NOPE")


@at("initialize")
def symbol_not_a_string(context, data):
    symbol(1)


@at("initialize")
def symbol_country(context, data):
    context.captures.append([symbol("AAA", country_code="US")])
    symbol("AAA", country_code="GB")


@at("initialize")
def sid_unknown(context, data):
    sid(999)


@at("initialize")
def sid_string(context, data):
    sid("AAA")


@at("initialize")
def symbol_not_yet_listed(context, data):
    context.captures.append(symbol("LLL"))
    api.set_symbol_lookup_date("2019-06-03")
    symbol("LLL")


@at("initialize")
def symbol_lookup_date_bad(context, data):
    api.set_symbol_lookup_date("not a date")


@at("initialize")
def symbol_lower_case(context, data):
    context.captures.append([symbol("aaa"), symbols("aAa", "bbb")])


@at("initialize")
def future_symbol_unknown(context, data):
    api.future_symbol("CLF20")


@at("initialize")
def continuous_future_unknown(context, data):
    api.continuous_future("CL")


@at("initialize")
def get_environment_unknown(context, data):
    get_environment("nothing")


# ---------------------------------------------------------------- order parameters
@at("bar")
def limit_negative(context, data):
    shares(context, 1, limit_price=-1.0)


@at("bar")
def limit_nan(context, data):
    shares(context, 1, limit_price=float("nan"))


@at("bar")
def limit_infinite(context, data):
    shares(context, 1, limit_price=float("inf"))


@at("bar")
def limit_string(context, data):
    shares(context, 1, limit_price="10")


@at("bar")
def stop_negative(context, data):
    shares(context, 1, stop_price=-0.01)


@at("bar")
def stop_nan(context, data):
    shares(context, 1, stop_price=float("nan"))


@at("bar")
def limit_zero(context, data):
    shares(context, 1, limit_price=0)
    shares(context, -1, limit_price=0)
    shares(context, 1, stop_price=0)


@at("bar")
def style_and_limit(context, data):
    shares(context, 1, limit_price=10.0, style=LimitOrder(10.0))


@at("bar")
def style_class_negative(context, data):
    LimitOrder(-5.0)


@at("bar")
def style_stop_nan(context, data):
    StopOrder(float("nan"))


@at("bar")
def style_stoplimit_negative(context, data):
    StopLimitOrder(5.0, -5.0)


@at("bar")
def style_not_a_style(context, data):
    shares(context, 1, style="market")


@at("bar")
def order_string(context, data):
    order("AAA", 1)


@at("bar")
def order_sid(context, data):
    order(1, 1)


@at("bar")
def order_none(context, data):
    order(None, 1)


@at("bar")
def order_target_string(context, data):
    order_target("AAA", 1)


@at("bar")
def order_value_string(context, data):
    order_value("AAA", 1)


@at("bar")
def order_target_percent_string(context, data):
    order_target_percent("AAA", 1)


@at("bar")
def amount_nan(context, data):
    shares(context, float("nan"))


@at("bar")
def amount_infinite(context, data):
    shares(context, float("inf"))


@at("bar")
def amount_too_large(context, data):
    shares(context, 200_000_000_000)


@at("bar")
def amount_large(context, data):
    context.captures.append(shares(context, 100_000_000_000) is None)


@at("bar")
def amount_string(context, data):
    shares(context, "10")


@at("bar")
def amount_none(context, data):
    shares(context, None)


@at("bar")
def value_nan(context, data):
    order_value(symbol("AAA"), float("nan"))


@at("bar")
def cancel_unknown(context, data):
    context.captures.append(repr(cancel_order("nothing")))


@at("bar")
def cancel_number(context, data):
    cancel_order(5)


@at("bar")
def cancel_none(context, data):
    cancel_order(None)


@at("bar")
def get_order_unknown(context, data):
    context.captures.append(repr(get_order("nothing")))


@at("bar")
def get_open_orders_string(context, data):
    context.captures.append(repr(get_open_orders("AAA")))


# ---------------------------------------------------------------- listing dates
BEFORE_LISTING = dict(start="2020-02-26", end="2020-03-05")
AFTER_DELISTING = dict(start="2020-09-28", end="2020-10-08")
ORDERS = {"order": lambda a: order(a, 10), "order_value": lambda a: order_value(a, 1000), "order_percent": lambda a: order_percent(a, .1),
          "order_target": lambda a: order_target(a, 10), "order_target_value": lambda a: order_target_value(a, 1000),
          "order_target_percent": lambda a: order_target_percent(a, 0.1)}


def listing(name, symbol_name, days, call, meta):
    def function(context, data):
        if context.n in days:
            context.captures.append([str(data.current_dt), ORDERS[call](symbol(symbol_name)) is None])
    function.__name__ = name
    WHERE[name] = ("every", function, {"meta": meta})


for call in ORDERS:
    listing(f"before_listing_{call}", "LLL", (1,), call, BEFORE_LISTING)
    listing(f"after_end_{call}", "KKK", (4,), call, AFTER_DELISTING)           # after end_date, before auto close
    listing(f"after_auto_close_{call}", "KKK", (7,), call, AFTER_DELISTING)
    listing(f"on_end_date_{call}", "KKK", (3,), call, AFTER_DELISTING)
    listing(f"on_auto_close_{call}", "KKK", (6,), call, AFTER_DELISTING)


# ---------------------------------------------------------------- data
@at("bar", meta=dict(start="2019-01-02", end="2019-01-08"))
def history_before_data(context, data):
    data.history(symbol("AAA"), "close", 5, "1d")


@at("bar", meta=dict(start="2019-01-02", end="2019-01-08"))
def history_price_before_data(context, data):
    data.history(symbols("AAA", "BBB"), ["price", "volume"], 3, "1d")


@at("bar")
def history_bad_frequency(context, data):
    data.history(symbol("AAA"), "close", 5, "1h")


@at("bar")
def history_bad_frequency_5m(context, data):
    data.history(symbol("AAA"), "close", 5, "5m")


@at("bar")
def history_long_frequency_name(context, data):
    context.captures.append(data.history(symbol("AAA"), "close", 3, "daily"))


@at("bar")
def history_minute_in_daily(context, data):
    context.captures.append(data.history(symbol("AAA"), "close", 3, "1m"))


@at("bar")
def history_bad_field(context, data):
    data.history(symbol("AAA"), "nonsense", 5, "1d")


@at("bar")
def history_last_traded(context, data):
    data.history(symbol("AAA"), "last_traded", 5, "1d")


@at("bar")
def history_zero_bars(context, data):
    context.captures.append(data.history(symbol("AAA"), "close", 0, "1d"))


@at("bar")
def history_negative_bars(context, data):
    data.history(symbol("AAA"), "close", -1, "1d")


@at("bar")
def history_string_asset(context, data):
    data.history("AAA", "close", 5, "1d")


@at("bar")
def history_empty_assets(context, data):
    context.captures.append(data.history([], "close", 5, "1d"))


@at("bar")
def current_bad_field(context, data):
    data.current(symbol("AAA"), "nonsense")


@at("bar")
def current_string_asset(context, data):
    data.current("AAA", "close")


@at("bar")
def current_empty(context, data):
    context.captures.append(data.current([], "close"))


@at("bar")
def can_trade_empty(context, data):
    context.captures.append(data.can_trade([]))


@at("bar")
def position_of_string(context, data):
    context.portfolio.positions["AAA"]


@at("bar")
def position_of_number(context, data):
    context.portfolio.positions[1]


@at("bar")
def portfolio_write(context, data):
    context.portfolio.cash = 5.0


@at("bar")
def account_write(context, data):
    context.account.leverage = 5.0


@at("bar")
def position_write(context, data):
    context.portfolio.positions[symbol("AAA")].amount = 5


@at("bar")
def record_odd(context, data):
    record("a")


@at("bar")
def record_string_value(context, data):
    record(word="text", nothing=None, box=[1, 2])


@at("bar")
def user_error(context, data):
    raise ValueError("of the user's own")


# ---------------------------------------------------------------- models
@at("initialize")
def slippage_wrong_type(context, data):
    set_slippage("cheap")


@at("initialize")
def slippage_future_model_for_equities(context, data):
    set_slippage(us_equities=slippage.VolatilityVolumeShare(0.05))


@at("initialize")
def slippage_equity_model_for_futures(context, data):
    set_slippage(us_futures=slippage.FixedBasisPointsSlippage())


@at("initialize")
def slippage_positional_both(context, data):
    set_slippage(slippage.FixedSlippage(0.1), slippage.FixedSlippage(0.2))


@at("initialize")
def commission_wrong_type(context, data):
    set_commission(5)


@at("initialize")
def commission_future_model_for_equities(context, data):
    set_commission(us_equities=commission.PerContract(1.0, 0.3))


@at("initialize")
def cancel_policy_wrong_type(context, data):
    set_cancel_policy("eod")


@at("initialize")
def benchmark_string(context, data):
    set_benchmark("AAA")


@at("initialize")
def bps_negative(context, data):
    set_slippage(slippage.FixedBasisPointsSlippage(basis_points=-1.0))


@at("initialize")
def bps_limit_zero(context, data):
    set_slippage(slippage.FixedBasisPointsSlippage(volume_limit=0.0))


@at("initialize")
def bps_limit_negative(context, data):
    set_slippage(slippage.FixedBasisPointsSlippage(volume_limit=-0.1))


@at("initialize")
def bps_limit_above_one(context, data):
    set_slippage(slippage.FixedBasisPointsSlippage(volume_limit=2.0))
    context.captures.append("accepted")


@at("initialize")
def volumeshare_negative(context, data):
    set_slippage(slippage.VolumeShareSlippage(volume_limit=-1.0, price_impact=-1.0))
    context.captures.append("accepted")


@at("initialize")
def commission_negative(context, data):
    set_commission(commission.PerShare(cost=-1.0))
    context.captures.append("accepted")


# ---------------------------------------------------------------- schedules
@at("initialize")
def time_rule_too_long(context, data):
    schedule_function(lambda c, d: None, date_rules.every_day(), time_rules.market_open(hours=13))


@at("initialize")
def time_rule_too_short(context, data):
    schedule_function(lambda c, d: None, date_rules.every_day(), time_rules.market_open(minutes=0))


@at("initialize")
def time_rule_negative(context, data):
    schedule_function(lambda c, d: None, date_rules.every_day(), time_rules.market_close(minutes=-5))


@at("initialize")
def time_rule_two_offsets(context, data):
    schedule_function(lambda c, d: None, date_rules.every_day(), time_rules.market_close(offset=pd.Timedelta("5m"), minutes=5))


@at("initialize")
def date_rule_week_offset(context, data):
    schedule_function(lambda c, d: None, date_rules.week_start(5))


@at("initialize")
def date_rule_week_negative(context, data):
    schedule_function(lambda c, d: None, date_rules.week_end(-1))


@at("initialize")
def date_rule_month_offset(context, data):
    schedule_function(lambda c, d: None, date_rules.month_start(23))


@at("initialize")
def date_rule_month_float(context, data):
    schedule_function(lambda c, d: None, date_rules.month_end(1.5))


@at("initialize")
def date_rule_swapped(context, data):
    schedule_function(lambda c, d: None, time_rules.market_open())


@at("initialize")
def schedule_bad_calendar(context, data):
    schedule_function(lambda c, d: None, date_rules.every_day(), time_rules.market_open(), calendar="NYSE")


@at("initialize")
def schedule_bad_function(context, data):
    schedule_function(lambda c: c.captures.append("one argument"))


# ---------------------------------------------------------------- the run itself
@at("none", meta=dict(start="2020-09-05", end="2020-09-07"))
def no_sessions(context, data):
    pass


@at("none", meta=dict(start="2020-09-10", end="2020-09-02"))
def end_before_start(context, data):
    pass


@at("none", meta=dict(start="2020-08-29", end="2020-09-06"))
def ends_are_no_sessions(context, data):
    pass


@at("none", meta=dict(start="2018-12-26", end="2019-01-04"))
def start_before_bundle(context, data):
    pass


@at("none", meta=dict(start="2021-12-29", end="2022-01-05"))
def end_after_bundle(context, data):
    pass


@at("none", meta=dict(capital=0.0))
def capital_zero(context, data):
    pass


@at("none", meta=dict(capital=-5.0))
def capital_negative(context, data):
    pass


@at("none", meta=dict(start="2020-08-27T00:00:00+00:00"))
def start_with_zone(context, data):
    pass


@at("none", meta=dict(start="2020-08-27T13:00"))
def start_with_time(context, data):
    pass


@at("none", meta=dict(bundle="golden-nothing"))
def bundle_unknown(context, data):
    pass


@at("none", meta=dict(freq="hourly"))
def frequency_unknown(context, data):
    pass


@at("none", setup=lambda: set_benchmark(symbol("LLL")), meta=dict(start="2020-02-26", end="2020-03-05"))
def benchmark_too_young(context, data):
    pass


@at("none", setup=lambda: set_benchmark(symbol("KKK")), meta=dict(start="2020-09-28", end="2020-10-08"))
def benchmark_too_old(context, data):
    pass


VARIANTS = {name: dict(meta=options["meta"]) if "meta" in options else {} for name, (where, function, options) in WHERE.items()}
VARIANTS = {name: dict(case=name, **params) for name, params in VARIANTS.items()}
PARAMS = VARIANTS["order_in_initialize"]


def initialize(context):
    context.n = 0
    context.captures = []
    context.where, context.function, options = WHERE[PARAMS["case"]]
    if "setup" in options:
        options["setup"]()
    if context.where == "initialize":
        context.function(context, None)


def before_trading_start(context, data):
    if context.where == "before":
        context.function(context, data)


def handle_data(context, data):
    context.n += 1
    if context.where == "bar" and context.n == 2 or context.where == "every":
        context.function(context, data)
