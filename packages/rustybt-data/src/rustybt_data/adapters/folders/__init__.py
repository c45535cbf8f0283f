"""Bars in folders of Parquet and Arrow files: the adapters ``parquet`` and ``arrow``."""

from rustybt_data.adapters.folders.adapter import ArrowAdapter, ParquetAdapter

__all__ = ["ArrowAdapter", "ParquetAdapter"]
