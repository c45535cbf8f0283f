"""Account types: how much a run may buy and sell, and what happens when it was too much."""

from typing import TYPE_CHECKING

from rustybt.lazy import on_first_use

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
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.finance.account_types._arguments": ("OnRefusal",),
            "rustybt.finance.account_types._base": (
                "AccountType",
                "Funds",
                "OpenOrder",
                "UnlimitedAccount",
                "expected_price",
            ),
            "rustybt.finance.account_types._calls": (
                "CallPolicy",
                "ForcedSale",
                "MarginCall",
                "RestoredTo",
                "SaleOrder",
            ),
            "rustybt.finance.account_types._cash": ("CashAccount", "CashFunds"),
            "rustybt.finance.account_types._liquidation": ("BarRange", "Liquidation"),
            "rustybt.finance.account_types._margin": ("MarginAccount",),
            "rustybt.finance.account_types._margin_funds": ("MarginFunds",),
            "rustybt.finance.account_types._named": ("account_type",),
            "rustybt.finance.account_types._open_orders": ("open_orders",),
            "rustybt.finance.account_types._settlement": (
                "STANDARD_DAYS",
                "SettlementBook",
                "SettlementDays",
            ),
        },
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
