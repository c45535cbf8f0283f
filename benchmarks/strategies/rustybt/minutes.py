"""The price of 5 assets and their last 20 each minute; equal weights set again each session."""

from typing import Any

from rustybt.api import date_rules, order_target_percent, schedule_function, symbol, time_rules

ASSETS = 5
WEIGHT = 0.19
LENGTH = 20


def initialize(context: Any) -> None:
    context.read = 0
    context.assets = [symbol(f"B{number:04d}") for number in range(ASSETS)]
    schedule_function(rebalance, date_rules.every_day(), time_rules.market_open())


def handle_data(context: Any, data: Any) -> None:
    for asset in context.assets:
        context.read += data.current(asset, "price")
    prices = data.history(context.assets, "price", LENGTH, "1m")
    context.read += sum(prices[asset.symbol].sum() for asset in context.assets)


def rebalance(context: Any, data: Any) -> None:
    for asset in context.assets:
        order_target_percent(asset, WEIGHT)
