"""Pipelines: cross-sectional research over many assets, compiled to Polars."""

from rustybt.pipeline.custom import CustomClassifier, CustomFactor, CustomFilter
from rustybt.pipeline.expr_factor import ExprClassifier, ExprFactor, ExprFilter
from rustybt.pipeline.pipeline import Pipeline

__all__ = [
    "CustomClassifier",
    "CustomFactor",
    "CustomFilter",
    "ExprClassifier",
    "ExprFactor",
    "ExprFilter",
    "Pipeline",
]
