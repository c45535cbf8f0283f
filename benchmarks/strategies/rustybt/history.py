"""Equal weights of 50 assets, set again each month; the last 20 closes of all each session."""

from typing import Any

from rustybt.api import date_rules, order_target_percent, schedule_function, symbol, time_rules

ASSETS = 50
WEIGHT = 0.019
LENGTH = 20


def initialize(context: Any) -> None:
    context.read = 0
    context.assets = [symbol(f"B{number:04d}") for number in range(ASSETS)]
    schedule_function(rebalance, date_rules.month_start(), time_rules.market_open())


def handle_data(context: Any, data: Any) -> None:
    prices = data.history(context.assets, "price", LENGTH, "1d")
    context.read += sum(prices[asset.symbol].sum() for asset in context.assets)


def rebalance(context: Any, data: Any) -> None:
    for asset in context.assets:
        order_target_percent(asset, WEIGHT)
