"""All assets of the market: the price of each every session, equal weights set each month."""

from typing import Any

from rustybt import TradingAlgorithm
from rustybt.api import date_rules, order_target_percent, schedule_function, symbol, time_rules


class EqualWeights(TradingAlgorithm):
    """Hold so many assets at equal weights."""

    def __init__(self, *, assets: int) -> None:
        super().__init__()
        self.count = assets
        self.read: Any = 0

    def initialize(self, context: Any) -> None:
        self.assets = [symbol(f"B{number:04d}") for number in range(self.count)]
        schedule_function(self.rebalance, date_rules.month_start(), time_rules.market_open())

    def handle_data(self, context: Any, data: Any) -> None:
        for asset in self.assets:
            self.read += data.current(asset, "price")

    def rebalance(self, context: Any, data: Any) -> None:
        weight = 0.95 / self.count
        for asset in self.assets:
            order_target_percent(asset, weight)
