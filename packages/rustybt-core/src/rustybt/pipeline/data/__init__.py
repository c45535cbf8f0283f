"""Data sets: columns that terms are made of."""

from rustybt.pipeline.data.dataset import BoundColumn, Column, DataSet, dataset_of
from rustybt.pipeline.data.equity_pricing import EquityPricing, USEquityPricing
from rustybt.pipeline.data.family import DataSetFamily, DataSetFamilySlice
from rustybt.pipeline.data.fundamentals import Fundamentals, fundamentals_of

__all__ = [
    "BoundColumn",
    "Column",
    "DataSet",
    "DataSetFamily",
    "DataSetFamilySlice",
    "EquityPricing",
    "Fundamentals",
    "USEquityPricing",
    "dataset_of",
    "fundamentals_of",
]
