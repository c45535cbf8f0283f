"""Errors of numbers: what cannot be read, and what does not fit without losing digits."""
# ruff: noqa: N818 - the names are part of the public API; those of Zipline are kept

from __future__ import annotations

from rustybt.errors._base import UserError


class InvalidNumber(UserError, ValueError):
    """Something that is no finite number was given where a number is needed."""

    field: str
    value: object
    row: int | None = None

    @property
    def message(self) -> str:
        """Name the field, the row of a column where there is one, and the value."""
        where = self.field if self.row is None else f"{self.field} in row {self.row}"
        return f"{where} was {self.value!r}; give a finite number as int, Decimal, text or float"


class ScaleExceeded(UserError, ValueError):
    """A number has more digits than its scale can hold exactly."""

    field: str
    value: object
    scale: int
    row: int | None = None

    @property
    def message(self) -> str:
        """Name the field, the row of a column where there is one, the value and the scale."""
        where = self.field if self.row is None else f"{self.field} in row {self.row}"
        return (
            f"{where} was {self.value}, which {self.scale} decimals in 64 bits cannot hold "
            "exactly; round it first or declare another scale"
        )


class CurrencyMismatch(UserError, ValueError):
    """Money of two currencies met in one sum or comparison."""

    left: str
    right: str
    template = "money in {left} met money in {right}; convert one of them first"
