"""Where data come from that are read and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rustybt.errors import DataValidationError

NameOf: TypeAlias = str | Callable[[int], str]
"""Where rows come from: all of them, or each."""


def name_of(origin: NameOf, row: int) -> str:
    """Where a row comes from."""
    return origin if isinstance(origin, str) else origin(row)


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that an error about a cell can name.

    Attributes:
        name: A file, or a phrase such as ``"daily bars of sid 3"``.
        line_of: The line of a row; None where there are no lines.
    """

    name: str
    line_of: Callable[[int], int] | None = None

    def name_of(self, row: int) -> str:
        """Where a row comes from."""
        del row
        return self.name

    def error(self, row: int, column: str, value: object, reason: str) -> DataValidationError:
        """The error about one cell."""
        has_lines = self.line_of is not None
        return DataValidationError(
            file=self.name,
            line=self.line_of(row) if self.line_of is not None else None,
            column=column if has_lines else f"{column} in row {row}",
            value="" if value is None else value,
            reason=reason,
        )
