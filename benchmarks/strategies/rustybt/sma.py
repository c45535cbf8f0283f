"""SMA crossover; the strategy keeps its two running means."""

from collections import deque
from typing import Any

from rustybt import TradingAlgorithm
from rustybt.api import order, order_target, set_commission, set_slippage, symbol
from rustybt.finance.commission import PerDollar
from rustybt.finance.slippage import NoSlippage


class SmaCross(TradingAlgorithm):
    """Buy when the fast mean crosses the slow one upwards, sell when it crosses downwards."""

    def __init__(self, *, fast: int, slow: int, units: int, commission: float) -> None:
        super().__init__()
        self.fast = fast
        self.slow = slow
        self.units = units
        self.commission = commission

    def initialize(self, context: Any) -> None:
        set_commission(PerDollar(cost=self.commission))
        set_slippage(NoSlippage())
        self.asset = symbol("SMA")
        self.prices: deque[Any] = deque(maxlen=self.slow)
        self.fast_sum: Any = 0
        self.slow_sum: Any = 0
        self.was_above: bool | None = None

    def handle_data(self, context: Any, data: Any) -> None:
        price = data.current(self.asset, "price")
        prices = self.prices
        if len(prices) == self.slow:
            self.fast_sum -= prices[-self.fast]
            self.slow_sum -= prices[0]
        elif len(prices) >= self.fast:
            self.fast_sum -= prices[-self.fast]
        prices.append(price)
        self.fast_sum += price
        self.slow_sum += price
        if len(prices) < self.slow:
            return
        # The means compared without dividing: exact, and quicker for Decimals.
        is_above = self.fast_sum * self.slow > self.slow_sum * self.fast
        if self.was_above is not None and is_above != self.was_above:
            if is_above:
                order(self.asset, self.units)
            else:
                order_target(self.asset, 0)
        self.was_above = is_above
