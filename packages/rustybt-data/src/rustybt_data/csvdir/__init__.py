"""A folder of CSV files as a source of a bundle."""

from rustybt_data.csvdir.source import CsvDir, csvdir

__all__ = ["CsvDir", "csvdir"]
