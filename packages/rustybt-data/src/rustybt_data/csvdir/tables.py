"""CSV files as tables of texts that know their lines."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import polars as pl

from rustybt.errors import DataValidationError
from rustybt_data.origin import Origin

_ROW = "\0row"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file.

    Attributes:
        path: The file.
        frame: Its columns as texts under their names in lower case; null where a cell is empty.
        line_of: The line of a row.
    """

    path: Path
    frame: pl.DataFrame
    line_of: Callable[[int], int]

    @property
    def name(self) -> str:
        """The path of the file as a text."""
        return str(self.path)

    @property
    def origin(self) -> Origin:
        """For errors about its cells."""
        return Origin(self.name, self.line_of)

    def need(self, column: str) -> None:
        """Make sure that a column is there.

        Raises:
            DataValidationError: It is missing.
        """
        if column not in self.frame.columns:
            raise DataValidationError(
                file=self.name,
                column=column,
                reason=f"the column is missing; there are {', '.join(self.frame.columns)}",
            )

    def cell(self, row: int, column: str) -> str | None:
        """A text; None where the cell is empty or the column is missing."""
        if column not in self.frame.columns:
            return None
        text: str | None = self.frame[column][row]
        return text

    def distinct(self, column: str, noun: str) -> list[str]:
        """The cells of a column that has to have a value of its own in each row.

        Args:
            column: Its name.
            noun: What a row is about.

        Raises:
            DataValidationError: It is missing, or a cell is empty or met again.
        """
        self.need(column)
        seen: dict[str, None] = {}
        for row, value in enumerate(self.frame[column]):
            if not value:
                raise self.origin.error(row, column, value, f"give one to each {noun}")
            if value in seen:
                raise self.origin.error(row, column, value, f"another {noun} above has it, too")
            seen[value] = None
        return list(seen)

    def whole_number(self, row: int, column: str) -> int:
        """The number in a cell.

        Raises:
            DataValidationError: It is none, or negative.
        """
        text = self.cell(row, column)
        if text is None or not text.isdecimal():
            raise self.origin.error(row, column, text, "give a whole number")
        return int(text)

    def with_column(self, column: pl.Series) -> Self:
        """The table with a column added or replaced."""
        return replace(self, frame=self.frame.with_columns(column))

    def keep(self, rows: pl.Series) -> Self:
        """The rows for which `rows` is true; their lines stay known."""
        kept = rows.arg_true()
        line_of = self.line_of
        return replace(self, frame=self.frame.filter(rows), line_of=lambda row: line_of(kept[row]))


def read_csv(path: Path) -> CsvTable:
    """Read a CSV file with a header. Blank lines are left out.

    Raises:
        DataValidationError: It is empty, not UTF-8, names a column twice, or a line has more
            cells than the header.
    """
    try:
        raw = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.NoDataError:
        raise DataValidationError(file=str(path), line=1, reason="the file is empty") from None
    except pl.exceptions.PolarsError as error:
        raise _explained(path, error) from error
    names = [name.strip().lower() for name in raw.columns]
    for name in names:
        if names.count(name) > 1:
            raise DataValidationError(
                file=str(path), line=1, column=name, reason="the header names the column twice"
            )
    raw.columns = names
    frame = raw.with_row_index(_ROW)
    if all(column.null_count() for column in raw.iter_columns()):
        frame = frame.filter(pl.any_horizontal(pl.col(names).is_not_null()))
    rows = frame[_ROW]
    return CsvTable(
        path=path, frame=frame.drop(_ROW), line_of=lambda row: _line_of(path, rows[row])
    )


def label_column(table: CsvTable, names: Sequence[str]) -> str:
    """The column that labels the rows of a table.

    Args:
        table: The table.
        names: What it may be called, the best first.

    Raises:
        DataValidationError: There is none of them.
    """
    label = next((name for name in names if name in table.frame.columns), None)
    if label is None:
        raise DataValidationError(
            file=table.name,
            column=" or ".join(names),
            reason=f"the column is missing; there are {', '.join(table.frame.columns)}",
        )
    return label


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The records of a file with the line on which each starts; quotes may span lines."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        start = 1
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1


def _line_of(path: Path, row: int) -> int:
    """The line of a row; rows count from 0 below the header, blank lines included."""
    for number, (line, _) in enumerate(_records(path), start=-1):
        if number == row:
            return line
    raise AssertionError("the row was read from this file")


def _explained(path: Path, error: Exception) -> DataValidationError:
    """What is wrong with a file that cannot be read, and where, as far as can be told."""
    try:
        _, header = next(_records(path))
        for line, cells in _records(path):
            if len(cells) > len(header):
                reason = f"the line has {len(cells)} cells, the header {len(header)}"
                return DataValidationError(file=str(path), line=line, reason=reason)
    except UnicodeDecodeError:
        return DataValidationError(file=str(path), reason="it is not UTF-8; convert it")
    return DataValidationError(file=str(path), reason=f"it cannot be read as CSV: {error}")
