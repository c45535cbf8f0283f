"""Bars in Parquet files: one data set is a folder of files and their description.

Files are partitioned by time, as finely as their number of rows asks for; inside, all assets are
sorted by sid, then label. Numbers are Decimals of 18 digits stored as 64-bit integers.

`rustybt_data.parquet.writer` is imported by who writes: it needs pyarrow, reading does not.
"""

from rustybt_data.parquet.reader import PolarsParquetDailyReader, PolarsParquetMinuteReader

__all__ = ["PolarsParquetDailyReader", "PolarsParquetMinuteReader"]
