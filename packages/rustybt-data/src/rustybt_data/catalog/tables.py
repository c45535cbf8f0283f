"""Tables of any kind: what reads them."""

from pathlib import Path
from typing import Final

import polars as pl

from rustybt_data.catalog.records import DatasetVersion

ROLE: Final = "table"
"""Role of the file of a table."""


def table_frame(root: Path, dataset: DatasetVersion) -> pl.LazyFrame:
    """The rows of a table, sorted by its keys."""
    return pl.scan_parquet([root / file.path for file in dataset.files], hive_partitioning=False)
