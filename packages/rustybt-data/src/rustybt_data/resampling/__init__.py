"""Bars of other resolutions: made of shorter ones, laid side by side, and checked.

Everything is exact, and labelled by the end: a bar labelled 10:00 holds (09:00, 10:00].
"""

from rustybt_data.resampling.aggregation import aggregate
from rustybt_data.resampling.alignment import align_timeframes
from rustybt_data.resampling.clock_days import clock_days
from rustybt_data.resampling.reader import ResampledReader
from rustybt_data.resampling.validation import validate_aggregates

__all__ = [
    "ResampledReader",
    "aggregate",
    "align_timeframes",
    "clock_days",
    "validate_aggregates",
]
