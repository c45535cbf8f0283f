"""SMA crossover; the means are declared."""

from typing import Any

from rustybt import TradingAlgorithm
from rustybt.api import order, order_target, set_commission, set_slippage, symbol
from rustybt.finance.commission import PerDollar
from rustybt.finance.slippage import NoSlippage
from rustybt.indicators import sma


class SmaCross(TradingAlgorithm):
    """Buy when the fast mean crosses the slow one upwards, sell when it crosses downwards."""

    def __init__(self, *, fast: int, slow: int, units: int, commission: float) -> None:
        super().__init__()
        self.lengths = fast, slow
        self.units = units
        self.commission = commission

    def initialize(self, context: Any) -> None:
        set_commission(PerDollar(cost=self.commission))
        set_slippage(NoSlippage())
        self.asset = symbol("SMA")
        self.fast, self.slow = (sma(self.asset, length) for length in self.lengths)
        self.was_above = False

    def handle_data(self, context: Any, data: Any) -> None:
        is_above = self.fast.value > self.slow.value
        if is_above == self.was_above:
            return
        self.was_above = is_above
        if not is_above:
            order_target(self.asset, 0)
        elif self.fast.crossed_above(self.slow):  # and not above from the first value on
            order(self.asset, self.units)
