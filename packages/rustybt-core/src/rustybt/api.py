"""What a strategy calls: functions bound to the algorithm that runs in this thread or task.

Each is the method of the same name of `rustybt.TradingAlgorithm`, where its contract is
documented. Calling one while no algorithm runs raises `NoRunningAlgorithm`. Names are Zipline's.
"""

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Literal, Unpack

from rustybt.algorithm.current import running_algorithm
from rustybt.clock import calendars, date_rules, time_rules
from rustybt.finance import cancel_policy, commission, slippage
from rustybt.finance.asset_restrictions import (
    RESTRICTION_STATES,
    HistoricalRestrictions,
    Restriction,
    StaticRestrictions,
)
from rustybt.finance.cancel_policy import EODCancel, NeverCancel
from rustybt.finance.slippage import (
    FixedBasisPointsSlippage,
    FixedSlippage,
    VolumeShareSlippage,
)
from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rustybt.algorithm.base import Hook
    from rustybt.algorithm.orders import ShareCounts
    from rustybt.assets import Asset, ContinuousFuture, Future
    from rustybt.calendars import Moment, TradingCalendar
    from rustybt.clock import DateRule, TimeRule
    from rustybt.finance import execution, fills, latency
    from rustybt.finance._parameters import Number
    from rustybt.finance.asset_restrictions import Restrictions
    from rustybt.finance.borrow import BorrowModel
    from rustybt.finance.cancel_policy import CancelPolicy
    from rustybt.finance.controls import OnError
    from rustybt.finance.conversion import ConversionModel
    from rustybt.finance.fills import FillModel
    from rustybt.finance.financing import FinancingModel
    from rustybt.finance.latency import LatencyModel
    from rustybt.finance.withholding import WithholdingModel
    from rustybt.orders import ExecutionStyle, OrderGroupView, OrderOptions, OrderView
    from rustybt.pipeline.pipeline import Pipeline
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.finance": ("execution", "fills", "latency"),
        },
    )

__all__ = [
    "RESTRICTION_STATES",
    "EODCancel",
    "FixedBasisPointsSlippage",
    "FixedSlippage",
    "HistoricalRestrictions",
    "NeverCancel",
    "Restriction",
    "StaticRestrictions",
    "VolumeShareSlippage",
    "attach_pipeline",
    "batch_market_order",
    "calendars",
    "cancel_order",
    "cancel_policy",
    "commission",
    "continuous_future",
    "convert_currency",
    "date_rules",
    "execution",
    "fetch_csv",
    "fills",
    "future_symbol",
    "get_datetime",
    "get_environment",
    "get_open_orders",
    "get_order",
    "get_order_group",
    "latency",
    "order",
    "order_percent",
    "order_target",
    "order_target_percent",
    "order_target_value",
    "order_value",
    "pipeline_output",
    "record",
    "replace_order",
    "schedule_function",
    "set_asset_restrictions",
    "set_benchmark",
    "set_borrow",
    "set_cancel_policy",
    "set_commission",
    "set_conversion",
    "set_do_not_order_list",
    "set_fill_model",
    "set_financing",
    "set_latency",
    "set_long_only",
    "set_max_leverage",
    "set_max_order_count",
    "set_max_order_size",
    "set_max_position_size",
    "set_min_leverage",
    "set_slippage",
    "set_symbol_lookup_date",
    "set_withholding",
    "sid",
    "slippage",
    "symbol",
    "symbols",
    "time_rules",
]

# ------------------------------------------------------------------ orders


def order(
    asset: "Asset",
    amount: object,
    limit_price: object = None,
    stop_price: object = None,
    style: "ExecutionStyle | None" = None,
    **options: "Unpack[OrderOptions]",
) -> str | None:
    """Order an amount of an asset; the order's id, None when nothing was ordered."""
    algorithm = running_algorithm("order")
    return algorithm.order(asset, amount, limit_price, stop_price, style, **options)


def order_value(
    asset: "Asset",
    value: object,
    limit_price: object = None,
    stop_price: object = None,
    style: "ExecutionStyle | None" = None,
    **options: "Unpack[OrderOptions]",
) -> str | None:
    """Order as much as `value` buys."""
    algorithm = running_algorithm("order_value")
    return algorithm.order_value(asset, value, limit_price, stop_price, style, **options)


def order_percent(
    asset: "Asset",
    percent: object,
    limit_price: object = None,
    stop_price: object = None,
    style: "ExecutionStyle | None" = None,
    **options: "Unpack[OrderOptions]",
) -> str | None:
    """Order a share of the portfolio's value: 0.5 means 50 %."""
    algorithm = running_algorithm("order_percent")
    return algorithm.order_percent(asset, percent, limit_price, stop_price, style, **options)


def order_target(
    asset: "Asset",
    target: object,
    limit_price: object = None,
    stop_price: object = None,
    style: "ExecutionStyle | None" = None,
    **options: "Unpack[OrderOptions]",
) -> str | None:
    """Order what brings the position to an amount."""
    algorithm = running_algorithm("order_target")
    return algorithm.order_target(asset, target, limit_price, stop_price, style, **options)


