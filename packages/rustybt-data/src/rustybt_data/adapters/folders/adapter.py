"""The adapters ``parquet`` and ``arrow``."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

import polars as pl

from rustybt.errors import DataValidationError
from rustybt_data.adapters.folders.batches import (
    arrow_batches,
    arrow_names,
    parquet_batches,
    parquet_names,
)
from rustybt_data.adapters.folders.cells import CellReader
from rustybt_data.adapters.local.adapter import FilesAdapter
from rustybt_data.adapters.local.chunks import BarRules, Chunk
from rustybt_data.adapters.local.columns import roles_of
from rustybt_data.origin import Origin


class _ColumnarAdapter(FilesAdapter):
    """Bars in files of typed columns.

    Prices may be Decimals, integers, texts or floats; a float means its shortest text. Times may
    be dates, timestamps, texts or counts since 1970. The symbol is in a column, in the name of a
    folder such as ``symbol=AAPL``, or in that of the file.
    """

    def chunks(self, files: Sequence[Path], rules: BarRules) -> Iterator[tuple[Chunk, float]]:
        """The bars of each batch of the files."""
        reader = CellReader(mapping=self.mapping)
        for number, file in enumerate(files):
            first, roles, symbol = 0, self._roles(file), self._symbol_of(file)
            origin = Origin(str(file))
            for batch in self._batches(file, list(dict.fromkeys(roles.values()))):
                columns = reader.columns(batch, roles, symbol, origin, first)
                first += batch.height
                yield rules.chunk(columns, origin), (number + 1) / len(files)

    def symbols_of(self, file: Path) -> set[str]:
        """The symbols of a file: in its column of symbols, its folder or its name."""
        column = self._roles(file).get("symbol")
        if column is None:
            return {self._symbol_of(file)}
        found: set[str] = set()
        for batch in self._batches(file, [column]):
            found.update(batch[column].cast(pl.String).str.strip_chars().drop_nulls().unique())
        return found - {""}

    @abstractmethod
    def _names(self, file: Path) -> list[str]:
        """The columns of a file."""

    @abstractmethod
    def _batches(self, file: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Columns of a file, some rows at a time."""

    def _roles(self, file: Path) -> dict[str, str]:
        """The name of the file's column by what it is; that of a folder's key is left out."""
        names = self._names(file)
        lower = {name.strip().lower(): name for name in names}
        if len(lower) < len(names):
            twice = next(name for name in names if lower[name.strip().lower()] != name)
            reason = "the file names the column twice, in upper and lower case"
            raise DataValidationError(file=str(file), column=twice, reason=reason)
        keys = self._keys(file)
        roles = roles_of([*lower, *keys], str(file), self.mapping)
        return {role: lower[name] for role, name in roles.items() if name in lower}

    def _symbol_of(self, file: Path) -> str:
        said = self.mapping.columns.get("symbol", "symbol")
        key = self._keys(file).get(str(said).lower())
        return self.mapping.symbol or key or self.mapping.symbol_of(file)

    def _keys(self, file: Path) -> Mapping[str, str]:
        """What the names of folders say: ``symbol=AAPL/year=2024``, as Hive writes them."""
        parts = [part.partition("=") for part in file.parent.parts if "=" in part]
        return {name.lower(): unquote(value) for name, _, value in parts}


class ParquetAdapter(_ColumnarAdapter):
    """Bars in Parquet files, read in batches of rows."""

    name: ClassVar[str] = "parquet"
    endings: ClassVar[tuple[str, ...]] = (".parquet", ".pq")

    def _names(self, file: Path) -> list[str]:
        return parquet_names(file)

    def _batches(self, file: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        return parquet_batches(file, columns)


class ArrowAdapter(_ColumnarAdapter):
    """Bars in Arrow files, Feather files and Arrow streams, read batch by batch."""

    name: ClassVar[str] = "arrow"
    endings: ClassVar[tuple[str, ...]] = (".arrow", ".arrows", ".feather", ".ipc")

    def _names(self, file: Path) -> list[str]:
        return arrow_names(file)

    def _batches(self, file: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        return arrow_batches(file, columns)
