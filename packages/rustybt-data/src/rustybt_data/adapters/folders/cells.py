"""Columns of any type as times, symbols and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rustybt_data.adapters.local.cells import numbers_in
from rustybt_data.adapters.local.chunks import ALL_FIELDS
from rustybt_data.adapters.local.columns import LABEL, ROW, Columns
from rustybt_data.adapters.local.mapping import FileMapping
from rustybt_data.adapters.local.stamps import (
    BadStamp,
    StampFormat,
    Stamps,
    check_days,
    joined,
    localised,
)
from rustybt_data.origin import Origin
from rustybt_data.parquet.numbers import BadNumber, Coefficients, coefficients_of


@dataclass(slots=True, kw_only=True)
class CellReader:
    """Reads batches of files that are written alike.

    Attributes:
        mapping: How they are written.
        stamps: The format of times that are texts or integers, once it is known.
    """

    mapping: FileMapping
    stamps: StampFormat | None = None

    def columns(
        self, frame: pl.DataFrame, roles: Mapping[str, str], symbol: str, origin: Origin, first: int
    ) -> Columns:
        """The columns of a batch.

        Args:
            frame: The batch.
            roles: The name of a column by what it is.
            symbol: The symbol of all rows, where no column has it.
            origin: Where it comes from.
            first: The number of its first row.

        Raises:
            DataValidationError: A cell is not what it has to be.
        """
        rows = pl.Series(ROW, range(first, first + frame.height), dtype=pl.Int64)
        name = roles.get("timestamp") or roles["date"]
        stamps = frame[name]
        if "time" in roles:
            stamps = joined(stamps.cast(pl.String), frame[roles["time"]].cast(pl.String))
        if stamps.null_count():
            row = first + int(stamps.is_null().arg_true()[0])
            raise origin.error(row, name, None, "give the time of the bar")
        try:
            found = self._times(stamps)
        except BadStamp as bad:
            raise origin.error(first + bad.row, name, str(bad.value), bad.reason) from None
        kept = found.values.is_not_null()
        frame, labels, rows = frame.filter(kept), found.values.filter(kept), rows.filter(kept)
        numbers = {
            role: self._numbers(frame[roles[role]], rows, origin)
            for role in ALL_FIELDS
            if role in roles
        }
        return Columns(
            rows=rows,
            labels=labels,
            symbols=self._symbols(frame, roles, symbol, rows, origin),
            numbers=numbers,
            cells={LABEL: frame[name], **{role: frame[roles[role]] for role in numbers}},
            skipped=found.skipped,
        )

    def _times(self, stamps: pl.Series) -> Stamps:
        """Dates or instants of a column.

        Raises:
            BadStamp: A cell is none.
        """
        if stamps.dtype == pl.Date:
            check_days(stamps)
            return Stamps(stamps, 0)
        if isinstance(stamps.dtype, pl.Datetime):
            return localised(stamps, self.mapping)
        if stamps.dtype.is_integer() or stamps.dtype == pl.String:
            texts = stamps.cast(pl.String).str.strip_chars()
            if texts.is_empty():
                return Stamps(texts.cast(pl.Date), 0)
            self.stamps = self.stamps or StampFormat.of(texts, self.mapping)
            return self.stamps.read(texts, self.mapping)
        raise BadStamp(0, stamps[0], f"a column of {stamps.dtype} is no column of times")

    def _symbols(
        self,
        frame: pl.DataFrame,
        roles: Mapping[str, str],
        symbol: str,
        rows: pl.Series,
        origin: Origin,
    ) -> pl.Series:
        if "symbol" not in roles:
            return pl.Series("symbol", [symbol], dtype=pl.String).new_from_index(0, frame.height)
        symbols = frame[roles["symbol"]].cast(pl.String).str.strip_chars()
        empty = (symbols.is_null() | (symbols == "")).arg_true()
        if len(empty):
            raise origin.error(int(rows[int(empty[0])]), symbols.name, "", "give a symbol")
        return symbols

    def _numbers(self, column: pl.Series, rows: pl.Series, origin: Origin) -> Coefficients:
        try:
            if column.dtype == pl.String:
                return numbers_in(column, self.mapping)
            return coefficients_of(column if column.dtype.is_numeric() else column.cast(pl.String))
        except pl.exceptions.PolarsError:
            reason = f"a column of {column.dtype} has no numbers"
            raise origin.error(int(rows[0]), column.name, None, reason) from None
        except BadNumber as bad:
            row = int(rows[bad.row])
            raise origin.error(row, column.name, bad.value, bad.reason) from None
