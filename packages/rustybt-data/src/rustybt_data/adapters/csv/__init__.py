"""Bars in CSV files: the adapter ``csv``."""

from rustybt_data.adapters.csv.adapter import CSVAdapter

__all__ = ["CSVAdapter"]
