"""Order styles, under the name of the module that a Zipline strategy imports them from."""

from rustybt.orders.advanced_styles import IcebergOrder, TrailingStopOrder
from rustybt.orders.group_styles import BracketOrder, OCOOrder
from rustybt.orders.styles import (
    ExecutionStyle,
    LimitOrder,
    MarketOrder,
    StopLimitOrder,
    StopOrder,
)
from rustybt.orders.terms import TimeInForce

__all__ = [
    "BracketOrder",
    "ExecutionStyle",
    "IcebergOrder",
    "LimitOrder",
    "MarketOrder",
    "OCOOrder",
    "StopLimitOrder",
    "StopOrder",
    "TimeInForce",
    "TrailingStopOrder",
]
