"""The assets of a folder of CSV files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

import polars as pl

from rustybt.calendars import from_day, to_day
from rustybt.errors import InvalidArgument, UserError
from rustybt.logs import get_logger
from rustybt.values import parse_decimal
from rustybt_data.csvdir.tables import CsvTable, read_csv

ASSETS_FILE: Final = "assets.csv"
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """An asset of the folder.

    Attributes:
        sid: Its number.
        symbol: Its symbol.
        facts: What ``assets.csv`` says about it: columns of the asset database, without gaps.
        country: Code of its country, None where the file says nothing.
    """

    sid: int
    symbol: str
    facts: dict[str, Any]
    country: str | None = None


class Listing:
    """All assets of a folder, by symbol.

    Args:
        assets: The assets, each with its own sid and symbol.
    """

    def __init__(self, assets: list[Listed]) -> None:
        self.assets = assets
        self._sids = {asset.symbol: asset.sid for asset in assets}

    @classmethod
    def read(cls, folder: Path, parts: list[Path]) -> Self:
        """The assets that ``assets.csv`` lists, or one per price file, numbered by symbol.

        Raises:
            DataValidationError: ``assets.csv`` is not what it has to be.
        """
        file = folder / ASSETS_FILE
        if file.is_file():
            return cls(_listed(read_csv(file)))
        symbols = sorted({symbol for part in parts for symbol in _symbols(part)})
        return cls([Listed(sid, symbol, {}) for sid, symbol in enumerate(symbols)])

    def price_files(self, part: Path) -> dict[Path, Listed]:
        """The price files of a folder such as ``daily/``, in the order of their assets.

        Files of other symbols are left out with a warning.
        """
        found = ((_price_file(part, asset.symbol), asset) for asset in self.assets)
        files = {file: asset for file, asset in found if file is not None}
        others = sorted(str(file) for file in part.rglob("*.csv") if file not in files)
        if others:
            reason = f"{ASSETS_FILE} lacks their symbols"
            _log.warning("price files are left out", files=others, reason=reason)
        return files

    def with_sids(self, table: CsvTable) -> CsvTable:
        """The rows of a table that are about assets of the folder, with a column of sids.

        Rows about other assets are left out with a warning.

        Args:
            table: With a column ``symbol`` or ``sid``.

        Raises:
            DataValidationError: There is neither column.
        """
        key = "symbol" if "symbol" in table.frame.columns else "sid"
        table.need(key)
        known = self._sids if key == "symbol" else {str(sid): sid for sid in self._sids.values()}
        values = table.frame[key].to_list()
        others = sorted({value or "" for value in values} - known.keys())
        if others:
            _log.warning("rows about unknown assets are left out", file=table.name, assets=others)
        sids = pl.Series("sid", [known.get(value or "") for value in values], dtype=pl.Int64)
        return table.with_column(sids).keep(sids.is_not_null())


def _price_file(part: Path, symbol: str) -> Path | None:
    """The file with the prices of a symbol; the slash of a pair may be ``-`` or ``_`` there."""
    for name in (symbol, symbol.replace("/", "-"), symbol.replace("/", "_")):
        file = part / f"{name}.csv"
        if file.is_file():
            return file
    return None


def _symbols(part: Path) -> list[str]:
    return [file.relative_to(part).with_suffix("").as_posix() for file in part.rglob("*.csv")]


def _listed(table: CsvTable) -> list[Listed]:
    table.need("symbol")
    symbols = _distinct(table, "symbol")
    if "sid" in table.frame.columns:
        sids = [_sid(table, row, text) for row, text in enumerate(_distinct(table, "sid"))]
    else:
        order = {symbol: sid for sid, symbol in enumerate(sorted(symbols))}
        sids = [order[symbol] for symbol in symbols]
    return [
        Listed(sid, symbol, _facts(table, row), _country(table, row))
        for row, (sid, symbol) in enumerate(zip(sids, symbols, strict=True))
    ]


def _distinct(table: CsvTable, column: str) -> list[str]:
    """The cells of a column that has to have a value of its own in each row."""
    seen: dict[str, None] = {}
    for row, value in enumerate(table.frame[column]):
        if not value:
            raise table.origin.error(row, column, value, "give one to each asset")
        if value in seen:
            raise table.origin.error(row, column, value, "an asset above has it, too")
        seen[value] = None
    return list(seen)


def _sid(table: CsvTable, row: int, text: str) -> int:
    if not text.isdecimal():
        raise table.origin.error(row, "sid", text, "give a whole number")
    return int(text)


def _facts(table: CsvTable, row: int) -> dict[str, Any]:
    """What a row says; an empty cell says nothing, but an empty automatic close says never."""
    facts: dict[str, Any] = {}
    for column in (*_DATES, *_NUMBERS, *_TEXTS):
        if column not in table.frame.columns:
            continue
        text = table.frame[column][row]
        if text is None:
            if column == "auto_close_date":
                facts[column] = None
            continue
        try:
            facts[column] = _PARSERS[column](text)
        except UserError:
            raise table.origin.error(row, column, text, _EXPECTED[column]) from None
    return facts


def _country(table: CsvTable, row: int) -> str | None:
    for column in ("country", "country_code"):
        if column in table.frame.columns and table.frame[column][row]:
            country: str = table.frame[column][row]
            return country
    return None


def _day(text: str) -> date:
    return from_day(to_day(text))


def _positive(text: str) -> Decimal:
    number = parse_decimal(text, field="number")
    if number <= 0:
        raise InvalidArgument(field="number", value=text, reason="give a positive number")
    return number


_DATES: Final = ("start_date", "end_date", "first_traded", "auto_close_date")
_NUMBERS: Final = ("tick_size", "lot_size")
_TEXTS: Final = ("asset_name", "exchange", "currency")
_PARSERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_DATES, _day),
    **dict.fromkeys(_NUMBERS, _positive),
    **dict.fromkeys(_TEXTS, str.strip),
}
_EXPECTED: Final = {
    **dict.fromkeys(_DATES, "write dates as ISO 8601"),
    **dict.fromkeys(_NUMBERS, "give a positive number"),
    **dict.fromkeys(_TEXTS, "give a text"),
}
