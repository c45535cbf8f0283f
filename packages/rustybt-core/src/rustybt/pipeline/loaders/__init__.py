"""Loaders: what brings the values of data sets."""

from rustybt.pipeline.loaders.bars import BarLoader
from rustybt.pipeline.loaders.base import Loaded, LoadRequest, PipelineLoader, Steps
from rustybt.pipeline.loaders.sources import LoaderFactory

__all__ = ["BarLoader", "LoadRequest", "Loaded", "LoaderFactory", "PipelineLoader", "Steps"]
