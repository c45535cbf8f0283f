"""Polars expressions that are evaluated over windows of rows, and nothing else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

_BEYOND: Final = ("Over", "Window", "Rolling", "SubPlan")
"""Parts of an expression that look at the whole column wherever they stand."""

_OPAQUE: Final = ("Anonymous", "Python")
"""Parts that run a function of Python."""

_CLOSE: Final = 1e-9

_SEVERAL: Final = "reduce the window to one value, as .last(), .mean() or .sum() do"
_FURTHER: Final = "it sees more than its window; use what depends on that alone"
_CALLS: Final = "it calls a function of Python; write a CustomFactor for that"


class UnusableError(ValueError):
    """Why an expression cannot be evaluated over windows: a message without the term's name."""


@dataclass(frozen=True, slots=True)
class WindowExpression:
    """A Polars expression that makes one value of each window of rows.

    Attributes:
        expression: The expression, over columns named as the inputs of its term.
        tree: What it is, as JSON; expressions that are written the same are equal.
    """

    expression: pl.Expr = field(compare=False)
    tree: str = field(init=False)

    def __post_init__(self) -> None:
        """Find out what it is made of."""
        object.__setattr__(self, "tree", _serialized(self.expression))

    def __repr__(self) -> str:
        return str(self.expression)

    def __reduce__(self) -> tuple[Any, ...]:
        return WindowExpression, (self.expression,)

    def over(self, length: int) -> pl.Expr:
        """The expression over windows of rows, each with the row that it ends at."""
        row = pl.int_range(pl.len(), dtype=pl.Int64)
        return self.expression.rolling(row, period=f"{length}i")

    def apply(self, inputs: Mapping[str, pl.Expr], length: int, dtype: pl.DataType) -> pl.Expr:
        """The values over windows of some columns, which it sees alone and under their names.

        Args:
            inputs: The columns by name.
            length: Rows of a window.
            dtype: Of the values.
        """
        windows = self.over(length)
        columns = [column.alias(name) for name, column in inputs.items()]

        def evaluate(rows: pl.Series) -> pl.Series:
            return rows.struct.unnest().select(windows).to_series().cast(dtype)

        return pl.struct(columns).map_batches(evaluate, return_dtype=dtype)

    def check(self, schema: Mapping[str, pl.DataType], length: int) -> pl.DataType:
        """Try it on a small table.

        Args:
            schema: Names and types of the columns.
            length: Rows of a window.

        Returns:
            The type of its values.

        Raises:
            UnusableError: It names other columns, makes more or less than one value of a window, or
                sees more than the window.
        """
        self._check_shape(schema)
        table = _example(schema, length + 3)
        try:
            found = table.select(self.over(length)).to_series()
            if isinstance(found.dtype, pl.List | pl.Array | pl.Struct):
                raise UnusableError(_SEVERAL)
            for stop in range(length, len(table) + 1):
                alone = table.slice(stop - length, length).select(self.expression).to_series()
                if len(alone) != 1:
                    raise UnusableError(_SEVERAL)
                if not _equal(found[stop - 1], alone[0]):
                    raise UnusableError(_FURTHER)
        except PolarsError as error:
            raise UnusableError(f"Polars says: {error}") from error
        return found.dtype

    def _check_shape(self, schema: Mapping[str, pl.DataType]) -> None:
        if self.expression.meta.has_multiple_outputs():
            raise UnusableError("it makes several columns; name one")
        unknown = sorted(set(self.expression.meta.root_names()) - set(schema))
        if unknown:
            raise UnusableError(f"there is no {unknown[0]!r}; its inputs are {', '.join(schema)}")
        for part in _parts(json.loads(self.tree)):
            if part in _BEYOND:
                raise UnusableError(f"take .{part.lower()}(…) out: it sees more than its window")
            if part.startswith(_OPAQUE):
                raise UnusableError(_CALLS)


def _serialized(expression: pl.Expr) -> str:
    try:
        return expression.meta.serialize(format="json")
    except PolarsError as error:
        raise UnusableError(_CALLS) from error


def _parts(tree: object) -> Iterator[str]:
    """The names of all parts of a serialized expression."""
    if isinstance(tree, dict):
        for name, inner in tree.items():
            if name not in {"Column", "Literal"}:
                yield name
                yield from _parts(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _parts(inner)


def _example(schema: Mapping[str, pl.DataType], rows: int) -> pl.DataFrame:
    """Rows of all kinds, some of them missing."""
    return pl.DataFrame(
        [
            _numbers(number, rows).cast(dtype).alias(name)
            if dtype != pl.Boolean
            else pl.Series(name, _scattered(number, rows) % 2 == 0)
            for (name, dtype), number in zip(schema.items(), count(1), strict=False)
        ]
    )


def _numbers(number: int, rows: int) -> pl.Series:
    scattered = _scattered(number, rows)
    return pl.Series(1 + scattered).set(pl.Series(scattered % 5 == 1), None)


def _scattered(number: int, rows: int) -> Any:  # noqa: ANN401 - an array of whole numbers
    return (np.arange(1, rows + 1) * (7919 * number + 2)) % 1009


def _equal(found: object, alone: object) -> bool:
    if isinstance(found, float) and isinstance(alone, float):
        return bool(np.isclose(found, alone, rtol=_CLOSE, atol=_CLOSE, equal_nan=True))
    return found == alone
