"""Loaders: what brings the values of data sets."""

from rustybt.pipeline.loaders.bars import BarLoader
from rustybt.pipeline.loaders.base import Loaded, LoadRequest, PipelineLoader, Steps
from rustybt.pipeline.loaders.events import EventsLoader
from rustybt.pipeline.loaders.facts import FactLoader
from rustybt.pipeline.loaders.frame import DataFrameLoader
from rustybt.pipeline.loaders.sources import LoaderFactory

__all__ = [
    "BarLoader",
    "DataFrameLoader",
    "EventsLoader",
    "FactLoader",
    "LoadRequest",
    "Loaded",
    "LoaderFactory",
    "PipelineLoader",
    "Steps",
]