def order_target_value(
    asset: "Asset",
    target: object,
    limit_price: object = None,
    stop_price: object = None,
    style: "ExecutionStyle | None" = None,
    **options: "Unpack[OrderOptions]",
) -> str | None:
    """Order what brings the position to a value."""
    algorithm = running_algorithm("order_target_value")
    return algorithm.order_target_value(asset, target, limit_price, stop_price, style, **options)


def order_target_percent(
    asset: "Asset",
    target: object,
    limit_price: object = None,
    stop_price: object = None,
    style: "ExecutionStyle | None" = None,
    **options: "Unpack[OrderOptions]",
) -> str | None:
    """Order what brings the position to a share of the portfolio's value."""
    algorithm = running_algorithm("order_target_percent")
    return algorithm.order_target_percent(asset, target, limit_price, stop_price, style, **options)


def batch_market_order(share_counts: "ShareCounts") -> list[str]:
    """Place one market order per asset."""
    return running_algorithm("batch_market_order").batch_market_order(share_counts)


def cancel_order(order_param: "str | OrderView | OrderGroupView") -> None:
    """Cancel an order or a group."""
    running_algorithm("cancel_order").cancel_order(order_param)


def replace_order(
    order_param: "str | OrderView | OrderGroupView",
    *,
    amount: object = None,
    limit_price: object = None,
    stop_price: object = None,
    take_profit: object = None,
    stop_loss: object = None,
) -> bool:
    """Give an open order or a group other figures."""
    return running_algorithm("replace_order").replace_order(
        order_param,
        amount=amount,
        limit_price=limit_price,
        stop_price=stop_price,
        take_profit=take_profit,
        stop_loss=stop_loss,
    )


def get_order(order_id: str) -> "OrderView | None":
    """The order of this id as it is now."""
    return running_algorithm("get_order").get_order(order_id)


def get_order_group(
    order_param: "str | OrderView | OrderGroupView",
) -> "OrderGroupView | None":
    """The group of orders that an id belongs to, as it is now."""
    return running_algorithm("get_order_group").get_order_group(order_param)


def get_open_orders(
    asset: "Asset | None" = None,
) -> "dict[Asset, list[OrderView]] | list[OrderView]":
    """Orders that can still be filled."""
    return running_algorithm("get_open_orders").get_open_orders(asset)


# ------------------------------------------------------------------ looking things up


def symbol(symbol_str: str, country_code: str | None = None) -> "Asset":
    """The asset that has a symbol."""
    return running_algorithm("symbol").symbol(symbol_str, country_code)


def symbols(*args: str, country_code: str | None = None) -> "list[Asset]":
    """The assets that have these symbols."""
    return running_algorithm("symbols").symbols(*args, country_code=country_code)


def sid(sid: int) -> "Asset":
    """The asset of this number in the bundle."""
    return running_algorithm("sid").sid(sid)


def future_symbol(symbol: str) -> "Future":
    """The futures contract of this symbol."""
    return running_algorithm("future_symbol").future_symbol(symbol)


def continuous_future(
    root_symbol_str: str,
    offset: int = 0,
    roll: Literal["calendar", "volume", "open_interest"] = "volume",
    adjustment: Literal["mul", "add"] | None = "mul",
) -> "ContinuousFuture":
    """The chain of contracts of a root symbol, as one thing to read."""
    algorithm = running_algorithm("continuous_future")
    return algorithm.continuous_future(root_symbol_str, offset, roll, adjustment)


def set_symbol_lookup_date(dt: "Moment") -> None:
    """Let `symbol` resolve as of this date from now on."""
    running_algorithm("set_symbol_lookup_date").set_symbol_lookup_date(dt)


def get_datetime(tz: tzinfo | str | None = None) -> datetime:
    """Now in the run's time."""
    return running_algorithm("get_datetime").get_datetime(tz)


def get_environment(field: str = "platform") -> Any:  # noqa: ANN401 - facts of all kinds
    """Facts about the run."""
    return running_algorithm("get_environment").get_environment(field)


def record(*args: object, **kwargs: object) -> None:
    """Keep values beside the performance rows."""
    running_algorithm("record").record(*args, **kwargs)


def fetch_csv(  # noqa: PLR0913, PLR0917 - Zipline's signature
    url: str,
    pre_func: "Hook | None" = None,
    post_func: "Hook | None" = None,
    date_column: str = "date",
    date_format: str | None = None,
    timezone: str = "UTC",
    symbol: str | None = None,
    mask: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
    symbol_column: str | None = None,
    country_code: str | None = None,
) -> None:
    """Add the columns of a CSV file to what `data.current` knows."""
    running_algorithm("fetch_csv").fetch_csv(
        url,
        pre_func,
        post_func,
        date_column,
        date_format,
        timezone,
        symbol,
        mask,
        symbol_column,
        country_code,
    )


def pipeline_output(name: str) -> Any:  # noqa: ANN401 - a frame of either kind
    """What a pipeline shows in this session."""
    return running_algorithm("pipeline_output").pipeline_output(name)


