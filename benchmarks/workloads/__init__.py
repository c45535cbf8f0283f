"""The workloads, in the order of the report."""

from benchmarks.workloads.history import HISTORY
from benchmarks.workloads.indicators import INDICATORS
from benchmarks.workloads.ingest import INGEST
from benchmarks.workloads.kernels import KERNELS
from benchmarks.workloads.minutes import MINUTES
from benchmarks.workloads.orders import ORDERS_WORKLOAD
from benchmarks.workloads.pipeline import PIPELINE
from benchmarks.workloads.positions import POSITIONS
from benchmarks.workloads.rebalance import REBALANCE
from benchmarks.workloads.resampling import RESAMPLING
from benchmarks.workloads.scaling import SCALING
from benchmarks.workloads.sma import SMA
from benchmarks.workloads.sweep import SWEEP
from benchmarks.workloads.year import YEAR

WORKLOADS = {
    each.name: each
    for each in (
        SMA,
        INDICATORS,
        REBALANCE,
        HISTORY,
        MINUTES,
        SCALING,
        ORDERS_WORKLOAD,
        PIPELINE,
        RESAMPLING,
        KERNELS,
        SWEEP,
        INGEST,
        YEAR,
        POSITIONS,
    )
}

__all__ = ["WORKLOADS"]
