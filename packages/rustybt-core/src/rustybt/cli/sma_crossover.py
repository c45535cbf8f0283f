"""Moving averages that cross: hold an asset while its short average is above its long one.

This is the strategy of ``rustybt demo``. Run a copy of it with other averages:

    rustybt run -f sma_crossover.py -s 2020-06-01 -e 2021-12-31 -x fast=10 -x slow=50
"""

# ruff: noqa: ANN401 - a context holds whatever a strategy puts on it

from typing import Any

from rustybt import extension_args
from rustybt.api import date_rules, order_target_percent, record, schedule_function, time_rules


def initialize(context: Any) -> None:
    """Choose assets and days of trading; called once, before the first session."""
    context.fast = int(getattr(extension_args, "fast", 20))
    context.slow = int(getattr(extension_args, "slow", 60))
    context.assets = context.asset_finder.retrieve_all(context.asset_finder.sids)
    schedule_function(rebalance, date_rules.week_start(), time_rules.market_open())


def rebalance(context: Any, data: Any) -> None:
    """Buy what rises and sell what falls; called on the first session of every week."""
    assets = [asset for asset in context.assets if data.can_trade(asset)]
    closes = data.history(assets, "close", context.slow, "1d")
    rising = [asset for asset in assets if _rises(closes[asset.symbol], context.fast)]
    for asset in assets:
        order_target_percent(asset, 0.95 / len(assets) if asset in rising else 0)
    record(rising=len(rising))


def _rises(closes: Any, fast: int) -> bool:
    """Whether the average of the last closes is above that of all of them."""
    short, long = closes.tail(fast).mean(), closes.mean()
    return short is not None and long is not None and short > long
