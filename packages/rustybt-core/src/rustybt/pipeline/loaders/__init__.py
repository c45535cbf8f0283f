"""Loaders: what brings the values of data sets."""

from rustybt.pipeline.loaders.bars import BarLoader
from rustybt.pipeline.loaders.base import Loaded, LoadRequest, PipelineLoader, Steps

__all__ = ["BarLoader", "LoadRequest", "Loaded", "PipelineLoader", "Steps"]
