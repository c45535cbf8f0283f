"""Bars in Parquet files: one data set is a folder of files and their description.

Files are partitioned by time, as finely as their number of rows asks for; inside, all assets are
sorted by sid, then label. Numbers are Decimals of 18 digits stored as 64-bit integers.
"""

from rustybt_data.parquet.reader import PolarsParquetDailyReader, PolarsParquetMinuteReader
from rustybt_data.parquet.writer import ParquetBarWriter

__all__ = ["ParquetBarWriter", "PolarsParquetDailyReader", "PolarsParquetMinuteReader"]
