"""Corporate actions: reading them from tables, and keeping them in Parquet files.

Names are imported on first use: a backtest only reads what was stored.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt_data.adjustments.events import read_actions, read_dividends, read_splits
    from rustybt_data.adjustments.reading import adjustments_of, load_adjustments
    from rustybt_data.adjustments.store import (
        AdjustmentFilesWriter,
        adjustments_hash,
        other_actions,
    )

__all__ = [
    "AdjustmentFilesWriter",
    "adjustments_hash",
    "adjustments_of",
    "load_adjustments",
    "other_actions",
    "read_actions",
    "read_dividends",
    "read_splits",
]

_HOMES = {
    "AdjustmentFilesWriter": "store",
    "adjustments_hash": "store",
    "adjustments_of": "reading",
    "load_adjustments": "reading",
    "other_actions": "store",
    "read_actions": "events",
    "read_dividends": "events",
    "read_splits": "events",
}


def __getattr__(name: str) -> object:
    """Import an exported name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
