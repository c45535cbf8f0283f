"""Operations on values of one asset and session."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from rustybt.pipeline.columns import Columns

_BINARY: Final[dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": lambda left, right: left % right,
    "**": lambda left, right: left**right,
}

_COMPARISONS: Final[dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">=": lambda left, right: left >= right,
    ">": lambda left, right: left > right,
}

_FUNCTIONS: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "abs": lambda value: value.abs(),
    "arccos": lambda value: value.arccos(),
    "arccosh": lambda value: value.arccosh(),
    "arcsin": lambda value: value.arcsin(),
    "arcsinh": lambda value: value.arcsinh(),
    "arctan": lambda value: value.arctan(),
    "arctanh": lambda value: value.arctanh(),
    "cos": lambda value: value.cos(),
    "cosh": lambda value: value.cosh(),
    "exp": lambda value: value.exp(),
    "expm1": lambda value: _by_numpy(np.expm1, value),
    "log": lambda value: value.log(),
    "log10": lambda value: value.log10(),
    "log1p": lambda value: value.log1p(),
    "sin": lambda value: value.sin(),
    "sinh": lambda value: value.sinh(),
    "sqrt": lambda value: value.sqrt(),
    "tan": lambda value: value.tan(),
    "tanh": lambda value: value.tanh(),
}
"""Functions of a number; where they are not defined, the result is missing."""


def arithmetic(
    columns: Columns, *, symbol: str, left: object = None, right: object = None
) -> pl.Expr:
    """Two terms, or a term and a number, joined by an operator; NaN is missing."""
    return _BINARY[symbol](*_sides(columns, left, right)).fill_nan(None)


def comparison(
    columns: Columns, *, symbol: str, left: object = None, right: object = None
) -> pl.Expr:
    """Whether two terms, or a term and a value, compare so; nothing is compared with nothing."""
    return _COMPARISONS[symbol](*_sides(columns, left, right)).fill_null(symbol == "!=")


def logic(columns: Columns, *, symbol: str, left: object = None, right: object = None) -> pl.Expr:
    """Two filters joined by ``&``, ``|`` or ``^``."""
    one, other = _sides(columns, left, right)
    if symbol == "&":
        return one & other
    return one | other if symbol == "|" else one ^ other


def negation(columns: Columns) -> pl.Expr:
    """What a filter is not."""
    return ~columns.inputs[0]


def minus(columns: Columns) -> pl.Expr:
    """The number with the other sign."""
    return -columns.inputs[0]


def latest(columns: Columns) -> pl.Expr:
    """The value of the session before."""
    return columns.inputs[0]


def output_of(columns: Columns, *, name: str) -> pl.Expr:
    """One output of a term that has several."""
    del name  # the plan has chosen the column
    return columns.inputs[0]


def alias(columns: Columns, *, name: str) -> pl.Expr:
    """The same value."""
    del name  # it is for messages
    return columns.inputs[0]


def isfinite(columns: Columns) -> pl.Expr:
    """Whether there is a number, and it is not infinite."""
    return columns.inputs[0].is_finite().fill_null(value=False)


def downsample(columns: Columns, *, frequency: str) -> pl.Expr:
    """The value that the asset had in the first session of the period."""
    return columns.inputs[0].gather(columns.starts(frequency))


def of_one_asset(columns: Columns, *, sid: int, name: str) -> pl.Expr:
    """In every row the value of one asset."""
    del name  # it is for messages
    return columns.of_asset(columns.inputs[0], sid)


def _function(name: str) -> Callable[[Columns], pl.Expr]:
    def applied(columns: Columns) -> pl.Expr:
        return _FUNCTIONS[name](columns.inputs[0]).fill_nan(None)

    return applied


def _by_numpy(function: np.ufunc, values: pl.Expr) -> pl.Expr:
    def applied(series: pl.Series) -> pl.Series:
        return pl.Series(function(series.to_numpy()), nan_to_null=True)

    return values.map_batches(applied, return_dtype=pl.Float64(), is_elementwise=True)


def _sides(columns: Columns, left: object, right: object) -> tuple[pl.Expr, pl.Expr]:
    inputs = list(columns.inputs)
    one = inputs.pop(0) if left is None else pl.lit(left)
    other = inputs.pop(0) if right is None and inputs else (one if right is None else pl.lit(right))
    return one, other


OPERATIONS: Final[Mapping[str, Callable[..., pl.Expr]]] = MappingProxyType(
    {
        "arithmetic": arithmetic,
        "comparison": comparison,
        "logic": logic,
        "negation": negation,
        "minus": minus,
        "latest": latest,
        "output_of": output_of,
        "alias": alias,
        "isfinite": isfinite,
        "downsample": downsample,
        "slice": of_one_asset,
        **{name: _function(name) for name in _FUNCTIONS},
    }
)
"""The operations of this module by name."""
