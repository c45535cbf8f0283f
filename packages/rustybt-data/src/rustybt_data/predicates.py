"""What is wrong with a bar, said once: for expressions of Polars, series and numpy alike."""

from typing import Any, TypeAlias

Values: TypeAlias = Any
"""A `pl.Expr`, a `pl.Series` or a numpy array; the answer is of the same kind."""


def is_negative(values: Values) -> Values:
    """Where a number is below zero."""
    return values < 0


def high_below_low(high: Values, low: Values) -> Values:
    """Where the high of a bar is below its low."""
    return high < low


def is_repeated(label: Values, before: Values) -> Values:
    """Where a label is that of the row before."""
    return label == before


def is_out_of_order(label: Values, before: Values) -> Values:
    """Where a label is before that of the row above."""
    return label < before
