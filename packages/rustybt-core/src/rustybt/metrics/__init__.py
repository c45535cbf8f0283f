"""Figures of a run: performance rows, risk columns, metric sets, objectives, the summary."""

from typing import TYPE_CHECKING

from rustybt.lazy import on_first_use
from rustybt.metrics.rows import Performance, performance_rows
from rustybt.metrics.sets import Metric, add_metrics, load, metrics_sets, register, unregister

if TYPE_CHECKING:
    from rustybt.metrics.objectives import OBJECTIVES
    from rustybt.metrics.summary import Summary, summarize
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.metrics.objectives": ("OBJECTIVES",),
            "rustybt.metrics.summary": ("Summary", "summarize"),
        },
    )

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
