"""Orders: styles, statuses, and the one table of transitions."""

from rustybt.orders.order import Order, OrderView
from rustybt.orders.status import (
    OrderStatus,
    Transition,
    ZiplineStatus,
    check_transition,
)
from rustybt.orders.styles import (
    ExecutionStyle,
    LimitOrder,
    MarketOrder,
    StopLimitOrder,
    StopOrder,
    style_from_prices,
)

__all__ = [
    "ExecutionStyle",
    "LimitOrder",
    "MarketOrder",
    "Order",
    "OrderStatus",
    "OrderView",
    "StopLimitOrder",
    "StopOrder",
    "Transition",
    "ZiplineStatus",
    "check_transition",
    "style_from_prices",
]
