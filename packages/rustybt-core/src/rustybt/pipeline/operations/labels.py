"""Operations on missing values and labels."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from rustybt.pipeline.columns import Columns


def present(values: pl.Expr, missing: object = None) -> pl.Expr:
    """Whether there is a value.

    Args:
        values: Values; null is missing.
        missing: What else stands for a missing one.
    """
    if missing is None:
        return values.is_not_null()
    return values.is_not_null() & (values != pl.lit(missing))


def isnull(columns: Columns, *, missing: object = None) -> pl.Expr:
    """Whether there is no value."""
    return ~present(columns.inputs[0], missing)


def notnull(columns: Columns, *, missing: object = None) -> pl.Expr:
    """Whether there is a value."""
    return present(columns.inputs[0], missing)


def fillna(columns: Columns, *, value: object = None, missing: object = None) -> pl.Expr:
    """The value; another one where there is none."""
    own, *others = columns.inputs
    other = others[0] if others else pl.lit(value)
    return pl.when(present(own, missing)).then(own).otherwise(other)


def as_number(columns: Columns, *, missing: object = None) -> pl.Expr:
    """A whole number as a float; null where it is missing."""
    values = columns.inputs[0]
    return pl.when(present(values, missing)).then(values).cast(pl.Float64)


def if_else(columns: Columns, *, if_true: object = None, if_false: object = None) -> pl.Expr:
    """One of two values, as a filter says."""
    condition, *terms = columns.inputs
    one = terms.pop(0) if if_true is None else pl.lit(if_true)
    other = terms.pop(0) if if_false is None else pl.lit(if_false)
    return pl.when(condition).then(one).otherwise(other)


def equal(columns: Columns, *, value: object) -> pl.Expr:
    """Whether a label is one; a missing one is none."""
    return columns.inputs[0] == pl.lit(value)


def unequal(columns: Columns, *, value: object, missing: object = None) -> pl.Expr:
    """Whether there is a label, and it is another one."""
    label = columns.inputs[0]
    return present(label, missing) & (label != pl.lit(value))


def element_of(columns: Columns, *, choices: tuple[object, ...]) -> pl.Expr:
    """Whether a label is one of some."""
    return columns.inputs[0].is_in(list(choices))


def startswith(columns: Columns, *, prefix: str, missing: object = None) -> pl.Expr:
    """Whether a label begins so."""
    label = columns.inputs[0]
    return present(label, missing) & label.str.starts_with(prefix)


def endswith(columns: Columns, *, suffix: str, missing: object = None) -> pl.Expr:
    """Whether a label ends so."""
    label = columns.inputs[0]
    return present(label, missing) & label.str.ends_with(suffix)


def has_substring(columns: Columns, *, substring: str, missing: object = None) -> pl.Expr:
    """Whether a label contains a text."""
    label = columns.inputs[0]
    return present(label, missing) & label.str.contains(substring, literal=True)


def matches(columns: Columns, *, pattern: object, missing: object = None) -> pl.Expr:
    """Whether the beginning of a label is what a pattern of Python's `re` describes."""
    compiled = re.compile(pattern)  # type: ignore[call-overload]  # a text or a pattern
    label = columns.inputs[0]
    found = _each_label(label, lambda text: compiled.match(text) is not None, pl.Boolean())
    return present(label, missing) & found


def relabel(
    columns: Columns, *, relabeler: Callable[[str], str | None], missing: object = None
) -> pl.Expr:
    """What a function makes of each label; None makes it missing."""
    label = columns.inputs[0]
    return pl.when(present(label, missing)).then(_each_label(label, relabeler, pl.String()))


def array_predicate(
    columns: Columns, *, op: Callable[..., object], opargs: tuple[object, ...]
) -> pl.Expr:
    """Whether a function of numpy arrays says so; missing numbers are NaN in them."""

    def applied(values: pl.Series) -> pl.Series:
        return pl.Series(np.asarray(op(values.to_numpy(), *opargs), dtype=np.bool_))

    return columns.inputs[0].map_batches(applied, return_dtype=pl.Boolean())


def _each_label(labels: pl.Expr, function: Callable[[str], object], dtype: pl.DataType) -> pl.Expr:
    """What a function makes of labels; it is called once for each that there is."""

    def mapped(values: pl.Series) -> pl.Series:
        unique = values.drop_nulls().unique()
        made = pl.Series([function(text) for text in unique.to_list()], dtype=dtype)
        return values.replace_strict(unique, made, default=None, return_dtype=dtype)

    return labels.map_batches(mapped, return_dtype=dtype, is_elementwise=True)


OPERATIONS: Final[Mapping[str, Callable[..., pl.Expr]]] = MappingProxyType(
    {
        "isnull": isnull,
        "notnull": notnull,
        "fillna": fillna,
        "as_number": as_number,
        "if_else": if_else,
        "eq": equal,
        "ne": unequal,
        "element_of": element_of,
        "startswith": startswith,
        "endswith": endswith,
        "has_substring": has_substring,
        "matches": matches,
        "relabel": relabel,
        "array_predicate": array_predicate,
    }
)
"""The operations of this module by name."""
