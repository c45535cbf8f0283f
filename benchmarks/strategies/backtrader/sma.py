"""SMA crossover for backtrader."""

# backtrader is not installed where mypy runs.
# mypy: disable-error-code="import-not-found, misc"

import backtrader as bt


class SmaCross(bt.Strategy):
    params = (("fast", 20), ("slow", 50), ("units", 100))

    def __init__(self) -> None:
        fast = bt.ind.SMA(period=self.p.fast)
        slow = bt.ind.SMA(period=self.p.slow)
        self.cross = bt.ind.CrossOver(fast, slow)
        self.fills = 0

    def next(self) -> None:
        if self.cross > 0:
            self.buy(size=self.p.units)
        elif self.cross < 0 and self.position:
            self.close()

    def notify_order(self, order: bt.Order) -> None:
        if order.status == order.Completed:
            self.fills += 1
