"""Equal weights of 50 assets, set again on the first session of each month."""

# Zipline is not installed where mypy runs, and its API has no types.
# mypy: ignore-errors

from zipline.api import date_rules, order_target_percent, schedule_function, symbol, time_rules

ASSETS = 50
WEIGHT = 0.019


def initialize(context):
    context.read = 0.0
    context.assets = [symbol(f"B{number:04d}") for number in range(ASSETS)]
    schedule_function(rebalance, date_rules.month_start(), time_rules.market_open())


def rebalance(context, data):
    for asset in context.assets:
        order_target_percent(asset, WEIGHT)
