"""Corporate actions: reading them from tables, and keeping them in Parquet files."""

from rustybt_data.adjustments.events import read_actions, read_dividends, read_splits
from rustybt_data.adjustments.store import (
    AdjustmentFilesWriter,
    adjustments_hash,
    adjustments_of,
    load_adjustments,
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
