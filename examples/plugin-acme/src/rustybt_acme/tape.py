"""Acme's file format: one text file of daily bars, which the fictitious vendor calls a tape.

A tape starts with the line ``ACME TAPE 1``; each further line is a bar::

    ticker|yyyymmdd|open|high|low|last|shares
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from rustybt.errors import DataValidationError

MAGIC = "ACME TAPE 1"
COLUMNS = ("symbol", "timestamp", "open", "high", "low", "close", "volume")


def read_tape(path: Path) -> pl.DataFrame:
    """Read a tape as a frame that `run_algorithm(data=...)` accepts.

    Numbers stay the texts that the vendor wrote, so RustyBT's own gate makes exact Decimals of
    them.

    Args:
        path: The tape.

    Returns:
        timestamp (the session as a date), symbol, open, high, low, close, volume; in the order of
        the file.

    Raises:
        DataValidationError: a line is no bar; names it.
    """
    lines = path.read_text("utf-8").splitlines()
    if not lines or lines[0] != MAGIC:
        raise invalid(path, 1, "ticker", lines[0] if lines else "", f"a tape starts with {MAGIC!r}")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split("|")
        if len(fields) != len(COLUMNS):
            reason = f"expected {len(COLUMNS)} fields, separated by |"
            raise invalid(path, number, "ticker", line, reason)
        rows.append(fields)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return with_dates(frame, path).select("timestamp", "symbol", *COLUMNS[2:])


def with_dates(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Make dates of the stamps.

    Raises:
        DataValidationError: one is no date.
    """
    dates = frame["timestamp"].str.to_date("%Y%m%d", strict=False)
    if dates.null_count():
        row = dates.is_null().arg_max() or 0
        value = frame["timestamp"][row]
        raise invalid(path, row + 2, "yyyymmdd", value, "expected a date such as 20240131")
    return frame.with_columns(timestamp=dates)


def invalid(path: Path, line: int, column: str, value: str, reason: str) -> DataValidationError:
    """An error that names file, line, column and value."""
    return DataValidationError(file=str(path), line=line, column=column, value=value, reason=reason)
