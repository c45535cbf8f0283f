"""The corporate actions and exchange rates of a folder of CSV files."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.data.actions import TABLES, dividend_frame, split_frame
from rustybt_data.adjustments import read_actions, read_dividends, read_splits
from rustybt_data.cells import SYMBOL_COLUMNS
from rustybt_data.csvdir.listing import Listing
from rustybt_data.csvdir.options import CsvOptions
from rustybt_data.csvdir.tables import CsvTable, label_column, read_csv
from rustybt_data.rates import read_rates

_PAYING: Final = {"dividends", *(name for name in TABLES if "currency" in TABLES[name].columns)}
"""The files with money that has a currency."""


def folder_actions(folder: Path, listing: Listing, options: CsvOptions) -> dict[str, pl.DataFrame]:
    """The corporate actions of a folder, a frame for each file that it has.

    The files are ``splits.csv``, ``dividends.csv`` and one of each name in
    `rustybt.data.actions.TABLES`. Rows about assets that are not in the folder are left out with
    a warning. Money of no currency (dividends, cash of mergers, what rights cost) is in that of its
    asset.

    Raises:
        DataValidationError: A file is not what it has to be.
    """
    frames: dict[str, pl.DataFrame] = {}
    for name in ("splits", "dividends", *TABLES):
        file = folder / f"{name}.csv"
        if file.is_file():
            table = listing.with_sids(read_csv(file))
            if name in _PAYING:
                table = _with_currencies(table, listing, options)
            frames[name] = _frame(name, table, listing)
    return frames


def folder_rates(
    folder: Path, options: CsvOptions, calendar: TradingCalendar
) -> pl.DataFrame | None:
    """The exchange rates of a folder, of its file ``rates.csv``; None where there is none.

    Raises:
        DataValidationError: The file is not what it has to be.
    """
    file = folder / "rates.csv"
    if not file.is_file():
        return None
    table = read_csv(file)
    label = label_column(table, options.stamps)
    return read_rates(table.frame, table.origin, calendar=calendar, label=label)


def _with_currencies(table: CsvTable, listing: Listing, options: CsvOptions) -> CsvTable:
    quoted = {asset.sid: asset.facts.get("currency", options.currency) for asset in listing.assets}
    currency = pl.col("sid").replace_strict(quoted, return_dtype=pl.String)
    if "currency" in table.frame.columns:
        currency = pl.coalesce("currency", currency)
    return replace(table, frame=table.frame.with_columns(currency=currency))


def _frame(name: str, table: CsvTable, listing: Listing) -> pl.DataFrame:
    """The rows of a file, checked, in the form that writers take."""
    if name == "splits":
        splits = read_splits(table.frame, table.origin)
        ratio = pl.concat_str("numerator", pl.lit("/"), "denominator").alias("ratio")
        return split_frame(splits).select("sid", "effective_date", ratio)
    if name == "dividends":
        return dividend_frame(read_dividends(table.frame, table.origin))
    for column, symbol in SYMBOL_COLUMNS.items():
        if column != "sid" and column in TABLES[name].columns:
            table = listing.with_other(table, column, symbol)
    return TABLES[name].frame(read_actions(name, table.frame, table.origin))
