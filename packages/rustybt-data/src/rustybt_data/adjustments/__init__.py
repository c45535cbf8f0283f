"""Corporate actions: reading them from tables, and keeping them in Parquet files.

Names are imported on first use: a backtest only reads what was stored.
"""

from typing import TYPE_CHECKING

from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    from rustybt_data.adjustments.events import read_actions, read_dividends, read_splits
    from rustybt_data.adjustments.reading import adjustments_of, load_adjustments
    from rustybt_data.adjustments.store import (
        AdjustmentFilesWriter,
        adjustments_hash,
        other_actions,
    )
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt_data.adjustments.events": ("read_actions", "read_dividends", "read_splits"),
            "rustybt_data.adjustments.reading": ("adjustments_of", "load_adjustments"),
            "rustybt_data.adjustments.store": (
                "AdjustmentFilesWriter",
                "adjustments_hash",
                "other_actions",
            ),
        },
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
