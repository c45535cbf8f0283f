"""The engine: plans are computed on a panel of assets and sessions, chunk by chunk."""

from rustybt.pipeline.engine.engine import PipelineEngine

__all__ = ["PipelineEngine"]
