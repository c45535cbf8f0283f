"""Operations on values of one asset and session."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

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


def is_null(columns: Columns) -> pl.Expr:
    """Whether there is no value."""
    return columns.inputs[0].is_null()


def not_null(columns: Columns) -> pl.Expr:
    """Whether there is a value."""
    return columns.inputs[0].is_not_null()


def latest(columns: Columns) -> pl.Expr:
    """The value of the session before."""
    return columns.inputs[0]


def output_of(columns: Columns, *, name: str) -> pl.Expr:
    """One output of a term that has several."""
    del name  # the plan has chosen the column
    return columns.inputs[0]


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
        "is_null": is_null,
        "not_null": not_null,
        "latest": latest,
        "output_of": output_of,
    }
)
"""The operations of this module by name."""
