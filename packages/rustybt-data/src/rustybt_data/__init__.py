"""RustyBT data: Parquet stores, ingestion and the embedded sample bundles."""

from rustybt_data.catalog import ParquetCatalog
from rustybt_data.parquet import PolarsParquetDailyReader, PolarsParquetMinuteReader

__all__ = ["ParquetCatalog", "PolarsParquetDailyReader", "PolarsParquetMinuteReader"]
