"""Corporate actions: their records, what they do to history, and their form in tables."""

from typing import TYPE_CHECKING

from rustybt.data.actions.exchange import Exchange, PreviousClose, unexchanged
from rustybt.data.actions.index import ActionIndex, by_day
from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    from rustybt.data.actions.effects import Effect, Factor, effects_of
    from rustybt.data.actions.records import (
        Action,
        CashDividend,
        Delisting,
        Fractions,
        Merger,
        RightsOffering,
        SpinOff,
        Split,
        StockDividend,
        SymbolChange,
    )
    from rustybt.data.actions.symbols import symbol_changes
    from rustybt.data.actions.tables import (
        TABLES,
        ActionTable,
        dividend_frame,
        split_frame,
        splits_of,
    )
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.data.actions.effects": ("Effect", "Factor", "effects_of"),
            "rustybt.data.actions.records": (
                "Action",
                "CashDividend",
                "Delisting",
                "Fractions",
                "Merger",
                "RightsOffering",
                "SpinOff",
                "Split",
                "StockDividend",
                "SymbolChange",
            ),
            "rustybt.data.actions.symbols": ("symbol_changes",),
            "rustybt.data.actions.tables": (
                "ActionTable",
                "TABLES",
                "dividend_frame",
                "split_frame",
                "splits_of",
            ),
        },
    )

__all__ = [
    "TABLES",
    "Action",
    "ActionIndex",
    "ActionTable",
    "CashDividend",
    "Delisting",
    "Effect",
    "Exchange",
    "Factor",
    "Fractions",
    "Merger",
    "PreviousClose",
    "RightsOffering",
    "SpinOff",
    "Split",
    "StockDividend",
    "SymbolChange",
    "by_day",
    "dividend_frame",
    "effects_of",
    "split_frame",
    "splits_of",
    "symbol_changes",
    "unexchanged",
]
