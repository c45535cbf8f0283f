"""All assets of the market each minute, and an order each session."""

from typing import Any

from rustybt import TradingAlgorithm
from rustybt.api import date_rules, order, schedule_function, symbol, time_rules


class WholeMarket(TradingAlgorithm):
    """Read the price of so many assets each minute; buy ten shares of another one each session."""

    def __init__(self, *, assets: int) -> None:
        super().__init__()
        self.count = assets
        self.session = 0
        self.read: Any = 0

    def initialize(self, context: Any) -> None:
        self.assets = [symbol(f"B{number:04d}") for number in range(self.count)]
        schedule_function(self.buy, date_rules.every_day(), time_rules.market_open(minutes=1))

    def handle_data(self, context: Any, data: Any) -> None:
        self.read += data.current(self.assets, "price")[self.assets[0]]

    def buy(self, context: Any, data: Any) -> None:
        order(self.assets[self.session % self.count], 10)
        self.session += 1
