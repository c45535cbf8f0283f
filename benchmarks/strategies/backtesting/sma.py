"""SMA crossover for backtesting.py."""

# backtesting.py is not installed where mypy runs.
# mypy: disable-error-code="import-not-found, misc"

import pandas as pd
from backtesting import Strategy
from backtesting.lib import crossover


def sma(values: pd.Series, length: int) -> pd.Series:
    return pd.Series(values).rolling(length).mean()


class SmaCross(Strategy):
    fast = 20
    slow = 50
    units = 100

    def init(self) -> None:
        self.fast_mean = self.I(sma, self.data.Close, self.fast)
        self.slow_mean = self.I(sma, self.data.Close, self.slow)

    def next(self) -> None:
        if crossover(self.fast_mean, self.slow_mean):
            self.buy(size=self.units)
        elif crossover(self.slow_mean, self.fast_mean):
            self.position.close()
