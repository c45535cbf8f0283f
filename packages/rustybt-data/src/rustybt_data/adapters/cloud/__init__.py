"""The adapter of Parquet datasets on object stores."""

from rustybt_data.adapters.cloud.adapter import CloudAdapter

__all__ = ["CloudAdapter"]
