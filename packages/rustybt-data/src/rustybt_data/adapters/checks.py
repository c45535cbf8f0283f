"""What bars of a vendor have to be."""

from dataclasses import dataclass

import polars as pl

from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import DataValidationError


@dataclass(frozen=True, slots=True, kw_only=True)
class BarReport:
    """What was checked.

    Attributes:
        rows: Bars.
        symbols: How many symbols they are of.
    """

    rows: int
    symbols: int


def check_frame(frame: pl.DataFrame, *, source: str) -> BarReport:
    """Check schema and relations of a standard frame.

    Raises:
        DataValidationError: A field is missing or negative, or a high is below its low; it names
            symbol, label, column and value.
    """
    rules = [
        *((field, pl.col(field).is_null(), "give a number") for field in BAR_FIELDS),
        *((field, pl.col(field) < 0, "give no negative numbers") for field in BAR_FIELDS),
        ("high", pl.col("high") < pl.col("low"), "the high is below the low"),
    ]
    any_field = pl.any_horizontal(pl.col(field).is_not_null() for field in BAR_FIELDS)
    bars = frame.filter(any_field)
    for column, broken, reason in rules:
        wrong = bars.filter(broken).head(1)
        if not wrong.is_empty():
            row = wrong.row(0, named=True)
            raise DataValidationError(
                file=f"{source}, {row['symbol']} at {row[frame.columns[0]]}",
                column=column,
                value="" if row[column] is None else str(row[column]),
                reason=reason,
            )
    return BarReport(rows=frame.height, symbols=frame["symbol"].n_unique())
