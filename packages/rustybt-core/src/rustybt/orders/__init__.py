"""Orders: styles, terms, groups, statuses, and the one table of transitions."""

from typing import TYPE_CHECKING

from rustybt.lazy import on_first_use
from rustybt.orders.advanced_styles import IcebergOrder, TrailingStopOrder
from rustybt.orders.group_styles import BracketOrder, GroupStyle, OCOOrder
from rustybt.orders.groups import (
    BracketGroup,
    OCOGroup,
    OrderGroup,
    exposed_amounts,
    is_held,
)
from rustybt.orders.membership import EXITS, OrderGroupView, Role
from rustybt.orders.order import Change, Order
from rustybt.orders.request import OrderOptions, OrderRequest, order_request
from rustybt.orders.status import (
    REPLACED,
    STOP_REACHED,
    TRIGGERED,
    EndCode,
    FillFacts,
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
from rustybt.orders.terms import PLAIN_TERMS, Forced, OrderTerms, TimeInForce
from rustybt.orders.trailing import Trail
from rustybt.orders.view import OrderView

if TYPE_CHECKING:
    from rustybt.orders.audit import audit_json, order_audit_log
    from rustybt.orders.replacement import Figures, Replacement
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.orders.audit": ("audit_json", "order_audit_log"),
            "rustybt.orders.replacement": ("Figures", "Replacement"),
        },
    )

__all__ = [
    "EXITS",
    "PLAIN_TERMS",
    "REPLACED",
    "STOP_REACHED",
    "TRIGGERED",
    "BracketGroup",
    "BracketOrder",
    "Change",
    "EndCode",
    "ExecutionStyle",
    "Figures",
    "FillFacts",
    "Forced",
    "GroupStyle",
    "IcebergOrder",
    "LimitOrder",
    "MarketOrder",
    "OCOGroup",
    "OCOOrder",
    "Order",
    "OrderGroup",
    "OrderGroupView",
    "OrderOptions",
    "OrderRequest",
    "OrderStatus",
    "OrderTerms",
    "OrderView",
    "Replacement",
    "Role",
    "StopLimitOrder",
    "StopOrder",
    "TimeInForce",
    "Trail",
    "TrailingStopOrder",
    "Transition",
    "ZiplineStatus",
    "audit_json",
    "check_transition",
    "exposed_amounts",
    "is_held",
    "order_audit_log",
    "order_request",
    "style_from_prices",
]
