"""RustyBT data: the catalog, Parquet stores, ingestion and the embedded sample bundles.

Names are imported on first use.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt_data.catalog import DataCatalog, ParquetCatalog
    from rustybt_data.parquet import PolarsParquetDailyReader, PolarsParquetMinuteReader

__all__ = [
    "DataCatalog",
    "ParquetCatalog",
    "PolarsParquetDailyReader",
    "PolarsParquetMinuteReader",
]

_HOMES = {
    "DataCatalog": "catalog",
    "ParquetCatalog": "catalog",
    "PolarsParquetDailyReader": "parquet",
    "PolarsParquetMinuteReader": "parquet",
}


def __getattr__(name: str) -> object:
    """Import an exported name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
