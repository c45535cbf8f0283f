"""Many resting orders: limits below and stops above the price, of which few are ever reached."""

from typing import Any

from rustybt import TradingAlgorithm
from rustybt.api import order, symbol


class RestingOrders(TradingAlgorithm):
    """Place so many orders per asset once, at distances from 5 to 65 percent, and wait.

    Every second one is a limit order to buy below the price, the others are stop orders above it.
    """

    def __init__(self, *, assets: int, orders: int) -> None:
        super().__init__()
        self.assets = assets
        self.orders = orders
        self.placed = False
        self.read: Any = 0

    def initialize(self, context: Any) -> None:
        self.held = [symbol(f"B{number:04d}") for number in range(self.assets)]

    def handle_data(self, context: Any, data: Any) -> None:
        if self.placed:
            return
        self.placed = True
        for asset in self.held:
            price = data.current(asset, "price")
            for step in range(self.orders):
                distance = price * (500 + 6000 * step // self.orders) / 10_000
                if step % 2:
                    order(asset, 1, limit_price=price - distance)
                else:
                    order(asset, 1, stop_price=price + distance)
