"""Order styles, under the name of the module that a Zipline strategy imports them from."""

from rustybt.orders.styles import (
    ExecutionStyle,
    LimitOrder,
    MarketOrder,
    StopLimitOrder,
    StopOrder,
)

__all__ = ["ExecutionStyle", "LimitOrder", "MarketOrder", "StopLimitOrder", "StopOrder"]
