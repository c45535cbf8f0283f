"""The names of all entry-point groups, and what a plugin of each group is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ACCELERATORS: Final = "rustybt.accelerators"
ALLOCATORS: Final = "rustybt.allocators"
BLOTTERS: Final = "rustybt.blotters"
BORROW: Final = "rustybt.borrow"
BROKERS: Final = "rustybt.brokers"
BUNDLES: Final = "rustybt.bundles"
CALENDARS: Final = "rustybt.calendars"
CATALOGS: Final = "rustybt.catalogs"
CLI: Final = "rustybt.cli"
COMMISSION: Final = "rustybt.commission"
DATA_ADAPTERS: Final = "rustybt.data_adapters"
EXECUTORS: Final = "rustybt.executors"
FILLS: Final = "rustybt.fills"
FINANCING: Final = "rustybt.financing"
LATENCY: Final = "rustybt.latency"
MARGIN: Final = "rustybt.margin"
METRICS: Final = "rustybt.metrics"
PIPELINE_LOADERS: Final = "rustybt.pipeline_loaders"
REPORTS: Final = "rustybt.reports"
SEARCHES: Final = "rustybt.searches"
SERVICES: Final = "rustybt.services"
SLIPPAGE: Final = "rustybt.slippage"
STRATEGIES: Final = "rustybt.strategies"
STREAMS: Final = "rustybt.streams"

#: What a plugin of each group is, in one line.
GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ACCELERATORS: "faster kernels with the same results",
        ALLOCATORS: "how capital is shared between strategies",
        BLOTTERS: "where orders are kept and matched",
        BORROW: "what a short position costs",
        BROKERS: "where live orders go",
        BUNDLES: "named data sets and how to ingest them",
        CALENDARS: "sessions of a market",
        CATALOGS: "stores that keep ingested data",
        CLI: "sub-commands of rustybt",
        COMMISSION: "what a fill costs",
        DATA_ADAPTERS: "sources that data are ingested from",
        EXECUTORS: "where many runs are computed",
        FILLS: "which resting orders a bar fills",
        FINANCING: "interest on cash and leverage",
        LATENCY: "how long an order travels",
        MARGIN: "how much an account may hold",
        METRICS: "sets of figures of a run",
        PIPELINE_LOADERS: "data for the pipeline",
        REPORTS: "documents made of results",
        SEARCHES: "how parameters are searched",
        SERVICES: "long-running parts of a trading server",
        SLIPPAGE: "at which price and size an order fills",
        STRATEGIES: "strategies that can be run by name",
        STREAMS: "live market data",
    }
)
