"""Operations on windows of two columns: correlations and regressions."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from rustybt.pipeline.rolling.moments import regressions
from rustybt.pipeline.rolling.ranks import spearman

if TYPE_CHECKING:
    import polars as pl

    from rustybt.pipeline.columns import Columns
    from rustybt.pipeline.rolling.doubling import FloatArray


def pearsonr(columns: "Columns", *, correlation_length: int) -> "pl.Expr":
    """Pearson's correlation of the two inputs."""
    return columns.in_blocks(partial(_correlation, length=correlation_length), *columns.inputs)


def spearmanr(columns: "Columns", *, correlation_length: int, sliced: bool) -> "pl.Expr":
    """Spearman's correlation of the two inputs; `sliced`: the second is that of one asset."""
    kernel = partial(_rank_correlation, length=correlation_length, sliced=sliced)
    return columns.in_blocks(kernel, *columns.inputs)


def linear_regression(columns: "Columns", *, regression_length: int) -> "dict[str, pl.Expr]":
    """Least squares of the first input on the second: the outputs that anything reads."""
    names = columns.outputs
    kernel = partial(regressions, length=regression_length, outputs=names)
    return columns.several_in_blocks(kernel, names, *columns.inputs)


def _correlation(first: "FloatArray", second: "FloatArray", *, length: int) -> "FloatArray":
    return regressions(first, second, length=length, outputs=("r_value",))["r_value"]


def _rank_correlation(
    first: "FloatArray", second: "FloatArray", *, length: int, sliced: bool
) -> "FloatArray":
    return spearman(first, second[:1] if sliced else second, length=length)


OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "pearsonr": pearsonr,
        "spearmanr": spearmanr,
        "linear_regression": linear_regression,
    }
)
"""The operations of this module by name."""
