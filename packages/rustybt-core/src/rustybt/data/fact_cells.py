"""Cells of tables of facts: names, times and values, with errors that name row and column."""

from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

import polars as pl

from rustybt.calendars import to_ns
from rustybt.data.exact_columns import exact_column
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import MAX_DIGITS
from rustybt.errors import DataValidationError, InvalidArgument, InvalidNumber, ScaleExceeded

INSTANT: Final = pl.Datetime("ns", "UTC")

_NS_PER_DAY: Final = 86_400_000_000_000
_LENGTH_OF_A_DATE: Final = len("2020-01-02")
_YEARS: Final = (1678, 2261)
"""Years that nanoseconds of 64 bits hold in full."""


class TableSource(NamedTuple):
    """Where a table comes from, for errors.

    Attributes:
        name: A file, or a word such as ``fundamentals``.
        line_of: The line of a row; None where there are no lines.
    """

    name: str
    line_of: Callable[[int], int] | None = None

    def refuse(self, row: int, column: str, value: object, reason: str) -> NoReturn:
        """Raise the error about one cell."""
        line = None if self.line_of is None else self.line_of(row)
        raise DataValidationError(
            file=self.name,
            line=line,
            column=f"{column} in row {row}" if line is None else column,
            value="" if value is None else value,
            reason=reason,
        )

    def place(self, row: int) -> str:
        """A row as an error calls it."""
        return f"row {row}" if self.line_of is None else f"line {self.line_of(row)}"

    def refuse_first(self, wrong: pl.Series, values: pl.Series, reason: str) -> None:
        """Raise the error about the first cell of a column that is wrong, if any is."""
        if wrong.any():
            row = int(wrong.fill_null(value=False).arg_true()[0])
            self.refuse(row, values.name, values[row], reason)

    def need(self, frame: pl.DataFrame, *columns: str) -> None:
        """Raise the error about the first column that is missing, if any is."""
        for column in columns:
            if column not in frame.columns:
                reason = f"the column is missing; there are {', '.join(frame.columns)}"
                raise DataValidationError(file=self.name, column=column, reason=reason)


def names(column: pl.Series, source: TableSource, reason: str) -> pl.Series:
    """A column of names, without blanks around them; none may be empty."""
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        reason = f"give a column of texts; this is {column.dtype}"
        raise DataValidationError(file=source.name, column=column.name, reason=reason)
    texts = column.cast(pl.String).str.strip_chars()
    source.refuse_first(texts.is_null() | (texts == ""), column, reason)
    return texts


def moments(column: pl.Series, source: TableSource, *, dates: str) -> pl.Series:
    """A column of times as UTC: times, dates, or texts in ISO 8601; times without a zone are UTC.

    Args:
        column: The column.
        source: Where it comes from.
        dates: Whether a date means the ``"start"`` of that day in UTC, or its ``"end"``.

    Raises:
        DataValidationError: A cell is no time, or lies outside the years 1678 to 2261.
    """
    source.refuse_first(column.is_null(), column, "give a time or a date")
    later = _NS_PER_DAY if dates == "end" else 0
    if column.dtype == pl.Date:
        _check_years(column, column.dt.year(), source)
        found = column.to_physical().cast(pl.Int64) * _NS_PER_DAY + later
    elif isinstance(column.dtype, pl.Datetime):
        zoned = column.dtype.time_zone is not None
        in_utc = column.dt.convert_time_zone("UTC") if zoned else column
        _check_years(column, in_utc.dt.year(), source)
        found = in_utc.dt.cast_time_unit("ns").to_physical()
    elif column.dtype == pl.String:
        found = _read_texts(column, source, later)
    else:
        source.refuse(0, column.name, str(column.dtype), "give a column of times or dates")
    return found.cast(INSTANT).alias(column.name)


def values(column: pl.Series, source: TableSource, *, texts: bool) -> pl.Series:
    """A column of values: Decimals of as few decimals as they need, or texts.

    A float means its shortest text; NaN and an empty text mean that there is nothing.

    Args:
        column: The column.
        source: Where it comes from.
        texts: Whether it holds texts, rather than numbers.

    Raises:
        DataValidationError: A cell is no finite number, or the column needs more than 18 digits.
    """
    if texts:
        read = column.cast(pl.String).str.strip_chars()
        return read.to_frame().select(pl.col(column.name).replace("", None)).to_series()
    if column.dtype == pl.Null:
        return column.cast(pl.Decimal(MAX_DIGITS, 0))
    if column.dtype == pl.String:
        bare = column.str.strip_chars()
        column = bare.to_frame().select(pl.col(column.name).replace("", None)).to_series()
    coefficients, scale = _coefficients(column, source)
    while scale and not (coefficients % 10 != 0).any():
        coefficients, scale = coefficients // 10, scale - 1
    return coefficients.to_frame().select(as_decimals(pl.col(column.name), scale)).to_series()


def _coefficients(column: pl.Series, source: TableSource) -> tuple[pl.Series, int]:
    exact = isinstance(column.dtype, pl.Decimal)
    if exact or column.dtype.is_integer():
        whole = column.to_physical() if exact else column
        narrow = whole.cast(pl.Int64, strict=False)
        wide = narrow.is_null() & column.is_not_null()
        source.refuse_first(wide, column, f"a number has at most {MAX_DIGITS} digits")
    try:
        coefficients, scale = exact_column(column, field=column.name)
    except (InvalidNumber, ScaleExceeded) as error:
        row = _row_of(column, error)
        if row is None:
            reason = f"{error}; a column of numbers has at most {MAX_DIGITS} digits"
            raise DataValidationError(
                file=source.name, column=column.name, reason=reason
            ) from error
        reason = (
            "give a number; columns of texts have to be named"
            if isinstance(error, InvalidNumber)
            else f"with the others of its column it needs more than {MAX_DIGITS} digits"
        )
        source.refuse(row, column.name, column[row], reason)
    limit = 10**MAX_DIGITS - 1
    outside = ~coefficients.is_between(-limit, limit)
    source.refuse_first(outside, column, f"a number has at most {MAX_DIGITS} digits")
    return coefficients.alias(column.name), scale


def _row_of(column: pl.Series, error: InvalidNumber | ScaleExceeded) -> int | None:
    if error.row is not None or not column.dtype.is_float():
        return error.row
    infinite = column.is_infinite().fill_null(value=False)
    return int(infinite.arg_true()[0]) if infinite.any() else None


def _check_years(column: pl.Series, years: pl.Series, source: TableSource) -> None:
    first, last = _YEARS
    outside = ~years.is_between(first, last)
    source.refuse_first(outside, column, f"give a time from {first} to {last}")


def _read_texts(column: pl.Series, source: TableSource, later: int) -> pl.Series:
    """Times in ns; each text is read once."""
    known: dict[str, int] = {}
    for text in column.unique(maintain_order=True):
        bare = text.strip()
        try:
            at = to_ns(bare)
        except (InvalidArgument, ValueError, OverflowError):
            row = int((column == text).arg_true()[0])
            source.refuse(row, column.name, text, "write dates and times as ISO 8601")
        known[text] = at + (later if len(bare) <= _LENGTH_OF_A_DATE else 0)
    first, last = (to_ns(f"{year}-01-01") for year in (_YEARS[0], _YEARS[1] + 1))
    for text, at in known.items():
        if not first <= at < last:
            row = int((column == text).arg_true()[0])
            reason = f"give a time from {_YEARS[0]} to {_YEARS[1]}"
            source.refuse(row, column.name, text, reason)
    return pl.Series(column.name, [known[text] for text in column], pl.Int64)