# ------------------------------------------------------------------ setting up


def attach_pipeline(
    pipeline: "Pipeline",
    name: str,
    chunks: "int | Iterable[int] | None" = None,
    eager: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
) -> "Pipeline":
    """Let a pipeline be computed as the run goes on."""
    return running_algorithm("attach_pipeline").attach_pipeline(pipeline, name, chunks, eager)


def schedule_function(
    func: "Hook",
    date_rule: "DateRule | TimeRule | None" = None,
    time_rule: "TimeRule | None" = None,
    half_days: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
    calendar: "calendars | TradingCalendar | None" = None,
) -> None:
    """Call a function whenever its rules say so."""
    algorithm = running_algorithm("schedule_function")
    algorithm.schedule_function(func, date_rule, time_rule, half_days, calendar)


def set_slippage(
    us_equities: object = None,
    us_futures: object = None,
    *,
    crypto: object = None,
    forex: object = None,
) -> None:
    """Choose the slippage models."""
    algorithm = running_algorithm("set_slippage")
    algorithm.set_slippage(us_equities, us_futures, crypto=crypto, forex=forex)


def set_commission(
    us_equities: object = None,
    us_futures: object = None,
    *,
    crypto: object = None,
    forex: object = None,
) -> None:
    """Choose the commission models."""
    algorithm = running_algorithm("set_commission")
    algorithm.set_commission(us_equities, us_futures, crypto=crypto, forex=forex)


def set_borrow(model: "BorrowModel") -> None:
    """Choose what it costs to hold short positions."""
    running_algorithm("set_borrow").set_borrow(model)


def set_financing(*models: "FinancingModel") -> None:
    """Choose what cash and currency pairs cost or earn overnight."""
    running_algorithm("set_financing").set_financing(*models)


def set_withholding(model: "WithholdingModel") -> None:
    """Choose the tax that is taken from dividends received."""
    running_algorithm("set_withholding").set_withholding(model)


def set_conversion(model: "ConversionModel") -> None:
    """Choose what exchanges of currencies cost beside the rate."""
    running_algorithm("set_conversion").set_conversion(model)


def convert_currency(amount: object, sell: str, buy: str) -> None:
    """Exchange money of one currency for another, at the rate as of now."""
    running_algorithm("convert_currency").convert_currency(amount, sell, buy)


def set_latency(model: "LatencyModel | None") -> None:
    """Choose how long orders travel."""
    running_algorithm("set_latency").set_latency(model)


def set_fill_model(model: "FillModel | None") -> None:
    """Choose how much a bar fills of what it triggers."""
    running_algorithm("set_fill_model").set_fill_model(model)


def set_cancel_policy(cancel_policy: "CancelPolicy") -> None:
    """Choose when open orders are cancelled without being asked."""
    running_algorithm("set_cancel_policy").set_cancel_policy(cancel_policy)


def set_benchmark(benchmark: "Asset") -> None:
    """Compare the run with holding an asset."""
    running_algorithm("set_benchmark").set_benchmark(benchmark)


def set_max_position_size(
    asset: "Asset | None" = None,
    max_shares: "Number | None" = None,
    max_notional: "Number | None" = None,
    on_error: "OnError" = "fail",
) -> None:
    """Limit positions."""
    algorithm = running_algorithm("set_max_position_size")
    algorithm.set_max_position_size(asset, max_shares, max_notional, on_error)


def set_max_order_size(
    asset: "Asset | None" = None,
    max_shares: "Number | None" = None,
    max_notional: "Number | None" = None,
    on_error: "OnError" = "fail",
) -> None:
    """Limit single orders."""
    algorithm = running_algorithm("set_max_order_size")
    algorithm.set_max_order_size(asset, max_shares, max_notional, on_error)


def set_max_order_count(max_count: int, on_error: "OnError" = "fail") -> None:
    """Limit the number of orders in a session."""
    running_algorithm("set_max_order_count").set_max_order_count(max_count, on_error)


def set_long_only(on_error: "OnError" = "fail") -> None:
    """Forbid short positions."""
    running_algorithm("set_long_only").set_long_only(on_error)


def set_asset_restrictions(restrictions: "Restrictions", on_error: "OnError" = "fail") -> None:
    """Forbid orders of restricted assets."""
    running_algorithm("set_asset_restrictions").set_asset_restrictions(restrictions, on_error)


def set_do_not_order_list(restricted_list: "Iterable[Asset]", on_error: "OnError" = "fail") -> None:
    """Forbid orders of these assets."""
    running_algorithm("set_do_not_order_list").set_do_not_order_list(restricted_list, on_error)


def set_max_leverage(max_leverage: "Number") -> None:
    """Limit gross leverage."""
    running_algorithm("set_max_leverage").set_max_leverage(max_leverage)


def set_min_leverage(min_leverage: "Number", grace_period: timedelta) -> None:
    """Demand a gross leverage."""
    running_algorithm("set_min_leverage").set_min_leverage(min_leverage, grace_period)
