"""Corporate actions: reading them from tables, and keeping them in Parquet files."""

from rustybt_data.adjustments.events import read_dividends, read_splits
from rustybt_data.adjustments.store import (
    AdjustmentFilesWriter,
    adjustments_hash,
    load_adjustments,
)

__all__ = [
    "AdjustmentFilesWriter",
    "adjustments_hash",
    "load_adjustments",
    "read_dividends",
    "read_splits",
]
