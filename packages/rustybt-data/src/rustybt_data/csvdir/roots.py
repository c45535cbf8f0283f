"""The root symbols of a folder of CSV files."""

from pathlib import Path
from typing import Any, Final

from rustybt_data.csvdir.tables import CsvTable, read_csv

ROOTS_FILE: Final = "root_symbols.csv"
_TEXTS: Final = ("sector", "description", "exchange")


def read_roots(folder: Path) -> list[dict[str, Any]]:
    """What ``root_symbols.csv`` says about chains of futures; nothing where there is no such file.

    Raises:
        DataValidationError: The file is not what it has to be.
    """
    file = folder / ROOTS_FILE
    return _roots(read_csv(file)) if file.is_file() else []


def _roots(table: CsvTable) -> list[dict[str, Any]]:
    symbols = table.distinct("root_symbol", "chain")
    return [
        {
            "root_symbol": symbol,
            "root_symbol_id": (
                None
                if table.cell(row, "root_symbol_id") is None
                else table.whole_number(row, "root_symbol_id")
            ),
            **{column: table.cell(row, column) for column in _TEXTS},
        }
        for row, symbol in enumerate(symbols)
    ]
