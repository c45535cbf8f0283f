"""Corporate actions: their records, what they do to history, and their form in tables."""

from rustybt.data.actions.effects import (
    Effect,
    Exchange,
    Factor,
    PreviousClose,
    effects_of,
    unexchanged,
)
from rustybt.data.actions.index import ActionIndex, by_day
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
