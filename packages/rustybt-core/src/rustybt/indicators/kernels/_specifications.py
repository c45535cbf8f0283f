"""The table of all indicators."""

from __future__ import annotations

from rustybt.indicators.kernels._table_of_bars import RANGES, TRENDS, VOLUMES
from rustybt.indicators.kernels._table_of_columns import AVERAGES, STATISTICS
from rustybt.indicators.kernels._table_of_oscillators import OSCILLATORS

GROUPS = {
    "averages": AVERAGES,
    "oscillators": OSCILLATORS,
    "trends": TRENDS,
    "ranges": RANGES,
    "statistics": STATISTICS,
    "volume": VOLUMES,
}

SPECIFICATIONS = {each.name: each for group in GROUPS.values() for each in group}
