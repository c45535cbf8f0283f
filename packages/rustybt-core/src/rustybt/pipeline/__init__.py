"""Pipelines: cross-sectional research over many assets, compiled to Polars."""

from rustybt.pipeline.custom import CustomClassifier, CustomFactor, CustomFilter
from rustybt.pipeline.expr_factor import ExprClassifier, ExprFactor, ExprFilter
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.research import run_pipeline
from rustybt.pipeline.result_cache import ResultCache

__all__ = [
    "CustomClassifier",
    "CustomFactor",
    "CustomFilter",
    "ExprClassifier",
    "ExprFactor",
    "ExprFilter",
    "Pipeline",
    "ResultCache",
    "run_pipeline",
]
