"""Built-in filters."""

from rustybt.pipeline.custom import CustomFilter
from rustybt.pipeline.expr_factor import ExprFilter
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.filters.assets import SingleAsset, StaticAssets, StaticSids
from rustybt.pipeline.filters.of_terms import (
    ArrayPredicate,
    Latest,
    MaximumFilter,
    NotNullFilter,
    NullFilter,
    NumExprFilter,
    PercentileFilter,
)
from rustybt.pipeline.filters.windows import All, AllPresent, Any, AtLeastN

__all__ = [
    "All",
    "AllPresent",
    "Any",
    "ArrayPredicate",
    "AtLeastN",
    "CustomFilter",
    "ExprFilter",
    "Filter",
    "Latest",
    "MaximumFilter",
    "NotNullFilter",
    "NullFilter",
    "NumExprFilter",
    "PercentileFilter",
    "SingleAsset",
    "StaticAssets",
    "StaticSids",
]
