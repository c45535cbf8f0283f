"""Figures of a run: performance rows, risk columns, metric sets, objectives, the summary."""

from rustybt.metrics.objectives import OBJECTIVES
from rustybt.metrics.rows import Performance, performance_rows
from rustybt.metrics.sets import Metric, add_metrics, load, metrics_sets, register, unregister
from rustybt.metrics.summary import Summary, summarize

__all__ = [
    "OBJECTIVES",
    "Metric",
    "Performance",
    "Summary",
    "add_metrics",
    "load",
    "metrics_sets",
    "performance_rows",
    "register",
    "summarize",
    "unregister",
]
