"""Equal weights of 50 assets, set again on the first session of each month."""

from typing import Any

from rustybt.api import date_rules, order_target_percent, schedule_function, symbol, time_rules

ASSETS = 50
WEIGHT = 0.019


def initialize(context: Any) -> None:
    context.read = 0
    context.assets = [symbol(f"B{number:04d}") for number in range(ASSETS)]
    schedule_function(rebalance, date_rules.month_start(), time_rules.market_open())


def rebalance(context: Any, data: Any) -> None:
    for asset in context.assets:
        order_target_percent(asset, WEIGHT)
