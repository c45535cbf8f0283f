"""Account types: how much a run may buy and sell, and what happens when it was too much."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt.finance.account_types._arguments import OnRefusal
    from rustybt.finance.account_types._base import (
        AccountType,
        Funds,
        OpenOrder,
        UnlimitedAccount,
        expected_price,
    )
    from rustybt.finance.account_types._calls import (
        CallPolicy,
        ForcedSale,
        MarginCall,
        RestoredTo,
        SaleOrder,
    )
    from rustybt.finance.account_types._cash import CashAccount, CashFunds
    from rustybt.finance.account_types._liquidation import BarRange, Liquidation
    from rustybt.finance.account_types._margin import MarginAccount
    from rustybt.finance.account_types._margin_funds import MarginFunds
    from rustybt.finance.account_types._named import account_type
    from rustybt.finance.account_types._open_orders import open_orders
    from rustybt.finance.account_types._settlement import (
        STANDARD_DAYS,
        SettlementBook,
        SettlementDays,
    )

__all__ = [
    "STANDARD_DAYS",
    "AccountType",
    "BarRange",
    "CallPolicy",
    "CashAccount",
    "CashFunds",
    "ForcedSale",
    "Funds",
    "Liquidation",
    "MarginAccount",
    "MarginCall",
    "MarginFunds",
    "OnRefusal",
    "OpenOrder",
    "RestoredTo",
    "SaleOrder",
    "SettlementBook",
    "SettlementDays",
    "UnlimitedAccount",
    "account_type",
    "expected_price",
    "open_orders",
]

_HOMES = {
    "AccountType": "_base",
    "BarRange": "_liquidation",
    "CallPolicy": "_calls",
    "CashAccount": "_cash",
    "CashFunds": "_cash",
    "ForcedSale": "_calls",
    "Funds": "_base",
    "Liquidation": "_liquidation",
    "MarginAccount": "_margin",
    "MarginCall": "_calls",
    "MarginFunds": "_margin_funds",
    "OnRefusal": "_arguments",
    "OpenOrder": "_base",
    "RestoredTo": "_calls",
    "STANDARD_DAYS": "_settlement",
    "SaleOrder": "_calls",
    "SettlementBook": "_settlement",
    "SettlementDays": "_settlement",
    "UnlimitedAccount": "_base",
    "account_type": "_named",
    "expected_price": "_base",
    "open_orders": "_open_orders",
}


def __getattr__(name: str) -> object:
    """Import a name on first use: an account without limits needs few of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All exported names, imported or not."""
    return sorted({*globals(), *__all__})
