"""The assets of a folder of CSV files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import polars as pl

from rustybt.assets import Asset, kind_of
from rustybt.logs import get_logger
from rustybt_data.csvdir.facts import read_facts, read_kind
from rustybt_data.csvdir.tables import CsvTable, read_csv

ASSETS_FILE: Final = "assets.csv"
SidsFor = Callable[[Iterable[str]], Mapping[str, int]]
"""`rustybt.data.bundles.AssetWriter.sids_for`."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An asset of the folder.

    Attributes:
        sid: Its number.
        symbol: Its symbol.
        kind: Its class.
        facts: What ``assets.csv`` says about it: columns of the asset database, without gaps.
        country: Code of its country, None where the file says nothing.
    """

    sid: int
    symbol: str
    kind: type[Asset]
    facts: dict[str, Any] = field(default_factory=dict)
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
    def read(cls, folder: Path, parts: list[Path], sids_for: SidsFor | None = None) -> Self:
        """The assets that ``assets.csv`` lists, or one per price file, numbered by symbol.

        Args:
            folder: The folder.
            parts: Its folders of prices.
            sids_for: What numbers symbols, in their order; by default from 0.

        Raises:
            DataValidationError: ``assets.csv`` is not what it has to be.
        """
        sids_for = sids_for or _numbered
        file = folder / ASSETS_FILE
        if file.is_file():
            return cls(_listed(read_csv(file), sids_for))
        symbols = sids_for(sorted({symbol for part in parts for symbol in _symbols(part)}))
        return cls(
            [
                Listed(sid=sid, symbol=symbol, kind=kind_of(symbol))
                for symbol, sid in symbols.items()
            ]
        )

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

    def with_other(self, table: CsvTable, column: str, symbol: str) -> CsvTable:
        """The table with the sids of other assets that its rows name.

        Args:
            table: It names them in a column of symbols or of sids, or not at all.
            column: The column of sids.
            symbol: The column of symbols; it goes before the other.

        Raises:
            DataValidationError: A cell names no asset of the folder.
        """
        named = symbol if symbol in table.frame.columns else column
        if named not in table.frame.columns:
            return table
        known = self._sids if named == symbol else {str(sid): sid for sid in self._sids.values()}
        sids: list[int | None] = []
        for row, value in enumerate(table.frame[named]):
            if value is not None and value.strip() not in known:
                reason = "there is no such asset in the folder; add it"
                raise table.origin.error(row, named, value, reason)
            sids.append(None if value is None else known[value.strip()])
        return table.with_column(pl.Series(column, sids, dtype=pl.Int64))


def _numbered(symbols: Iterable[str]) -> dict[str, int]:
    return {symbol: sid for sid, symbol in enumerate(symbols)}


def _price_file(part: Path, symbol: str) -> Path | None:
    """The file with the prices of a symbol; the slash of a pair may be ``-`` or ``_`` there."""
    for name in (symbol, symbol.replace("/", "-"), symbol.replace("/", "_")):
        file = part / f"{name}.csv"
        if file.is_file():
            return file
    return None


def _symbols(part: Path) -> list[str]:
    return [file.relative_to(part).with_suffix("").as_posix() for file in part.rglob("*.csv")]


def _listed(table: CsvTable, sids_for: SidsFor) -> list[Listed]:
    symbols = table.distinct("symbol", "asset")
    if "sid" in table.frame.columns:
        table.distinct("sid", "asset")
        sids = [table.whole_number(row, "sid") for row in range(len(symbols))]
    else:
        order = sids_for(sorted(symbols))
        sids = [order[symbol] for symbol in symbols]
    return [
        _asset(table, row, sid, symbol)
        for row, (sid, symbol) in enumerate(zip(sids, symbols, strict=True))
    ]


def _asset(table: CsvTable, row: int, sid: int, symbol: str) -> Listed:
    kind = read_kind(table, row, symbol)
    country = table.cell(row, "country") or table.cell(row, "country_code")
    return Listed(
        sid=sid, symbol=symbol, kind=kind, facts=read_facts(table, row, kind), country=country
    )
