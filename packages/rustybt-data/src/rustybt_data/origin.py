"""Where data come from that are read and checked."""

from collections.abc import Callable
from dataclasses import dataclass

from rustybt.errors import DataValidationError


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that an error about a cell can name.

    Attributes:
        name: A file, or a phrase such as ``"daily bars of sid 3"``.
        line_of: The line of a row; None where there are no lines.
    """

    name: str
    line_of: Callable[[int], int] | None = None

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
