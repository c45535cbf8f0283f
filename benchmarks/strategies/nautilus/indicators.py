"""SMA crossover for nautilus_trader."""

# nautilus_trader is not installed where mypy runs.
# mypy: disable-error-code="import-not-found, misc, call-arg"

from nautilus_trader.config import StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.events import OrderFilled
from nautilus_trader.model.instruments import Instrument
from nautilus_trader.trading.strategy import Strategy


class Settings(StrategyConfig, frozen=True):
    """Lengths of the means, and what is bought."""

    fast: int = 20
    slow: int = 50
    units: int = 100


class SmaCross(Strategy):
    def __init__(self, config: Settings, instrument: Instrument, bar_type: BarType) -> None:
        super().__init__(config)
        self.instrument = instrument
        self.bar_type = bar_type
        self.size = instrument.make_qty(config.units)
        self.fast = SimpleMovingAverage(config.fast)
        self.slow = SimpleMovingAverage(config.slow)
        self.was_above: bool | None = None
        self.bought = False
        self.fills = 0

    def on_start(self) -> None:
        self.register_indicator_for_bars(self.bar_type, self.fast)
        self.register_indicator_for_bars(self.bar_type, self.slow)
        self.subscribe_bars(self.bar_type)

    def on_bar(self, bar: Bar) -> None:
        if not self.slow.initialized:
            return
        is_above = self.fast.value > self.slow.value
        crossed = self.was_above is not None and is_above != self.was_above
        self.was_above = is_above
        # What was bought a bar ago is filled after this call: the portfolio has it not yet.
        if crossed and (is_above or self.bought):
            self.trade(OrderSide.BUY if is_above else OrderSide.SELL)

    def trade(self, side: OrderSide) -> None:
        self.submit_order(self.order_factory.market(self.instrument.id, side, self.size))
        self.bought = side == OrderSide.BUY

    def on_order_filled(self, event: OrderFilled) -> None:
        self.fills += 1
