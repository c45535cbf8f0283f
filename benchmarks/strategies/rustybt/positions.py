"""Many positions, and what the portfolio is worth each minute."""

from typing import Any

from rustybt import TradingAlgorithm
from rustybt.api import order, symbol

UNITS = 10


class ManyPositions(TradingAlgorithm):
    """Buy ten shares of so many assets in the first minute; read the portfolio's value ever after.

    Args:
        held: how many assets are bought, of those that the market has.
    """

    def __init__(self, *, held: int) -> None:
        super().__init__()
        self.held = held
        self.bought = False
        self.read: Any = 0

    def initialize(self, context: Any) -> None:
        self.assets = [symbol(f"B{number:04d}") for number in range(self.held)]

    def handle_data(self, context: Any, data: Any) -> None:
        self.read += context.portfolio.portfolio_value
        if not self.bought:
            self.bought = True
            for asset in self.assets:
                order(asset, UNITS)
